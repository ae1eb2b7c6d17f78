"""Reaching the connector's database, or saying why not."""

from __future__ import annotations

import re

import pytest

from certify_intacct.model.errors import ConfigurationError, ServiceUnavailable
from certify_intacct.staging.database import Database
from include.local.ports import free_port


def test_a_server_that_is_away_is_worth_another_try():
    with pytest.raises(ServiceUnavailable, match="does not answer"):
        Database(f"postgresql://connector_loader:x@127.0.0.1:{free_port()}/connector").connect()


@pytest.mark.parametrize(
    ("pattern", "replacement"),
    [(r":[^:@]+@", ":wrong@"), (r"/[^/]+$", "/no_such_database")],
    ids=["password", "database"],
)
def test_a_wrong_connection_is_for_a_person_and_shows_no_password(pattern, replacement, database):
    with pytest.raises(ConfigurationError) as error:
        Database(re.sub(pattern, replacement, database.loader_url)).connect()
    assert "connector_db" in str(error.value)
    assert "wrong@" not in str(error.value)
