"""Keeping a list of Certify (departments, the rows of a GLD) as Intacct has the values of a dimension: matched by code, never by name.

What stands in Certify alone is left as it is. What Intacct has made inactive, or connector.yaml does not offer any more, leaves
Certify last, only when nobody uses it, and not too much of it at once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import floor

from certify_intacct.model.changes import Action, Change, pending
from certify_intacct.model.configuration.dimensions import Used
from certify_intacct.model.people import CertifyItem
from certify_intacct.model.rules import Rule
from certify_intacct.rules.likeness import compared, outline, visible
from certify_intacct.rules.people.offering import Offered, separator_of

#: So many of what there may be hundreds of are named.
_MOST_NAMED = 5


@dataclass(frozen=True, kw_only=True)
class ListPlan:
    """What becomes of a list.

    :param used: the dimension, and where in Certify its list is
    :param changes: creates, updates and holds, by code
    :param ids: code to Certify's ID (or its stand-in, for what the plan creates); only what people may be assigned to
    :param leaving: rows of Certify that are not offered any more, with what has them leave
    :param active: how many rows the list has that are active
    """

    used: Used
    changes: tuple[Change, ...]
    ids: Mapping[str, str]
    leaving: tuple[tuple[CertifyItem, Offered], ...]
    active: int


def plan_list(used: Used, sources: Iterable[Offered], targets: Iterable[CertifyItem]) -> ListPlan:
    """Compares the two lists. Of one that is kept by hand nothing is changed, and people are assigned to what is there."""
    by_code: dict[str, list[CertifyItem]] = defaultdict(list)
    for item in targets:
        by_code[item.code].append(item)
    given: dict[str, list[Offered]] = defaultdict(list)
    for source in sources:
        given[source.code].append(source)
    changes: list[Change] = []
    ids: dict[str, str] = {}
    leaving: list[tuple[CertifyItem, Offered]] = []
    alike = _Alike(given, by_code)
    for code in sorted(given):
        source, matches = given[code][0], by_code.get(code, [])
        target = only(matches)
        problem = _problem(used, given[code], matches, target) or alike.problem(used, source, target)
        if problem:
            changes.append(_held(used, source, *problem))
        elif not source.active:
            if target is not None and target.active:
                leaving.append((target, source))
        elif not used.settings.sync:
            if target is not None and target.active:
                ids[code] = target.id
        elif target is None:
            changes.append(_create(used, source))
            ids[code] = pending(used.dimension.subject, code)
        else:
            ids[code] = target.id
            changes += _differences(used, source, target)
    changes += _same_names(used, given)
    if not used.settings.sync:
        changes, leaving = [], []
    active = sum(item.active for items in by_code.values() for item in items)
    return ListPlan(used=used, changes=tuple(changes), ids=ids, leaving=tuple(leaving), active=active)


def plan_leaving(plan: ListPlan, uses: Mapping[str, str], *, released: bool) -> list[Change]:
    """Deactivates what nobody uses any more, unless that is more than the list's guard allows: then nothing of it.

    :param uses: Certify ID to a phrase that says who still uses it, for what is in use
    :param released: whether a person said that so many may go
    """
    guard = "" if released else _guard(plan, sum(target.id not in uses for target, _ in plan.leaving))
    return [_leaves(plan.used, target, offer, uses.get(target.id, ""), guard) for target, offer in plan.leaving]


def _guard(plan: ListPlan, leaving: int) -> str:
    """What the guard of a list says to so many that would leave it; empty when it lets them go."""
    settings = plan.used.settings
    allowed = max(settings.guard_floor, floor(settings.guard_share * plan.active))
    if leaving <= allowed:
        return ""
    return f"{leaving} of {plan.active} active rows would be deactivated at once, and the guard allows {allowed}"


def _leaves(used: Used, target: CertifyItem, offer: Offered, use: str, guard: str) -> Change:
    """:param use: who still uses it, empty for nobody"""
    assert offer.out is not None
    rule, why = offer.out
    stays = use or guard
    if use:
        rule, cure = Rule.IN_USE, f"Move them to another {used.dimension.noun}, or have the reports processed."
    elif guard:
        rule, cure = (
            Rule.LIST_GUARD,
            (
                f"If so many are meant to leave {used.settings.place.rows}, release the deactivations of "
                f"{used.dimension.certify_stream} (Browse > Decisions), or raise dimensions.{used.dimension.name}.guard_share; if "
                "not, correct the filter there or the status in Intacct."
            ),
        )
    else:
        cure = ""
    return Change(
        subject=used.dimension.deactivation,
        action=Action.HOLD if stays else Action.DEACTIVATE,
        key=target.code,
        target_id=target.id,
        before={} if stays else {"Active": 1},
        after={} if stays else {"Active": 0},
        reason=f"{_title(used, target.code, target.name)} {why}"
        + (f", but stays active in Certify: {stays}." if stays else " and nobody uses it in Certify."),
        rule=rule,
        cure=cure,
    )


def _same_names(used: Used, given: Mapping[str, Sequence[Offered]]) -> list[Change]:
    """One row about all values that people cannot tell apart in the list, for Certify may refuse a name that is there already."""
    by_name: dict[str, list[str]] = defaultdict(list)
    for code, offers in sorted(given.items()):
        if any(offer.active for offer in offers):
            by_name[compared(offers[0].name)].append(code)
    twice = {name: codes for name, codes in by_name.items() if name and len(codes) > 1}
    if not twice or used.settings.same_names == "accept":
        return []
    named = [f"{given[codes[0]][0].name!r} ({', '.join(codes[:_MOST_NAMED])})" for codes in twice.values()]
    more = f" and {len(named) - _MOST_NAMED} more" if len(named) > _MOST_NAMED else ""
    row = used.dimension
    return [
        Change(
            subject=row.subject,
            action=Action.SKIP,
            key=used.settings.certify,
            reason=f"In {used.settings.place.rows} several rows have one name, so that people cannot tell them apart: "
            f"{'; '.join(named[:_MOST_NAMED])}{more}.",
            rule=Rule.SAME_NAME,
            cure=f"Give them different names in Intacct, or have their codes added to their names: dimensions.{row.name}.name: "
            f'"{used.settings.name} ({{code}})" in connector.yaml. If they are meant to be the same, write same_names: accept.',
        )
    ]


def only(matches: Sequence[CertifyItem]) -> CertifyItem | None:
    """The row that a code means: the only one, or the only active one (Certify cannot delete, so a double is made inactive)."""
    if len(matches) > 1:
        matches = [match for match in matches if match.active]
    return matches[0] if len(matches) == 1 else None


class _Alike:
    """Codes of both services that differ only in blanks, capitals, width or what cannot be seen."""

    def __init__(self, given: Mapping[str, Sequence[Offered]], by_code: Mapping[str, Sequence[CertifyItem]]) -> None:
        self.ours: dict[str, set[str]] = defaultdict(set)
        self.theirs: dict[str, set[str]] = defaultdict(set)
        for code, sources in given.items():
            if any(source.active for source in sources):
                self.ours[outline(code)].add(code)
        for code, items in by_code.items():
            if any(item.active for item in items):
                self.theirs[outline(code)].add(code)

    def problem(self, used: Used, source: Offered, target: CertifyItem | None) -> tuple[str, str, str] | None:
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
    used: Used, sources: Sequence[Offered], matches: Sequence[CertifyItem], target: CertifyItem | None
) -> tuple[str, str, str] | None:
    """Rule, reason and cure of what forbids to touch a row; None when all is clear."""
    source, noun = sources[0], used.dimension.noun
    where = used.settings.place.menu
    if frozen := next((one.value.frozen for one in sources if one.value.frozen), ""):
        return Rule.QUARANTINED, f"validation quarantined it: {frozen}", f"Correct the {noun} in Intacct."
    if len(sources) > 1:
        places = sorted({" / ".join(one.value.place) for one in sources})
        return (
            Rule.AMBIGUOUS,
            f"Intacct gave this code {len(sources)} times"
            if len(places) == 1
            else f"joined, {' and '.join(places)} have the same code",
            f"Look at it in Intacct ({used.dimension.menu})."
            if len(places) == 1
            else f"Write another dimensions.{used.dimension.name}.separator in connector.yaml, one that stands in no code.",
        )
    if not all(source.value.place) or not visible(source.value.name):
        return Rule.INCOMPLETE, "it has no code or no name in Intacct", f"Complete the {noun} in Intacct."
    longest = used.settings.code_length
    if longest and len(source.code) > longest and source.active:
        return (
            Rule.TOO_LONG,
            f"its code has {len(source.code)} characters, and Certify holds {longest} (dimensions.{used.dimension.name}.code_length)",
            f"Give it a shorter ID in Intacct, or raise code_length if Certify holds more{_or_shorter(used)}.",
        )
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


def _or_shorter(used: Used) -> str:
    return "; or write a shorter separator" if used.dimension.within and len(separator_of(used)) > 1 else ""


def _held(used: Used, source: Offered, rule: str, reason: str, cure: str) -> Change:
    return Change(
        subject=used.dimension.subject,
        action=Action.HOLD,
        key=source.code,
        reason=f"{_title(used, source.code, source.value.name)} is left as it is: {reason.rstrip('.')}.",
        rule=rule,
        cure=cure,
    )


def _create(used: Used, source: Offered) -> Change:
    return Change(
        subject=used.dimension.subject,
        action=Action.CREATE,
        key=source.code,
        source_key=used.source_key,
        after={"Code": source.code, "Name": source.name, "Active": 1},
        reason=f"{_title(used, source.code, source.value.name)} is active in Intacct and missing in Certify."
        + _shortened(used, source),
    )


def _differences(used: Used, source: Offered, target: CertifyItem) -> list[Change]:
    before: dict[str, object] = {}
    after: dict[str, object] = {}
    said = []
    if visible(source.name) != visible(target.name):
        before["Name"], after["Name"] = target.name, source.name
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
            reason=f"{_title(used, source.code, source.value.name)} {' and '.join(said)}.{_shortened(used, source)}",
        )
    ]


def _shortened(used: Used, offer: Offered) -> str:
    longest = used.settings.name_length
    return f" Its name is shortened to the {longest} characters that Certify holds." if offer.shortened else ""


def _title(used: Used, code: str, name: str) -> str:
    return f"{used.dimension.heading} {code} ({name.strip()})"
