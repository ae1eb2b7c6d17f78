"""Expense reports (EEXPENSES), which only create_expensereport, update_expensereport and reverse_expensereport touch.

Intacct XML gateway reference, Employee expense reports. Who writes one says Draft or Submitted; whether it is approved is the
company's own workflow, and where there is none a submitted report is Approved at once (inferred). It reaches the general ledger when
it is approved. The whole must not be negative (setting `negative_expense_total`).
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from include.sandbox.intacct import documents, expense_amounts, fields, general_ledger, problems, summaries
from include.sandbox.intacct.bills import numbered
from include.sandbox.intacct.catalog import ObjectType
from include.sandbox.intacct.company import SIDE, Company
from include.sandbox.intacct.documents import GONE, PAID, Document, lines_again, lines_of, owner_of
from include.sandbox.intacct.given import Given
from include.sandbox.intacct.lines import Line, settle_lines
from include.sandbox.intacct.money import rate_of
from include.sandbox.intacct.records import Record
from include.sandbox.intacct.values import need_date, read_date
from include.sandbox.settings import Settings

REFUSED = frozenset({"Declined", "Partially Declined"})
APPROVED = frozenset({"Approved", "Partially Approved", "Posted"})


def prepare(company: Company, given: Given, before: Record | None = None) -> Document:
    """The report that would be kept: a new one, or `before` with the given changes. Raises Problem."""
    kind = given.kind
    _changeable(company, given, (before or {}).get("STATE", ""))
    header = {**(before or {}), **fields.settle(company, given, defaults=before is None, active=True)}
    header |= _state(company, given.action, header)
    fields.require(kind, header)
    header["WHENPOSTED"] = header.get("WHENPOSTED") or header["WHENCREATED"]
    summaries.named(company, "EEXPENSES", header)
    wanted = given.lines if given.lines is not None else kept_lines(company, before)
    computed = expense_amounts.left_to_compute(company.settings, wanted)
    lines = settle_lines(company, header, wanted)
    if not lines:
        raise problems.no_lines(kind)
    require_employee(company, kind, header, lines, active=before is None or "EMPLOYEEID" in given.fields)
    owner, touched = owner_of(company, lines)
    header |= currencies(company, header, owner)
    records = expense_amounts.price(company, header, lines, computed)
    header |= expense_amounts.totals(company, header, lines)
    total = sum((line.amount + line.tax for line in lines), Decimal(0))
    if total < 0 and company.settings.negative_expense_total == "refuse":
        raise problems.other("The total of an expense report cannot be negative.")
    twice = company.settings.duplicate_expense_report_number
    numbered(company, "EEXPENSES", "Expense report number", header, before, twice=twice)
    header |= {"RECORDTYPE": "ei", "MODULEKEY": kind.module or ""}
    return Document(kind, header, records, touched, header["WHENPOSTED"])


def keep(company: Company, given: Given) -> Record:
    """Keep a new report. Raises Problem."""
    return general_ledger.trace(company, given.kind, documents.keep(company, prepare(company, given)))


def kept_lines(company: Company, before: Record | None) -> list[Given]:
    """The lines of a kept report as if they were given again."""
    return [] if before is None else lines_given_again(company, company.catalog["EEXPENSES"], before)


def lines_given_again(company: Company, kind: ObjectType, before: Record) -> list[Given]:
    """The same for any object whose amounts are those of an expense report."""
    again = lines_again(company, kind, before["RECORDNO"], without="GLACCOUNTNO")
    for line, kept in zip(again, lines_of(company, kind, before["RECORDNO"]), strict=True):
        expense_amounts.given_again(line, kept, before.get("CURRENCY", ""))
    return again


def state(company: Company, *, draft: bool) -> Record:
    """STATE and RAWSTATE of a report that is entered, or handed in again, now."""
    if draft:
        return {"STATE": "Draft", "RAWSTATE": "D"}
    if company.settings.expense_approval:
        return {"STATE": "Submitted", "RAWSTATE": "S"}
    return {"STATE": "Approved", "RAWSTATE": "A"}


def _changeable(company: Company, given: Given, current: str) -> None:
    """Raise Problem when a report in this state does not take these changes (setting `expense_approved_change`)."""
    if current not in APPROVED | PAID | GONE:
        return
    allowed = company.settings.expense_approved_change
    attachment_alone = given.lines is None and not given.action and given.fields.keys() <= {"SUPDOCID"}
    by_state = current in APPROVED or (current in PAID and attachment_alone)
    if not by_state or allowed == "refuse" or (allowed == "attachment" and not attachment_alone):
        raise problems.other(f"The expense report is {current.lower()} and cannot be changed.")


def _state(company: Company, wanted: str, header: Record) -> Record:
    current, word = header.get("STATE", ""), wanted.strip().lower()
    if current in APPROVED | PAID or (current and not word and company.settings.expense_update_state == "kept"):
        return {}
    if word not in ("", "draft", "submitted"):
        raise problems.other(f"State '{wanted}' is not valid.")
    entered = state(company, draft=word == "draft")
    if current in REFUSED and entered["STATE"] == "Submitted":
        again = handed_in_again(company.settings, "Submitted")
        entered = {"STATE": again, "RAWSTATE": company.catalog["EEXPENSES"].fields["STATE"].values[again]}
    return entered


def handed_in_again(settings: Settings, entered: str) -> str:
    """What becomes of a report that was declined and is handed in again (setting `expense_resubmitted`)."""
    return settings.expense_resubmitted if entered == "Submitted" else entered


def require_employee(
    company: Company, kind: ObjectType, header: Record, lines: Sequence[Line], *, active: bool
) -> None:
    """The employee is there, had joined by then, and is a resource of the projects where that is demanded. Raises Problem."""
    employee = company.refer(kind.fields["EMPLOYEEID"], header["EMPLOYEEID"], active=active)
    joined = read_date(employee.get("STARTDATE", ""))
    days = [header["WHENCREATED"]]
    if company.settings.expense_joining_date == "expenses":
        days = [line.record.get("ENTRY_DATE") or header["WHENCREATED"] for line in lines]
    if joined is not None and min(map(need_date, days)) < joined:
        raise problems.other(f"Cannot create expense before employee joining date {joined.strftime('%m/%d/%Y')}")
    if company.settings.expense_resources_only:
        for project in dict.fromkeys(line.record.get("PROJECTID", "") for line in lines):
            _require_resource(company, project, header["EMPLOYEEID"])


def _require_resource(company: Company, project: str, employee: str) -> None:
    resources = company.store.find(SIDE, "PROJECTRESOURCES", "PROJECTID", project) if project else []
    if project and not any(one.get("EMPLOYEEID") == employee for one in resources):
        raise problems.other(f"The employee isn't a resource of the project '{project}'.")


def currencies(company: Company, header: Record, owner: str) -> Record:
    """BASECURR, which is the owner's, and CURRENCY, the one in which the report is paid back. Raises Problem."""
    if company.only_inside_entities(company.settings.expense_reports_at_top_level):
        raise problems.other("Expense reports can only be entered at the entity level.")
    stated = header.get("BASECURR", "")
    base = rate_of(company, {"CURRENCY": stated, "BASECURR": stated}, owner, "").base
    return {"BASECURR": base, "CURRENCY": (header.get("CURRENCY") or base).upper()}


RULES = documents.Rules(object="EEXPENSES", prepare=prepare, keep=keep, kept_lines=kept_lines)
