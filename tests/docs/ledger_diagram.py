"""The picture of the ledger's states, drawn from the one transition table in code.

``python -m tests.docs.ledger_diagram`` from the repository's root writes it into docs/architecture.md anew.
"""

from __future__ import annotations

from pathlib import Path

from certify_intacct.model.ledger import TRANSITIONS, LedgerState

PAGE = Path(__file__).parents[2] / "docs" / "architecture.md"
BEGIN = "<!-- ledger diagram: begin -->"
END = "<!-- ledger diagram: end -->"


def diagram() -> str:
    """The diagram as a Mermaid code block, followed by the same table in words."""
    lines = ["```mermaid", "stateDiagram-v2", "    direction LR"]
    for before, after in _edges():
        lines.append(f"    {before.value if before else '[*]'} --> {after.value}")
    lines += ["```", "", "| A document that is | may become |", "|---|---|"]
    for before, afters in TRANSITIONS.items():
        become = ", ".join(f"`{state.value}`" for state in LedgerState if state in afters)
        lines.append(f"| {f'`{before.value}`' if before else 'not in the ledger'} | {become or 'nothing else'} |")
    return "\n".join(lines)


def block(page: str) -> str:
    """What stands between the two marks of the page.

    :raises ValueError: when a mark is missing
    """
    if BEGIN not in page or END not in page:
        raise ValueError(f"{PAGE} must hold the lines {BEGIN} and {END}.")
    return page.split(BEGIN, 1)[1].split(END, 1)[0].strip()


def main() -> None:
    page = PAGE.read_text(encoding="utf-8")
    block(page)
    before, after = page.split(BEGIN)[0], page.split(END)[1]
    PAGE.write_text(f"{before}{BEGIN}\n{diagram()}\n{END}{after}", encoding="utf-8")


def _edges() -> list[tuple[LedgerState | None, LedgerState]]:
    return [(before, after) for before, afters in TRANSITIONS.items() for after in LedgerState if after in afters]


if __name__ == "__main__":
    main()
