"""Looks for what somebody may have booked by hand, or another connector: a record of the same kind and party that is none of ours, and
is over the same total or names the report.

Asked before a document is sent for the first time. A person then says which it is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from certify_intacct.documents import kind_of, reader_of
from certify_intacct.documents.states import Meaning
from certify_intacct.intacct.filters import And, Between, In
from certify_intacct.model.currencies import money
from certify_intacct.model.rules import Rule
from certify_intacct.posting.lookup import chunks, search_together
from certify_intacct.rules.expenses import identity
from certify_intacct.rules.expenses.report_names import ReportNames
from certify_intacct.staging import decisions, to_send

if TYPE_CHECKING:
    from certify_intacct.documents.base import Kind
    from certify_intacct.documents.found import Found
    from certify_intacct.intacct.filters import Filter
    from certify_intacct.posting.posting_run import PostingRun
    from certify_intacct.staging.to_send import FirstSend

_OF_ONE_ENTITY = (
    " So much are the lines of one of its entities. When it is that, set posting.several_entities: one_document_each: then that part "
    "waits by itself, and the others are posted."
)


# A question may tell large letters from small ones, and numbers are typed.
_FORMS = (str, str.upper, str.lower)
_GONE = (Meaning.REVERSED, Meaning.COUNTER_ENTRY)


def look_alikes(run: PostingRun) -> dict[str, str]:
    """Why documents of a load must not be sent before a person has looked, by number.

    Asked once for all that the load is to send, since what it sends itself would be read again and again otherwise; and at top level,
    which shows what was booked by hand in any entity.

    :raises ConnectorError: Intacct cannot answer
    """
    days = run.configuration.posting.look_alike_days
    with run.database.connection() as connection:
        wanted = to_send.first_sends(connection, run.load_id)
        report_ids = {item.report_id for item in wanted}
        released = decisions.released(connection, run.company.certify_company, report_ids)
        decided = decisions.closed(connection, run.company.certify_company, report_ids)
    documents: dict[Kind, list[FirstSend]] = defaultdict(list)
    for item in wanted:
        kind = kind_of(item.kind)
        if kind.looks_alike and Rule.LOOK_ALIKE not in released.get((item.report_id, item.content_hash), ()):
            for reader in dict.fromkeys(map(reader_of, (item.kind, *kind.booked_as))):
                documents[reader].append(item)
    found: dict[str, str] = {}
    span = timedelta(days=days)
    names = ReportNames({item.report_id: item.approval_code for item in wanted})
    # What a person named as booked by hand is told of, and says nothing of the rest of its report.
    told = {(report_id, kept.record_no) for (report_id, _), kept in decided.items()}
    for kind, hits in _near(run, documents, span, names).items() if days else ():
        found |= dict(_naming_the_report(kind, documents[kind], hits, span, told))
        found |= dict(_over_the_same(kind, documents[kind], [hit for hit, _ in hits], span))
    return found | _same_bills(run, documents)


def _over_the_same(
    kind: Kind, documents: Sequence[FirstSend], hits: Sequence[Found], span: timedelta
) -> Iterator[tuple[str, str]]:
    near: dict[tuple[str, Decimal | None], list[Found]] = defaultdict(list)
    for hit in hits:
        near[hit.payee_id, _compared(kind, hit.total)].append(hit)
    for document in documents:
        totals = {_compared(kind, total) for total in (document.total, *document.shares)}
        for hit in (hit for total in totals for hit in near.get((document.payee_id, total), ())):
            if hit.currency in ("", document.currency) and _is_near(hit, document, span):
                reason = (
                    f"Intacct has {kind.object} record {hit.record_no} ({hit.number or 'no number'}) for the same "
                    f"{document.payee_id} over {money(hit.total, document.currency)}, which this connector did not post: it may be "
                    "the same."
                )
                whole = _compared(kind, hit.total) == _compared(kind, document.total)
                yield document.number, reason + ("" if whole else _OF_ONE_ENTITY)


def _naming_the_report(
    kind: Kind,
    documents: Sequence[FirstSend],
    hits: Sequence[tuple[Found, frozenset[str]]],
    span: timedelta,
    told: Collection[tuple[str, str]],
) -> Iterator[tuple[str, str]]:
    """Whatever they are over: the report may have been another one when another connector posted it."""
    named: dict[tuple[str, str], list[Found]] = defaultdict(list)
    for hit, reports in hits:
        for report_id in reports:
            if (report_id, hit.record_no) not in told:
                named[hit.payee_id, report_id].append(hit)
    for document in documents:
        for hit in named.get((document.payee_id, document.report_id), ()):
            if _is_near(hit, document, span):
                named_by = f"its approval code {document.approval_code} or its ID"
                reason = (
                    f"Intacct has {kind.object} record {hit.record_no} ({hit.number or 'no number'}) over "
                    f"{money(hit.total, hit.currency)} for the same {document.payee_id}, which this connector did not post, and it "
                    f"names this report by {named_by}: it may be the same, as it was before."
                )
                yield document.number, reason


def _same_bills(run: PostingRun, documents: Mapping[Kind, Sequence[FirstSend]]) -> dict[str, str]:
    """Of documents with a supplier's number those whose supplier has a bill of that number, of whatever day and total."""
    wanted = [
        (kind, part)
        for kind, members in documents.items()
        for part in chunks([one for one in members if one.bill_number], forms=len(_FORMS))
    ]
    if not wanted:
        return {}
    filters = [
        (
            kind,
            And(
                In(kind.payee_field, sorted({one.payee_id for one in part})),
                In(kind.number_field, sorted({form(one.bill_number) for one in part for form in _FORMS})),
            ),
        )
        for kind, part in wanted
    ]
    found = {}
    for (kind, part), hits in zip(wanted, search_together(run.hook, "", filters, only=_is_not_ours), strict=True):
        # Numbers are typed: they are compared as people read them.
        there = {(hit.payee_id, hit.number.casefold()): hit for hit in hits if hit.meaning not in _GONE}
        for document in part:
            if hit := there.get((document.payee_id, document.bill_number.casefold())):
                found[document.number] = (
                    f"Intacct has {kind.object} record {hit.record_no} over {money(hit.total, hit.currency)} with the same number "
                    f"{hit.number!r} of the same vendor {hit.payee_id}, which this connector did not post: it may be the same."
                )
    return found


def _compared(kind: Kind, total: Decimal | None) -> Decimal | None:
    return total if total is None or kind.total_tells_who_owes else abs(total)


def _near(
    run: PostingRun, documents: Mapping[Kind, Sequence[FirstSend]], span: timedelta, names: ReportNames
) -> dict[Kind, list[tuple[Found, frozenset[str]]]]:
    """What of the same payees lies near the days of the documents and is none of ours, each with the reports that it names."""
    named: dict[tuple[Kind, str], frozenset[str]] = {}

    def theirs(kind: Kind, record: Mapping[str, Any]) -> bool:
        texts = (*kind.names_of(record), str(record[kind.described_in] or ""))
        named[kind, str(record["RECORDNO"])] = names.named(texts)
        return _is_not_ours(kind, record)

    wanted = [(kind, one) for kind, members in documents.items() for one in _filters(kind, members, span)]
    hits: dict[Kind, list[tuple[Found, frozenset[str]]]] = defaultdict(list)
    answers = search_together(run.hook, "", wanted, only=theirs, described=True)
    for (kind, _), found in zip(wanted, answers, strict=True):
        hits[kind] += [(hit, named[kind, hit.record_no]) for hit in found if hit.meaning not in _GONE]
    return hits


def _is_near(hit: Found, document: FirstSend, span: timedelta) -> bool:
    """All documents were asked for together, and each has its own days. What cannot be read may be of any."""
    return hit.day is None or abs(hit.day - document.day) <= span


def _filters(kind: Kind, documents: Sequence[FirstSend], span: timedelta) -> list[Filter]:
    days = [document.day for document in documents]
    near = Between(kind.day_field, min(days) - span, max(days) + span)
    return [And(In(kind.payee_field, part), near) for part in chunks(sorted({one.payee_id for one in documents}))]


def _is_not_ours(kind: Kind, record: Mapping[str, Any]) -> bool:
    return identity.parse_number(kind.names_of(record)[0]) is None
