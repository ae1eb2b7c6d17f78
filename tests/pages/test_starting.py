"""A person starts a run from our pages: Airflow itself starts it, in their name, with their right, once."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from certify_intacct.model.configuration import load
from tests.expense_company import DAY
from tests.pages.airflow_app import airflow, served
from tests.pages.forms import forms_of, send

__all__ = ["airflow", "served"]

WAITING, RECHECK, BACKFILL = "/connector/waiting", "/connector/recheck", "/connector/backfill"


@pytest.fixture
def held(company, decides):
    """A report that was reimbursed already, so a rule holds it."""
    report = company.report(1, Reimbursed=True)
    company.sync()
    return report


def the_form(client, page: str):
    """The first form of a page that starts something."""
    return forms_of(client.get(page).text)[0]


def test_what_waits_is_checked_again_by_a_run_in_the_name_of_who_asked(company, held, airflow):
    kim = airflow.browser("user", "kim")
    (link,) = set(re.findall(r'href="(recheck\?report=[^"]+)"', kim.get(WAITING).text))
    page = kim.get(f"/connector/{link}")
    for words in (
        "approval code 104001 (Ana Ruiz)",
        "in the name of kim",
        "It posts",
        "1 report now",
        "kim cannot decide",
    ):
        assert words in re.sub("<[^>]*>", "", page.text)
    assert airflow.runs() == [], "a page that is looked at starts nothing"
    company.decide(held, by="lee")
    (form,) = forms_of(page.text)
    done = send(kim, RECHECK, form, reason="The bank has answered")
    assert (done.status_code, done.headers["location"].split("?")[0]) == (303, "waiting")
    (run,) = airflow.runs()
    assert (run["triggering_user_name"], run["run_type"], run["state"], run["conf"]) == ("kim", "manual", "queued", {})
    assert run["note"] == "The bank has answered"
    after = kim.get(f"/connector/{done.headers['location']}").text
    assert f"A run of expense_sync in your name is queued: {run['dag_run_id']}." in after
    assert f'href="../dags/expense_sync/runs/{run["dag_run_id"]}"' in after
    # As that run is started it covers the last complete day, and does what the page said: it posts what was decided.
    yesterday = yesterday_of(company)
    assert str(yesterday) in page.text
    assert company.sync(yesterday, triggered_by="kim") == {"applied": 1}


def test_who_starts_a_run_is_told_what_it_leaves_to_others(company, held, airflow):
    company.report(2, Reimbursed=True)
    company.sync()
    company.decide(held, by="kim")
    kim, lee = airflow.browser("user", "kim"), airflow.browser("user", "lee")
    page = kim.get(RECHECK).text
    for words in ("What kim alone released it does not post", "What it holds, kim cannot decide about afterwards"):
        assert words in page
    company.sync(yesterday_of(company), triggered_by="kim")
    assert company.posted() == []
    text = kim.get(WAITING).text
    assert ("kim triggered the run" in text, 'name="one"' in text) == (True, False)
    assert 'name="one"' in lee.get(WAITING).text
    company.sync(yesterday_of(company), triggered_by="")
    assert len(company.posted()) == 1
    assert 'name="one"' in kim.get(WAITING).text


def test_a_form_starts_one_run_however_often_it_is_sent(company, held, airflow):
    kim = airflow.browser("user", "kim")
    form = the_form(kim, RECHECK)
    assert send(kim, RECHECK, form, reason="Once").status_code == 303
    again = send(kim, RECHECK, form, reason="Once")
    assert (again.status_code, "Airflow refused it" in again.text) == (409, True)
    assert len(airflow.runs()) == 1
    assert send(kim, RECHECK, the_form(kim, RECHECK), reason="Twice").status_code == 303
    assert len(airflow.runs()) == 2


def test_a_run_of_a_paused_dag_is_said_to_wait(company, held, airflow):
    airflow.pause(True)
    kim = airflow.browser("user", "kim")
    done = send(kim, RECHECK, the_form(kim, RECHECK), reason="x")
    assert "expense_sync is paused" in kim.get(f"/connector/{done.headers['location']}").text


def test_who_may_not_trigger_sees_no_way_to_start_and_is_refused(company, held, airflow):
    kim, viewer = airflow.browser("user", "kim"), airflow.browser("viewer", "vic")
    recheck, backfill = the_form(kim, RECHECK), the_form(kim, BACKFILL)
    assert "recheck" not in viewer.get(WAITING).text
    assert (viewer.get(RECHECK).status_code, "right to trigger" in viewer.get(RECHECK).text) == (403, True)
    assert forms_of(viewer.get(BACKFILL).text) == []
    assert "airflow backfill create" in viewer.get(BACKFILL).text
    for page, form in ((RECHECK, recheck), (BACKFILL, backfill)):
        assert send(viewer, page, form, reason="x").status_code == 403
        # A form of somebody else's, from elsewhere, without its token.
        assert send(airflow.browser("user", "lee"), page, form, reason="x").status_code == 403
        assert send(kim, page, form, headers={"Origin": "https://evil.example"}, reason="x").status_code == 403
        assert send(kim, page, form, headers={}, reason="x").status_code == 403
        form.hidden["token"] = ["x"]
        assert send(kim, page, form, reason="x").status_code == 403
    assert airflow.runs() == []


def test_a_run_is_started_with_a_reason_and_only_from_its_page(company, held, airflow):
    kim = airflow.browser("user", "kim")
    form = the_form(kim, RECHECK)
    assert "needs a reason" in send(kim, RECHECK, form, reason=" ").text
    form.hidden["once"] = ["../x"]
    assert send(kim, RECHECK, form, reason="x").status_code == 400
    assert airflow.runs() == []


def yesterday_of(company):
    return datetime.now(tz=load(company.config).company.zone).date() - timedelta(days=1)


def intervals(airflow) -> list[tuple[str, str]]:
    """The company-local dates of the runs, with who triggered them."""
    zone = ZoneInfo("Europe/Berlin")
    return sorted(
        (
            datetime.fromisoformat(run["data_interval_start"]).astimezone(zone).date().isoformat(),
            run["triggering_user_name"],
        )
        for run in airflow.runs()
    )


def test_missing_dates_are_back_filled_from_the_first_page(company, held, airflow):
    company.sync(DAY - timedelta(days=2))
    kim = airflow.browser("user", "kim")
    assert 'href="backfill"' in kim.get("/connector/").text
    page = kim.get(BACKFILL).text
    last = yesterday_of(company)
    missing = [(DAY - timedelta(days=1), DAY - timedelta(days=1)), (DAY + timedelta(days=1), last)]
    forms = forms_of(page)
    shown = [(form.hidden["first"][0], form.hidden["last"][0]) for form in forms]
    assert shown == [(str(one), str(other)) for one, other in missing]
    for one, other in missing:
        assert f"--dag-id expense_sync --from-date {one} --to-date {other} --reprocess-behavior completed" in page
    nameless = send(kim, BACKFILL, forms[1], reason=" ")
    assert (nameless.status_code, "needs a reason" in nameless.text, airflow.runs()) == (400, True, [])
    done = send(kim, BACKFILL, forms[1], reason="The scheduler was <off>")
    assert (done.status_code, done.headers["location"].split("?")[0]) == (303, "backfill")
    assert (
        f"from {missing[1][0]} to {last} is started in your name"
        in kim.get(f"/connector/{done.headers['location']}").text
    )
    wanted = [DAY + timedelta(days=1 + offset) for offset in range((last - DAY).days)]
    assert intervals(airflow) == [(str(day), "kim") for day in wanted]
    assert {(run["run_type"], run["state"], run["note"]) for run in airflow.runs()} == {
        ("backfill", "queued", "The scheduler was <off>")
    }
    # One at a time, which Airflow says; and what is covered by now is not done again from an old page.
    busy = send(kim, BACKFILL, forms[0], reason="x")
    assert (busy.status_code, "already a running backfill" in busy.text) == (409, True)
    company.sync(DAY - timedelta(days=1))
    stale = send(kim, BACKFILL, forms[0], reason="x")
    assert (stale.status_code, "not any more" in stale.text) == (409, True)
    assert len(airflow.runs()) == len(wanted)


def test_a_date_whose_run_covered_nothing_is_run_again(company, held, airflow):
    kim = airflow.browser("user", "kim")
    for reason in ("The first", "y" * 995):
        (form,) = forms_of(kim.get(BACKFILL).text)
        done = send(kim, BACKFILL, form, reason=reason)
        assert done.status_code == 303
        assert "could not be written" not in kim.get(f"/connector/{done.headers['location']}").text
        assert {run["state"] for run in airflow.runs()} == {"queued"}
        airflow.end_runs("success")
    # What stood there stays, as far as a note of Airflow can hold both.
    assert {run["note"] for run in airflow.runs()} == {"The first\n"[5:] + "y" * 995}


def test_a_backfill_is_started_although_its_reason_cannot_be_noted(company, held, airflow, monkeypatch):
    from airflow.api_fastapi.auth.managers.simple.simple_auth_manager import SimpleAuthManager

    kim = airflow.browser("user", "kim")
    (form,) = forms_of(kim.get(BACKFILL).text)
    # As with FAB, whose roles may have "can create" on runs and not "can edit".
    monkeypatch.setattr(SimpleAuthManager, "batch_is_authorized_dag", lambda *_, **__: False)
    done = send(kim, BACKFILL, form, reason="x")
    text = kim.get(f"/connector/{done.headers['location']}").text
    assert (
        "is started in your name. Its reason could not be written into the notes of its runs. Airflow refused it"
        in text
    )
    assert {(run["state"], run["note"]) for run in airflow.runs()} == {("queued", None)}


def test_without_airflow_around_it_nothing_is_said_to_be_started(company, held, browser):
    clerk = browser("user", "kim")
    answer = send(clerk, RECHECK, the_form(clerk, RECHECK), reason="x")
    assert (answer.status_code, "not served by Airflow" in answer.text) == (503, True)
