"""Company-paid expenses as GL journals: posted, read back, lost, sent again, changed and reversed by clerks, each once."""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from certify_intacct.operators.reconcile import ReconcileOperator
from certify_intacct.rules.expenses import identity
from tests.expense_company import DAY, Company, document_number, report_id

JOURNAL = {"target": "gl_journal", "journal": {"symbol": "EXP", "offset_account": "2055"}}
BY_CARD = {"target": "credit_card_transaction"}
number = partial(document_number, letter="J")


@pytest.fixture
def books(company) -> Company:
    """The small company, with a journal for expenses and an account that clears the cards."""
    company.sandbox.load("intacct", "GLJOURNAL", [{"SYMBOL": "EXP", "TITLE": "Expenses", "STATUS": "active"}])
    company.sandbox.load(
        "intacct", "GLACCOUNT", [{"ACCOUNTNO": "2055", "TITLE": "Card clearing", "STATUS": "active", "REQUIREDEPT": "true"}]
    )  # fmt: skip
    company.configure(company_paid=JOURNAL)
    return company


def journals(company: Company) -> dict[str, list[dict[str, Any]]]:
    """Journals in Intacct by REFERENCENO; counter-entries have none of ours."""
    found: dict[str, list[dict[str, Any]]] = {}
    for record in company.sandbox.state("intacct", "GLBATCH"):
        if record.get("STATE") != "Reversal" and not record.get("REVERSEDFROM"):
            found.setdefault(record["REFERENCENO"], []).append(record)
    return found


def entries(record: dict[str, Any]) -> list[tuple[str, str, Decimal]]:
    """Account, side and amount of each line."""
    return [(line["ACCOUNTNO"], line["TR_TYPE"], Decimal(line["TRX_AMOUNT"])) for line in record["ENTRIES"]]


def record_no(company: Company, report: int = 1) -> str:
    ((record,),) = [journals(company)[number(report)]]
    return record["RECORDNO"]


def test_the_company_s_part_of_a_report_is_one_journal_and_a_refund_stands_on_the_other_side(books):
    books.report(1, ("100.10", "100.10"), ("50.00", "20.00"), ("30.00", "0"), ("-7.25", "0"))
    assert books.sync() == {"applied": 1}
    (record,) = journals(books)[number(1, 2)]
    assert {name: record[name] for name in ("JOURNAL", "STATE", "BATCH_TITLE")} == {
        "JOURNAL": "EXP", "STATE": "Posted", "BATCH_TITLE": "104001 Trip 1 Ana Ruiz",
    }  # fmt: skip
    assert sorted(entries(record)) == sorted(
        [
            ("6220", "1", Decimal("30.00")), ("2055", "-1", Decimal("30.00")), ("6220", "1", Decimal("30.00")),
            ("2055", "-1", Decimal("30.00")), ("6220", "-1", Decimal("7.25")), ("2055", "1", Decimal("7.25")),
        ]
    )  # fmt: skip
    assert {(line["LOCATION"], line["DEPARTMENT"]) for line in record["ENTRIES"]} == {("100", "30")}
    assert books.card_transactions() == {}
    assert books.states() == {"in_gl": 2}
    assert books.open_items() == {}
    assert books.sync() == {}


def test_another_currency_states_its_rate_type_and_balances_to_the_cent(books):
    """Three times 1.01 USD are 1.38 CAD each, and together 4.15."""
    books.report(1, *[("1.01", "0")] * 3, EmpGLD1Code="200")
    assert books.sync() == {"applied": 1}
    (record,) = journals(books)[number(1)]
    assert {(line["CURRENCY"], line["EXCH_RATE_TYPE_ID"]) for line in record["ENTRIES"]} == {
        ("USD", "Intacct Daily Rate")
    }
    assert sum(int(line["TR_TYPE"]) * Decimal(line["AMOUNT"]) for line in record["ENTRIES"]) == 0
    assert books.states() == {"in_gl": 1}


def test_a_journal_that_waits_for_approval_is_followed(books):
    books.sandbox.settings(journal_approval=True)
    books.report(1, ("50.00", "0"))
    assert books.sync() == {"applied": 1}
    assert books.states() == {"accepted": 1}
    books.sandbox.act("decline", object="GLBATCH", record=record_no(books))
    books.reconcile()
    assert books.states() == {"declined": 1}
    books.sandbox.act("submit", object="GLBATCH", record=record_no(books))
    books.sandbox.act("approve", object="GLBATCH", record=record_no(books))
    books.reconcile()
    assert books.states() == {"in_gl": 1}


def test_receipts_hang_on_it(books):
    books.report(1, {"Amount": "10", "ReimAmount": "0", "ReceiptID": "r-1"})
    books.receipt("x", "r-1")
    books.sync()
    ((record,),) = journals(books).values()
    assert record["SUPDOCID"] == identity.token("sandbox", report_id(1))


@pytest.mark.parametrize(
    "kind", ["drop_after_commit", "partial_commit", "truncate_body", "drop_before", "http_500", "http_429", "gw_0001"]
)
def test_a_fault_while_posting(books, kind):
    books.replays_are_refused()
    books.report(1, ("10", "0"))
    books.sync()
    for report in (2, 3):
        books.report(report, ("10", "0"))
    books.sandbox.fault(side="intacct", match="create GLBATCH", kind=kind, times=1)
    books.until_settled()
    assert {name: len(found) for name, found in journals(books).items()} == {number(report): 1 for report in (1, 2, 3)}
    assert books.states() == {"in_gl": 3}
    assert books.open_items() == {}


def test_a_restored_database_adopts_what_was_posted_since(books):
    books.report(1, ("10", "0"), ("20", "5"))
    books.sync()
    books.forget_everything_but_the_deployment()
    assert books.sync() == {"already": 1}
    assert {name: len(found) for name, found in journals(books).items()} == {number(1, 2): 1}


def test_a_stranger_with_our_number_holds_the_report(books):
    mine = books.report(1, ("10", "0"))
    line = {"ACCOUNTNO": "6220", "TRX_AMOUNT": "1.00", "LOCATION": "100"}
    books.sandbox.load(
        "intacct", "GLBATCH",
        [{"REFERENCENO": number(1), "JOURNAL": "EXP", "STATE": "Posted", "BATCH_DATE": "01/01/2026", "BATCH_TITLE": "x",
          "ENTRIES": [line | {"TR_TYPE": "1"}, line | {"TR_TYPE": "-1"}]}],
    )  # fmt: skip
    assert books.sync() == {"held": 1}
    assert books.open_items() == {mine: "held"}
    assert len(journals(books)[number(1)]) == 1


@pytest.mark.parametrize(
    ("act", "state"),
    [
        ({"action": "edit_document", "amount": "1.00"}, "altered"),
        ({"action": "edit_document", "changes": {"JOURNAL": "APJ"}}, "altered"),
        ({"action": "delete"}, "deleted"),
        ({"action": "reverse"}, "reversed"),
        # As Intacct's own way of reversing leaves it: Posted as before, with the day of its mirror.
        ({"action": "edit_document", "changes": {"REVERSED": "01/31/2026"}}, "reversed"),
        ({"action": "edit_document", "changes": {"STATE": "Declined"}}, "declined"),
        ({"action": "edit_document", "changes": {"STATE": "Submitted"}}, "accepted"),
        ({"action": "edit_document", "changes": {"STATE": "Sealed"}}, "in_gl"),
    ],
)
def test_what_clerks_do_to_it_is_noticed(books, act, state):
    books.report(1, ("10", "0"))
    books.report(2, ("20", "0"))
    planned, run = books.plan()
    books.load(planned, run)
    books.sandbox.act(
        act["action"], object="GLBATCH", record=record_no(books), **{k: v for k, v in act.items() if k != "action"}
    )
    result = ReconcileOperator(task_id="reconcile", load_id=planned).execute(run)
    (row,) = books.sql("SELECT state FROM ledger.document WHERE number = %s", number(1))
    assert row["state"] == state
    unknown = act.get("changes") == {"STATE": "Sealed"}
    findings = {} if state == "accepted" else {"unknown_state" if unknown else state: 1}
    assert result == {"holds": not findings, "reports": 2} | findings


def test_a_reversal_books_the_mirror_and_both_stay_posted(books):
    """As the vendor documents it: amounts stay positive, the sides change, and the keys name each other."""
    books.report(1, ("30.00", "0"), ("-7.25", "0"))
    books.sync()
    before = record_no(books)
    mirror = books.sandbox.act("reverse", object="GLBATCH", record=before)["reversal"]
    found = {record["RECORDNO"]: record for record in books.sandbox.state("intacct", "GLBATCH")}
    assert {record["STATE"] for record in found.values()} == {"Posted"}
    assert (found[before]["REVERSEDKEY"], found[mirror]["REVERSEDFROMKEY"]) == (mirror, before)
    other = {"1": "-1", "-1": "1"}
    turned = [(account, other[side], amount) for account, side, amount in entries(found[before])]
    assert sorted(entries(found[mirror])) == sorted(turned)


def test_a_reversed_journal_is_posted_again_under_a_new_number(books):
    report = books.report(1, ("10", "0"))
    books.sync()
    books.sandbox.act("reverse", object="GLBATCH", record=record_no(books))
    books.reconcile()
    books.sync()
    assert books.held() == {report: {"post_again"}}
    books.decide(report)
    assert books.sync() == {"applied": 1}
    assert number(1, sequence=2) in journals(books)


def test_closed_payables_do_not_stop_it_and_a_closed_general_ledger_does(books):
    books.report(1, ("10", "0"))
    books.report(2)
    load_id, run = books.plan()
    for subledger in ("AP", "CM"):
        books.sandbox.act("close_period", date=str(DAY), entity="100", subledger=subledger)
    assert books.load(load_id, run) == {"rejected": 1, "applied": 1}
    assert list(journals(books)) == [number(1)]
    books.report(3, ("10", "0"))
    load_id, run = books.plan()
    books.sandbox.act("close_period", date=str(DAY), entity="100", subledger="GL")
    assert books.load(load_id, run)["rejected"] >= 1
    assert {row["subledger"] for row in books.sql("SELECT subledger FROM ledger.closed_date")} == {"AP", "GL"}
    books.sync()
    assert books.held()[report_id(3)] == {"closed_period"}


def test_what_was_refused_as_a_card_transaction_goes_out_as_a_journal(books):
    """Another kind of the same part: its next revision, under its new number, and nothing twice."""
    books.configure(company_paid=BY_CARD)
    books.report(1, ("10", "0"))
    load_id, run = books.plan()
    books.sandbox.act("close_period", date=str(DAY), entity="100", subledger="CM")
    assert books.load(load_id, run) == {"rejected": 1}
    books.configure(company_paid=JOURNAL)
    assert books.sync() == {"applied": 1}
    assert books.sql("SELECT number, kind, payer, revision, state FROM ledger.document") == [
        {"number": number(1), "kind": "gl_journal", "payer": "company", "revision": 2, "state": "in_gl"}
    ]
    assert (books.card_transactions(), books.open_items()) == ({}, {})


def test_what_may_be_a_card_transaction_already_does_not_go_out_as_a_journal(books):
    """Held in doubt and released, while the card transaction shows up in Intacct after all."""
    books.configure(company_paid=BY_CARD)
    books.report(1, ("10", "0"))
    books.sync()
    report = books.report(2, ("10", "0"))
    books.sandbox.fault(side="intacct", match="record_cctransaction", kind="drop_before", times=1)
    for _ in range(4):
        books.sync()
    assert books.held() == {report: {"held_document"}}
    books.decide(report)
    books.configure(company_paid=JOURNAL)
    planned = books.plan()
    late = {
        "RECORDID": number(2, letter="C"),
        "FINANCIALENTITY": "CORP-VISA",
        "CURRENCY": "USD",
        "TRX_TOTALENTERED": "10.00",
    }
    books.sandbox.load("intacct", "CCTRANSACTION", [late | {"STATE": "Posted", "WHENCREATED": "01/01/2026"}])
    assert books.load(*planned) == {"held": 1}
    assert journals(books) == {}


def test_posted_card_transactions_stay_what_they_are_when_journals_are_asked_for(books):
    books.configure(company_paid=BY_CARD)
    books.report(1, ("10", "0"), ("20", "0"))
    books.sync()
    books.configure(company_paid=JOURNAL)
    assert books.sync() == {}
    assert (books.held(), journals(books)) == ({}, {})


def test_a_ledger_of_before_the_journal_gives_way_to_what_intacct_has(books):
    """Refused as a card transaction, posted as a journal, and then the backup of in between is put back."""
    books.configure(company_paid=BY_CARD)
    books.report(1, ("10", "0"))
    load_id, run = books.plan()
    books.sandbox.act("close_period", date=str(DAY), entity="100", subledger="CM")
    books.load(load_id, run)
    backup = books.sql("SELECT * FROM ledger.document")[0]
    books.configure(company_paid=JOURNAL)
    books.sync()
    names = (
        "number",
        "kind",
        "state",
        "revision",
        "control_id",
        "canonical",
        "sha256",
        "request",
        "record_no",
        "payee_id",
    )
    books.sql("ALTER TABLE ledger.document DISABLE TRIGGER USER")
    books.sql(
        f"UPDATE ledger.document SET {', '.join(f'{name} = %s' for name in names)}", *[backup[name] for name in names]
    )
    books.sql("UPDATE ledger.document_expense SET live = false; ALTER TABLE ledger.document ENABLE TRIGGER USER")
    assert books.sync() == {"already": 1}
    assert {name: len(found) for name, found in journals(books).items()} == {number(1): 1}
    (row,) = books.sql("SELECT number, state, adopted FROM ledger.document")
    assert row == {"number": number(1), "state": "in_gl", "adopted": True}


def test_an_orphan_is_found(books):
    books.report(1, ("10", "0"))
    planned, run = books.plan()
    books.load(planned, run)
    books.sandbox.load(
        "intacct", "GLBATCH",
        [{"REFERENCENO": number(1, 2), "JOURNAL": "EXP", "STATE": "Posted", "BATCH_DATE": "01/01/2026", "BATCH_TITLE": "x"}],
    )  # fmt: skip
    assert ReconcileOperator(task_id="reconcile", load_id=planned).execute(run)["orphan"] == 1


@pytest.mark.parametrize(
    ("account", "department", "rule"),
    [("9", "30", "offset_account"), ("2055", "", "dimension_required"), ("6220", "30", "request")],
)
def test_what_cannot_be_booked_is_held(books, account, department, rule):
    settings = {"target": "gl_journal", "journal": {"symbol": "EXP", "offset_account": account}}
    books.configure(dimensions={"department": {"required": False}}, company_paid=settings)
    report = books.report(1, {"Amount": "10", "ReimAmount": "0", "DepartmentCode": department})
    books.sync()
    assert books.held() == {report: {rule}}
