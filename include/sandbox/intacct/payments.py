"""What the company pays: payments of bills (APPYMT), and reimbursements of expense reports (EPPAYMENTREQUEST, EPPAYMENT).

Intacct XML gateway reference, Accounts Payable > AP Payments and Employee Expenses > Reimbursements. A payment names the documents
that it pays, and how much of each. A printed check waits until it is confirmed (one for an employee until the act `print_check`: no
function does that), and any payment of bills for approval where that is on (setting `payment_approval`); meanwhile its documents are
Selected. Once it is made they are Paid, or Partially Paid while something is due.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from include.sandbox.intacct import documents, fields, general_ledger, legacy, problems
from include.sandbox.intacct.catalog import ObjectType
from include.sandbox.intacct.company import SIDE, Company
from include.sandbox.intacct.given import Given, children
from include.sandbox.intacct.records import DATE, Record
from include.sandbox.intacct.types import Element
from include.sandbox.intacct.values import cents, money, need_date, read_decimal

OBJECT, DETAIL = "APPYMT", "APPYMTDETAIL"
#: Of a request the expense reports that it reimburses, and how much of each.
_ITEMS = "_ITEMS"
REQUEST, REIMBURSEMENT = "EPPAYMENTREQUEST", "EPPAYMENT"
SOURCES = ("CHECKINGACCOUNT", "SAVINGSACCOUNT", "CREDITCARD")
#: Methods whose payments are made when somebody confirms that the check is printed.
PRINTED = frozenset({"printed check", "joint check"})
DUE = ("Posted", "Approved", "Partially Paid")
#: What a payment can apply beside money; each is refused as not carried out.
NOT_APPLIED = (
    "INLINEKEY", "ADJUSTMENTKEY", "ADVANCEKEY", "DISCOUNTDATE", "DISCOUNTTOAPPLY", "CREDITTOAPPLY",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Item:
    """One document, and how much of it is paid, in its own currency."""

    kind: ObjectType
    record: Record
    amount: Decimal

    @property
    def base(self) -> Decimal:
        """The same in base currency."""
        due, base = (number(self.record, f"{prefix}TOTALDUE", f"{prefix}TOTALENTERED") for prefix in ("TRX_", ""))
        return cents(base * self.amount / due) if due else base


# -- what becomes of a document ----------------------------------------------------------------------------------------


def number(record: Record, *names: str) -> Decimal:
    """The amount in the first of these fields that has one."""
    return Decimal(next(filter(None, (record.get(name) for name in names)), "0"))


def paid(item: Item, day: str) -> Record:
    """What paying an item makes of its document."""
    due = number(item.record, "TRX_TOTALDUE", "TRX_TOTALENTERED")
    base = number(item.record, "TOTALDUE", "TOTALENTERED")
    whole = item.amount == due
    changes = {"STATE": "Paid" if whole else "Partially Paid"} | ({"WHENPAID": day} if whole else {})
    for prefix, was, part in (("", base, item.base), ("TRX_", due, item.amount)):
        already = number(item.record, f"{prefix}TOTALPAID")
        changes |= {f"{prefix}TOTALPAID": f"{already + part:f}", f"{prefix}TOTALDUE": f"{was - part:.2f}"}
    return changes | _selected("0.00", "0.00")


def unpaid(kind: ObjectType, record: Record, amount: Decimal) -> Record:
    """What voiding a payment of so much makes of a document: it is due again."""
    trx, base = (number(record, f"{prefix}TOTALPAID") for prefix in ("TRX_", ""))
    whole = amount == trx
    part = base if whole else cents(base * amount / trx)
    changes = {"STATE": kind.approved if whole else "Partially Paid", "WHENPAID": ""}
    for prefix, was, back in (("", base, part), ("TRX_", trx, amount)):
        due = number(record, f"{prefix}TOTALDUE")
        changes |= {f"{prefix}TOTALPAID": f"{was - back:.2f}", f"{prefix}TOTALDUE": f"{due + back:f}"}
    return changes


def released(kind: ObjectType, record: Record) -> Record:
    """What a document is again whose payment is not made after all."""
    state = "Partially Paid" if number(record, "TRX_TOTALPAID") else kind.approved
    return {"STATE": state} | _selected("0.00", "0.00")


def _selected(base: str, trx: str) -> Record:
    return {"TOTALSELECTED": base, "TRX_TOTALSELECTED": trx}


def _change(company: Company, kind: ObjectType, record: Record, changes: Record) -> None:
    changes["RAWSTATE"] = kind.fields["STATE"].values[changes["STATE"]]
    changes = {name: value for name, value in changes.items() if name in kind.fields}
    if company.settings.payments_stamp_document:
        company.stamp_modified(kind, changes)
    company.note(kind, company.store.update(SIDE, kind.name, record["RECORDNO"], changes), "M")


# -- payments of bills --------------------------------------------------------------------------------------------------


def keep(company: Company, given: Given) -> Record:
    """Keep a new payment of bills, and pay them or select them for it. Raises Problem."""
    header = fields.settle(company, given, active=True)
    fields.require(given.kind, header)
    return _kept(company, given, header | {"WHENCREATED": header.pop("PAYMENTDATE")}, None)


def change(company: Company, given: Given, before: Record) -> Record:
    """Change a draft, which without an action it stays: details that are sent replace those that were there. Raises Problem."""
    _need(before, "Draft")
    _release(company, before)
    if given.lines is not None:
        _forget_details(company, before)
    given.action = given.action or "draft"
    return _kept(company, given, before | fields.settle(company, given, defaults=False, active=True), before)


def _kept(company: Company, given: Given, header: Record, before: Record | None) -> Record:
    kind = given.kind
    _source(company, header.get("FINANCIALENTITY", ""))
    if not header.get("PAYMENTMETHOD"):
        raise problems.missing("Payment method")
    there = details_of(company, before) if before is not None and given.lines is None else []
    lines = given.lines or [Given(company.catalog[DETAIL], one) for one in there]
    items = [_item_of(company, header, line) for line in lines]
    _payable(company, items, header["WHENCREATED"], "AP")
    state = _first_state(company, given.action, header["PAYMENTMETHOD"])
    header |= _amounts(company, items) | _stated(kind, state) | {"RECORDTYPE": "pp", "MODULEKEY": kind.module or ""}
    if before is None:
        kept = company.insert(kind, header)
    else:
        company.stamp_modified(kind, header)
        kept = company.store.update(SIDE, OBJECT, before["RECORDNO"], header)
        company.note(kind, kept, "M")
    for line, item in zip(given.lines or [], items if given.lines else [], strict=True):
        _keep_detail(company, kept, line, item)
    if there:
        _state_details(company, kept, state)
    _settle(company, items, made=state == "Posted", day=header["WHENCREATED"])
    if state == "Posted":
        _book(company, kind, kept, items)
    return kept


def delete(company: Company, before: Record) -> None:
    """Delete a payment that is not made yet. Raises Problem."""
    kind = company.catalog[OBJECT]
    if before["STATE"] in ("Posted", "Voided"):
        raise problems.other(f"The transaction is {before['STATE'].lower()} and cannot be deleted.")
    _release(company, before)
    _forget_details(company, before)
    company.store.delete(SIDE, OBJECT, before["RECORDNO"])
    company.note(kind, before, "D")


def approve(company: Company, before: Record) -> None:
    """approve_appaymentrequest: it is made, or waits to be confirmed. Raises Problem."""
    _need(before, "Submitted")
    made = before["PAYMENTMETHOD"].lower() not in PRINTED
    _move(company, before, "Posted" if made else "Approved")


def confirm(company: Company, before: Record) -> None:
    """confirm_appaymentrequest: the check is printed, and so the payment made. Raises Problem."""
    _need(before, "Approved")
    _move(company, before, "Posted")


def decline(company: Company, before: Record) -> None:
    """decline_appaymentrequest. Raises Problem."""
    _need(before, "Submitted")
    _release(company, before)
    _move(company, before, "Declined")


def void(company: Company, before: Record) -> None:
    """void_appaymentrequest and reverse_appayment: what was paid is due again. Raises Problem."""
    _need(before, "Approved", "Posted")
    if before["STATE"] == "Approved":
        _release(company, before)
    else:
        for one in details_of(company, before):
            kind, record = _document_of(company, one)
            amount = number(one, "TRX_PAYMENTAMOUNT")
            if record.get("STATE") in documents.GONE or number(record, "TRX_TOTALPAID") < amount:
                raise problems.other("The document is not paid by this payment any more.")
            _change(company, kind, record, unpaid(kind, record, amount))
        general_ledger.turn_round(company, company.catalog[OBJECT], before, before["WHENCREATED"])
    _move(company, before, "Voided")


MOVES: dict[str, Callable[[Company, Record], None]] = {
    "approve_appaymentrequest": approve,
    "confirm_appaymentrequest": confirm,
    "decline_appaymentrequest": decline,
    "void_appaymentrequest": void,
}


def details_of(company: Company, payment: Record) -> list[Record]:
    """What a payment pays."""
    return company.store.find(SIDE, DETAIL, "PAYMENTKEY", payment["RECORDNO"])


def _move(company: Company, before: Record, state: str) -> None:
    kind = company.catalog[OBJECT]
    if state == "Posted":
        items = [
            Item(*_document_of(company, one), number(one, "TRX_PAYMENTAMOUNT")) for one in details_of(company, before)
        ]
        _settle(company, items, made=True, day=before["WHENCREATED"])
        _book(company, kind, before, items)
    changes = _stated(kind, state)
    company.stamp_modified(kind, changes)
    company.note(kind, company.store.update(SIDE, OBJECT, before["RECORDNO"], changes), "M")
    _state_details(company, before, state)


def _state_details(company: Company, payment: Record, state: str) -> None:
    for one in details_of(company, payment):
        company.store.update(SIDE, DETAIL, one["RECORDNO"], {"STATE": state, "WHENMODIFIED": company.local_time})


def _need(before: Record, *states: str) -> None:
    if before["STATE"] not in states:
        raise problems.other(f"The payment is {before['STATE'].lower()}, not {' or '.join(states).lower()}.")


def _release(company: Company, before: Record) -> None:
    for one in details_of(company, before) if before["STATE"] in ("Draft", "Submitted", "Approved") else ():
        kind, record = _document_of(company, one)
        if record.get("STATE") == "Selected":  # else it became something else meanwhile
            _change(company, kind, record, released(kind, record))


def _forget_details(company: Company, before: Record) -> None:
    for one in details_of(company, before):
        company.store.delete(SIDE, DETAIL, one["RECORDNO"])


def _document_of(company: Company, detail: Record) -> tuple[ObjectType, Record]:
    kind = company.catalog["APADJUSTMENT" if detail.get("POSADJKEY") else "APBILL"]
    return kind, documents.existing(company, kind, detail.get("POSADJKEY") or detail.get("RECORDKEY", ""))


def _item_of(company: Company, header: Record, line: Given) -> Item:
    for name in NOT_APPLIED:
        if line.fields.get(name, "").strip():
            raise problems.not_carried_out(f"create APPYMT with {name}")
    kind, record = _document_of(company, line.fields)
    if record.get("VENDORID") != header["VENDORID"]:
        raise problems.not_found()
    amount = line.fields.get("TRX_PAYMENTAMOUNT", "").strip()
    return Item(kind, record, _amount(amount) if amount else number(record, "TRX_TOTALDUE"))


def _keep_detail(company: Company, payment: Record, line: Given, item: Item) -> None:
    own = {name: value for name, value in line.fields.items() if value and name in ("ENTRYKEY", "POSADJENTRYKEY")}
    company.insert(
        line.kind,
        own
        | {"POSADJKEY" if item.kind.name == "APADJUSTMENT" else "RECORDKEY": item.record["RECORDNO"]}
        | {"PAYMENTKEY": payment["RECORDNO"], "STATE": payment["STATE"], "CURRENCY": item.record.get("CURRENCY", "")}
        | {
            "TRX_PAYMENTAMOUNT": money(item.amount, company.settings),
            "PAYMENTAMOUNT": money(item.base, company.settings),
        },
    )


def _first_state(company: Company, action: str, method: str) -> str:
    if action.lower() not in ("", "submit", "draft"):
        raise problems.other(f"Action '{action}' is not valid.")
    if action.lower() == "draft":
        return "Draft"
    if company.settings.payment_approval:
        return "Submitted"
    return "Approved" if method.lower() in PRINTED else "Posted"


# -- reimbursements -----------------------------------------------------------------------------------------------------


def reimburse(company: Company, call: Element) -> Record:
    """Keep what create_reimbursementrequest asks for, and with it the reimbursement, unless it is a check to print. Raises Problem."""
    kind = company.catalog[REQUEST]
    given = {
        name: (call.findtext(tag) or "").strip()
        for name, tag in (
            ("FINANCIALENTITY", "bankaccountid"), ("EMPLOYEEID", "employeeid"), ("PAYMENTTYPE", "paymentmethod"), ("MEMO", "memo"),
            ("DOCUMENTNUMBER", "documentnumber"), ("DESCRIPTION", "paymentdescription"),
        )
    }  # fmt: skip
    header = fields.settle(
        company, Given(kind, given | {"PAYMENTDATE": legacy.date_of(call.find("paymentdate"))}), active=True
    )
    fields.require(kind, header)
    _source(company, header["FINANCIALENTITY"])
    items = [
        _expenses(company, header["EMPLOYEEID"], one)
        for one in children(call.find("eppaymentrequestitems"))  # type: ignore[arg-type]
    ]
    _payable(company, items, header["PAYMENTDATE"], "EE")
    made = header["PAYMENTTYPE"].lower() not in PRINTED
    header |= {"PAYMENTAMOUNT": money(sum((item.amount for item in items), Decimal(0)), company.settings)}
    header |= _shown(header, items) | {"STATE": "Posted" if made else "Approved"}
    asked = {_ITEMS: " ".join(f"{item.record['RECORDNO']}={item.amount}" for item in items)}
    kept = company.insert(kind, header | asked)
    if made:
        _reimbursed(company, header, items)
    _settle(company, items, made=made, day=header["PAYMENTDATE"])
    return kept


def print_check(company: Company, request: Record) -> Record:
    """The check of a request is printed and confirmed: the employee is reimbursed, as it was asked for. Raises Problem."""
    _need(request, "Approved")
    kind = company.catalog["EEXPENSES"]
    asked_for = (item.split("=") for item in request.get(_ITEMS, "").split())
    items = [Item(kind, documents.existing(company, kind, key), Decimal(amount)) for key, amount in asked_for]
    _settle(company, items, made=True, day=request["PAYMENTDATE"])
    asked = company.catalog[REQUEST]
    changes: Record = {"STATE": "Posted"}
    company.stamp_modified(asked, changes)
    company.note(asked, company.store.update(SIDE, REQUEST, request["RECORDNO"], changes), "M")
    own = {
        name: value
        for name, value in request.items()
        if name in asked.fields and name not in ("RECORDNO", "RECORD_URL")
    }
    return _reimbursed(company, own | {"STATE": "Posted"}, items)


def _shown(header: Record, items: Sequence[Item]) -> Record:
    """What a request and a reimbursement show beside what was asked for."""
    whole, base = header["PAYMENTAMOUNT"], f"{sum((item.base for item in items), Decimal(0)):f}"
    of_first = {name: items[0].record.get(name, "") for name in ("CURRENCY", "BASECURR")}
    return of_first | {
        "FINANCIALACCOUNT": header["FINANCIALENTITY"],
        "CONTACTINFO.NAME": header.get("EMPLOYEENAME", ""),
        "WHENCREATED": header["PAYMENTDATE"],
        "RECORDTYPE": "ep",
        "MODULEKEY": "6.EE",
        "PAYMENTTRXAMOUNT": whole,
        "TOTALENTERED": base,
        "TRX_TOTALENTERED": whole,
    }


def _reimbursed(company: Company, header: Record, items: Sequence[Item]) -> Record:
    kind = company.catalog[REIMBURSEMENT]
    kept = company.insert(kind, dict(header))
    _book(company, kind, kept, items)
    return kept


def _expenses(company: Company, employee: str, item: Element) -> Item:
    if (item.findtext("credittoapply") or "").strip():
        raise problems.not_carried_out("create_reimbursementrequest with credittoapply")
    kind = company.catalog["EEXPENSES"]
    key = item.findtext("key") or ""
    if item.get("externalkey") == "true":
        key = documents.with_external_id(company, kind, key.strip())["RECORDNO"]
    record = documents.existing(company, kind, key)
    if record.get("EMPLOYEEID") != employee:
        raise problems.not_found()
    return Item(kind, record, _amount((item.findtext("paymentamount") or "").strip()))


# -- both ---------------------------------------------------------------------------------------------------------------


def _book(company: Company, kind: ObjectType, payment: Record, items: Sequence[Item]) -> None:
    """What was paid stands in the general ledger."""
    general_ledger.trace_payment(
        company, kind, payment, [(one.kind, one.record, one.base, one.amount) for one in items]
    )


def _source(company: Company, name: str) -> None:
    """What is paid from is an account or card of the company. Raises Problem."""
    if not name:
        raise problems.missing("Financial entity")
    if not any(company.find(source, name) for source in SOURCES):
        raise company.unknown(company.catalog[SOURCES[0]], name)


def _amount(text: str) -> Decimal:
    amount = read_decimal(text)
    if amount is None or cents(amount) <= 0:
        raise problems.other(f"Payment amount {text} is not valid.")
    return cents(amount)


def _payable(company: Company, items: Sequence[Item], day: str, ledger: str) -> None:
    """Each document is due by so much, in one currency, and the books are open. Raises Problem: texts that a public client knows."""
    if not items:
        raise problems.other("No line items found")
    asked: dict[tuple[str, str], Decimal] = {}
    for item in items:
        place = item.kind.name, item.record["RECORDNO"]
        asked[place] = asked.get(place, Decimal(0)) + item.amount
        due = number(item.record, "TRX_TOTALDUE")
        if due <= 0 and ledger == "AP":
            raise problems.other("There is no due on the bill")
        if due <= 0:
            raise problems.other("The payment cannot be processed because one or more bills were paid")
        if item.record.get("STATE") not in DUE:
            raise problems.other(
                f"{item.kind.label} {item.record.get('RECORDID', '')} is {item.record['STATE'].lower()}."
            )
        if asked[place] > due:
            raise problems.other(f"Payment amount {asked[place]} exceeds total amount due ({due:f})")
    if len({item.record.get("CURRENCY", "") for item in items}) > 1:
        raise problems.other("All transactions of a payment must have the same currency.")
    entities = {entity for item in items for entity in documents.entities_of(company, item.kind, item.record)}
    company.require_open(need_date(day), ledger, entities)


def _amounts(company: Company, items: Sequence[Item]) -> Record:
    of_first = {name: items[0].record.get(name, "") for name in ("CURRENCY", "BASECURR")}
    return of_first | {
        "TOTALENTERED": money(sum((item.base for item in items), Decimal(0)), company.settings),
        "TRX_TOTALENTERED": money(sum((item.amount for item in items), Decimal(0)), company.settings),
    }


def _stated(kind: ObjectType, state: str) -> Record:
    return {"STATE": state, "RAWSTATE": kind.fields["STATE"].values[state]}


def _settle(company: Company, items: Sequence[Item], *, made: bool, day: str) -> None:
    """Pay the documents, or select them for a payment that waits."""
    for item in items:
        now = documents.existing(company, item.kind, item.record["RECORDNO"])  # it may stand in a payment twice
        current = Item(item.kind, now, item.amount)
        due = number(now, "TRX_TOTALDUE")
        if made and item.amount > due:  # it was paid otherwise while this payment waited
            raise problems.other(f"Payment amount {item.amount} exceeds total amount due ({due:f})")
        if made:
            changes = paid(current, need_date(day).strftime(DATE))
        else:
            selected = number(now, "TOTALSELECTED") + current.base, number(now, "TRX_TOTALSELECTED") + item.amount
            changes = {"STATE": "Selected"} | _selected(*(money(amount, company.settings) for amount in selected))
        _change(company, item.kind, now, changes)
