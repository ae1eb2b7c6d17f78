"""A small company to plan for: two entities, a few accounts, one employee, two cards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from certify_intacct.documents import targets
from certify_intacct.model.configuration import Configuration
from certify_intacct.model.references import (
    Account,
    CardAccount,
    Category,
    DimensionValue,
    Employee,
    PaymentType,
    References,
    TaxDetail,
    Vendor,
)
from certify_intacct.model.report_plans import ReportPlan
from certify_intacct.model.reports import ExpenseLine, ExpenseReport
from certify_intacct.rules.expenses import planning

TODAY = date(2026, 3, 10)


def entity(code: str, currency: str = "", **changes: Any) -> DimensionValue:
    """An entity of Intacct."""
    return DimensionValue(code=code, more={"currency": currency}, **changes)


def values(*codes: str, inactive: Sequence[str] = ()) -> dict[tuple[str, ...], DimensionValue]:
    """Values of a dimension by their codes."""
    found = {(code,): DimensionValue(code=code) for code in codes}
    return found | {(code,): DimensionValue(code=code, status="inactive") for code in inactive}


REFERENCES = References(
    vendors={
        "E-1007": Vendor(
            vendor_id="E-1007",
            record_no="71",
            name="Ana Ruiz",
            email="a.ruiz@example.com",
            vendor_type="Employee",
            term="N30",
        )
    },
    accounts={
        "6220": Account(account_no="6220"),
        "6300": Account(account_no="6300", requires=frozenset({"department"})),
        "6400": Account(account_no="6400", requires=frozenset({"project"})),
        "6999": Account(account_no="6999", active=False),
        "2310": Account(account_no="2310"),
    },
    cards={
        "CORP-VISA": CardAccount(card_id="CORP-VISA"),
        "US-AMEX": CardAccount(card_id="US-AMEX", entity="100"),
    },
    employees={"E-1007": Employee(employee_id="E-1007", record_no="31", name="Ana Ruiz", email="a.ruiz@example.com")},
    expense_types={"Lodging": Account(account_no="Lodging")},
    payment_types={
        "Out of pocket": PaymentType(name="Out of pocket", reimbursable=True),
        "Company card": PaymentType(name="Company card", reimbursable=False),
    },
    dimensions={
        "entity": {
            ("100",): entity("100", "USD"),
            ("200",): entity("200", "EUR"),
            ("900",): entity("900", "USD", status="inactive"),
        },
        "department": values("30", "31", inactive=["39"]),
    },
    categories={
        "Hotel": (Category(name="Hotel", gl_code="6220"),),
        "Gift for myself": (Category(name="Gift for myself", gl_code="6220", personal=True),),
        "Cash from the desk": (Category(name="Cash from the desk", gl_code="6220", cash_advance=True),),
    },
    term_days={"N30": 30},
    tax_details={
        "UK standard": TaxDetail(detail_id="UK standard", solution="UK - VAT"),
        "UK zero": TaxDetail(detail_id="UK zero", solution="UK - VAT"),
    },
)


def configuration(
    company: dict[str, Any] | None = None, dimensions: dict[str, Any] | None = None, **posting: Any
) -> Configuration:
    """The company's configuration; keyword arguments replace parts of section ``posting``."""
    return Configuration.model_validate(
        {
            "company": {
                "time_zone": "Europe/Berlin",
                "certify_company": "acme",
                "intacct_company_id": "ACME",
                "first_post_date": "2026-01-01",
                "previous_connector": {"posted": "nothing"},
                **(company or {}),
            },
            "dimensions": dimensions or {},
            "posting": {
                "vendors": {"employee_vendor_types": ["Employee"]},
                "company_paid": {
                    "cards": [
                        {"payment_card": "Corp Visa", "last": "4821", "card_id": "CORP-VISA"},
                        {"payment_card": "US Amex", "card_id": "US-AMEX"},
                    ]
                },
                **posting,
            },
        }
    )


def line(expense_id: str, amount: str, reim: str | None = None, **changes: Any) -> ExpenseLine:
    """A hotel night; fully reimbursable unless ``reim`` says otherwise."""
    reimbursed = Decimal(amount if reim is None else reim)
    whole = ExpenseLine(
        id=expense_id,
        report_id="5d0f2c61-7a0e-4f0a-9a55-0c1f6f1f0001",
        employee_id="E-1007",
        email="a.ruiz@example.com",
        department_code="30",
        department_name="Sales",
        category="Hotel",
        category_gl_code="6220",
        amount=Decimal(amount),
        reim_amount=reimbursed,
        reimbursable=reimbursed != 0,
        currency="USD",
        expense_date=date(2026, 2, 25),
        vendor="Hotel Teatro",
        reason="Client visit",
    )
    return replace(whole, **changes)


def card_line(expense_id: str, amount: str, charge: str = "", **changes: Any) -> ExpenseLine:
    """A company-paid line on the Visa card."""
    card = {
        "card_name": "Corp Visa",
        "card_last": "4821",
        "card_transaction_id": charge,
        "posting_date": date(2026, 2, 27),
    }
    return line(expense_id, amount, "0", **{**card, **changes})


def plan_report(
    whole: ExpenseReport, lines: Sequence[ExpenseLine], references: References, config: Configuration, **more: Any
) -> ReportPlan:
    """The plan of a report, each payer's part as the kind of document that the configuration asks for."""
    return planning.plan_report(whole, lines, references, config, targets(), **more)


def report(*lines: ExpenseLine, **changes: Any) -> ExpenseReport:
    """A processed report whose header fits ``lines``."""
    kept = [item for item in lines if not item.disapproved]
    total = sum((item.amount or Decimal(0) for item in kept), Decimal(0))
    reim = sum((item.reim_amount or Decimal(0) for item in kept), Decimal(0))
    whole = ExpenseReport(
        id="5d0f2c61-7a0e-4f0a-9a55-0c1f6f1f0001",
        employee_id="E-1007",
        first_name="Ana",
        last_name="Ruiz",
        name="Denver trip",
        currency="USD",
        total_amount=total,
        reim_amount=reim,
        non_reim_amount=total - reim,
        submitted_date=date(2026, 3, 3),
        processed=True,
        processed_date=date(2026, 3, 7),
        approval_code="104233",
        initial_approver_email="m.chan@example.com",
        employee_gld_codes={1: "100"},
    )
    return replace(whole, **changes)
