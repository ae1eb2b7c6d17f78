"""Takes documents of ours that the ledger does not know into it, as they stand in Intacct."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from certify_intacct.documents import kind_of
from certify_intacct.documents.as_it_stands import as_it_stands, header_fields, line_fields
from certify_intacct.documents.found import NotRecordable
from certify_intacct.intacct.filters import In
from certify_intacct.model.ledger import LedgerState
from certify_intacct.posting.elsewhere import said
from certify_intacct.posting.lookup import difference, lines_of
from certify_intacct.rules.expenses import identity
from certify_intacct.staging import claiming, expense_places, frozen_reports, ledger, ledger_reads

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from certify_intacct.documents.found import Found
    from certify_intacct.model.documents import Document
    from certify_intacct.posting.posting_run import PostingRun
    from certify_intacct.staging.database import Connection
    from certify_intacct.staging.to_send import PlannedDocument

log = logging.getLogger(__name__)


class DocumentAdoption:
    """Records what was found."""

    def __init__(self, run: PostingRun) -> None:
        self.run = run
        self.hook = run.hook

    def adopt(self, item: PlannedDocument, hits: Sequence[Found]) -> str:
        """Records a planned document that Intacct has already, or says why it is another one.

        :param hits: all that was found under its number, one at least
        :returns: what differs, for a person; empty when it was recorded
        :raises ConnectorError: Intacct cannot answer completely
        """
        differs = difference(item.document, hits)
        if differs:
            return differs
        try:
            # It may have been posted in another place than it would be today.
            there = replace(item.document, session_entity=hits[0].session)
            document = self._read(there, hits[0].record_no)
        except NotRecordable as error:
            return str(error)
        if differs := self._record(item, document, hits[0]):
            return differs
        log.info("%s was found in Intacct as record %s and adopted.", item.document.number, hits[0].record_no)
        return ""

    def _read(self, planned: Document, record_no: str) -> Document:
        kind, session = kind_of(planned.kind), planned.session_entity
        on_header = self._there(kind.object, header_fields(kind))
        elsewhere = header_fields(kind) - set(on_header)
        own = self._there(kind.object, planned.custom_fields)
        headers = self.hook.query_all(
            kind.object,
            ["RECORDNO", *on_header, *own],
            filter=In("RECORDNO", [record_no]),
            entity=session,
            show_private=True,
        )
        if not headers:
            raise NotRecordable("Intacct does not show it any more")
        fields = self._there(kind.line_object, {*line_fields(kind, planned), *elsewhere})
        lines = lines_of(self.hook, kind, session, [record_no], fields)[record_no]
        return as_it_stands(kind, planned, headers[0], lines)

    def _there(self, object_name: str, wanted: Collection[str]) -> list[str]:
        return sorted(set(wanted) & self.hook.field_names(object_name))

    def _record(self, item: PlannedDocument, document: Document, hit: Found) -> str:
        """Writes it into the ledger; returns why it cannot be there, empty when it is."""
        run = self.run
        number = document.number
        # This ledger sent nothing, so there is no request; what went out at the time, nobody knows.
        new = ledger.Entry(
            document=document,
            revision=item.revision,
            control_id=identity.control_id(run.company.intacct_company_id, number, item.revision),
            request=b"",
            config_hash=item.config_hash,
            record={"record_no": hit.record_no, "intacct_state": hit.state, "record_url": hit.url},
        )
        by: dict[str, Any] = {"load_id": run.load_id, **run.who}
        with run.database.connection() as connection:
            # Another run may have posted a line of it since this one planned it.
            claiming.claim_alone(connection, run.company.intacct_company_id)
            if differs := self._elsewhere(connection, document):
                return differs
            # What the ledger says of the same place, a refusal or another kind, gives way to what Intacct has.
            known = ledger_reads.by_place(connection, run.company.intacct_company_id, [document])
            if entry := known.get(ledger_reads.place(document)):
                ledger.adopt(connection, entry.document_id, new, **by)
                return ""
            frozen = [(item.report_id, document.key.sequence)]
            frozen_reports.freeze(connection, run.load_id, run.company.certify_company, frozen)
            ledger.enter(connection, [new], state=LedgerState.ACCEPTED, **by)
        return ""

    def _elsewhere(self, connection: Connection, document: Document) -> str:
        """Which expense of it stands in another live document; empty when none does."""
        key = document.key
        places = expense_places.places(connection, key.certify_company, key.intacct_company, document.expense_ids)
        for expense_id in sorted(document.expense_ids):
            place = places.get((expense_id, document.payer.value))
            own = place is not None and place.report_id == key.report_id
            if place is not None and not (own and place.number in ("", document.number)):
                return said(expense_id, place).rstrip(".")
        return ""
