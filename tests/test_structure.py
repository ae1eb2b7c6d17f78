"""What the source itself keeps to: a public class has a name of its own, and `operators/` holds operators."""

from __future__ import annotations

import ast
from collections import defaultdict
from pathlib import Path

PACKAGE = Path(__file__).parents[1] / "plugins" / "certify_intacct"


def public_classes(path: Path) -> list[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [node.name for node in tree.body if isinstance(node, ast.ClassDef) and not node.name.startswith("_")]


def test_no_public_class_has_the_name_of_another():
    """Who reads a name, or looks for it, finds one thing."""
    places: defaultdict[str, list[str]] = defaultdict(list)
    for path in sorted(PACKAGE.rglob("*.py")):
        for name in public_classes(path):
            places[name].append(str(path.relative_to(PACKAGE)))
    assert {name: found for name, found in places.items() if len(found) > 1} == {}


def test_an_operator_is_a_file_and_nothing_else_is_there():
    found = {
        path.name: public_classes(path) for path in (PACKAGE / "operators").glob("*.py") if path.name != "__init__.py"
    }
    assert [name for name, classes in found.items() if len(classes) != 1] == []
    wrong = [name for (name,) in found.values() if not name.endswith(("Operator", "Sensor"))]
    assert wrong == []
