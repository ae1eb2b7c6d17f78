"""A company in which every report has employee, entity, account and card of its own: what a clerk does concerns one report."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from certify_intacct.posting.report_locks import ReportLocks
from certify_intacct.rules.expenses import identity
from certify_intacct.staging.database import Database
from tests.expense_company import COMPRESSED, Company, report_id

#: What a report consists of; ``card late`` and ``bill late``: the other document of it was posted by an earlier run.
SHAPES = ("bill", "card", "both", "bill late", "card late")
OBJECTS = ("APBILL", "CCTRANSACTION")


@dataclass
class Walk:
    """One report on its way.

    :ivar state: the state of the ledger it was brought into
    :ivar acts: what clerks do to it then
    :ivar told: what happened, for whoever reads a failure
    :ivar strangers: records of Intacct that carry one of its numbers and are none of ours
    :ivar renumbered: records of Intacct that are its, though somebody gave them another number
    :ivar done: how often a way was taken in a case
    """

    number: int
    shape: str
    state: str
    acts: tuple[str, ...]
    day: date
    told: list[str] = field(default_factory=list)
    strangers: set[str] = field(default_factory=set)
    renumbered: set[tuple[str, str]] = field(default_factory=set)
    done: dict[tuple[str, str], int] = field(default_factory=dict)

    @property
    def report(self) -> str:
        return report_id(self.number)

    @property
    def token(self) -> str:
        return identity.token("sandbox", self.report)

    @property
    def employee(self) -> str:
        return f"V-{self.number:04d}"

    @property
    def entity(self) -> str:
        return f"N{self.number:04d}"

    @property
    def account(self) -> str:
        return f"7{self.number:04d}"

    @property
    def card(self) -> str:
        return f"CARD-{self.number:04d}"

    @property
    def dice(self) -> random.Random:
        """The same for the same walk, however many others there are."""
        return random.Random(f"{self.shape}/{self.state}/{self.acts}/{len(self.told)}")

    def __str__(self) -> str:
        return f"report {self.number} ({self.shape}; {self.state}; {', '.join(self.acts) or 'nothing'})"


def populate(company: Company, walks: list[Walk]) -> None:
    """Whatever the reports of these walks need at both services; the reports are not there yet."""
    company.sandbox.load("intacct", "LOCATIONENTITY", [_entity(walk.entity) for walk in walks])
    people = [walk.employee for walk in walks] + [f"{walk.employee}x" for walk in walks]
    company.sandbox.load("intacct", "VENDOR", [_vendor(one) for one in people])
    accounts = [code for walk in walks for code in (walk.account, f"{walk.account}9")]
    company.sandbox.load(
        "intacct", "GLACCOUNT", [{"ACCOUNTNO": one, "TITLE": one, "STATUS": "active"} for one in accounts]
    )
    company.sandbox.load("intacct", "CREDITCARD", [_card(walk.card) for walk in walks])
    company.sandbox.load(
        "certify", "empglds/1", [{"Code": walk.entity, "Name": walk.entity, "Active": 1} for walk in walks]
    )
    company.sandbox.load("certify", "empglds/1", [{"Code": "100", "Name": "Acme US", "Active": 1}])
    configure(company, walks)


def configure(company: Company, walks: list[Walk], **sending: Any) -> None:
    """Writes connector.yaml: a card of each report's own, no limits."""
    cards = [{"payment_card": f"Card {walk.number}", "card_id": walk.card} for walk in walks]
    company.configure(
        company_paid={"cards": cards},
        limits={"document_amount": None, "times_median": None},
        sending={**COMPRESSED, **sending},
    )


def hand_in(company: Company, walk: Walk) -> None:
    """The report, processed: two lines that the employee paid, one that the company did, or some of them."""
    own = {"EmployeeID": walk.employee, "ExpenseCategoryGLCode": walk.account}
    charge = {**own, "Amount": "20.05", "ReimAmount": "0", "PaymentCardName": f"Card {walk.number}", "CCLast": ""}
    paid = [{**own, "Amount": "100.10", "ReimAmount": "100.10"}, {**own, "Amount": "40", "ReimAmount": "40"}]
    lines = {"bill": paid, "card": [charge]}.get(walk.shape, [*paid, charge])
    company.report(
        walk.number, *lines, day=walk.day, EmployeeID=walk.employee, EmpGLD1Code=walk.entity, EmpGLD1Name=walk.entity,
        ApprovalCode=str(500_000 + walk.number),
    )  # fmt: skip


def lines_of(company: Company, walk: Walk) -> list[dict[str, Any]]:
    """Its lines in Certify."""
    return [one for one in company.sandbox.state("certify", "expenses") if one["ExpenseReportID"] == walk.report]


def header_of(company: Company, walk: Walk) -> dict[str, Any]:
    """Its header in Certify."""
    return next(one for one in company.sandbox.state("certify", "expensereports") if one["ID"] == walk.report)


def documents_of(company: Company, walk: Walk) -> list[tuple[str, dict[str, Any]]]:
    """What stands of it in Intacct: object and record, without what was reversed and its mirror."""
    return [
        (name, record)
        for name in OBJECTS
        for record in company.sandbox.state("intacct", name)
        if (record["RECORDID"].startswith(walk.token) or (name, record["RECORDNO"]) in walk.renumbered)
        and record["RECORDNO"] not in walk.strangers
        and record.get("STATE") not in ("Reversed", "Reversal")
    ]


@contextmanager
def asleep(company: Company, walks: list[Walk]) -> Iterator[None]:
    """Nobody sends or settles these reports meanwhile: another load seems to be at work on them."""
    with ReportLocks(Database(company.database.loader_url), "SANDBOX", load_id=0) as locks:
        locks.take(walk.token for walk in walks)
        yield


def plan(company: Company, day: date) -> tuple[int, dict[str, Any]]:
    """The steps up to the plan; lists of Intacct are read anew when somebody has changed them."""
    refresh = getattr(company, "stale", True)
    company.stale = False  # type: ignore[attr-defined]
    return company.plan(day, refresh=refresh)


def sync(company: Company, day: date) -> dict[str, int]:
    """A whole run."""
    return company.load(*plan(company, day))


def _entity(code: str) -> dict[str, str]:
    return {"LOCATIONID": code, "NAME": code, "CURRENCY": "USD", "STATUS": "active"}


def _vendor(code: str) -> dict[str, str]:
    return {"VENDORID": code, "NAME": "Ana Ruiz", "VENDTYPE": "Employee", "STATUS": "active"}


def _card(code: str) -> dict[str, str]:
    return {"CARDID": code, "DESCRIPTION": code, "LIABACCTNO": "2050", "STATUS": "active"}
