"""expense_sync, with the database taken away: everywhere where money moves, and at some statements of everything else.

``python -m tests.crash --all`` does every statement in every way.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.crash import books
from tests.crash.site import EVERYTHING, Choice, Site, sampled, where_money_moves
from tests.crash.snapshot import differences
from tests.crash.stages import Stage, expense_stages
from tests.operators.expense.conftest import DAY, Company

SEED = 1
# Judging takes seconds each time.
SLOW = () if EVERYTHING else ("validate",)
DAYS = 5


@pytest.fixture
def site(company: Company, relay, snapshots, context) -> Site:
    """A bill and a card transaction are in Intacct from another day; one of each, with a receipt, waits to be posted."""
    company.replays_are_refused()
    company.report(1, ("100.10", "100.10"), ("50.00", "20.00"))
    company.sync()
    company.report(2, {"Amount": "12.50", "ReimAmount": "12.50", "ReceiptID": "receipt-2"})
    company.receipt("00000000-0000-4000-8000-000002000001", "receipt-2")
    company.report(3, {"Amount": "30", "ReimAmount": "0"})
    run = context(run_id="struck", period_start=str(DAY), period_end=str(DAY), dry_run=False)
    run["dag_run"].dag_id = "expense_sync"
    return Site(
        stages=[stage for stage in expense_stages(run, load_id=2) if stage.name not in SLOW],
        relay=relay,
        snapshots=snapshots,
        sandbox=company.sandbox,
        expect=lambda: (books.posted(company.sandbox), snapshots.contents()),
        judge=lambda _stage, expected: _judged(company, snapshots, expected),
    )


def _judged(company: Company, snapshots: Any, expected: tuple[dict[str, Any], dict[str, list[str]]]) -> list[str]:
    documents, contents = expected
    for _ in range(DAYS):
        if company.states() == {"in_gl": 4} and not company.open_items() and _loaded(company):
            break
        company.sync()
    problems = books.chains(company.sql(books.CHAINS))
    problems += books.compared(documents, books.posted(company.sandbox))
    if company.states() != {"in_gl": 4} or company.open_items() or not _loaded(company):
        problems.append(f"It does not settle: {company.states()}, {company.open_items()}")
    now = snapshots.contents()
    for table in ("ledger.report", "ledger.document_expense", "ledger.vendor_link", "ledger.receipt"):
        problems += differences({table: contents.get(table, [])}, {table: now.get(table, [])})
    unknown = company.sql(
        """
        SELECT key FROM plan.change_result
        WHERE action = 'post' AND load_id = 2 AND coalesce(result, '') NOT IN ('applied', 'already')
        """
    )
    return problems + [f"The plan does not say what became of report {row['key']}." for row in unknown]


def _loaded(company: Company) -> bool:
    return company.sql("SELECT state FROM ops.load WHERE load_id = 2") == [{"state": "loaded"}]


def _where_money_moves_and_some(stage: Stage, statements: list[str]) -> list[Any]:
    some = _SOME(stage, statements)
    return where_money_moves(statements) + some if stage.name == "load_intacct" else some


_SOME: Choice = sampled(SEED, 0.003)


def test_nothing_twice_and_nothing_lost_when_the_database_goes_away(site):
    outcome = site.survey(_where_money_moves_and_some)
    print(outcome)
    assert outcome.strikes
    assert not outcome.findings, outcome
