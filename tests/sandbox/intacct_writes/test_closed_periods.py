"""Closed periods by entity and subledger: what they refuse of AP bills, and in which words."""

from __future__ import annotations

import pytest

from tests.sandbox.intacct_writes.conftest import Client, bill, line, refused
from tests.sandbox_fixture import RunningSandbox


@pytest.mark.parametrize(
    ("style", "text"),
    [
        (
            "transaction_date",
            "Your transaction date (11/16/2026) is within a period that's been closed. You can add, modify, or delete a transaction"
            " only if the date of that transaction is within a period that's open. Enter a date that occurs on or after the date of"
            " the relevant entity, listed below. Note that different entities may have different dates:Acme US.",
        ),
        (
            "periods_are_closed",
            "Your transaction date (11/16/2026) is within a period that's been closed. You can add, modify, or delete a transaction"
            " only if the date of the transaction is within a period that's open.",
        ),
        ("date_on_or_after", "Date must be on or after 12/01/26"),
    ],
)
def test_closed_periods_by_entity_and_subledger(client: Client, company: RunningSandbox, style: str, text: str) -> None:
    company.settings(closed_period_style=style)
    company.act("close_period", date="2026-11-30", entity="US", subledger="AP")
    refused(client, bill(), text)
    assert client.one(bill(line(location="US2"))).status == "success"
    assert client.one(bill(number="R-2", WHENPOSTED="12/01/2026")).status == "success"
    company.act("open_period", entity="US")
    assert client.one(bill(number="R-3")).status == "success"


def test_closed_books_may_ask_for_the_bill_date_too(client: Client, company: RunningSandbox) -> None:
    company.act("close_period", date="2026-11-15")
    assert client.one(bill()).status == "success"
    company.settings(closed_period_dates="both")
    assert "Your transaction date (11/15/2026)" in client.one(bill(number="R-2")).first


def test_closing_the_general_ledger_closes_bills_too_but_cards_books_do_not(
    client: Client, company: RunningSandbox
) -> None:
    company.act("close_period", date="2026-11-30", subledger="CM")
    assert client.one(bill()).status == "success"
    company.act("close_period", date="2026-11-30", subledger="GL")
    assert client.one(bill(number="R-2")).status == "failure"
