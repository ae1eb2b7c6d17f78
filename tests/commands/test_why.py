"""One report's whole timeline on a screen."""

from __future__ import annotations

import sys
from datetime import UTC, datetime

import pytest

from certify_intacct.commands import why
from certify_intacct.model.configuration import load
from certify_intacct.model.ledger import LedgerState
from certify_intacct.operators.reconcile import ReconcileOperator
from certify_intacct.staging import approvals, frozen_reports, ledger, to_send
from tests.expense_company import DAY

NUMBER = "C5NFCLGNOVB-1-001B"


@pytest.fixture
def ask(company, capsys, monkeypatch):
    """The command as a person gives it: its exit status, and what it prints."""

    def run(report: str = "104001"):
        monkeypatch.setattr(sys, "argv", ["why", report])
        capsys.readouterr()
        status = why.main()
        said = capsys.readouterr()
        return status, said.out + said.err

    return run


def in_order(text: str, *steps: str) -> None:
    """Each step stands in the text, after the one before it."""
    place = 0
    for step in steps:
        found = text.find(step, place)
        assert found >= 0, f"{step!r} does not stand there in this order:\n{text}"
        place = found + len(step)


def test_posted(company, ask):
    """From what was read to the record in Intacct; the merchant, place and reason of a line are nobody's business here."""
    report = company.report(1, ("100.10", "100.10"), ("20.00", "0"), EmpGLD1Code="100")
    company.sync()
    status, text = ask()
    assert status == 0
    in_order(
        text,
        "Approval code 104001 (Ana Ruiz)",
        "120.10 USD: 100.10 USD owed to the employee, 20.00 USD paid by the company",
        "Read by expense_sync (load 1)",
        f"run-1, manual, for {DAY}",
        f"configuration {load(company.config).hash[:12]}",
        "started by tests",
        "Employee GLD 1 100",
        "Plan: post 2 documents",
        "2 lines in Certify:",
        "company card",
        "Documents of the plan:",
        f"{NUMBER}: Sent to Intacct (load 1)",
        "new → sending",
        f"revision 1, attempt 1, control ID SANDBOX/{NUMBER}/r1",
        f"{NUMBER}: Intacct accepted it",
        "RECORDNO: 1",
        "Outcome of the plan: posted",
        f"{NUMBER}: In the general ledger of Intacct",
        "Now:",
        "in_gl",
        "Posted, seen 20",
        "Next:",
        "Nothing: it is finished.",
    )
    assert company.bills()[NUMBER][0]["RECORD_URL"] in text
    for private in ("Client visit", "Hotel <", "a.ruiz@example.com", "m.chan@example.com", "4821"):
        assert private not in text
    # Staging is deleted one day; the plan and the ledger are not.
    company.sql("DELETE FROM staging.certify_expense; DELETE FROM staging.certify_expense_report")
    status, rest = ask(report)
    assert status == 0
    in_order(
        rest, "has been deleted", "Planned by expense_sync", "Plan: post 2 documents", "Intacct accepted it", "finished"
    )
    assert ask() == (0, rest)


def test_held_released_and_posted_after_a_lost_answer(company, ask):
    report = company.report(1, Reimbursed=True)
    company.sync()
    _, waiting = ask()
    in_order(
        waiting,
        "held by rule already_reimbursed",
        "Nothing was posted for it.",
        "Next:",
        "decide on its page in Airflow (Browse > Expense reports): release, booked by hand, not ours",
    )
    company.decide(report)
    company.sandbox.fault(side="intacct", match="create APBILL", kind="drop_after_commit", times=1)
    company.sync()
    _, text = ask()
    in_order(
        text,
        "held by rule already_reimbursed",
        "kim released already_reimbursed",
        "Why: asked the bank",
        "Plan: post 1 document, released: already_reimbursed",
        f"{NUMBER}: Sent to Intacct",
        f"{NUMBER}: No answer: in doubt",
        "sending → in_doubt",
        "The answer was lost",
        f"{NUMBER}: Settled: Intacct has it",
        "in_doubt → accepted",
        "Now:",
        "Nothing: it is finished.",
    )
    assert ask(report) == (0, text)
    assert ask(NUMBER) == (0, text)
    assert ask(NUMBER.split("-")[0]) == (0, text)


def test_what_was_decided_is_told_before_a_run_has_acted_on_it(company, ask):
    report = company.report(1, Reimbursed=True)
    company.sync()
    company.decide(report)
    _, text = ask()
    now = text[text.index("Now:") :]
    assert "Waits" not in now
    in_order(
        now,
        "Decided: 100.10 USD: kim decided at ",
        ": release. The next run of expense_sync acts on it.",
        "Next:",
        "Nothing more: kim decided",
    )
    company.sync()
    assert "Nothing: it is finished." in ask()[1]


@pytest.mark.parametrize("decision", ["booked_by_hand", "not_ours"])
def test_what_was_taken_out_of_our_hands_is_told_before_a_run_has_acted_on_it(company, ask, decision):
    report = company.report(1, Reimbursed=True)
    company.sync()
    company.decide(report, decision, record_no="7" if decision == "booked_by_hand" else "")
    now = ask()[1].partition("Now:")[2]
    in_order(now, "Decided: ", decision.replace("_", " "), "Next:", "Nothing more: kim decided")
    assert "Waits" not in now


def test_a_release_of_one_of_two_rules_leaves_the_cure_of_the_other(company, ask):
    report = company.report(1, {"Amount": "10", "ReimAmount": "10", "DepartmentCode": ""}, Reimbursed=True)
    company.sync()
    (said,) = company.decide(report)
    assert said.endswith("release. It waits all the same, until what holds it by department_missing is cured.")
    now = ask()[1].partition("Now:")[2]
    in_order(
        now, "Decided: ", "Next:", "Certify administrator: Give it a code in Certify", "Then nothing more: kim decided"
    )
    company.sync()
    assert company.posted() == []
    assert "Waits: 10.00 USD, since" in ask()[1], "what one run acted on and could not end waits as before"
    company.sandbox.act("edit_report", report=report, line_changes={"DepartmentCode": "30"})
    company.sync()
    company.decide(report)
    company.sync()
    assert len(company.posted()) == 1


def test_what_was_in_doubt_and_was_found_waits_no_more(company, ask):
    """Found by a reconciliation, which plans nothing."""
    company.report(1)
    company.sandbox.settings(visibility_delay_seconds={"APBILL": {"query": 3600}})
    company.sandbox.fault(side="intacct", match="create APBILL", kind="drop_after_commit", times=1)
    load_id, run = company.plan()
    company.load(load_id, run)
    assert company.states() == {"in_doubt": 1}
    assert "Waits" in ask()[1].partition("Now:")[2]
    company.sandbox.settings(visibility_delay_seconds={})
    ReconcileOperator(task_id="reconcile", load_id=load_id).execute(run)
    now = ask()[1].partition("Now:")[2]
    assert "Waits" not in now
    assert "Nothing: " in now
    assert company.open_items() == {}


def test_quarantined_then_cured(company, ask):
    report = company.report(1, ("100.00", "100.00"), TotalAmount="99.00")
    company.sync(validate=True)
    _, waiting = ask()
    in_order(
        waiting,
        "1 of ",
        "rules failed: quarantined",
        "warning certify_expense_reports.header_adds_up: TotalAmount is not",
        "Waits: since",
        "quarantined",
        "Each run of expense_sync, but those of a backfill, reads it again",
        "Next:",
        "Correct it in Certify",
    )
    company.sandbox.act("edit_report", report=report, changes={"TotalAmount": "100.00"})
    company.sync()
    _, text = ask()
    in_order(text, "total 99.00 USD", "quarantined", "total 100.00 USD", "Outcome of the plan: posted", "finished")


def test_refused_and_sent_again_as_the_next_revision(company, ask):
    company.report(1)
    planned = company.plan()
    company.sandbox.act("close_period", date=str(DAY), entity="100", subledger="AP")
    company.load(*planned)
    _, refused = ask()
    in_order(
        refused, f"{NUMBER}: Intacct rejected it", "sending → rejected", "Intacct said: ", "Next:", "next revision"
    )
    company.sandbox.act("open_period")
    company.sql("DELETE FROM ledger.closed_date")
    company.sync()
    _, text = ask()
    in_order(
        text,
        f"control ID SANDBOX/{NUMBER}/r1",
        f"{NUMBER}: Intacct rejected it",
        f"{NUMBER}: Sent again as the next revision",
        f"revision 2, attempt 1, control ID SANDBOX/{NUMBER}/r2",
        f"{NUMBER}: Intacct accepted it",
    )


def test_never_found_is_looked_for_and_waits_for_a_person(company, ask):
    company.report(2)
    company.sync()
    company.report(1)
    company.sandbox.fault(side="intacct", match="create", kind="drop_before", times=1)
    company.sync()
    _, doubtful = ask()
    in_order(
        doubtful,
        "Now:",
        f"{NUMBER}: sent 1 time, last at ",
        "Next:",
        "It is not sent again before it is proven absent.",
    )
    company.sync()
    _, held = ask()
    in_order(
        held,
        f"{NUMBER}: Held: a person must look",
        "verify_company",
        "Now:",
        "; looked for and not found at ",
        "Next:",
        "Or, when a person answers for it, decide on its page in Airflow (Browse > Expense reports): plan it afresh",
    )


def test_reversed_in_intacct_is_found_and_posted_again_by_a_decision(company, ask):
    report = company.report(1)
    company.sync()
    (record,) = company.bills()[NUMBER]
    company.sandbox.act("reverse", object="APBILL", record=record["RECORDNO"])
    loaded, run = company.plan()
    company.load(loaded, run)
    ReconcileOperator(task_id="reconcile", load_id=loaded).execute(run)
    company.sync()
    _, waiting = ask()
    in_order(
        waiting,
        f"{NUMBER}: Reversed in Intacct",
        "Reconciliation: reversed",
        "Somebody reversed it in Intacct.",
        "held by rule post_again",
        "decide on its page in Airflow (Browse > Expense reports): post again, booked by hand, not ours",
    )
    company.decide(report)
    company.sync()
    _, text = ask()
    in_order(
        text, f"{NUMBER}: Reversed in Intacct", "kim decided: post again", "C5NFCLGNOVB-2-001B: Intacct accepted it"
    )
    in_order(text, "Now:", "reversed", "in_gl", "Nothing: it is finished.")


def test_an_answer_is_told_where_it_came_and_not_again(company, ask):
    """A refusal that may be that of a repetition leaves the document in doubt; the next events carry the answer along."""
    report = company.report(1)
    load_id, _ = company.plan()
    who = {"run_id": "run-1", "actor": ""}
    with company.loader() as connection:
        (planned,) = to_send.planned_documents(connection, load_id)
        frozen_reports.freeze(connection, load_id, "sandbox", [(report, 1)])
        entry = ledger.Entry(document=planned.document, revision=1, control_id="c", request=b"", config_hash="0")
        (document,) = ledger.enter(connection, [entry], state=LedgerState.SENDING, load_id=load_id, **who)
        ledger.move(
            connection,
            document,
            LedgerState.IN_DOUBT,
            answer={"errors": ["XL1: repeated <b>"]},
            message="Perhaps.",
            **who,
        )
        ledger.move(connection, document, LedgerState.ACCEPTED, record_no="7", message="It is there.", **who)
    _, text = ask()
    in_order(
        text, "Answered, and yet in doubt", "Intacct said: XL1: repeated <b>", "Meaning: Perhaps.", "Why: It is there."
    )
    assert text.count("Intacct said") == 1


def test_a_run_above_its_limit_and_who_approved_it(company, ask):
    company.configure(limits={"documents_per_run": 1})
    company.report(1)
    company.report(2)
    planned = company.plan()
    _, waiting = ask()
    in_order(waiting, "Above a limit: documents_per_run", "Next:", "waits for a second person")
    with company.loader() as connection:
        approvals.decide(
            connection, planned[0], approved=True, decided_by="Dana Weiss", user_id="2", decided_at=datetime.now(tz=UTC),
            reasons=["2 documents; posting.limits.documents_per_run is 1."], run_id="run-1",
        )  # fmt: skip
    company.load(*planned)
    in_order(
        ask()[1], "Dana Weiss approved the whole plan of load 1", "documents_per_run is 1", f"{NUMBER}: Sent to Intacct"
    )


def test_a_receipt_that_was_attached(company, ask):
    company.configure(receipts={"attach": True})
    company.report(1, {"Amount": "5", "ReimAmount": "5", "ReceiptID": "R-1"})
    company.receipt("x", "R-1")
    company.sync()
    _, text = ask()
    in_order(text, "1 receipt attached in Intacct", "Attachment: C5NFCLGNOVB", "R-1")


def test_a_receipt_that_was_left_out_and_one_that_is_still_to_come(company, ask):
    line = {"Amount": "5", "ReimAmount": "5"}
    company.report(1, line | {"ReceiptID": "R-1"}, line | {"ReceiptID": "R-2"})
    company.receipt("x", "R-1", b"MZ\x90\x00")
    company.receipt("x", "R-2")
    company.sandbox.fault(side="intacct", match="update_supdoc", kind="drop_before", times=1)
    company.configure(sending={"late_commit_minutes": 30})
    company.sync()
    _, text = ask()
    in_order(text, "1 receipt left out, neither a picture nor a PDF", "R-1")
    in_order(text, "Receipt to be attached: R-2", "The answer was lost")
    company.configure(sending={"late_commit_minutes": 0})
    company.sync()
    assert "Receipt to be attached" not in ask()[1]


def test_days_of_waiting_are_told_once(company, ask):
    company.report(1, EmpGLD1Code="777")
    for _ in range(3):
        company.plan()
    _, text = ask()
    assert text.count("held by rule entity_unknown") == 1, text
    assert "2 more times, the last at " in text
    assert "by load 3" in text


def test_several_reports_with_one_approval_code_are_listed(company, ask):
    both = [company.report(number, ApprovalCode="104777") for number in (1, 2)]
    company.plan()
    status, text = ask("104777")
    assert status == 1
    assert "2 reports are known as 104777" in text
    assert all(report in text for report in both)
    status, text = ask(both[1])
    assert (status, both[0] in text) == (0, False)


def test_a_preview_sends_nothing_and_says_so(company, ask):
    company.report(1)
    company.plan(preview=True)
    _, text = ask()
    in_order(
        text,
        "Preview: Read by expense_preview",
        "Plan: post 1 document",
        "Nothing was posted for it.",
        "only previews have planned it",
    )


def test_an_unknown_report_is_one_clear_line(company, ask):
    status, text = ask("999999")
    assert status == 1
    assert text.startswith("error: No run has read a report 999999.")
    assert len(text.splitlines()) == 1
