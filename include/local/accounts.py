"""Which account of the operating system may run PostgreSQL.

PostgreSQL refuses to run as root, in containers and CI jobs too. Where we are root, its processes run under an account
without privileges and the data folder belongs to that account.
"""

from __future__ import annotations

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from include.local.errors import StackError


@dataclass(frozen=True)
class Account:
    """An account of this machine; ``switches`` is true when a child must change to it from root."""

    uid: int
    gid: int
    name: str
    switches: bool

    def popen_arguments(self) -> dict[str, Any]:
        """Return what ``subprocess`` needs to start a child under this account."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []} if self.switches else {}

    def give(self, path: Path) -> None:
        """Make this account the owner of ``path``; does nothing when we already are that account."""
        if self.switches:
            os.chown(path, self.uid, self.gid)

    def enters(self, folder: Path) -> bool:
        """Say whether this account gets into ``folder``, through every folder above it."""
        return not self.switches or self._succeeds("sh", "-c", 'cd -- "$1"', "sh", str(folder))

    def runs(self, program: Path) -> bool:
        """Say whether this account can start ``program``, with the libraries that it needs."""
        return not self.switches or self._succeeds(str(program), "--version")

    def _succeeds(self, *command: str) -> bool:
        try:
            return subprocess.run(command, cwd="/", capture_output=True, **self.popen_arguments()).returncode == 0
        except OSError:
            return False


def account_for(data_folder: Path) -> Account:
    """Return the account that runs PostgreSQL over ``data_folder``.

    An ordinary user runs it himself. Root takes the owner of an existing data folder, else the user behind ``sudo``,
    else the account ``postgres`` or ``nobody``.

    :raises StackError: as root on a machine that has none of these accounts, or as a number that no account has.
    """
    if os.geteuid() != 0:
        ours = _by_uid(os.geteuid())
        if ours is None:
            raise StackError(
                f"PostgreSQL does not run under the user ID {os.geteuid()}, which has no entry in /etc/passwd: "
                "run the command as root or as a user that has one."
            )
        return Account(ours.pw_uid, os.getegid(), ours.pw_name, switches=False)
    for entry in _candidates(data_folder):
        if entry is not None and entry.pw_uid != 0:
            return Account(entry.pw_uid, entry.pw_gid, entry.pw_name, switches=True)
    raise StackError(
        "PostgreSQL does not run as root, and this machine has no account 'postgres' or 'nobody' to run it under: "
        "run the command again as an ordinary user."
    )


def _candidates(data_folder: Path) -> list[pwd.struct_passwd | None]:
    owner = _by_uid(data_folder.stat().st_uid) if data_folder.exists() else None
    sudo_uid = os.environ.get("SUDO_UID", "")
    behind_sudo = _by_uid(int(sudo_uid)) if sudo_uid.isdigit() else None
    return [owner, behind_sudo, _by_name("postgres"), _by_name("nobody")]


def _by_uid(uid: int) -> pwd.struct_passwd | None:
    try:
        return pwd.getpwuid(uid)
    except KeyError:
        return None


def _by_name(name: str) -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam(name)
    except KeyError:
        return None
