"""The part of the matrix that takes seconds: what is refused, and that nothing of a hostile environment reaches a child.

The whole of it: ``python -m tests.deployment.fresh_machine``.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import psutil
import pytest

from include.local import bootstrap, environment
from include.local.ports import free_port
from tests.deployment.fresh_machine import hostile
from tests.deployment.fresh_machine.cases import CASES, Case, checkout_of_this
from tests.deployment.fresh_machine.machine import tried

ROOT = checkout_of_this()


@pytest.mark.parametrize(
    "case", [pytest.param(case, id=case.name) for case in CASES if case.refused and not case.missing]
)
def test_what_cannot_work_is_one_line_before_anything_is_downloaded(case: Case) -> None:
    assert tried(case) == ""


def python_of_make() -> list[str]:
    """How the Makefile starts Python in the environment."""
    asked = subprocess.run(
        ["make", "-s", "--eval", "print:; @echo $(RUN)", "print"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    python, *options = asked.stdout.split()
    assert python.endswith("python")
    return [sys.executable, *options]


# The Makefile exports it: Python reads the path of the checkout in the locale's encoding before it runs anything.
LOCALE_OF_MAKE = {"LC_ALL": "C.UTF-8"}


def test_nothing_of_a_hostile_environment_reaches_a_child(tmp_path: Path) -> None:
    bad = hostile.variables(tmp_path / "hostile")
    variables = {
        "PATH": os.environ["PATH"],
        "RUN_DIR": str(tmp_path),
        "SANDBOX_PORT": str(free_port()),
        **bad,
        **LOCALE_OF_MAKE,
    }
    command = [*python_of_make(), "include.local", "sandbox"]
    with subprocess.Popen(
        command, cwd=ROOT, env=variables, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as process:
        try:
            assert process.stdout is not None
            said = next((line for line in process.stdout if line.startswith(b"sandbox: http://")), None)
            assert said is not None, "the sandbox did not start"
            reached = psutil.Process(process.pid).environ()
        finally:
            process.terminate()
    assert {name for name, text in bad.items() if reached.get(name) == text} == set()
    assert reached["PYTHONUTF8"] == "1"


def test_postgresql_starts_whatever_its_clients_are_told(tmp_path: Path) -> None:
    code = (
        "import sys, tempfile; from pathlib import Path; from include.local.environment import clean; clean()\n"
        "from include.local.postgres import PostgresServer; f = Path(tempfile.mkdtemp()); f.chmod(0o711)\n"
        "s = PostgresServer(f, log_file=f / 'log')\n"
        "try: s.start()\n"
        "finally: s.remove()"
    )
    variables = {"PATH": os.environ["PATH"], **hostile.variables(tmp_path / "hostile"), **LOCALE_OF_MAKE}
    command = [*python_of_make()[:-1], "-c", code]
    done = subprocess.run(command, cwd=ROOT, env=variables, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_postgresql_that_lets_nobody_in_says_why(tmp_path: Path) -> None:
    """As it was with PGSSLMODE, before it was kept away: the server is ready, and its client is not."""
    code = (
        "import sys, tempfile; from pathlib import Path; from include.local import postgres\n"
        "postgres._START_SECONDS = 3; f = Path(tempfile.mkdtemp()); f.chmod(0o711)\n"
        "s = postgres.PostgresServer(f, log_file=f / 'log')\n"
        "try: s.start()\n"
        "except postgres.StackError as error: print(error)\n"
        "finally: s.remove()"
    )
    variables = {"PATH": os.environ["PATH"], "PGSSLMODE": "require"}
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=variables, capture_output=True, text=True)
    assert "PostgreSQL did not start: " in done.stdout
    assert "server does not support SSL" in done.stdout
    assert done.stdout.count("\n") == 1


@pytest.mark.parametrize(
    ("name", "text"),
    [("ALL_PROXY", "socks5h://proxy:1080"), ("https_proxy", "socks4://x"), ("SSL_CERT_FILE", "/nowhere/ca.pem")],
)
def test_make_up_names_what_no_client_here_can_use(tmp_path: Path, name: str, text: str) -> None:
    variables = {"PATH": os.environ["PATH"], "RUN_DIR": str(tmp_path), name: text}
    command = [sys.executable, "-m", "include.local", "up"]
    done = subprocess.run(command, cwd=ROOT, env=variables, capture_output=True, text=True)
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert done.stderr.startswith(f"error: {name}: {text} ")
    assert not (tmp_path / "lock").exists()


def test_the_users_own_services_keep_their_network() -> None:
    """`make up` reaches the real services as the user does; a secrets backend signs in with variables that he names."""
    given = {
        "HTTPS_PROXY": "http://proxy:3128", "AIRFLOW__SECRETS__BACKEND": "vault", "VAULT_TOKEN": "t", "PASS_ENV": "VAULT_TOKEN,OTHER",
        "OTHER": "o", "PGSSLMODE": "require",
    }  # fmt: skip
    kept = environment.allowed(given, own_services=True)
    assert given.items() - kept.items() == {("PGSSLMODE", "require")}
    assert not given.keys() & environment.allowed(given).keys()


class Slow(BaseHTTPRequestHandler):
    """A package index that takes longer to answer than pip waits by default."""

    SECONDS = 16

    def do_GET(self) -> None:
        time.sleep(self.SECONDS)
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<html><body></body></html>")

    def log_message(self, *_: object) -> None:
        return


@pytest.fixture
def slow_index() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Slow)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/simple"
    server.shutdown()
    server.server_close()


def test_a_slow_index_is_waited_for(slow_index: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PIP_DEFAULT_TIMEOUT", "PIP_TIMEOUT", "PIP_RETRIES"):
        monkeypatch.delenv(name, raising=False)
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--index-url", slow_index, "not-there-at-all"]
    variables = bootstrap.pip_environment() | {"PIP_NO_INDEX": "0", "PIP_FIND_LINKS": "", "PIP_CONFIG_FILE": os.devnull}
    done = subprocess.run(command, env=variables, capture_output=True, text=True)
    assert "Read timed out" not in done.stdout + done.stderr
    assert "No matching distribution" in done.stderr


def test_options_that_change_what_pip_does_do_not_reach_it(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PIP_TARGET", "PIP_PREFIX", "PIP_CONSTRAINT", "PYTHONPATH", "PIP_INDEX_URL"):
        monkeypatch.setenv(name, "http://127.0.0.1:9/x")
    variables = bootstrap.pip_environment()
    assert "PIP_INDEX_URL" in variables
    assert not {"PIP_TARGET", "PIP_PREFIX", "PIP_CONSTRAINT", "PYTHONPATH"} & variables.keys()


@pytest.mark.parametrize("name", ["ALL_PROXY", "REQUESTS_CA_BUNDLE"])
def test_pip_goes_without_what_it_cannot_use(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(name, "socks5://127.0.0.1:9" if name == "ALL_PROXY" else "/nowhere")
    assert name not in bootstrap.pip_environment()
    assert f"{name} is left out: " in capsys.readouterr().out
