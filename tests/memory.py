"""Folders in memory, for the tests' databases.

Each test gets a database of its own, a copy of some 500 files. In a folder on a disk that is most of what many a test takes, and
several times more while other tests do the same: the file system's journal lets one after the other do it.
"""

from __future__ import annotations

import fcntl
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_MEMORY = Path("/dev/shm")
# Two workers take a tenth of it. A container often has 64 MB there, and then the disk must do.
_ROOM_BYTES = 2_000_000_000
_LOCK = "in-use"


@contextmanager
def folder(prefix: str) -> Iterator[Path]:
    """A new folder that other accounts can pass through, as PostgreSQL's does, gone with the block; on disk where memory has no room.

    It is not pytest's own temporary folder, which nobody but its owner can enter.
    """
    _remove_abandoned(prefix)
    path = Path(tempfile.mkdtemp(prefix=prefix, dir=_MEMORY if _has_room() else None))
    path.chmod(0o711)
    try:
        # Locked before it has its name, so that no other session takes the folder for abandoned.
        draft = path / f"{_LOCK}.new"
        with draft.open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            draft.rename(path / _LOCK)
            yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


def _has_room() -> bool:
    try:
        return shutil.disk_usage(_MEMORY).free > _ROOM_BYTES
    except OSError:
        return False


def _remove_abandoned(prefix: str) -> None:
    """Remove what killed sessions left behind: on a disk it is a nuisance, in memory it is missed."""
    for lock_file in _MEMORY.glob(f"{prefix}*/{_LOCK}"):
        with suppress(OSError), lock_file.open() as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            # A server that still runs in it ends by itself when it misses its files.
            shutil.rmtree(lock_file.parent, ignore_errors=True)
