"""Draws the table of rules of the documentation from the catalogue: ``python -m tests.docs.rules_by_name``."""

from __future__ import annotations

from certify_intacct.model.decisions import Decision
from certify_intacct.model.rules import Desk, Rule
from tests.docs import pages

PAGE = pages.ROOT / "docs" / "posting-rules.md"
BEGIN, END = "<!-- rules by name: begin -->\n", "<!-- rules by name: end -->"

_SAID = {None: "", **{way: way.value.replace("_", " ") for way in Decision}}


def table() -> str:
    """A row for each rule: who can act, whether a person may overrule it, where it is explained."""
    head = "| Rule | Who can act | Or by decision | Explained in |\n|---|---|---|---|\n"
    rows = (
        f"| `{rule}` | {'' if rule.desk is Desk.NOBODY else rule.desk} | {_SAID.get(rule.way, '')} | {rule.section} |\n"
        for rule in Rule
    )
    return head + "".join(rows)


def block(text: str) -> str:
    """What stands between the marks of a page."""
    return text.split(BEGIN)[1].split(END)[0]


if __name__ == "__main__":
    before, _, rest = PAGE.read_text().partition(BEGIN)
    PAGE.write_text(before + BEGIN + table() + END + rest.partition(END)[2])
