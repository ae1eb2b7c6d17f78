"""``make audit``: which packages this project stands on, under which licences, and what is known against them.

Writes docs/dependencies.md from the lock files and the installed packages. Known advisories are looked up by pip-audit (PyPI's own
list), in an environment of its own. Without the network the page says that nobody was asked, rather than that nothing was found.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import venv
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path
from typing import Any

from include.local.settings import ROOT

PAGE = ROOT / "docs" / "dependencies.md"
LOCK, DEV_LOCK = ROOT / "requirements.txt", ROOT / "requirements-dev.txt"
PIP_AUDIT = "pip-audit==2.10.1"
ELSEWHERE = "not installed on this platform"
_PINNED = re.compile(r"^([A-Za-z0-9][\w.-]*)(?:\[[^\]]*\])?==([^\s;\\]+)", re.MULTILINE)
_ADVISORY_ROW = re.compile(r"^\| ([A-Z]+-[\w-]+) \| (\S+) (\S+) \| (.*?) \| (.*?) \|$", re.MULTILINE)


@dataclass(frozen=True)
class Package:
    """One line of a lock.

    :param wanted_by: the packages that ask for it, or the requirements file for what we ask for ourselves
    """

    name: str
    version: str
    wanted_by: tuple[str, ...]


@dataclass(frozen=True)
class Advisory:
    """One thing that is known against a package that we use; ``cured_in`` names versions without it, if there are any."""

    id: str
    name: str
    version: str
    cured_in: str


@dataclass(frozen=True)
class Answer:
    """What pip-audit found: advisories, how many packages it was answered about, and of how many."""

    advisories: tuple[Advisory, ...]
    answered: int
    asked: int
    trouble: str = ""


def main() -> int:
    """Write the page; returns 1 when there is an advisory for which the page gives no reason to stay."""
    answer = look_up(ROOT / ".venv" / "pip-audit")
    reasons = kept_reasons(PAGE.read_text(encoding="utf-8") if PAGE.exists() else "")
    PAGE.write_text(page(answer, reasons, datetime.now(tz=UTC).date().isoformat()), encoding="utf-8")
    print(f"{PAGE.relative_to(ROOT)} is written. {verdict(answer)}", flush=True)
    new = [advisory for advisory in answer.advisories if not reasons.get(advisory.id)]
    for advisory in new:
        print(f"  {advisory.id}: {advisory.name} {advisory.version}, cured in {advisory.cured_in or 'no version yet'}")
    return 1 if new else 0


def locked(path: Path) -> list[Package]:
    """Read a lock that uv wrote: each package with its version and who wants it."""
    text = path.read_text(encoding="utf-8")
    heads = list(_PINNED.finditer(text))
    ends = [head.start() for head in heads[1:]] + [len(text)]
    return [
        Package(head[1], head[2], _wanted_by(text[head.end() : end])) for head, end in zip(heads, ends, strict=True)
    ]


def _wanted_by(block: str) -> tuple[str, ...]:
    lines = [line.strip().lstrip("#").strip() for line in block.splitlines() if line.strip().startswith("#")]
    names = [line.removeprefix("via").strip() for line in lines]
    # The second lock is made under the first as a constraint, which is no reason to want anything.
    return tuple(name for name in names if name and not name.startswith("-c "))


def licence(name: str) -> str:
    """The licence that the installed package declares."""
    try:
        about = metadata(name)
    except PackageNotFoundError:
        return ELSEWHERE
    (expression,) = about.get_all("License-Expression") or ("",)
    if expression:
        return str(expression)
    classifiers = [c.rpartition(" :: ")[2] for c in about.get_all("Classifier") or () if c.startswith("License ::")]
    named = [c for c in classifiers if c != "OSI Approved"]
    lines = (about.get_all("License") or [""])[0].strip().splitlines()
    return ", ".join(named) or (lines[0][:60] if lines else "not declared")


def look_up(folder: Path) -> Answer:
    """Ask pip-audit, which lives in ``folder``, about everything in both locks."""
    everything = {package.name: package for package in (*locked(LOCK), *locked(DEV_LOCK))}
    program = folder / "bin" / "pip-audit"
    try:
        if not program.exists():
            venv.create(folder, clear=True, with_pip=True)
            _run([str(folder / "bin" / "python"), "-m", "pip", "install", "-q", PIP_AUDIT])
        options = ["--disable-pip", "--require-hashes", "--format", "json", "--progress-spinner", "off"]
        said = _run([str(program), *options, "-r", str(DEV_LOCK), "-r", str(LOCK)], codes=(0, 1))
        return read(json.loads(said), len(everything))
    except (subprocess.CalledProcessError, OSError, ValueError) as error:
        lines = str(getattr(error, "stderr", None) or error).strip().splitlines()
        return Answer((), 0, len(everything), trouble=lines[-1][:200] if lines else "it said nothing")


def _run(command: list[str], codes: tuple[int, ...] = (0,)) -> str:
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    if done.returncode not in codes:
        raise subprocess.CalledProcessError(done.returncode, command[0], done.stdout, done.stderr)
    return done.stdout


def read(said: dict[str, Any], asked: int) -> Answer:
    """Read pip-audit's answer. A package that it skipped is one that nobody was asked about."""
    answered = {
        entry["name"]: entry for entry in said["dependencies"] if "vulns" in entry and "skip_reason" not in entry
    }
    advisories = {
        Advisory(vuln["id"], entry["name"], entry["version"], ", ".join(vuln["fix_versions"]))
        for entry in answered.values()
        for vuln in entry["vulns"]
    }
    return Answer(tuple(sorted(advisories, key=lambda one: (one.name, one.id))), len(answered), asked)


def verdict(answer: Answer) -> str:
    """What the look-up came to, in one sentence that does not promise more than was asked."""
    if not answer.answered:
        why = f" ({answer.trouble})" if answer.trouble else ""
        return f"Known advisories could not be looked up: PyPI's list was not reachable{why}."
    about = "all" if answer.answered == answer.asked else f"{answer.answered} of"
    count = len(answer.advisories)
    found = f"{count or 'no'} known {'advisories' if count > 1 else 'advisory'}"
    return f"PyPI has {found} about {about} {answer.asked} packages."


def kept_reasons(text: str) -> dict[str, str]:
    """The reasons that people wrote into the page: advisory to why it stays."""
    return {row[1]: row[5].strip() for row in _ADVISORY_ROW.finditer(text)}


def page(answer: Answer, reasons: dict[str, str], today: str) -> str:
    """The whole of docs/dependencies.md."""
    runtime = locked(LOCK)
    needed = {package.name for package in runtime}
    return "\n".join(
        [
            "# Dependencies",
            "",
            "Written by `make audit`; only the last column of the advisories is written by hand. The versions are those of the lock",
            "files, which `make lock` makes; every file that is installed is checked against its hash there.",
            "",
            "## Advisories",
            "",
            f"{today}: {verdict(answer)}",
            *_advisories(answer.advisories, reasons),
            "",
            "## Needed to run",
            "",
            "What requirements.txt installs: Apache Airflow with Celery, FAB and PostgreSQL, and the connector's own libraries.",
            "",
            *_table(runtime),
            "",
            "## For development only",
            "",
            "What requirements-dev.txt adds: the local PostgreSQL, the sandbox, tests and linters.",
            "",
            *_table(package for package in locked(DEV_LOCK) if package.name not in needed),
            "",
        ]
    )


def _advisories(advisories: Iterable[Advisory], reasons: dict[str, str]) -> list[str]:
    rows = [
        f"| {one.id} | {one.name} {one.version} | {one.cured_in or 'no version yet'} | {reasons.get(one.id, '')} |"
        for one in advisories
    ]
    return ["", "| Advisory | Package | Cured in | Why it stays |", "|---|---|---|---|", *rows] if rows else []


def _table(packages: Iterable[Package]) -> list[str]:
    rows = [
        f"| {package.name} | {package.version} | {licence(package.name)} | {', '.join(map(_wish, package.wanted_by))} |"
        for package in packages
    ]
    return ["| Package | Version | Licence | Wanted by |", "|---|---|---|---|", *rows]


def _wish(name: str) -> str:
    return "this project" if name.startswith("-r ") else name


if __name__ == "__main__":
    sys.exit(main())
