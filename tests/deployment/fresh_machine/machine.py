"""Makes a machine of a case, as far as one machine can play another, and runs the two commands on it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from include.local import reachable
from include.local.ports import free_port
from tests.deployment.fresh_machine import hostile
from tests.deployment.fresh_machine.cases import Case, checkout_of_this

# Real PostgreSQL, real processes, the schema and the two services: what differs from machine to machine.
SOME_TESTS = "tests/local tests/staging/test_schema.py tests/dags tests/certify/test_with_sandbox.py"
_LEFT_OUT = (".git", ".venv", ".run", ".up", "__pycache__", ".*_cache", ".hypothesis", "*.egg-info", ".env")
_LONGEST = 3600


@dataclass(frozen=True)
class Outcome:
    """What came of one command."""

    command: str
    code: int
    output: str

    @property
    def last_line(self) -> str:
        """The last line that is not make's own."""
        lines = [line for line in self.output.splitlines() if line.strip() and not line.startswith("make: ")]
        return lines[-1] if lines else ""


def tried(case: Case, *, tests: bool = True) -> str:
    """Try a case; return what is wrong with it, or nothing.

    :param tests: also run a part of ``make test`` where both commands must work.
    """
    with _machine(case) as (checkout, variables, prefix):
        demo = _run(["make", "demo", "CHECK=1", f"PYTHON={case.python}"], checkout, variables, prefix, case)
        if case.refused:
            return _refusal(case, demo, checkout)
        outcomes = [demo]
        if tests:
            command = ["make", "test", f"TESTS={SOME_TESTS}", f"PYTHON={case.python}"]
            outcomes.append(_run(command, checkout, variables, prefix, case))
        outcomes.append(_run(["make", "clean", f"PYTHON={case.python}"], checkout, variables, prefix, case))
        wrong = [f"{one.command} ended with {one.code}: {one.output[-3000:]}" for one in outcomes if one.code]
        left = sorted(path.name for path in checkout.iterdir() if path.name in (".venv", ".run"))
        return "\n".join([*wrong, *(f"make clean left {name}" for name in left), *_outside(checkout)])


def _refusal(case: Case, demo: Outcome, checkout: Path) -> str:
    errors = [line for line in demo.output.splitlines() if re.search(case.refused, line)]
    if demo.code == 0 or len(errors) != 1 or demo.last_line != errors[0]:
        return f"expected one last line like {case.refused!r}, got {demo.code} and:\n{demo.output[-3000:]}"
    return "it was refused after the download" if (checkout / ".venv" / "installed").exists() else ""


def _outside(checkout: Path) -> Iterator[str]:
    for base in reachable._BASES:
        for place in (base / reachable.NAME).glob("*/belongs-to"):
            if Path(place.read_text(encoding="utf-8").strip()).is_relative_to(checkout):
                yield f"make clean left {place.parent}"


@contextmanager
def _machine(case: Case) -> Iterator[tuple[Path, dict[str, str], list[str]]]:
    # Root's own home is a private folder too, and no case can close it by accident.
    room = Path(tempfile.mkdtemp(prefix="connector-machine-", dir=Path.home() if case.private else None))
    room.chmod(0o700 if case.private else 0o755)
    checkout = room / case.folder
    variables = _variables(case, room)
    shutil.copytree(checkout_of_this(), checkout, ignore=shutil.ignore_patterns(*_LEFT_OUT))
    if case.hostile:
        hostile.dot_env(checkout)
    if case.account is not None:
        subprocess.run(["chown", "-R", str(case.account), str(room)], check=True)
    try:
        yield checkout, variables, _prefix(case, room)
    finally:
        reachable.remove(room)
        shutil.rmtree(room, ignore_errors=True)


def _variables(case: Case, room: Path) -> dict[str, str]:
    """A sparse environment, and how this machine reaches its package index."""
    kept = {
        name: text for name, text in os.environ.items() if name.startswith("PIP_") or name.upper().endswith("_PROXY")
    }
    variables = {**kept, "PATH": _path(case, room), "UI_PORT": str(free_port()), "SANDBOX_PORT": str(free_port())}
    if case.home:
        home = room / "home"
        home.mkdir()
        variables["HOME"] = str(home)
        if case.hostile:
            hostile.broken_airflow(home)
    return variables | (hostile.variables(room / "hostile") if case.hostile else {})


def _path(case: Case, room: Path) -> str:
    """PATH, or a folder with everything that is in it but for what the machine lacks."""
    if not case.lacks:
        return os.environ["PATH"]
    programs = room / "programs"
    programs.mkdir()
    for folder in map(Path, os.environ["PATH"].split(os.pathsep)):
        for program in folder.iterdir() if folder.is_dir() else ():
            link = programs / program.name
            if program.name not in case.lacks and not link.is_symlink():
                link.symlink_to(program)
    return str(programs)


def _prefix(case: Case, room: Path) -> list[str]:
    """What changes mounts and account before the command."""
    change = (
        []
        if case.account is None
        else ["setpriv", f"--reuid={case.account}", f"--regid={case.account}", "--clear-groups"]
    )
    if not case.script:
        return change
    entered = f'cd "{room}" && {case.script} && cd "{room / case.folder}" && exec "$@"'
    return ["unshare", "--mount", "sh", "-c", entered, "sh", *change]


def _run(command: list[str], checkout: Path, variables: dict[str, str], prefix: list[str], case: Case) -> Outcome:
    done = subprocess.run(
        [*prefix, *command], cwd=checkout, env=variables, umask=case.umask, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True, encoding="utf-8", errors="replace", timeout=_LONGEST,
    )  # fmt: skip
    return Outcome(" ".join(command[:3]), done.returncode, done.stdout)
