"""A decision that was a mistake: where it is found again, what is offered there, and what comes of it."""

from __future__ import annotations

import html

import pytest

from tests.expense_company import report_id
from tests.pages.forms import forms_of, send
from tests.posting.test_by_hand import book, findings

PAGE = f"/connector/expense_sync/reports/{report_id(1)}"


@pytest.fixture
def clerk(company, decides, browser):
    """Who decided about a report for which accounts payable entered a bill."""
    company.report(1)
    book(company)
    company.sync()
    return browser("user", "kim")


def decide(clerk, decision: str, **typed: str) -> str:
    """Decides on the report's page, and gives what it says then."""
    (form,) = forms_of(clerk.get(PAGE).text)
    assert decision in form.choices["decision"]
    answer = send(clerk, PAGE, form, decision=decision, reason="See the file", **typed)
    assert answer.status_code == 303, answer.text
    return clerk.get(f"{PAGE.rpartition('/')[0]}/{answer.headers['location']}").text


@pytest.mark.parametrize("after_a_run", [False, True])
def test_a_wrong_record_is_put_right_without_anything_being_posted(company, clerk, after_a_run):
    (record,) = company.sandbox.state("intacct", "APBILL")
    said = decide(clerk, "booked_by_hand", record_no="4711")
    assert "It can be decided otherwise on its page." in said
    if after_a_run:
        company.sync()
        (found,) = findings(company)
        assert "Intacct does not show it." in found
        page = html.unescape(clerk.get("/connector/reconciliation").text)
        assert f'href="expense_sync/reports/{report_id(1)}"' in page
        assert "decide on the report's page again, with the right RECORDNO" in page
        text = clerk.get(PAGE).text
        assert (
            "Nothing: kim decided that it was booked by hand as record 4711. Was that a mistake, decide below" in text
        )
        (form,) = forms_of(text)
        assert form.choices["decision"] == ["retry", "booked_by_hand", "not_ours"]
        assert ("Take it back" in text, "Another RECORDNO" in text) == (True, True)
        # What held it is gone meanwhile: taken back, it would be posted beside the record.
        company.configure(look_alike_days=0)
    said = decide(clerk, "booked_by_hand", record_no=record["RECORDNO"])
    assert f"booked by hand as record {record['RECORDNO']}" in said
    assert (company.sync(), findings(company), company.posted()) == ({}, [], ["BY HAND"])


@pytest.mark.parametrize("decision", ["not_ours", "booked_by_hand"])
def test_what_was_wrongly_decided_is_found_among_the_last_decisions_and_taken_back(company, clerk, decision):
    decide(clerk, decision, **({"record_no": "4711"} if decision == "booked_by_hand" else {}))
    company.sync()
    assert (
        "No report waits" in clerk.get("/connector/waiting").text
        or "Nothing waits" in clerk.get("/connector/waiting").text
    )
    decisions = clerk.get("/connector/decisions").text
    assert "The last decisions" in decisions
    assert "approval code 104001 (Ana Ruiz)" in decisions
    assert f'href="expense_sync/reports/{report_id(1)}#decide"' in decisions
    said = decide(clerk, "retry")
    assert "taken back. The next run of expense_sync plans it afresh" in said
    # The last decision there is of it: there is nothing left to be taken back.
    assert forms_of(said) == []
    company.sync()
    assert company.open_items() == {report_id(1): "held"}
