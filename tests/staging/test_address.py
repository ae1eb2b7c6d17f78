"""The address of the connector's database: everything that Airflow's Postgres connection may say and libpq knows, and nothing else."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import psycopg
import pytest
from airflow.sdk import BaseHook
from psycopg.conninfo import conninfo_to_dict

from certify_intacct.model.errors import ConfigurationError
from certify_intacct.staging.database import Database, address
from tests import needs

ORDINARY = {
    "sslmode": "prefer",
    "connect_timeout": 10,
    "keepalives_idle": 30,
    "application_name": "x",
    "options": "-c geqo=off",
}


@pytest.fixture
def connection(monkeypatch):
    """A connection of Airflow as JSON or as an address, as people write them."""

    def make(**fields):
        fields = {
            "conn_type": "postgres",
            "host": "db",
            "login": "loader",
            "password": "p@ss w'ord\\",
            "schema": "c",
            **fields,
        }
        monkeypatch.setenv("AIRFLOW_CONN_CONNECTOR_DB", json.dumps(fields))
        return BaseHook.get_connection("connector_db")

    return make


def test_ordinary_extras_reach_libpq(connection):
    found = conninfo_to_dict(address(connection(port=5433, extra=ORDINARY | {"keepalives": True, "gssencmode": None})))
    said = {name: str(value) for name, value in ORDINARY.items()} | {"keepalives": "1"}
    assert found == said | {"host": "db", "port": "5433", "user": "loader", "password": "p@ss w'ord\\", "dbname": "c"}


def test_the_connection_as_an_address(monkeypatch, database):
    url = f"{database.loader_url}?{urlencode({'sslmode': 'prefer', 'connect_timeout': 10, 'keepalives_idle': 30})}"
    monkeypatch.setenv("AIRFLOW_CONN_CONNECTOR_DB", url)
    with Database(address(BaseHook.get_connection("connector_db"))).connection() as opened:
        assert opened.execute("SELECT 1 AS one").fetchone() == {"one": 1}


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"extra": {"iam": True}}, "'iam'"),
        ({"extra": {"cursor": "dictcursor", "sslmode": "require"}}, "'cursor'"),
        ({"extra": {"ssl_mode": "require"}}, "'ssl_mode'"),
        ({"extra": {"password": "x"}}, "'password'"),
        ({"extra": {"sslmode": {"value": "require"}}}, "'sslmode'"),
        ({"conn_type": "mysql"}, "'mysql'"),
    ],
    ids=str,
)
def test_what_libpq_does_not_know_is_refused_by_name(fields, named, connection):
    with pytest.raises(ConfigurationError, match=named) as told:
        address(connection(**fields))
    assert "connector_db" in str(told.value)
    assert "p@ss" not in str(told.value)


@pytest.mark.parametrize("extra", [{"sslmode": "verify"}, {"sslmode": "require"}, {"connect_timeout": "soon"}], ids=str)
def test_what_the_server_cannot_do_is_a_matter_of_configuration(extra, connection, database):
    there = conninfo_to_dict(database.loader_url)
    made = connection(
        host=there["host"], port=int(there["port"]), login=there["user"], password=there.get("password", ""), schema=there["dbname"],
        extra=extra,
    )  # fmt: skip
    with pytest.raises(ConfigurationError, match="connector_db"):
        Database(address(made)).connect()


@pytest.fixture(scope="module")
def tls_server() -> Iterator[tuple[int, Path, Path]]:
    """A PostgreSQL of the machine that takes TLS alone; its port, the certificate that signed it, and another one."""
    (programs,) = needs.DEBIAN_POSTGRES[-1:]
    place = Path(tempfile.mkdtemp(prefix="connector-tls-"))
    account = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    for name in ("server", "other"):
        subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
        files = ["-keyout", str(place / f"{name}.key"), "-out", str(place / f"{name}.crt")]
        command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", *subject, *files]
        subprocess.run(command, check=True, capture_output=True)
    if account:
        for path in (place, *place.iterdir()):
            shutil.chown(path, "postgres")
    (place / "server.key").chmod(0o600)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    data = place / "data"
    subprocess.run(
        [*account, programs / "initdb", "-D", data, "-A", "trust", "-U", "loader"],
        check=True,
        capture_output=True,
        cwd="/",
    )
    (data / "pg_hba.conf").write_text("hostssl all all all trust\n")
    settings = {"port": port, "listen_addresses": "localhost", "unix_socket_directories": "", "ssl": "on"}
    settings |= {"ssl_cert_file": place / "server.crt", "ssl_key_file": place / "server.key", "fsync": "off"}
    options = " ".join(f"-c {name}={value or chr(39) * 2}" for name, value in settings.items())
    control = [*account, programs / "pg_ctl", "-D", data, "-w"]
    subprocess.run([*control, "-l", place / "log", "-o", options, "start"], check=True, capture_output=True, cwd="/")
    yield port, place / "server.crt", place / "other.crt"
    subprocess.run([*control, "-m", "immediate", "stop"], check=True, capture_output=True, cwd="/")
    shutil.rmtree(place)


@needs.debian_postgres
def test_a_managed_server_is_proven_by_its_certificate(tls_server, connection, tmp_path):
    port, ca, other = tls_server
    copies = {name: tmp_path / path.name for name, path in (("ca", ca), ("other", other))}
    shutil.copy(ca, copies["ca"])
    shutil.copy(other, copies["other"])

    def opened(host: str, certificate: Path) -> psycopg.Connection:
        extra = {"sslmode": "verify-full", "sslrootcert": str(certificate), "connect_timeout": 10}
        return Database(address(connection(host=host, port=port, schema="postgres", extra=extra))).connect()

    with opened("localhost", copies["ca"]) as sure:
        row = sure.execute("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()").fetchone()
        assert row == {"ssl": True}
    for host, certificate in (
        ("localhost", copies["other"]),
        ("127.0.0.1", copies["ca"]),
        ("localhost", tmp_path / "none.crt"),
    ):
        with pytest.raises(ConfigurationError, match="connector_db"):
            opened(host, certificate)
