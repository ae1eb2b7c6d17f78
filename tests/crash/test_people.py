"""organization_sync, with the database taken away at some statements; ``python -m tests.crash --all`` does every one in every way."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from tests.crash.people import people_site
from tests.crash.relay import Moment, Strike
from tests.crash.site import Choice, Site, sampled
from tests.crash.stages import Stage

SEED = 1


@pytest.fixture
def site(relay, snapshots, database, context, fresh_sandbox, people_config) -> Site:
    return people_site(fresh_sandbox, database, relay, snapshots, context, people_config)


_SOME: Choice = sampled(SEED, 0.005)


def _links_and_some(stage: Stage, statements: Sequence[str]) -> list[Strike]:
    """Where it is written down who is whom, and whom we deactivated: all of it."""
    links = [
        Strike(number, Moment.BEFORE)
        for number, text in enumerate(statements, 1)
        if stage.writes and "ledger.user_link " in text and not text.startswith("SELECT")
    ]
    return links + _SOME(stage, statements)


def test_nobody_twice_and_nobody_lost_when_the_database_goes_away(site):
    outcome = site.survey(_links_and_some)
    print(outcome)
    assert outcome.strikes
    assert not outcome.findings, outcome
