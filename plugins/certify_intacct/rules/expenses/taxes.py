"""What becomes of the tax in a line: part of the expense, tax entries, lines on tax accounts, or a reason to wait.

Sage Intacct XML gateway reference, ``TAXENTRIES`` of bills, card transactions, expense reports and journal entries. A solution and its
details are whatever the company has; the entity's solution, and what each tax becomes in it, says ``posting.tax``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from certify_intacct.model.configuration.tax import TAXES, Tax, TaxTraits, Treatment
from certify_intacct.model.currencies import amount_text, money, posted_unit
from certify_intacct.model.documents import TaxEntry
from certify_intacct.model.payers import Payer
from certify_intacct.model.references import References
from certify_intacct.model.report_plans import Hold
from certify_intacct.model.reports import ZERO, ExpenseLine
from certify_intacct.model.rules import Rule
from certify_intacct.rules.expenses.amounts import Shares
from certify_intacct.rules.expenses.mapping import AccountChoice
from certify_intacct.rules.expenses.overrides import looks_meant
from certify_intacct.rules.near_misses import is_blank, near_miss

#: Where a company says what becomes of an entity's taxes.
_WHERE = "posting.tax in connector.yaml, under entities for the entity alone, or under default"
_CORRECT = "Correct posting.tax in connector.yaml."


@dataclass(frozen=True, kw_only=True)
class Taxed:
    """A part of a line, divided.

    :param net: what goes to the line's own account
    :param entries: tax entries of that line
    :param account_lines: account and amount of further lines, and ``untaxed`` the entries of each of them
    """

    net: Decimal
    entries: tuple[TaxEntry, ...] = ()
    account_lines: tuple[tuple[str, Decimal], ...] = ()
    untaxed: tuple[TaxEntry, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Taxation:
    """How the lines of one document are taxed.

    :param policy: of the document's entity
    :param most_entries: so many tax entries a line of its kind may have
    :param accounts: of the document's lines, and so of its tax
    """

    policy: Tax
    most_entries: int
    references: References
    accounts: AccountChoice

    def divide(self, share: Shares, payer: Payer, traits: TaxTraits) -> Taxed | Hold:
        """Divides a payer's part of a line."""
        line, amount = share.line, share.part(payer)
        stated = _stated(line)
        if stated and self.policy.mode == "hold":
            reason = f"It carries {_shown(stated, line.currency)}, and the entity's tax policy is to hold."
            return _held(line, reason, f"Write `mode: gross`, or `mode: map` with its details, into {_WHERE}.")
        treatment = self.policy.treatment(traits)
        wrong = self._unclear(line, traits, taxed=bool(stated)) or self._without_place(line, stated, treatment)
        if wrong:
            return wrong
        claimed = self._claimed(stated, treatment)
        posted = _of_payer(share, payer, claimed, treatment.shares)
        if posted is None:
            whole = f"{money(line.amount, line.currency)}, posted as {money(amount, share.currency)}"
            reason = f"{_shown(claimed, line.currency)} {line.currency} cannot be part of {whole}."
            return _held(line, reason, "Correct the line in Certify.")
        taxed = self._taxed(amount, posted, treatment)
        if len(taxed.entries) > self.most_entries:
            return _too_many(line, posted, self.most_entries)
        needs_zero = self.policy.solution and (not claimed or taxed.account_lines)
        return (self._needs_zero(line, treatment) if needs_zero else None) or taxed

    def _claimed(self, stated: Mapping[str, Decimal], treatment: Treatment) -> dict[str, Decimal]:
        """The taxes that do not stay in the expense whole."""
        mapped = self.policy.mode == "map"
        return {name: tax for name, tax in stated.items() if mapped and treatment.shares[name] != 0}

    def _taxed(self, amount: Decimal, posted: Mapping[str, Decimal], treatment: Treatment) -> Taxed:
        by_detail: dict[str, Decimal] = {}
        for name, tax in posted.items():
            if detail := treatment.details[name]:
                by_detail[detail] = by_detail.get(detail, ZERO) + tax
        on_accounts = {name: tax for name, tax in posted.items() if not treatment.details[name]}
        zero = treatment.zero_detail if self.policy.untaxed_lines == "zero_detail" else ""
        untaxed = (TaxEntry(detail_id=zero, amount=ZERO),) if zero else ()
        return Taxed(
            net=amount - sum(posted.values(), ZERO),
            entries=tuple(TaxEntry(detail_id=detail, amount=tax) for detail, tax in by_detail.items()) or untaxed,
            account_lines=tuple((treatment.accounts[name], tax) for name, tax in on_accounts.items()),
            untaxed=untaxed,
        )

    def _unclear(self, line: ExpenseLine, traits: TaxTraits, *, taxed: bool) -> Hold | None:
        """Why nobody can tell which row of ``details`` means a line: it looks like one, or states no country where that decides."""
        for row in self.policy.details:
            if row.fits(traits):
                return None
            if listed := looks_meant(row, traits):
                reason = f"{listed!r} of posting.tax looks like what the line has, and is spelled differently."
                return _held(line, reason, "Correct it in `details` of posting.tax, or in Certify.")
            anywhere = row.model_copy(update={"countries": ()})
            if taxed and row.countries and is_blank(traits.country) and anywhere.fits(traits):
                reason = "It carries tax, whose treatment depends on the country of the expense, and Certify states no country."
                cure = "State it in Certify where posting.tax.country says, or take the countries out of the rows of `details`."
                return _held(line, reason, cure)
        return None

    def _without_place(self, line: ExpenseLine, stated: Mapping[str, Decimal], treatment: Treatment) -> Hold | None:
        """Why a tax has nowhere to go; None when each has."""
        for name in self._claimed(stated, treatment):
            detail, account = treatment.details[name], treatment.accounts.get(name, "")
            if not detail and not account:
                reason = f"It carries {name} {stated[name]}, which posting.tax does not map."
                cure = f"Write `{name.lower()}_detail: DETAILID` into {_WHERE}; or, where it is not claimed, `reclaim: {{{name}: 0}}`."
                return _held(line, reason, cure)
            problem = self._detail_problem(detail) if detail else self.accounts.problem(account)
            if problem:
                return _held(line, f"{problem}, the target of {name}.", _CORRECT)
        return None

    def _needs_zero(self, line: ExpenseLine, treatment: Treatment) -> Hold | None:
        """What is wrong with the detail of a line without tax."""
        if self.policy.untaxed_lines == "no_entry":
            return None
        if not treatment.zero_detail:
            each = f"each line under {self.policy.solution!r} has a tax entry"
            reason = f"It carries no tax to reclaim, {each}, and posting.tax names no zero_detail."
            cure = f"Write `zero_detail: DETAILID` into {_WHERE}; or `untaxed_lines: no_entry`, if Intacct takes lines without one."
            return _held(line, reason, cure)
        problem = self._detail_problem(treatment.zero_detail)
        return _held(line, f"{problem}, the zero_detail.", _CORRECT) if problem else None

    def _detail_problem(self, detail_id: str) -> str:
        details, solution = self.references.tax_details, self.policy.solution
        found = details.get(detail_id)
        if found is None or not found.active:
            like = near_miss(detail_id, details)
            return f"Intacct has no active tax detail {detail_id!r}" + (f" (it looks like {like!r})" if like else "")
        if found.solution and found.solution != solution:
            return f"The tax detail {detail_id!r} belongs to {found.solution!r} and not to {solution!r}"
        return ""


def _stated(line: ExpenseLine) -> dict[str, Decimal]:
    """The taxes that a line carries, by name."""
    amounts = zip(TAXES, (line.vat_amount, line.hst_amount, line.pst_amount), strict=True)
    return {name: tax for name, tax in amounts if tax != 0}


def _shown(taxes: Mapping[str, Decimal], currency: str) -> str:
    return ", ".join(f"{name} {amount_text(tax, currency, ',')}" for name, tax in taxes.items())


def _of_payer(
    share: Shares, payer: Payer, claimed: Mapping[str, Decimal], percents: Mapping[str, Decimal]
) -> dict[str, Decimal] | None:
    """What a payer's part of a line has of the claimed taxes, in the currency that is posted; None when they are no part of it.

    What of a tax is claimed is found for the whole line, so that the payers' parts of it add up.
    """
    if not claimed:
        return {}
    whole = _in_the_currency_posted(share, claimed)
    if whole is None:
        return None
    unit = posted_unit(share.currency)
    reclaimed = {
        name: (tax * percents[name] / 100).quantize(unit, ROUND_HALF_UP) if percents[name] != 100 else tax
        for name, tax in whole.items()
    }
    return _split(share, payer, reclaimed)


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


def _split(share: Shares, payer: Payer, taxes: Mapping[str, Decimal]) -> dict[str, Decimal] | None:
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


def _too_many(line: ExpenseLine, posted: Mapping[str, Decimal], most: int) -> Hold:
    *_, last = posted
    reason = f"Its {' and '.join(posted)} need a tax entry each, and a line of this kind of document takes {most}."
    cure = f"Leave one of them in the expense, such as `reclaim: {{{last}: 0}}` in posting.tax"
    if last != TAXES[0]:
        cure += f", or book it on an account ({last.lower()}_account)"
    return _held(line, reason, f"{cure}; or have such lines become another kind of document (`overrides`).")


def _held(line: ExpenseLine, reason: str, cure: str) -> Hold:
    return Hold.on_line(line, Rule.TAX, reason, cure)
