"""Tax of the entities that have a tax solution (docs/posting-rules.md, rule 15): what of it is claimed, and under which detail.

A line's tax stands in VATAmount, HSTAmount and PSTAmount, its country in Expense Report GLD 4. Entries are exclusive: the line is
without the tax, which stands beside it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from include.chaos.kinds import COMPANY
from include.chaos.postings import Record, money

Taxes = tuple[tuple[str, Decimal], ...]
_FIELDS = {"VAT": "VATAmount", "HST": "HSTAmount", "PST": "PSTAmount"}
_CENT = Decimal("0.01")
COUNTRY = "ExpenseReportGLD4Code"


class Waits(Exception):
    """Why a line, and so its document, waits."""


@dataclass(frozen=True)
class Row:
    """Lines of which something else is true; those that have what each list names, where it names anything.

    :param says: in the words of connector.yaml: details, and `reclaim`
    """

    says: Mapping[str, Any]
    categories: Collection[str] = ()
    countries: Collection[str] = ()

    def fits(self, line: Record, *, anywhere: bool = False) -> bool:
        """Whether a line is one of them; `anywhere`, in whatever country."""
        there = anywhere or not self.countries or str(line.get(COUNTRY) or "") in self.countries
        return there and (not self.categories or line.get("ExpenseCategory") in self.categories)


@dataclass(frozen=True)
class Variety:
    """How the company treats tax.

    :param name: what it is called when a round tells of it
    :param solutions: of the entities that are taxed
    :param says: in the words of connector.yaml, of each of these entities
    :param rows: its `details`, the first that fits a line decides
    :param states: the tax that lines of these entities state, and how many percent of their net amount
    """

    name: str
    solutions: Mapping[str, str] = field(default_factory=dict)
    says: Mapping[str, Any] = field(default_factory=dict)
    rows: Sequence[Row] = ()
    states: tuple[str, int] = ("VAT", 20)

    @property
    def posting(self) -> dict[str, Any]:
        """What connector.yaml says under `posting`."""
        if not self.solutions:
            return {}
        rows = [
            {name: list(value) for name in ("categories", "countries") if (value := getattr(row, name))}
            | dict(row.says)
            for row in self.rows
        ]
        each = {"mode": "map", **self.says} | ({"details": rows} if rows else {})
        entities = {
            entity: each | ({"solution": solution} if each["mode"] == "map" else {})
            for entity, solution in self.solutions.items()
        }
        return {"tax": {"default": {"mode": "gross"}, "entities": entities, "country": "report_gld/4"}}

    @property
    def sandbox(self) -> dict[str, Any]:
        """The settings of the sandbox that go with it."""
        if not self.solutions:
            return {}
        needed = self.says.get("mode", "map") == "map" and self.says.get("untaxed_lines") != "no_entry"
        return {
            "entity_tax_solutions": dict(self.solutions),
            "lines_without_tax_entry": "refuse" if needed else "accept",
        }

    def divided(self, entity: str, line: Record, payer: str, part: Decimal, *, ours: bool) -> tuple[Decimal, Taxes]:
        """What of a payer's part of a line is the expense, and its tax entries.

        :param ours: whether it is an expense at all, of which tax may be claimed
        :raises Waits: it is not posted
        """
        if entity not in self.solutions:
            return part, ()
        stated = {name: tax for name, field in _FIELDS.items() if ours and (tax := money(line.get(field)))}
        if self.says.get("mode") == "hold":
            if stated:
                raise Waits("tax")
            return part, ()
        row = next((one for one in self.rows if one.fits(line)), None)
        self._need_a_country(line, stated)
        shares = {name: self._share(name, row) for name in stated}
        claimed = {name: tax for name, tax in stated.items() if shares[name]}
        if not claimed:
            return part, self._untaxed(row)
        details = {name: self._detail(f"{name.lower()}_detail", row) for name in claimed}
        if not all(details.values()):
            raise Waits("a tax without a detail")
        taxes = _of_part(
            line, payer, part, {name: _percent(tax, shares[name]) for name, tax in claimed.items()}, claimed
        )
        return part - sum(taxes.values(), Decimal(0)), tuple((details[name], tax) for name, tax in taxes.items())

    def _need_a_country(self, line: Record, stated: Collection[str]) -> None:
        for row in self.rows:
            if row.fits(line):
                return
            if stated and row.countries and not line.get(COUNTRY) and row.fits(line, anywhere=True):
                raise Waits("no country")

    def _share(self, name: str, row: Row | None) -> Decimal:
        for said in (row.says if row else {}, self.says):
            reclaim = said.get("reclaim")
            share = reclaim.get(name) if isinstance(reclaim, Mapping) else reclaim
            if share is not None:
                return Decimal(share)
        return Decimal(100)

    def _detail(self, name: str, row: Row | None) -> str:
        return str((row.says if row else {}).get(name) or self.says.get(name) or "")

    def _untaxed(self, row: Row | None) -> Taxes:
        if self.says.get("untaxed_lines") == "no_entry":
            return ()
        zero = self._detail("zero_detail", row)
        if not zero:
            raise Waits("no zero detail")
        return ((zero, Decimal(0)),)


def _percent(tax: Decimal, share: Decimal) -> Decimal:
    return tax if share == 100 else (tax * share / 100).quantize(_CENT, ROUND_HALF_UP)


def _of_part(
    line: Record, payer: str, part: Decimal, reclaimed: Mapping[str, Decimal], claimed: Mapping[str, Decimal]
) -> dict[str, Decimal]:
    """What goes with a payer's part: by its share of the line, and what rounding leaves with the company's.

    :raises Waits: the taxes cannot be part of the line
    """
    whole, owed = money(line["Amount"]), money(line["ReimAmount"])
    wrong = any(tax * whole < 0 or tax != tax.quantize(_CENT) for tax in claimed.values())
    if wrong or abs(sum(claimed.values(), Decimal(0))) > abs(whole):
        raise Waits("tax above the amount")
    employees: dict[str, Decimal] = {}
    left = abs(owed)
    for name, tax in reclaimed.items():
        share = min((abs(tax * owed) / abs(whole)).quantize(_CENT, ROUND_HALF_UP), left)
        left -= share
        employees[name] = share.copy_sign(whole)
    taxes = {name: tax - employees[name] for name, tax in reclaimed.items()} if payer == COMPANY else employees
    if abs(sum(taxes.values(), Decimal(0))) > abs(part):
        raise Waits("tax above the part")
    return taxes


_UK, _CANADA = "United Kingdom - VAT", "Canadian Sales Tax - SYS"
_BRITISH = {"vat_detail": "VAT UK 20", "zero_detail": "VAT UK 0"}
_CANADIAN = {"hst_detail": "HST CA 13", "zero_detail": "CA 0"}
# The second entity is there in every round, and in the seed no line of it states any tax: the round has them stated.
_BRITAIN, _OF_CANADA = {"110": _UK, "130": _UK}, {"110": _CANADA, "150": _CANADA}
VARIETIES = (
    Variety("gross"),
    Variety("British VAT", _BRITAIN, _BRITISH),
    Variety(
        "British VAT by rows", _BRITAIN, _BRITISH,
        (Row({"reclaim": 0}, countries=("FR",)), Row({"reclaim": 0}, categories=("Entertainment",)),
         Row({"reclaim": 50}, categories=("Car Rental", "Hotel")), Row({"vat_detail": "VAT UK 0"}, categories=("Parking and Tolls",))),
    ),
    Variety("British VAT without a zero detail", _BRITAIN, {"vat_detail": "VAT UK 20"}),
    Variety("Canadian HST", _OF_CANADA, _CANADIAN, states=("HST", 13)),
    Variety(
        "Canadian HST in part", _OF_CANADA, {**_CANADIAN, "untaxed_lines": "no_entry", "reclaim": {"HST": 37, "PST": 0}},
        (Row({"reclaim": {"HST": 50}}, categories=("Meals", "Entertainment")),), states=("HST", 13),
    ),
    Variety("tax waits", _BRITAIN, {"mode": "hold"}),
)  # fmt: skip
