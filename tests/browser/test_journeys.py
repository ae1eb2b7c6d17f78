"""What people come for, done in a real browser in Airflow's api-server, with as few clicks as are promised; by mouse, and by keyboard
alone."""

from __future__ import annotations

import csv
from datetime import timedelta
from pathlib import Path

import pytest
from airflow import settings

from certify_intacct.pages import start_page
from certify_intacct.staging.verdicts import store_verdicts
from tests import needs
from tests.expense_company import DAY, report_id
from tests.pages.test_load_page import large
from tests.pages.test_starting import yesterday_of
from tests.pages.test_waiting_people import linked, people, there_already

__all__ = ["large", "people"]

pytestmark = needs.chromium
HOME = "/connector/"


@pytest.fixture(params=["mouse", "keyboard"])
def kim(request, someone):
    """Who may decide and start runs, by mouse or by keyboard."""
    return someone("user", "kim", hand=request.param)


@pytest.fixture
def held(company, decides):
    """Two reports that were reimbursed already, one with an entity that Intacct does not have, one that is posted."""
    company.report(1, Reimbursed=True)
    company.report(2, Reimbursed=True)
    company.report(3, EmpGLD1Code="777")
    company.report(4)
    company.sync()
    return company


def decisions(company) -> list[tuple[str, str, str, str]]:
    rows = company.sql("SELECT * FROM ledger.decision ORDER BY decision_id")
    return [(row["report_id"][-1], row["decision"], row["decided_by"], row["record_no"] or "") for row in rows]


def test_the_morning_check_is_one_click_on_airflows_start_page(held, someone, site, monkeypatch):
    monkeypatch.setenv("AIRFLOW__API__BASE_URL", site.address)
    monkeypatch.setattr(start_page, "PATIENCE", 30.0)
    settings.DASHBOARD_UIALERTS._asked = float("-inf")
    kim = someone("user", "kim")
    kim.opens("/")
    alert = kim.page.get_by_test_id("dashboard-alerts")
    kim.sees("look at Waiting for a person", within=alert)
    with kim.page.context.expect_page() as opened:
        kim.link("Certify → Intacct", alert)
    assert kim.clicks == 1
    kim.page = opened.value
    kim.sees("Certify and Intacct, as they stand", "Waiting for a person", "3 reports", "Dates not covered")


def test_the_morning_check_is_one_choice_of_airflows_menu(held, someone):
    kim = someone("user", "kim")
    kim.opens("/")
    kim.button("Browse")
    with kim.page.context.expect_page() as opened:
        kim.press(kim.page.get_by_role("menuitem", name="Certify → Intacct"))
    # Airflow's menu takes one click to be opened, and one to choose.
    assert kim.clicks == 2
    kim.page = opened.value
    kim.sees("Certify and Intacct, as they stand", "Waiting for a person", "3 reports", "Dates not covered")


def test_a_held_report_is_known_by_one_click_and_released_by_three(held, kim):
    kim.opens(HOME)
    kim.link("What waits: Waiting for a person")
    row = kim.row("104001")
    kim.sees("already_reimbursed", "accounts payable", within=row)
    assert kim.clicks == 1, "its reason and its cure"
    kim.button("Release", row)
    kim.sees("The next run of expense_sync posts it")
    kim.write("Reason", "Asked the bank")
    kim.button("Release")
    kim.sees("released. The next run of expense_sync posts it", "kim decided; the next run acts on it.")
    assert (kim.clicks, decisions(held)) == (3, [("1", "release", "kim", "")])
    held.sync()
    assert held.states() == {"in_gl": 2}


def test_what_waits_is_rechecked_by_three_clicks(held, kim, airflow):
    kim.opens(HOME)
    kim.link("What waits: Waiting for a person")
    kim.link("Recheck now", kim.row("104003"))
    kim.sees("approval code 104003", "It posts")
    kim.write("Reason", "The entity is there by now")
    kim.button("Start the run")
    kim.sees("A run of expense_sync in your name is queued")
    (run,) = airflow.runs()
    assert (kim.clicks, run["triggering_user_name"], run["note"]) == (3, "kim", "The entity is there by now")
    kim.link("Look at the run")
    kim.page.wait_for_url(f"**/dags/expense_sync/runs/{run['dag_run_id']}**")


def test_several_rows_are_released_at_once(held, kim):
    kim.opens("/connector/waiting")
    for code in ("104001", "104002"):
        kim.tick(kim.row(code).get_by_role("checkbox"))
    kim.choose("All that are ticked:", "Release")
    kim.button("Go on")
    kim.sees("104001", "104002", "or none of them")
    kim.write("Reason", "Asked the bank")
    kim.button("Release: all 2")
    kim.sees("released. The next run of expense_sync posts it")
    assert (kim.clicks, [row[:2] for row in decisions(held)]) == (5, [("1", "release"), ("2", "release")])


def test_a_report_is_said_to_be_booked_by_hand_with_its_number(held, kim):
    kim.opens("/connector/waiting")
    row = kim.row("104001")
    kim.unfold("Other decisions", row)
    kim.button("Booked by hand", row)
    kim.write("RECORDNO in Intacct", "4711")
    kim.write("Reason", "Booked on Friday, see the voucher")
    kim.button("Booked by hand")
    kim.sees("kim decided; the next run acts on it.")
    assert (kim.clicks, decisions(held)) == (3, [("1", "booked_by_hand", "kim", "4711")])


def test_a_backfill_is_approved_by_a_second_person(held, kim):
    kim.opens("/connector/decisions")
    kim.unfold("Approve a backfill")
    form = kim.page.get_by_role("form", name="Approve a backfill")
    for label, day in (("First processed date", DAY - timedelta(days=30)), ("Last processed date", DAY)):
        # As an American browser asks for a date.
        kim.write(label, f"{day:%m%d%Y}" if kim.hand == "keyboard" else str(day), form)
    kim.write("The most that may be sent", "USD 250", form)
    kim.write("Reason", "The last quarter", form)
    kim.button("Approve", form)
    kim.sees("250.00 USD", "The last quarter")
    (row,) = held.sql("SELECT decided_by, first_date, last_date FROM ledger.backfill_approval")
    assert (kim.clicks, *row.values()) == (2, "kim", DAY - timedelta(days=30), DAY)


def test_a_run_above_a_limit_is_approved_by_a_second_person(company, decides, airflow, someone):
    company.configure(limits={"documents_per_run": 1})
    company.report(1)
    company.report(2)
    airflow.start("run-1")
    company.plan()
    airflow.ask("run-1", "Post 2 documents? This run is larger than its limits.")
    lee = someone("user", "lee")
    lee.opens(HOME)
    lee.link("The plan: Approvals")
    lee.sees("2 changes planned", "200.20 USD in documents that are planned", "AP bill")
    lee.link("Approve or reject it in Airflow")
    # From here on it is Airflow's own page.
    lee.button("Approve")
    lee.page.get_by_text("Response received").wait_for()
    assert (lee.clicks, airflow.answers("run-1")) == (3, [("lee", ["Approve"])])


def test_missing_dates_are_covered_by_two_clicks(held, kim, airflow):
    kim.opens(HOME)
    kim.link("Cover them: Dates not covered")
    dates = f"{DAY + timedelta(days=1)} to {yesterday_of(held)}"
    form = kim.page.get_by_role("form", name=dates)
    kim.write("Reason", "The scheduler was off", form)
    kim.button(f"Back-fill {dates}", form)
    kim.sees("is started in your name.")
    runs = {(run["run_type"], run["triggering_user_name"], run["note"]) for run in airflow.runs()}
    assert (kim.clicks, runs) == (2, {("backfill", "kim", "The scheduler was off")})


def test_a_preview_is_compared_with_the_one_before(company, kim):
    ill = company.report(1, EmployeeID="E9")
    company.report(2)
    company.plan(preview=True)
    company.sandbox.act("edit_report", report=ill, changes={"EmployeeID": "E-1007"})
    second, _ = company.plan(preview=True)
    kim.opens(HOME)
    kim.link("Loads")
    kim.link(str(second))
    kim.sees("Preview: nothing was sent.")
    kim.link("Compare with another plan")
    kim.sees("Compared with load", "1 held no more")
    kim.sees("held no more", "vendor_missing", within=kim.row("104001"))
    assert kim.clicks == 3


def test_a_row_that_failed_data_quality_leads_to_its_report(company, store, kim):
    from certify_intacct.model.verdicts import Severity, Verdict

    company.report(1)
    load, _ = company.plan()
    verdict = Verdict(
        stream="certify_expense_reports", rule="totals_agree", severity=Severity.WARNING, reason="The lines do not add up.",
        cure="Correct it in Certify.", checked=1, failed_keys=(report_id(1),),
    )  # fmt: skip
    with store.connection() as connection:
        store_verdicts(connection, load, [verdict], {"certify_expense_reports": {report_id(1): "approval code 104001"}})
    kim.opens(HOME)
    kim.link("Quality")
    row = kim.page.locator("tr").filter(has_text="totals_agree").first
    kim.sees("The lines do not add up. Correct it in Certify.", within=row)
    kim.link("approval code 104001", row)
    kim.sees("104001", "What to do next")
    assert kim.clicks == 2


def test_five_thousand_changes_are_filtered_into_a_file(large, kim):
    kim.opens(f"/connector/organization_sync/loads/{large}")
    kim.sees("5,200")
    kim.choose("Held by", "ambiguous")
    kim.button("Show")
    kim.sees("100 rows, what asks for a person first")
    with kim.page.expect_download() as download:
        kim.link("Download as CSV")
    rows = list(csv.DictReader(Path(download.value.path()).read_text(encoding="utf-8-sig").splitlines()))
    assert (kim.clicks, len(rows), {row["rule"] for row in rows}) == (3, 100, {"ambiguous"})


def test_a_user_is_adopted_where_the_person_waits(people, kim):
    there_already(people)
    people.sync()
    kim.opens(HOME)
    kim.link("Which: People and lists held")
    kim.sees("not_adopted", within=kim.row("E1"))
    kim.button("Adopt", kim.row("E1"))
    kim.sees("takes that user of Certify for this person")
    kim.write("Reason", "It is the same person")
    kim.button("Adopt")
    kim.sees("Released: the link of employee/")
    kim.link("Decisions")
    kim.sees("It is the same person")
    people.sync()
    assert (kim.clicks, linked(people)) == (4, {"E1": ("p1@example.com", False)})
