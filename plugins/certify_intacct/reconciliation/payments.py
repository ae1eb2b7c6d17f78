"""Who was paid: notes what both services say of it, where they are read in any case.

The daily reconciliation lists the headers of all documents of open books, whatever has changed; what was paid stands there. Of what is
older and still due it asks by itself, bounded. Certify says in its headers which reports were marked as paid.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from certify_intacct.documents import READERS, alike
from certify_intacct.intacct.filters import In
from certify_intacct.model.errors import FunctionFailed, PermissionDenied
from certify_intacct.posting.lookup import chunks
from certify_intacct.staging import ledger_reads, payments

if TYPE_CHECKING:
    from certify_intacct.documents.base import Kind
    from certify_intacct.posting.posting_run import PostingRun
    from certify_intacct.staging.database import Connection

log = logging.getLogger(__name__)

#: So many documents of one object are asked about in a run, beside those that are listed: each costs a record.
MOST = 1000


class Payments:
    """What is known of payments by the end of a reconciliation."""

    def __init__(self, run: PostingRun) -> None:
        self.run = run
        with run.database.connection() as connection:
            self._since = ledger_reads.now(connection)

    def marked(self, headers: Sequence[Mapping[str, Any]]) -> None:
        """Notes what headers of Certify say."""
        with self.run.database.connection() as connection:
            payments.keep_headers(connection, self.run.company.certify_company, headers)

    def listed(
        self, connection: Connection, kind: Kind, records: Sequence[Mapping[str, Any]], known: Mapping[str, int]
    ) -> None:
        """Notes what headers of Intacct say.

        :param known: the documents among them, by RECORDNO
        """
        if not kind.payment_fields:
            return
        said = {str(record["RECORDNO"]): record for record in records}
        found = {key: kind.paid(said[record_no]) for record_no, key in known.items() if record_no in said}
        payments.keep_paid(connection, found)

    def ask(self) -> None:
        """Asks about what may be due and was not listed, since its books are closed for instance: what was asked longest ago first."""
        for kind in READERS:
            if kind.payment_fields:
                self._ask(kind)

    def _ask(self, kind: Kind) -> None:
        company = self.run.company.intacct_company_id
        with self.run.database.connection() as connection:
            wanted = payments.to_ask(connection, company, alike(kind.kind), self._since, MOST)
        try:
            known = self.run.hook.field_names(kind.object) if wanted else frozenset()
            fields = ["RECORDNO", *(name for name in kind.payment_fields if name in known)]
            records = [
                record
                for part in chunks(sorted(wanted))
                for record in self.run.hook.query_all(
                    kind.object, fields, filter=In("RECORDNO", part), entity="", show_private=True
                )
            ]
        except (PermissionDenied, FunctionFailed) as error:
            log.warning("Nobody can tell what was paid of %s: %s", kind.object, error)
            return
        found = {wanted[str(record["RECORDNO"])]: kind.paid(record) for record in records}
        with self.run.database.connection() as connection:
            payments.keep_paid(connection, found)
            payments.keep_asked(connection, set(wanted.values()) - found.keys())
