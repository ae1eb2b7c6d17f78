"""``make verify-ledger``, as a person gives it."""

from __future__ import annotations

import sys

import psycopg
import pytest

from certify_intacct.commands import verify_ledger
from certify_intacct.staging import record


@pytest.fixture
def ask(capsys, monkeypatch):
    def run(*arguments: str):
        monkeypatch.setattr(sys, "argv", ["verify_ledger", *arguments])
        capsys.readouterr()
        status = verify_ledger.main()
        return status, capsys.readouterr().out

    return run


def test_it_says_what_was_altered_and_which_seals_it_has(company, ask):
    company.report(1)
    company.sync()
    assert ask() == (0, "The ledger is as it was written. It has no seal yet.\n")
    with company.loader() as connection:
        seal = record.seal(connection)
    assert ask("--seal", seal.head) == (0, f"The ledger is as it was written. {seal}\n")
    assert "No seal of this ledger is f00" in ask("--seal", "f00")[1]
    with psycopg.connect(company.database.owner_url) as connection:
        connection.execute("ALTER TABLE ledger.event DISABLE TRIGGER USER")
        connection.execute("UPDATE ledger.event SET actor = 'mallory' WHERE event_id = 1")
        connection.execute("ALTER TABLE ledger.event ENABLE TRIGGER USER")
    status, said = ask("--seal", seal.head)
    assert (status, "Event 1 of" in said) == (1, True)
