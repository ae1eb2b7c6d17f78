"""Sends claimed documents and writes down the answer.

A request is never repeated because its answer is missing: what is not known to be refused is in doubt, and settled by looking.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from certify_intacct.documents import kind_of
from certify_intacct.intacct import error_catalog as reasons
from certify_intacct.intacct.errors import explain
from certify_intacct.model.documents import OWNER
from certify_intacct.model.errors import (
    AnswerUnreadable,
    ConnectorError,
    RateLimited,
    RequestRefused,
    ServiceUnavailable,
)
from certify_intacct.model.ledger import NOT_EXECUTED, LedgerState
from certify_intacct.model.outcomes import ChangeResult
from certify_intacct.model.report_plans import Hold
from certify_intacct.posting.claims import Claims
from certify_intacct.posting.lookup import look
from certify_intacct.posting.refusals import own_date_refused, refusal
from certify_intacct.posting.replayer import REPEATED
from certify_intacct.rules.expenses.dates import moved, posting_date
from certify_intacct.staging import closed_periods, direct_postings, ledger, ledger_reads

if TYPE_CHECKING:
    from certify_intacct.intacct.responses import Result
    from certify_intacct.model.dimensions import Dimension
    from certify_intacct.posting.claims import Claimed
    from certify_intacct.posting.posting_run import PostingRun
    from certify_intacct.posting.report_locks import ReportLocks
    from certify_intacct.posting.report_outcomes import ReportOutcomes
    from certify_intacct.staging.database import Connection
    from certify_intacct.staging.to_send import PlannedDocument

log = logging.getLogger(__name__)

# A request that was provably not executed (rate limit, outage before anything was done) goes out again this often.
ATTEMPTS = 4
PAUSE_SECONDS = 2.0
# Who is asked to wait longer lets another run do it: the reports stay locked while one waits.
LONGEST_PAUSE = 300.0
# A document of a closed period is sent so often in a run at most, each time nearer to today.
MOST_SENDS = 6

_MAY_EXIST = (LedgerState.SENDING, LedgerState.IN_DOUBT, LedgerState.HELD)


class DocumentSender:
    """Sends documents of which Intacct has none.

    :param locks: holds the locks of the documents' reports
    :param pause: waits some seconds; tests pass their own
    """

    def __init__(
        self,
        run: PostingRun,
        *,
        locks: ReportLocks,
        outcomes: ReportOutcomes,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self.run = run
        self.hook = run.hook
        self.database = run.database
        self.company = run.company
        self.locks = locks
        self.outcomes = outcomes
        self.pause = pause
        self.claims = Claims(run, locks=locks, outcomes=outcomes)
        # What a closed period refused of the request that is being sent, with what Intacct said.
        self._closed: list[tuple[PlannedDocument, str]] = []

    def send(self, session: str, batch: Sequence[PlannedDocument]) -> None:
        """Claims and sends one request's documents, and commits what the answer says of each.

        :param session: the entity in whose session they are posted; "" at top level
        :raises ConnectorError: Intacct cannot be worked with; the documents of the request are recorded as not sent, or in doubt
        """
        for sends_left in reversed(range(MOST_SENDS)):
            self._closed = []
            try:
                self._send(session, self.claims.claim(batch))
            except ConnectorError:
                self._refused(self._closed)
                raise
            again = {
                item.document.number: self._on_a_later_day(item) if sends_left else None for item, _ in self._closed
            }
            self._refused([(item, message) for item, message in self._closed if again[item.document.number] is None])
            batch = [item for item in again.values() if item is not None]
            if not batch:
                return

    def _on_a_later_day(self, item: PlannedDocument) -> PlannedDocument | None:
        """A document that a closed period refused, as it is tried next; None when it is to wait.

        It is the same document under its next control ID: Intacct said that nothing of the last one was executed.
        """
        document, posting = item.document, self.run.configuration.posting
        subledger = kind_of(document.kind).subledger
        with self.database.connection() as connection:
            known = closed_periods.known(connection, self.run.load_id, self.company.intacct_company_id, moving=True)
        place = (document.entity, subledger)
        day = posting_date(
            document.intended_date or document.posting_date, *place, posting.closed_periods,
            known.days.get(place, frozenset()), datetime.now(tz=UTC).astimezone(self.company.zone).date(),
            said=known.through.get(place),
        )  # fmt: skip
        if isinstance(day, Hold) or day.posted == document.posting_date:
            return None
        later = moved(document, day, posting.currencies)
        return replace(item, document=later, revision=item.revision + 1) if later is not None else None

    def _refused(self, items: Sequence[tuple[PlannedDocument, str]]) -> None:
        for item, message in items:
            self.outcomes.add(item, ChangeResult.REJECTED, message)

    def _send(self, session: str, batch: Sequence[Claimed]) -> None:
        """Sends one request and commits what its answer says of each document."""
        if not batch:
            return
        try:
            results = self._patiently(session, batch)
        except AnswerUnreadable as error:
            log.warning("The answer for %s documents was lost: %s", len(batch), error)
            self._all(batch, LedgerState.IN_DOUBT, ChangeResult.IN_DOUBT, f"The answer was lost: {error}")
            # When Intacct does not even answer a question, the next request would be lost too.
            look(self.hook, [item.planned.document for item in batch])
        except RequestRefused as error:
            if len(batch) == 1:
                self._all(batch, LedgerState.REJECTED, ChangeResult.REJECTED, str(error))
            else:
                self._halve(session, batch)
        except ConnectorError as error:
            self._not_executed(batch, error)
            raise
        else:
            dimensions = self.run.configuration.dimensions.known
            self._write([_told(item, result, dimensions) for item, result in zip(batch, results, strict=True)])

    def _halve(self, session: str, batch: Sequence[Claimed]) -> None:
        """One bad document fails the schema for all: halves find it, and the others are posted."""
        middle = len(batch) // 2
        try:
            self._send(session, batch[:middle])
        except ConnectorError as error:
            # Its turn never came, so it is not in doubt.
            self._not_executed(batch[middle:], error)
            raise
        self._send(session, batch[middle:])

    def _patiently(self, session: str, batch: Sequence[Claimed]) -> Sequence[Result]:
        """Sends again what was provably not executed, under the same control IDs."""
        for attempt in range(1, ATTEMPTS + 1):
            # Whoever slept or waited since the claim may have lost the locks, and somebody else settles the documents by now.
            self.locks.require()
            with self.database.connection() as connection:
                ledger.sent_now(connection, [item.document_id for item in batch])
            try:
                return self.hook.send([item.function for item in batch], entity=session, unique=True)
            except (RateLimited, ServiceUnavailable) as error:
                wait = max(error.retry_after or 0.0, PAUSE_SECONDS * 2 ** (attempt - 1))
                if attempt == ATTEMPTS or wait > LONGEST_PAUSE:
                    raise
                log.warning("Nothing of the request was executed (%s); again in %.0f s.", error, wait)
                self.pause(wait)
        raise AssertionError("unreachable")

    def _not_executed(self, batch: Sequence[Claimed], error: ConnectorError) -> None:
        answer = {NOT_EXECUTED: True}
        self._all(batch, LedgerState.REJECTED, ChangeResult.REJECTED, f"Not executed: {error}", answer=answer)

    def _all(
        self, batch: Sequence[Claimed], state: LedgerState, result: ChangeResult, message: str, **columns: Any
    ) -> None:
        """Writes the same down for all documents of a request."""
        self._write([_Told(item, state, result, message, columns) for item in batch])

    def _write(self, told: Sequence[_Told]) -> None:
        """Commits what the answer to a request says of its documents, all at once.

        What somebody settled meanwhile, because our locks were gone, stays as it is. A crash before the commit leaves ``sending``.
        """
        with self.database.connection() as connection:
            written = self._moved(connection, told)
            for one in told:
                if one.result is None and one.item.document_id in written:
                    number = one.item.planned.document.number
                    (entry,) = ledger_reads.by_number(connection, self.company.intacct_company_id, [number])
                    closed_periods.learn(connection, entry, kind_of(entry.kind).subledger, one.reason)
                if one.entered:
                    direct_postings.learn(connection, self.company.intacct_company_id, one.entered, one.reason)
        for one in told:
            planned = one.item.planned
            if one.item.document_id not in written:
                said = "Another run settles it: this one lost its lock while sending."
                self.outcomes.add(planned, ChangeResult.IN_DOUBT, said)
            elif one.result is None:
                self._closed.append((planned, one.message))
            else:
                self.outcomes.add(planned, one.result, one.message)
            if one.note:
                self.outcomes.note(planned, one.note)

    def _moved(self, connection: Connection, told: Sequence[_Told]) -> set[int]:
        written: set[int] = set()
        for state, columns in dict.fromkeys((one.state, tuple(one.columns)) for one in told):
            alike = [one for one in told if (one.state, tuple(one.columns)) == (state, columns)]
            # What Intacct has, it has, whoever moved the document in between; anything else is known of our own send only.
            before = _MAY_EXIST if state is LedgerState.ACCEPTED else (LedgerState.SENDING,)
            documents = {one.item.document_id: {"message": one.message, **one.columns} for one in alike}
            written |= ledger.move_all(connection, state, documents, before=before, **self.run.who)
        return written


@dataclass(frozen=True)
class _Told:
    """What an answer says of a document.

    :param result: what became of it for its report; None when its period is closed, and that is not decided yet
    :param reason: Intacct's own words for that
    :param note: what people are to read of it beside that
    :param entered: the journals and accounts that it would have entered, one of which disallows it
    """

    item: Claimed
    state: LedgerState
    result: ChangeResult | None
    message: str
    columns: dict[str, Any]
    reason: str = ""
    note: str = ""
    entered: tuple[direct_postings.Place, ...] = ()


def _told(item: Claimed, result: Result, dimensions: Iterable[Dimension]) -> _Told:
    document = item.planned.document
    if result.succeeded and result.key:
        note = (
            f"{document.number} is posted on {document.posting_date}: {document.intended_date} lies in a closed period."
        )
        columns = {"record_no": result.key}
        return _Told(
            item, LedgerState.ACCEPTED, ChangeResult.APPLIED, "", columns, note=note if document.intended_date else ""
        )
    doubt = (item, LedgerState.IN_DOUBT, ChangeResult.IN_DOUBT)
    if result.succeeded:
        return _Told(*doubt, "Intacct accepted it without saying under which record.", {})
    meaning = explain(result.errors)
    answer: dict[str, Any] = {"errors": [str(error) for error in result.errors]}
    if meaning.reason == reasons.REPLAY:
        # This revision was executed before, so it exists: our ledger is younger than the truth.
        return _Told(*doubt, meaning.text, {"answer": answer | {REPEATED: True}})
    # Which of several entities is closed nobody says: the next plan has a document for each, and those tell. Nor does an invoice whose
    # own date was refused: that is not moved, and says nothing of the day on which it is posted.
    tells = (
        meaning.reason == reasons.CLOSED_PERIOD
        and OWNER not in document.details
        and not own_date_refused(document, meaning)
    )
    outcome = None if tells else ChangeResult.REJECTED
    message = refusal(document, meaning, dimensions)
    entered = kind_of(document.kind).entered_directly(document) if meaning.reason == reasons.DIRECT_POSTING else ()
    return _Told(item, LedgerState.REJECTED, outcome, message, {"answer": answer}, reason=meaning.text, entered=entered)
