"""What goes over the wire, against a controller's spreadsheet of the same report.

The sheet is written from the rules of money alone (docs/posting-rules.md 13 to 17, 20 and 38) and shares nothing with the code: for
each line it says whose money it is, in which document that stands, and what of it is tax; then columns are added up. What Intacct
gets is read from the bytes of the requests.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st
from lxml import etree

from certify_intacct.documents import kind_of
from certify_intacct.model.documents import Document
from certify_intacct.model.inter_entity import InterEntity
from certify_intacct.model.references import Account, Category, LedgerJournal, TaxDetail, Vendor
from certify_intacct.model.reports import ExpenseLine
from tests.rules.expenses.company import REFERENCES, TODAY, configuration, entity, line, plan_report, report

CENT, NOTHING = Decimal("0.01"), Decimal(0)
#: Where an amount is booked: account, location, department, tax detail.
Cell = tuple[str, str, str, str]
OFFSET = "2320"
BOOKS = replace(
    REFERENCES,
    vendors=REFERENCES.vendors
    | {"BANK": Vendor(vendor_id="BANK", record_no="9", name="The bank", vendor_type="Supplier")},
    accounts=REFERENCES.accounts | {number: Account(account_no=number) for number in ("6230", "2311", OFFSET)},
    journals={"EXP": LedgerJournal(symbol="EXP")},
    dimensions=REFERENCES.dimensions | {"entity": {(code,): entity(code, "USD") for code in ("100", "200", "300")}},
    categories={name: (Category(name=name, gl_code=code),) for name, code in (("Hotel", "6220"), ("Taxi", "6230"))},
    tax_details={
        name: TaxDetail(detail_id=name, solution="UK - VAT") for name in ("UK standard", "UK reduced", "UK zero")
    },
    inter_entity=InterEntity(everyone=frozenset({"100", "200", "300"}), accounts=frozenset({"1900", "2900"})),
)
#: What becomes of the taxes of an entity: nothing is claimed in 100; 200 claims VAT by entries, so many percent; 300 has accounts.
TAX: dict[str, Any] = {
    "default": {"mode": "gross"},
    "entities": {
        "200": {
            "mode": "map", "solution": "UK - VAT", "vat_detail": "UK standard", "zero_detail": "UK zero",
            "reclaim": {"HST": 0, "PST": 0},
        },
        "300": {"mode": "map", "hst_account": "2310", "pst_account": "2311", "reclaim": {"VAT": 0}},
    },
}  # fmt: skip
EMPLOYEE = {
    "ap_bill": {}, "expense_report": {}, "gl_journal": {"journal": {"symbol": "EXP", "offset_account": OFFSET, "vat_vendor": "BANK"}},
}  # fmt: skip
COMPANY = {"credit_card_transaction": {}, "card_vendor_bill": {}, "gl_journal": EMPLOYEE["gl_journal"]}
INSTEAD = {"ap_bill": "ap_adjustment", "expense_report": "expense_adjustment", "card_vendor_bill": "ap_adjustment"}
CARDS = [{"payment_card": "Corp Visa", "last": "4821", "card_id": "CORP-VISA", "vendor_id": "BANK"}]


@dataclass(frozen=True)
class World:
    """What a company says in connector.yaml."""

    employee: str
    company: str
    credits: tuple[str, str]
    summed: bool
    sign: str
    converted: bool
    claimed: int
    joined: bool

    def target(self, payer: str) -> str:
        return self.employee if payer == "employee" else self.company

    def configured(self) -> Any:
        lines = {"lines": "summed"} if self.summed else {}
        by = {"gl_journal": {"journal": {**EMPLOYEE["gl_journal"]["journal"], **lines}}}
        tax = {**TAX, "entities": {**TAX["entities"], "200": {**TAX["entities"]["200"]}}}
        tax["entities"]["200"]["reclaim"] = {"VAT": self.claimed, "HST": 0, "PST": 0}
        return configuration(
            {"base_amounts": "converted" if self.converted else "plain"},
            {"entity": {"certify": "report_gld/1"}},
            employee_paid={"target": self.employee, **by.get(self.employee, {})},
            company_paid={"target": self.company, "cards": CARDS, **by.get(self.company, {})},
            credits={
                "employee_paid": self.credits[0], "company_paid": self.credits[1], "adjustment_sign": self.sign,
                "expense_adjustment_sign": self.sign,
            },
            several_entities="one_document" if self.joined else "one_document_each",
            tax=tax,
        )  # fmt: skip


@st.composite
def worlds(draw: st.DrawFn) -> World:
    employee, company = draw(st.sampled_from(sorted(EMPLOYEE))), draw(st.sampled_from(sorted(COMPANY)))
    credits = tuple(
        draw(st.sampled_from(["hold", "negative", *(["adjustment"] if target in INSTEAD else [])]))
        for target in (employee, company)
    )
    return World(
        employee, company, (credits[0], credits[1]), draw(st.booleans()), draw(st.sampled_from(["positive", "negative"])),
        draw(st.booleans()), draw(st.sampled_from([100, 60, 0])), draw(st.booleans()),
    )  # fmt: skip


def part_of(one: int, other: int) -> Decimal:
    return Decimal(one) / Decimal(other)


amounts = st.one_of(st.integers(-3_000, 30_000), st.integers(-9, 9)).map(lambda value: Decimal(value) / 100)
TAXES = ("vat_amount", "hst_amount", "pst_amount")


@st.composite
def expenses(draw: st.DrawFn) -> list[ExpenseLine]:
    """Lines as an export has them; what was spent may be in euros, and is stated in dollars beside."""
    found = []
    for number in range(draw(st.integers(1, 9))):
        amount = draw(amounts)
        of_it = draw(st.sampled_from([0, 0, 1, 1, part_of(1, 3), part_of(9, 10)]))
        reim = (amount * Decimal(of_it)).quantize(CENT)
        factor = Decimal(draw(st.integers(50, 150))) / 100
        converted = (amount * factor).quantize(CENT)
        converted_reim = converted if reim == amount else (reim * factor).quantize(CENT)
        taxes = {}
        left = amount
        for name in TAXES:
            if draw(st.sampled_from([True, False, False])):
                taxes[name] = (left * Decimal(draw(st.integers(0, 20))) / 100).quantize(CENT)
                left -= taxes[name]
        card = draw(st.sampled_from(["", "T-1", "T-2", "T-3"])) if reim != amount else ""
        has_card = bool(card) or draw(st.booleans())
        category, code = draw(st.sampled_from([("Hotel", "6220"), ("Taxi", "6230")]))
        found.append(
            replace(
                line(f"e{number}", "0"), amount=amount, reim_amount=reim, reimbursable=reim != 0 or converted_reim != 0,
                converted_amount=converted, converted_reim_amount=converted_reim, converted_currency="USD",
                report_gld_codes={1: draw(st.sampled_from(["100", "200", "300"]))},
                department_code=draw(st.sampled_from(["30", "31"])),
                category=category, category_gl_code=code, card_name="Corp Visa" if has_card else "",
                card_last="4821" if has_card else "", card_transaction_id=card, expense_date=date(2026, 2, draw(st.integers(1, 28))),
                posting_date=date(2026, draw(st.sampled_from([1, 2])), draw(st.integers(1, 28))), **taxes,
            )
        )  # fmt: skip
    return found


# The sheet.


def cents(value: Decimal) -> Decimal:
    """Half a cent goes away from zero."""
    return value.quantize(CENT, ROUND_HALF_UP)


def posted(one: ExpenseLine, world: World) -> tuple[Decimal, Decimal]:
    """What of a line counts, and what of that the employee gets."""
    if world.converted:
        return one.converted_amount or NOTHING, one.converted_reim_amount or NOTHING
    return one.amount or NOTHING, one.reim_amount or NOTHING


def claimed(one: ExpenseLine, payer: str, world: World) -> dict[str, Decimal] | None:
    """Of a payer's part of a line what is claimed of each tax; None where that is more than the part."""
    place = one.report_gld_codes[1]
    percents = {"100": {}, "200": {"vat_amount": world.claimed}, "300": {"hst_amount": 100, "pst_amount": 100}}[place]
    whole, reim = posted(one, world)
    part = reim if payer == "employee" else whole - reim
    found, of_employee = {}, NOTHING
    room, room_of_employee = abs(whole), abs(reim)
    for name in TAXES:
        tax = getattr(one, name)
        if not tax or not percents.get(name):
            continue
        if world.converted:
            tax = min(cents(abs(tax) * abs(whole) / abs(one.amount)), room).copy_sign(whole)
            room -= abs(tax)
        tax = cents(tax * percents[name] / 100)
        theirs = min(cents(abs(tax) * abs(reim) / abs(whole)), room_of_employee)
        room_of_employee -= theirs
        of_employee = theirs.copy_sign(whole)
        found[name] = of_employee if payer == "employee" else tax - of_employee
    return found if abs(sum(found.values(), NOTHING)) <= abs(part) else None


def cells(one: ExpenseLine, payer: str, world: World) -> Counter[Cell] | None:
    """Where a payer's part of a line is booked; None where it cannot be."""
    place, taxes = one.report_gld_codes[1], claimed(one, payer, world)
    if taxes is None:
        return None
    whole, reim = posted(one, world)
    net = (reim if payer == "employee" else whole - reim) - sum(taxes.values(), NOTHING)
    sheet: Counter[Cell] = Counter()
    sheet[one.category_gl_code, place, one.department_code, ""] += net
    for name, tax in taxes.items():
        if place == "200":
            sheet[one.category_gl_code, place, one.department_code, "UK standard"] += tax
        else:
            sheet["2310" if name == "hst_amount" else "2311", place, one.department_code, ""] += tax
    return sheet


def sheet(lines: list[ExpenseLine], world: World) -> tuple[list[tuple[str, str, Counter[Cell]]], Decimal]:
    """The documents (payer, kind and cells), and what of the report stands in none of them."""
    groups: dict[tuple[str, ...], list[ExpenseLine]] = defaultdict(list)
    left = NOTHING
    for one in lines:
        whole, reim = posted(one, world)
        for payer, part in (("employee", reim), ("company", whole - reim)):
            if not part:
                continue
            if payer == "company" and reim and not one.card_name:
                left += part  # a cap: nobody paid it
                continue
            apart = ""
            if payer == "company" and world.company == "credit_card_transaction":
                apart = f"{one.card_name} {one.card_transaction_id}" if one.card_transaction_id else one.id
            if payer == "company" and world.company == "card_vendor_bill":
                day = one.posting_date
                assert day is not None
                apart = f"{one.card_name} {day.month}" if one.card_name else "none"
            groups[payer, one.report_gld_codes[1], apart].append(one)
    documents = []
    for (payer, _, _), members in groups.items():
        own = [cells(one, payer, world) for one in members]
        parts = [posted(one, world) for one in members]
        by_line = [reim if payer == "employee" else whole - reim for whole, reim in parts]
        total, kind = sum(by_line, NOTHING), world.target(payer)
        waits = None in own
        if payer == "company" and kind != "gl_journal":
            waits = waits or not all(one.card_name for one in members)
        added: Counter[Cell] = Counter()
        for one_sheet in own:
            for cell, amount in (one_sheet or {}).items():
                added[cell] += amount
        if total == 0 and None not in own and not any(added.values()):
            continue  # it books nothing
        if total < 0:
            policy = world.credits[payer == "company"]
            if policy == "adjustment":
                kind = INSTEAD[kind]
                waits = waits or any(part > 0 for part in by_line)
            waits = waits or policy == "hold" or kind == "expense_report"
        if waits:
            left += total
        else:
            documents.append((payer, kind, Counter({cell: amount for cell, amount in added.items() if amount})))
    return documents, left


# The wire.


def sent(document: Document, sign: str) -> Counter[Cell]:
    """What a request books, from its bytes; of a journal without what balances it, which is looked at by itself."""
    root = etree.fromstring(kind_of(document.kind).function(document, "c").xml)
    found: Counter[Cell] = Counter()
    balance = NOTHING
    for item in root.iter("APBILLITEM", "ccpayitem", "lineitem", "expense", "expenseadjustment", "GLENTRY"):
        said = {node.tag.lower(): node.text or "" for node in item}
        account = said.get("accountno") or said["glaccountno"]
        place = said.get("locationid") or said.get("location", "")
        department = said.get("departmentid") or said.get("department", "")
        side = int(said.get("tr_type", 1))
        adjusted = document.kind.value.endswith("adjustment") and sign == "positive"
        side = -side if adjusted else side
        amount = side * Decimal(said.get("paymentamount") or said.get("amount") or said["trx_amount"])
        taxes = {
            (node.findtext("DETAILID") or node.findtext("detailid") or ""): side
            * Decimal(node.findtext("TRX_TAX") or node.findtext("trx_tax") or "")
            for node in item.iter("TAXENTRY", "taxentry")
        }
        balance += amount + sum(taxes.values(), NOTHING)
        if document.kind.value == "gl_journal" and account == OFFSET:
            continue
        assert (place == "200") == bool(taxes), "in a taxed entity each line has an entry, and nowhere else"
        found[account, place, department, ""] += amount
        for detail, tax in taxes.items():
            assert detail == "UK standard" or tax == 0
            found[account, place, department, detail] += tax
    if document.kind.value == "gl_journal":
        assert balance == 0, "debits and credits"
    else:
        assert balance == document.total
    return Counter({cell: amount for cell, amount in found.items() if amount})


def shown(documents: list[tuple[str, str, Counter[Cell]]]) -> list[tuple[str, str, list[tuple[Cell, Decimal]]]]:
    return sorted((payer, kind, sorted(found.items())) for payer, kind, found in documents)


def together(documents: list[tuple[str, str, Counter[Cell]]]) -> dict[tuple[str, str], Counter[Cell]]:
    added: dict[tuple[str, str], Counter[Cell]] = defaultdict(Counter)
    for payer, kind, found in documents:
        for cell, amount in found.items():
            added[payer, kind][cell] += amount
    return {key: Counter({cell: amount for cell, amount in found.items() if amount}) for key, found in added.items()}


@given(expenses(), worlds())
def test_what_goes_over_the_wire_is_what_a_controller_adds_up(lines, world):
    header = report(*lines)
    if world.converted:
        whole = sum((one.converted_amount for one in lines), NOTHING)
        reim = sum((one.converted_reim_amount for one in lines), NOTHING)
        header = replace(header, total_amount=whole, reim_amount=reim, non_reim_amount=whole - reim)
        # A part that is more than the whole is nobody's, and what rounding made of nothing is no line of Certify.
        assume(all((posted(one, world)[0] - posted(one, world)[1]) * posted(one, world)[0] >= 0 for one in lines))
        assume(all(bool(one.amount) == bool(one.converted_amount) for one in lines))
    plan = plan_report(header, lines, BOOKS, world.configured(), today=TODAY)
    assert plan.holds == ()
    wire = [(one.payer.value, one.kind.value, sent(one, world.sign)) for one in plan.documents]
    expected, left = sheet(lines, world)
    if world.joined:
        assert together(wire) == together(expected)
    else:
        assert shown(wire) == shown(expected)
    waiting = sum((part.total for part in plan.parts if part.document is None), NOTHING)
    skipped = sum((skip.amount for skip in plan.skips if skip.amount is not None), NOTHING)
    assert waiting + skipped == left
    assert sum((one.total for one in plan.documents), NOTHING) + left == header.total_amount
