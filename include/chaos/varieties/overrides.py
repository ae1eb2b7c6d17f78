"""Lines that become something else than others of their payer (docs/posting-rules.md, rule 37)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from include.chaos.kinds import COMPANY, EMPLOYEE, KINDS, Kind
from include.chaos.kinds.gl_journal import PAYROLL
from include.chaos.postings import Record

#: Targets that make no document: it waits; or it is none of ours.
HOLD, NONE = "hold", "none"
# In a row, the first other kind of its payer that may stand beside what the others become.
_OTHER, _JOURNAL = "other", "journal"


@dataclass(frozen=True)
class Row:
    """Lines that have what each list names, where it names anything."""

    target: str
    categories: Collection[str] = ()
    cards: Collection[str] = ()
    entities: Collection[str] = ()
    departments: Collection[str] = ()

    def fits(self, report: Record, line: Record) -> bool:
        """Whether a line is one of them."""
        pairs = (
            (self.categories, line.get("ExpenseCategory")), (self.cards, line.get("PaymentCardName")),
            (self.entities, report.get("EmpGLD1Code")), (self.departments, line.get("DepartmentCode")),
        )  # fmt: skip
        return all(not listed or str(value or "") in listed for listed, value in pairs)

    def said(self, target: str) -> dict[str, Any]:
        """The row in connector.yaml."""
        names = ("categories", "cards", "entities", "departments")
        return {name: list(listed) for name in names if (listed := getattr(self, name))} | {"target": target}


@dataclass(frozen=True)
class Variety:
    """By payer the rows; the first that fits a line decides."""

    name: str
    rows: Mapping[str, Sequence[Row]]


@dataclass(frozen=True)
class Overrides:
    """A variety beside what the lines of no row become.

    :param kinds: by payer that kind
    """

    variety: Variety
    kinds: Mapping[str, Kind]

    @property
    def posting(self) -> dict[str, Any]:
        """What connector.yaml says under `posting`."""
        return {
            f"{payer}_paid": {"overrides": [row.said(_word(self._target(payer, row))) for row in rows]}
            for payer, rows in self.variety.rows.items()
        }

    @property
    def further(self) -> dict[str, list[Kind]]:
        """By payer the kinds that lines may become beside the usual one."""
        found: dict[str, list[Kind]] = {}
        for payer, rows in self.variety.rows.items():
            targets = (self._target(payer, row) for row in rows)
            found[payer] = list(dict.fromkeys(kind for kind in targets if isinstance(kind, Kind)))
        return found

    def target(self, payer: str, report: Record, line: Record) -> Kind | str:
        """What a payer's part of a line becomes: a kind, or a word for none."""
        rows = self.variety.rows.get(payer, ())
        row = next((one for one in rows if one.fits(report, line)), None)
        return self._target(payer, row) if row else self.kinds[payer]

    def _target(self, payer: str, row: Row) -> Kind | str:
        usual = self.kinds[payer]
        if row.target == _JOURNAL and payer == EMPLOYEE:
            return PAYROLL
        if row.target not in (_OTHER, _JOURNAL):
            return row.target
        return next(kind for kind in KINDS if kind.payer == payer and not kind.lowers and kind is not usual)


def _word(target: Kind | str) -> str:
    return target.target if isinstance(target, Kind) else target


VARIETIES = (
    Variety("no overrides", {}),
    Variety(
        "overrides by category",
        {EMPLOYEE: (Row(HOLD, categories=("Meals",)), Row(_OTHER, categories=("Hotel", "Airfare", "Train"))),
         COMPANY: (Row(NONE, categories=("Meals",)), Row(_OTHER, categories=("Hotel", "Software", "Train")))},
    ),
    Variety("overrides by card", {COMPANY: (Row(_OTHER, cards=("Corporate Amex",)),)}),
    Variety(
        "overrides by entity",
        {EMPLOYEE: (Row(_JOURNAL, entities=("110",)),), COMPANY: (Row(_OTHER, entities=("110",)),)},
    ),
    Variety(
        "overrides by department",
        {EMPLOYEE: (Row(_OTHER, departments=("100", "102")), Row(_JOURNAL, departments=("007",))),
         COMPANY: (Row(HOLD, departments=("103",), cards=("Corporate Visa",)), Row(_OTHER, departments=("100", "103")))},
    ),
)  # fmt: skip
