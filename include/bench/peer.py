"""A public client of Intacct beside the connector's extraction: ``get_all`` of the Python package ``sageintacctsdk``.

It is no requirement of this project: it is installed on demand into an environment of its own. Where that does not succeed, its column
says why.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

PACKAGE = "sageintacctsdk==1.28.1"
NAME = PACKAGE.partition("=")[0]
_SECONDS = 300


@dataclass(frozen=True)
class Peer:
    """The environment's Python, or why there is none."""

    python: Path | None
    reason: str = ""


def installed(folder: Path, variables: Mapping[str, str]) -> Peer:
    """Installs the package below a folder.

    :param variables: the environment for pip
    """
    place = folder / "peer"
    python = place / "bin" / "python"
    commands = (
        [sys.executable, "-m", "venv", str(place)],
        [str(python), "-m", "pip", "install", "-q", "--disable-pip-version-check", PACKAGE],
    )
    for command in commands:
        try:
            done = subprocess.run(command, env=dict(variables), capture_output=True, text=True, timeout=_SECONDS)
        except (OSError, subprocess.TimeoutExpired) as error:
            return Peer(None, f"not installed: {type(error).__name__}")
        if done.returncode:
            said = [line for line in done.stderr.splitlines() if line.startswith("ERROR:")] or ["ERROR: no word why"]
            return Peer(None, f"not installed: {said[-1].removeprefix('ERROR: ')[:80]}")
    return Peer(python)
