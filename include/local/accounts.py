"""Which account of the operating system may run PostgreSQL.

PostgreSQL refuses to run as root, in containers and CI jobs too. Where we are root, its processes run under an account
without privileges and the data folder belongs to that account.
"""

from __future__ import annotations

import os
import pwd
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from include.local.errors import StackError


@dataclass(frozen=True)
class Account:
    """An account of this machine.

    ``switches`` is true when a child must change to it from root, ``reaches_all`` when the child then keeps root's right to
    pass through folders that are closed to others, and only that right (Linux capability ``dac_override``).
    """

    uid: int
    gid: int
    name: str
    switches: bool
    reaches_all: bool = False

    def command(self, command: Sequence[str]) -> list[str]:
        """Return the command line that runs ``command`` under this account, for ``subprocess``."""
        if not self.reaches_all:
            return list(command)
        keep = ["--inh-caps=+dac_override", "--ambient-caps=+dac_override"]
        return ["setpriv", f"--reuid={self.uid}", f"--regid={self.gid}", "--clear-groups", *keep, "--", *command]

    def popen_arguments(self) -> dict[str, Any]:
        """Return what ``subprocess`` needs beside the command line."""
        if not self.switches or self.reaches_all:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def reaching_all(self) -> Account | None:
        """Return this account with the right to pass through closed folders, or None where the machine cannot give it."""
        return replace(self, reaches_all=True) if self.switches and shutil.which("setpriv") else None

    def give(self, path: Path) -> None:
        """Make this account the owner of ``path``; does nothing when we already are that account."""
        if self.switches:
            os.chown(path, self.uid, self.gid)


def account_for(data_folder: Path) -> Account:
    """Return the account that runs PostgreSQL over ``data_folder``.

    An ordinary user runs it himself. Root takes the owner of an existing data folder, else the user behind ``sudo``,
    else the account ``postgres`` or ``nobody``.

    :raises StackError: as root on a machine that has none of these accounts.
    """
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid(), str(os.geteuid()), switches=False)
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
