"""Expense categories of Certify kept from Intacct's accounts or expense types, where a company asks for it.

A category has much that Intacct knows nothing of (limits, receipts, filters), so what is there is left as people made it: what is
missing is created, the GL code of an expense type's category follows its account, and what Intacct has no more is told, not
switched off.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from certify_intacct.model.changes import Action, Change
from certify_intacct.model.configuration.expense_categories import ExpenseCategories
from certify_intacct.model.people import CertifyCategory, ListValue
from certify_intacct.model.rules import Rule
from certify_intacct.rules.likeness import clean_name, compared

SUBJECT = "expense_category"
_MENU = "Certify: Configuration > Expense Categories"


def plan_categories(
    settings: ExpenseCategories, sources: Iterable[ListValue], targets: Sequence[CertifyCategory]
) -> list[Change]:
    """What Certify lacks, and what is to be told.

    :param sources: accounts or expense types of Intacct, active or not
    :param targets: all categories of Certify
    """
    if settings.source == "none":
        return []
    by_name: dict[str, list[CertifyCategory]] = defaultdict(list)
    by_code: dict[str, list[CertifyCategory]] = defaultdict(list)
    for target in targets:
        by_name[compared(target.name)].append(target)
        by_code[target.gl_code].append(target)
    planned: list[Change] = []
    for source in sorted(sources, key=lambda one: one.code):
        if source.frozen or not source.code or not clean_name(source.name):
            continue
        same_name = by_name[compared(source.name)]
        own = by_code[source.code] if settings.source == "accounts" else same_name
        if not source.active or not _wanted(settings, source):
            planned += _told(source, [one for one in own if one.active])
        elif not own:
            planned.append(_taken(source, same_name[0]) if same_name else _create(settings, source))
        elif settings.source == "expense_types":
            planned += _recoded(source, own)
    return planned


def _wanted(settings: ExpenseCategories, source: ListValue) -> bool:
    """What was not read of it is no reason."""
    return all(
        name not in source.fields or condition.met(source.fields[name]) for name, condition in settings.filter.items()
    )


def _create(settings: ExpenseCategories, source: ListValue) -> Change:
    name, code = clean_name(source.name), source.account
    return Change(
        subject=SUBJECT,
        action=Action.CREATE,
        key=source.code,
        after={"Name": name, "GLCode": code, "ExpenseTypeID": settings.type_id, "Active": 1},
        reason=f"{name} ({code}) is active in Intacct, and Certify has no such category.",
    )


def _recoded(source: ListValue, own: Sequence[CertifyCategory]) -> list[Change]:
    """Of a name that stands several times the GL codes are people's own: departments may have one each."""
    code = source.account
    if len(own) != 1 or not own[0].id or not code or own[0].gl_code == code:
        return []
    return [
        Change(
            subject=SUBJECT,
            action=Action.UPDATE,
            key=source.code,
            target_id=own[0].id,
            before={"GLCode": own[0].gl_code},
            after={"GLCode": code},
            reason=f"The expense type {source.code} has the account {code} in Intacct, and its category {own[0].gl_code or 'none'}.",
        )
    ]


def _told(source: ListValue, own: Sequence[CertifyCategory]) -> list[Change]:
    return [
        Change(
            subject=SUBJECT,
            action=Action.SKIP,
            key=one.name,
            target_id=one.id,
            reason=f"The category {one.name} is for {source.code}, which "
            + ("expense_categories.filter leaves out." if source.active else "is inactive in Intacct."),
            rule=Rule.INACTIVE_IN_INTACCT if not source.active else Rule.FILTERED,
            cure=f"Deactivate it by hand if nobody should use it any more ({_MENU}), or give it another GL code.",
        )
        for one in own
    ]


def _taken(source: ListValue, other: CertifyCategory) -> Change:
    return Change(
        subject=SUBJECT,
        action=Action.HOLD,
        key=source.code,
        target_id=other.id,
        reason=f"The account {source.code} ({source.name}) has no category, and its name is taken by one with the GL code "
        f"{other.gl_code or 'none'}.",
        rule=Rule.SAME_NAME,
        cure=f"Give that category the GL code {source.code}, or another name ({_MENU}).",
    )
