"""Company-paid expenses as bills of the cards' vendors: posted and read back, never beside a card transaction, each once."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from certify_intacct.operators.reconcile import ReconcileOperator
from certify_intacct.rules.expenses import identity
from tests.expense_company import DAY, Company, document_number, report_id

CLOSING = DAY - timedelta(days=5)
VISA = {"payment_card": "Corporate Visa", "card_id": "CORP-VISA", "vendor_id": "V-VISA", "statement_day": CLOSING.day}
AMEX = {"payment_card": "Corporate Amex", "vendor_id": "V-AMEX", "statement_day": CLOSING.day}
BILLED = {"target": "card_vendor_bill", "cards": [VISA, AMEX]}
BY_CARD = {"target": "credit_card_transaction", "cards": [VISA | {"statement_day": 31, "vendor_id": ""}]}
CHARGE = {
    "Amount": "42.50", "ReimAmount": "0", "CCTransactionID": "T-88", "PaymentCardName": "Corporate Visa", "CCLast": "4821",
    "ExpenseDate": str(CLOSING),
}  # fmt: skip
ON_AMEX = {"PaymentCardName": "Corporate Amex", "CCLast": "1009"}


def number(report: int, ordinal: int = 1, letter: str = "V", sequence: int = 1) -> str:
    return document_number(report, ordinal, letter, sequence)


@pytest.fixture
def books(company) -> Company:
    """The small company, with both card companies among its vendors."""
    names = {"V-VISA": "Big Bank <Cards>", "V-AMEX": "American Express"}
    vendor = {"VENDTYPE": "Supplier", "STATUS": "active"}
    company.sandbox.load(
        "intacct", "VENDOR", [vendor | {"VENDORID": code, "NAME": name} for code, name in names.items()]
    )
    company.configure(company_paid=BILLED)
    return company


def us(day: date) -> str:
    return day.strftime("%m/%d/%Y")


def bill(company: Company, report: int = 1, ordinal: int = 1, letter: str = "V") -> dict[str, Any]:
    (found,) = company.bills()[number(report, ordinal, letter)]
    return found


def test_two_cards_two_statements_and_two_entities_are_a_bill_each_to_the_cent(books):
    books.configure(company_paid=BILLED, dimensions={"entity": {"certify": "report_gld/1"}})
    before, after = ({"PostingDate": str(CLOSING + timedelta(days=days)), "ReimAmount": "0"} for days in (-1, 1))
    us_, canada = {"ExpenseReportGLD1Code": "100"}, {"ExpenseReportGLD1Code": "200"}
    books.report(
        1,
        {"Amount": "100.10", **before, **us_},
        {
            "Amount": "-0.05",
            **before,
            **us_,
            "Vendor": "Blue Cab",
            "ExpenseCategory": "Meals",
            "ExpenseCategoryGLCode": "6300",
        },
        {"Amount": "33.33", **after, **us_},
        {"Amount": "0.01", **before, **us_, **ON_AMEX},
        {"Amount": "7.00", **before, **canada},
        {"Amount": "9.00", **us_, "ReimAmount": "4.00", "PostingDate": before["PostingDate"]},
    )
    assert books.sync() == {"applied": 1}
    assert books.card_transactions() == {}
    found = {name: record for name, (record,) in books.bills().items()}
    token = identity.token("sandbox", report_id(1))
    assert {
        name[-4:]: (one["VENDORID"], one["CURRENCY"], one["TRX_TOTALENTERED"], one["WHENPOSTED"], one["WHENDUE"])
        for name, one in found.items()
    } == {
        "001B": ("E-1007", "USD", "4.00", us(DAY), us(DAY + timedelta(days=14))),
        "002V": ("V-VISA", "USD", "105.05", us(CLOSING - timedelta(days=1)), us(CLOSING + timedelta(days=29))),
        "003V": ("V-VISA", "USD", "33.33", us(CLOSING + timedelta(days=1)), us(CLOSING + timedelta(days=31))),
        "004V": ("V-AMEX", "USD", "0.01", us(CLOSING - timedelta(days=1)), us(CLOSING + timedelta(days=29))),
        "005V": ("V-VISA", "USD", "7.00", us(CLOSING - timedelta(days=1)), us(CLOSING + timedelta(days=29))),
    }  # fmt: skip
    assert {(one["DOCNUMBER"], one["STATE"], one["DESCRIPTION"]) for one in found.values()} == {
        (token, "Posted", "104001 Trip 1 Ana Ruiz")
    }
    lines = found[number(1, 2)]["APBILLITEMS"]
    spent = DAY - timedelta(days=5)
    assert sorted((item["ACCOUNTNO"], item["TRX_AMOUNT"], item["LOCATIONID"], item["ENTRYDESCRIPTION"]) for item in lines) == [
        ("6220", "100.10", "100", f"{spent} Hotel <Ünïon> & Co (Ana Ruiz) Hotel: Client visit"),
        ("6220", "5.00", "100", f"{spent} Hotel <Ünïon> & Co (Ana Ruiz) Hotel: Client visit"),
        ("6300", "-0.05", "100", f"{spent} Blue Cab (Ana Ruiz) Meals: Client visit"),
    ]  # fmt: skip
    assert {item["LOCATIONID"] for item in found[number(1, 5)]["APBILLITEMS"]} == {"200"}
    assert books.states() == {"in_gl": 5}
    assert (books.open_items(), books.sync()) == ({}, {})


def test_no_bill_holds_lines_of_two_reports(books):
    for report in (1, 2):
        books.report(report, ("10", "0"), ("20", "0"))
    assert books.sync() == {"applied": 2}
    assert sorted(books.bills()) == sorted([number(1), number(2)])


def test_by_the_closing_day_what_is_on_an_open_statement_waits(books):
    books.configure(company_paid=BILLED | {"date": "statement_date"})
    report = books.report(1, {"Amount": "10", "ReimAmount": "0", "PostingDate": str(CLOSING)}, ("20", "0"))
    assert books.sync() == {"applied": 1}
    assert {name: record["WHENPOSTED"] for name, (record,) in books.bills().items()} == {number(1): us(CLOSING)}
    assert books.held() == {report: {"future_date"}}
    # As if its day had come: the card's statement closes on the day of the charge.
    closes = VISA | {"statement_day": (DAY - timedelta(days=4)).day}
    books.configure(company_paid=BILLED | {"date": "statement_date", "cards": [closes, AMEX]})
    assert books.sync() == {"applied": 1}
    assert bill(books, 1, 2)["WHENPOSTED"] == us(DAY - timedelta(days=4))
    assert books.sync() == {}


@pytest.mark.parametrize(
    "kind", ["drop_after_commit", "partial_commit", "truncate_body", "drop_before", "http_500", "http_429", "gw_0001"]
)
def test_a_fault_while_posting_both_kinds_of_bills(books, kind):
    books.replays_are_refused()
    books.report(1, ("10", "5"))
    books.sync()
    for report in (2, 3):
        books.report(report, ("10", "5"))
    books.sandbox.fault(side="intacct", match="create APBILL", kind=kind, times=1)
    books.until_settled()
    wanted = {number(report, ordinal, letter): 1 for report in (1, 2, 3) for ordinal, letter in ((1, "B"), (2, "V"))}
    assert {name: len(found) for name, found in books.bills().items()} == wanted
    assert (books.states(), books.open_items()) == ({"in_gl": 6}, {})


def test_a_restored_database_adopts_both_kinds_of_bills(books):
    books.report(1, ("10", "5"), ("20", "0"))
    books.sync()
    books.forget_everything_but_the_deployment()
    assert books.sync() == {"already": 1}
    assert sorted(books.posted()) == sorted([number(1, 1, "B"), number(1, 2)])
    rows = books.sql("SELECT number, kind, payer, payee_id, adopted FROM ledger.document ORDER BY number")
    assert [tuple(row.values()) for row in rows] == [
        (number(1, 1, "B"), "ap_bill", "employee", "E-1007", True),
        (number(1, 2), "card_vendor_bill", "company", "V-VISA", True),
    ]


def test_both_kinds_of_bills_are_asked_for_in_one_question(books):
    """Before they are sent, when somebody may have booked them by hand, when they are read back, and when they are reconciled."""
    books.report(1, ("10", "5"), ("20", "0"))

    def asked(company: Company, step: Any) -> dict[str, int]:
        company.sandbox.clear_calls()
        step()
        calls = company.sandbox.calls()["intacct"]
        return {name: calls.get(f"query {name}", {"calls": 0})["calls"] for name in ("APBILL", "APBILLITEM")}

    load_id, run = books.plan()
    with_both = asked(books, lambda: books.load(load_id, run))
    reconciled = asked(books, lambda: ReconcileOperator(task_id="reconcile", load_id=load_id).execute(run))
    books.configure(company_paid=BY_CARD)
    books.report(2, ("10", "10"))
    load_id, run = books.plan()
    assert asked(books, lambda: books.load(load_id, run)) == with_both
    assert asked(books, lambda: ReconcileOperator(task_id="reconcile", load_id=load_id).execute(run)) == reconciled


# Never a card transaction and a bill of the card's vendor for one charge


def test_posted_card_transactions_stay_what_they_are_when_bills_are_asked_for_and_the_other_way_round(books):
    books.configure(company_paid=BY_CARD)
    books.report(1, ("10", "0"), ("20", "0"))
    books.sync()
    books.configure(company_paid=BILLED)
    assert books.sync() == {}
    assert (books.held(), books.bills()) == ({}, {})
    books.report(2, ("10", "0"))
    books.sync()
    books.configure(company_paid=BY_CARD)
    assert books.sync() == {}
    assert sorted(books.posted()) == sorted([number(1, 1, "C"), number(1, 2, "C"), number(2)])


def test_what_was_refused_as_a_card_transaction_goes_out_as_a_bill_of_its_next_revision(books):
    books.configure(company_paid=BY_CARD)
    books.report(1, ("10", "0"))
    load_id, run = books.plan()
    books.sandbox.act("close_period", date=str(DAY), entity="100", subledger="CM")
    assert books.load(load_id, run) == {"rejected": 1}
    books.configure(company_paid=BILLED)
    assert books.sync() == {"applied": 1}
    assert books.sql("SELECT number, kind, payer, revision, state FROM ledger.document") == [
        {"number": number(1), "kind": "card_vendor_bill", "payer": "company", "revision": 2, "state": "in_gl"}
    ]
    assert (books.card_transactions(), books.open_items()) == ({}, {})


def test_charges_that_were_refused_one_by_one_go_out_in_one_bill(books):
    """Under a number that none of them had: an ordinal once claimed is never given to other lines."""
    books.configure(company_paid=BY_CARD)
    books.report(1, ("10", "0"), ("20", "0"))
    load_id, run = books.plan()
    books.sandbox.act("close_period", date=str(DAY), entity="100", subledger="CM")
    assert books.load(load_id, run) == {"rejected": 1}
    books.configure(company_paid=BILLED)
    assert books.sync() == {"applied": 1}
    assert books.posted() == [number(1, 3)]
    assert bill(books, 1, 3)["TRX_TOTALENTERED"] == "30.00"
    assert (books.open_items(), books.sync()) == ({}, {})


def test_charges_that_were_reversed_one_by_one_are_billed_after_a_release(books):
    books.configure(company_paid=BY_CARD)
    report = books.report(1, ("10", "0"), ("20", "0"))
    books.sync()
    for (charge,) in books.card_transactions().values():
        books.sandbox.act("reverse", object="CCTRANSACTION", record=charge["RECORDNO"])
    books.reconcile()
    books.configure(company_paid=BILLED)
    books.sync()
    assert (books.held(), books.bills()) == ({report: {"post_again"}}, {})
    books.decide(report)
    assert books.sync() == {"applied": 1}
    assert list(books.bills()) == [number(1, 3)]


@pytest.mark.parametrize("first", ["card transaction", "bill"])
def test_what_may_be_there_as_one_already_does_not_go_out_as_the_other(books, first):
    """Held in doubt and released, while it shows up in Intacct after all."""
    before, after = (BY_CARD, BILLED) if first == "card transaction" else (BILLED, BY_CARD)
    function = "record_cctransaction" if first == "card transaction" else "create APBILL"
    books.configure(company_paid=before)
    books.report(1, ("10", "0"))
    books.sync()
    report = books.report(2, ("10", "0"))
    books.sandbox.fault(side="intacct", match=function, kind="drop_before", times=1)
    for _ in range(4):
        books.sync()
    assert books.held() == {report: {"held_document"}}
    books.decide(report)
    books.configure(company_paid=after)
    planned = books.plan()
    late = {"CURRENCY": "USD", "TRX_TOTALENTERED": "10.00", "STATE": "Posted", "WHENCREATED": us(DAY)}
    if first == "bill":
        late |= {"RECORDID": number(2), "DOCNUMBER": number(2)[:11], "VENDORID": "V-VISA"}
    else:
        late |= {"RECORDID": number(2, letter="C"), "FINANCIALENTITY": "CORP-VISA"}
    books.sandbox.load("intacct", "APBILL" if first == "bill" else "CCTRANSACTION", [late])
    assert books.load(*planned) == {"held": 1}
    assert len([name for name in books.posted() if name.startswith(number(2)[:11])]) == 1


@pytest.mark.parametrize(
    ("first", "second", "line"),
    [
        (BY_CARD, BILLED, CHARGE),
        (BILLED, BY_CARD, CHARGE),
        (BILLED, BILLED, CHARGE),
        # The company paid it; now the employee wants it, too, and the other way round.
        (BILLED, BILLED, CHARGE | {"ReimAmount": "42.50"}),
        (BY_CARD, BILLED, CHARGE | {"ReimAmount": "42.50"}),
        # Without its ID, by what it looks like.
        (BY_CARD, BILLED, CHARGE | {"CCTransactionID": ""}),
    ],
)
def test_a_charge_of_another_report_is_held_whatever_either_is_posted_as(books, first, second, line):
    books.configure(company_paid=first)
    books.report(1, CHARGE)
    assert books.sync() == {"applied": 1}
    (posted,) = books.posted()
    books.configure(company_paid=second)
    again = books.report(2, line, day=DAY + timedelta(days=1))
    assert books.sync(DAY + timedelta(days=1)) == {}
    assert books.held() == {again: {"same_charge"}}
    (item,) = books.waiting(again, "same_charge")
    assert posted in item.reason
    assert books.posted() == [posted]


def test_a_card_of_a_vendor_alone_is_known_by_its_vendor_under_every_name(books):
    books.configure(company_paid=BILLED | {"cards": [VISA, AMEX, AMEX | {"payment_card": "Amex (new)"}]})
    books.report(1, CHARGE | ON_AMEX)
    again = books.report(2, CHARGE | ON_AMEX | {"PaymentCardName": "Amex (new)"}, ("5", "5"))
    assert books.sync() == {"applied": 2}
    assert books.held() == {again: {"same_charge"}}
    assert sorted(books.posted()) == sorted([number(1), number(2, 1, "B")])


def test_a_personal_card_charge_that_is_billed_by_the_company_is_held(books):
    own = CHARGE | {"ReimAmount": "42.50"}
    books.report(1, own)
    books.sync()
    again = books.report(2, CHARGE)
    assert books.sync() == {}
    assert books.held() == {again: {"same_charge"}}
    assert books.posted() == [number(1, 1, "B")]


# What clerks do, and what is there under our names


@pytest.mark.parametrize(
    ("act", "state"),
    [
        ({"action": "edit_document", "amount": "1.00"}, "altered"),
        ({"action": "edit_document", "changes": {"VENDORID": "V-AMEX"}}, "altered"),
        ({"action": "delete"}, "deleted"),
        ({"action": "reverse"}, "reversed"),
        ({"action": "edit_document", "changes": {"STATE": "Declined"}}, "declined"),
        ({"action": "edit_document", "changes": {"STATE": "Paid"}}, "in_gl"),
        ({"action": "edit_document", "changes": {"STATE": "Sealed"}}, "in_gl"),
    ],
)
def test_what_clerks_do_to_it_is_noticed_and_the_other_bill_is_not_meant(books, act, state):
    books.report(1, ("10", "5"))
    books.report(2, ("20", "0"))
    planned, run = books.plan()
    books.load(planned, run)
    more = {name: value for name, value in act.items() if name != "action"}
    books.sandbox.act(act["action"], object="APBILL", record=bill(books, 1, 2)["RECORDNO"], **more)
    result = ReconcileOperator(task_id="reconcile", load_id=planned).execute(run)
    rows = books.sql("SELECT number, state FROM ledger.document WHERE report_id = %s ORDER BY number", report_id(1))
    assert [(row["number"], row["state"]) for row in rows] == [(number(1, 1, "B"), "in_gl"), (number(1, 2), state)]
    unknown = act.get("changes") == {"STATE": "Sealed"}
    findings = {"unknown_state" if unknown else state: 1} if unknown or state != "in_gl" else {}
    assert result == {"holds": not findings, "reports": 2} | findings


def test_a_reversed_bill_is_posted_again_under_a_new_number(books):
    report = books.report(1, ("10", "0"))
    books.sync()
    books.sandbox.act("reverse", object="APBILL", record=bill(books)["RECORDNO"])
    books.reconcile()
    books.sync()
    assert books.held() == {report: {"post_again"}}
    books.decide(report)
    assert books.sync() == {"applied": 1}
    assert number(1, sequence=2) in books.bills()


def test_a_bill_that_a_clerk_gave_the_number_of_the_other_kind_is_the_one_that_was_posted(books):
    """Its record is in the ledger, whatever its number says of it by now."""
    books.report(1, ("10", "5"))
    planned, run = books.plan()
    books.load(planned, run)
    renamed = {"RECORDID": number(1, 7, "B")}
    books.sandbox.act("edit_document", object="APBILL", record=bill(books, 1, 2)["RECORDNO"], changes=renamed)
    assert "orphan" not in ReconcileOperator(task_id="reconcile", load_id=planned).execute(run)


@pytest.mark.parametrize("letter", ["B", "V"])
def test_an_orphan_is_named_once_and_by_its_own_kind(books, letter):
    books.report(1, ("10", "5"))
    planned, run = books.plan()
    books.load(planned, run)
    stranger = {
        "VENDORID": "V-VISA",
        "CURRENCY": "USD",
        "TRX_TOTALENTERED": "5.00",
        "STATE": "Posted",
        "WHENCREATED": us(DAY),
    }
    orphan = number(1, 9, letter)
    books.sandbox.load("intacct", "APBILL", [stranger | {"RECORDID": orphan, "DOCNUMBER": orphan[:11]}])
    assert ReconcileOperator(task_id="reconcile", load_id=planned).execute(run)["orphan"] == 1
    rows = books.sql("SELECT number FROM ops.reconciliation_finding WHERE load_id = %s AND finding = 'orphan'", planned)
    assert [row["number"].partition(" ")[0] for row in rows] == [orphan]
    assert len(books.waiting(report_id(1), "orphan")) == 1


def test_a_stranger_with_our_number_holds_the_report(books):
    mine = books.report(1, ("10", "0"))
    books.sandbox.load(
        "intacct", "APBILL",
        [{"RECORDID": number(1), "VENDORID": "V-VISA", "CURRENCY": "USD", "TRX_TOTALENTERED": "1.00", "STATE": "Posted",
          "WHENCREATED": us(DAY)}],
    )  # fmt: skip
    assert books.sync() == {"held": 1}
    assert books.open_items() == {mine: "held"}


def test_what_accounts_payable_entered_from_the_card_companys_statement_is_not_billed_again(books):
    report = books.report(1, ("100.10", "0"))
    by_hand = {
        "RECORDID": "STATEMENT 3",
        "VENDORID": "V-VISA",
        "CURRENCY": "USD",
        "TRX_TOTALENTERED": "100.10",
        "STATE": "Posted",
    }
    books.sandbox.load("intacct", "APBILL", [by_hand | {"WHENCREATED": us(DAY), "WHENPOSTED": us(DAY)}])
    assert books.sync() == {"held": 1}
    (item,) = books.waiting(report, "look_alike")
    (record,) = books.sandbox.state("intacct", "APBILL")
    assert record["RECORDNO"] in item.reason
    books.decide(report, "booked_by_hand", record_no=record["RECORDNO"])
    assert books.sync() == {}
    planned, run = books.plan()
    assert "booked_by_hand" not in ReconcileOperator(task_id="reconcile", load_id=planned).execute(run)
    books.sandbox.act("edit_bill", record=record["RECORDNO"], changes={"STATE": "Reversed"})
    planned, run = books.plan()
    assert ReconcileOperator(task_id="reconcile", load_id=planned).execute(run)["booked_by_hand"] == 1


def test_closed_payables_stop_it_and_closed_cards_do_not(books):
    books.report(1, ("10", "0"))
    load_id, run = books.plan()
    books.sandbox.act("close_period", date=str(DAY), entity="100", subledger="CM")
    assert books.load(load_id, run) == {"applied": 1}
    report = books.report(2, ("10", "0"))
    load_id, run = books.plan()
    books.sandbox.act("close_period", date=str(DAY), entity="100", subledger="AP")
    assert books.load(load_id, run) == {"rejected": 1}
    books.sync()
    assert books.held() == {report: {"closed_period"}}


def test_receipts_hang_on_it(books):
    books.report(1, {"Amount": "10", "ReimAmount": "0", "ReceiptID": "r-1"})
    books.receipt("x", "r-1")
    books.sync()
    assert bill(books)["SUPDOCID"] == identity.token("sandbox", report_id(1))
