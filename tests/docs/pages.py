"""What README and docs/ say, taken apart: fences, code in running text, links, named tests."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))

_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_CODE = re.compile(r"`([^`\n]+)`")
_LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ +(.*)$", re.MULTILINE)
_TEST = re.compile(r"tests/[\w/]+\.py::[\w:]+")
_MAKE = re.compile(r"\bmake ([a-z-]+)\b")


def text(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def fences(page: Path, language: str) -> list[str]:
    """The code blocks of one language."""
    return [body for found, body in _FENCE.findall(text(page)) if found == language]


def code(page: Path) -> list[str]:
    """Everything that stands between single backticks in running text."""
    return _CODE.findall(_FENCE.sub("", text(page)))


def links(page: Path) -> list[str]:
    """The targets of all links and images that do not leave this repository."""
    return [target for target in _LINK.findall(_FENCE.sub("", text(page))) if "://" not in target]


def anchors(page: Path) -> set[str]:
    """The names by which the headings of a page can be linked to, as GitHub makes them."""
    names = (
        re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in _HEADING.findall(_without_code(page))
    )
    return set(names)


def named_tests(page: Path) -> list[str]:
    return _TEST.findall(text(page))


def make_targets(page: Path) -> set[str]:
    """Targets of ``make`` that stand in code, in running text or in a block."""
    spoken = [*code(page), *(body for _, body in _FENCE.findall(text(page))), *_indented(page)]
    return {target for piece in spoken for target in _MAKE.findall(piece)}


@cache
def tests_in(path: str) -> frozenset[str]:
    """Names of the tests of a file, ``Class::test`` where they stand in a class; empty when there is no such file."""
    file = ROOT / path
    if not file.exists():
        return frozenset()
    names = set()
    for node in ast.parse(file.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ClassDef):
            names |= {f"{node.name}::{item.name}" for item in node.body if isinstance(item, ast.FunctionDef)}
        elif isinstance(node, ast.FunctionDef):
            names.add(node.name)
    return frozenset(names)


def _without_code(page: Path) -> str:
    return _FENCE.sub("", text(page))


def _indented(page: Path) -> list[str]:
    return [line for line in _without_code(page).splitlines() if line.startswith("    ")]
