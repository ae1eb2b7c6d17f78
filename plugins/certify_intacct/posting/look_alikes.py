"""Looks for what somebody may have booked by hand: a record of the same kind, party, currency and total that is none of ours.

Asked before a document is sent for the first time. A person then says which it is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from itertools import product
from typing import TYPE_CHECKING, Any

from certify_intacct.documents import kind_of, reader_of
from certify_intacct.documents.states import Meaning
from certify_intacct.intacct.filters import And, Between, In
from certify_intacct.model.rules import Rule
from certify_intacct.posting.lookup import search
from certify_intacct.rules.expenses import identity
from certify_intacct.staging import decisions, report_plans

if TYPE_CHECKING:
    from certify_intacct.documents.base import Kind
    from certify_intacct.documents.found import Found
    from certify_intacct.posting.posting_run import PostingRun
    from certify_intacct.staging.report_plans import FirstSend

_VALUES = 1000
_OF_ONE_ENTITY = (
    " So much are the lines of one of its entities. When it is that, set posting.several_entities: one_document_each: then that part "
    "waits by itself, and the others are posted."
)


def look_alikes(run: PostingRun) -> dict[str, str]:
    """Why documents of a load must not be sent before a person has looked, by number.

    Asked once for all that the load is to send: what it sends itself would be read again and again otherwise.

    :raises ConnectorError: Intacct cannot answer
    """
    days = run.configuration.posting.look_alike_days
    if not days:
        return {}
    with run.database.connection() as connection:
        wanted = report_plans.first_sends(connection, run.load_id)
        released = decisions.released(connection, run.company.certify_company, {item.report_id for item in wanted})
    places: dict[tuple[str, Kind], list[FirstSend]] = defaultdict(list)
    for item in wanted:
        kind = kind_of(item.kind)
        if kind.looks_alike and Rule.LOOK_ALIKE not in released.get((item.report_id, item.content_hash), ()):
            readers = dict.fromkeys(map(reader_of, (item.kind, *kind.booked_as)))
            # By hand it may have been booked in any entity: top level shows them all.
            for place in product(dict.fromkeys(("", item.session_entity)), readers):
                places[place].append(item)
    found: dict[str, str] = {}
    for (session, kind), documents in places.items():
        near: dict[tuple[str, Decimal | None], list[Found]] = defaultdict(list)
        for hit in _near(run, kind, session, documents, timedelta(days=days)):
            near[hit.payee_id, _compared(kind, hit.total)].append(hit)
        for document in documents:
            totals = {_compared(kind, total) for total in (document.total, *document.shares)}
            for hit in (hit for total in totals for hit in near.get((document.payee_id, total), ())):
                if hit.currency in ("", document.currency):
                    found[document.number] = (
                        f"Intacct has {kind.object} record {hit.record_no} ({hit.number or 'no number'}) for the same "
                        f"{document.payee_id} over {hit.total} {document.currency}, which is none of ours: it may be the same."
                    ) + ("" if _compared(kind, hit.total) == _compared(kind, document.total) else _OF_ONE_ENTITY)
    return found


def _compared(kind: Kind, total: Decimal | None) -> Decimal | None:
    return total if total is None or kind.total_tells_who_owes else abs(total)


def _near(run: PostingRun, kind: Kind, session: str, documents: Sequence[FirstSend], span: timedelta) -> list[Found]:
    payees = sorted({document.payee_id for document in documents})
    first = min(document.posting_date for document in documents) - span
    last = max(document.posting_date for document in documents) + span

    def is_not_ours(record: Mapping[str, Any]) -> bool:
        return identity.parse_number(str(record[kind.number_field] or "")) is None

    hits: list[Found] = []
    for start in range(0, len(payees), _VALUES):
        wanted = And(In(kind.payee_field, payees[start : start + _VALUES]), Between(kind.day_field, first, last))
        hits += search(run.hook, kind, session, wanted, only=is_not_ours)
    return [hit for hit in hits if hit.meaning not in (Meaning.REVERSED, Meaning.COUNTER_ENTRY)]
