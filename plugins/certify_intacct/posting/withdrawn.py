"""Reports that Certify does not show as processed any more: what is posted of them, in doubt, or waits.

No plan reads them, so what waits of them is told here. They are read again by their ID once a day, and planned when they are
processed again.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from certify_intacct.model.content import content_hash
from certify_intacct.model.ledger import POSTED, LedgerState
from certify_intacct.model.outcomes import OpenState
from certify_intacct.model.rules import Rule
from certify_intacct.posting.expense_plan import LOOK_FOR_IT, WITHDRAWN
from certify_intacct.posting.releases import released_for
from certify_intacct.posting.retired import retire
from certify_intacct.posting.standing import IN_FLIGHT, looked_for, newest
from certify_intacct.rules.texts import readable
from certify_intacct.staging import decisions, ledger_reads, report_plans
from certify_intacct.staging.open_reports import OpenReport

if TYPE_CHECKING:
    from certify_intacct.staging.database import Connection
    from certify_intacct.staging.ledger_reads import LedgerDocument
    from certify_intacct.staging.manifest import Load

log = logging.getLogger(__name__)


class Withdrawn:
    """What persons decided about these reports, and what the ledger has of them.

    :param report_ids: reports that were posted or waited, and are not processed in Certify now
    """

    def __init__(self, connection: Connection, load: Load, certify_company: str, report_ids: Collection[str]) -> None:
        self.connection = connection
        self.load = load
        self.certify_company = certify_company
        self.report_ids = report_ids
        self.documents = ledger_reads.documents_of_reports(connection, certify_company, report_ids)
        self.accepted = decisions.accepted(connection, certify_company, report_ids).keys()
        self.released = released_for(connection, certify_company, load.load_id, report_ids)
        self.taken_out = decisions.closed(connection, certify_company, report_ids).keys()

    def settle(self, labels: Mapping[str, str]) -> int:
        """Lists what waits of them, and nothing else; a preview lists nothing.

        :param labels: of the reports that were posted, by report ID
        :returns: how many of them are posted, which is an alarm
        """
        items = [item for report_id in sorted(self.report_ids) for item in self._waits(report_id, labels)]
        alarms = {item.report_id for item in items if item.state is OpenState.ALARM}
        for report_id in sorted(alarms):
            log.error(
                "%s was posted and is no longer processed in Certify.",
                readable(labels.get(report_id) or f"Report {report_id}", 200),
            )
        if not self.load.preview:
            report_plans.keep_planned(
                self.connection, self.certify_company, self.load.load_id, items, (), self.report_ids
            )
            retire(self.connection, self.load, [one for one in self._all() if self._given_up(one)])
        return len(alarms)

    def _all(self) -> list[LedgerDocument]:
        return [one for documents in self.documents.values() for one in newest(documents)]

    def _waits(self, report_id: str, labels: Mapping[str, str]) -> list[OpenReport]:
        found = [item for one in newest(self.documents.get(report_id, ())) if (item := self._of_document(one, labels))]
        reason = "It is not processed in Certify now, so nothing more of it is posted. It is planned when it is processed again."
        return found or [
            OpenReport(
                report_id=report_id,
                state=OpenState.FOUND,
                rule=Rule.UNPROCESSED,
                reason=reason,
                label=labels.get(report_id, ""),
            )
        ]

    def _of_document(self, document: LedgerDocument, labels: Mapping[str, str]) -> OpenReport | None:
        label = labels.get(document.report_id, "")
        if document.state in IN_FLIGHT:
            return _item(document, OpenState.IN_DOUBT, "", document.message, document.part, label)
        if document.state is LedgerState.HELD and not self._given_up(document):
            reason = f"{document.message} {LOOK_FOR_IT}"
            return _item(document, OpenState.HELD, Rule.HELD_DOCUMENT, reason, document.part, label)
        key = hash_of(document)
        if document.state in POSTED and (document.number, key) not in self.accepted:
            reason = f"It was posted to Intacct, and its report is no longer processed in Certify. {WITHDRAWN}"
            return _item(document, OpenState.ALARM, Rule.UNPROCESSED_AFTER_POSTING, reason, key, label)
        return None

    def _given_up(self, document: LedgerDocument) -> bool:
        released = self.released.get(document.report_id, {})
        mine = {key for report_id, key in self.taken_out if report_id == document.report_id}
        # Nothing can be decided about all of a report that is not read but what was decided about its document.
        return document.state is LedgerState.HELD and looked_for((document.part,), released, mine)


def hash_of(document: LedgerDocument) -> str:
    """SHA-256 of what a person accepts who accepts a document as posted though its report is not processed any more."""
    return content_hash({"part": document.part, "processed": False})


def _item(document: LedgerDocument, state: OpenState, rule: str, reason: str, part: str, label: str) -> OpenReport:
    return document.as_open(state, f"{document.number}: {reason}", rule=rule, part=part, label=label)
