"""A run of expense_sync to be struck, and what must be true some days later."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tests.crash import books
from tests.crash.site import Choice, Site, everything
from tests.crash.snapshot import DatabaseSnapshots, differences
from tests.crash.stages import expense_stages, not_judged
from tests.crash.trials import Striker
from tests.expense_company import DAY, Company

DAYS = 5


def expense_site(
    company: Company,
    striker: Striker,
    snapshots: DatabaseSnapshots,
    context: Any,
    everything: Choice = everything,
    results: Sequence[str] = ("applied", "already"),
) -> Site:
    """A bill and a card transaction are in Intacct from another day; one of each, with a receipt, waits to be posted.

    :param results: what the plan may say of a report that the next days have posted
    """
    # One request after the other, so that each has its number.
    company.configure(sending={"requests_at_once": 1})
    company.replays_are_refused()
    company.report(1, ("100.10", "100.10"), ("50.00", "20.00"))
    company.sync()
    company.report(2, {"Amount": "12.50", "ReimAmount": "12.50", "ReceiptID": "receipt-2"})
    company.receipt("00000000-0000-4000-8000-000002000001", "receipt-2")
    company.report(3, {"Amount": "30", "ReimAmount": "0"})
    run = context(run_id="struck", period_start=str(DAY), period_end=str(DAY))
    run["dag_run"].dag_id = "expense_sync"
    return Site(
        stages=[*not_judged(expense_stages(run, load_id=2), company.database, 2)],
        striker=striker,
        everything=everything,
        snapshots=snapshots,
        sandbox=company.sandbox,
        expect=lambda: (books.posted(company.sandbox), snapshots.contents()),
        judge=lambda _stage, expected: _judged(company, snapshots, expected, results),
    )


def _judged(
    company: Company, snapshots: Any, expected: tuple[dict[str, Any], dict[str, list[str]]], results: Sequence[str]
) -> list[str]:
    documents, contents = expected
    for _ in range(DAYS):
        if (
            company.states() == {"in_gl": 4}
            and not company.open_items()
            and _loaded(company)
            and not _receipts(company)
        ):
            break
        company.sync()
    problems = books.chains(company.sql(books.CHAINS))
    problems += books.compared(documents, books.posted(company.sandbox))
    if company.states() != {"in_gl": 4} or company.open_items() or not _loaded(company) or _receipts(company):
        problems.append(f"It does not settle: {company.states()}, {company.open_items()}")
    now = snapshots.contents()
    for table in (
        "ledger.report",
        "ledger.document_expense",
        "ledger.vendor_link",
        "ledger.attachment",
        "ledger.receipt",
    ):
        problems += differences({table: contents.get(table, [])}, {table: now.get(table, [])})
    told = company.sql("SELECT key, result FROM plan.change_result WHERE action = 'post' AND load_id = 2")
    return problems + [
        f"The plan says of report {row['key']}: {row['result']}." for row in told if row["result"] not in results
    ]


def _receipts(company: Company) -> list[dict[str, Any]]:
    """Those that are still to be attached."""
    return company.sql("SELECT receipt_id, problem FROM ledger.open_receipt")


def _loaded(company: Company) -> bool:
    return company.sql("SELECT state FROM ops.load WHERE load_id = 2") == [{"state": "loaded"}]
