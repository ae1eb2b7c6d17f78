"""A month beside another connector: its documents in Intacct, compared with what this one would have posted. It only reads."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from certify_intacct.documents import KINDS, READERS, in_use, own_fields, read_by, reader_of
from certify_intacct.documents.states import Meaning
from certify_intacct.intacct.filters import Between
from certify_intacct.intacct.values import parse_amount, parse_date
from certify_intacct.model.currencies import amount_text
from certify_intacct.model.errors import BadInput, FunctionFailed, PermissionDenied
from certify_intacct.posting.lookup import search
from certify_intacct.reconciliation.beside_another import (
    OurDocument,
    ShadowOutcome,
    ShadowPair,
    TheirDocument,
    currency,
    paired,
    worth,
)
from certify_intacct.rules.expenses import identity
from certify_intacct.rules.expenses.report_names import ReportNames
from certify_intacct.rules.tables import text_table
from certify_intacct.staging import shadow
from certify_intacct.staging.shadow import ShadowRow

if TYPE_CHECKING:
    from certify_intacct.documents.base import Kind
    from certify_intacct.documents.found import Found
    from certify_intacct.intacct.hook import SageIntacctHook
    from certify_intacct.model.configuration import Configuration
    from certify_intacct.staging.database import Database
    from certify_intacct.staging.manifest import Load
    from certify_intacct.staging.shadow import ShadowReport

log = logging.getLogger(__name__)

_GONE = (Meaning.REVERSED, Meaning.COUNTER_ENTRY)
#: So many differences are told in the log.
MOST = 200
# What is dated so many days before or after the reports were processed may be theirs, where connector.yaml says nothing.
_DAYS = 62


class Shadow:
    """Compares the plan of a load with what somebody else has posted for the same reports.

    :param load: one that was planned as if all of its reports were ours to post
    """

    def __init__(self, hook: SageIntacctHook, database: Database, configuration: Configuration, load: Load) -> None:
        self.hook = hook
        self.database = database
        self.configuration = configuration
        self.load = load
        self.days = configuration.posting.look_alike_days or _DAYS
        self.parties: dict[Kind, frozenset[str]] = {}
        # Others say in the description whose a document is.
        also = own_fields.reads(configuration, KINDS)
        self.hook.also_read = {
            **also, **{kind.object: also.get(kind.object, frozenset()) | {kind.described_in} for kind in READERS},
        }  # fmt: skip

    def compare(self) -> list[ShadowRow]:
        """Compares, stores and returns it.

        :raises ConnectorError: Intacct cannot answer, or does not show what connector.yaml posts
        """
        with self.database.connection() as connection:
            reports = shadow.reports_of(connection, self.load.load_id)
            planned = shadow.planned(connection, self.load.load_id)
        ours = [OurDocument(report_id=report_id, document=document) for report_id, document in planned]
        theirs = [*self._theirs(ours, reports)]
        rows = [self._row(pair, reports) for pair in paired(ours, theirs, self.days) if self._is_told(pair)]
        rows.sort(key=lambda row: ([*ShadowOutcome].index(ShadowOutcome(row.outcome)), row.approval_code, row.number))
        with self.database.connection() as connection:
            shadow.store(connection, self.load.load_id, rows)
        return rows

    def _theirs(
        self, ours: Sequence[OurDocument], reports: Mapping[str, ShadowReport]
    ) -> Iterator[TheirDocument]:  # fmt: skip
        names = ReportNames({report_id: one.approval_code for report_id, one in reports.items()})
        used = {reader_of(kind.kind) for kind in in_use(self.configuration.posting)}
        alike = {(abs(one.document.total), one.document.posting_date) for one in ours}
        span, period = timedelta(days=self.days), self.load.period
        for reader in READERS:
            dated = Between(reader.day_field, period.start - span, period.end + span)
            may_be = _MayBe(reader, self._parties(reader, ours, reports), names, alike)
            try:
                found = search(self.hook, reader, "", dated, only=may_be.theirs)
            except (PermissionDenied, FunctionFailed) as error:
                if reader in used:
                    raise
                log.info("%s is not looked for: %s", reader.object, error)
                continue
            for hit in found:
                if hit.meaning not in _GONE:
                    yield TheirDocument(reader=reader, found=hit, reports=names.named(may_be.texts_of(hit)))

    def _parties(
        self, reader: Kind, ours: Sequence[OurDocument], reports: Mapping[str, ShadowReport]
    ) -> frozenset[str]:  # fmt: skip
        """Whom documents of an object may name that are about these reports."""
        found = {one.document.payee_id for one in ours if reader_of(one.document.kind) is reader}
        if any(kind.person for kind in read_by(reader)):
            found |= {one.employee_id for one in reports.values()} - {""}
        self.parties[reader] = frozenset(found)
        return self.parties[reader]

    def _is_told(self, pair: ShadowPair) -> bool:
        """What only they have, without a name of these reports, is told where it is of the period and of somebody of theirs."""
        if pair.outcome is not ShadowOutcome.ONLY_THEIRS or pair.report_id or pair.theirs is None:
            return True
        found = pair.theirs.found
        return found.date in self.load.period and found.payee_id in self.parties[pair.theirs.reader]

    def _row(self, pair: ShadowPair, reports: Mapping[str, ShadowReport]) -> ShadowRow:
        ours = pair.ours.document if pair.ours else None
        theirs = pair.theirs.found if pair.theirs else None
        about = reports.get(pair.report_id)
        return ShadowRow(
            outcome=pair.outcome.value,
            report_id=pair.report_id,
            approval_code=about.approval_code if about else "",
            kind=ours.kind.value if ours else "",
            number=ours.number if ours else "",
            payee_id=ours.payee_id if ours else theirs.payee_id if theirs else "",
            entity=ours.entity if ours else "",
            currency=currency(pair),
            ours=ours.total if ours else None,
            object=pair.theirs.reader.object if pair.theirs else "",
            record_no=theirs.record_no if theirs else "",
            their_number=theirs.number if theirs else "",
            record_url=theirs.url if theirs else "",
            theirs=worth(pair) if theirs else None,
            differences=[[one.line, one.name, one.after, one.before] for one in pair.differences],
            note=about.waits if about and ours is None else "",
        )


class _MayBe:
    """Which records of an object may be of the reports of a load, by their headers.

    :param parties: whom they may name
    :param alike: totals and dates of ours: one of another party may be meant
    """

    def __init__(
        self, reader: Kind, parties: frozenset[str], names: ReportNames, alike: Collection[tuple[Decimal, date]]
    ) -> None:
        self.reader = reader
        self.parties = parties
        self.names = names
        self.alike = alike

    def theirs(self, record: Mapping[str, Any]) -> bool:
        """Whether a record may be; none that has a number of ours is."""
        reader = self.reader
        number = str(record[reader.number_field] or "")
        if identity.parse_number(number) is not None:
            return False
        texts = (number, str(record.get(reader.token_field) or ""), str(record.get(reader.described_in) or ""))
        return (
            str(record[reader.payee_field] or "") in self.parties
            or bool(self.names.named(texts))
            or self._is_alike(record)
        )

    def texts_of(self, found: Found) -> tuple[str, ...]:
        """Where a document may name its report."""
        return found.number, found.token, found.header_fields.get(self.reader.described_in, "")

    def _is_alike(self, record: Mapping[str, Any]) -> bool:
        try:
            total = parse_amount(str(record[self.reader.total_fields[-1]] or "")) if self.reader.total_fields else None
            day = parse_date(
                str(record[self.reader.header_reads["posting_date"]] or record[self.reader.day_field] or "")
            )
        except BadInput:
            return False
        return total is not None and day is not None and (abs(total), day) in self.alike


def shadow_lines(load: Load, rows: Sequence[ShadowRow]) -> Iterator[str]:
    """What came of it as text, for the log: counts by outcome and currency, and what asks for a look, at most so much of it."""
    yield f"Beside another connector, reports processed {load.period}: nothing was posted."
    yield ""
    counted: Counter[tuple[str, str]] = Counter()
    sums: dict[tuple[str, str], tuple[Decimal, Decimal]] = {}
    for row in rows:
        key = (row.outcome, row.currency)
        counted[key] += 1
        ours, theirs = sums.get(key, (Decimal(0), Decimal(0)))
        sums[key] = (ours + (row.ours or 0), theirs + (row.theirs or 0))
    table = [
        [outcome.replace("_", " "), currency, str(number)]
        + [amount_text(one, currency) for one in sums[outcome, currency]]
        for (outcome, currency), number in counted.items()
    ]
    right = ("documents", "ours", "theirs")
    yield from text_table(["outcome", "currency", *right], table, right=right)
    by_report: dict[str, str] = {}
    for row in rows:
        # What asks for a look first comes first.
        by_report.setdefault(row.report_id, row.outcome)
    by_report.pop("", None)
    reports = Counter(by_report.values())
    yield ""
    yield "By report: " + (", ".join(f"{reports[one]} {one.value.replace('_', ' ')}" for one in ShadowOutcome) + ".")
    told = [line for row in rows if row.outcome != ShadowOutcome.SAME for line in _told(row)]
    if told:
        yield ""
        headings = ["report", "outcome", "document", "record", "line", "field", "theirs", "ours"]
        yield from text_table(headings, told[:MOST])
    if len(told) > MOST:
        yield f"… and {len(told) - MOST} more: the page and its file have all of it."


def _told(row: ShadowRow) -> Iterator[list[str]]:
    about = [
        row.approval_code or row.report_id,
        row.outcome.replace("_", " "),
        row.number,
        f"{row.object} {row.record_no}".strip(),
    ]
    for line, name, theirs, ours in row.differences or [
        ["", "total", *(_sum(one, row.currency) for one in (row.theirs, row.ours))]
    ]:
        yield [*about, line, name, theirs, ours or row.note]


def _sum(value: Decimal | None, currency: str) -> str:
    return "" if value is None else amount_text(value, currency)
