"""The other side: what stands in Intacct under our names, whoever put it there."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from certify_intacct.documents import READERS, alike, in_use, kind_of, read_by, reader_of
from certify_intacct.documents.states import Meaning
from certify_intacct.intacct.filters import And, Between, In
from certify_intacct.model.content import content_hash
from certify_intacct.model.currencies import money
from certify_intacct.model.documents import DocumentKind
from certify_intacct.model.errors import FunctionFailed, PermissionDenied
from certify_intacct.model.ledger import GONE, LedgerState
from certify_intacct.model.outcomes import OpenState
from certify_intacct.model.rules import Rule
from certify_intacct.posting.follow_up import UNSEEN
from certify_intacct.posting.lookup import chunks, search
from certify_intacct.reconciliation.findings import Findings, made
from certify_intacct.rules.expenses import identity
from certify_intacct.staging import decisions, document_looks, reconciliation
from certify_intacct.staging.open_reports import OpenReport

if TYPE_CHECKING:
    from certify_intacct.documents.base import Kind
    from certify_intacct.documents.found import Found
    from certify_intacct.posting.posting_run import PostingRun
    from certify_intacct.reconciliation.payments import Payments
    from certify_intacct.staging.database import Connection
    from certify_intacct.staging.ledger_reads import LedgerDocument
    from certify_intacct.staging.reconciliation import KnownRecord
    from certify_intacct.staging.reconciliation_results import ReconciliationFinding

log = logging.getLogger(__name__)
T = TypeVar("T")

# So many documents beyond those that the ledger knows of a report are looked for, where only whole numbers can be.
_MORE = 3
_MOST_SEQUENCES = 99
_MODIFIED = "WHENMODIFIED"
_GONE = (Meaning.REVERSED, Meaning.COUNTER_ENTRY)


@dataclass(frozen=True, slots=True)
class Listed:
    """A document that may carry one of our names; it may also be somebody else's who chose a name like ours."""

    reader: Kind
    record_no: str
    number: str
    token: str


@dataclass(frozen=True, kw_only=True)
class Changes:
    """What of our documents in Intacct has to be read.

    :param unchanged: documents of the ledger, by ID, that stand as they did when they were read
    :param modified: for those that were listed and may have changed when Intacct changed them last, in its own words
    :param unknown: what the ledger does not know, or has as gone from Intacct, by object and RECORDNO
    """

    unchanged: set[int] = field(default_factory=set)
    modified: dict[int, str] = field(default_factory=dict)
    unknown: dict[tuple[str, str], Listed] = field(default_factory=dict)


class _Unknown(NamedTuple):
    """A document of Intacct that the ledger does not have as posted.

    :param report_id: empty when nobody knows of which report it is
    :param entry: the document of the ledger whose number it has
    :param again: as what it is known to be gone
    """

    hit: Found
    report_id: str
    entry: KnownRecord | None
    again: LedgerState | None


class IntacctSide:
    """Looks for documents of ours at top level, where all of a company's can be seen."""

    def __init__(self, run: PostingRun) -> None:
        self.run = run
        self.hook = run.hook
        self._unseen: dict[Kind, str] = {}

    def changes(self, first: date, last: date, payments: Payments) -> Changes:
        """What has changed of all documents of ours with a date in between, both included, since they were read last.

        :param payments: is told what is listed
        """
        changes = Changes()
        for kind, records in self._by_each_reader(lambda kind: self._listed(kind, first, last)):
            names = {str(one["RECORDNO"]): kind.names_of(one) for one in records}
            numbers = {record_no: number for record_no, (number, _) in names.items()}
            modified = {str(one["RECORDNO"]): str(one.get(_MODIFIED) or "") for one in records}
            with self.run.database.connection() as connection:
                known = reconciliation.ids_by_record(
                    connection, self.run.company.intacct_company_id, alike(kind.kind), numbers
                )
                now = {document_id: modified[record_no] for record_no, document_id in known.items()}
                unchanged = document_looks.unchanged(connection, now)
                payments.listed(connection, kind, records, known)
                gone = reconciliation.gone(connection, known.values())
            changes.unchanged.update(unchanged)
            changes.modified.update({key: text for key, text in now.items() if key not in unchanged})
            for one in records:
                record_no = str(one["RECORDNO"])
                if record_no not in known or known[record_no] in gone:
                    listed = Listed(kind, record_no, *names[record_no])
                    changes.unknown[kind.object, record_no] = listed
        return changes

    def _listed(self, kind: Kind, first: date, last: date) -> Iterator[tuple[Kind, Sequence[dict[str, Any]]]]:
        ours = kind.named_like_ours()
        fields = ["RECORDNO", kind.number_field, *([kind.token_field] if kind.token_field else [])]
        known = self.hook.field_names(kind.object)
        fields += [name for name in (_MODIFIED, *kind.payment_fields) if name in known]
        pages = self.hook.query(
            kind.object, fields, filter=And(ours, Between(kind.day_field, first, last)),
            entity="", show_private=True, on_restart=lambda: None,
        )  # fmt: skip
        for page in pages:
            yield kind, page.records

    def _named(self, kind: Kind, tokens: Mapping[str, str], documents: Sequence[LedgerDocument]) -> list[Found]:
        names = sorted(tokens) if kind.token_field else _numbers(read_by(kind), tokens, documents)
        field = kind.token_field or kind.number_field
        if whole := [one for one in read_by(kind) if one.kind.number_elsewhere]:
            of_these = {token: report_id for token, report_id in tokens.items() if whole[0].may_be_of(report_id)}
            names += _numbers(whole, of_these, documents)
        return [hit for part in chunks(names) for hit in search(self.hook, kind, "", In(field, part))]

    def _by_each_reader(self, read: Callable[[Kind], Iterable[T]]) -> Iterator[T]:
        """Reads each object once for all its kinds; a company that posts no documents of one need not let us see it."""
        for reader in READERS:
            try:
                yield from read(reader)
            except (PermissionDenied, FunctionFailed) as error:
                log.info("%s is not looked for: %s", reader.object, error)
                if self._is_used(reader):
                    self._unseen[reader] = str(error)

    def _is_used(self, reader: Kind) -> bool:
        """Whether such documents are posted, or were; of all that were posted it is asked only where they cannot be seen."""
        kinds = read_by(reader)
        if not in_use(self.run.configuration.posting).keys().isdisjoint(kinds):
            return True
        with self.run.database.connection() as connection:
            posted = reconciliation.kinds_posted(connection, self.run.company.intacct_company_id)
        return any(kind.kind in posted for kind in kinds)

    def unseen(self) -> Iterator[ReconciliationFinding]:
        """The objects of which nobody can tell what stands there under our names."""
        for kind, error in self._unseen.items():
            yield made(UNSEEN, kind.object, f"Nobody can tell whether others carry our names: {error}")

    def listed_strangers(
        self, changes: Changes, reports: Mapping[str, str], dates: tuple[date, date]
    ) -> list[ReconciliationFinding]:
        """What was listed and is not in the ledger.

        :param reports: IDs of reports by token: who has chosen a name like ours has none of them
        :param dates: between which was listed
        """
        ours = [one for one in changes.unknown.values() if identity.parse_number(one.number) or one.token in reports]
        hits = [
            (hit, reports.get(hit.token or hit.number.split("-")[0], ""))
            for reader in READERS
            for part in chunks([one.record_no for one in ours if one.reader is reader])
            for hit in search(self.hook, reader, "", In("RECORDNO", part))
        ]
        findings = Findings(self.run, [report_id for _, report_id in hits if report_id])
        return self._strangers(hits, findings, dates=dates)

    def strangers_of(
        self, report_ids: Sequence[str], documents: Sequence[LedgerDocument], findings: Findings
    ) -> list[ReconciliationFinding]:
        """What carries a token of one of these reports, or a number that one of its documents may have, and is not in the ledger."""
        tokens = {identity.token(self.run.company.certify_company, report_id): report_id for report_id in report_ids}
        hits = [
            (hit, tokens.get(hit.token or hit.number.split("-")[0], ""))
            for hit in self._by_each_reader(lambda kind: self._named(kind, tokens, documents))
        ]
        return self._strangers(hits, findings, report_ids=report_ids)

    def _strangers(
        self, hits: Sequence[tuple[Found, str]], findings: Findings, **looked_for: Any
    ) -> list[ReconciliationFinding]:
        """Those that the ledger does not know. Each waits for a person, until one has decided or it is gone.

        :param hits: what was found, each with the ID of its report as far as that is known
        :param looked_for: as for ``reconciliation.keep_strangers``
        """
        here = [(hit, report_id) for hit, report_id in hits if hit.meaning not in _GONE]
        company, waiting, found = self.run.company, [], []
        with self.run.database.connection() as connection:
            for unknown in self._not_known(connection, here):
                finding, item = _stranger(unknown, findings, connection)
                found.append(finding)
                if not finding.decided:
                    waiting.append(item)
            # Where something cannot be seen, nobody can say that it is gone.
            gone = {} if self._unseen else looked_for
            reconciliation.keep_strangers(connection, company.certify_company, self.run.load_id, waiting, **gone)
        return found

    def _not_known(self, connection: Connection, here: Sequence[tuple[Found, str]]) -> Iterator[_Unknown]:
        """Those that the ledger does not have as posted."""
        company = self.run.company.intacct_company_id
        known = reconciliation.known_records(connection, company, [hit.number for hit, _ in here])
        # Somebody may have given it the number of another kind since.
        records = {(kind.value, hit.record_no) for hit, _ in here for kind in alike(hit.kind)}
        ours = {
            (reader_of(DocumentKind(kind)), record_no): state
            for (kind, record_no), state in reconciliation.posted_records(connection, company, records).items()
        }
        for hit, report_id in here:
            state = ours.get((reader_of(hit.kind), hit.record_no))
            if state in GONE:
                # It may have a successor by now, so it is told whatever the plan makes of its report.
                yield _Unknown(hit, report_id, None, state)
                continue
            entry = known.get(hit.number)
            # One that was sent, and of which nobody knows yet whether it came, is settled by looking for its number.
            if not state and (entry is None or entry.record_no not in (None, hit.record_no)):
                yield _Unknown(hit, report_id, entry, None)


def _stranger(
    unknown: _Unknown, findings: Findings, connection: Connection
) -> tuple[ReconciliationFinding, OpenReport]:
    hit, report_id, entry, again = unknown
    about = f"{kind_of(hit.kind).object} record {hit.record_no} over {money(hit.total, hit.currency)}"
    if entry is not None:
        rule, owner = Rule.SECOND_DOCUMENT, entry.report_id
        text = f"{about} has the number of record {entry.record_no}, which is the one that was posted."
    else:
        rule, owner = Rule.ORPHAN, report_id or hit.number
        token = hit.token or hit.number.split("-")[0]
        said = f"stands though it was {again.value}" if again else "the ledger does not have it as posted"
        text = f"{about} carries the token {token} of report {report_id or '(unknown)'}, and {said}."
    # A person decides about it exactly as it is.
    part = content_hash(
        {"record_no": hit.record_no, "total": str(hit.total), "entries": [dict(one) for one in hit.entries]}
    )
    decided = rule in decisions.released(connection, findings.company, [owner]).get((owner, part), ())
    finding = findings.of_stranger(rule, hit, owner, text, decided=decided)
    item = OpenReport(
        report_id=owner, state=OpenState.ALARM, rule=rule, reason=text, label=finding.label, part=part, currency=hit.currency,
        total=hit.total, processed_date=hit.date,
    )  # fmt: skip
    return finding, item


def _numbers(kinds: Sequence[Kind], tokens: Mapping[str, str], documents: Sequence[LedgerDocument]) -> list[str]:
    """The numbers that documents of some kinds may have: nothing but the whole number is kept of their token in Intacct.

    As many as the ledger knows of each report and a few more, the next sequence included.
    """
    highest: dict[str, tuple[int, int]] = {}
    for document in documents:
        sequence, ordinal = highest.get(document.token, (0, 0))
        highest[document.token] = max(sequence, document.sequence), max(ordinal, document.ordinal)
    return sorted(
        identity.document_number(token, sequence, ordinal, one.kind)
        for token in tokens
        for one in kinds
        for sequence in range(1, highest.get(token, (0, 0))[0] + 2)
        for ordinal in range(1, highest.get(token, (0, 0))[1] + _MORE + 1)
        if sequence <= _MOST_SEQUENCES
    )
