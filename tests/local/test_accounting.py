"""The demo's judge of the books finds what is wrong with them."""

from __future__ import annotations

from decimal import Decimal
from types import SimpleNamespace
from typing import Any, cast

import psycopg
import pytest
from psycopg.rows import dict_row

from certify_intacct.documents import KINDS
from include.local.accounting import BOOKS, Accounts, Document, compare, settle
from include.local.sandbox import SandboxClient
from include.local.settings import Settings
from tests.expense_company import DAY, company
from tests.postgres_fixture import Database
from tests.posting.test_gl_journals import JOURNAL

__all__ = ["company"]

NUMBER = "CABCDEFGHIJ-1-001B"


def document(number: str = NUMBER, total: str = "10.00", currency: str = "EUR") -> Document:
    return Document(number, currency, Decimal(total))


def test_equal_books_hold() -> None:
    twice, missing, orphans, different = compare({NUMBER: document()}, [document(total="10.0")])
    assert Accounts(posted_twice=twice, missing=missing, orphans=orphans, different=different).hold


@pytest.mark.parametrize(
    ("intacct", "place"),
    [
        ([document(), document()], 0),
        ([], 1),
        ([document(), document("CABCDEFGHIJ-1-002B")], 2),
        ([document(total="10.01")], 3),
        ([document(currency="USD")], 3),
    ],
    ids=["posted twice", "missing", "orphan", "other amount", "other currency"],
)
def test_books_that_differ_do_not_hold(intacct: list[Document], place: int) -> None:
    found = compare({NUMBER: document()}, intacct)
    assert [len(numbers) for numbers in found] == [int(n == place) for n in range(4)]
    twice, missing, orphans, different = found
    assert not Accounts(posted_twice=twice, missing=missing, orphans=orphans, different=different).hold


def test_a_processed_report_of_which_nobody_knows_is_unaccounted(database: Database, fresh_sandbox: Any) -> None:
    reports = [
        {"ID": "00000000-0000-4000-8000-000000000001", "Processed": True, "ProcessedDate": "2026-11-20"},
        {"ID": "00000000-0000-4000-8000-000000000002", "Processed": True, "ProcessedDate": "2026-11-19"},
        {"ID": "00000000-0000-4000-8000-000000000003", "Processed": False, "ProcessedDate": ""},
    ]
    fresh_sandbox.load("certify", "expensereports", reports)
    port = int(fresh_sandbox.url.rpartition(":")[2])
    client = SandboxClient(cast(Settings, SimpleNamespace(sandbox_port=port)))
    with psycopg.connect(database.analyst_url, row_factory=dict_row) as connection:
        accounts = settle(connection, client, ["2026-11-20"])
    assert accounts.unaccounted == [reports[0]["ID"]]
    assert accounts.by_day == {
        "2026-11-20": {"processed": 1, "posted": 0, "waiting": 0, "in progress": 0, "skipped": 0, "unaccounted": 1}
    }
    assert not accounts.hold


def test_every_kind_of_document_is_looked_at() -> None:
    assert {kind.object for kind in KINDS} == set(BOOKS)


@pytest.fixture
def posted(company: Any) -> Any:
    """A company whose card charges are journals; one report with a charge and a refund, and what the employee is owed."""
    company.sandbox.load("intacct", "GLJOURNAL", [{"SYMBOL": "EXP", "TITLE": "Expenses", "STATUS": "active"}])
    company.sandbox.load("intacct", "GLACCOUNT", [{"ACCOUNTNO": "2055", "TITLE": "Clearing", "STATUS": "active"}])
    company.configure(company_paid=JOURNAL)
    company.report(1, ("10", "10"), ("30.00", "0"), ("-7.25", "0"))
    assert company.sync() == {"applied": 1}
    return company


def settled(company: Any) -> Accounts:
    port = int(company.sandbox.url.rpartition(":")[2])
    client = SandboxClient(cast(Settings, SimpleNamespace(sandbox_port=port)))
    with psycopg.connect(company.database.analyst_url, row_factory=dict_row) as connection:
        return settle(connection, client, [str(DAY)])


def test_journals_are_looked_at_as_bills_are(posted: Any) -> None:
    accounts = settled(posted)
    assert accounts.hold, accounts
    assert accounts.agreeing == 2
    (record,) = posted.sandbox.state("intacct", "GLBATCH")
    again = {name: value for name, value in record.items() if name not in ("RECORDNO", "ENTRIES", "RECORD_URL")}
    lines = [
        {name: value for name, value in line.items() if name not in ("RECORDNO", "BATCHNO")}
        for line in record["ENTRIES"]
    ]
    posted.sandbox.load("intacct", "GLBATCH", [{**again, "ENTRIES": lines}])
    assert settled(posted).posted_twice == [record["REFERENCENO"]]


def test_a_journal_that_is_gone_is_missing_and_one_that_was_changed_is_different(posted: Any) -> None:
    (record,) = posted.sandbox.state("intacct", "GLBATCH")
    posted.sandbox.act("edit_document", object="GLBATCH", record=record["RECORDNO"], amount="31.00", line=1)
    assert settled(posted).different == [record["REFERENCENO"]]
    posted.sandbox.act("delete", object="GLBATCH", record=record["RECORDNO"])
    assert settled(posted).missing == [record["REFERENCENO"]]
