"""A Redis of somebody else's, over TLS alone: Celery proves whom it speaks to, as docs/operations.md has it configured."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from include.deployment import compose
from include.local import ports
from include.local.console import wait_for
from tests import memory, needs

PASSWORD = "only-for-this-test"
_ASK = """
import sys
from airflow.providers.celery.executors.celery_executor import app
if sys.argv[1] == "broker":
    queue = app.connection_for_write()
    queue.ensure_connection(max_retries=1, interval_start=0, timeout=20)
    print("answered:", queue.default_channel.client.ping())
else:
    print("answered:", app.backend.client.ping())
"""

pytestmark = [needs.redis, needs.redis_tls]


@pytest.fixture(scope="module")
def server() -> Iterator[tuple[int, Path]]:
    """A Redis that takes TLS alone; its port, and a folder with the certificate that proves it and another one."""
    with memory.folder("connector-redis-tls-") as folder:
        for name in ("server", "other"):
            subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
            files = ["-keyout", str(folder / f"{name}.key"), "-out", str(folder / f"{name}.crt")]
            command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", *subject, *files]
            subprocess.run(command, check=True, capture_output=True)
        port = ports.free_port()
        # Its password comes over standard input, as in compose.
        settings = {
            "port": 0, "tls-port": port, "bind": "127.0.0.1", "tls-cert-file": f'"{folder}/server.crt"',
            "tls-key-file": f'"{folder}/server.key"', "tls-auth-clients": "no", "save": '""', "requirepass": PASSWORD,
        }  # fmt: skip
        redis = subprocess.Popen(["redis-server", "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert redis.stdin
        redis.stdin.write("\n".join(f"{name} {value}" for name, value in settings.items()))
        redis.stdin.close()
        try:
            wait_for("Redis starts", lambda: redis.poll() is not None or _answers(port, folder), seconds=30)
            assert redis.poll() is None, redis.stdout and redis.stdout.read()
            yield port, folder
        finally:
            redis.kill()
            redis.wait()


def _answers(port: int, folder: Path) -> bool:
    command = ["redis-cli", "-p", str(port), "-h", "localhost", "--tls", "--cacert", str(folder / "server.crt"), "ping"]
    environment = os.environ | {"REDISCLI_AUTH": PASSWORD}
    return "PONG" in subprocess.run(command, env=environment, capture_output=True, text=True).stdout


def asked(part: str, port: int, ca: Path, *, host: str = "localhost") -> str:
    """What comes of it when Celery, as Airflow sets it up from the variables of docs/operations.md, speaks to one of its two parts."""
    told = (compose.ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    variables = dict(re.findall(r"^    (AIRFLOW__CELERY__\w+)=(\S+)$", told, re.MULTILINE))
    assert len(variables) >= 5
    here = {"redis.example.com:6380": f"{host}:{port}", "PASSWORD": PASSWORD, "/opt/airflow/redis-ca.crt": str(ca)}
    for name, text in variables.items():
        for there, ours in here.items():
            text = text.replace(there, ours)
        variables[name] = text
    outer = {name: text for name, text in os.environ.items() if not name.startswith("AIRFLOW__CELERY")}
    done = subprocess.run(
        [sys.executable, "-c", _ASK, part], env=outer | variables, capture_output=True, text=True, timeout=120
    )
    return done.stdout if done.returncode == 0 else done.stderr


@pytest.mark.parametrize("part", ["broker", "backend"])
def test_celery_speaks_to_a_redis_that_proves_itself_and_to_no_other(part, server):
    port, folder = server
    assert "answered: True" in asked(part, port, folder / "server.crt")
    for why, answer in (
        ("another certificate", asked(part, port, folder / "other.crt")),
        ("another name", asked(part, port, folder / "server.crt", host="127.0.0.1")),
    ):
        assert "certificate verify failed" in answer, why
        assert "answered" not in answer, why
