"""What is asked of documents once more when they are claimed, one run after the other.

A plan knows what was sent until it was made. What other runs have sent since, whatever their dates, entities and plans, is known here:
an expense or a card charge that was posted, and what the day adds up to.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from certify_intacct.documents import kind_of
from certify_intacct.model.charges import asked
from certify_intacct.model.errors import GuardTripped
from certify_intacct.model.rules import Rule
from certify_intacct.posting import backfill_approvals
from certify_intacct.posting.charge_book import ChargeBook
from certify_intacct.posting.elsewhere import elsewhere, said
from certify_intacct.posting.releases import released_for
from certify_intacct.staging import approvals, charges, claiming, expense_places, spelled_alike, switch
from certify_intacct.staging.run_limits import much
from certify_intacct.staging.sending_days import DOCUMENTS, SendingDay

if TYPE_CHECKING:
    from certify_intacct.model.documents import DocumentKind
    from certify_intacct.posting.posting_run import PostingRun
    from certify_intacct.staging.backfills import BackfillApproval
    from certify_intacct.staging.claiming import PlannedFacts, SentBefore
    from certify_intacct.staging.database import Connection
    from certify_intacct.staging.sending_days import Ceiling
    from certify_intacct.staging.to_send import PlannedDocument

_FIRST_OF_A_LIVE_COMPANY = 5


@dataclass(frozen=True, kw_only=True)
class Checked:
    """A batch that was looked at, by the documents' numbers.

    :param held: why a document is not sent, and by which rule
    :param approved_by: who approved that a document is sent though limits are exceeded; nobody for those that are not here
    :param backfills: under which approval of a backfill it is sent
    """

    held: dict[str, tuple[str, Rule]] = field(default_factory=dict)
    approved_by: dict[str, str] = field(default_factory=dict)
    backfills: dict[str, int] = field(default_factory=dict)


def require_started(connection: Connection, run: PostingRun) -> None:
    """Passes while nobody has stopped posting.

    :raises GuardTripped: connector.yaml or a person has; nothing new is sent
    """
    where = "before sending; what is in doubt is settled all the same"
    if run.configuration.posting.stopped:
        raise GuardTripped(
            "Posting is stopped by posting.stopped in connector.yaml.",
            where=where,
            cure="Set it to false, and clear the task.",
        )
    if stop := switch.stopped(connection, run.company.intacct_company_id):
        raise GuardTripped(
            f"{stop.decided_by} stopped posting on {stop.decided_at:%Y-%m-%d %H:%M %Z}: {stop.reason}",
            where=where,
            cure="When it may go on: Browse > Decisions > Let posting go on, and clear the task.",
        )


class ClaimChecks:
    """The checks of a load."""

    def __init__(self, run: PostingRun) -> None:
        self.run = run
        self.company = run.company
        self.posting = run.configuration.posting
        self._usual: dict[datetime, Mapping[str, Ceiling]] = {}

    def check(self, connection: Connection, batch: Sequence[PlannedDocument]) -> Checked:
        """Looks at a batch; until the transaction of the connection ends nobody else claims anything.

        :raises GuardTripped: posting is stopped
        """
        require_started(connection, self.run)
        claiming.claim_alone(connection, self.company.intacct_company_id)
        facts = claiming.planned_facts(connection, self.run.load_id, [item.document.number for item in batch])
        released = self._released(connection, batch, facts)
        checked = Checked(approved_by=self._approved(connection, batch, released))
        for number, why in (
            *self._spelled_alike(connection, batch),
            *self._elsewhere(connection, batch),
            *self._same_charges(connection, batch, facts, released),
            *self._first_documents(connection, batch),
            *self._firsts(connection, batch),
        ):
            checked.held.setdefault(number, why)
        left = [item for item in batch if item.document.number not in checked.held]
        for item, approval in self._of_backfills(connection, left, checked.approved_by):
            checked.approved_by[item.document.number] = f"{approval.name} approved by {approval.decided_by}"
            checked.backfills[item.document.number] = approval.backfill_id
        checked.held.update(self._above_day(connection, left, checked.approved_by))
        return checked

    def _released(
        self, connection: Connection, batch: Sequence[PlannedDocument], facts: dict[str, PlannedFacts]
    ) -> dict[str, frozenset[str]]:
        """The rules that persons overruled, by number: until it was planned, or since."""
        reports = {item.report_id for item in batch}
        since = released_for(connection, self.company.certify_company, self.run.load_id, reports)
        return {
            item.document.number: facts[item.document.number].released
            | since.get(item.report_id, {}).get(item.content_hash, frozenset())
            for item in batch
        }

    def _approved(
        self, connection: Connection, batch: Sequence[PlannedDocument], released: dict[str, frozenset[str]]
    ) -> dict[str, str]:
        decision = approvals.standing(connection, self.run.load_id)
        if decision is not None and decision.decision == "approved":
            return {item.document.number: f"plan approved by {decision.decided_by}" for item in batch}
        amounts = {Rule.ABOVE_LIMIT, Rule.ABOVE_DAY_LIMIT}
        return {number: "released" for number, rules in released.items() if rules & amounts}

    def _of_backfills(
        self, connection: Connection, batch: Sequence[PlannedDocument], approved_by: dict[str, str]
    ) -> Iterator[tuple[PlannedDocument, BackfillApproval]]:
        """What is sent under approvals of backfills, as far as their ceilings reach."""
        usable = backfill_approvals.usable(connection, self.run.configuration, self.run.load_id, self.run.actor)
        left = [(approval, approval.left) for approval in usable]
        for item in batch:
            currency, amount = item.document.currency, abs(item.document.total)
            for approval, room in left if item.document.number not in approved_by else ():
                if amount <= room.get(currency, Decimal(0)):
                    room[currency] -= amount
                    yield item, approval
                    break

    def _spelled_alike(
        self, connection: Connection, batch: Sequence[PlannedDocument]
    ) -> Iterator[tuple[str, tuple[str, Rule]]]:
        """What may be the report that another run has posted since, under an ID that is the same but for case or dashes."""
        twins = spelled_alike.known(connection, self.company.certify_company, {item.report_id for item in batch})
        for item in batch:
            if other := twins.get(item.report_id):
                said = f"Its ID is that of report {other}, which another run has posted since, but for case or dashes."
                yield item.document.number, (said, Rule.REPORT_TWICE)

    def _elsewhere(
        self, connection: Connection, batch: Sequence[PlannedDocument]
    ) -> Iterator[tuple[str, tuple[str, Rule]]]:
        """What another run has posted since as another report's."""
        ids = {expense_id for item in batch for expense_id in item.document.expense_ids}
        company = self.company
        places = expense_places.places(connection, company.certify_company, company.intacct_company_id, ids)
        for item in batch:
            document = item.document
            found = elsewhere(places, item.report_id, document.payer, document.expense_ids)
            for expense_id, place in list(found.items())[:1]:
                reason = said(expense_id, place)
                yield document.number, (f"{reason[0].upper()}{reason[1:]}", Rule.EXPENSE_ELSEWHERE)

    def _same_charges(
        self,
        connection: Connection,
        batch: Sequence[PlannedDocument],
        facts: dict[str, PlannedFacts],
        released: dict[str, frozenset[str]],
    ) -> Iterator[tuple[str, tuple[str, Rule]]]:
        keys = asked(key for known in facts.values() for key in known.charges)
        if not keys:
            return
        book = ChargeBook(charges.holders(connection, self.company.intacct_company_id, keys))
        for item in batch:
            number = item.document.number
            holder = book.elsewhere(item.report_id, facts[number].charges)
            if holder is not None and Rule.SAME_CHARGE not in released[number]:
                yield number, (f"A card charge of it, or its invoice, is in {holder.label} already.", Rule.SAME_CHARGE)

    def _first_documents(
        self, connection: Connection, batch: Sequence[PlannedDocument]
    ) -> Iterator[tuple[str, tuple[str, Rule]]]:
        """All but the first few of a company, until a person has looked at those in Intacct."""
        live = self.company.environment == "live"
        most = self.posting.max_first_documents or (_FIRST_OF_A_LIVE_COMPANY if live else None)
        intacct, certify = self.company.intacct_company_id, self.company.certify_company
        if (
            most is None
            or claiming.posted_before(connection, intacct)
            or claiming.was_released(connection, certify, Rule.FIRST_DOCUMENTS)
        ):
            return
        room = most - claiming.sent_so_far(connection, intacct)
        for item in batch[max(room, 0) :]:
            reason = (
                f"The first {most} documents were sent (posting.max_first_documents). Look at them in Intacct; if they are right, "
                "release one of the others, and all that wait for this are posted."
            )
            yield item.document.number, (reason, Rule.FIRST_DOCUMENTS)

    def _firsts(
        self, connection: Connection, batch: Sequence[PlannedDocument]
    ) -> Iterator[tuple[str, tuple[str, Rule]]]:
        """All but the first of what nobody publishes, until that one was read back as it was sent."""
        alike: dict[tuple[DocumentKind, Rule, str], list[PlannedDocument]] = defaultdict(list)
        for item in batch:
            for rule, content in kind_of(item.document.kind).trials(item.document).items():
                alike[item.document.kind, rule, json.dumps(content, sort_keys=True)].append(item)
        for (kind, rule, words), items in alike.items():
            credits = rule is Rule.FIRST_CREDIT
            known = claiming.sent_before(
                connection, self.company.intacct_company_id, kind, json.loads(words), below_zero=credits
            )
            # One sign is that of all; amounts that Intacct works out anew may be right of one line and not of another.
            if known.proven and (credits or not known.wrong):
                continue
            for item in items if known.wrong or known.unread else items[1:]:
                yield item.document.number, (_alone(known, rule), rule)

    def _above_day(
        self, connection: Connection, batch: Sequence[PlannedDocument], approved_by: dict[str, str]
    ) -> Iterator[tuple[str, tuple[str, Rule]]]:
        day = SendingDay(connection, self.run.configuration, self._usual)
        for item in batch:
            document = item.document
            if document.number in approved_by:
                continue
            found = [*day.above(document.currency, abs(document.total)), *day.above(DOCUMENTS, Decimal(1))]
            for total, ceiling in found[:1]:
                currency = document.currency if ceiling.rule != "documents_median" else DOCUMENTS
                limit = "day_amount" if ceiling.median is None else "times_median"
                reason = (
                    f"With it, {much(total, currency)} would be sent today without anybody's approval; at most "
                    f"{much(ceiling.allowed, currency)} may be "
                    f"(posting.limits.{limit})."
                )
                yield document.number, (reason, Rule.ABOVE_DAY_LIMIT)
            if not found:
                day.send(document.currency, document.total)


_OF_A_KIND = {
    Rule.FIRST_CREDIT: "credit of a kind",
    Rule.FIRST_SPENT: "expense report that states what was spent in another currency (posting.currencies.spent)",
}


def _alone(known: SentBefore, rule: Rule) -> str:
    """Why a document waits for the first of its kind."""
    what = _OF_A_KIND[rule]
    if known.wrong:
        return (
            f"The first {what}, {known.wrong}, does not stand in Intacct as it was sent. No other is sent until it does, or is "
            "reversed there."
        )
    return (
        f"The first {what} is sent alone and read back; when it stands as it was sent, the next run sends the others."
    )
