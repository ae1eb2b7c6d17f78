"""What persons took out of our hands (booked by hand, not ours): lines, in whatever documents they would be by now.

connector.yaml may divide a report otherwise tomorrow; a decision stays one about the lines that waited when it was made.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from certify_intacct.model.decisions import Decision
from certify_intacct.model.payers import Payer
from certify_intacct.model.report_plans import Hold
from certify_intacct.model.rules import Rule
from certify_intacct.rules.expenses import hashing
from certify_intacct.rules.expenses.numbering import ExpensePart

_SHOWN = 3
# When it was processed decides how a document is dated, and no document is made of what somebody took out.
_MOVES = frozenset({"processed_date", *hashing.TOTALS})


@dataclass(frozen=True, kw_only=True)
class TakenOut:
    """A decision that stands.

    :param said: who decided what, as a beginning of a sentence for a person
    :param content_hash: of what it is about, and ``content`` that itself, a part (``hashing.part_content``) or a whole report
        (``hashing.business_content``); None where an earlier version kept its hash alone
    """

    decision: Decision
    said: str
    content_hash: str
    content: Mapping[str, Any] | None = None

    @property
    def parts(self) -> Iterator[ExpensePart]:
        """The parts of lines that it is about."""
        content = self.content or {"lines": {}}
        payers = [Payer(content["payer"])] if "payer" in content else list(Payer)
        return ((line_id, payer) for line_id in content["lines"] for payer in payers)


@dataclass(frozen=True, kw_only=True)
class DecidedParts:
    """What of a report persons took out of our hands, as the report is now.

    :param out: these parts are as they were then
    :param changed: what was decided about the others, and what became of them since, for a person
    :param unknown: decisions of which nobody knows what they are about
    """

    out: Mapping[ExpensePart, TakenOut] = field(default_factory=dict)
    changed: tuple[str, ...] = ()
    unknown: tuple[TakenOut, ...] = ()

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


def decided_parts(decisions: Iterable[TakenOut], content: Mapping[str, Any]) -> DecidedParts:
    """What decisions about a report mean for it as it is now.

    :param content: its business content
    """
    out: dict[ExpensePart, TakenOut] = {}
    changed: dict[ExpensePart, str] = {}
    unknown: list[TakenOut] = []
    for one in decisions:
        if one.content is None:
            unknown.append(one)
            continue
        for part in one.parts:
            differences = hashing.differences(_of_line(one.content, part[0]), _of_line(content, part[0]))
            if differences:
                changed[part] = f"{one.said}, and since then {', '.join(differences)}"
            else:
                out[part] = one
    said = dict.fromkeys(text for part, text in changed.items() if part not in out)
    return DecidedParts(out=out, changed=tuple(said), unknown=tuple(unknown))


def _of_line(content: Mapping[str, Any], line_id: str) -> dict[str, Any]:
    """What decides whether a line is the same; no lines where it is gone."""
    report = {name: value for name, value in content["report"].items() if name not in _MOVES}
    lines = {line_id: content["lines"][line_id]} if line_id in content["lines"] else {}
    return {"report": report, "lines": lines}
