"""The lines of a transaction: account, amount, dimensions, location and entity, tax.

One set of rules for bill lines, expenses, card lines and journal lines; what is particular to one of them says its entry in the
catalog (`line`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from include.sandbox.intacct import dimensions, permissions, problems, taxes
from include.sandbox.intacct.catalog import LineTraits, ObjectType
from include.sandbox.intacct.company import Company
from include.sandbox.intacct.fields import fill_references, require, settle
from include.sandbox.intacct.given import Given
from include.sandbox.intacct.records import Record
from include.sandbox.intacct.values import MULTIPLE, cents, money, read_decimal
from include.sandbox.settings import Settings

# GLACCOUNT's flag, the word of the error text, the line's field (DEPARTMENT and LOCATION on journal lines).
DEMANDS = (
    ("REQUIREDEPT", "Department", "DEPARTMENTID"),
    ("REQUIRELOC", "Location", "LOCATIONID"),
    ("REQUIREPROJECT", "Project", "PROJECTID"),
    ("REQUIRETASK", "Task", "TASKID"),
    ("REQUIRECUSTOMER", "Customer", "CUSTOMERID"),
    ("REQUIREVENDOR", "Vendor", "VENDORID"),
    ("REQUIREEMPLOYEE", "Employee", "EMPLOYEEID"),
    ("REQUIREITEM", "Item", "ITEMID"),
    ("REQUIRECLASS", "Class", "CLASSID"),
    ("REQUIRECONTRACT", "Contract", "CONTRACTID"),
    ("REQUIREWAREHOUSE", "Warehouse", "WAREHOUSEID"),
)


@dataclass(slots=True)
class Line:
    """One settled line: its fields, its transaction amount (without and with tax) and the entity it belongs to."""

    record: Record
    amount: Decimal
    tax: Decimal
    entity: str


def settle_lines(company: Company, header: Record, given: Sequence[Given]) -> list[Line]:
    """All lines of a document. Raises Problem for the first one that is wrong."""
    return [settle_line(company, header, one) for one in given]


def settle_line(company: Company, header: Record, given: Given) -> Line:
    """One line, as it would be kept but for its parent and its base amounts. Raises Problem."""
    record = settle(company, given, active=True)
    kind, names = given.kind, given.kind.line
    filled = {
        name: value
        for name, value in company.settings.line_defaults.items()
        if name in kind.fields and not record.get(name)
    }
    if filled:
        record |= filled
        fill_references(company, kind, record, filled, active=True)
    if added := dimensions.fill(company, kind, names, record):
        fill_references(company, kind, record, dict.fromkeys(added, ""), active=True)
    require(kind, record, custom=True)
    account = _account(company, kind, names, record)
    if direct_posting_is_off(account) and (kind.name == "GLENTRY" or company.settings.direct_posting_of == "all"):
        raise problems.no_direct_posting("account", account["ACCOUNTNO"])
    entity = _place(company, kind, names, record)
    vendor = header.get("VENDORID", "") if names.header_vendor else ""
    _demands(company.settings, kind, account, record | {"VENDORID": record.get("VENDORID") or vendor})
    _restriction(account, record, names, entity)
    _project(company, kind, record)
    amount, tax = _amount(company, header, given, record, entity)
    return Line(record, amount, tax, entity)


def direct_posting_is_off(record: Record) -> bool:
    """Whether an account or journal disallows direct posting, under whichever name."""
    return "true" in map(record.get, ("SUBLEDGERCONTROLON", "DISALLOWDIRECTPOSTING", "NODIRECTPOST"))


def _account(company: Company, kind: ObjectType, names: LineTraits, record: Record) -> Record:
    """The line's GLACCOUNT, given by number or by label (one of them)."""
    number, label = record.get(names.account, ""), record.get("ACCOUNTLABEL", "")
    labels_only = company.settings.ap_account_labels and names.labels_only
    if "ACCOUNTLABEL" in kind.fields and number and not label and labels_only:
        raise problems.missing("Account label")
    if not number:
        raise problems.missing("Account")
    found = company.refer(kind.fields[names.account], number, active=True)
    if label:  # the label has filled in the number, but not what the number fills in
        fill_references(company, kind, record, {names.account: number}, active=True)
    return found


def _place(company: Company, kind: ObjectType, names: LineTraits, record: Record) -> str:
    """The entity of the line; in an entity session an empty location becomes the entity's own (inferred)."""
    value = record.get(names.location, "")
    if not company.entities:
        return ""
    if not value:
        if not company.session.entity:
            raise problems.empty_location()
        value = record[names.location] = company.session.entity
        fill_references(company, kind, record, {names.location: value}, active=True)
    location = company.refer(kind.fields[names.location], value, active=True)
    entity = company.entity_of(location)
    seen = permissions.entities(company.settings, company.session)
    if seen is not None and entity and entity not in seen:
        raise company.unknown(company.catalog["LOCATION"], value)
    if not entity and not company.session.entity:
        raise problems.empty_location()
    return entity or company.session.entity


def _demands(settings: Settings, kind: ObjectType, account: Record, record: Record) -> None:
    own = {"DEPARTMENTID": kind.line.department, "LOCATIONID": kind.line.location}
    made = [(f"REQUIRE{name}", field.label, name) for name, field in kind.fields.items() if name.startswith("GLDIM")]
    for flag, word, field in (*DEMANDS, *made):
        if account.get(flag) == "true" and not record.get(own.get(field, field)):
            term = settings.dimension_terms.get(
                field.removeprefix("GLDIM") if (flag, word, field) in made else word.upper(), word
            )
            raise problems.missing_dimension(term, account["ACCOUNTNO"], settings.missing_dimension_text)


def _restriction(account: Record, record: Record, names: LineTraits, entity: str) -> None:
    place = record.get(names.location, "") or entity
    if not allowed(account, {place, entity}, top_level=not place):
        raise problems.restricted_account(account["ACCOUNTNO"], place)


def allowed(record: Record, places: set[str], *, top_level: bool) -> bool:
    """Whether OBJECTRESTRICTION lets a vendor or account be used at these locations."""
    rule = record.get("OBJECTRESTRICTION", "")
    if rule == "RootOnly":
        return top_level
    if rule == "Restricted":
        return bool(places & set(record.get("RESTRICTEDLOCATIONS", "").split(MULTIPLE)))
    return True


#: By kind of line the field of a project by which its status prevents it, and how the refusal calls it.
_PREVENTED = {
    "EEXPENSESITEM": ("PREVENTEXPENSE", "expense submittal"), "APBILLITEM": ("PREVENTAPPO", "AP and purchasing transactions"),
}  # fmt: skip


def _project(company: Company, kind: ObjectType, record: Record) -> None:
    status = company.find("PROJECT", record.get("PROJECTID", "")) or {}
    other = _PREVENTED["APBILLITEM"] if company.settings.project_status_of == "all" else ("", "")
    prevents, what = _PREVENTED.get(kind.name, other)
    if status.get(prevents) == "true":
        raise problems.other(f"The Project '{status['PROJECTID']}' has a project status that prevents {what}.")
    project, task = record.get("PROJECTID", ""), record.get("TASKID", "")
    if task and company.find("TASK", task, PROJECTID=project) is None:
        raise company.unknown(company.catalog["TASK"], task)
    cost_type = record.get("COSTTYPEID", "")
    if cost_type and company.find("COSTTYPE", cost_type, PROJECTID=project, TASKID=task) is None:
        raise company.unknown(company.catalog["COSTTYPE"], cost_type)
    if project and record.get("CUSTOMERID"):
        found = company.find("PROJECT", project) or {}
        if found.get("CUSTOMERID") and found["CUSTOMERID"] != record["CUSTOMERID"]:
            raise problems.other("The project you selected is not associated with the customer you selected")


def _amount(company: Company, header: Record, given: Given, record: Record, entity: str) -> tuple[Decimal, Decimal]:
    """The line's transaction amount without tax, and its tax."""
    inclusive = header.get("INCLUSIVETAX") == "true"
    number = _number(record, "TOTALTRXAMOUNT" if inclusive else "TRX_AMOUNT")
    if number is None and not inclusive:
        number = _number(record, "AMOUNT")
    if number is None:
        raise problems.no_amount()
    tax = taxes.settle(company, header, given, record, entity, number, inclusive=inclusive)
    net = number - tax if inclusive else number
    record["TRX_AMOUNT"] = money(net, company.settings)
    return net, tax


def _number(record: Record, name: str) -> Decimal | None:
    number = read_decimal(record.get(name, ""))
    return None if number is None else cents(number)
