"""Posts the documents of a load to Intacct, each at most once, whatever happens on the way.

The order for each document: frozen by the plan, looked for in Intacct, ``sending`` committed to the ledger, sent, the answer
committed, read back. A request is never repeated because its answer is missing: what is not known to be refused is in doubt, and
settled by looking.
"""

from __future__ import annotations

import logging
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

from certify_intacct.intacct import errors as reasons
from certify_intacct.intacct.documents import posting_function
from certify_intacct.intacct.errors import explain
from certify_intacct.intacct.functions import Function
from certify_intacct.model.documents import DocumentKind
from certify_intacct.model.errors import (
    AnswerUnreadable,
    ConnectorError,
    RateLimited,
    RequestRefused,
    ServiceUnavailable,
)
from certify_intacct.model.ledger import RESENDABLE, LedgerState
from certify_intacct.operators.doubts import Doubts
from certify_intacct.operators.fresh_reports import FreshReports, objection
from certify_intacct.operators.intacct_lookup import Found, line_counts, look
from certify_intacct.operators.report_locks import ReportLocks
from certify_intacct.rules import identity
from certify_intacct.staging import ledger, report_plans
from certify_intacct.staging.plans import record_outcomes

if TYPE_CHECKING:
    from certify_intacct.intacct.hook import SageIntacctHook
    from certify_intacct.intacct.responses import Result
    from certify_intacct.model.configuration import Configuration
    from certify_intacct.operators.receipts import Receipts
    from certify_intacct.staging.database import Connection, Database
    from certify_intacct.staging.ledger import LedgerDocument
    from certify_intacct.staging.report_plans import PlannedDocument

log = logging.getLogger(__name__)

# Reports that are looked up, checked and locked together.
WAVE = 200
# A request that was provably not executed (rate limit, outage before anything was done) goes out again this often.
ATTEMPTS = 4
PAUSE_SECONDS = 2.0

# Which of its documents' results a report is known by, worst first; and what that makes of an open item.
_RANK = ("in_doubt", "held", "refused", "moved_on", "applied", "already")
_OPEN = {"in_doubt": "in_doubt", "held": "held", "refused": "rejected", "moved_on": "found"}


@dataclass(frozen=True, kw_only=True)
class Run:
    """Who posts: for the ledger's events."""

    load_id: int
    run_id: str
    actor: str


@dataclass(frozen=True, kw_only=True)
class Claimed:
    """A document that is ``sending`` in the ledger, and its function."""

    document_id: int
    planned: PlannedDocument
    function: Function


class IntacctPoster:
    """One load's work at Intacct.

    :param fresh: asks Certify again at send time
    :param receipts: puts receipts into Intacct before the documents that point to them; None when none are attached
    :param pause: waits some seconds; tests pass their own
    """

    def __init__(
        self,
        *,
        hook: SageIntacctHook,
        fresh: FreshReports,
        receipts: Receipts | None,
        database: Database,
        configuration: Configuration,
        run: Run,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self.hook = hook
        self.fresh = fresh
        self.receipts = receipts
        self.database = database
        self.configuration = configuration
        self.run_of = run
        self.pause = pause
        self.company = configuration.company
        self.results: dict[int, list[tuple[str, str]]] = {}

    def run(self, planned: Sequence[PlannedDocument]) -> dict[str, int]:
        """Sends what is planned and returns the outcomes of the reports, counted.

        :raises ConnectorError: Intacct or Certify cannot be worked with; what was done until then is recorded
        """
        counts: Counter[str] = Counter()
        with ReportLocks(self.database, self.company.intacct_company_id) as locks:
            self.locks = locks
            doubts = Doubts(
                hook=self.hook, database=self.database, configuration=self.configuration, locks=locks, run=self.run_of
            )
            doubts.settle()
            for wave in _waves(planned):
                tokens = {item.document.token for item in wave}
                ours = locks.take(tokens)
                try:
                    self._wave([item for item in wave if item.document.token in ours])
                finally:
                    for item in wave:
                        if item.document.token not in ours:
                            self._result(item, "moved_on", "Another run is sending this report just now.")
                    counts.update(self._record(wave))
                    locks.give_back(ours)
                # The quickest way to settle a lost answer is to look at once.
                doubts.settle(first_look_only=True)
        with self.database.connection() as connection:
            found = report_plans.settle_outcomes(
                connection, self.run_of.load_id, self.run_of.run_id, self.company.certify_company
            )
        if found:
            counts["in_doubt"] -= found
            counts["applied"] += found
            counts["found_after_lost_answer"] += found
        return {result: count for result, count in counts.items() if count}

    def _wave(self, wave: Sequence[PlannedDocument]) -> None:
        unsent = self._attach(self._still_wanted(self._not_yet_done(wave)))
        if not unsent:
            return
        unsent = self._compare(unsent)
        size = self.configuration.posting.sending.batch_size
        for session, members in groupby(unsent, key=lambda item: item.document.session_entity):
            batch = list(members)
            for start in range(0, len(batch), size):
                self._send(session, self._claim(batch[start : start + size]))

    # Before sending

    def _not_yet_done(self, wave: Sequence[PlannedDocument]) -> list[PlannedDocument]:
        """Without those that the ledger knows as sent: another run may have been faster than this plan."""
        wanted = []
        with self.database.connection() as connection:
            known = {document.number: document for document in self._known(connection, wave)}
        for item in wave:
            entry = known.get(item.document.number)
            if entry is None or (entry.state in RESENDABLE and item.revision == entry.revision + 1):
                wanted.append(item)
            elif entry.state in RESENDABLE:
                word = "refused" if entry.state is LedgerState.REJECTED else "held"
                self._result(item, word, entry.message)
            elif entry.state in (LedgerState.SENDING, LedgerState.IN_DOUBT):
                self._result(
                    item, "in_doubt", f"{entry.number} was sent by load {entry.load_id}; its answer is not known yet."
                )
            else:
                self._result(item, "already", f"{entry.number} is {entry.state} since load {entry.load_id}.")
        return wanted

    def _known(self, connection: Connection, wave: Sequence[PlannedDocument]) -> list[LedgerDocument]:
        return ledger.find_documents(
            connection,
            "intacct_company = %(company)s AND number = ANY(%(numbers)s)",
            {"company": self.company.intacct_company_id, "numbers": [item.document.number for item in wave]},
        )

    def _still_wanted(self, wave: Sequence[PlannedDocument]) -> list[PlannedDocument]:
        """Without the documents of reports that changed or were paid since they were planned."""
        headers = self.fresh.headers({item.report_id: item.processed_date for item in wave})
        wanted = []
        with self.database.connection() as connection:
            rows = connection.execute(
                "SELECT report_id, content, released FROM plan.report WHERE load_id = %s AND report_id = ANY(%s)",
                [self.run_of.load_id, list({item.report_id for item in wave})],
            ).fetchall()
        planned = {row["report_id"]: row for row in rows}
        for item in wave:
            row = planned[item.report_id]
            against = objection(row["content"]["report"], headers.get(item.report_id), row["released"])
            if against:
                self._result(item, "held", against)
            else:
                wanted.append(item)
        return wanted

    def _attach(self, wave: Sequence[PlannedDocument]) -> list[PlannedDocument]:
        """Puts the receipts into Intacct first: a document points to its attachment from the start."""
        if self.receipts is None:
            return list(wave)
        problems = self.receipts.provide(
            {item.document.attachment_id: item.report_id for item in wave if item.document.attachment_id}
        )
        for item in wave:
            if item.document.attachment_id in problems:
                self._result(item, "held", problems[item.document.attachment_id])
        return [item for item in wave if item.document.attachment_id not in problems]

    def _compare(self, wave: Sequence[PlannedDocument]) -> list[PlannedDocument]:
        """Looks in Intacct; what is there already and equal is adopted, what is there and differs holds its report."""
        found = look(self.hook, [item.document for item in wave])
        by_number: dict[str, list[Found]] = defaultdict(list)
        for hit in found:
            by_number[hit.number].append(hit)
        with self.database.connection() as connection:
            ours = {
                row["number"]
                for row in connection.execute(
                    "SELECT number FROM ledger.document WHERE intacct_company = %s AND token = ANY(%s)",
                    [self.company.intacct_company_id, list({item.document.token for item in wave})],
                )
            }
        planned = {item.document.number for item in wave}
        strangers = {
            hit.token: hit.number
            for hit in found
            if hit.kind is DocumentKind.AP_BILL and hit.number not in planned and hit.number not in ours
        }
        unsent = []
        for item in wave:
            if item.document.token in strangers:
                number = strangers[item.document.token]
                self._result(
                    item,
                    "held",
                    f"Intacct has the bill {number} with the token of this report, which the ledger does not know.",
                )
            elif item.document.number in by_number:
                self._adopt(item, by_number[item.document.number])
            else:
                unsent.append(item)
        return unsent

    def _adopt(self, item: PlannedDocument, hits: Sequence[Found]) -> None:
        document = item.document
        hit = hits[0]
        if len(hits) > 1:
            self._result(item, "held", f"Intacct has {len(hits)} documents with the number {document.number}.")
            return
        lines = line_counts(self.hook, document.kind, document.session_entity, [hit.record_no]).get(hit.record_no, 0)
        if not hit.agrees_with(document) or lines != len(document.lines):
            differs = hit.disagreement(document) or f"{lines} lines instead of {len(document.lines)}"
            self._result(item, "held", f"Intacct has {document.number} already, and it differs: {differs}.")
            return
        with self.database.connection() as connection:
            self._enter_adopted(connection, item, hit)
        log.info("%s was found in Intacct as record %s and adopted.", document.number, hit.record_no)
        self._result(item, "already", f"Found in Intacct as record {hit.record_no} and adopted.")

    def _enter_adopted(self, connection: Connection, item: PlannedDocument, hit: Found) -> None:
        who = {"run_id": self.run_of.run_id, "actor": self.run_of.actor}
        known = self._known(connection, [item])
        if known:
            entry = known[0]
            if entry.state is LedgerState.REJECTED:
                ledger.move(
                    connection, entry.document_id, LedgerState.HELD, message="Refused, and yet found in Intacct.", **who
                )
            ledger.move(
                connection, entry.document_id, LedgerState.ACCEPTED, record_no=hit.record_no, intacct_state=hit.state,
                record_url=hit.url, adopted=True, message="Found in Intacct and adopted.", **who,
            )  # fmt: skip
            return
        ledger.freeze_report(
            connection, self.run_of.load_id, item.report_id, self.company.certify_company, item.document.key.sequence
        )
        function = self._function(item)
        ledger.enter(
            connection,
            item.document,
            state=LedgerState.ACCEPTED,
            revision=item.revision,
            control_id=function.control_id,
            request=function.xml,
            config_hash=item.config_hash,
            load_id=self.run_of.load_id,
            record={"record_no": hit.record_no, "intacct_state": hit.state},
            **who,
        )

    # Sending

    def _claim(self, batch: Sequence[PlannedDocument]) -> list[Claimed]:
        """Commits ``sending`` for each document of a request, before anything leaves this machine."""
        claimed = []
        self.locks.require()
        with self.database.connection() as connection:
            for item in batch:
                same = ledger.freeze_report(
                    connection,
                    self.run_of.load_id,
                    item.report_id,
                    self.company.certify_company,
                    item.document.key.sequence,
                )
                if not same:
                    self._result(
                        item, "held", "The report was frozen with other content by another run; it is planned anew."
                    )
                    continue
                function = self._function(item)
                known = self._known(connection, [item])
                common: dict[str, Any] = {
                    "revision": item.revision,
                    "control_id": function.control_id,
                    "request": function.xml,
                    "config_hash": item.config_hash,
                    "load_id": self.run_of.load_id,
                    "run_id": self.run_of.run_id,
                    "actor": self.run_of.actor,
                }
                if known:
                    document_id = known[0].document_id
                    ledger.revise(connection, document_id, item.document, **common)
                else:
                    document_id = ledger.enter(connection, item.document, state=LedgerState.SENDING, **common)
                claimed.append(Claimed(document_id=document_id, planned=item, function=function))
        return claimed

    def _function(self, item: PlannedDocument) -> Function:
        return posting_function(
            item.document, identity.control_id(self.company.intacct_company_id, item.document.number, item.revision)
        )

    def _send(self, session: str, batch: Sequence[Claimed]) -> None:
        """Sends one request and commits what its answer says of each document."""
        if not batch:
            return
        try:
            results = self._patiently(session, [item.function for item in batch])
        except AnswerUnreadable as error:
            log.warning("The answer for %s documents was lost: %s", len(batch), error)
            self._move(batch, LedgerState.IN_DOUBT, "in_doubt", f"The answer was lost: {error}")
        except RequestRefused as error:
            if len(batch) == 1:
                self._move(batch, LedgerState.REJECTED, "refused", str(error))
                return
            # One bad document fails the schema for all: halves find it, and the others are posted.
            middle = len(batch) // 2
            self._send(session, batch[:middle])
            self._send(session, batch[middle:])
        except ConnectorError as error:
            self._move(batch, LedgerState.REJECTED, "refused", f"Not executed: {error}")
            raise
        else:
            for item, result in zip(batch, results, strict=True):
                self._answered(item, result)

    def _patiently(self, session: str, functions: Sequence[Function]) -> Sequence[Result]:
        """Sends again what was provably not executed, under the same control IDs."""
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return self.hook.send(functions, entity=session, unique=True)
            except (RateLimited, ServiceUnavailable) as error:
                if attempt == ATTEMPTS:
                    raise
                wait = max(error.retry_after or 0.0, PAUSE_SECONDS * 2 ** (attempt - 1))
                log.warning("Nothing of the request was executed (%s); again in %.0f s.", error, wait)
                self.pause(wait)
                self.locks.require()
        raise AssertionError("unreachable")

    def _answered(self, item: Claimed, result: Result) -> None:
        if result.succeeded and result.key:
            self._move([item], LedgerState.ACCEPTED, "applied", "", record_no=result.key)
            return
        if result.succeeded:
            self._move(
                [item], LedgerState.IN_DOUBT, "in_doubt", "Intacct accepted it without saying under which record."
            )
            return
        meaning = explain(result.errors)
        answer = {"errors": [str(error) for error in result.errors]}
        if meaning.reason == reasons.REPLAY:
            # This revision was executed before, so it exists: our ledger is younger than the truth.
            self._move([item], LedgerState.IN_DOUBT, "in_doubt", meaning.text, answer=answer)
            return
        self._move([item], LedgerState.REJECTED, "refused", f"{meaning.text} {meaning.cure}", answer=answer)
        if meaning.reason == reasons.CLOSED_PERIOD:
            with self.database.connection() as connection:
                (entry,) = self._known(connection, [item.planned])
                ledger.learn_closed(connection, entry, meaning.text)

    def _move(self, batch: Sequence[Claimed], state: LedgerState, result: str, message: str, **columns: object) -> None:
        with self.database.connection() as connection:
            for item in batch:
                ledger.move(
                    connection,
                    item.document_id,
                    state,
                    run_id=self.run_of.run_id,
                    actor=self.run_of.actor,
                    message=message,
                    **columns,
                )
        for item in batch:
            self._result(item.planned, result, message)

    # Results

    def _result(self, item: PlannedDocument, result: str, message: str) -> None:
        self.results.setdefault(item.change_id, []).append((result, message))

    def _record(self, wave: Sequence[PlannedDocument]) -> Counter[str]:
        """Writes the outcome of each report of the wave, and lists or unlists it as an open item."""
        counts: Counter[str] = Counter()
        with self.database.connection() as connection:
            for report_id, members in groupby(
                sorted(wave, key=lambda item: item.report_id), key=lambda item: item.report_id
            ):
                item = next(iter(members))
                results = self.results.pop(item.change_id, [])
                if not results:  # the run stopped before its turn came
                    continue
                worst = min((result for result, _ in results), key=_RANK.index)
                message = " ".join(dict.fromkeys(text for result, text in results if result == worst and text))
                record_outcomes(connection, self.run_of.run_id, [(item.change_id, worst, item.document.token, message)])
                counts[worst] += 1
                self._follow_up(connection, report_id, item, worst, message)
        return counts

    def _follow_up(
        self, connection: Connection, report_id: str, item: PlannedDocument, result: str, message: str
    ) -> None:
        if result in _OPEN:
            report_plans.keep_open(
                connection,
                certify_company=self.company.certify_company,
                report_id=report_id,
                state=_OPEN[result],
                load_id=self.run_of.load_id,
                rule=result,
                reason=message,
                label=item.label,
                processed_date=item.processed_date,
            )
        else:
            report_plans.close_open(connection, self.company.certify_company, [report_id])


def _waves(planned: Sequence[PlannedDocument]) -> Iterator[list[PlannedDocument]]:
    """The documents in groups of at most ``WAVE`` reports; a report is never divided, and sessions stay together."""
    by_report: Mapping[str, list[PlannedDocument]] = {
        report_id: list(members)
        for report_id, members in groupby(
            sorted(planned, key=lambda item: item.report_id), key=lambda item: item.report_id
        )
    }
    reports = sorted(by_report.values(), key=lambda members: (members[0].document.session_entity, members[0].report_id))
    for start in range(0, len(reports), WAVE):
        wave = [item for members in reports[start : start + WAVE] for item in members]
        yield sorted(wave, key=lambda item: (item.document.session_entity, item.report_id, item.document.key.ordinal))
