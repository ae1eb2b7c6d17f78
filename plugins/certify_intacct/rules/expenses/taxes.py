"""What becomes of the tax in a line: part of the expense, a tax entry, a line on a tax account, or a reason to wait.

Intacct takes tax entries only where it has tax solutions (Australia, Great Britain, South Africa); Canadian HST and PST go to
GL accounts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from certify_intacct.model.configuration.posting import PostingConfiguration, Tax
from certify_intacct.model.currencies import posted_unit
from certify_intacct.model.documents import TaxEntry
from certify_intacct.model.payers import Payer
from certify_intacct.model.references import References
from certify_intacct.model.report_plans import Hold
from certify_intacct.model.reports import ZERO, ExpenseLine
from certify_intacct.model.rules import Rule
from certify_intacct.rules.expenses.amounts import Shares
from certify_intacct.rules.expenses.mapping import AccountChoice
from certify_intacct.rules.near_misses import near_miss


@dataclass(frozen=True, kw_only=True)
class Taxed:
    """A part of a line, divided.

    :param net: what goes to the line's own account
    :param entries: tax entries of that line
    :param account_lines: account and amount of further lines
    """

    net: Decimal
    entries: tuple[TaxEntry, ...] = ()
    account_lines: tuple[tuple[str, Decimal], ...] = ()


def policy_for(entity: str, posting: PostingConfiguration) -> Tax:
    """The tax policy of an entity."""
    return posting.tax.entities.get(entity, posting.tax.default)


def divide(share: Shares, payer: Payer, policy: Tax, references: References, accounts: AccountChoice) -> Taxed | Hold:
    """Divides a payer's part of a line by the entity's policy.

    :param accounts: of the document's lines, and so of its tax
    """
    line, amount = share.line, share.part(payer)
    taxes = {"VAT": line.vat_amount, "HST": line.hst_amount, "PST": line.pst_amount}
    present = {name: tax for name, tax in taxes.items() if tax != 0}
    if not present or policy.mode == "gross":
        return Taxed(net=amount)
    stated = ", ".join(f"{name} {tax}" for name, tax in present.items())
    if policy.mode == "hold":
        return _held(
            line, f"It carries {stated}, and the entity's tax policy is to hold.", "Choose gross or map in posting.tax."
        )
    targets = {"VAT": policy.vat_detail, "HST": policy.hst_account, "PST": policy.pst_account}
    for name, tax in present.items():
        hold = _unmapped(line, name, tax, targets[name], references, accounts)
        if hold:
            return hold
    posted = _in_the_currency_posted(share, present)
    posted = _of_payer(share, payer, posted) if posted is not None else None
    if posted is None:
        reason = f"{stated} {line.currency} cannot be part of {line.amount} {line.currency}, posted as {amount} {share.currency}."
        return _held(line, reason, "Correct the line in Certify.")
    return Taxed(
        net=amount - sum(posted.values(), ZERO),
        entries=(TaxEntry(detail_id=policy.vat_detail, amount=posted["VAT"]),) if "VAT" in posted else (),
        account_lines=tuple((targets[name], tax) for name, tax in posted.items() if name != "VAT"),
    )


def _in_the_currency_posted(share: Shares, taxes: Mapping[str, Decimal]) -> dict[str, Decimal] | None:
    """The taxes of a line in the currency of what is posted; None when they are no part of it.

    Certify states tax in the line's own currency, beside Amount. Where the converted amount is posted, tax is converted by the ratio
    of the two amounts and rounded as that currency is; what rounding leaves stays in the net.
    """
    line, whole, unit = share.line, share.whole, posted_unit(share.currency)
    total = sum(taxes.values(), ZERO)
    if not line.amount or abs(total) > abs(line.amount) or any(tax * line.amount < 0 for tax in taxes.values()):
        return None
    if (line.amount, line.currency) == (whole, share.currency):
        return dict(taxes) if all(tax % unit == 0 for tax in taxes.values()) else None
    posted = {}
    left = abs(whole)
    for name, tax in taxes.items():
        size = min((abs(tax * whole) / abs(line.amount)).quantize(unit, ROUND_HALF_UP), left)
        posted[name] = size.copy_sign(whole)
        left -= size
    return posted


def _of_payer(share: Shares, payer: Payer, taxes: Mapping[str, Decimal]) -> dict[str, Decimal] | None:
    """What of the taxes of a line goes with a payer's part: by share, and what rounding leaves with the company's.

    None when it would be more than the part.
    """
    unit = posted_unit(share.currency)
    left = abs(share.employee)
    parts = {}
    for name, tax in taxes.items():
        size = min((abs(tax * share.employee) / abs(share.whole)).quantize(unit, ROUND_HALF_UP), left)
        parts[name] = size.copy_sign(share.whole)
        left -= size
    if payer is Payer.COMPANY:
        parts = {name: tax - parts[name] for name, tax in taxes.items()}
    return parts if abs(sum(parts.values(), ZERO)) <= abs(share.part(payer)) else None


def _unmapped(
    line: ExpenseLine, name: str, tax: Decimal, target: str, references: References, accounts: AccountChoice
) -> Hold | None:
    """Why a tax has nowhere to go; None when it has."""
    if not target:
        reason = f"It carries {name} {tax}, which posting.tax does not map."
        return _held(line, reason, f"Map {name} for the entity, or choose gross.")
    problem = _target_problem(name, target, references, accounts)
    return (
        _held(line, f"{problem}, the target of {name}.", "Correct posting.tax in connector.yaml.") if problem else None
    )


def _held(line: ExpenseLine, reason: str, cure: str) -> Hold:
    return Hold.on_line(line, Rule.TAX, reason, cure)


def _target_problem(name: str, target: str, references: References, accounts: AccountChoice) -> str:
    if name == "VAT":
        like = near_miss(target, references.tax_details)
        hint = f" (it looks like {like!r})" if like else ""
        return "" if references.tax_details.get(target) else f"Intacct has no active tax detail {target!r}{hint}"
    return accounts.problem(target)
