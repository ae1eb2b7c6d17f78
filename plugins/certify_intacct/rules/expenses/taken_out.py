"""What persons took out of our hands (booked by hand, not ours): lines, in whatever documents they would be by now.

connector.yaml may divide a report otherwise tomorrow; a decision stays one about the lines that waited when it was made.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from certify_intacct.model.decisions import Decision
from certify_intacct.model.payers import ExpensePart, Payer
from certify_intacct.model.report_plans import Hold
from certify_intacct.model.rules import Rule
from certify_intacct.rules.expenses import hashing

_SHOWN = 3
# These decide how a document is dated, and no document is made of what somebody took out.
_MOVES = frozenset({"processed_date", hashing.DATED_BY, *hashing.DATES, *hashing.TOTALS})


@dataclass(frozen=True, kw_only=True)
class TakenOut:
    """A decision that stands.

    :param said: who decided what, as a beginning of a sentence for a person
    :param content_hash: of what it is about, and ``content`` that itself, a part (``hashing.part_content``) or a whole report
        (``hashing.business_content``); None where an earlier version kept its hash alone
    :param stood: what of that stood in Intacct already when it was made: it is not about these parts
    """

    decision: Decision
    said: str
    content_hash: str
    content: Mapping[str, Any] | None = None
    stood: Collection[ExpensePart] = frozenset()

    @property
    def parts(self) -> Iterator[ExpensePart]:
        """The parts of lines that it is about."""
        content = self.content or {"lines": {}}
        payers = [Payer(content["payer"])] if "payer" in content else list(Payer)
        return (
            part for line_id in content["lines"] for payer in payers if (part := (line_id, payer)) not in self.stood
        )


@dataclass(frozen=True, kw_only=True)
class DecidedParts:
    """What of a report persons took out of our hands, as the report is now.

    :param out: these parts are as they were then
    :param changed: what was decided about the others, and what became of them since, for a person
    :param unknown: decisions of which nobody knows what they are about
    :param taken: what documents hold by now
    """

    out: Mapping[ExpensePart, TakenOut] = field(default_factory=dict)
    changed: tuple[str, ...] = ()
    unknown: tuple[TakenOut, ...] = ()
    taken: Collection[ExpensePart] = ()

    @property
    def hashes(self) -> tuple[str, ...]:
        """Of the decisions by which something is out."""
        return tuple(dict.fromkeys(one.content_hash for one in self.out.values()))

    def covers(self, line_ids: Iterable[str], content: Mapping[str, Any]) -> bool:
        """Whether these lines are out, a part at least, or posted, with all that anybody paid of them, and nothing is changed."""
        parts = [(line_id, payer) for line_id in line_ids for payer in Payer if _bears(content, (line_id, payer))]
        told = not self.changed and not self.unknown and self._is_all(content)
        mine = any(part in self.out for part in parts)
        return mine and told and all(part in self.out or part in self.taken for part in parts)

    def _is_all(self, content: Mapping[str, Any]) -> bool:
        """Whether the lines are all that the header states, or a person decided about a whole report of these totals."""
        header = content["report"]
        whole = (one.content["report"] for one in self.out.values() if one.content and "payer" not in one.content)
        if any(all(one.get(name) == header.get(name) for name in hashing.TOTALS) for one in whole):
            return True
        return header.get("total_amount") is not None and any(
            sum((Decimal(line.get(f"{which}amount") or 0) for line in content["lines"].values()), Decimal(0))
            == Decimal(header["total_amount"])
            for which in ("", "converted_")
        )

    def holds(self, label: str, hashes: Collection[str]) -> list[Hold]:
        """Why what is left of the report waits: it may be what somebody has booked, or what was nobody's business.

        :param hashes: of all parts of the report as it is divided now
        """
        lost = [one for one in self.unknown if one.content_hash not in hashes]
        reasons = [
            *self.changed,
            *(f"{one.said}; which lines that was is not known, for they were divided otherwise" for one in lost),
        ]
        if not reasons:
            return []
        more = f" And {len(reasons) - _SHOWN} more." if len(reasons) > _SHOWN else ""
        reason = f"{label}: {'. '.join(reasons[:_SHOWN])}.{more} Posted, it may stand in Intacct twice."
        cure = "Release it when it is something else; or decide about it as well, that it was booked by hand or is not ours."
        return [Hold(Rule.CHANGED_AFTER_DECISION, reason, cure)]


def decided_parts(
    decisions: Iterable[TakenOut], content: Mapping[str, Any], taken: Collection[ExpensePart] = ()
) -> DecidedParts:
    """What decisions about a report mean for it as it is now.

    :param content: its business content
    :param taken: what documents of the ledger hold by now; whoever released that has answered for it
    """
    out: dict[ExpensePart, TakenOut] = {}
    changed: dict[ExpensePart, str] = {}
    unknown: list[TakenOut] = []
    for one in decisions:
        if one.content is None:
            unknown.append(one)
            continue
        for line_id in _come_since(one.content, content):
            for payer in (payer for payer in Payer if _bears(content, (line_id, payer))):
                changed[line_id, payer] = f"{one.said}, over the same total, and since then line {line_id} has come"
        for part in one.parts:
            if not (_bears(one.content, part) or _bears(content, part)):
                continue
            differences = hashing.differences(_of_line(one.content, part[0]), _of_line(content, part[0]))
            if differences:
                changed[part] = f"{one.said}, and since then {', '.join(differences)}"
            else:
                out[part] = one
    said = dict.fromkeys(text for part, text in changed.items() if part not in out and part not in taken)
    return DecidedParts(out=out, changed=tuple(said), unknown=tuple(unknown), taken=taken)


def _of_line(content: Mapping[str, Any], line_id: str) -> dict[str, Any]:
    """What decides whether a line is the same; no lines where it is gone."""
    report = {name: value for name, value in content["report"].items() if name not in _MOVES}
    lines = {line_id: content["lines"][line_id]} if line_id in content["lines"] else {}
    return {"report": report, "lines": lines}


def _come_since(decided: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """Lines that Certify did not tell when a person decided about a whole report, whose totals had them already."""
    whole = "payer" not in decided
    if not whole or any(decided["report"].get(name) != now["report"].get(name) for name in hashing.TOTALS):
        return []
    return sorted(now["lines"].keys() - decided["lines"].keys())


def _bears(content: Mapping[str, Any], part: ExpensePart) -> bool:
    """Whether a payer has any of a line, by whichever of its amounts; what nobody can read may be."""
    line_id, payer = part
    line = content["lines"].get(line_id)
    if line is None:
        return False
    stated = [
        (amount, line.get(f"{which}reim_amount"))
        for which in ("", "converted_")
        if (amount := line.get(f"{which}amount")) is not None
    ]
    if payer is Payer.EMPLOYEE:
        return not stated or any(reimbursed != "0" for _, reimbursed in stated)
    return not stated or any(amount != reimbursed for amount, reimbursed in stated)
