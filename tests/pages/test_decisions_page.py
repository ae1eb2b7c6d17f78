"""The page of all that waits: by rule, several at once, and the releases of people."""

from __future__ import annotations

import pytest

from certify_intacct.pages.links import decisions_url
from certify_intacct.staging.database import Database
from tests.expense_company import report_id
from tests.pages.forms import ORIGIN, forms_of, send

PAGE = "/connector/decisions"


def kept(company):
    return company.sql("SELECT report_id, decision, decided_by FROM ledger.decision ORDER BY decision_id")


@pytest.fixture
def several(company, decides):
    """Two reports that were reimbursed already, one with an entity that Intacct does not have, one in quarantine."""
    company.report(1, Reimbursed=True)
    company.report(2, Reimbursed=True)
    company.report(3, EmpGLD1Code="777")
    company.report(4, ("100.00", "100.00"), TotalAmount="99.00")
    company.sync(validate=True)
    return [report_id(number) for number in (1, 2, 3, 4)]


def test_several_are_decided_at_once_all_or_none(company, several, browser):
    clerk = browser("user", "kim")
    html = clerk.get(PAGE).text
    reimbursed, entity, quarantined = [form for form in forms_of(html) if form.action == "decisions"]
    assert reimbursed.choices["decision"] == ["release", "booked_by_hand", "not_ours"]
    assert entity.choices["decision"] == quarantined.choices["decision"] == ["booked_by_hand", "not_ours"]
    assert [len(form.choices["item"]) for form in (reimbursed, entity, quarantined)] == [2, 1, 1]
    for words in ("already_reimbursed", "accounts payable", "Certify administrator"):
        assert words in html
    assert all(f'href="expense_sync/reports/{report}"' in html for report in several)
    # One of them has changed since the page was made.
    company.sandbox.act("reprocess", report=several[1], amount="5.00")
    company.sync(validate=True)
    both = reimbursed.choices["item"]
    stale = send(clerk, PAGE, reimbursed, item=both, decision="release", reason="Asked the bank")
    assert (stale.status_code, kept(company)) == (409, [])
    fresh, *_ = [form for form in forms_of(clerk.get(PAGE).text) if form.action == "decisions"]
    done = send(clerk, PAGE, fresh, item=fresh.choices["item"], decision="release", reason="Asked the bank")
    assert (done.status_code, done.headers["location"].split("?")[0]) == (303, "decisions")
    assert clerk.get(f"/connector/{done.headers['location']}").text.count(": released. The next run") == 2
    assert sorted(row["report_id"] for row in kept(company)) == several[:2]
    assert company.sync() == {"applied": 2}
    # One decision that fits one and not the other is none at all.
    refused = send(clerk, PAGE, entity, item=entity.choices["item"], decision="release", reason="x")
    assert (refused.status_code, len(kept(company))) == (400, 2)


def test_what_a_person_triggered_is_ticked_by_others(company, several, browser):
    company.sql("UPDATE ops.load SET actor = ''")
    company.report(5, Reimbursed=True)
    company.sync()
    company.sql("UPDATE ops.load SET actor = '' WHERE load_id = 1")
    # The newest run holds all of them, and `tests` has triggered it.
    mine = browser("admin", "tests").get(PAGE).text
    assert [form for form in forms_of(mine) if form.action == "decisions"] == []
    company.sql("UPDATE ledger.open_item SET load_id = 1 WHERE report_id <> %s", report_id(5))
    forms = forms_of(browser("admin", "tests").get(PAGE).text)
    form = next(form for form in forms if form.action == "decisions")
    assert (len(form.choices["item"]), len(form.disabled)) == (2, 1)


def test_what_no_plan_has_judged_is_shown_and_not_decided(company, several, browser):
    company.sql("UPDATE ledger.open_item SET source_hash = '', part = '' WHERE report_id = %s", several[2])
    html = browser("user", "kim").get(PAGE).text
    assert "No plan has judged it" in html
    assert "approval code 104003" in html
    assert len([form for form in forms_of(html) if form.action == "decisions"]) == 2


def test_who_sees_what(company, several, browser):
    for role, status, words in ((None, 401, "Sign in to Airflow"), ("", 403, "You may not read expense_sync")):
        answer = browser(role).get(PAGE)
        assert (answer.status_code, words in answer.text) == (status, True)
        assert "104001" not in answer.text
    viewer = browser("viewer").get(PAGE)
    assert (viewer.status_code, forms_of(viewer.text)) == (200, [])
    assert "Deciding takes the right to edit the DAG decisions" in viewer.text
    assert "104001" in viewer.text
    for path in (PAGE, f"{PAGE}/people"):
        answer = browser("viewer").post(path, data={"reason": "x"}, headers={"Origin": ORIGIN})
        assert answer.status_code == 403


def test_nothing_waits_and_a_wrong_connector_yaml_is_said_in_words(company, decides, browser):
    assert "Nothing waits." in browser("user").get(PAGE).text
    company.config.write_text("company: nonsense")
    page = browser("user").get(PAGE)
    assert (page.status_code, forms_of(page.text)) == (200, [])
    assert "connector.yaml" in page.text


def test_people_are_released_by_form(company, decides, browser):
    clerk = browser("user", "kim")
    forms = {form.hidden["kind"][0]: form for form in forms_of(clerk.get(PAGE).text) if "kind" in form.hidden}
    assert list(forms) == ["creates", "deactivations", "link", "list_deactivations", "shrunken_extract"]
    done = send(clerk, PAGE, forms["creates"], reason="The first five are right")
    assert (done.status_code, done.headers["location"].split("?")[0]) == (303, "../decisions")
    after = clerk.get(f"{PAGE}?{done.headers['location'].partition('?')[2]}").text
    assert "Released: creating users, for good." in after
    assert "The first five are right" in after
    wanted = {"stream": "intacct_employees", "days": "3", "reason": "Duplicates went"}
    assert send(clerk, PAGE, forms["shrunken_extract"], **wanted).status_code == 303
    for kind, typed, words in (
        ("deactivations", {"days": "400"}, "1 to 30 days"),
        ("deactivations", {"days": "-1"}, "no number of days"),
        ("deactivations", {"days": "1", "reason": " "}, "needs a reason"),
        ("link", {"person": "E77", "user": "a@example.com"}, "says nothing about a person"),
        ("shrunken_extract", {"stream": "certify_users"}, "no guarded stream"),
        ("list_deactivations", {"stream": "intacct_projects"}, "no guarded stream"),
        ("creates", {"kind": "everything"}, "no release"),
    ):
        answer = send(clerk, PAGE, forms[kind], **{"reason": "x", **typed})
        assert (answer.status_code, words in answer.text) == (400, True), (kind, typed)
    rows = company.sql(
        "SELECT kind, stream, released_by, expires_at::date - released_at::date AS days FROM ledger.people_release"
    )
    assert [(row["kind"], row["stream"], row["released_by"]) for row in rows] == [
        ("creates", "", "kim"),
        ("shrunken_extract", "intacct_employees", "kim"),
    ]
    assert rows[1]["days"] == 3


def test_the_menu_leads_to_it(monkeypatch):
    monkeypatch.setenv("AIRFLOW__API__BASE_URL", "https://airflow.example.com/team/")
    assert decisions_url() == "https://airflow.example.com/team/connector/decisions"


def test_the_list_of_the_dag_names_who_can_act_and_where(company, several, context, monkeypatch):
    from certify_intacct.decisions.waiting import waiting_lines
    from certify_intacct.operators.decisions_report import DecisionsReportOperator
    from certify_intacct.staging.decisions import open_items
    from certify_intacct.staging.waiting import waits

    monkeypatch.setenv("AIRFLOW__API__BASE_URL", "https://airflow.example.com")
    assert DecisionsReportOperator(task_id="list_waiting").execute(context()) == {"reports": 4, "people": 0}
    with Database(company.database.loader_url).connection() as connection:
        items, much = open_items(connection, "sandbox"), waits(connection, "sandbox")
    lines = list(waiting_lines(much, items, [], decisions_url()))
    assert lines[:2] == [
        "Waiting for a person: 4 reports, 0 people and lists.",
        "Can be decided: 4. Decide on https://airflow.example.com/connector/decisions",
    ]
    assert lines[2:] == [
        "Certify administrator:",
        "  entity_unknown (booked_by_hand, not_ours): approval code 104003 (Ana Ruiz)",
        "  quarantined (booked_by_hand, not_ours): approval code 104004 (Ana Ruiz)",
        "accounts payable:",
        "  already_reimbursed (release, booked_by_hand, not_ours): approval code 104001 (Ana Ruiz),\n"
        "      approval code 104002 (Ana Ruiz)",
    ]
