"""docs/dependencies.md: true to the lock files, and honest about what nobody was asked."""

from __future__ import annotations

import re

import pytest

from include.local import audit
from include.local.audit import Advisory, Answer

ROW = re.compile(r"^\| (\S+) \| (\S+) \| ([^|]+) \| ([^|]*) \|$", re.MULTILINE)
KNOWN = {"id": "PYSEC-2026-1", "fix_versions": ["2.0", "1.9.1"], "aliases": [], "description": "x"}


def rows(heading: str) -> set[tuple[str, str, str]]:
    section = audit.PAGE.read_text(encoding="utf-8").split(f"## {heading}\n")[1].split("\n## ")[0]
    return {(row[1], row[2], row[4]) for row in ROW.finditer(section) if row[1] != "Package"}


def wanted(packages) -> set[tuple[str, str, str]]:
    return {(one.name, one.version, ", ".join(map(audit._wish, one.wanted_by))) for one in packages}


def test_the_page_is_up_to_date_with_the_locks():
    runtime = audit.locked(audit.LOCK)
    needed = {package.name for package in runtime}
    extra = [package for package in audit.locked(audit.DEV_LOCK) if package.name not in needed]
    assert rows("Needed to run") == wanted(runtime), "run `make audit`"
    assert rows("For development only") == wanted(extra), "run `make audit`"
    assert len(runtime) > 150
    assert len(extra) > 10


def test_every_package_that_runs_here_declares_a_licence():
    assert {audit.licence(package.name) for package in audit.locked(audit.LOCK)}.isdisjoint(
        {"not declared", "UNKNOWN", ""}
    )


def test_what_we_ask_for_ourselves_is_marked(tmp_path):
    lock = tmp_path / "requirements.txt"
    lock.write_text(
        "# by uv\nlxml==6.0.2 \\\n    --hash=sha256:00\n    # via\n    #   -r requirements.in\n    #   zeep\n"
        "colorama==0.4.6 ; sys_platform == 'win32' \\\n    --hash=sha256:00\n    # via\n    #   -c requirements.txt\n    #   click\n"
        "uvicorn[standard]==0.30.0\n    # via fastapi\n"
    )
    assert [(one.name, one.version, one.wanted_by) for one in audit.locked(lock)] == [
        ("lxml", "6.0.2", ("-r requirements.in", "zeep")),
        ("colorama", "0.4.6", ("click",)),
        ("uvicorn", "0.30.0", ("fastapi",)),
    ]


def test_a_package_that_was_skipped_counts_as_not_asked_about():
    said = {
        "dependencies": [
            {"name": "jinja2", "version": "2.11.1", "vulns": [KNOWN]},
            {"name": "requests", "version": "2.25.0", "vulns": []},
            {"name": "lxml", "skip_reason": "Dependency not found on PyPI"},
        ]
    }
    answer = audit.read(said, 3)
    assert answer == Answer((Advisory("PYSEC-2026-1", "jinja2", "2.11.1", "2.0, 1.9.1"),), 2, 3)
    assert audit.verdict(answer) == "PyPI has 1 known advisory about 2 of 3 packages."


@pytest.mark.parametrize("answer", [Answer((), 0, 200), Answer((), 0, 200, "no route to host")])
def test_nobody_asked_is_not_nothing_found(answer):
    assert audit.verdict(answer).startswith("Known advisories could not be looked up")


def test_reasons_that_people_wrote_survive():
    answer = Answer((Advisory("PYSEC-2026-1", "jinja2", "2.11.1", "2.0"), Advisory("GHSA-a-b", "lxml", "1", "")), 3, 3)
    page = audit.page(answer, {"PYSEC-2026-1": "We use no sandbox of Jinja."}, "2026-11-22")
    assert audit.kept_reasons(page) == {"PYSEC-2026-1": "We use no sandbox of Jinja.", "GHSA-a-b": ""}


@pytest.mark.parametrize("code", [0, 1, 2])
def test_an_unreachable_registry_is_told_and_nothing_fails(tmp_path, code):
    program = tmp_path / "bin" / "pip-audit"
    program.parent.mkdir()
    program.write_text(f"#!/bin/sh\necho 'no route to host' >&2\nexit {code}\n")
    program.chmod(0o700)
    answer = audit.look_up(tmp_path)
    assert answer.answered == 0
    assert audit.verdict(answer).startswith("Known advisories could not be looked up: PyPI's list was not reachable (")
