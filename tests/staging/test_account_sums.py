"""Where the money of a plan stands is kept beside it: what its documents book, to the cent, whoever adds it up."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import psycopg
from hypothesis import given
from hypothesis import strategies as st

from certify_intacct.model.documents import Document, DocumentKey, DocumentKind, DocumentLine, TaxEntry
from certify_intacct.model.payers import Payer
from certify_intacct.staging.account_sums import account_sums, booked
from certify_intacct.staging.migrations.from_sql import SQL
from tests.expense_company import company
from tests.posting.test_taxes import MEALS, books, line

__all__ = ["books", "company"]

_AMOUNTS = st.integers(-(10**9), 10**9).map(lambda cents: Decimal(cents) / 100)
_LINES = st.builds(
    DocumentLine,
    expense_id=st.just("1"),
    account=st.sampled_from(["6220", "6300"]),
    amount=_AMOUNTS,
    location_id=st.sampled_from(["", "100", "200"]),
    tax=st.lists(
        st.builds(TaxEntry, detail_id=st.sampled_from(["UK standard", "GST"]), amount=_AMOUNTS), max_size=2
    ).map(tuple),
)


def _document(currency: str, lines: list[DocumentLine]) -> Document:
    key = DocumentKey(certify_company="c", intacct_company="I", report_id="r-1", sequence=1, ordinal=1)
    return Document(
        key=key, kind=DocumentKind.AP_BILL, payer=Payer.EMPLOYEE, number="C-1", token="C", entity="100", session_entity="",
        currency=currency, base_currency=currency, payee_id="E-1", payee_name="Ana Ruiz", posting_date=date(2026, 3, 4),
        description="", lines=tuple(lines),
    )  # fmt: skip


_DOCUMENTS = st.lists(
    st.builds(_document, st.sampled_from(["USD", "CAD"]), st.lists(_LINES, min_size=1, max_size=4)), max_size=5
)


@given(_DOCUMENTS)
def test_every_cent_of_documents_is_booked_once_and_where_its_line_is(documents):
    found = booked(documents)
    for currency in ("USD", "CAD"):
        lines = [line for one in documents if one.currency == currency for line in one.lines]
        assert sum(amount for (_, _, of), amount in found.items() if of == currency) == sum(
            line.total for line in lines
        )
        there = [line for line in lines if line.location_id == "200"]
        assert found.get(("tax GST", "200", currency), 0) == sum(
            entry.amount for line in there for entry in line.tax if entry.detail_id == "GST"
        )


def test_a_plan_has_the_sums_that_an_upgrade_reads_out_of_its_documents(books):
    """Of plans that were there before sums were kept."""
    books.report(1, line("120", VATAmount="20"), line("120", VATAmount="20", **MEALS), line("60", "0", VATAmount="10"))
    books.report(2, line("112", HSTAmount="5", PSTAmount="7"), line("1"), EmpGLD1Code="200")
    load, _ = books.plan()
    kept = _sums(books)
    assert sum(row[-1] for row in kept) == Decimal(120 + 120 + 60 + 112 + 1)
    assert ("tax CA PST", "200", "USD", Decimal(7)) in kept
    with books.loader() as connection:
        found = account_sums(connection, load, 0)
    assert [(row.account, row.entity, row.currency, row.here, row.there) for row in found] == [
        (*row, 0) for row in kept
    ]
    upgrade = (SQL / "0067_sums_and_labels.sql").read_text(encoding="utf-8")
    with psycopg.connect(books.database.owner_url) as owner:
        owner.execute("DELETE FROM plan.account_sum")
        owner.execute(upgrade[upgrade.index("INSERT INTO") : upgrade.index("-- How a report")].encode())
    assert _sums(books) == kept


def _sums(company) -> list[tuple[str, str, str, Decimal]]:
    rows = company.sql(
        "SELECT account, entity, currency, sum(amount) AS amount FROM plan.account_sum GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"
    )
    return [(row["account"], row["entity"], row["currency"], row["amount"]) for row in rows]
