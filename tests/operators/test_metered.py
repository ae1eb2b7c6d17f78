"""No task asks a service uncounted."""

from __future__ import annotations

import ast
from pathlib import Path

import certify_intacct

PACKAGE = Path(certify_intacct.__file__).parent
HOOKS = ("SageIntacctHook", "CertifyHook")


def hooks_made() -> list[tuple[str, bool]]:
    """Where the connector makes a hook, and whether it gives it a meter."""
    found = []
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in HOOKS:
                place = f"{path.relative_to(PACKAGE)}:{node.lineno}"
                found.append((place, any(word.arg == "meter" for word in node.keywords)))
    return found


def test_every_hook_that_the_connector_makes_has_a_meter():
    made = hooks_made()
    assert len(made) > 10
    assert [place for place, metered in made if not metered] == []
