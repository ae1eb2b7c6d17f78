"""Keeping a list of Certify (departments, the rows of a GLD) as Intacct has the values of a dimension: matched by code, never by name.

What stands in Certify alone is left as it is. What Intacct has made inactive leaves Certify last, and only when nobody uses it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from certify_intacct.model.changes import Action, Change, pending
from certify_intacct.model.configuration.dimensions import Used
from certify_intacct.model.people import CertifyItem, ListValue
from certify_intacct.model.rules import Rule
from certify_intacct.rules.likeness import clean_name, outline, visible


@dataclass(frozen=True, kw_only=True)
class ListPlan:
    """What becomes of a list.

    :param used: the dimension, and where in Certify its list is
    :param changes: creates, updates and holds, by code
    :param ids: code to Certify's ID (or its stand-in, for what the plan creates); only what people may be assigned to
    :param leaving: rows of Certify that Intacct has made inactive
    """

    used: Used
    changes: tuple[Change, ...]
    ids: Mapping[str, str]
    leaving: tuple[CertifyItem, ...]


def plan_list(used: Used, sources: Iterable[ListValue], targets: Iterable[CertifyItem]) -> ListPlan:
    """Compares the two lists. Of one that is kept by hand nothing is changed, and people are assigned to what is there."""
    by_code: dict[str, list[CertifyItem]] = defaultdict(list)
    for item in targets:
        by_code[item.code].append(item)
    given: dict[str, list[ListValue]] = defaultdict(list)
    for source in sources:
        given[source.code].append(source)
    changes: list[Change] = []
    ids: dict[str, str] = {}
    leaving: list[CertifyItem] = []
    alike = _Alike(given, by_code)
    for code in sorted(given):
        source, matches = given[code][0], by_code.get(code, [])
        target = only(matches)
        problem = _problem(used, given[code], matches, target) or alike.problem(used, source, target)
        if problem:
            changes.append(_held(used, source, *problem))
        elif not source.active:
            if target is not None and target.active:
                leaving.append(target)
        elif not used.settings.sync:
            if target is not None and target.active:
                ids[code] = target.id
        elif target is None:
            changes.append(_create(used, source))
            ids[code] = pending(used.dimension.subject, code)
        else:
            ids[code] = target.id
            changes += _differences(used, source, target)
    if not used.settings.sync:
        changes, leaving = [], []
    return ListPlan(used=used, changes=tuple(changes), ids=ids, leaving=tuple(leaving))


def plan_leaving(plan: ListPlan, uses: Mapping[str, str]) -> list[Change]:
    """Deactivates what nobody uses any more.

    :param uses: Certify ID to a phrase that says who still uses it, for what is in use
    """
    changes = []
    for target in plan.leaving:
        use = uses.get(target.id)
        changes.append(
            Change(
                subject=plan.used.dimension.deactivation,
                action=Action.HOLD if use else Action.DEACTIVATE,
                key=target.code,
                target_id=target.id,
                before={} if use else {"Active": 1},
                after={} if use else {"Active": 0},
                reason=f"{_title(plan.used, target)} is inactive in Intacct"
                + (f", but stays active in Certify: {use}." if use else " and nobody uses it in Certify."),
                rule=Rule.IN_USE if use else Rule.INACTIVE_IN_INTACCT,
                cure=f"Move them to another {plan.used.dimension.noun}, or have the reports processed." if use else "",
            )
        )
    return changes


def only(matches: Sequence[CertifyItem]) -> CertifyItem | None:
    """The row that a code means: the only one, or the only active one (Certify cannot delete, so a double is made inactive)."""
    if len(matches) > 1:
        matches = [match for match in matches if match.active]
    return matches[0] if len(matches) == 1 else None


class _Alike:
    """Codes of both services that differ only in blanks, capitals, width or what cannot be seen."""

    def __init__(self, given: Mapping[str, Sequence[ListValue]], by_code: Mapping[str, Sequence[CertifyItem]]) -> None:
        self.ours: dict[str, set[str]] = defaultdict(set)
        self.theirs: dict[str, set[str]] = defaultdict(set)
        for code, sources in given.items():
            if any(source.active for source in sources):
                self.ours[outline(code)].add(code)
        for code, items in by_code.items():
            if any(item.active for item in items):
                self.theirs[outline(code)].add(code)

    def problem(self, used: Used, source: ListValue, target: CertifyItem | None) -> tuple[str, str, str] | None:
        """Why a row is neither made nor made active again: another one that looks like it would stand beside it."""
        if not used.settings.sync or not source.active or (target is not None and target.active):
            return None
        shape, noun = outline(source.code), used.dimension.noun
        for others, where in ((self.theirs[shape], "Certify"), (self.ours[shape], "Intacct")):
            if names := ", ".join(repr(code) for code in sorted(others - {source.code})):
                return (
                    Rule.LOOKS_LIKE,
                    f"its code {source.code!r} looks like {names} in {where}",
                    f"Give the {noun} one code in both: in Certify under {used.settings.place.menu}, or in Intacct.",
                )
        return None


def _problem(
    used: Used, sources: Sequence[ListValue], matches: Sequence[CertifyItem], target: CertifyItem | None
) -> tuple[str, str, str] | None:
    """Rule, reason and cure of what forbids to touch a row; None when all is clear."""
    source, noun = sources[0], used.dimension.noun
    where = used.settings.place.menu
    if frozen := next((one.frozen for one in sources if one.frozen), ""):
        return Rule.QUARANTINED, f"validation quarantined it: {frozen}", f"Correct the {noun} in Intacct."
    if len(sources) > 1:
        return (
            Rule.AMBIGUOUS,
            f"Intacct gave this code {len(sources)} times",
            f"Look at it in Intacct ({used.dimension.menu}).",
        )
    if not source.code or not visible(source.name):
        return Rule.INCOMPLETE, "it has no code or no name in Intacct", f"Complete the {noun} in Intacct."
    if matches and target is None:
        which = "active" if any(match.active for match in matches) else "inactive"
        return (
            Rule.AMBIGUOUS,
            f"Certify has this code {len(matches)} times, and it is not clear which of the {which} ones is meant",
            f"In Certify ({where}) leave exactly one {noun} with this code active.",
        )
    if target is not None and not target.id:
        return (
            Rule.UNREADABLE,
            "Certify has it under an ID that cannot be read",
            f"Look at the {noun} in Certify ({where}).",
        )
    return None


def _held(used: Used, source: ListValue, rule: str, reason: str, cure: str) -> Change:
    return Change(
        subject=used.dimension.subject,
        action=Action.HOLD,
        key=source.code,
        reason=f"{_title(used, source)} is left as it is: {reason.rstrip('.')}.",
        rule=rule,
        cure=cure,
    )


def _create(used: Used, source: ListValue) -> Change:
    return Change(
        subject=used.dimension.subject,
        action=Action.CREATE,
        key=source.code,
        source_key=used.source_key,
        after={"Code": source.code, "Name": clean_name(source.name), "Active": 1},
        reason=f"{_title(used, source)} is active in Intacct and missing in Certify.",
    )


def _differences(used: Used, source: ListValue, target: CertifyItem) -> list[Change]:
    before: dict[str, object] = {}
    after: dict[str, object] = {}
    said = []
    if visible(source.name) != visible(target.name):
        before["Name"], after["Name"] = target.name, clean_name(source.name)
        said.append(f"is called {target.name!r} in Certify")
    if not target.active:
        before["Active"], after["Active"] = 0, 1
        said.append("is active again in Intacct and inactive in Certify")
    if not after:
        return []
    return [
        Change(
            subject=used.dimension.subject,
            action=Action.UPDATE,
            key=source.code,
            target_id=target.id,
            before=before,
            after=after,
            reason=f"{_title(used, source)} {' and '.join(said)}.",
        )
    ]


def _title(used: Used, row: ListValue | CertifyItem) -> str:
    return f"{used.dimension.noun.capitalize()} {row.code} ({row.name.strip()})"
