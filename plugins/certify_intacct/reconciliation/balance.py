"""The arithmetic of a reconciliation: Certify's processed amounts, divided into what became of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from certify_intacct.model.currencies import amount_text
from certify_intacct.model.decisions import Decision
from certify_intacct.model.dimensions import PlaceKind
from certify_intacct.model.ledger import LedgerState
from certify_intacct.model.log_lines import cell
from certify_intacct.model.payers import Payer
from certify_intacct.model.reports import of_invoices
from certify_intacct.model.rules import Rule
from certify_intacct.posting.follow_up import TOO_NEW, UNKNOWN_STATE, UNREADABLE, UNSEEN
from certify_intacct.reconciliation.findings import UNASSIGNED
from certify_intacct.rules.texts import readable
from certify_intacct.staging import reconciliation
from certify_intacct.staging.reconciliation import Explained
from certify_intacct.staging.reconciliation_results import BalanceLine
from certify_intacct.staging.standing_decisions import standing
from certify_intacct.staging.values import Unreadable, read_value, record_id, shown

if TYPE_CHECKING:
    from certify_intacct.model.configuration import Configuration
    from certify_intacct.model.configuration.company import CompanyConfiguration
    from certify_intacct.posting.follow_up import Seen
    from certify_intacct.staging.database import Connection
    from certify_intacct.staging.ledger_reads import LedgerDocument

ACCEPTED_DIFFERENCE = "accepted_difference"
_ZERO = Decimal(0)
_TAKEN_OUT = (Decision.BOOKED_BY_HAND, Decision.NOT_OURS)
# These headers come from Certify as they are: a code may be any text.
_LONGEST_CODE = 100

# What Intacct refused stands nowhere: what became of it since, an open item or a person says.
_BUCKETS = {
    LedgerState.IN_GL: "in_gl",
    LedgerState.ACCEPTED: "in_intacct",
    LedgerState.DECLINED: "declined",
    LedgerState.ALTERED: "in_intacct",
    LedgerState.SENDING: "in_doubt",
    LedgerState.IN_DOUBT: "in_doubt",
    LedgerState.HELD: "held",
}
#: What was not seen as it was to be is never called posted.
_NOT_SEEN = {UNKNOWN_STATE: UNKNOWN_STATE, UNREADABLE: UNREADABLE, UNSEEN: UNSEEN, TOO_NEW: "in_intacct"}

Key = tuple[str, str, str, str, str]


class Books:
    """What the ledger, the plans and persons say of some reports.

    :param documents: of these reports, all sequences
    :param seen: what was seen of each in Intacct, by ID (``FollowUp.check``)
    :param why: why amounts of these reports are not in Intacct
    """

    def __init__(self, documents: Sequence[LedgerDocument], seen: Mapping[int, Seen], why: Why) -> None:
        self.seen = seen
        self.why = why
        self.documents: dict[str, list[LedgerDocument]] = defaultdict(list)
        for document in documents:
            self.documents[document.report_id].append(document)

    def bucket(self, document: LedgerDocument) -> str:
        """Where a document's money stands; empty when it stands nowhere any more."""
        seen = self.seen.get(document.document_id)
        return _NOT_SEEN.get(seen.word if seen else "") or _BUCKETS.get(document.state, "")


class Balance:
    """Divides reports into buckets, and adds them up.

    :param single_entity: whether the company has no entities
    """

    def __init__(self, configuration: Configuration, *, single_entity: bool) -> None:
        self.posting = configuration.posting
        self.entities = configuration.dimensions.entities
        self.single_entity = single_entity
        self.amounts: dict[Key, Decimal] = defaultdict(lambda: _ZERO)
        self.reports: dict[Key, int] = defaultdict(int)
        #: How many reports were added.
        self.processed = 0
        self._unassigned: list[tuple[str, str, Decimal]] = []
        self._unreadable: list[tuple[str, str]] = []

    def add(self, header: Mapping[str, Any], books: Books) -> None:
        """Adds a processed report as Certify has it now."""
        report_id = record_id(header) or _nameless(header)
        self.processed += 1
        sums: dict[Key, Decimal] = defaultdict(lambda: _ZERO)
        for key, amount in self._divide(header, report_id, books):
            sums[key] += amount
        for key, amount in sums.items():
            self.amounts[key] += amount
            self.reports[key] += 1
            if key[-1] == UNASSIGNED:
                self._unassigned.append((report_id, key[2], amount))

    def lines(self) -> list[BalanceLine]:
        """The rows of the table."""
        return [
            BalanceLine(
                entity=entity, currency=currency, payer=payer, kind=kind, bucket=bucket, amount=amount,
                reports=self.reports[entity, currency, payer, kind, bucket],
            )
            for (entity, currency, payer, kind, bucket), amount in sorted(self.amounts.items())
        ]  # fmt: skip

    def unassigned(self) -> list[tuple[str, str, Decimal]]:
        """Reports of which a part is neither posted nor held, whose part it is, and how much, since this was asked last."""
        found, self._unassigned = sorted(self._unassigned), []
        return found

    def unreadable(self) -> list[tuple[str, str]]:
        """Reports of which Certify states an amount that nobody can read, with that amount, since this was asked last."""
        found, self._unreadable = self._unreadable, []
        return found

    def _divide(self, header: Mapping[str, Any], report_id: str, books: Books) -> Iterator[tuple[Key, Decimal]]:
        """The two parts of a report, each into its documents; the rest is explained by why there are none.

        What adds up to nothing has a row too: a report of which nothing else can be said is counted as what became of it.
        """
        counted = False
        documents = books.documents[report_id]
        entity = readable(self._entity(header, documents), _LONGEST_CODE)
        currency = readable(str(header.get("Currency") or ""), _LONGEST_CODE)
        for payer in Payer:
            rest = _amount(header.get(payer.certify_amount))
            target = self._target(report_id, payer)
            if rest is None:
                counted = True
                self._unreadable.append((report_id, shown(payer.certify_amount, header.get(payer.certify_amount))))
                yield (entity, currency, payer.value, target, UNREADABLE), _ZERO
            for document in documents:
                if document.payer is payer and (bucket := books.bucket(document)):
                    counted = True
                    what = (document.currency, payer.value, document.kind.value)
                    for place, share in document.document.shares.items():
                        yield (place, *what, bucket), share
                    if difference := document.total - document.accepted_total:
                        # Of which entity's lines it is, is not told apart.
                        yield (document.entity, *what, bucket), -difference
                        yield (document.entity, *what, ACCEPTED_DIFFERENCE), difference
                    rest = None if rest is None else rest - document.total
            for bucket, amount in books.why.of(report_id, payer, rest) if rest is not None else ():
                counted = True
                yield (entity, currency, payer.value, target, bucket), amount
        if not counted:
            payer = Payer.COMPANY if of_invoices(report_id) else Payer.EMPLOYEE
            target = self._target(report_id, payer)
            yield (entity, currency, payer.value, target, books.why.of_all(report_id, payer)), _ZERO

    def _target(self, report_id: str, payer: Payer) -> str:
        """What a payer's part of a report becomes."""
        return self.posting.invoices.target if of_invoices(report_id) else self.posting.paid_by(payer).target

    def _entity(self, header: Mapping[str, Any], documents: Sequence[LedgerDocument]) -> str:
        place = self.entities.place
        if self.single_entity:
            return ""
        if place.kind is PlaceKind.EMPLOYEE_GLD:
            return self.entities.mapped(str(header.get(f"EmpGLD{place.number}Code") or "")) or self.entities.default
        return documents[0].entity if documents else ""


# They left out what was nothing then: an amount of now is no part of it.
_OF_NOTHING = (Rule.ZERO_LINE, Rule.ZERO_DOCUMENT, Rule.ZERO_REPORT)


def _explains(rule: str, payer: Payer, rest: Decimal) -> bool:
    """Whether the rule by which the newest plan left something out says why so much of a payer's part is not in Intacct."""
    if rule in _OF_NOTHING:
        return not rest
    if rule in (Rule.UNPAID_PART, Rule.TARGET_NONE):
        return payer is Payer.COMPANY
    return rule not in (Rule.ALREADY_POSTED, Rule.IN_FLIGHT, Rule.NOT_BILLED)


class Why:
    """Why amounts of reports are not in Intacct: what waits, what persons decided, what was left out by a policy."""

    def __init__(self, connection: Connection, company: CompanyConfiguration, report_ids: Sequence[str]) -> None:
        certify_company = company.certify_company
        self.found: dict[str, list[Explained]] = defaultdict(list)
        for one in reconciliation.explained(connection, certify_company, report_ids):
            self.found[one.report_id].append(one)
        for decided in standing(connection, certify_company, company.base_amounts, report_ids):
            self.found[decided.report_id].append(
                Explained(
                    report_id=decided.report_id, bucket=decided.decision, payer=decided.payer, currency=decided.currency,
                    total=decided.total,
                )
            )  # fmt: skip
        for one in reconciliation.skipped_parts(connection, report_ids):
            # As long as all of a report waits, nothing of it is left out yet.
            if not self._whole(one.report_id):
                self.found[one.report_id].append(one)
        self.skipped = reconciliation.skipped_reports(connection, report_ids)
        self.accepted = reconciliation.accepted_differences(connection, certify_company, report_ids)

    def of(self, report_id: str, payer: Payer, rest: Decimal) -> Iterator[tuple[str, Decimal]]:
        """The rest of a payer's part of a report, in buckets: parts by their own amount, then all that is left."""
        parts = [
            (one.bucket, one.total) for one in self.found[report_id] if one.total is not None and one.payer == payer
        ]
        # What waits apart may add up to nothing; and what was decided about an older content is not counted beside the new one.
        exact = sum((total for _, total in parts), _ZERO) == rest
        for bucket, total in parts:
            if exact or rest or not total:
                part = total if exact or bucket not in _TAKEN_OUT or total * rest <= 0 else min(total, rest, key=abs)
                yield bucket, part
                rest -= part
        if rest:
            yield self.of_all(report_id, payer, rest), rest

    def of_all(self, report_id: str, payer: Payer, rest: Decimal = _ZERO) -> str:
        """The bucket of all that is left of a payer's part."""
        rule = self.skipped.get(report_id)
        if whole := self._whole(report_id):
            return whole
        if (report_id, payer.value) in self.accepted:
            return ACCEPTED_DIFFERENCE
        return f"skipped: {rule}" if rule and _explains(rule, payer, rest) else UNASSIGNED

    def _whole(self, report_id: str) -> str:
        """The bucket of what is said of a whole report; empty when nothing is."""
        return next((one.bucket for one in self.found[report_id] if one.total is None or not one.payer), "")


def balance_table(lines: Sequence[BalanceLine]) -> str:
    """The reconciliation as a table of text: a row for each bucket, and Certify's total of each entity, currency and payer."""
    head = f"{'entity':<12}{'currency':<10}{'payer':<10}{'kind':<26}{'where it stands':<30}{'reports':>8}{'amount':>18}"
    rows = [head, "-" * len(head)]
    totals: dict[tuple[str, str, str], Decimal] = defaultdict(lambda: _ZERO)
    for line in lines:
        totals[line.entity, line.currency, line.payer] += line.amount
    for key in sorted(totals):
        entity, currency, payer = key
        start = f"{cell(entity or '(none)', 12)}{cell(currency, 10)}{cell(payer, 10)}"
        rows += [
            f"{start}{cell(line.kind, 26)}{cell(line.bucket, 30)}{line.reports:>8}{amount_text(line.amount, line.currency, ','):>18}"
            for line in lines
            if (line.entity, line.currency, line.payer) == key
        ]
        rows.append(
            f"{start}{'':<26}{'= processed in Certify':<30}{'':>8}{amount_text(totals[key], currency, ','):>18}"
        )
    return "\n".join(rows)


def _nameless(header: Mapping[str, Any]) -> str:
    """What a report is called whose ID cannot be read."""
    return readable(
        f"{header.get('ApprovalCode') or 'no approval code'}, {shown('ID', header.get('ID'))}", _LONGEST_CODE
    )


def _amount(value: Any) -> Decimal | None:
    """An amount of a header; None when nobody can read it."""
    try:
        return read_value("numeric", value) or _ZERO
    except Unreadable:
        return None
