"""What the source itself keeps to: a public class has a name of its own, `operators/` holds operators, only its file knows a kind."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from pathlib import Path

from certify_intacct.documents import KINDS
from certify_intacct.model.documents import DocumentKind
from certify_intacct.model.outcomes import ChangeResult, OpenState
from certify_intacct.model.rules import Rule
from include.chaos.kinds import KINDS as JUDGED

PACKAGE = Path(__file__).parents[1] / "plugins" / "certify_intacct"
CHAOS = PACKAGE.parents[1] / "include" / "chaos"


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


#: Where a kind of document may be spoken of by name: its own file and the list, the enum, and the words of connector.yaml.
OF_KINDS = (
    "documents/",
    "model/documents.py",
    "model/configuration/paid.py",
    "model/configuration/invoices.py",
    "model/configuration/posting.py",
)


def test_only_its_own_file_knows_a_kind_of_document():
    """No "if it is a bill" anywhere else, in Python, in SQL or in a template; migrations are history."""
    words = {kind.value for kind in DocumentKind} | {name for kind in KINDS for name in (kind.object, kind.line_object)}
    members = {kind.name for kind in DocumentKind}
    found = []
    for path in [*PACKAGE.rglob("*.py"), *PACKAGE.rglob("*.html"), *(PACKAGE.parents[1] / "dags").glob("*.py")]:
        place = path.relative_to(PACKAGE.parents[1]).as_posix().removeprefix("plugins/certify_intacct/")
        if place.startswith(OF_KINDS) or place.startswith("staging/migrations/versions/"):
            continue
        if path.suffix == ".html":
            spoken = {word for word in words if word in path.read_text(encoding="utf-8")}
        else:
            spoken = names_in(ast.parse(path.read_text(encoding="utf-8")), words, members)
        found += [f"{place}: {word}" for word in sorted(spoken)]
    assert found == []


#: Rooms in which rules are applied, documents are sent and results are written.
OF_WORDS = ("rules", "posting", "provisioning", "commands")
#: Words that are names of fields or settings as well.
OTHER_MEANINGS = {
    *("previous_connector", "default", "currency", "left", "found", "personal", "receipt", "request"),
    "attachment",
}


def test_rules_and_results_are_named_by_their_enums():
    """A misspelt word is an error of the type checker, not a rule that nobody ever releases."""
    words = {str(member) for enum in (Rule, ChangeResult, OpenState) for member in enum} - OTHER_MEANINGS
    found = []
    for path in sorted(path for room in OF_WORDS for path in (PACKAGE / room).rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        spoken = {
            node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)
        }
        found += [f"{path.relative_to(PACKAGE)}: {word}" for word in sorted(spoken & words)]
    assert found == []


def test_each_rule_of_the_catalogue_is_applied_somewhere():
    code = "".join(path.read_text(encoding="utf-8") for path in PACKAGE.rglob("*.py"))
    unused = [rule.name for rule in Rule if not re.search(rf"\bRule\.{rule.name}\b", code)]
    # By what a person was matched: one for each way (``How``), which names them.
    assert [name for name in unused if not name.startswith("BY_")] == []


def test_only_its_own_file_knows_a_kind_that_the_judge_judges():
    """The storm and its judge have kinds of their own, since they share no code with the connector; the same holds of them."""
    assert {kind.object for kind in JUDGED} == {kind.object for kind in KINDS}
    assert {(kind.target, kind.letter) for kind in JUDGED} == {(kind.value, kind.letter) for kind in DocumentKind}
    words = {word for kind in JUDGED for word in (kind.object, kind.lines, kind.target, kind.function)}
    words |= {kind.line_object for kind in KINDS}
    found = []
    for path in CHAOS.rglob("*.py"):
        place = path.relative_to(CHAOS).as_posix()
        if not place.startswith("kinds/"):
            spoken = names_in(ast.parse(path.read_text(encoding="utf-8")), words, set())
            found += [f"{place}: {word}" for word in sorted(spoken)]
    assert found == []
    for kind in JUDGED:
        place = CHAOS / "kinds" / f"{kind.target}.py"
        others = {other.object for other in JUDGED} - {kind.object}
        assert names_in(ast.parse(place.read_text(encoding="utf-8")), others, set()) == set()


def names_in(tree: ast.Module, words: set[str], members: set[str]) -> set[str]:
    """Which of the words stand in texts that do something (not in docstrings), and which members of the enum are named."""
    told = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef))
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in told:
            found |= {word for word in words if re.search(rf"\b{word}\b", node.value)}
        elif isinstance(node, ast.Attribute) and node.attr in members:
            found.add(node.attr)
    return found
