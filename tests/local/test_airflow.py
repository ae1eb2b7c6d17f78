"""What the processes of a local Airflow are given."""

from __future__ import annotations

import json

import psycopg
import pytest

from include.deployment import compose
from include.local import databases
from include.local.airflow import Airflow
from include.local.settings import Settings


@pytest.fixture
def airflow(tmp_path, postgres_server) -> Airflow:
    return Airflow(Settings(tmp_path, 8080, 0, "empty", tmp_path / "connector.yaml", "Europe/Berlin"), postgres_server)


def test_only_the_api_server_knows_how_decisions_are_kept(airflow, postgres_server, database):
    shared = airflow.environment({}, {})
    secret = postgres_server.password(databases.DECIDER)
    assert secret not in "\n".join(shared.values())
    assert not [name for name in shared if "DECIDER" in name]
    told = {name: airflow.only_for(name) for name in airflow.processes()}
    url = told.pop("api-server")["CONNECTOR_DECIDER_URL"]
    assert set(map(str, told.values())) == {"{}"}, "tasks are children of the scheduler"
    # The database of the stack is another one than that of the test; the role and its password are the same.
    place = url.removesuffix(databases.CONNECTOR)
    assert place != url
    with psycopg.connect(f"{place}{database.name}") as connection:
        assert connection.execute("SELECT current_user").fetchone() == (databases.DECIDER,)


def test_two_persons_can_sign_in_and_only_one_is_an_administrator(airflow):
    shared = airflow.environment({}, {})
    assert shared["AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS"] == "admin:admin,clerk:user"
    passwords = json.loads((airflow.home / "simple_auth_manager_passwords.json").read_text())
    assert set(passwords) == {"admin", "clerk"}
    assert len(set(passwords.values())) == 2
    first, second = airflow.logins()
    assert f"user admin  password {passwords['admin']}" in first
    assert f"user clerk  password {passwords['clerk']}" in second
    # A stack that was made before there was a second person gets one.
    keys = airflow.home / "keys.json"
    kept = json.loads(keys.read_text())
    del kept["clerk"]
    keys.write_text(json.dumps(kept))
    again = Airflow(airflow.settings, airflow._server)
    assert again.password == airflow.password
    assert "user clerk" in again.logins()[1]


def test_the_button_that_tests_a_connection_works_here_and_is_off_where_nobody_chose_it(airflow, monkeypatch):
    from airflow.api_fastapi.core_api.routes.public.connections import _ensure_test_connection_enabled
    from fastapi import HTTPException

    name = "AIRFLOW__CORE__TEST_CONNECTION"
    assert name not in str(compose.load()["services"])
    monkeypatch.delenv(name, raising=False)
    with pytest.raises(HTTPException, match="Testing connections is disabled"):
        _ensure_test_connection_enabled()
    monkeypatch.setenv(name, airflow.environment({}, {})[name])
    _ensure_test_connection_enabled()


def test_an_address_that_the_user_gave_the_ui_stays(airflow):
    assert airflow.environment({}, {})["AIRFLOW__API__BASE_URL"] == airflow.url
    theirs = {"AIRFLOW__API__BASE_URL": "https://airflow.example.com"}
    assert airflow.environment(theirs, {})["AIRFLOW__API__BASE_URL"] == "https://airflow.example.com"
