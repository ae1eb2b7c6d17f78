"""What becomes of the tax in a line: part of the expense, a tax entry, a line on a tax account, or a reason to wait.

Intacct takes tax entries only where it has tax solutions (Australia, Great Britain, South Africa); Canadian HST and PST go to
GL accounts.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from certify_intacct.model.configuration.posting import PostingConfiguration, Tax
from certify_intacct.model.documents import CENT, TaxEntry
from certify_intacct.model.references import References
from certify_intacct.model.report_plans import Hold
from certify_intacct.model.reports import ExpenseLine
from certify_intacct.model.rules import Rule
from certify_intacct.rules.expenses.mapping import check_account


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


def divide(
    line: ExpenseLine, amount: Decimal, whole: Decimal, policy: Tax, references: References, *, by_label: bool
) -> Taxed | Hold:
    """Divides ``amount``, a part of the line's ``whole`` amount, by the entity's policy.

    :param by_label: the document's lines carry account labels, and so do those of its tax
    """
    taxes = {"VAT": line.vat_amount, "HST": line.hst_amount, "PST": line.pst_amount}
    present = {name: tax for name, tax in taxes.items() if tax != 0}
    if not present or policy.mode == "gross":
        return Taxed(net=amount)
    stated = ", ".join(f"{name} {tax}" for name, tax in present.items())
    if policy.mode == "hold":
        return Hold.on_line(
            line,
            Rule.TAX,
            f"It carries {stated}, and the entity's tax policy is to hold.",
            "Choose gross or map in posting.tax.",
        )
    if amount != whole:
        return Hold.on_line(
            line,
            Rule.TAX,
            f"It carries {stated} and is paid by two payers: nobody says whose tax it is.",
            "Split the line in Certify.",
        )
    targets = {"VAT": policy.vat_detail, "HST": policy.hst_account, "PST": policy.pst_account}
    for name, tax in present.items():
        if not targets[name]:
            return Hold.on_line(
                line,
                Rule.TAX,
                f"It carries {name} {tax}, which posting.tax does not map.",
                f"Map {name} for the entity, or choose gross.",
            )
        if tax % CENT != 0 or tax * amount < 0 or abs(tax) > abs(amount):
            return Hold.on_line(
                line, Rule.TAX, f"{name} {tax} cannot be part of {amount}.", "Correct the line in Certify."
            )
        problem = _target_problem(name, targets[name], references, by_label)
        if problem:
            return Hold.on_line(
                line, Rule.TAX, f"{problem}, the target of {name}.", "Correct posting.tax in connector.yaml."
            )
    accounts = tuple((targets[name], tax) for name, tax in present.items() if name != "VAT")
    entries = (TaxEntry(detail_id=policy.vat_detail, amount=present["VAT"]),) if "VAT" in present else ()
    net = amount - sum(present.values(), Decimal(0))
    if net * amount < 0:
        return Hold.on_line(line, Rule.TAX, f"{stated} are more than the whole line.", "Correct the line in Certify.")
    return Taxed(net=net, entries=entries, account_lines=accounts)


def _target_problem(name: str, target: str, references: References, by_label: bool) -> str:
    if name == "VAT":
        return "" if references.tax_details.get(target) else f"Intacct has no active tax detail {target}"
    if by_label:
        label = references.labels.get(target)
        return "" if label and label.active else f"Intacct has no active AP account label {target}"
    return check_account(target, references)
