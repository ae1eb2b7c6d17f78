"""What waits for a person's decision, as text: by who can act, with where it is decided."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from certify_intacct.decisions.people import OF_LISTS, RELEASED_BY
from certify_intacct.model.changes import Subject
from certify_intacct.model.log_lines import unbroken, wrapped
from certify_intacct.model.outcomes import OpenState
from certify_intacct.model.rules import Rule, desk_of
from certify_intacct.rules.decisions import ways
from certify_intacct.rules.texts import readable

if TYPE_CHECKING:
    from certify_intacct.staging.decisions import OpenItem
    from certify_intacct.staging.people_waiting import PersonHeld
    from certify_intacct.staging.waiting import WaitingRow, Waits

_MOST = 50
_LONGEST_NAME = 200
#: What is to be done where no plan has said it.
_CURES = {
    OpenState.REJECTED: "Correct in Certify or Intacct what Intacct refused. The next run sends it again.",
    OpenState.QUARANTINED: "Correct it in Certify. The next run reads it again.",
}
_OTHERWISE = "Look at the report."


def waiting_lines(waits: Waits, items: Sequence[OpenItem], people: Sequence[PersonHeld], address: str) -> Iterator[str]:
    """How much waits, and what of it can be decided, by who can act; what only a cure helps is not among that.

    :param waits: how much of expense reports waits
    :param items: of expense reports
    :param people: what the newest plan of people holds
    :param address: of the page on which it is decided
    """
    desks: defaultdict[str, defaultdict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for item in items:
        possible = ways(item.state, item.rules)
        if possible:
            how = f"{', '.join(item.rules) or item.state} ({', '.join(way.value for way in possible)})"
            desks[desks_of(item.rules)][how].append(item.label)
    for person in people:
        if kind := release_for(person):
            how = f"{person.rule} (people: {kind})"
            desks[desks_of([person.rule])][how].append(f"{person.subject} {person.key}")
    count = sum(len(names) for by_way in desks.values() for names in by_way.values())
    yield f"Waiting for a person: {waits.reports} {'report' if waits.reports == 1 else 'reports'}, {len(people)} people and lists."
    yield f"Can be decided: {count}. Decide on {address}" if count else "Nothing of it can be decided: cures help."
    for desk, by_way in sorted(desks.items()):
        yield f"{desk}:"
        for how, names in sorted(by_way.items()):
            # Texts of people stand in these: one with a line break must not look like a line of this list.
            shown = ", ".join(unbroken(readable(name, _LONGEST_NAME)) for name in names[:_MOST])
            more = f" and {len(names) - _MOST} more" if len(names) > _MOST else ""
            yield wrapped(f"{how}: {shown}{more}", indent="  ", hanging="      ")


def release_for(person: PersonHeld) -> str:
    """The kind of release that ends a hold of people; empty when only a cure does."""
    # Where two of Intacct want the same, or nobody of Certify has it alone, there is nobody to be linked to.
    kind = RELEASED_BY.get(person.rule, "") if person.rule != Rule.CONTESTED or person.certify_id else ""
    of_people = person.subject in (Subject.USER, Subject.USER_DEACTIVATION)
    return kind if of_people or kind == OF_LISTS else ""


def desks_of(rules: Sequence[str]) -> str:
    """Who can act on what these rules hold."""
    return ", ".join(dict.fromkeys(filter(None, map(desk_of, rules)))) or "anybody who may decide"


def cure_of(row: WaitingRow) -> str:
    """What is to be done about what waits."""
    return row.cure or _CURES.get(OpenState(row.state), _OTHERWISE)
