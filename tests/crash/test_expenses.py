"""expense_sync, with the database taken away: everywhere where money moves, and at some statements of everything else.

``python -m tests.crash --all`` does every statement in every way.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.crash.expenses import expense_site
from tests.crash.site import Choice, Site, sampled, where_money_moves
from tests.crash.stages import Stage
from tests.expense_company import Company

SEED = 1


@pytest.fixture
def site(company: Company, relay, snapshots, context) -> Site:
    return expense_site(company, relay, snapshots, context)


def _where_money_moves_and_some(stage: Stage, statements: list[str]) -> list[Any]:
    some = _SOME(stage, statements)
    return where_money_moves(statements) + some if stage.name == "load_intacct" else some


_SOME: Choice = sampled(SEED, 0.003)


def test_nothing_twice_and_nothing_lost_when_the_database_goes_away(site):
    outcome = site.survey(_where_money_moves_and_some)
    print(outcome)
    assert outcome.strikes
    assert not outcome.findings, outcome
