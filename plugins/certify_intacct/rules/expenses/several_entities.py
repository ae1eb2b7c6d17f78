"""Lines of several entities in one document, where Intacct books by itself what the entities then owe each other.

First a report is divided as if there were no such thing: so every rule about one entity holds of several, and a fault of one entity's
part holds that part alone. Only parts against which nothing stands, and which are one document but for their entity, become one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import groupby

from certify_intacct.model.documents import OWNER, Document
from certify_intacct.model.references import References
from certify_intacct.model.report_plans import Hold
from certify_intacct.model.rules import Rule
from certify_intacct.rules.expenses.splitting import Group, in_order
from certify_intacct.rules.expenses.targets import PlanningContext, Target

#: What documents of one report, payer and target may differ in and yet be one.
_OWN = frozenset({"key", "number", "entity", "lines"})


def families(groups: Iterable[Group]) -> list[tuple[Group, ...]]:
    """The groups that differ by their entity alone, together."""

    def place(group: Group) -> tuple[str, ...]:
        return group.payer.value, group.target, group.currency, group.apart

    return [tuple(family) for _, family in groupby(sorted(groups, key=place), key=place)]


def together(family: Sequence[Group]) -> Group:
    """The lines of several entities as those of one document. It is the entity's that has most of the money."""
    owner = min(family, key=lambda group: (-group.total, group.entity))
    members = in_order(member for group in family for member in group.members)
    return replace(owner, members=members, by_entity=tuple(sorted(family, key=lambda group: group.entity)))


def amounts_apart(whole: Group) -> str:
    """Why lines of these amounts stand in a document for each entity; empty when nothing speaks against one."""
    negative = next((one.line.label for one in whole.members if one.part(whole.payer) < 0), "")
    return (
        f"{negative} is below zero, which Intacct accepts only in a document of one entity (BL03002073)"
        if negative
        else ""
    )


def accounts_lacking(whole: Group, target: Target, references: References) -> str:
    """Which inter-entity accounts lack; empty when none does."""
    owner = whole.entity if target.states_owner else ""
    lacking = references.inter_entity.lacking(whole.entities, owner)
    sides = ", ".join(f"from {source} to {other}" for source, other in lacking)
    return f"Intacct shows no inter-entity accounts {sides}" if sides else ""


def differ(documents: Sequence[Document]) -> str:
    """In what documents of several entities differ, so that they cannot be one; empty when in nothing."""
    first = documents[0]
    names = [name for name in first.__dataclass_fields__ if name not in _OWN]
    wrong = next((name for name in names if any(getattr(one, name) != getattr(first, name) for one in documents)), "")
    if wrong:
        values = ", ".join(f"{getattr(one, wrong)} in {one.entity}" for one in documents)
        return f"their {wrong.replace('_', ' ')} differs ({values})"
    if first.session_entity:
        return f"they are made inside entity {first.session_entity}"
    if any(line.tax for one in documents for line in one.lines):
        return "each entity claims its tax itself"
    if any(line.amount < 0 for one in documents for line in one.lines):
        return "a line is below zero, which Intacct accepts only in a document of one entity (BL03002073)"
    return ""


def not_divided(whole: Group, why: str) -> Hold:
    """The hold of an invoice whose lines lie in several entities and cannot be one document."""
    reason = f"{whole.label}: an invoice is one document, and its lines cannot be: {why}."
    cure = (
        "Code it to one entity in Certify, choose posting.several_entities: one_document where Intacct has the entities' accounts, or "
        "book it in Intacct and decide on the report's page that it was booked by hand."
    )
    return Hold(Rule.INVOICE_ENTITIES, reason, cure)


def one_document(
    documents: Sequence[Document], whole: Group, target: Target, context: PlanningContext
) -> Document | str:
    """The document of all lines of a group, or why there is none.

    :param documents: of each of its entities
    """
    if why := differ(documents):
        return why
    place = {member.line.id: position for position, member in enumerate(whole.members)}
    lines = sorted((line for one in documents for line in one.lines), key=lambda line: place[line.expense_id])
    owned = next(one for one in documents if one.entity == whole.entity)
    joined = replace(owned, lines=tuple(lines), details={**owned.details, OWNER: whole.entity})
    details = target.of_several_entities(joined, context)
    return details if isinstance(details, str) else replace(joined, details={**joined.details, **details})
