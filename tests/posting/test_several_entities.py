"""Lines of several entities in one document: posted, read back, balanced by entity, and never posted twice whatever the key says."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from certify_intacct.model.errors import GuardTripped
from certify_intacct.operators.reconcile import ReconcileOperator
from tests.expense_company import DAY, Company, document_number, report_id
from tests.posting.test_by_hand import book

ONE, EACH = "one_document", "one_document_each"
BY_LINE = {"entity": {"certify": "report_gld/1"}}
JOURNAL = {"symbol": "EXP", "offset_account": "2055"}
JOURNALS = {
    "employee_paid": {"target": "gl_journal", "journal": JOURNAL},
    "company_paid": {"target": "gl_journal", "journal": JOURNAL},
}
CARD_BILLS = {
    "company_paid": {
        "target": "card_vendor_bill",
        "cards": [{"payment_card": "Corporate Visa", "card_id": "CORP-VISA", "vendor_id": "V-VISA", "statement_day": 31}],
    }
}  # fmt: skip
KINDS: dict[str, dict[str, Any]] = {
    "ap_bill, credit_card_transaction": {},
    "ap_bill, card_vendor_bill": CARD_BILLS,
    "gl_journal, both": JOURNALS,
}
number = document_number


def accounts(**more: str) -> dict[str, str]:
    return {"IEPAYABLEACCTNO": "2610", "IERECEIVABLEACCTNO": "1610", **more}


@pytest.fixture
def group(company) -> Company:
    """Three companies of a group in one currency and one in another, each with its inter-entity accounts; lines name their entity."""
    sandbox = company.sandbox
    sandbox.load("intacct", "LOCATIONENTITY", [
        {"LOCATIONID": code, "NAME": f"Acme {code}", "CURRENCY": "USD", "STATUS": "active"} for code in ("101", "102")
    ])  # fmt: skip
    sandbox.load("intacct", "GLJOURNAL", [{"SYMBOL": "EXP", "TITLE": "Expenses", "STATUS": "active"}])
    sandbox.load(
        "intacct", "VENDOR", [{"VENDORID": "V-VISA", "NAME": "Big Bank", "VENDTYPE": "Supplier", "STATUS": "active"}]
    )
    titles = {"1610": "Due from", "2610": "Due to", "2055": "Clearing"}
    sandbox.load(
        "intacct", "GLACCOUNT", [{"ACCOUNTNO": no, "TITLE": title, "STATUS": "active"} for no, title in titles.items()]
    )
    sandbox.load("intacct", "INTERENTITYSETUP", [{"IEMAPPLAN": "BASIC"}])
    sandbox.load("intacct", "ENTITYACCTDEFAULT", [accounts(ENTITYID=code) for code in ("100", "101", "102", "200")])
    # A company of several currencies takes charges inside entities alone: here all are kept in one.
    canada = next(one for one in sandbox.state("intacct", "LOCATIONENTITY") if one["LOCATIONID"] == "200")
    sandbox.act("delete", object="LOCATIONENTITY", record=canada["RECORDNO"])
    ask(company)
    return company


def ask(company: Company, several_entities: str = ONE, **posting: Any) -> None:
    company.configure(dimensions=BY_LINE, several_entities=several_entities, **posting)


def at(entity: str, amount: str, owed: str | None = None, **more: Any) -> dict[str, Any]:
    return {"Amount": amount, "ReimAmount": amount if owed is None else owed, "ExpenseReportGLD1Code": entity, **more}


MIXED = (
    at("100", "10"),
    at("101", "32.50"),
    at("101", "7", "0", CCTransactionID="T-1"),
    at("102", "8", "0", CCTransactionID="T-1"),
)


def booked(company: Company) -> dict[str, Decimal]:
    """By entity what the expenses of all documents in Intacct add up to."""
    found: dict[str, Decimal] = {}
    documents = [
        (record, name, place)
        for kind, name, place in (
            ("APBILL", "APBILLITEMS", "LOCATIONID"), ("CCTRANSACTION", "CCTRANSACTIONENTRIES", "LOCATIONID"),
            ("GLBATCH", "ENTRIES", "LOCATION"),
        )
        for record in company.sandbox.state("intacct", kind)
        if record.get("STATE") not in ("Reversed", "Reversal") and not record.get("REVERSED") and not record.get("REVERSEDFROM")
    ]  # fmt: skip
    for record, name, place in documents:
        for line in record[name]:
            if line["ACCOUNTNO"] in ("6220", "6300"):
                found[line[place]] = found.get(line[place], Decimal(0)) + Decimal(line["TRX_AMOUNT"])
    return found


def balance(company: Company) -> dict[str, Decimal]:
    """By entity what the newest reconciliation says of Certify's money."""
    rows = company.sql(
        "SELECT entity, sum(amount) AS amount FROM ops.reconciliation WHERE load_id = (SELECT max(load_id) FROM ops.reconciliation) "
        "GROUP BY 1"
    )
    return {row["entity"]: row["amount"] for row in rows}


def run(company: Company, **options: Any) -> dict[str, int]:
    """A whole run, reconciled. Nothing may be found."""
    load_id, context = company.plan(**options)
    outcomes = company.load(load_id, context)
    ReconcileOperator(task_id="reconcile", load_id=load_id).execute(context)
    found = company.sql("SELECT finding, number, text FROM ops.reconciliation_finding WHERE load_id = %s", load_id)
    assert found == []
    return outcomes


def notes(company: Company) -> list[str]:
    rows = company.sql(
        "SELECT after -> 'notes' AS notes FROM plan.change WHERE action = 'post' AND load_id = (SELECT max(load_id) FROM ops.load)"
    )
    return [note for row in rows for note in row["notes"] or ()]


@pytest.mark.parametrize(
    ("kinds", "settings"),
    [
        *(
            (kinds, {"bill_owner": owner, "gl_trace": True})
            for kinds in list(KINDS)[:2]
            for owner in ("first_line", "most", "least")
        ),
        *(("gl_journal, both", {"inter_entity_lines": shown}) for shown in ("apart", "in_the_entry")),
    ],
)
def test_each_kind_is_posted_read_back_and_balanced_by_entity(group, kinds, settings):
    ask(group, **KINDS[kinds])
    group.sandbox.settings(**settings)
    group.report(1, *MIXED)
    assert run(group) == {"applied": 1}
    assert group.states() == {"in_gl": 2}
    assert (group.held(), group.open_items(), notes(group)) == ({}, {}, [])
    apart = {"100": Decimal(10), "101": Decimal("39.50"), "102": Decimal(8)}
    assert balance(group) == apart
    if kinds == "gl_journal, both":
        posted = [one for one in group.sandbox.state("intacct", "GLBATCH") if one.get("REFERENCENO")]
        assert {one["BASELOCATION_NO"] for one in posted} == {"101", "102"}
        credits = [line for one in posted for line in one["ENTRIES"] if line["ACCOUNTNO"] == "2055"]
        assert sorted((line["LOCATION"], line["TR_TYPE"], Decimal(line["TRX_AMOUNT"])) for line in credits) == [
            ("101", "-1", Decimal("42.50")), ("102", "-1", Decimal(15)),
        ]  # fmt: skip
    assert run(group) == {}
    assert group.states() == {"in_gl": 2}


def test_the_limit_of_a_document_counts_all_of_its_entities(group):
    ask(group, limits={"document_amount": "40"})
    report = group.report(1, at("100", "10"), at("101", "32.50"))
    assert group.sync() == {}
    assert group.held() == {report: {"above_limit"}}
    group.decide(report, "release")
    assert run(group) == {"applied": 1}
    assert list(group.bills()) == [number(1)]


def test_a_pair_that_lacks_its_accounts_has_a_document_each_and_the_plan_says_which(group):
    group.sandbox.load(
        "intacct", "LOCATIONENTITY", [{"LOCATIONID": "103", "NAME": "Lone", "CURRENCY": "USD", "STATUS": "active"}]
    )
    group.report(1, at("100", "10"), at("103", "5"))
    assert run(group) == {"applied": 1}
    assert sorted(group.bills()) == [number(1), number(1, 2)]
    (note,) = notes(group)
    assert "Intacct shows no inter-entity accounts from 100 to 103, from 103 to 100." in note


def test_what_intacct_does_not_show_is_not_taken_for_there(group):
    group.sandbox.settings(permissions_denied={"*": {"INTERENTITYSETUP": ["*"]}})
    group.report(1, at("100", "10"), at("101", "5"))
    assert run(group) == {"applied": 1}
    assert len(group.bills()) == 2


# The key turned: nothing twice


@pytest.mark.parametrize(("before", "after"), [(EACH, ONE), (ONE, EACH)])
@pytest.mark.parametrize("kinds", KINDS)
def test_what_is_posted_stays_when_the_key_is_turned(group, kinds, before, after):
    ask(group, before, **KINDS[kinds])
    group.report(1, *MIXED)
    assert run(group) == {"applied": 1}
    there, posted = booked(group), group.states()
    ask(group, after, **KINDS[kinds])
    group.report(2, at("100", "1"), at("101", "2"))
    assert run(group, refresh=True) == {"applied": 1}
    assert booked(group) == {"100": there["100"] + 1, "101": there["101"] + 2, "102": there["102"]}
    assert group.states() == {"in_gl": posted["in_gl"] + (1 if after == ONE else 2)}
    assert balance(group) == booked(group)


@pytest.mark.parametrize(("before", "after"), [(EACH, ONE), (ONE, EACH)])
def test_a_lost_ledger_is_not_made_good_by_posting_again_though_the_key_was_turned(group, before, after):
    ask(group, before)
    report = group.report(1, at("100", "10"), at("101", "5"))
    group.sync()
    there = group.bills()
    group.forget_everything_but_the_deployment()
    ask(group, after)
    assert group.sync(refresh=True) == {"held": 1}
    assert (group.bills(), group.open_items()) == (there, {report: "held"})
    ask(group, before)
    assert group.sync(refresh=True) == {"already": 1}
    assert (group.bills(), group.states()) == (there, {"in_gl": len(there)})


def test_what_stands_is_adopted_with_its_entities_and_what_intacct_added(group):
    ask(group, **JOURNALS)
    group.sandbox.settings(inter_entity_lines="in_the_entry")
    group.report(1, at("100", "10"), at("101", "5"))
    group.sync()
    (before,) = group.sql("SELECT canonical FROM ledger.document")
    group.forget_everything_but_the_deployment()
    assert run(group) == {"already": 1}
    (after,) = group.sql("SELECT canonical FROM ledger.document")
    assert (after, group.states()) == (before, {"in_gl": 1})


@pytest.mark.parametrize("turned", [ONE, EACH])
def test_what_a_closed_entity_refused_goes_out_by_entity_and_the_closed_one_waits(group, turned):
    group.sandbox.settings(closed_books_shown=[])
    report = group.report(1, at("100", "10"), at("101", "5"))
    load_id, context = group.plan()
    group.sandbox.act("close_period", date=str(DAY), entity="101", subledger="AP")
    assert group.load(load_id, context) == {"rejected": 1}
    assert group.sql("SELECT * FROM ledger.closed_date") == []
    ask(group, turned)
    group.sync(refresh=True)
    assert booked(group) == {"100": Decimal(10)}
    assert [row["entity"] for row in group.sql("SELECT entity FROM ledger.closed_date")] == ["101"]
    group.sandbox.act("open_period", entity="101", subledger="AP")
    group.sql("DELETE FROM ledger.closed_date")
    assert run(group, refresh=True) == {"applied": 1}
    assert booked(group) == {"100": Decimal(10), "101": Decimal(5)}
    assert (sorted(group.bills()), group.open_items()) == ([number(1, 2), number(1, 3)], {})
    assert report_id(1) == report


def test_a_policy_that_moves_dates_asks_each_entity_by_itself(group):
    ask(group, closed_periods={"policy": "next_open_day"})
    group.sandbox.settings(closed_books_shown=[])
    group.report(1, at("100", "10"), at("101", "5"))
    group.sandbox.act("close_period", date=str(DAY), entity="101", subledger="AP")
    assert group.sync() == {"rejected": 1}
    assert run(group) == {"applied": 1}
    days = {
        line["LOCATIONID"]: bill["WHENPOSTED"] for (bill,) in group.bills().values() for line in bill["APBILLITEMS"]
    }
    assert days["100"] == DAY.strftime("%m/%d/%Y") != days["101"]


def test_reversed_it_waits_and_is_posted_again_as_one_document(group):
    report = group.report(1, at("100", "10"), at("101", "5"))
    group.sync()
    ((bill,),) = group.bills().values()
    group.sandbox.act("reverse", object="APBILL", record=bill["RECORDNO"])
    group.reconcile()
    assert group.sync() == {}
    assert group.held() == {report: {"post_again"}}
    group.decide(report, "post_again")
    assert run(group) == {"applied": 1}
    assert booked(group) == {"100": Decimal(10), "101": Decimal(5)}
    assert number(1, sequence=2) in group.bills()


@pytest.mark.parametrize(("before", "after"), [(EACH, ONE), (ONE, EACH)])
def test_what_somebody_booked_by_hand_is_not_posted_in_another_division(group, before, after):
    ask(group, before, limits={"document_amount": "12" if before == ONE else "4"})
    report = group.report(1, at("100", "10"), at("101", "5"))
    group.sync()
    waiting = group.waiting(report)
    assert len(waiting) == (1 if before == ONE else 2)
    group.decide_one(waiting[0], "not_ours")
    ask(group, after, limits={"document_amount": "1000"})
    group.sync(refresh=True)
    left = Decimal(15) - (waiting[0].total or Decimal(15))
    assert sum(booked(group).values(), Decimal(0)) == left


@pytest.mark.parametrize("kinds", KINDS)
@pytest.mark.parametrize("kind", ["drop_after_commit", "partial_commit", "truncate_body", "drop_before", "http_500"])
def test_a_fault_while_posting(group, kinds, kind):
    ask(group, **KINDS[kinds])
    group.replays_are_refused()
    group.report(1, *MIXED)
    group.sync()
    for report in (2, 3):
        group.report(report, at("100", "10"), at("101", "5"))
    group.sandbox.fault(side="intacct", match="create", kind=kind, times=1)
    group.until_settled()
    assert booked(group) == {"100": Decimal(30), "101": Decimal("49.50"), "102": Decimal(8)}
    assert group.open_items() == {}


@pytest.mark.parametrize(
    ("kinds", "shown", "line", "amount"),
    [
        ("ap_bill, credit_card_transaction", "apart", 1, "11"),
        # A journal is worth what its offset account got, here by the last line of ours.
        ("gl_journal, both", "apart", 3, "16"),
        ("gl_journal, both", "in_the_entry", 3, "16"),
    ],
)
def test_what_a_clerk_changes_in_it_is_noticed_and_accepted(group, kinds, shown, line, amount):
    ask(group, **KINDS[kinds])
    group.sandbox.settings(inter_entity_lines=shown)
    report = group.report(1, at("100", "10"), at("101", "5"))
    assert run(group) == {"applied": 1}
    name, field = ("GLBATCH", "REFERENCENO") if "gl" in kinds else ("APBILL", "RECORDID")
    (record,) = [one for one in group.sandbox.state("intacct", name) if one.get(field, "").startswith("C")]
    group.sandbox.act("edit_document", object=name, record=record["RECORDNO"], line=line, amount=amount)
    group.reconcile()
    assert group.states() == {"altered": 1}
    load_id, context = group.plan()
    group.decide(report, "accept_as_posted")
    group.load(load_id, context)
    load_id, context = group.plan()
    ReconcileOperator(task_id="reconcile", load_id=load_id).execute(context)
    assert balance(group) == {"100": Decimal(10), "101": Decimal(5)}
    rows = group.sql("SELECT entity, bucket, amount FROM ops.reconciliation WHERE load_id = %s", load_id)
    assert ("100", "accepted_difference", Decimal(-1)) in [tuple(row.values()) for row in rows]


def test_what_was_booked_by_hand_for_one_of_its_entities_holds_it_and_the_cure_is_carried_out(group):
    report = group.report(1, at("100", "10"), at("101", "5"))
    record_no = book(group, total="5")
    assert group.sync() == {"held": 1}
    (item,) = group.sql("SELECT rule, reason FROM ledger.open_item")
    assert item["rule"] == "look_alike"
    assert "set posting.several_entities: one_document_each" in item["reason"]
    ask(group, EACH)
    assert group.sync() == {"held": 1}
    (waiting,) = group.waiting(report, "look_alike")
    assert waiting.total == Decimal(5)
    group.decide_one(waiting, "booked_by_hand", record_no=record_no)
    assert run(group) == {}
    assert booked(group) == {"100": Decimal(10)}
    assert (group.open_items(), balance(group)) == ({}, {"100": Decimal(15)})


def test_a_run_for_one_entity_leaves_what_lies_in_others_too(group):
    group.report(1, at("100", "10"), at("101", "5"))
    assert group.sync(entities=["101"]) == {}
    assert group.bills() == {}
    assert group.sync(entities=["100", "101"]) == {"applied": 1}


def test_nothing_is_sent_while_the_user_may_not_enter_one_of_its_entities(group):
    group.report(1, at("100", "10"), at("101", "5"))
    load_id, context = group.plan()
    group.sandbox.settings(user_entities={"xml_gateway": ["100", "102"]})
    with pytest.raises(GuardTripped, match="may not enter: 101"):
        group.load(load_id, context)
    assert group.bills() == {}


def test_the_example_of_a_group_posts_what_two_of_its_companies_share_as_one_journal(company):
    company.sandbox.reset(seed=7, scale={"people": 60, "departments": 12, "reports_per_day": 20, "days": 1})
    example = Path(__file__).parents[2] / "include" / "examples" / "multi_entity_group.yaml"
    company.config.write_text(example.read_text(encoding="utf-8"), encoding="utf-8")
    nowhere = {"EmpGLD1Code": "", "EmpGLD1Name": "", "StartDate": str(DAY), "EndDate": str(DAY)}
    # Two of these are coded alike.
    spent = [("102", "10"), ("103", "30.25"), ("103", "2")]
    lines = [
        {"Amount": amount, "ReimAmount": "0", "DepartmentCode": department, "CCTransactionID": f"T-{amount}"}
        for department, amount in spent
    ]
    company.report(1, *lines, **nowhere)
    load_id, context = company.plan(validate=True, refresh=True)
    company.load(load_id, context)
    (journal,) = [
        one for one in company.sandbox.state("intacct", "GLBATCH") if one.get("REFERENCENO") == number(1, letter="J")
    ]
    assert journal["BASELOCATION_NO"] == "110"
    assert [
        (one["ACCOUNTNO"], one["LOCATION"], one.get("DEPARTMENT", ""), one["TR_TYPE"], Decimal(one["TRX_AMOUNT"]))
        for one in journal["ENTRIES"]
    ] == [
        ("6220", "100", "102", "1", Decimal(10)),
        ("6220", "110", "103", "1", Decimal("32.25")),
        ("2050", "110", "", "-1", Decimal("42.25")),
    ]
    ReconcileOperator(task_id="reconcile", load_id=load_id).execute(context)
    rows = company.sql(
        "SELECT entity, sum(amount) AS amount FROM ops.reconciliation WHERE load_id = %s AND bucket = 'in_gl' AND kind = 'gl_journal' "
        "AND entity IN ('100', '110') GROUP BY 1",
        load_id,
    )
    assert {row["entity"]: row["amount"] for row in rows} == {"100": Decimal(10), "110": Decimal("32.25")}
