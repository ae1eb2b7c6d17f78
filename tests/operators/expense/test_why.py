"""One report's whole life on a screen."""

from __future__ import annotations

import sys

import pytest

from certify_intacct.model.configuration import load
from certify_intacct.operators import why
from certify_intacct.operators.release import release_report
from certify_intacct.staging.database import Database


@pytest.fixture
def ask(company, capsys, monkeypatch):
    """The command as a person gives it: its exit status, and what it prints."""

    def run(report: str):
        monkeypatch.setattr(sys, "argv", ["why", report])
        capsys.readouterr()
        status = why.main()
        said = capsys.readouterr()
        return status, said.out + said.err

    return run


def test_a_report_that_was_held_released_posted_after_a_lost_answer(company, ask):
    report = company.report(1, Reimbursed=True)
    company.sync()
    release_report(
        Database(company.database.loader_url), load(company.config),
        report="104001", rules=[], released_by="kim", reason="asked the bank",
    )  # fmt: skip
    company.sandbox.fault(side="intacct", match="create APBILL", kind="drop_after_commit", times=1)
    company.sync()
    status, text = ask("104001")
    assert status == 0
    steps = [
        f"Report {report}, approval code 104001, Ana Ruiz (EmployeeID E-1007)",
        "planned: hold by rule already_reimbursed",
        "already_reimbursed released by kim: asked the bank",
        "new → sending, revision 1",
        "sending → in_doubt",
        "in_doubt → accepted",
        "Now:",
    ]
    places = [text.index(step) for step in steps]
    assert places == sorted(places), text
    assert "control ID SANDBOX/" in text
    assert ask(report) == (0, text)


def test_a_quarantined_report_shows_the_rule_and_that_it_is_read_again(company, ask):
    company.report(1, ("100.00", "100.00"), TotalAmount="99.00")
    company.sync(validate=True)
    _, text = ask("104001")
    assert "quarantined by certify_expense_reports." in text
    assert "Each run reads it again." in text


def test_an_unknown_report_is_one_clear_line(company, ask):
    status, text = ask("999999")
    assert status == 1
    assert text.startswith("error: No run has read a report 999999.")
