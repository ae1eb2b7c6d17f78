"""Parts of lines that are nobody's to post, by a named policy. They are counted, and the rest of their report is posted.

The amounts of a report are proven before: what is left out is a part of what the header states.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import replace

from certify_intacct.model.configuration.paid import NONE
from certify_intacct.model.configuration.posting import PostingConfiguration
from certify_intacct.model.currencies import money
from certify_intacct.model.payers import ExpensePart, Payer
from certify_intacct.model.report_plans import Hold, Skip
from certify_intacct.model.reports import ExpenseLine
from certify_intacct.model.rules import Rule
from certify_intacct.rules.expenses.amounts import Shares
from certify_intacct.rules.expenses.splitting import Group
from certify_intacct.rules.near_misses import is_blank


def leave_out(
    divided: Iterable[Shares],
    posting: PostingConfiguration,
    target_of: Callable[[Payer, ExpenseLine], str],
    taken: Collection[ExpensePart] = (),
) -> tuple[list[Shares], list[Skip]]:
    """The shares without what is left out of them, and what that is.

    :param target_of: what becomes of a payer's part of a line
    :param taken: parts that are somebody's already, and so are left out by nobody
    """
    shares, skips = [], []
    for share in divided:
        ours = (share.line.id, Payer.COMPANY) not in taken
        skip = _left_out(share, posting, target_of(Payer.COMPANY, share.line)) if ours else None
        shares.append(replace(share, left_out=frozenset({Payer.COMPANY})) if skip else share)
        skips += [skip] if skip else []
    return shares, skips


def unpaid(group: Group, posting: PostingConfiguration) -> list[Hold]:
    """Why a group of the company's part waits, where the company wants to see what no card has paid."""
    if group.payer is not Payer.COMPANY or posting.unpaid_part != "hold":
        return []
    cure = "Attach the card charge in Certify or correct what is reimbursable; posting.unpaid_part: ignore leaves such parts out."
    return [
        Hold.on_line(
            member.line,
            Rule.CARD_MISSING,
            f"Only {money(member.employee, member.currency)} of {money(member.whole, member.currency)} are reimbursable, "
            "and no card paid the rest.",
            cure,
        )
        for member in group.members
        if _capped(member)
    ]


def _left_out(share: Shares, posting: PostingConfiguration, target: str) -> Skip | None:
    if share.company == 0:
        return None
    amount = money(share.company, share.currency)
    if target == NONE:
        return _skip(share, Rule.TARGET_NONE, f"{amount} that the company paid are not posted here.")
    if posting.unpaid_part == "ignore" and _capped(share):
        whole = money(share.whole, share.currency)
        reason = f"{amount} of {whole} are not reimbursable, and no card paid them: they are owed by nobody."
        return _skip(share, Rule.UNPAID_PART, reason)
    return None


def _capped(share: Shares) -> bool:
    """Whether a part of what the employee spent is not reimbursed, by a cap for instance. A part that a card paid names the card."""
    return share.employee != 0 and share.company != 0 and is_blank(share.line.card_name)


def _skip(share: Shares, rule: Rule, reason: str) -> Skip:
    return Skip(
        rule=rule,
        reason=f"{share.line.label}: {reason}",
        expense_id=share.line.id,
        payer=Payer.COMPANY,
        amount=share.company,
    )
