"""The write functions of the gateway: generic create, update and delete, and the legacy functions.

Answers have the shapes of the Intacct XML gateway reference, "Responses": generic create and update answer with lower-case
data (RECORDNO, the business key, RECORD_URL), legacy functions with `<key>`, deletions with neither. A refusal is a
FunctionFailed with the most specific error first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from lxml import etree

from include.sandbox.intacct import (
    attachments,
    bills,
    documents,
    general_ledger,
    legacy,
    masters,
    payments,
    permissions,
    problems,
    reversal,
    summaries,
    transaction_security,
)
from include.sandbox.intacct.catalog import ObjectType
from include.sandbox.intacct.company import Company
from include.sandbox.intacct.given import Given, children, read_record, tag_of
from include.sandbox.intacct.problems import Problem
from include.sandbox.intacct.records import Record
from include.sandbox.intacct.transactions import KINDS
from include.sandbox.intacct.types import Element, FunctionFailed, Outcome, Session
from include.sandbox.settings import Settings
from include.sandbox.store import Store

ACCOUNTS = frozenset({"ACCOUNTLABEL", "ACCOUNTNO", "GLACCOUNTNO"})
RATES = frozenset({"ORG_EXCHRATE", "ORG_EXCHRATETYPE"})
# What is given anew ends what was there: a line has one account, and in another currency another rate.
EXCLUSIVE = ((ACCOUNTS, ACCOUNTS), (RATES | {"ORG_CURRENCY"}, RATES))
PERMISSION = {"create": "CREATE", "update": "UPDATE", "delete": "DELETE", "reverse": "UPDATE"}


def execute(store: Store, settings: Settings, session: Session, call: Element) -> Outcome:
    """Carry out one write function inside the caller's transaction. Raises FunctionFailed."""
    company = Company(store, settings, session)
    handler = WRITES.get(call.tag)
    if handler is None:
        raise FunctionFailed(*problems.not_carried_out(call.tag).failures)
    return handler(company, call)


@contextmanager
def refusing(kind: ObjectType | None, verb: str, data: Element | None = None) -> Iterator[None]:
    """Turn a Problem into a FunctionFailed with the generic errors behind it."""
    try:
        yield
    except Problem as problem:
        errors = problem.failures if kind is None else problems.stacked(kind, verb, problem)
        raise FunctionFailed(*errors, data=data) from None


# -- generic functions ---------------------------------------------------------------------------------------------------


def create(company: Company, call: Element) -> Outcome:
    """<create><OBJECT>…</OBJECT>…</create>: one record or several."""
    data, done, name = _objects(), 0, ""
    for element in children(call):
        kind = _kind(company, element, "create", data)
        name = name or kind.name
        try:
            with company.store.transaction(), refusing(kind, "create", data):
                kept = _create_one(company, kind, element)
        except FunctionFailed as failure:
            data.set("count", str(done if company.settings.create_several == "kept" else 0))
            if company.settings.create_several == "kept" and done:
                return Outcome(data=data, errors=failure.errors, written=done, object=name, keep=True)
            failure.data = _objects()
            raise
        _answer(data, kind, kept)
        done += 1
    data.set("count", str(done))
    return Outcome(data=data, written=done, object=name)


def _create_one(company: Company, kind: ObjectType, element: Element) -> Record:
    given = read_record(company.catalog, kind, element, company.settings)
    if kind.name == payments.OBJECT:
        return payments.keep(company, given)
    rules = KINDS.get(kind.name)
    return rules.keep(company, given) if rules else masters.create(company, given)


def update(company: Company, call: Element) -> Outcome:
    """<update><OBJECT><RECORDNO>…</RECORDNO>…</OBJECT>…</update>; the business key may stand in for RECORDNO."""
    data, done, name = _objects(), 0, ""
    for element in children(call):
        kind = _kind(company, element, "update", data)
        name = name or kind.name
        with refusing(kind, "update", _objects()):
            given = read_record(company.catalog, kind, element, company.settings)
            before = _before(company, kind, given)
            _answer(data, kind, _update_one(company, given, before))
        done += 1
    data.set("count", str(done))
    return Outcome(data=data, written=done, object=name)


def _update_one(company: Company, given: Given, before: Record) -> Record:
    if given.kind.name == payments.OBJECT:
        return payments.change(company, given, before)
    rules = KINDS.get(given.kind.name)
    if rules is None:
        # Seen of vendors alone.
        if given.kind.name == "VENDOR" and company.session.entity and not before.get("MEGAENTITYID"):
            raise problems.at_top_level(given.kind)
        return masters.update(company, given, before)
    document = rules.prepare(company, given, before)
    transaction_security.check(company, before, "EDIT")
    kept = documents.change(company, document, before["RECORDNO"], new_lines=given.lines is not None)
    return general_ledger.trace(company, given.kind, kept)


def delete(company: Company, call: Element) -> Outcome:
    """<delete><object>…</object><keys>RECORDNO,RECORDNO</keys></delete>."""
    name = (call.findtext("object") or "").strip().upper()
    with refusing(None, "delete"):
        if name not in company.catalog:
            raise problems.unknown_object(name)
    kind = company.catalog[name]
    _allow(company, kind, "delete")
    keys = [key.strip() for key in (call.findtext("keys") or "").split(",") if key.strip()]
    with refusing(kind, "delete"):
        if not keys:
            raise problems.missing("keys")
        for key in keys:
            _delete_one(company, kind, key)
    return Outcome(written=len(keys), object=kind.name)


def _delete_one(company: Company, kind: ObjectType, recordno: str) -> None:
    before = documents.existing(company, kind, recordno)
    if kind.name == payments.OBJECT:
        payments.delete(company, before)
        return
    if kind.ledger is None:
        masters.delete(company, kind, before)
        return
    if before.get("STATE") in documents.SETTLED:
        raise problems.other(f"The transaction is {before['STATE'].lower()} and cannot be deleted.")
    transaction_security.check(company, before, "DELETE")
    day = before.get("WHENPOSTED") or before.get("BATCH_DATE") or before.get("WHENCREATED", "")
    documents.require_open(
        company, documents.Document(kind, before, [], documents.entities_of(company, kind, before), day)
    )
    documents.remove_lines(company, kind, before["RECORDNO"])
    company.store.delete("intacct", kind.name, before["RECORDNO"])
    company.note(kind, before, "D")


def _kind(company: Company, element: Element, verb: str, data: Element) -> ObjectType:
    name = tag_of(element)
    with refusing(None, verb, data):
        if name not in company.catalog:
            raise problems.unknown_object(name)
    kind = company.catalog[name]
    _allow(company, kind, verb)
    return kind


def _allow(company: Company, kind: ObjectType, verb: str) -> None:
    """The object takes this function, and the user may."""
    with refusing(None, verb):
        if verb not in kind.operations:
            raise problems.not_by_this_function(kind, verb)
    permissions.require(company.settings, company.session, PERMISSION[verb], kind.name)
    if kind.name in ("USERINFO", "USERROLES") and company.session.user not in company.settings.administrators:
        with refusing(None, verb):
            raise problems.other("You do not have permission to manage users.", "PL04000005")


def _before(company: Company, kind: ObjectType, given: Given) -> Record:
    number = given.fields.pop("RECORDNO", "").strip()
    if kind.name == transaction_security.OBJECT and not number:
        number = (transaction_security.setup_of(company) or {}).get("RECORDNO", "")
    if number or kind.ledger is not None:
        return documents.existing(company, kind, number)
    found = company.find(kind.name, given.fields.get(kind.business_key, "").strip())
    if found is None:
        raise problems.not_found()
    return found


def _objects() -> Element:
    return etree.Element("data", listtype="objects", count="0")


def _answer(data: Element, kind: ObjectType, kept: Record) -> None:
    block = etree.SubElement(data, kind.tag)
    # A transaction is told by its record number only, as clients of the live service recorded it.
    key = kind.business_key if kind.ledger is None else "RECORDNO"
    for name in dict.fromkeys(("RECORDNO", key, "RECORD_URL")):
        if name in kept or name == "RECORDNO":
            etree.SubElement(block, name).text = str(kept.get(name, ""))


# -- legacy functions ----------------------------------------------------------------------------------------------------


def _legacy_create(company: Company, call: Element) -> Outcome:
    kind = legacy.kind_of(company.catalog, call)
    permissions.require(company.settings, company.session, "CREATE", kind.name)
    with refusing(kind, "create"):
        given = legacy.given_by(company.catalog, call, company.settings)
        rules = KINDS.get(kind.name)
        if kind.name == payments.OBJECT:
            kept = payments.keep(company, given)
        elif rules is not None:
            kept = (rules.keep_legacy or rules.keep)(company, given)
        else:
            kept = _ignoring_duplicates(company, call, given) or masters.create(company, given)
    return Outcome(key=kept["RECORDNO"], written=1, object=kind.name)


def _ignoring_duplicates(company: Company, call: Element, given: Given) -> Record | None:
    """With ignoreduplicates="true" an existing record is left as it is (inferred)."""
    if call.get("ignoreduplicates") != "true":
        return None
    return company.find(given.kind.name, given.fields.get(given.kind.business_key, "").strip())


def _legacy_update(company: Company, call: Element) -> Outcome:
    """update_bill, update_expensereport and their kin: what is not given keeps its value, lines by their number."""
    kind = legacy.kind_of(company.catalog, call)
    rules = KINDS[kind.name]
    permissions.require(company.settings, company.session, "UPDATE", kind.name)
    with refusing(kind, "update"):
        given = legacy.given_by(company.catalog, call, company.settings)
        before = documents.existing(company, kind, _key(company, kind, call))
        changes = legacy.changed_lines(company.catalog, call, company.settings)
        given.lines = _merged(rules.kept_lines(company, before), changes) if changes else None
        document = rules.prepare(company, given, before)
        transaction_security.check(company, before, "EDIT")
        kept = documents.change(company, document, before["RECORDNO"], new_lines=bool(changes))
        general_ledger.trace(company, kind, kept)
    return Outcome(key=kept["RECORDNO"], written=1, object=kind.name)


def _legacy_change(company: Company, call: Element) -> Outcome:
    """update_vendor and its kin: an attribute names the record; what is not given keeps its value."""
    kind = legacy.kind_of(company.catalog, call)
    permissions.require(company.settings, company.session, "UPDATE", kind.name)
    with refusing(kind, "update"):
        mapping = legacy.mappings()[call.tag]
        name = _key(company, kind, call, mapping["named"])
        by_record = mapping.get("by_record", False)
        before = documents.existing(company, kind, name) if by_record else company.find(kind.name, name)
        if before is None:
            raise problems.not_found()
        kept = _update_one(company, legacy.given_by(company.catalog, call, company.settings), before)
    return Outcome(key=kept["RECORDNO"], written=1, object=kind.name)


def _key(company: Company, kind: ObjectType, call: Element, attribute: str = "key") -> str:
    """The key of a legacy call. With externalkey="true" it is the external ID that the record was made with. Raises Problem."""
    key = call.get(attribute, "").strip()
    if call.get("externalkey") != "true":
        return key
    found = documents.with_external_id(company, kind, key)
    return str(found[kind.business_key if attribute != "key" or kind.ledger is None else kind.record_key])


def _merged(lines: list[Given], changes: list[tuple[int | None, Given]]) -> list[Given]:
    merged = list(lines)
    for number, given in changes:
        if number is None:
            merged.append(given)
        elif 1 <= number <= len(lines):
            for any_of, ended in EXCLUSIVE:
                for name in ended if given.fields.keys() & any_of else ():
                    merged[number - 1].fields.pop(name, None)
            merged[number - 1].fields |= given.fields
            merged[number - 1].taxes = given.taxes or merged[number - 1].taxes
        else:
            raise problems.other(f"Line {number} does not exist.")
    return merged


def _reverse(object_name: str, memo: str = "description") -> Callable[[Company, Element], Outcome]:
    def handler(company: Company, call: Element) -> Outcome:
        kind = company.catalog[object_name]
        permissions.require(company.settings, company.session, "UPDATE", kind.name)
        with refusing(kind, "reverse"):
            day = legacy.date_of(call.find("datereversed"))
            made = reversal.reverse(company, kind, _key(company, kind, call), day, call.findtext(memo) or "")
        return Outcome(key=made["RECORDNO"], written=1, object=kind.name)

    return handler


def _delete_by_key(object_name: str) -> Callable[[Company, Element], Outcome]:
    def handler(company: Company, call: Element) -> Outcome:
        kind = company.catalog[object_name]
        permissions.require(company.settings, company.session, "DELETE", kind.name)
        with refusing(kind, "delete"):
            if object_name in {"SUPDOC", "SUPDOCFOLDER"}:
                attachments.delete(company, object_name, call.get("key", ""))
            else:
                _delete_one(company, kind, _key(company, kind, call))
        return Outcome(written=1, object=kind.name)

    return handler


def _delete_by_name(object_name: str, attribute: str) -> Callable[[Company, Element], Outcome]:
    """delete_vendor and its kin: the attribute names the business key."""

    def handler(company: Company, call: Element) -> Outcome:
        kind = company.catalog[object_name]
        permissions.require(company.settings, company.session, "DELETE", kind.name)
        with refusing(kind, "delete"):
            found = company.find(kind.name, _key(company, kind, call, attribute))
            if found is None:
                raise problems.not_found()
            _delete_one(company, kind, found["RECORDNO"])
        return Outcome(written=1, object=kind.name)

    return handler


def _attachment(
    object_name: str, verb: str, act: Callable[[Company, Element], Record]
) -> Callable[[Company, Element], Outcome]:
    def handler(company: Company, call: Element) -> Outcome:
        permissions.require(company.settings, company.session, PERMISSION[verb], object_name)
        with refusing(company.catalog[object_name], verb):
            kept = act(company, call)
        return Outcome(key=kept["RECORDNO"], written=1, object=object_name)

    return handler


def _recall_bill(company: Company, call: Element) -> Outcome:
    """recallApBill: a submitted bill becomes a draft again."""
    kind = company.catalog["APBILL"]
    permissions.require(company.settings, company.session, "UPDATE", kind.name)
    with refusing(kind, "update"):
        bills.recall(company, (call.findtext("recordno") or "").strip())
    return Outcome(written=1, object=kind.name)


def _create_summary(company: Company, call: Element) -> Outcome:
    """create_billbatch and its kin."""
    document = summaries.BY_FUNCTION[call.tag]
    permissions.require(company.settings, company.session, "CREATE", document)
    kind = company.catalog[summaries.OF[document][0]]
    with refusing(kind, "create"):
        kept = summaries.create(company, call)
    return Outcome(key=kept["RECORDNO"], written=1, object=kind.name)


def _reimburse(company: Company, call: Element) -> Outcome:
    """create_reimbursementrequest."""
    kind = company.catalog[payments.REQUEST]
    permissions.require(company.settings, company.session, "CREATE", kind.name)
    with refusing(kind, "create"):
        kept = payments.reimburse(company, call)
    return Outcome(key=kept["RECORDNO"], written=1, object=kind.name)


def _move_payments(company: Company, call: Element) -> Outcome:
    """approve_appaymentrequest and its kin: payments by their record numbers, all or none."""
    keys = [key.text or "" for key in call.iterfind("appaymentkeys/appaymentkey")]
    return _moved(company, keys, payments.MOVES[call.tag])


def _reverse_payment(company: Company, call: Element) -> Outcome:
    """reverse_appayment: as if it were voided (inferred)."""
    return _moved(company, [call.get("key", "")], payments.void)


def _moved(company: Company, keys: list[str], move: Callable[[Company, Record], None]) -> Outcome:
    kind = company.catalog[payments.OBJECT]
    permissions.require(company.settings, company.session, "UPDATE", kind.name)
    with refusing(kind, "update"):
        for key in keys:
            move(company, documents.existing(company, kind, key))
    return Outcome(written=len(keys), object=kind.name)


WRITES: dict[str, Callable[[Company, Element], Outcome]] = {
    "create": create,
    "update": update,
    "delete": delete,
    **{
        name: _legacy_create
        if name.startswith("create_") or name.startswith("record_")
        else _legacy_change
        if "named" in mapping
        else _legacy_update
        for name, mapping in legacy.mappings().items()
    },
    "reverse_bill": _reverse("APBILL"),
    "reverse_expensereport": _reverse("EEXPENSES"),
    "reverse_cctransaction": _reverse("CCTRANSACTION", memo="memo"),
    "delete_allocation": _delete_by_name("ALLOCATION", "key"),
    "delete_apaccountlabel": _delete_by_name("APACCOUNTLABEL", "accountlabel"),
    "delete_apterm": _delete_by_name("APTERM", "name"),
    "delete_apadjustment": _delete_by_key("APADJUSTMENT"),
    "delete_bill": _delete_by_key("APBILL"),
    "delete_class": _delete_by_name("CLASS", "key"),
    "delete_contact": _delete_by_name("CONTACT", "contactname"),
    "delete_customer": _delete_by_name("CUSTOMER", "customerid"),
    "delete_department": _delete_by_name("DEPARTMENT", "departmentid"),
    "delete_employee": _delete_by_name("EMPLOYEE", "employeeid"),
    "delete_expenseadjustmentreport": _delete_by_key("EXPENSEADJUSTMENTS"),
    "delete_expensereport": _delete_by_key("EEXPENSES"),
    "delete_expensepaymenttype": _delete_by_name("EXPENSEPAYMENTTYPE", "name"),
    "delete_expensetype": _delete_by_name("EEACCOUNTLABEL", "expensetype"),
    "delete_glaccount": _delete_by_name("GLACCOUNT", "glaccountno"),
    "delete_gltransaction": _delete_by_key("GLBATCH"),
    "delete_item": _delete_by_name("ITEM", "itemid"),
    "delete_statglaccount": _delete_by_name("STATACCOUNT", "glaccountno"),
    "delete_location": _delete_by_name("LOCATION", "locationid"),
    "delete_paymentrequest": _delete_by_key("APPYMT"),
    "delete_project": _delete_by_name("PROJECT", "key"),
    "delete_task": _delete_by_key("TASK"),
    "delete_vendor": _delete_by_name("VENDOR", "vendorid"),
    "delete_supdoc": _delete_by_key("SUPDOC"),
    "delete_supdocfolder": _delete_by_key("SUPDOCFOLDER"),
    "create_supdoc": _attachment("SUPDOC", "create", attachments.create_supdoc),
    "update_supdoc": _attachment("SUPDOC", "update", attachments.update_supdoc),
    "create_supdocfolder": _attachment("SUPDOCFOLDER", "create", attachments.create_folder),
    "update_supdocfolder": _attachment("SUPDOCFOLDER", "update", attachments.update_folder),
    "recallApBill": _recall_bill,
    **dict.fromkeys(summaries.BY_FUNCTION, _create_summary),
    "create_reimbursementrequest": _reimburse,
    **dict.fromkeys(payments.MOVES, _move_payments),
    "reverse_appayment": _reverse_payment,
}
