"""The address of an administrator that somebody wrote into .env is refused without a word of it, or used as it stands."""

from __future__ import annotations

import pytest
from psycopg.conninfo import conninfo_to_dict

from include.local.errors import StackError
from include.local.prepare import EnvironmentServer


@pytest.mark.parametrize("odd", ["@", "/", "?", "#", "%", " ", "["])
def test_a_password_with_signs_of_an_address_is_told_to_nobody(monkeypatch, odd):
    monkeypatch.setenv("POSTGRES_URL", f"postgresql://admin:canary{odd}more-canary@127.0.0.1:5432/postgres")
    with pytest.raises(StackError, match=r"POSTGRES_URL is no address of the form postgresql://USER") as caught:
        EnvironmentServer().url("postgres")
    assert "canary" not in str(caught.value)


@pytest.mark.parametrize(
    ("url", "password"),
    [
        ("postgresql://admin:a%40%2Fb@db.example.com:5432/postgres", "a@/b"),
        ("postgres://admin:x:y;z&=+!@[::1]:5432/postgres?sslmode=require", "x:y;z&=+!"),
        ("postgresql://admin:x@db.example.com", "x"),
    ],
)
def test_any_other_is_used_as_it_stands(monkeypatch, url, password):
    monkeypatch.setenv("POSTGRES_URL", url)
    assert conninfo_to_dict(EnvironmentServer().url("airflow"))["password"] == password


def test_what_it_says_of_tls_holds_for_every_database_and_role(monkeypatch):
    """Whoever stands in between would otherwise be given the administrator's password."""
    monkeypatch.setenv(
        "POSTGRES_URL", "postgresql://admin:x@db.example.com/postgres?sslmode=verify-full&sslrootcert=/ca.pem"
    )
    monkeypatch.setenv("CONNECTOR_OWNER_PASSWORD", "owner@/?#%secret")
    for role, password in (("", "x"), ("connector_owner", "owner@/?#%secret")):
        said = conninfo_to_dict(EnvironmentServer().url("connector", role))
        assert (said["dbname"], said["password"]) == ("connector", password)
        assert (said["sslmode"], said["sslrootcert"]) == ("verify-full", "/ca.pem")
