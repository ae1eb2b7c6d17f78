"""What waits for a person: a row a report or document, whatever held it, with what a person needs to know of it."""

from __future__ import annotations

from decimal import Decimal

import pytest
from psycopg.types.json import Jsonb

from certify_intacct.model.rules import Desk, rules_of
from certify_intacct.staging.report_timeline import find_reports
from certify_intacct.staging.waiting import WaitingSearch, Waits, waiting_page, waiting_rows, waits
from tests.expense_company import DAY, company, report_id

__all__ = ["company"]


@pytest.fixture
def waiting(company):
    """One was reimbursed, one is in quarantine for two faults, of one both documents are held, one is in doubt, one is posted."""
    company.report(1, Reimbursed=True)
    company.report(2, ("100.001", "100.00"), TotalAmount="99.00")
    company.report(
        3, {"Amount": "10", "ReimAmount": "10", "EmployeeID": "E-9"},
        {"Amount": "20", "ReimAmount": "0", "PaymentCardName": "Unknown", "EmployeeID": "E-9"},
        EmployeeID="E-9", FirstName="Bo", LastName="Öst",
    )  # fmt: skip
    company.report(4, ("7.25", "7.25"))
    company.report(5, ("8", "8"))
    company.sync(validate=True)
    # What became of a lost answer nobody knows yet.
    company.sql(
        """
        INSERT INTO ledger.open_item (certify_company, report_id, part, state, number, source_hash, load_id)
        SELECT certify_company, report_id, 'p', 'in_doubt', number, 'h', load_id FROM ledger.document WHERE report_id = %s
        """,
        report_id(4),
    )
    return company


def test_a_report_and_document_is_one_row_whatever_is_wrong_with_it(waiting):
    with waiting.loader() as connection:
        rows = {(row.report_id, row.payer): row for row in waiting_rows(connection, "sandbox", most=50)}
        much = waits(connection, "sandbox")
    assert set(rows) == {
        (report_id(1), "employee"), (report_id(2), ""), (report_id(3), "employee"), (report_id(3), "company"),
    }  # fmt: skip
    assert (much.reports, much.rows) == (3, 4)
    assert much.amounts == {"USD": Decimal("100.10") + Decimal(99) + 30}
    reimbursed = rows[report_id(1), "employee"]
    assert (reimbursed.approval_code, reimbursed.person, reimbursed.employee_id) == ("104001", "Ana Ruiz", "E-1007")
    assert (reimbursed.amount, reimbursed.currency, reimbursed.entity) == (Decimal("100.10"), "USD", "100")
    assert (reimbursed.rules, reimbursed.processed_date) == (("already_reimbursed",), DAY)
    assert "release" in reimbursed.cure.lower()
    assert len(waiting.sql("SELECT 1 FROM quality.quarantine")) > 1
    assert rows[report_id(2), ""].rules == ("quarantined",)
    card = rows[report_id(3), "company"]
    assert (card.person, card.employee_id, card.amount, card.entity) == ("Bo Öst", "E-9", Decimal(20), "100")
    assert card.rules == ("card_unmapped",)


LOOKED_FOR = [
    (WaitingSearch(text="04003"), 2),
    (WaitingSearch(text="öst"), 2),
    (WaitingSearch(text="e-1007"), 2),
    (WaitingSearch(text="100.10", amount=Decimal("100.1")), 1),
    (WaitingSearch(text=report_id(2)), 1),
    (WaitingSearch(text="%"), 0),
    (WaitingSearch(rules=["card_unmapped", "vendor_missing"]), 2),
    (WaitingSearch(state="quarantined"), 1),
    (WaitingSearch(entity="100"), 3),
    (WaitingSearch(entity="200"), 0),
]


def test_it_is_looked_for_by_what_a_person_has(waiting):
    with waiting.loader() as connection:
        for search, found in LOOKED_FOR:
            assert len(waiting_rows(connection, "sandbox", search, most=50)) == found, search
            assert waits(connection, "sandbox", search).rows == found, search
            assert waiting_rows(connection, "another", search, most=50) == [], search


def test_a_page_is_read_once_and_has_its_rows_and_how_much_there_is(waiting):
    with waiting.loader() as connection:
        whole = waits(connection, "sandbox")
        for search, _ in [*LOOKED_FOR, (WaitingSearch(), 4)]:
            found, rows = waits(connection, "sandbox", search), waiting_rows(connection, "sandbox", search, most=50)
            for after in (0, 2, 4, 100):
                page = waiting_page(connection, "sandbox", search, most=2, after=after)
                # What lies behind the last page is the last page.
                begin = min(after, max(0, len(rows) - 1) // 2 * 2)
                assert (page.whole, page.found, page.rows) == (whole, found, rows[begin : begin + 2]), (search, after)
                assert page.entities == ["100"]
        nothing = waiting_page(connection, "another", most=2)
    assert (nothing.whole, nothing.found, nothing.rows, nothing.entities) == (Waits(), Waits(), [], [])


@pytest.mark.parametrize(
    ("label", "code", "person"),
    [
        ("approval code 104001 (Ana Ruiz)", "104001", "Ana Ruiz"),
        ("approval code 104001 (Ana Ruiz), invoices", "104001", "Ana Ruiz"),
        ("approval code 104001 (Ana (Nina) Ruiz), invoices", "104001", "Ana (Nina) Ruiz"),
        ("approval code 104001, invoices", "104001", ""),
        ("approval code 104001", "104001", ""),
        ("report r-1 (Ana Ruiz), invoices", "", "Ana Ruiz"),
    ],
)
def test_where_the_header_is_gone_the_label_gives_code_and_name_apart(waiting, label, code, person):
    """A mail that names nobody has the code."""
    waiting.sql("DELETE FROM staging.certify_expense_report")
    waiting.sql("UPDATE ledger.open_item SET label = %s WHERE report_id = %s", label, report_id(1))
    with waiting.loader() as connection:
        (row,) = (one for one in waiting_rows(connection, "sandbox", most=50) if one.report_id == report_id(1))
    assert (row.approval_code, row.person) == (code, person)


@pytest.mark.parametrize("table", ["report", "open_item"])
@pytest.mark.parametrize("person", ["", " (Ana Ruiz)"])
def test_invoices_are_found_by_their_approval_code_when_plan_and_staging_are_gone(waiting, table, person):
    known = {"label": f"approval code 777{person}, invoices", "report_id": "gone", "token": "GONE"}
    waiting.sql(
        f"INSERT INTO ledger.{table} SELECT (jsonb_populate_record(t, %s)).* FROM ledger.{table} t LIMIT 1",
        Jsonb(known),
    )
    with waiting.loader() as connection:
        assert [found.report_id for found in find_reports(connection, "777")] == ["gone"]
        assert find_reports(connection, "77") == []


def test_what_waits_longest_comes_first_and_pages_do_not_overlap(waiting):
    with waiting.loader() as connection:
        whole = waiting_rows(connection, "sandbox", most=50)
        pages = [waiting_rows(connection, "sandbox", most=1, after=after) for after in range(5)]
    assert [row for page in pages for row in page] == whole
    assert [row.opened_at for row in whole] == sorted(row.opened_at for row in whole)


def test_whoever_decided_about_it_since_is_named(waiting):
    waiting.decide(report_id(1), by="kim")
    with waiting.loader() as connection:
        rows = {row.report_id: row.decided_by for row in waiting_rows(connection, "sandbox", most=50)}
    assert rows == {report_id(1): "kim", report_id(2): "", report_id(3): ""}


def test_what_a_company_expects_itself_is_found_by_name_and_by_desk(waiting):
    waiting.sql("UPDATE ledger.open_item SET rule = 'own.meals, vendor_missing' WHERE report_id = %s", report_id(1))
    searches = {"own.meals": 1, "own.other": 0, "own.": 1}
    with waiting.loader() as connection:
        for rule, found in searches.items():
            assert waits(connection, "sandbox", WaitingSearch(rules=[rule])).rows == found, rule
        certify = waits(connection, "sandbox", WaitingSearch(rules=rules_of(Desk.CERTIFY.value)))
        assert report_id(1) in {
            row.report_id
            for row in waiting_rows(connection, "sandbox", WaitingSearch(rules=rules_of(Desk.CERTIFY.value)), most=50)
        }
    assert certify.rows >= 1
