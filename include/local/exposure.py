"""What of a running stack others on this machine or in its network could reach. Nothing should be.

Every port belongs to the loopback interface, and every file of the stack's folder to its user alone: logs and staged people are as
private as passwords.
"""

from __future__ import annotations

import ipaddress
import stat
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

import psutil

_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def exposed(folders: Iterable[Path], pids: Iterable[int]) -> list[str]:
    """Return one line for each port that listens beyond loopback and each file that others may open; empty when all is well.

    :param folders: the folders of the stack; a link in one of them is not followed.
    :param pids: the processes of the stack; whatever they started is looked at too.
    """
    return [*_listeners(pids), *(line for folder in folders for line in _open_files(folder))]


def _listeners(pids: Iterable[int]) -> Iterator[str]:
    for pid in pids:
        with suppress(psutil.NoSuchProcess):
            root = psutil.Process(pid)
            for process in [root, *root.children(recursive=True)]:
                yield from _beyond_loopback(process)


def _beyond_loopback(process: psutil.Process) -> Iterator[str]:
    with suppress(psutil.NoSuchProcess, psutil.AccessDenied):
        for connection in process.net_connections(kind="inet"):
            listens = connection.status == psutil.CONN_LISTEN
            if listens and not ipaddress.ip_address(connection.laddr.ip).is_loopback:
                yield f"{process.name()} (process {process.pid}) listens on {connection.laddr.ip}:{connection.laddr.port}"


def _open_files(folder: Path) -> Iterator[str]:
    for path in sorted(folder.rglob("*")):
        # Files come and go while the stack runs.
        with suppress(FileNotFoundError):
            found = path.lstat()
            if stat.S_ISREG(found.st_mode) and found.st_mode & _OTHERS:
                yield f"{path} may be opened by others (mode {stat.S_IMODE(found.st_mode):04o})"
