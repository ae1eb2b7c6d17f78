"""Who pays what of each line, and the proof that nothing is lost or invented on the way.

The employee's part of a line is its ReimAmount, the company's part is Amount less ReimAmount. The parts of all lines together are the
header's ReimAmount and NonReimAmount, and these are its TotalAmount: exactly, or the report waits.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING

from certify_intacct.model.currencies import decimals, is_code, money, posted_unit
from certify_intacct.model.payers import Payer
from certify_intacct.model.report_plans import Hold
from certify_intacct.model.reports import ZERO, ExpenseLine, ExpenseReport
from certify_intacct.model.rules import Rule
from certify_intacct.rules.likeness import outline

if TYPE_CHECKING:
    from certify_intacct.model.configuration.company import BaseAmounts

_CURE = "Correct the line in Certify."


@dataclass(frozen=True, kw_only=True)
class Shares:
    """A line's two parts, in ``currency``.

    :param left_out: payers whose part is not posted, by a named policy
    """

    line: ExpenseLine
    employee: Decimal
    company: Decimal
    currency: str
    left_out: frozenset[Payer] = frozenset()

    @property
    def whole(self) -> Decimal:
        """Both payers' parts together, in the currency that is posted."""
        return self.employee + self.company

    @property
    def untaxed(self) -> Shares:
        """The same without the tax that Certify states in it."""
        return replace(self, line=replace(self.line, vat_amount=ZERO, hst_amount=ZERO, pst_amount=ZERO))

    def part(self, payer: Payer) -> Decimal:
        """What of a payer's part is to be posted."""
        if payer in self.left_out:
            return ZERO
        return self.employee if payer is Payer.EMPLOYEE else self.company


def shares(line: ExpenseLine, base: BaseAmounts) -> Shares | Hold:
    """Divides a line between employee and company, or says why that cannot be done."""
    if base == "plain":
        amount, reimbursed, currency = line.amount, line.reim_amount, line.currency
    else:
        amount, reimbursed, currency = line.converted_amount, line.converted_reim_amount, line.converted_currency
    if amount is None or reimbursed is None or not currency:
        return Hold.on_line(
            line, Rule.AMOUNT_MISSING, f"The line has no {base} amount, reimbursable amount or currency.", _CURE
        )
    if not is_code(currency):
        return _no_currency(line, currency)
    if fine := [value for value in (amount, reimbursed) if value % posted_unit(currency) != 0]:
        own = decimals(currency)
        room = f"{currency} has {own} decimals" + (", of which Intacct keeps two" if own > 2 else "")
        return Hold.on_line(line, Rule.THIRD_DECIMAL, f"{money(fine[0], currency)} would be rounded: {room}.", _CURE)
    if not line.reimbursable and reimbursed != 0:
        return Hold.on_line(
            line,
            Rule.REIMBURSABLE_CONTRADICTION,
            f"The line is not reimbursable, yet {money(reimbursed, currency)} of it are.",
            _CURE,
        )
    company = amount - reimbursed
    if reimbursed * amount < 0 or company * amount < 0 or (amount == 0 and reimbursed != 0):
        return Hold.on_line(
            line,
            Rule.MORE_THAN_THE_AMOUNT,
            f"{money(reimbursed, currency)} are reimbursable of only {money(amount, currency)}.",
            _CURE,
        )
    return Shares(line=line, employee=reimbursed, company=company, currency=currency)


def _no_currency(line: ExpenseLine, stated: str) -> Hold:
    """A currency that is called otherwise than all of them: limits, rates and its decimals are known by its code alone."""
    meant = outline(stated).upper()
    hint = f" It looks like {meant!r}." if is_code(meant) else ""
    reason = f"It states the currency {stated!r}; a currency is written as three capital letters.{hint}"
    return Hold.on_line(
        line, Rule.CURRENCY_UNKNOWN, reason, "Correct the currency in Certify, and reprocess the report."
    )


def prove(report: ExpenseReport, divided: Sequence[Shares]) -> list[Hold]:
    """Compares the sums of the payers' parts with the header, exactly; an empty list is the proof."""
    currencies = sorted({one.currency for one in divided} | {report.currency})
    if len(currencies) > 1:
        return [
            Hold(
                rule=Rule.CURRENCIES_DIFFER,
                reason=f"Header and lines are stated in different currencies: {', '.join(currencies)}.",
                cure="Correct the report in Certify, or choose the right company.base_amounts in connector.yaml.",
            )
        ]
    if report.total_amount is None or report.reim_amount is None or report.non_reim_amount is None:
        return [
            Hold(
                rule=Rule.AMOUNT_MISSING,
                reason="The header has no total or no parts of it.",
                cure="Have the report processed again in Certify, so that its header states them.",
            )
        ]
    sums = (
        ("ReimAmount", report.reim_amount, _sum(one.employee for one in divided)),
        ("NonReimAmount", report.non_reim_amount, _sum(one.company for one in divided)),
        ("TotalAmount", report.total_amount, report.reim_amount + report.non_reim_amount),
    )
    return [
        Hold(
            rule=Rule.TOTALS_DIFFER,
            reason=f"{name} of the header is {money(stated, report.currency)}, the parts add up to "
            f"{money(added, report.currency)}.",
            cure="Correct the report in Certify; a report is posted only when every cent is accounted for.",
        )
        for name, stated, added in sums
        if stated != added
    ]


def _sum(amounts: Iterable[Decimal]) -> Decimal:
    return sum(amounts, ZERO)
