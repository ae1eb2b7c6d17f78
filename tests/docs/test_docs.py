"""The documentation names what exists: files, tests, make targets, keys of connector.yaml, tables; its SQL runs."""

from __future__ import annotations

import re
import tomllib
import typing

import psycopg
import pytest
from pydantic import BaseModel

from certify_intacct.documents import KINDS
from certify_intacct.model.configuration import Configuration, load
from certify_intacct.model.dimensions import DIMENSIONS, ENTITY, PLACES
from certify_intacct.model.rules import Rule
from certify_intacct.rules.preflight import rights
from tests.docs import ledger_diagram, pages, rules_by_name
from tests.docs.pages import PAGES, ROOT

RULES = ROOT / "docs" / "posting-rules.md"
# Made by make or by a user, so not in the repository.
MADE = (".run", ".up", ".venv", ".env")
TOP = {path.name for path in ROOT.iterdir()} - {".git", *MADE}
_PATH = re.compile(r"[\w.\-]+(/[\w.\-{}*]+)*/?")
_TABLE = re.compile(r"(ops|staging|quality|plan|ledger)\.([a-z_]+)")
_KEY = re.compile(r"(company|dimensions|people|posting|notifications)(\.[a-z_]+)+")
_RULE = re.compile(r"^### (\d+)\. (.+)$", re.MULTILINE)

each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)


def test_the_ledgers_diagram_is_drawn_from_the_code():
    told = ledger_diagram.block(pages.text(ledger_diagram.PAGE))
    assert told == ledger_diagram.diagram(), "python -m tests.docs.ledger_diagram draws it anew"


def test_the_table_of_rules_is_the_catalogue():
    told = rules_by_name.block(pages.text(rules_by_name.PAGE))
    assert told == rules_by_name.table(), "python -m tests.docs.rules_by_name draws it anew"
    explained = {int(number) for number, _ in _RULE.findall(RULES.read_text())}
    assert {rule.section for rule in Rule} <= explained


def test_the_drawing_of_the_rooms_is_the_contract_of_imports():
    text = pages.text(ROOT / "docs" / "architecture.md")
    drawn = text.split("<!-- rooms: begin -->\n")[1].split("<!-- rooms: end -->")[0]
    top, *told = [re.split(r" {3,}", line.strip())[0].split(" · ") for line in drawn.splitlines()]
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    (layers,) = [contract["layers"] for contract in contracts if contract["type"] == "layers"]
    assert top == ["dags"]
    assert told == [[room.strip().removeprefix("certify_intacct.") for room in layer.split("|")] for layer in layers]


@each_page
def test_every_file_that_is_named_exists(page):
    named = {piece.split("::")[0] for piece in pages.code(page)}
    paths = [name for name in named if _PATH.fullmatch(name) and name.split("/")[0] in TOP]
    assert [name for name in paths if not (list(ROOT.glob(name)) if "*" in name else (ROOT / name).exists())] == []


@each_page
def test_every_link_leads_somewhere(page):
    broken = []
    for link in pages.links(page):
        file, _, anchor = link.partition("#")
        target = (page.parent / file).resolve() if file else page
        if not target.exists() or (anchor and anchor not in pages.anchors(target)):
            broken.append(link)
    assert broken == []


@each_page
def test_every_test_that_is_named_exists(page):
    missing = [name for name in pages.named_tests(page) if not _test_exists(name)]
    assert missing == []


@each_page
def test_every_make_target_that_is_named_exists(page):
    assert pages.make_targets(page) - _targets() == set()


def test_readme_names_every_make_target():
    assert _targets() - pages.make_targets(ROOT / "README.md") == set()


@each_page
def test_every_key_of_connector_yaml_that_is_named_exists(page):
    named = {piece.split(":")[0] for piece in pages.code(page)}
    assert [key for key in named if _KEY.fullmatch(key) and not _is_key(Configuration, key.split("."))] == []


def test_the_table_of_rights_is_the_codes():
    """As when all three kinds of record become users, every dimension is used, and everything is posted that can be."""
    everything = load(ROOT / "include" / "connector.yaml").model_dump()
    everything["people"]["sources"] = [{"kind": kind} for kind in ("employee", "vendor", "user")]
    free = iter(place for place in PLACES if place.number and str(place) != ENTITY.default_place)
    further = [row for row in DIMENSIONS if row.places and not row.default_place]
    everything["dimensions"] = {row.name: {"certify": str(next(free))} for row in further}
    everything["posting"]["tax"] = {"default": {"solution": "UK", "zero_detail": "UK 0"}}
    configuration = Configuration.model_validate(everything)
    needed = {(need.place, right) for need in _needs(configuration) for right in _words(need.right)}
    row = r"^\| ([\w &]+) \| ([\w ]+?)(?: \(\*\))? \| ((?:List|View|Add|Edit|Post|, )+) \|"
    told = re.findall(row, pages.text(ROOT / "README.md"), re.MULTILINE)
    assert {
        ((application, policy), right) for application, policy, words in told for right in words.split(", ")
    } == needed


def test_every_table_that_is_named_exists(database):
    with psycopg.connect(database.owner_url) as connection:
        known = set(connection.execute("SELECT table_schema, table_name FROM information_schema.tables"))
    missing = {
        f"{page.name}: {'.'.join(found)}"
        for page in PAGES
        for piece in pages.code(page)
        for found in [match.groups() for match in [_TABLE.fullmatch(piece)] if match]
        if found not in known
    }
    assert missing == set()


def test_the_page_of_the_database_names_every_table_but_those_of_streams(database):
    told = pages.text(ROOT / "docs" / "architecture.md").split("## The database")[1].split("\n## ")[0]
    with psycopg.connect(database.owner_url) as connection:
        tables = connection.execute(
            "SELECT table_schema, table_name FROM information_schema.tables"
            " WHERE table_schema IN ('ops', 'quality', 'plan', 'ledger') AND table_type = 'BASE TABLE'"
        ).fetchall()
    named = {".".join(found) for found in _TABLE.findall(told)}
    assert {f"{schema}.{name}" for schema, name in tables} - named == set()


def test_the_sql_runs(database):
    """As the analyst, who may only read, unless its first line names another role. Nothing is kept."""
    urls = {"connector_owner": database.owner_url, "connector_loader": database.loader_url}
    blocks = [block for page in PAGES for block in pages.fences(page, "sql")]
    assert blocks
    for block in blocks:
        role = re.match(r"-- as (\w+)", block)
        url = urls[role[1]] if role else database.analyst_url
        with psycopg.connect(url) as connection:
            connection.execute(block)
            connection.rollback()


def test_every_rule_says_what_it_protects_where_it_is_kept_and_by_which_test():
    text = pages.text(RULES)
    numbers = [int(number) for number, _ in _RULE.findall(text)]
    assert numbers == list(range(1, len(numbers) + 1))
    for number, body in _rules(text).items():
        for word in ("Protects against:", "Kept in:", "Held by:"):
            assert f"- {word} " in body, f"rule {number} lacks {word!r}"
        kept, held = body.split("- Kept in: ", 1)[1].split("- Held by: ", 1)
        assert re.search(r"`[\w/.]+\.(py|sql|yaml)`", kept), f"rule {number} names no module"
        assert ("tests/" in held) != held.startswith("no test yet"), f"rule {number} names neither tests nor their lack"


def test_rules_without_a_test_are_listed():
    text = pages.text(RULES)
    unheld = {number for number, body in _rules(text).items() if "- Held by: no test yet" in body}
    listed = text.split("## Not held by a test yet", 1)[1].split("\n## ", 1)[0]
    assert {int(number) for number in re.findall(r"^- (\d+)[ ,.:(]", listed, re.MULTILINE)} >= unheld


def _needs(configuration: Configuration) -> list[rights.Need]:
    posted = [need for kind in KINDS for need in kind.needs()]
    return [
        need for direction in ("organization", "expense") for need in rights.needs(configuration, direction, posted)
    ]


def _words(right: str) -> list[str]:
    return ["List", "View"] if right == rights.READ else [right]


def _rules(text: str) -> dict[int, str]:
    parts = re.split(r"^### (\d+)\. .+$", text.split("## Not held by a test yet")[0], flags=re.MULTILINE)
    return {int(number): body for number, body in zip(parts[1::2], parts[2::2], strict=True)}


def _test_exists(name: str) -> bool:
    path, _, test = name.partition("::")
    return any(known == test or known.endswith(f"::{test}") for known in pages.tests_in(path))


def _targets() -> set[str]:
    return set(re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))


def _is_key(kind: typing.Any, path: list[str]) -> bool:
    """Whether the configuration has a key at that path; below a mapping or a list every name is one."""
    if not path:
        return True
    models = [part for part in (kind, *typing.get_args(kind)) if isinstance(part, type) and issubclass(part, BaseModel)]
    if models:
        field = models[0].model_fields.get(path[0])
        return field is not None and _is_key(field.annotation, path[1:])
    return typing.get_origin(kind) is not None
