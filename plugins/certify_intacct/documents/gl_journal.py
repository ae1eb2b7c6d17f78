"""GL journals: expense against a liability or clearing account; one for each payer, entity and currency of a report.

Intacct XML gateway reference, General Ledger > Journal entries (developer.intacct.com/api/general-ledger/journal-entries): generic
``create`` of GLBATCH with GLENTRY lines. Amounts are positive and TR_TYPE says debit (1) or credit (-1); department and location stand
in DEPARTMENT and LOCATION, other dimensions in their ID fields. BASELOCATION_NO is sent where lines lie in several entities: it names
the source entity, and Intacct makes the inter-entity lines, of which nobody says whether the entry shows them. The header states
neither amounts nor a currency, so a journal is known by its lines. No function reverses one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

from certify_intacct.documents.base import CURRENCY, STATED, Existing, Kind
from certify_intacct.documents.entries import AMOUNT
from certify_intacct.documents.found import Found, NotRecordable
from certify_intacct.documents.own_fields import codes_of, fields_of
from certify_intacct.documents.reading import Record
from certify_intacct.documents.states import COMMON, Meaning
from certify_intacct.documents.summing import LINES, SUMMED, summed
from certify_intacct.intacct.functions import Function, create
from certify_intacct.model.configuration.posting import PostingConfiguration
from certify_intacct.model.dimensions import DEPARTMENT, DIMENSIONS, ENTITY, LOCATION
from certify_intacct.model.documents import ELSEWHERE, OWNER, PAID, Document, DocumentKind, DocumentLine, money_text
from certify_intacct.model.errors import BadInput
from certify_intacct.model.payers import Payer
from certify_intacct.model.report_plans import Hold
from certify_intacct.model.rules import Rule
from certify_intacct.rules.expenses import coding
from certify_intacct.rules.expenses.mapping import (
    ALLOW_DIRECT_POSTING,
    AccountChoice,
    account_choice,
    check_account,
    no_direct_posting,
)
from certify_intacct.rules.expenses.splitting import Group
from certify_intacct.rules.expenses.targets import Payee, PlanningContext
from certify_intacct.rules.preflight.rights import Need
from certify_intacct.rules.texts import readable

OFFSET, VAT_VENDOR = "offset_account", "vat_vendor"
#: Of a journal whose lines lie in several entities: the accounts on which Intacct may add lines of its own.
INTER_ENTITY = "inter_entity_accounts"
# Among the details of a document: the tax of a line is balanced by a line of its own.
_TAX, _APART = "tax", "balanced_apart"
_DEBIT, _CREDIT = "1", "-1"
_TITLE = 80
_FINEST_RATE = Decimal("0.0001")


class GlJournal(Kind):
    """An entry of the journal that ``company_paid``, ``employee_paid`` or, for what was paid elsewhere, ``policies`` names.

    Each expense line is balanced by a line of its own on the offset account, with the same dimensions: so each pair balances to the
    cent in the base currency too, whatever the rate, and a card statement can be ticked off against the clearing account. The tax of a
    line is converted and rounded by itself, so where there is a rate it is balanced by a line of its own as well. Where a
    journal is summed, one such pair stands for all expenses that are coded alike, and another for their refunds. Where lines lie in
    several entities, one line in the source entity balances all of them.
    """

    kind = DocumentKind.GL_JOURNAL
    label = "GL journal"
    payers = frozenset({Payer.EMPLOYEE, Payer.COMPANY})
    subledger = "GL"
    tax_entries = 1
    several_entities = True
    states_owner = True
    object = "GLBATCH"
    line_object = "GLENTRY"
    header_fills = frozenset(
        {
            "JOURNAL", "BATCH_DATE", "BATCH_TITLE", "REFERENCENO", "STATE", "SUPDOCID", "BASELOCATION_NO", "TAXIMPLICATIONS",
            "VATVENDORID", "TAXSOLUTIONID",
        }
    )  # fmt: skip
    line_fills = frozenset(
        {
            "ACCOUNTNO", "TR_TYPE", "TRX_AMOUNT", "AMOUNT", "DESCRIPTION", "LOCATION", "DEPARTMENT", "CURRENCY", "EXCH_RATE_TYPE_ID",
            "EXCH_RATE_DATE", "EXCHANGE_RATE", "BILLABLE",
        }
    )  # fmt: skip
    policy = ("General Ledger", "Journal Entries")
    rights = ("Add", "Edit", "Post")
    # The counter-entry of a reversal keeps the word Posted and is told by REVERSEDFROM.
    states: ClassVar[Mapping[str, Meaning]] = COMMON
    reversal = "General Ledger > Journal entries > the entry > Reverse, which books its mirror; or a mirrored entry made by hand"
    number_field = "REFERENCENO"
    payee_field = "JOURNAL"
    payee_word = "journal"
    total_word = "sum of debits"
    total_fields = ()
    day_field = "BATCH_DATE"
    looks_alike = False
    # Of debits.
    total_tells_who_owes = False
    line_parent = "BATCHNO"
    line_fields = ("TR_TYPE", "CURRENCY")
    header_reads: ClassVar[Mapping[str, str]] = {
        "posting_date": "BATCH_DATE", "description": "BATCH_TITLE", "base_currency": "BASECURR",
        "exchange_rate_type": "EXCH_RATE_TYPE_ID", "exchange_rate_date": "EXCH_RATE_DATE", "tax_solution": "TAXSOLUTIONID",
        "attachment_id": "SUPDOCID",
    }  # fmt: skip
    line_reads: ClassVar[Mapping[str, str]] = {
        "account": "ACCOUNTNO", "memo": "DESCRIPTION", "location_id": "LOCATION", "department_id": "DEPARTMENT",
        "billable": "BILLABLE",
    }  # fmt: skip

    def accounts(self, payer: Payer, context: PlanningContext) -> AccountChoice:
        """Entered directly, so none that disallows it."""
        return replace(account_choice(context.posting, context.references), direct=True)

    def payee(self, group: Group, context: PlanningContext) -> Payee | Hold:
        """The journal, with the account against which it is booked."""
        posting = context.posting
        settings, key = context.journal(group.payer)
        if settings is None:
            return Hold(Rule.JOURNAL_MISSING, f"{group.label}: no journal is configured.", _cure(key))
        journal = context.references.journals.get(settings.symbol)
        if journal is not None and not journal.direct_posting:
            return Hold(
                Rule.DIRECT_POSTING,
                f"{group.label}: the journal {settings.symbol!r} disallows direct posting in Intacct.",
                f"{ALLOW_DIRECT_POSTING} into the journal, or choose another {key}.symbol.",
            )
        problem = check_account(settings.offset_account, context.references)
        if problem:
            return Hold(
                Rule.OFFSET_ACCOUNT,
                f"{group.label}: {problem}, the offset account.",
                f"Write `offset_account: ACCOUNT` in the place of that line in {key} in connector.yaml, with one that takes entries.",
            )
        account = context.references.accounts[settings.offset_account]
        if problem := no_direct_posting(account):
            return Hold(
                Rule.DIRECT_POSTING,
                f"{group.label}: {problem} in Intacct, the offset account.",
                f"{ALLOW_DIRECT_POSTING} to the account, or choose another {key}.offset_account.",
            )
        for member in group.members:
            codes, _ = coding.codes_of(context.report, member.line, context.references, context.dimensions)
            if missing := coding.demanded(account, codes, context.dimensions):
                fields = ", ".join(sorted(dimension.line for dimension in missing))
                reason = f"{member.line.label}: the offset account {settings.offset_account} requires {fields}."
                fill = coding.filled_by(missing[0], context.dimensions)
                cure = f"{fill}, or choose another {key}.offset_account."
                return Hold(Rule.DIMENSION_REQUIRED, reason, cure)
        details = {OFFSET: settings.offset_account} | ({VAT_VENDOR: settings.vat_vendor} if settings.vat_vendor else {})
        details |= {LINES: SUMMED} if settings.lines == "summed" else {}
        if context.several_currencies:
            details[CURRENCY] = STATED
        if posting.tax.of(group.entity).solution and group.currency != _books_currency(group, context):
            details[_TAX] = _APART
        if group.payer is Payer.EMPLOYEE and context.clears_payment:
            details[PAID] = ELSEWHERE
        return Payee(
            payee_id=settings.symbol,
            name=context.report.employee_name,
            session_entity=group.entity if posting.posting_entity == "entity" else "",
            details=details,
        )

    def of_several_entities(self, document: Document, context: PlanningContext) -> Mapping[str, str] | str:
        """The accounts of Intacct's own lines, which no line of ours may be on."""
        if document.currency != document.base_currency:
            return "a journal in a foreign currency is balanced line by line"
        accounts = context.references.inter_entity.accounts
        offset = context.references.accounts[document.details[OFFSET]]
        if own := sorted({offset.account_no, *(line.account for line in document.lines)} & accounts):
            return f"the account {own[0]} is an inter-entity account"
        balance = self.lines_of(document)[-1]
        given = {row.name for row in DIMENSIONS if row.line in balance.dimensions} | {ENTITY.name, LOCATION.name}
        given |= {DEPARTMENT.name} if balance.department_id else set()
        if missing := sorted(offset.requires - given):
            return (
                f"the offset account {offset.account_no} requires {missing[0]}, of which the lines have not one alone"
            )
        return {INTER_ENTITY: " ".join(sorted(accounts))}

    def date_by_rule(self, group: Group, context: PlanningContext) -> date | None:
        """What was paid elsewhere is dated by that payment."""
        if group.payer is Payer.EMPLOYEE and context.clears_payment:
            return context.report.reimbursed_date
        return super().date_by_rule(group, context)

    def request(self, document: Document, control_id: str) -> Function:
        _check(document)
        fields: dict[str, Any] = {
            "JOURNAL": document.payee_id,
            "BATCH_DATE": document.posting_date,
            "BATCH_TITLE": readable(document.description, _TITLE),
            "REFERENCENO": document.number,
            "STATE": "Posted",
            "SUPDOCID": document.attachment_id or None,
            "BASELOCATION_NO": document.details.get(OWNER),
            **fields_of(document),
        }
        if document.tax_solution:
            fields |= {
                "TAXIMPLICATIONS": "Inbound",
                "VATVENDORID": document.details[VAT_VENDOR],
                "TAXSOLUTIONID": document.stated_solution,
            }
        if OWNER in document.details:
            *booked, balance = self.lines_of(document)
            entries = [_entry(document, line, line.account, _DEBIT, line.amount) | _billed(line) for line in booked]
            entries.append(_entry(document, balance, balance.account, _CREDIT, balance.amount))
        else:
            entries = [entry for line in self.booked(document) for entry in _pair(document, line)]
        return create(self.object, fields | {"ENTRIES": {"GLENTRY": entries}}, control_id=control_id)

    def needs(self) -> list[Need]:
        """Journals too: whether one takes entries is known before, where they can be read."""
        return [*super().needs(), Need("GLJOURNAL", required=False)]

    def entered_directly(self, document: Document) -> tuple[tuple[str, str], ...]:
        """Its journal, and the accounts of all lines."""
        accounts = dict.fromkeys(("account", line.account) for line in self.lines_of(document))
        return (("journal", document.payee_id), *accounts)

    def texts(self, posting: PostingConfiguration) -> dict[tuple[str, str], tuple[int, str]]:
        """What describes it is its title."""
        return {**super().texts(posting), (self.object, "BATCH_TITLE"): (_TITLE, "the title of a journal entry")}

    def must_exist(self, posting: PostingConfiguration) -> tuple[Existing, ...]:
        """The journals."""
        return tuple(
            Existing(object="GLJOURNAL", field="SYMBOL", value=journal.symbol, item="Journal", key=f"{key}.symbol")
            for key, journal in posting.journals.items()
        )

    def posts_directly_to(self, posting: PostingConfiguration) -> tuple[Existing, ...]:
        """The journals, their offset accounts, and those of policies and map; what are GL codes of categories is in Certify."""
        accounts = {journal.offset_account: f"{key}.offset_account" for key, journal in posting.journals.items()}
        if not posting.accounts.by_label:
            accounts |= dict.fromkeys(posting.accounts.map.values(), "posting.accounts.map") | posting.policies.accounts
        return (
            *self.must_exist(posting),
            *(Existing(object="GLACCOUNT", field="ACCOUNTNO", value=number, item="GL account", key=key)
              for number, key in accounts.items()),
        )  # fmt: skip

    @property
    def fields(self) -> tuple[str, ...]:
        """Its header states no amounts."""
        return (*super().fields, "REVERSED", "REVERSEDFROM")

    def total(self, record: Record, lines: Sequence[Record]) -> Decimal:
        """The sum of its debits."""
        return sum((max(self.value(line), Decimal(0)) for line in lines), Decimal(0))

    def value(self, line: Record) -> Decimal:
        """What is credited is below zero."""
        side = str(line["TR_TYPE"] or "")
        if side not in (_DEBIT, _CREDIT):
            raise BadInput(f"TR_TYPE is {side!r}, which is neither debit nor credit.")
        return super().value(line) * int(side)

    def currency(self, record: Record, lines: Sequence[Record]) -> str:
        """That of its lines."""
        return ", ".join(sorted({str(line["CURRENCY"]) for line in lines} - {"", "None"}))

    def record_meaning(self, record: Record) -> Meaning:
        """Reversed journals, and what reversed them, may both go on being Posted."""
        found = self.meaning(record["STATE"])
        if found is not Meaning.IN_GL:
            return found
        if record["REVERSEDFROM"]:
            return Meaning.COUNTER_ENTRY
        return Meaning.REVERSED if record["REVERSED"] else found

    def stated_total(self, document: Document) -> Decimal:
        """Each line that is positive, and the balance of each that is not."""
        return sum((max(line.amount, -line.total) for line in document.lines), Decimal(0))

    def worth(self, document: Document, found: Found) -> Decimal:
        """What its offset account got; the sum of debits counts refunds twice. Moved to another account, the money is the same."""
        offset = document.details[OFFSET]
        balances = [Decimal(entry[AMOUNT]) for entry in found.entries if entry.get("account") == offset]
        return -sum(balances, Decimal(0)) if balances else document.total

    def lines_of(self, document: Document) -> Sequence[DocumentLine]:
        """Each line with its balance, or all of them with one."""
        booked = self.booked(document)
        if OWNER in document.details:
            return [*booked, _balance(document, booked)]
        return [entry for line in booked for entry in (line, *_balances(document, line))]

    def booked(self, document: Document) -> Sequence[DocumentLine]:
        """Its lines, or their sums by coding."""
        return summed(document) if document.details.get(LINES) == SUMMED else document.lines

    def expense_lines(self, planned: Document, lines: Sequence[Record]) -> tuple[list[Record], dict[str, str]]:
        """The expenses, with the sign of their side; those between are their balance, all on one account.

        Where they lie in several entities, the last one is the balance of all.
        """
        if OWNER in planned.details:
            return self._signed(lines[:-1]), {OFFSET: str(lines[-1]["ACCOUNTNO"])}
        left = list(lines)
        pairs = [(left.pop(0), [left.pop(0) for _ in _balances(planned, line)]) for line in self.booked(planned)]
        offsets = sorted({str(balance["ACCOUNTNO"]) for _, balances in pairs for balance in balances})
        paired = all(self.value(line) * self.value(balance) <= 0 for line, balances in pairs for balance in balances)
        if len(offsets) != 1 or not paired:
            raise NotRecordable("its lines are not expenses each with its balance on one offset account")
        return self._signed([line for line, _ in pairs]), {OFFSET: offsets[0]}

    def _signed(self, lines: Sequence[Record]) -> list[Record]:
        return [{**line, "TRX_AMOUNT": str(self.value(line))} for line in lines]

    def own_lines(self, document: Document, lines: Sequence[Record]) -> Sequence[Record]:
        """Without those that Intacct made between entities."""
        theirs = document.details.get(INTER_ENTITY, "").split()
        return [line for line in lines if line["ACCOUNTNO"] not in theirs]

    def as_ours(self, document: Document, found: Found) -> Found:
        """Without the lines that Intacct made between entities, and so without their debits."""
        theirs = document.details.get(INTER_ENTITY, "").split()
        entries = [entry for entry in found.entries if entry.get("account") not in theirs]
        if len(entries) == len(found.entries):
            return found
        debits = sum((max(Decimal(entry[AMOUNT]), Decimal(0)) for entry in entries), Decimal(0))
        return replace(found, entries=entries, total=debits)


def _check(document: Document) -> None:
    """What a journal cannot hold.

    :raises BadInput: it names line or setting
    """
    if document.by_label:
        raise BadInput("A journal takes GL accounts, and posting.accounts.by_label makes them account labels.")
    if not document.description:
        raise BadInput(
            "BATCH_TITLE would be empty: the report has neither an approval code nor a name nor an employee."
        )
    if document.exchange_rate and Decimal(document.exchange_rate) % _FINEST_RATE:
        raise BadInput(f"EXCHANGE_RATE {document.exchange_rate} has more than the four decimals that a journal keeps.")
    for line in document.lines:
        if line.account == document.details[OFFSET]:
            raise BadInput(f"ACCOUNTNO {line.account} is the offset account too: the journal would book nothing.")
        if len(line.tax) > 1:
            raise BadInput("TAXENTRIES would hold more than the one entry that a line of a journal takes.")
        if line.tax and not document.details.get(VAT_VENDOR):
            raise BadInput(
                "TAXENTRIES need a vendor of the tax.", cure="Set vat_vendor of the journal in connector.yaml."
            )


def _pair(document: Document, line: DocumentLine) -> Iterator[dict[str, Any]]:
    """The expense and what balances it. What is negative, a refund for example, stands on the other side."""
    # Of a line that is all tax, its tax says which.
    debit = line.total >= 0
    taxes: dict[str, Any] = {}
    if line.tax:
        entries = [{"DETAILID": tax.detail_id, "TRX_TAX": money_text(abs(tax.amount))} for tax in line.tax]
        taxes = {"TAXENTRIES": {"TAXENTRY": entries}}
    yield _entry(document, line, line.account, _DEBIT if debit else _CREDIT, line.amount) | _billed(line) | taxes
    for balance in _balances(document, line):
        yield _entry(document, line, balance.account, _CREDIT if debit else _DEBIT, balance.amount)


def _balances(document: Document, line: DocumentLine) -> list[DocumentLine]:
    """The lines on the offset account that balance one: one, or where both are converted its net amount and its tax apart."""
    tax = line.total - line.amount
    apart = document.details.get(_TAX) == _APART and line.amount and tax
    amounts = (line.amount, tax) if apart else (line.total,)
    return [replace(line, account=document.details[OFFSET], amount=-amount, tax=()) for amount in amounts]


def _books_currency(group: Group, context: PlanningContext) -> str:
    entity = context.references.entities.get(group.entity)
    return (entity.currency if entity else "") or context.configuration.company.base_currency


def _billed(line: DocumentLine) -> dict[str, Any]:
    return {"BILLABLE": True} if line.billable else {}


def _balance(document: Document, booked: Sequence[DocumentLine]) -> DocumentLine:
    """The line in the source entity that balances all others; it has the codes that all of them have."""
    first = booked[0]
    departments = {line.department_id for line in booked}
    return DocumentLine(
        expense_id="",
        account=document.details[OFFSET],
        amount=-sum((line.amount for line in booked), Decimal(0)),
        memo=document.description,
        location_id=document.details[OWNER],
        department_id=first.department_id if len(departments) == 1 else "",
        dimensions={
            name: code
            for name, code in first.dimensions.items()
            if all(line.dimensions.get(name) == code for line in booked)
        },
    )


def _entry(document: Document, line: DocumentLine, account: str, side: str, value: Decimal) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "ACCOUNTNO": account,
        "TR_TYPE": side,
        "TRX_AMOUNT": money_text(abs(value)),
        "DESCRIPTION": line.memo,
        "LOCATION": line.location_id or None,
        "DEPARTMENT": line.department_id or None,
        **codes_of(line),
    }
    if document.exchange_rate_type:
        # Left out, the rate would be a "custom" one.
        fields |= {
            "CURRENCY": document.currency,
            "EXCH_RATE_TYPE_ID": document.exchange_rate_type,
            "EXCH_RATE_DATE": document.exchange_rate_date,
        }
    elif document.exchange_rate or document.details.get(CURRENCY) == STATED:
        fields |= {"CURRENCY": document.currency, "EXCHANGE_RATE": document.exchange_rate or "1"}
    return fields


def _cure(key: str) -> str:
    section, _, name = key.rpartition(".")
    row = f"{name}: {{symbol: JOURNAL, offset_account: ACCOUNT}}"
    return f"Write `{row}` into {section} in connector.yaml, with the journal's symbol and the account against which it is booked."
