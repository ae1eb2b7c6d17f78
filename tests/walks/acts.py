"""What clerks do to a report in Certify, and to its documents and books in Intacct."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from tests.expense_company import Company
from tests.walks.people import Walk, documents_of, header_of, lines_of

Act = Callable[[Company, Walk], None]
ACTS: dict[str, Act] = {}
#: What changes a list of Intacct: the next run reads the lists anew, the others reuse them as a backfill does.
LISTED = (
    "vendor inactive", "vendor on hold", "account inactive", "card inactive", "entity inactive", "close the period", "open the period",
)  # fmt: skip


class Impossible(Exception):
    """The act makes no sense now."""


def act(name: str) -> Callable[[Act], Act]:
    """Registers an act by the name under which a walk tells of it."""

    def keep(function: Act) -> Act:
        ACTS[name] = function
        return function

    return keep


def perform(company: Company, walk: Walk, name: str) -> bool:
    """Does it, unless it cannot be done now; tells whether it was done."""
    try:
        ACTS[name](company, walk)
    except Impossible:
        return False
    except RuntimeError as refused:
        if "400" not in str(refused):
            raise
        return False
    walk.told.append(name)
    if name in LISTED:
        company.stale = True  # type: ignore[attr-defined]
    return True


def _line(company: Company, walk: Walk, number: int = 0) -> dict[str, Any]:
    lines = lines_of(company, walk)
    if not lines:
        raise Impossible
    return lines[min(number, len(lines) - 1)]


def _edit(company: Company, walk: Walk, number: int = 0, **fields: Any) -> None:
    line = _line(company, walk, number)
    company.sandbox.act("edit_report", report=walk.report, line=line["ID"], line_changes=fields)


@act("unprocess")
def unprocess(company: Company, walk: Walk) -> None:
    company.sandbox.act("unprocess", report=walk.report)


@act("process again")
def process(company: Company, walk: Walk) -> None:
    company.sandbox.act("process", report=walk.report, date=str(walk.day))


@act("reprocess")
def reprocess(company: Company, walk: Walk) -> None:
    company.sandbox.act("reprocess", report=walk.report, approval_code="new")


@act("reprocess on another date")
def reprocess_later(company: Company, walk: Walk) -> None:
    company.sandbox.act("reprocess", report=walk.report, date=str(walk.day + timedelta(days=1)))


@act("reprocess for another entity")
def reprocess_elsewhere(company: Company, walk: Walk) -> None:
    company.sandbox.act("reprocess", report=walk.report, entity="100")


@act("reprocess with another amount")
def reprocess_amount(company: Company, walk: Walk) -> None:
    company.sandbox.act("reprocess", report=walk.report, amount="77.70")


@act("remove the first line")
def remove_first(company: Company, walk: Walk) -> None:
    company.sandbox.act("reprocess", report=walk.report, remove_line=_line(company, walk)["ID"])


@act("remove the last line")
def remove_last(company: Company, walk: Walk) -> None:
    _line(company, walk)
    company.sandbox.act("reprocess", report=walk.report, remove_line=True)


@act("disapprove the first line")
def disapprove_first(company: Company, walk: Walk) -> None:
    company.sandbox.act("disapprove_line", report=walk.report, line=_line(company, walk)["ID"])


@act("disapprove the last line")
def disapprove_last(company: Company, walk: Walk) -> None:
    company.sandbox.act("disapprove_line", report=walk.report, line=_line(company, walk, 99)["ID"])


@act("disapprove every line")
def disapprove_all(company: Company, walk: Walk) -> None:
    for line in lines_of(company, walk):
        company.sandbox.act("disapprove_line", report=walk.report, line=line["ID"])


@act("edit an amount")
def edit_amount(company: Company, walk: Walk) -> None:
    line = _line(company, walk)
    owed = "88.80" if float(line["ReimAmount"]) else "0"
    _edit(company, walk, Amount="88.80", ReimAmount=owed)


@act("edit the category")
def edit_category(company: Company, walk: Walk) -> None:
    _edit(company, walk, ExpenseCategory="Meals", ExpenseCategoryGLCode=f"{walk.account}9")


@act("make it personal")
def edit_personal(company: Company, walk: Walk) -> None:
    _edit(company, walk, ExpenseCategory="Private")


@act("edit the department")
def edit_department(company: Company, walk: Walk) -> None:
    _edit(company, walk, DepartmentCode="39")


@act("edit the reason")
def edit_reason(company: Company, walk: Walk) -> None:
    _edit(company, walk, Reason="corrected")


@act("edit the expense date")
def edit_date(company: Company, walk: Walk) -> None:
    _edit(company, walk, ExpenseDate=str(walk.day - timedelta(days=9)))


@act("put a line on an unknown card")
def edit_card(company: Company, walk: Walk) -> None:
    _edit(company, walk, 99, PaymentCardName="Card of nobody", CCLast="0000")


@act("make a line the company's")
def edit_payer(company: Company, walk: Walk) -> None:
    _edit(
        company, walk, ReimAmount="0", Reimbursable=False, PaymentCardName=f"Card {walk.number}", CCLast="",
        CCTransactionID=f"X-{walk.number}",
    )  # fmt: skip


@act("add a line")
def add_line(company: Company, walk: Walk) -> None:
    line = dict(_line(company, walk))
    line["ID"] = f"{line['ID'][:-6]}{990_000 + len(lines_of(company, walk)):06d}"
    line |= {
        "Amount": "12",
        "ReimAmount": "12" if float(line["ReimAmount"]) else "0",
        "CCTransactionID": f"A-{walk.number}",
    }
    company.sandbox.load("certify", "expenses", [line])
    _edit(company, walk, Reason=line.get("Reason", ""))


@act("header and lines disagree")
def edit_total(company: Company, walk: Walk) -> None:
    head = header_of(company, walk)
    changes = {"TotalAmount": str(float(head["TotalAmount"]) + 1)}
    company.sandbox.act("edit_report", report=walk.report, changes=changes, keep_totals=True)


@act("reimburse")
def reimburse(company: Company, walk: Walk) -> None:
    company.sandbox.act("reimburse", report=walk.report)


@act("merge the employee away")
def merge_employee(company: Company, walk: Walk) -> None:
    _employee(company, walk, f"{walk.employee}x")


@act("give the employee an unknown ID")
def unknown_employee(company: Company, walk: Walk) -> None:
    _employee(company, walk, "V-0000")


@act("change the ID of the lines' employee")
def half_merged(company: Company, walk: Walk) -> None:
    for line in lines_of(company, walk):
        changes = {"EmployeeID": f"{walk.employee}x"}
        company.sandbox.act("edit_report", report=walk.report, line=line["ID"], line_changes=changes)


def _employee(company: Company, walk: Walk, code: str) -> None:
    company.sandbox.act("edit_report", report=walk.report, changes={"EmployeeID": code})
    for line in lines_of(company, walk):
        company.sandbox.act("edit_report", report=walk.report, line=line["ID"], line_changes={"EmployeeID": code})


def _document(company: Company, walk: Walk, last: bool = False) -> dict[str, Any]:
    found = documents_of(company, walk)
    if not found:
        raise Impossible
    name, record = found[-1 if last else 0]
    return {"object": name, "record": record["RECORDNO"]}


@act("delete a document")
def delete_first(company: Company, walk: Walk) -> None:
    company.sandbox.act("delete", **_document(company, walk))


@act("delete every document")
def delete_all(company: Company, walk: Walk) -> None:
    _document(company, walk)
    while documents_of(company, walk):
        company.sandbox.act("delete", **_document(company, walk))


@act("reverse a document")
def reverse_first(company: Company, walk: Walk) -> None:
    company.sandbox.act("reverse", **_document(company, walk))


@act("reverse every document")
def reverse_all(company: Company, walk: Walk) -> None:
    _document(company, walk)
    while documents_of(company, walk):
        company.sandbox.act("reverse", **_document(company, walk))


@act("edit a document's header")
def edit_header(company: Company, walk: Walk) -> None:
    named = _document(company, walk)
    changes = {"VENDORID": f"{walk.employee}x"} if named["object"] == "APBILL" else {"DESCRIPTION": "edited"}
    company.sandbox.act("edit_document", **named, changes=changes)


@act("edit a document's amount")
def edit_document_amount(company: Company, walk: Walk) -> None:
    company.sandbox.act("edit_document", **_document(company, walk, last=True), amount="66.60")


@act("edit a document's account")
def edit_document_account(company: Company, walk: Walk) -> None:
    company.sandbox.act("edit_document", **_document(company, walk), line_changes={"ACCOUNTNO": f"{walk.account}9"})


@act("renumber a document")
def renumber(company: Company, walk: Walk) -> None:
    named = _document(company, walk)
    company.sandbox.act("edit_document", **named, changes={"RECORDID": f"INV-{walk.number}"})
    walk.renumbered.add((named["object"], named["record"]))


@act("approve")
def approve(company: Company, walk: Walk) -> None:
    company.sandbox.act("approve", **_document(company, walk))


@act("decline")
def decline(company: Company, walk: Walk) -> None:
    company.sandbox.act("decline", **_document(company, walk))


@act("pay")
def pay(company: Company, walk: Walk) -> None:
    company.sandbox.act("pay", **_document(company, walk))


@act("recall to draft")
def recall(company: Company, walk: Walk) -> None:
    company.sandbox.act("edit_document", **_document(company, walk), changes={"STATE": "Draft"})


@act("close the period")
def close_period(company: Company, walk: Walk) -> None:
    company.sandbox.act("close_period", entity=walk.entity, date=str(walk.day))


@act("open the period")
def open_period(company: Company, walk: Walk) -> None:
    company.sandbox.act("open_period", entity=walk.entity)


@act("vendor inactive")
def vendor_inactive(company: Company, walk: Walk) -> None:
    company.sandbox.act("set_status", object="VENDOR", record=walk.employee)


@act("vendor on hold")
def vendor_on_hold(company: Company, walk: Walk) -> None:
    company.sandbox.act("hold_vendor", vendor=walk.employee)


@act("account inactive")
def account_inactive(company: Company, walk: Walk) -> None:
    company.sandbox.act("set_status", object="GLACCOUNT", record=walk.account)


@act("card inactive")
def card_inactive(company: Company, walk: Walk) -> None:
    company.sandbox.act("set_status", object="CREDITCARD", record=walk.card)


@act("entity inactive")
def entity_inactive(company: Company, walk: Walk) -> None:
    company.sandbox.act("set_status", object="LOCATIONENTITY", record=walk.entity)


@act("somebody books it by hand")
def book_by_hand(company: Company, walk: Walk) -> None:
    company.sandbox.load("intacct", "APBILL", [hand_made(company, walk)])


def hand_made(company: Company, walk: Walk, total: str = "") -> dict[str, Any]:
    """A bill as a person makes it, over what the employee is owed."""
    total = total or str(header_of(company, walk)["ReimAmount"])
    return {
        "RECORDID": f"HAND-{walk.number}-{len(walk.told)}", "VENDORID": walk.employee, "CURRENCY": "USD", "TRX_TOTALENTERED": total,
        "STATE": "Posted", "WHENCREATED": f"{walk.day:%m/%d/%Y}",
        "APBILLITEMS": [{"ACCOUNTNO": walk.account, "LOCATIONID": walk.entity, "TRX_AMOUNT": total}],
    }  # fmt: skip
