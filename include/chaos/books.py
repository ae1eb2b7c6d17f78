"""What Intacct should hold for a report, worked out from Certify's report and both services' lists alone.

A small re-statement of the demo company's rules (docs/posting-rules.md), written apart from the connector: employee-paid parts
become one AP bill for each entity and currency, company-paid parts one card transaction for each card charge, whole or not at all.
"""

from __future__ import annotations

import base64
import hashlib
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

Record = Mapping[str, Any]
CARDS = {"Corporate Visa": "CORP-VISA", "Corporate Amex": "CORP-AMEX"}
BILL, CARD = "APBILL", "CCTRANSACTION"


@dataclass(frozen=True, order=True)
class Entry:
    """A line of a document."""

    account: str
    department: str
    location: str
    amount: Decimal


@dataclass(frozen=True)
class Posting:
    """A document as it should stand, or stands, in Intacct. `day` is ISO."""

    object: str
    payee: str
    currency: str
    day: str
    entries: tuple[Entry, ...]

    @property
    def total(self) -> Decimal:
        """The sum of its lines."""
        return sum((entry.amount for entry in self.entries), Decimal(0))

    @property
    def undated(self) -> tuple[Any, ...]:
        """All of it but the date."""
        return self.object, self.payee, self.currency, self.entries


@dataclass(frozen=True)
class Expected:
    """What a report comes to: documents, or why there are none."""

    postings: tuple[Posting, ...] = ()
    hold: str = ""


def token(certify_company: str, report_id: str) -> str:
    """The mark that all documents of a report carry in their numbers (posting rules, Identity)."""
    digest = hashlib.sha256(f"{certify_company}\x1f{report_id.strip().lower()}".encode()).digest()
    return "C" + base64.b32encode(digest).decode()[:10]


class Books:
    """The lists of both services, and the company's choices that the demo's rules depend on."""

    def __init__(
        self,
        *,
        vendors: Iterable[Record],
        contacts: Iterable[Record],
        entities: Iterable[Record],
        departments: Iterable[Record],
        accounts: Iterable[Record],
        cards: Iterable[Record],
        categories: Iterable[Record],
        users: Iterable[Record],
        today: str,
        inside_entities: bool,
        closed: Mapping[str, Mapping[str, str]] | None = None,
    ) -> None:
        self.vendors = {str(one["VENDORID"]): one for one in vendors}
        self.contacts = {str(one["CONTACTNAME"]): one for one in contacts}
        self.entities = {str(one["LOCATIONID"]): one for one in entities}
        self.departments = {str(one["DEPARTMENTID"]): one for one in departments}
        self.accounts = {str(one["ACCOUNTNO"]): one for one in accounts}
        self.cards = {str(one["CARDID"]): one for one in cards}
        self.never = {
            one["Name"] for one in categories if _yes(one.get("PersonalExpenses")) or _yes(one.get("CashAdvances"))
        }
        self.ids = Counter(str(one.get("EmployeeID") or "") for one in users if _yes(one.get("Active")))
        self.today = today
        self.inside_entities = inside_entities
        self.closed = {place: {book: _iso(day) for book, day in own.items()} for place, own in (closed or {}).items()}

    def is_closed(self, posting: Posting) -> bool:
        """Whether Intacct refuses the document's date: the books of its subledger are closed in one of its entities."""
        places = {"*", *(entry.location for entry in posting.entries)}
        books = ("AP" if posting.object == BILL else "CM", "GL", "*")
        return any(posting.day <= self.closed.get(place, {}).get(book, "") for place in places for book in books)

    def expected(self, report: Record) -> Expected:
        """What the report comes to; `report` holds its lines under `Expenses`."""
        lines = [line for line in report.get("Expenses", ()) if line.get("Status") != "Disapproved"]
        why = self._report(report, lines) or next(filter(None, map(self._line, lines)), "")
        if why:
            return Expected(hold=why)
        groups: dict[tuple[str, str], list[tuple[Record, Decimal]]] = defaultdict(list)
        for line in lines:
            amount, reimbursed = _money(line["Amount"]), _money(line["ReimAmount"])
            if reimbursed:
                groups[BILL, ""].append((line, reimbursed))
            if amount - reimbursed:
                groups[CARD, _charge(line)].append((line, amount - reimbursed))
        postings = []
        for (kind, _), members in groups.items():
            total = sum((amount for _, amount in members), Decimal(0))
            if total < 0:
                return Expected(hold="negative document")
            if total == 0:
                continue
            posting = self._posting(kind, report, members)
            if isinstance(posting, str):
                return Expected(hold=posting)
            postings.append(posting)
        return Expected(postings=tuple(postings))

    def _report(self, report: Record, lines: Sequence[Record]) -> str:
        entity = self.entities.get(str(report.get("EmpGLD1Code") or ""))
        total, owed, rest = (_money(report[name]) for name in ("TotalAmount", "ReimAmount", "NonReimAmount"))
        employee = str(report.get("EmployeeID") or "")
        emails = {str(line.get("Email") or "").casefold() for line in lines}
        paid = _yes(report.get("Reimbursed")) or bool(report.get("ReimbursementTransactionID"))
        sums = (
            sum((_money(line["ReimAmount"]) for line in lines), Decimal(0)),
            sum((_money(line["Amount"]) - _money(line["ReimAmount"]) for line in lines), Decimal(0)),
        )
        checks = (
            (not _yes(report.get("Processed")), "unprocessed"),
            (str(report.get("ProcessedDate"))[:10] > self.today, "future date"),
            (not employee, "no EmployeeID"),
            (any(str(line.get("EmployeeID") or "") != employee for line in lines), "EmployeeIDs differ"),
            ((owed, rest) != sums or total != owed + rest, "totals differ"),
            (any(_finer(amount) for amount in (total, owed, rest)), "third decimal"),
            (any(line.get("Currency") != report.get("Currency") for line in lines), "currencies differ"),
            (str(report.get("InitialApproverEmail") or "-").casefold() in emails, "self approved"),
            (owed != 0 and paid, "reimbursed"),
            (entity is None or entity.get("STATUS") != "active", "entity"),
        )  # fmt: skip
        return next((why for wrong, why in checks if wrong), "")

    def _line(self, line: Record) -> str:
        amount, owed = _money(line["Amount"]), _money(line["ReimAmount"])
        account = self.accounts.get(str(line.get("ExpenseCategoryGLCode") or ""))
        department = self.departments.get(str(line.get("DepartmentCode") or ""))
        posted = amount != 0 or owed != 0
        checks = (
            (line.get("ExpenseCategory") in self.never, "personal or cash advance"),
            (_finer(amount) or _finer(owed), "third decimal"),
            (not _yes(line.get("Reimbursable")) and owed != 0, "not reimbursable"),
            (owed * amount < 0 or (amount - owed) * amount < 0 or (not amount and bool(owed)), "more than the amount"),
            (posted and (account is None or account.get("STATUS") != "active"), "account"),
            (posted and (department is None or department.get("STATUS") != "active"), "department"),
        )
        return next((why for wrong, why in checks if wrong), "")

    def _posting(self, kind: str, report: Record, members: Sequence[tuple[Record, Decimal]]) -> Posting | str:
        place = str(report["EmpGLD1Code"])
        if kind == BILL:
            payee, day = str(report["EmployeeID"]), str(report["ProcessedDate"])[:10]
            if why := self._vendor(payee, report, place):
                return why
        else:
            payee = CARDS.get(members[0][0].get("PaymentCardName") or "", "")
            card = self.cards.get(payee)
            if card is None or card.get("STATUS") != "active" or card.get("MEGAENTITYID") not in (None, "", place):
                return "card"
            day = max(str(line.get("PostingDate") or "")[:10] for line, _ in members)
            day = day or max(str(line.get("ExpenseDate") or "")[:10] for line, _ in members)
        entries = (
            Entry(str(line["ExpenseCategoryGLCode"]), str(line["DepartmentCode"]), place, amount)
            for line, amount in members
        )
        return Posting(kind, payee, str(report["Currency"]), day, tuple(sorted(entries)))

    def _vendor(self, vendor_id: str, report: Record, place: str) -> str:
        vendor = self.vendors.get(vendor_id)
        if vendor is None:
            return "no vendor"
        emails = {str(line.get("Email") or "").strip().casefold() for line in report.get("Expenses", ())} - {""}
        person = _words(f"{report.get('FirstName')} {report.get('LastName')}")
        contact = self.contacts.get(str(vendor.get("DISPLAYCONTACT.CONTACTNAME")), {})
        print_as = vendor.get("DISPLAYCONTACT.PRINTAS") or contact.get("PRINTAS") or ""
        address = vendor.get("DISPLAYCONTACT.EMAIL1") or contact.get("EMAIL1") or ""
        agrees = address.strip().casefold() in emails or person in (_words(vendor.get("NAME") or ""), _words(print_as))
        session = place if self.inside_entities else ""
        checks = (
            (self.ids[vendor_id] > 1, "EmployeeID twice"),
            (vendor.get("VENDTYPE") != "Employee", "vendor type"),
            (vendor.get("STATUS") != "active", "vendor inactive"),
            (vendor.get("ONHOLD") == "true", "vendor on hold"),
            (not agrees, "vendor is somebody else"),
            (vendor.get("MEGAENTITYID") not in (None, "", session), "vendor of an entity"),
        )
        return next((why for wrong, why in checks if wrong), "")


def posted(name: str, record: Record) -> Posting:
    """A document as Intacct holds it."""
    bill = name == BILL
    lines = record.get("APBILLITEMS" if bill else "CCTRANSACTIONENTRIES") or ()
    entries = (
        Entry(str(line.get("ACCOUNTNO") or ""), str(line.get("DEPARTMENTID") or line.get("DEPARTMENT") or ""),
              str(line.get("LOCATIONID") or line.get("LOCATION") or ""), Decimal(str(line["TRX_AMOUNT"])))
        for line in lines
    )  # fmt: skip
    payee = record["VENDORID"] if bill else record["FINANCIALENTITY"]
    day = _iso(record.get("WHENPOSTED") or record["WHENCREATED"])
    return Posting(name, str(payee), str(record["CURRENCY"]), day, tuple(sorted(entries)))


def _charge(line: Record) -> str:
    charge = line.get("CCTransactionID")
    return f"{line.get('PaymentCardName')}/{line.get('CCLast')}/{charge}" if charge else f"line {line['ID']}"


def _iso(text: Any) -> str:
    """Intacct's mm/dd/yyyy as an ISO date."""
    month, day, year = str(text)[:10].split("/")
    return f"{year}-{month}-{day}"


def _money(value: Any) -> Decimal:
    return Decimal(str(value or "0"))


def _finer(amount: Decimal) -> bool:
    return amount != amount.quantize(Decimal("0.01"))


def _yes(value: Any) -> bool:
    return value in (True, 1, "1", "true", "True")


def _words(name: str) -> list[str]:
    return sorted(unicodedata.normalize("NFKC", name).casefold().replace(",", " ").split())
