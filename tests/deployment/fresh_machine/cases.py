"""The machines on which the two commands are tried, as data."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

NO_PYTHON = "python3.99"
# Of the operating system: everybody can run it, wherever the tests' own Python lies.
SYSTEM_PYTHON = "/usr/bin/python3"
NOBODY = 65534
_ROOM = "Ein Häuschen für Zoë"


@dataclass(frozen=True)
class Case:
    """One machine.

    ``refused`` is what its one line says when the commands cannot work there; without it both must work. ``needs_root`` says that
    only root can arrange it, ``lacks`` names programs that are taken from PATH, ``script`` prepares what a mount can change.
    """

    name: str
    about: str
    folder: str = "checkout"
    private: bool = False
    umask: int = 0o022
    hostile: bool = False
    home: bool = True
    account: int | None = None
    lacks: tuple[str, ...] = ()
    python: str = "python3"
    script: str = ""
    refused: str = ""

    @property
    def needs_root(self) -> bool:
        """Whether the case changes account or mounts."""
        return self.account is not None or bool(self.script)

    @property
    def missing(self) -> str:
        """Why it cannot be tried on this machine; empty when it can."""
        if self.needs_root and os.geteuid() != 0:
            return "needs root"
        if self.script and shutil.which("unshare") is None:
            return "needs unshare"
        if self.python != NO_PYTHON and not _starts(self.python):
            return f"{self.python} is not installed"
        return ""


# A name service that knows this machine by IPv6 alone.
_IPV6_NAMES = 'printf "::1 localhost $(hostname)\\n" >hosts && mount --bind hosts /etc/hosts'
_NO_ENSUREPIP = (
    'mkdir empty && mount --bind empty "$(/usr/bin/python3 -c "import ensurepip as e; print(e.__path__[0])")"'
)
# Whatever is above the checkout would be a way in, were it not closed for everybody but root.
_NO_PLACE = "for base in /var/lib /var/tmp /tmp; do mount -t tmpfs -o mode=0700 tmpfs $base; done"

CASES = (
    Case(
        "private", "root in a folder of mode 0700, blanks and accents in its path, umask 077, no history of git, a hostile "
        "environment, a broken ~/airflow, a .env", folder=_ROOM, private=True, umask=0o077, hostile=True,
    ),
    Case(
        "bare", "an ordinary user without HOME, git and ps, names that resolve to IPv6 alone", home=False, account=NOBODY,
        lacks=("git", "ps"), script=_IPV6_NAMES, python=SYSTEM_PYTHON,
    ),
    *(
        Case(f"python3.{minor}", f"Python 3.{minor}", python=f"python3.{minor}")
        for minor in (11, 12, 13, 14) if minor != sys.version_info[1]
    ),
    Case("none", "no Python", python=NO_PYTHON, refused=r"^error: python3\.99 is not installed: install Python 3\.11 or newer"),
    Case("old", "a Python that is too old", python="python3.10", refused=r"^error: this project needs Python 3\.11 or newer"),
    Case(
        "no-venv", "a Python without venv", python=SYSTEM_PYTHON, script=_NO_ENSUREPIP,
        refused=r"^error: /usr/bin/python3 cannot make a virtual environment \(on Debian and Ubuntu: apt install python3-venv\)",
    ),
    Case(
        "no-account", "a number that is no account", account=4711, python=SYSTEM_PYTHON,
        refused="^error: PostgreSQL does not run under the user ID 4711",
    ),
    Case(
        "no-place", "root where no folder can be entered by anybody else", private=True, script=_NO_PLACE,
        refused="^error: PostgreSQL runs as .* run as an ordinary user, or move the checkout out of its private folder",
    ),
)  # fmt: skip


def _starts(python: str) -> bool:
    """Say whether there is such a Python; pyenv's own stand-ins are there for those that are not, too."""
    return (
        shutil.which(python) is not None and subprocess.run([python, "--version"], capture_output=True).returncode == 0
    )


def by_name(name: str) -> Case:
    """Return the case of that name."""
    return next(case for case in CASES if case.name == name)


def checkout_of_this() -> Path:
    """Return the checkout that is tried."""
    return Path(__file__).resolve().parents[3]
