"""The amounts of an expense report, or of an adjustment of one: three currencies, two conversions.

A line was spent in one currency (`currency`, `trx_amount`), is paid back in the report's (`amount`, header `currency`) and is booked
in the base currency. The first rate may be given and is Intacct Daily Rate otherwise (Intacct XML gateway reference, Employee expense
reports); the second is Intacct's own, with five decimals (REST API, employee-expense-line).

Which fields show them is inferred from those names and from the fields that live companies have: ORG_AMOUNT, ORG_CURRENCY and the
ORG_EXCHRATE fields what was spent, TRX_AMOUNT and CURRENCY what is paid back, AMOUNT the base amount, EXCHANGE_RATE and its companions
the second conversion (setting `expense_line_amounts` for what else TRX_AMOUNT and AMOUNT might be).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal

from include.sandbox.intacct import problems
from include.sandbox.intacct.company import Company
from include.sandbox.intacct.given import Given
from include.sandbox.intacct.lines import Line
from include.sandbox.intacct.money import DAILY, Rate, conversion
from include.sandbox.intacct.records import Record
from include.sandbox.intacct.values import cents, money, read_decimal
from include.sandbox.settings import Settings

# What is paid back of a line, whatever its fields show; it never leaves the sandbox.
REIMBURSED = "_REIMBURSED"
_NOTHING = Decimal(0)
_FIVE_DECIMALS = Decimal("0.00001")


def left_to_compute(settings: Settings, given: Iterable[Given]) -> list[bool]:
    """Of each line whether what is paid back comes from what was spent; such a line is not refused for want of an amount."""
    computed = []
    for line in given:
        spent, amount = (line.fields.get(name, "").strip() for name in ("ORG_AMOUNT", "AMOUNT"))
        wanted = settings.expense_amount == "recomputed" or (settings.expense_amount == "optional" and not amount)
        computed.append(wanted and bool(spent))
        if computed[-1]:
            line.fields["AMOUNT"] = spent
    return computed


def price(company: Company, header: Record, lines: Sequence[Line], computed: Sequence[bool]) -> list[Record]:
    """The lines' records with their amounts in all three currencies. Raises Problem."""
    base = _to_base(company, header)
    records = []
    for number, (line, from_spent) in enumerate(zip(lines, computed, strict=True), start=1):
        record = line.record
        day = record.get("ENTRY_DATE") or header["WHENCREATED"]
        rate = _to_report(company, record, header["CURRENCY"], day)
        spent = read_decimal(record.get("ORG_AMOUNT", ""))
        if from_spent and spent is not None:
            line.amount = rate.base_amount(spent)
        elif (
            spent is not None
            and company.settings.expense_amount == "checked"
            and rate.base_amount(spent) != line.amount
        ):
            raise problems.other(f"The amount {line.amount} is not {spent} {rate.currency} at the rate {rate.rate}.")
        if spent is None or rate.currency == rate.base:
            spent = cents(line.amount / rate.rate)
        record |= {
            "LINE_NO": str(number),
            "ENTRY_DATE": day,
            "ORG_CURRENCY": rate.currency,
            "ORG_AMOUNT": money(spent, company.settings),
            "ORG_EXCHRATE": rate.fields()["EXCHANGE_RATE"],
            "ORG_EXCHRATETYPE": rate.type_id,
            "ORG_EXCHRATEDATE": rate.day,
        }
        record |= base.fields()
        record |= shown(record, line.amount, company.settings)
        records.append(record)
    return records


def shown(record: Record, reimbursed: Decimal, settings: Settings) -> Record:
    """The fields of a line that follow from what is paid back of it; its currencies and rates stand in `record`."""
    base = cents(reimbursed * Decimal(record["EXCHANGE_RATE"]))
    of_trx, of_amount = settings.expense_line_amounts.split("_")
    spent = of_trx == "spent"
    trx = Decimal(record["ORG_AMOUNT"]) if spent else reimbursed
    unpaid = not_reimbursable(record)
    return {
        REIMBURSED: money(reimbursed, settings),
        "TRX_AMOUNT": money(trx, settings),
        "AMOUNT": money(base if of_amount == "base" else reimbursed, settings),
        "NR_AMOUNT": money(base if unpaid else _NOTHING, settings),
        "NR_TRX_AMOUNT": money(reimbursed if unpaid else _NOTHING, settings),
    } | ({"CURRENCY": record["ORG_CURRENCY"]} if spent else {})


def totals(company: Company, header: Record, lines: Sequence[Line]) -> Record:
    """TOTALENTERED (base) and TRX_TOTALENTERED (paid back) with their companions; what is paid already stays paid. Raises Problem."""
    rate = _to_base(company, header)
    entered, company_paid = [_NOTHING, _NOTHING], [_NOTHING, _NOTHING]
    for line in lines:
        both = (rate.base_amount(line.amount) + rate.base_amount(line.tax), line.amount + line.tax)
        for number, amount in enumerate(both):
            entered[number] += amount
            company_paid[number] += amount if not_reimbursable(line.record) else _NOTHING
    show = company.settings
    if not entered[1] and show.zero_totals == "refuse":
        raise problems.other("The transaction total cannot be zero.")
    found: Record = {}
    for prefix, total, nobody in zip(("", "TRX_"), entered, company_paid, strict=True):
        paid = Decimal(header.get(f"{prefix}TOTALPAID") or 0)
        found |= {
            f"{prefix}TOTALENTERED": money(total if show.expense_total_entered == "all" else total - nobody, show),
            f"{prefix}TOTALDUE": money(total - nobody - paid, show),
            f"{prefix}TOTALPAID": money(paid, show),
            f"NR_{prefix}TOTALENTERED": money(nobody, show),
        }
    return found


def not_reimbursable(line: Record) -> bool:
    """Whether the employee gets nothing for a line: its payment type is not reimbursable, and no customer is billed for it."""
    return line.get("NONREIMBURSABLE") == "true" and line.get("BILLABLE") != "true"


def reimbursed(line: Record) -> Decimal:
    """What is paid back of a kept line; of one that was loaded TRX_AMOUNT, or AMOUNT."""
    return Decimal(line.get(REIMBURSED) or line.get("TRX_AMOUNT") or line.get("AMOUNT") or 0)


def base_amount(line: Record) -> Decimal:
    """A kept line in base currency."""
    return cents(reimbursed(line) * Decimal(line.get("EXCHANGE_RATE") or 1))


def given_again(line: Given, kept: Record, currency: str) -> None:
    """Turn the amounts of a kept line into those that create_expensereport is given. `currency` is the report's."""
    line.fields["AMOUNT"] = f"{reimbursed(kept):f}"
    if line.fields.get("ORG_CURRENCY", currency) == currency:
        line.fields.pop("ORG_AMOUNT", None)
    if line.fields.get("ORG_EXCHRATETYPE"):
        line.fields.pop("ORG_EXCHRATE", None)


def _to_report(company: Company, line: Record, currency: str, day: str) -> Rate:
    """From what was spent to the report's currency."""
    spent = (line.get("ORG_CURRENCY") or currency).upper()
    type_id, fixed = line.get("ORG_EXCHRATETYPE", ""), line.get("ORG_EXCHRATE", "")
    on = line.get("ORG_EXCHRATEDATE", "") or day
    if spent == currency:
        return Rate(currency, currency, Decimal(1), "", on)
    if type_id and fixed:
        raise problems.other("Exchange rate type and exchange rate cannot be given together.")
    found = conversion(company, spent, currency, type_id=type_id or ("" if fixed else DAILY), fixed=fixed, on=on)
    kept = Decimal(1).scaleb(-company.settings.expense_rate_decimals)
    return replace(found, rate=found.rate.quantize(kept)) if fixed else found


def _to_base(company: Company, header: Record) -> Rate:
    """From the report's currency to the base currency: nobody may choose this rate."""
    currency, base, day = header["CURRENCY"], header["BASECURR"], header["WHENCREATED"]
    if currency == base:
        return Rate(base, currency, Decimal(1), "", day)
    found = conversion(company, currency, base, type_id=DAILY, fixed="", on=day)
    return Rate(base, currency, found.rate.quantize(_FIVE_DECIMALS), DAILY, day)
