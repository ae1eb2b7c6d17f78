"""The connector's database as the loader sees it, and loads in it."""

from __future__ import annotations

from datetime import date

import pytest

from certify_intacct.model.periods import Period
from certify_intacct.staging.database import Database
from certify_intacct.staging.manifest import open_load


@pytest.fixture
def store(database) -> Database:
    """The connector's database as the loader sees it."""
    return Database(database.loader_url)


@pytest.fixture
def new_load(store):
    """Opens a load and returns its ID."""

    def make(
        *, day: date = date(2026, 11, 20), run_id: str = "run", direction: str = "organization", preview: bool = False
    ) -> int:
        with store.connection() as connection:
            return open_load(
                connection,
                dag_id=f"{direction}_sync",
                run_id=run_id,
                run_type="manual",
                direction=direction,
                period=Period(day, day),
                preview=preview,
                entities=[],
                config_hash="c0ffee",
                code_version="0",
                actor="tests",
            )

    return make
