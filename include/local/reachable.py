"""Where PostgreSQL lives when root works in a folder that is closed to others, such as /root.

The account that runs PostgreSQL (:mod:`include.local.accounts`) cannot enter such a folder. Its programs are then copied, and its
cluster is made, below ``/var/lib/certify-intacct``, which we make; ``make clean`` removes both. Only the standard library is
needed here, so that what cannot work is refused before anything is downloaded.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from include.local.accounts import Account
from include.local.errors import StackError

NAME = "certify-intacct"
# A cluster may be somebody's ledger: first where nothing is swept away.
_BASES = (Path("/var/lib"), Path("/var/tmp"), Path("/tmp"))  # noqa: S108 - what we make there is checked to be ours
_BELONGS_TO = "belongs-to"


def outside(account: Account, *, make: bool = True) -> Path:
    """Return the folder outside of the checkout that ``account`` can enter; it is ours and nobody else may write into it.

    :param make: make it when there is none yet.
    :raises StackError: when there is no such place on this machine.
    """
    for base in _BASES:
        folder = base / NAME
        if make:
            _make(folder)
        if _is_ours(folder) and account.enters(folder):
            return folder
    raise StackError(
        f"PostgreSQL runs as '{account.name}' because root may not run it, and in none of "
        f"{', '.join(map(str, _BASES))} could a folder be made that this account can enter: run as an ordinary user, "
        "or move the checkout out of its private folder."
    )


def require_place(checkout: Path, account: Account) -> None:
    """Refuse a checkout for which PostgreSQL would have no place.

    :raises StackError: as :func:`outside`.
    """
    if not account.enters(checkout):
        outside(account)


def home_of(data: Path, account: Account) -> Path:
    """Return the folder in which the cluster ``data`` is to lie: its own, or one outside when ``account`` cannot enter that.

    A link ``data`` says where its cluster lies already.

    :raises StackError: as :func:`outside`.
    """
    if data.is_symlink():
        return data.resolve().parent
    if account.enters(data.parent):
        return data.parent
    return _marked(Path(tempfile.mkdtemp(prefix="cluster-", dir=outside(account))), data.parent)


def programs_for(account: Account, bin_folder: Path) -> Path:
    """Return a folder with PostgreSQL's programs that ``account`` can run: ``bin_folder``, or a copy of it outside.

    :param bin_folder: ``SITE/PACKAGE/INSTALLATION/bin`` of a wheel; its libraries may also lie in ``SITE/PACKAGE.libs``.
    :raises StackError: as :func:`outside`, or when programs outside cannot be run either (a file system mounted noexec).
    """
    if account.runs(bin_folder / "initdb"):
        return bin_folder
    installation, package, site = bin_folder.parents[:3]
    known = hashlib.sha256(os.fsencode(installation)).hexdigest()[:16]
    copy = _marked(outside(account) / f"programs-{known}", installation) / _version(bin_folder)
    if not copy.exists():
        parts = (installation, site / f"{package.name}.libs", package / ".dylibs")
        _copy({part: part.relative_to(site) for part in parts if part.is_dir()}, copy)
    programs = copy / bin_folder.relative_to(site)
    if not account.runs(programs / "initdb"):
        raise StackError(
            f"PostgreSQL runs as '{account.name}' because root may not run it, and that account can start it neither in "
            f"{bin_folder} nor in {programs}: run as an ordinary user, or move the checkout out of its private folder."
        )
    return programs


def remove(folder: Path) -> None:
    """Delete what lies outside on behalf of ``folder`` or of a folder below it."""
    for base in _BASES:
        ours = base / NAME
        for place in _places(ours):
            owner = Path((place / _BELONGS_TO).read_text(encoding="utf-8").strip())
            if owner.is_relative_to(folder):
                shutil.rmtree(place)
        if _is_ours(ours) and not any(ours.iterdir()):
            ours.rmdir()


def _places(ours: Path) -> Iterator[Path]:
    if _is_ours(ours):
        yield from (place for place in sorted(ours.iterdir()) if (place / _BELONGS_TO).is_file())


def _marked(place: Path, owner: Path) -> Path:
    """Make ``place`` a folder that the other account can enter, with the name of its owner so that a person finds out what it is."""
    _make(place)
    mark = place / _BELONGS_TO
    if not mark.exists():
        mark.write_text(f"{owner.resolve()}\n", encoding="utf-8")
    return place


def _make(folder: Path) -> None:
    try:
        folder.mkdir(exist_ok=True)
        if _is_ours(folder):
            # Whatever the umask is: the other account has to pass through, not to look around.
            folder.chmod(0o711)
    except OSError:
        return


def _is_ours(folder: Path) -> bool:
    """Say whether ``folder`` is a real folder that belongs to us and that nobody else may write into."""
    try:
        found = folder.lstat()
    except OSError:
        return False
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid() and not found.st_mode & 0o022


def _version(bin_folder: Path) -> str:
    found = (bin_folder / "postgres").stat()
    return f"{found.st_size}-{found.st_mtime_ns}"


def _copy(parts: Mapping[Path, Path], target: Path) -> None:
    """Copy folders to their places below ``target``, readable for everybody; another process may do the same at this moment."""
    draft = target.with_name(f"{target.name}.{os.getpid()}")
    try:
        for source, place in parts.items():
            shutil.copytree(source, draft / place, symlinks=True, ignore=shutil.ignore_patterns("include"))
    except OSError as error:
        shutil.rmtree(draft, ignore_errors=True)
        raise StackError(
            f"PostgreSQL's programs could not be copied to {target.parent}: {error.strerror or error}"
        ) from None
    for path in (draft, *draft.rglob("*")):
        if not path.is_symlink():
            executable = path.is_dir() or path.stat().st_mode & stat.S_IXUSR
            path.chmod(0o755 if executable else 0o644)
    try:
        draft.rename(target)
    except OSError:
        # The other one was faster.
        shutil.rmtree(draft)
