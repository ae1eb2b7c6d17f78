"""What is done before anything is sent: leaves out what is done already, asks both services once more, and adopts what Intacct has."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from certify_intacct.documents import kind_of
from certify_intacct.documents.states import Meaning
from certify_intacct.model.ledger import LIVE, NOT_EXECUTED, LedgerState
from certify_intacct.model.outcomes import ChangeResult
from certify_intacct.model.rules import Rule
from certify_intacct.posting.adoption import DocumentAdoption
from certify_intacct.posting.attachments import Attachments
from certify_intacct.posting.decided import taken_out_of, taken_out_since
from certify_intacct.posting.lookup import look
from certify_intacct.posting.recheck import Recheck, objection, recoded
from certify_intacct.rules.expenses import identity
from certify_intacct.rules.expenses.holds import not_ours_by_date
from certify_intacct.staging import decisions, ledger_reads

if TYPE_CHECKING:
    from certify_intacct.documents.found import Found
    from certify_intacct.posting.one_by_one import Untold
    from certify_intacct.posting.posting_run import PostingRun
    from certify_intacct.posting.report_outcomes import ReportOutcomes
    from certify_intacct.staging.ledger_reads import LedgerDocument
    from certify_intacct.staging.to_send import PlannedDocument

_NOT_THERE = (LedgerState.REJECTED, LedgerState.REVERSED, LedgerState.DELETED)
_NO_ATTACHMENT = (
    "The attachment for its receipts could not be made in Intacct. The next run tries it again, and makes none under "
    "posting.receipts.attach: false."
)
_UNTAKEN = (
    "Look at it there: when it is the expense of this report, decide that it was booked by hand; when it is not, give it another "
    "number in Intacct, and the next run posts this one."
)


class PreSendChecks:
    """Finds out which documents of a plan are still to be sent; what is not gets its outcome here.

    :param recheck: asks Certify again at send time
    :param alike: why documents wait for a person, by number (see ``look_alikes``)
    """

    def __init__(
        self,
        run: PostingRun,
        *,
        recheck: Recheck,
        alike: Mapping[str, str],
        outcomes: ReportOutcomes,
    ) -> None:
        self.run = run
        self.hook = run.hook
        self.database = run.database
        self.configuration = run.configuration
        self.company = run.company
        self.recheck = recheck
        self.attachments = Attachments(run)
        self.alike = alike
        self.outcomes = outcomes
        self.adoption = DocumentAdoption(run)

    def passed(self, wave: Sequence[PlannedDocument]) -> list[PlannedDocument]:
        """The documents of the wave that may be sent now, their attachments being in Intacct.

        :raises ConnectorError: one of the services cannot answer; nothing is to be sent then
        """
        wanted = self._attach(self._still_wanted(self._not_yet_done(wave)))
        return self._compare(wanted) if wanted else []

    def _not_yet_done(self, wave: Sequence[PlannedDocument]) -> list[PlannedDocument]:
        """Without those that the ledger knows as sent: another run may have been faster than this plan."""
        wanted = []
        tokens = {item.document.token for item in wave}
        with self.database.connection() as connection:
            entries = ledger_reads.by_token(connection, self.company.intacct_company_id, tokens)
            senders = ledger_reads.senders(connection, [entry.document_id for entry in entries])
        known = {(entry.token, entry.sequence, entry.ordinal): entry for entry in entries}
        by_token: dict[str, list[LedgerDocument]] = defaultdict(list)
        for found in entries:
            by_token[found.token].append(found)
        for item in wave:
            entry = known.get(ledger_reads.place(item.document))
            torn = [other.number for other in by_token[item.document.token] if _divides(item, other)]
            if torn:
                self.outcomes.add(
                    item,
                    ChangeResult.MOVED_ON,
                    f"Another run divided the report differently and made {', '.join(torn)} of it; it is planned anew.",
                )
            elif entry is None or (entry.state is LedgerState.REJECTED and item.revision == entry.revision + 1):
                wanted.append(item)
            elif self._not_executed_by_us(entry):
                # An earlier try of this task met an outage; whoever tries it again means these documents.
                wanted.append(replace(item, revision=entry.revision + 1))
            elif entry.state in (LedgerState.REJECTED, LedgerState.HELD):
                word = ChangeResult.REJECTED if entry.state is LedgerState.REJECTED else ChangeResult.HELD
                self.outcomes.add(item, word, entry.message)
            elif entry.state in (LedgerState.SENDING, LedgerState.IN_DOUBT):
                self.outcomes.add(
                    item,
                    ChangeResult.IN_DOUBT,
                    f"{entry.number} was sent by {senders[entry.document_id]}; its answer is not known yet.",
                )
            else:
                self.outcomes.add(
                    item, ChangeResult.ALREADY, f"{entry.number} is {entry.state} since {senders[entry.document_id]}."
                )
        return wanted

    def _not_executed_by_us(self, entry: LedgerDocument) -> bool:
        rejected = entry.state is LedgerState.REJECTED and entry.load_id == self.run.load_id
        return rejected and bool(entry.answer.get(NOT_EXECUTED))

    def _still_wanted(self, wave: Sequence[PlannedDocument]) -> list[PlannedDocument]:
        """Without the documents of reports that changed or were paid since they were planned."""
        headers = self.recheck.headers({item.report_id: item.processed_date for item in wave})
        with self.database.connection() as connection:
            rows = connection.execute(
                "SELECT report_id, content, released FROM plan.report WHERE load_id = %s AND report_id = ANY(%s)",
                [self.run.load_id, list({item.report_id for item in wave})],
            ).fetchall()
            closed = decisions.closed(connection, self.company.certify_company, [row["report_id"] for row in rows])
            documents = ledger_reads.documents_of_reports(
                connection, self.company.certify_company, {report_id for report_id, _ in closed}
            )
        planned = {row["report_id"]: row for row in rows}
        wanted = []
        for item in wave:
            content = planned[item.report_id]["content"]
            made = taken_out_of(item.report_id, closed, documents.get(item.report_id, ()))
            taken_out = taken_out_since(item.document, item.content_hash, content, made)
            against = (taken_out and f"{taken_out}; it is planned anew.") or self._outdated(
                item, planned[item.report_id], headers.get(item.report_id)
            )
            if against:
                self.outcomes.add(item, ChangeResult.MOVED_ON, against)
            else:
                wanted.append(item)
        return self._not_recoded(wanted, {report_id: row["content"] for report_id, row in planned.items()})

    def _outdated(
        self, item: PlannedDocument, planned: Mapping[str, Any], header: Mapping[str, Any] | Untold | None
    ) -> str:
        # The plan may be older than the configuration.
        skipped = not_ours_by_date(item.processed_date, self.configuration)
        if skipped:
            return skipped.reason
        if item.config_hash != self.configuration.hash:
            return "It was planned under another connector.yaml; the next run plans it anew."
        document = item.document
        return objection(
            planned["content"]["report"],
            header,
            planned["released"],
            document.payer,
            clears_payment=document.clears_payment,
        )

    def _not_recoded(
        self, wave: Sequence[PlannedDocument], planned: Mapping[str, Mapping[str, Any]]
    ) -> list[PlannedDocument]:
        """Without the documents whose lines are others than they were planned from.

        What this run does not send of a report may be posted already: when that changed, the rest waits for its plan too.

        :param planned: the business content of each report
        """
        own: dict[str, set[str]] = defaultdict(set)
        for item in wave:
            own[item.report_id] |= item.document.expense_ids
        now = self.recheck.lines({report_id: planned[report_id] for report_id in own})
        wanted = []
        for item in wave:
            others = own[item.report_id] - item.document.expense_ids
            against = recoded(planned[item.report_id], now[item.report_id], others)
            if against:
                self.outcomes.add(item, ChangeResult.MOVED_ON, against)
            else:
                wanted.append(item)
        return wanted

    def _attach(self, wave: Sequence[PlannedDocument]) -> list[PlannedDocument]:
        """Makes the attachments that documents point to; their files come later."""
        problems = self.attachments.make(
            {item.document.attachment_id: item.report_id for item in wave if item.document.attachment_id}
        )
        for item in wave:
            if problem := problems.get(item.document.attachment_id):
                self.outcomes.add(item, ChangeResult.HELD, f"{_NO_ATTACHMENT} {problem}", Rule.ATTACHMENT)
        return [item for item in wave if item.document.attachment_id not in problems]

    def _compare(self, wave: Sequence[PlannedDocument]) -> list[PlannedDocument]:
        """Looks in Intacct; what is there already and equal is adopted, what is there and differs holds its whole report."""
        found = look(self.hook, [item.document for item in wave], anywhere=True)
        by_number: dict[str, list[Found]] = defaultdict(list)
        for hit in found:
            by_number[hit.number].append(hit)
        strangers = self._strangers(wave, found)
        held: dict[str, str] = {}
        unsent = []
        for item in wave:
            hits = by_number.get(item.document.number, [])
            if item.document.token in strangers:
                hit = strangers[item.document.token]
                held[item.report_id] = (
                    f"Intacct has {kind_of(hit.kind).object} {hit.number} for this report, though according to the ledger "
                    "it is not there."
                )
            elif not hits:
                unsent.append(item)
            elif differs := self.adoption.adopt(item, hits):
                held[item.report_id] = f"Intacct has {item.document.number} already, and it differs: {differs}."
            else:
                said = f"Found in Intacct as record {hits[0].record_no} and adopted."
                self.outcomes.add(item, ChangeResult.ALREADY, said)
        for item in wave:
            if item.report_id in held:
                self.outcomes.add(item, ChangeResult.HELD, f"{held[item.report_id]} {_UNTAKEN}", Rule.NUMBER_TAKEN)
        return self._booked_by_nobody([item for item in unsent if item.report_id not in held])

    def _booked_by_nobody(self, wave: Sequence[PlannedDocument]) -> list[PlannedDocument]:
        """Without those that somebody may have booked by hand."""
        for item in wave:
            if item.document.number in self.alike:
                self.outcomes.add(item, ChangeResult.HELD, self.alike[item.document.number], Rule.LOOK_ALIKE)
        return [item for item in wave if item.document.number not in self.alike]

    def _strangers(self, wave: Sequence[PlannedDocument], found: Sequence[Found]) -> dict[str, Found]:
        """Documents of the wave's reports that stand in Intacct and by plan and ledger should not, by token.

        Somebody else's, those of a ledger that was lost, and those that were taken for deleted: none may be posted a second time.
        """
        tokens = {item.document.token for item in wave}
        with self.database.connection() as connection:
            entries = ledger_reads.by_token(connection, self.company.intacct_company_id, tokens)
        # What is about to be sent again as another kind is in the ledger under its old number, and must not stand in Intacct.
        planned = {ledger_reads.place(item.document): item.document.number for item in wave}
        known = set(planned.values()) | {
            entry.number
            for entry in entries
            if entry.state not in _NOT_THERE
            and planned.get((entry.token, entry.sequence, entry.ordinal), entry.number) == entry.number
        }
        strangers: dict[str, Found] = {}
        for hit in found:
            parts = identity.parse_number(hit.number)
            token = hit.token if hit.token in tokens else parts[0] if parts else ""
            if hit.number not in known and token in tokens and hit.meaning is not Meaning.REVERSED:
                strangers[token] = hit
        return strangers


def _divides(item: PlannedDocument, entry: LedgerDocument) -> bool:
    """Whether a document that Intacct has, or may have, holds lines of the planned one, and is another one."""
    document = item.document
    if entry.state not in LIVE:
        return False
    here = (entry.sequence, entry.ordinal) == (document.key.sequence, document.key.ordinal)
    mine, theirs = document.expense_ids, entry.document.expense_ids
    if here:
        return entry.payer is not document.payer or mine != theirs
    return entry.payer is document.payer and bool(mine & theirs)
