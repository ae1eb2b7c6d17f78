"""What bills, expense reports, card transactions and journal entries have in common: entities, totals, keeping, deleting."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from include.sandbox import clock
from include.sandbox.intacct import inter_entity, problems, smart_rules, taxes
from include.sandbox.intacct.catalog import ObjectType
from include.sandbox.intacct.company import SIDE, Company
from include.sandbox.intacct.given import Given
from include.sandbox.intacct.lines import Line
from include.sandbox.intacct.money import Rate
from include.sandbox.intacct.records import Record
from include.sandbox.intacct.values import money, need_date

PAID = frozenset({"Paid", "Partially Paid", "Selected", "Confirmed"})
GONE = frozenset({"Reversed", "Reversal", "Reversal Pending", "Voided"})
SETTLED = PAID | GONE


@dataclass(slots=True)
class Document:
    """A transaction that may be kept: its header, its lines, and the entities whose books it touches."""

    kind: ObjectType
    header: Record
    lines: list[Record]
    entities: set[str]
    posted_on: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What the write functions ask of a kind of document. All of it raises Problem.

    :param object: of Intacct
    :param prepare: the document that would be kept: a new one, or one that is there with the given changes
    :param keep: keeps a new one that `create` brings, `keep_legacy` one of the function of its own, where that makes a difference
    :param kept_lines: the lines of one that is there as if they were given again
    """

    object: str
    prepare: Callable[[Company, Given, Record | None], Document]
    keep: Callable[[Company, Given], Record]
    keep_legacy: Callable[[Company, Given], Record] | None = None
    kept_lines: Callable[[Company, Record], list[Given]]


def owner_of(company: Company, lines: Sequence[Line], *, negative_allowed: bool = True) -> tuple[str, set[str]]:
    """The entity that owns a document and all entities of its lines.

    At top level the setting `bill_owner` says which one does. Raises Problem where inter-entity rules forbid the mix.
    """
    touched = {line.entity for line in lines}
    owner = company.session.entity or _owner(company, lines)
    others = sorted(touched - {owner})
    if not company.entities or not others:
        return owner, touched
    for other in others:
        if not company.settings.inter_entity_bills or not inter_entity.related(company, owner, other):
            raise problems.no_inter_entity(owner, other)
        if company.currency_of(other) != company.currency_of(owner):
            raise problems.no_inter_entity(owner, other)
    if not negative_allowed and any(line.amount < 0 for line in lines):
        raise problems.negative_across_entities()
    return owner, touched


def _owner(company: Company, lines: Sequence[Line]) -> str:
    if not lines:
        return ""
    if company.settings.bill_owner == "first_line":
        return lines[0].entity
    amounts: dict[str, Decimal] = {}
    for line in lines:
        amounts[line.entity] = amounts.get(line.entity, Decimal(0)) + abs(line.amount)
    most = company.settings.bill_owner == "most"
    return (max if most else min)(amounts, key=lambda entity: amounts[entity])


def below_zero(company: Company, kind: ObjectType, policy: str, lines: Sequence[Line]) -> None:
    """What becomes of lines that add up to less than nothing. Raises Problem.

    :param policy: accept, refuse, or positive: their signs are turned
    """
    if policy == "accept" or sum((line.amount + line.tax for line in lines), Decimal(0)) >= 0:
        return
    if policy == "refuse":
        raise problems.other(f"The total of a {kind.label.lower()} cannot be negative.")
    for line in lines:
        line.amount, line.tax = -line.amount, -line.tax
        line.record["TRX_AMOUNT"] = money(line.amount, company.settings)


def price_lines(company: Company, rate: Rate, lines: Sequence[Line], day: str) -> list[Record]:
    """The lines' records with base amounts, currency fields and numbers."""
    records = []
    for number, line in enumerate(lines, start=1):
        own = {name: value for name, value in rate.fields().items() if name not in line.record or not line.record[name]}
        line.record |= own
        line.record["AMOUNT"] = money(rate.base_amount(line.amount), company.settings)
        line.record["LINE_NO"] = str(number)
        line.record.setdefault("ENTRY_DATE", day)
        records.append(line.record)
    return records


def totals(company: Company, rate: Rate, lines: Sequence[Line]) -> Record:
    """TOTALENTERED and its companions; everything is due, nothing paid. Raises Problem."""
    entered = sum((line.amount + line.tax for line in lines), Decimal(0))
    if lines and not entered and company.settings.zero_totals == "refuse":
        raise problems.other("The transaction total cannot be zero.")
    base = sum((rate.base_amount(line.amount) + rate.base_amount(line.tax) for line in lines), Decimal(0))
    show = company.settings
    zero = money(Decimal(0), show)
    return {
        "TOTALENTERED": money(base, show),
        "TRX_TOTALENTERED": money(entered, show),
        "TOTALDUE": money(base, show),
        "TRX_TOTALDUE": money(entered, show),
        "TOTALPAID": zero,
        "TRX_TOTALPAID": zero,
        "TOTALSELECTED": zero,
        "TRX_TOTALSELECTED": zero,
    }


def require_open(company: Company, document: Document) -> None:
    """Raise Problem when the books are closed at the document's posting date. A draft that has one is checked too (inferred)."""
    assert document.kind.ledger is not None
    if not document.posted_on:
        return
    company.require_open(need_date(document.posted_on), document.kind.ledger, document.entities)
    own = document.kind.fields.get("WHENCREATED")
    if (
        company.settings.closed_period_dates == "both"
        and own is not None
        and own.type == "DATE"
        and document.header.get("WHENCREATED")
    ):
        company.require_open(need_date(document.header["WHENCREATED"]), document.kind.ledger, document.entities)


def _require_allowed(company: Company, document: Document) -> None:
    require_open(company, document)
    smart_rules.check(company.settings, document.kind, [document.header])
    owned = document.kind.single_lines
    if owned is not None:
        smart_rules.check(company.settings, company.catalog[owned.object], document.lines)


def keep(company: Company, document: Document) -> Record:
    """Put a new document with its lines into the store. Raises Problem."""
    _require_allowed(company, document)
    kept = company.insert(document.kind, document.header)
    _insert_lines(company, document, kept["RECORDNO"])
    return kept


def owe(company: Company, vendor_id: str, amount: Decimal) -> None:
    """A vendor is owed so much more, in base currency (setting `vendor_total_due`). Payments and reversals do not come here."""
    vendor = company.find("VENDOR", vendor_id)
    if vendor is None or company.settings.vendor_total_due != "live":
        return
    now = Decimal(vendor.get("TOTALDUE") or 0) + amount
    company.store.update(SIDE, "VENDOR", vendor["RECORDNO"], {"TOTALDUE": money(now, company.settings)})
    company.forget("VENDOR", vendor_id)


def change(company: Company, document: Document, recordno: str, *, new_lines: bool) -> Record:
    """Replace a document's header fields, and with `new_lines` its lines. Raises Problem."""
    _require_allowed(company, document)
    company.stamp_modified(document.kind, document.header)
    kept = company.store.update(SIDE, document.kind.name, recordno, document.header)
    if new_lines:
        remove_lines(company, document.kind, recordno)
        _insert_lines(company, document, recordno)
    else:
        _lines_follow(company, document, recordno)
    company.note(document.kind, kept, "M")
    return kept


def _insert_lines(company: Company, document: Document, recordno: str) -> None:
    owned = document.kind.single_lines
    assert owned is not None
    line_kind = company.catalog[owned.object]
    for line in document.lines:
        line[owned.parent] = recordno
        line.pop("RECORDNO", None)
        company.stamp_created(line_kind, line)
        if "STATE" in line_kind.fields:
            line["STATE"] = document.header.get("RAWSTATE" if line_kind.line.state_code else "STATE", "")
    company.store.insert_many(SIDE, owned.object, document.lines, at=clock.time())


def _lines_follow(company: Company, document: Document, recordno: str) -> None:
    """Lines that stay take over from their header its state, and its vendor where they had none."""
    owned = document.kind.single_lines
    assert owned is not None
    kind = company.catalog[owned.object]
    state = document.header.get("RAWSTATE" if kind.line.state_code else "STATE", "")
    names = ("VENDORID", "VENDORNAME", "VENDORDIMKEY")
    for kept, line in zip(lines_of(company, document.kind, recordno), document.lines, strict=False):
        now = {name: line[name] for name in names if kind.line.header_vendor and not kept.get(name) and line.get(name)}
        if "STATE" in kind.fields and kept.get("STATE") != state:
            now["STATE"] = state
        if now:
            company.store.update(SIDE, owned.object, kept["RECORDNO"], now)


def lines_of(company: Company, kind: ObjectType, recordno: str) -> list[Record]:
    """The kept lines of a document."""
    owned = kind.single_lines
    assert owned is not None
    return company.store.find(SIDE, owned.object, owned.parent, recordno)


def lines_again(company: Company, kind: ObjectType, recordno: str, *, without: str) -> list[Given]:
    """The kept lines of a document as if they were given again; of account and label, the one named `without` is left out."""
    owned = kind.single_lines
    assert owned is not None
    line_kind = company.catalog[owned.object]
    again = []
    for line in lines_of(company, kind, recordno):
        own = {n: v for n, v in line.items() if n in line_kind.fields and not line_kind.fields[n].readonly and v}
        if {"ACCOUNTLABEL", without} <= own.keys():
            own.pop(without)
        again.append(Given(line_kind, own, taxes=taxes.given_again(line)))
    return again


def remove_lines(company: Company, kind: ObjectType, recordno: str) -> None:
    """Delete the lines of a document."""
    owned = kind.single_lines
    assert owned is not None
    for line in lines_of(company, kind, recordno):
        company.store.delete(SIDE, owned.object, line["RECORDNO"])


def existing(company: Company, kind: ObjectType, recordno: str) -> Record:
    """The document with this record number that the session may change. Raises Problem."""
    found = company.store.get(SIDE, kind.name, recordno.strip())
    if found is None or not company.usable(kind, found):
        raise problems.not_found()
    return found


def with_external_id(company: Company, kind: ObjectType, key: str) -> Record:
    """The record that was made with this external ID. Raises Problem."""
    found = company.store.find(SIDE, kind.name, "_EXTERNALID", key) if key else []
    if not found:
        raise problems.not_found()
    return found[0]


def entities_of(company: Company, kind: ObjectType, record: Record) -> set[str]:
    """The entities that the kept lines of a document belong to."""
    if not company.entities:
        return set()
    owned = kind.single_lines
    assert owned is not None
    name = company.catalog[owned.object].line.location
    found = {company.session.entity or record.get("MEGAENTITYID", "")}
    for line in lines_of(company, kind, record["RECORDNO"]):
        location = company.find("LOCATION", line.get(name, ""))
        if location is not None:
            found.add(company.entity_of(location))
    return found - {""}
