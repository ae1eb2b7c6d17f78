"""Tax entries of every kind of document, posted into taxed entities, read back, and each cent where it belongs."""

from __future__ import annotations

import contextlib
from decimal import Decimal
from typing import Any

import pytest

from certify_intacct.model.errors import ConnectorError
from certify_intacct.operators.reconcile import ReconcileOperator
from tests.expense_company import Company

UK, CANADA = "United Kingdom - VAT", "Canadian Sales Tax - SYS"
BRITISH = {
    "mode": "map", "solution": UK, "vat_detail": "UK 20", "zero_detail": "UK 0",
    "details": [{"categories": ["Meals"], "reclaim": 50}, {"countries": ["FR"], "reclaim": 0}],
}  # fmt: skip
CANADIAN = {"mode": "map", "solution": CANADA, "hst_detail": "CA HST", "pst_detail": "CA PST", "zero_detail": "CA 0"}
TAX = {"default": BRITISH, "entities": {"200": CANADIAN}, "country": "report_gld/4"}
AT_HOME = {"ExpenseReportGLD4Code": "GB"}
EMPLOYEE = {
    "EMPLOYEEID": "E-1007",
    "PERSONALINFO.CONTACTNAME": "Ana Ruiz",
    "STATUS": "active",
    "STARTDATE": "01/01/2020",
}


@pytest.fixture
def books(company) -> Company:
    """The small company, whose entities are taxed and whose Intacct wants an entry on each line."""
    load = company.sandbox.load
    load("intacct", "TAXSOLUTION", [{"SOLUTIONID": name, "STATUS": "active"} for name in (UK, CANADA)])
    details = {"UK 20": UK, "UK 0": UK, "CA HST": CANADA, "CA PST": CANADA, "CA 0": CANADA}
    load(
        "intacct", "TAXDETAIL",
        [{"DETAILID": name, "VALUE": "0", "TAXSOLUTIONID": of, "STATUS": "active"} for name, of in details.items()],
    )  # fmt: skip
    load("intacct", "GLJOURNAL", [{"SYMBOL": "EXP", "TITLE": "Expenses", "STATUS": "active"}])
    load("intacct", "GLACCOUNT", [{"ACCOUNTNO": "2055", "TITLE": "Card clearing", "STATUS": "active"}])
    load("intacct", "EMPLOYEE", [EMPLOYEE])
    load(
        "intacct", "VENDOR", [{"VENDORID": "TAXMAN", "NAME": "Tax office", "VENDTYPE": "Supplier", "STATUS": "active"}]
    )
    company.sandbox.settings(
        entity_tax_solutions={"100": UK, "200": CANADA},
        lines_without_tax_entry="refuse",
        tax_solution_in_entity="refuse",
        expense_approval=False,
    )
    company.configure(tax=TAX)
    return company


def line(amount: str, reim: str = "", **more: Any) -> dict[str, Any]:
    """A line of expense at home."""
    return {"Amount": amount, "ReimAmount": reim or amount, **AT_HOME, **more}


def stands(company: Company, name: str, lines: str) -> list[tuple[str, str, str, str]]:
    """Account, net, detail and tax of every line in Intacct."""
    return [
        (item["ACCOUNTNO"], f"{Decimal(item['TRX_AMOUNT']):.2f}", item.get("DETAILID", ""), item.get("TRX_TAX", ""))
        for record in company.sandbox.state("intacct", name)
        for item in record[lines]
    ]


def agree(company: Company) -> None:
    """Everything in the ledger is in Intacct as it was sent."""
    load, run = company.plan()
    found = ReconcileOperator(task_id="reconcile", load_id=load).execute(run)
    assert found == {"holds": True, "reports": found["reports"]}


MEALS = {"ExpenseCategory": "Meals", "ExpenseCategoryGLCode": "6300"}
FRENCH = {"ExpenseReportGLD4Code": "FR"}


@pytest.mark.parametrize("posting_entity", ["top_level", "entity"])
def test_bills_and_card_transactions_of_a_taxed_entity(books, posting_entity):
    books.configure(tax=TAX, posting_entity=posting_entity)
    books.report(
        1,
        line("120", VATAmount="20"),
        line("120", VATAmount="20", **MEALS),
        line("120", VATAmount="20", **FRENCH),
        line("7"),
        line("60", "0", VATAmount="10"),
    )
    assert books.sync() == {"applied": 1}
    assert stands(books, "APBILL", "APBILLITEMS") == [
        ("6220", "100.00", "UK 20", "20.00"),
        ("6300", "110.00", "UK 20", "10.00"),
        ("6220", "120.00", "UK 0", "0.00"),
        ("6220", "7.00", "UK 0", "0.00"),
    ]
    assert stands(books, "CCTRANSACTION", "CCTRANSACTIONENTRIES") == [("6220", "50.00", "UK 20", "10.00")]
    assert books.states() == {"in_gl": 2}
    agree(books)


def test_two_details_on_a_line_in_canada(books):
    books.report(1, line("112", HSTAmount="5", PSTAmount="7"), line("1"), EmpGLD1Code="200")
    assert books.sync() == {"applied": 1}
    (bill,) = books.sandbox.state("intacct", "APBILL")
    assert (bill["TRX_TOTALENTERED"], bill["TAXSOLUTIONID"]) == ("113.00", CANADA)
    assert stands(books, "APBILL", "APBILLITEMS") == [
        ("6220", "100.00", "CA PST", "12.00"),
        ("6220", "1.00", "CA 0", "0.00"),
    ]
    agree(books)


#: Ontario has one tax, another province two of which half of one is claimed, and a third keeps one of two in the expense.
PROVINCES = {
    "100": {"mode": "map", "hst_account": "1310"},
    "200": {"mode": "map", "hst_account": "1320", "pst_account": "1330", "reclaim": {"HST": 100, "PST": 50}},
    "300": {"mode": "map", "hst_account": "1320", "reclaim": {"HST": 100, "PST": 0}},
}


@pytest.mark.parametrize("target", ["ap_bill", "expense_report"])
@pytest.mark.parametrize("posting_entity", ["top_level", "entity"])
def test_taxes_of_several_provinces_go_to_their_accounts_and_add_up(company, target, posting_entity):
    load = company.sandbox.load
    load(
        "intacct",
        "GLACCOUNT",
        [{"ACCOUNTNO": name, "TITLE": name, "STATUS": "active"} for name in ("1310", "1320", "1330")],
    )
    load("intacct", "LOCATIONENTITY", [{"LOCATIONID": "300", "NAME": "Acme BC", "CURRENCY": "CAD", "STATUS": "active"}])
    load("intacct", "EMPLOYEE", [EMPLOYEE])
    company.sandbox.settings(expense_approval=False)
    company.configure(
        tax={"default": {"mode": "hold"}, "entities": PROVINCES},
        posting_entity=posting_entity,
        employee_paid={"target": target},
    )
    company.report(
        1, line("113", HSTAmount="13"), line("-22.60", HSTAmount="-2.60"), line("60", "0", HSTAmount="6.90"), line("5")
    )
    # Both payers have their part of it: of 7.01, 3.51 is claimed, and the cent that cannot be halved is the company's.
    company.report(
        2, line("112.01", "56", HSTAmount="5", PSTAmount="7.01"), line("-1", HSTAmount="-.05"), EmpGLD1Code="200"
    )
    company.report(3, line("112", HSTAmount="5", PSTAmount="7"), EmpGLD1Code="300")
    assert company.sync() == {"applied": 3}
    found: dict[tuple[str, str], Decimal] = {}
    for name, lines in {
        "APBILL": "APBILLITEMS",
        "EEXPENSES": "EEXPENSESITEMS",
        "CCTRANSACTION": "CCTRANSACTIONENTRIES",
    }.items():
        for record in company.sandbox.state("intacct", name):
            for item in record[lines]:
                assert not item.get("DETAILID")
                where = (item["LOCATIONID"], item.get("ACCOUNTNO") or item["GLACCOUNTNO"])
                found[where] = found.get(where, Decimal(0)) + Decimal(item["TRX_AMOUNT"])
    assert {where: f"{amount:.2f}" for where, amount in found.items()} == {
        ("100", "1310"): "17.30", ("100", "6220"): "138.10",
        ("200", "1320"): "4.95", ("200", "1330"): "3.51", ("200", "6220"): "102.55",
        ("300", "1320"): "5.00", ("300", "6220"): "107.00",
    }  # fmt: skip
    # 155.40, 111.01 and 112: to the cent what Certify processed.
    assert sum(found.values()) == Decimal("378.41")
    assert company.states() == {"in_gl": 5}
    assert company.sql("SELECT * FROM ledger.reclaimable_tax") == [], "it is in no tax entry"
    agree(company)


@pytest.mark.parametrize("posting_entity", ["top_level", "entity"])
def test_a_journal_names_the_vendor_of_its_tax_or_waits_until_it_does(books, posting_entity):
    journal = {"symbol": "EXP", "offset_account": "2055"}
    books.configure(tax=TAX, posting_entity=posting_entity, company_paid={"target": "gl_journal", "journal": journal})
    report = books.report(1, line("120", "0", VATAmount="20"), line("7", "0"), line("-12", "0", VATAmount="-2"))
    assert books.sync() == {}
    assert books.held() == {report: {"request"}}
    books.configure(
        tax=TAX,
        posting_entity=posting_entity,
        company_paid={"target": "gl_journal", "journal": journal | {"vat_vendor": "TAXMAN"}},
    )
    assert books.sync() == {"applied": 1}
    (entry,) = books.sandbox.state("intacct", "GLBATCH")
    assert entry["TAXIMPLICATIONS"] == "Inbound"
    assert [one[1:] for one in stands(books, "GLBATCH", "ENTRIES") if one[0] != "2055"] == [
        ("100.00", "UK 20", "20.00"),
        ("7.00", "UK 0", "0.00"),
        ("10.00", "UK 20", "2.00"),
    ]
    agree(books)


EUROS = {"Currency": "EUR"}
CLEARING = {"symbol": "EXP", "offset_account": "2055", "vat_vendor": "TAXMAN"}


@pytest.mark.parametrize("lines", ["detail", "summed"])
def test_a_taxed_journal_in_another_currency_balances_to_the_cent(books, lines):
    """420.73 and 84.15 EUR are 455.69 and 91.14 USD at 1.0831, and together 546.84."""
    books.configure(
        tax=TAX,
        company_paid={"target": "gl_journal", "journal": CLEARING | {"lines": lines}},
        currencies={"rates": [{"currency": "EUR", "base": "USD", "since": "2020-01-01", "rate": "1.0831"}]},
    )
    taxed = line("504.88", "0", VATAmount="84.15", **EUROS)
    books.report(1, taxed, line("-60.07", "0", VATAmount="-10.01", **EUROS), line("7", "0", **EUROS), **EUROS)
    assert books.sync() == {"applied": 1}
    assert [one[1:] for one in stands(books, "GLBATCH", "ENTRIES") if one[0] != "2055"] == [
        ("420.73", "UK 20", "84.15"),
        ("50.06", "UK 20", "10.01"),
        ("7.00", "UK 0", "0.00"),
    ]
    balanced = [Decimal(one[1]) for one in stands(books, "GLBATCH", "ENTRIES") if one[0] == "2055"]
    assert balanced == [Decimal(amount) for amount in ("420.73", "84.15", "50.06", "10.01", "7")]
    assert books.states() == {"in_gl": 1}
    agree(books)


@pytest.mark.parametrize("lines", ["detail", "summed"])
def test_a_ledger_that_is_restored_takes_over_a_taxed_journal_in_another_currency(books, lines):
    books.configure(tax=TAX, company_paid={"target": "gl_journal", "journal": CLEARING | {"lines": lines}})
    taxed = [line("504.88", "0", VATAmount="84.15", **EUROS), line("60.07", "0", VATAmount="10.01", **EUROS)]
    books.report(1, *taxed, line("7", "0", **EUROS), **EUROS)
    books.sync()
    sent = books.sql("SELECT number, state, total FROM ledger.document")
    assert [row["state"] for row in sent] == ["in_gl"]
    claimed = books.sql("SELECT * FROM ledger.reclaimable_tax")
    books.forget_everything_but_the_deployment()
    books.sync()
    assert books.sql("SELECT number, state, total FROM ledger.document") == sent
    assert books.sql("SELECT * FROM ledger.reclaimable_tax") == claimed
    assert len(books.sandbox.state("intacct", "GLBATCH")) == 1
    agree(books)


@pytest.mark.parametrize("posting_entity", ["top_level", "entity"])
def test_expense_reports_and_bills_of_a_cards_vendor(books, posting_entity):
    books.configure(
        tax=TAX,
        posting_entity=posting_entity,
        employee_paid={"target": "expense_report"},
        company_paid={
            "target": "card_vendor_bill",
            "cards": [{"payment_card": "Corporate Visa", "vendor_id": "TAXMAN"}],
        },
    )
    books.report(1, line("120", VATAmount="20"), line("7"), line("60", "0", VATAmount="10"), line("3", "0"))
    assert books.sync() == {"applied": 1}
    assert [one[1:] for one in stands(books, "APBILL", "APBILLITEMS")] == [
        ("50.00", "UK 20", "10.00"),
        ("3.00", "UK 0", "0.00"),
    ]
    (made,) = books.sandbox.state("intacct", "EEXPENSES")
    assert (made["TRX_TOTALENTERED"], made["EEXPENSESITEMS"][0]["DETAILID"]) == ("127.00", "UK 20")
    assert books.states() == {"in_gl": 2}
    agree(books)


def test_without_a_zero_detail_the_line_waits_and_each_way_out_posts_it(books):
    bare = {name: value for name, value in BRITISH.items() if name != "zero_detail"}
    books.configure(tax=TAX | {"default": bare})
    report = books.report(1, line("120", VATAmount="20"), line("7"))
    assert books.sync() == {}
    assert books.held() == {report: {"tax"}}
    books.configure(tax=TAX)
    assert books.sync() == {"applied": 1}
    # Where Intacct takes lines without an entry, the other.
    books.sandbox.settings(lines_without_tax_entry="accept")
    books.configure(tax=TAX | {"default": bare | {"untaxed_lines": "no_entry"}})
    books.report(2, line("120", VATAmount="20"), line("7"))
    assert books.sync() == {"applied": 1}
    assert stands(books, "APBILL", "APBILLITEMS")[2:] == [
        ("6220", "100.00", "UK 20", "20.00"),
        ("6220", "7.00", "", ""),
    ]
    agree(books)


def test_a_detail_of_another_solution_waits_before_anything_is_sent(books):
    books.configure(tax=TAX | {"default": BRITISH | {"vat_detail": "CA HST"}})
    report = books.report(1, line("120", VATAmount="20"))
    assert books.sync() == {}
    assert books.held() == {report: {"tax"}}
    books.configure(tax=TAX)
    assert books.sync() == {"applied": 1}


def test_a_solution_that_is_not_the_entitys_is_refused_and_the_right_one_posts_it(books):
    """Which entity has which, Intacct shows nobody: it says so when a document names another."""
    books.sandbox.settings(entity_tax_solutions={"100": CANADA, "200": UK})
    report = books.report(1, line("120", VATAmount="20"))
    assert books.sync() == {"rejected": 1}
    assert books.open_items() == {report: "rejected"}
    (item,) = books.waiting(report)
    assert f"{UK} is not the tax solution of entity 100" in item.reason
    books.sandbox.settings(entity_tax_solutions={"100": UK, "200": CANADA})
    assert books.sync() == {"applied": 1}
    assert books.open_items() == {}


@pytest.mark.parametrize("told", ["shown", "hidden"])
def test_a_ledger_that_is_restored_takes_over_what_was_claimed(books, told):
    books.sandbox.settings(tax_on_lines=told)
    books.report(
        1, line("120", VATAmount="20"), line("120", VATAmount="20", **MEALS), line("7"), line("60", "0", VATAmount="10")
    )
    books.report(2, line("112", HSTAmount="5", PSTAmount="7"), EmpGLD1Code="200")
    assert books.sync() == {"applied": 2}
    claimed = "SELECT * FROM ledger.reclaimable_tax ORDER BY entity, tax_detail"
    before = books.sql(claimed)
    assert len(before) == 4
    books.forget_everything_but_the_deployment()
    assert books.sql(claimed) == []
    books.sync()
    assert len(books.posted()) == 3
    agree(books)
    assert books.sql(claimed) == before


@pytest.mark.parametrize("counted", ["all", "reimbursable"])
@pytest.mark.parametrize(
    "company_paid", ["credit_card_transaction", "gl_journal", "card_vendor_bill", "expense_report"]
)
def test_lines_that_tell_no_tax_when_they_are_read_are_as_they_were_sent(books, company_paid, counted):
    books.sandbox.settings(tax_on_lines="hidden", expense_total_entered=counted)
    payment = {"NAME": "Company card", "NONREIMBURSABLE": "true", "OFFSETACCTNO": "2050", "STATUS": "active"}
    books.sandbox.load("intacct", "EXPENSEPAYMENTTYPE", [payment])
    settings = {
        "target": company_paid,
        "journal": {"symbol": "EXP", "offset_account": "2055", "vat_vendor": "TAXMAN"},
        "cards": [{"payment_card": "Corporate Visa", "card_id": "CORP-VISA", "vendor_id": "TAXMAN"}],
        "expense_report": {"payment_type": "Company card"},
    }
    books.configure(tax=TAX, company_paid=settings, employee_paid={"target": "expense_report"})
    books.report(1, line("120", VATAmount="20"), line("7"), line("60", "0", VATAmount="10"), line("3", "0"))
    assert books.sync() == {"applied": 1}
    agree(books)
    agree(books)
    assert set(books.states()) == {"in_gl"}


@pytest.mark.parametrize("kind", ["drop_after_commit", "partial_commit", "http_500"])
def test_a_fault_while_posting_leaves_each_cent_of_tax_once(books, kind):
    books.replays_are_refused()
    for report in (1, 2, 3):
        books.report(report, line("120", VATAmount="20"), line("7"))
        if report == 1:
            books.sync()
    books.sandbox.fault(side="intacct", match="create APBILL", kind=kind, times=1)
    for _ in range(5):
        with contextlib.suppress(ConnectorError):
            books.sync()
    assert len(books.bills()) == 3
    assert all(len(found) == 1 for found in books.bills().values())
    assert {one["TRX_TOTALENTERED"] for (one,) in books.bills().values()} == {"127.00"}
    assert books.states() == {"in_gl": 3}
