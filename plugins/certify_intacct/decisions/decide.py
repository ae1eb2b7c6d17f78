"""A person's decision about a report, or a part of it, that waits: checked, and kept for ever with name and reason.

Whoever calls says who the person is, and must know it: Airflow has signed them in. The next run of ``expense_sync`` acts on it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from certify_intacct.model.decisions import Decision
from certify_intacct.model.errors import BadInput
from certify_intacct.model.outcomes import OpenState
from certify_intacct.model.rules import overruled_by
from certify_intacct.rules.decisions import TAKEN_OUT, ways
from certify_intacct.rules.second_person import objection
from certify_intacct.staging import decisions

if TYPE_CHECKING:
    from certify_intacct.model.configuration import Configuration
    from certify_intacct.staging.database import Connection, Database
    from certify_intacct.staging.decisions import NewestDecision, OpenItem

LONGEST_REASON = 1000
_OTHERWISE = "It can be decided otherwise on its page."
_RECORD_NO = re.compile(r"[0-9]{1,19}")


class Overtaken(BadInput):
    """What a decision is about is not any more as the person saw it: a run dealt with it, or somebody else decided about it."""

    def __init__(self, problem: str, *, cure: str, report_id: str) -> None:
        super().__init__(problem, cure=cure)
        self.report_id = report_id


@dataclass(frozen=True, kw_only=True)
class Decider:
    """Who decides: the user whom Airflow signed in.

    :param name: what decisions are kept under
    :param user_id: Airflow's ID of the user
    """

    name: str
    user_id: str


def find_items(database: Database, configuration: Configuration, keys: Sequence[tuple[str, str]]) -> list[OpenItem]:
    """What waits under these report IDs and hashes, in this order.

    :raises Overtaken: one of them does not wait any more
    """
    with database.connection() as connection:
        reports = sorted({report_id for report_id, _ in keys})
        company = configuration.company.certify_company
        waiting = [
            *decisions.open_items(connection, company, reports),
            *decisions.taken_out(connection, company, reports),
        ]
    found = {(item.report_id, item.content_hash): item for item in waiting}
    for key in keys:
        if key not in found:
            raise Overtaken(
                f"Report {key[0]} does not wait any more as the page showed it.",
                cure="Look at the report again, and decide then.",
                report_id=key[0],
            )
    return [found[key] for key in keys]


def decide_all(
    database: Database,
    configuration: Configuration,
    items: Sequence[OpenItem],
    decision: Decision,
    user: Decider,
    reason: str,
    *,
    record_no: str = "",
) -> list[str]:
    """Keeps one decision about what waits, exactly as it waits now: about all of the items, or none.

    What the same person decided with the same words since an item was read is kept already, and not once more.

    :param database: as the role ``connector_decider``
    :param record_no: the RECORDNO in Intacct, for *booked by hand*
    :returns: for each what will come of it, a sentence
    :raises BadInput: the person may not decide it, it cannot be decided so, or something is missing
    :raises Overtaken: somebody decided about one of them since it was read
    """
    record_no, reason = record_no.strip(), reason.strip()
    _check_words(decision, reason, record_no)
    for item in items:
        _check(configuration, item, decision, user)
    with database.connection() as connection:
        decisions.one_at_a_time(connection, configuration.company.certify_company)
        for item in _not_kept_yet(connection, items, decision, user, reason, record_no):
            decisions.keep(
                connection,
                item,
                decision,
                rules=overruled_by(decision, item.rules),
                record_no=record_no,
                reason=reason,
                decided_by=user.name,
                user_id=user.user_id,
            )
    return [what_comes_of(item, decision, record_no) for item in items]


def _not_kept_yet(
    connection: Connection, items: Sequence[OpenItem], decision: Decision, user: Decider, reason: str, record_no: str
) -> list[OpenItem]:  # fmt: skip
    """The items without those about which the same was decided since they were read: a second click is no second decision.

    :raises Overtaken: something else was decided about one of them since
    """
    last = decisions.newest(connection, items[0].certify_company, {item.report_id for item in items})
    since = [last.get((item.report_id, item.content_hash)) for item in items]
    for item, found in zip(items, since, strict=True):
        if found and found.decision_id > item.decision_id and not _is_same(found, decision, user, reason, record_no):
            raise Overtaken(
                f"{found.decided_by} decided about {item.label} since this was shown: {found.decision.replace('_', ' ')} "
                f"({found.reason}).",
                cure="Look at the report, and decide there if it is still to be otherwise: what is decided last counts.",
                report_id=item.report_id,
            )
    return [
        item for item, found in zip(items, since, strict=True) if found is None or found.decision_id <= item.decision_id
    ]


def _is_same(found: NewestDecision, decision: Decision, user: Decider, reason: str, record_no: str) -> bool:
    kept = found.decision, found.user_id, found.reason, found.record_no
    return kept == (decision.value, user.user_id, reason, record_no)


def kept_already(
    database: Database, configuration: Configuration, shown: Mapping[tuple[str, str], int], decision: Decision, user: Decider,
    reason: str, *, record_no: str = "",
) -> bool:  # fmt: skip
    """Whether this person decided exactly this since they were shown it, about all of it: then the same was sent twice.

    :param shown: by report ID and content the newest decision when it was shown
    """
    with database.connection() as connection:
        last = decisions.newest(
            connection, configuration.company.certify_company, {report_id for report_id, _ in shown}
        )
    found = [(last.get(key), decision_id) for key, decision_id in shown.items()]
    return all(
        one is not None
        and one.decision_id > decision_id
        and _is_same(one, decision, user, reason.strip(), record_no.strip())
        for one, decision_id in found
    )


def allow(configuration: Configuration, user: Decider, *, triggered_by: str) -> None:
    """Passes whoever may decide.

    :param triggered_by: who started the run that holds what is decided about; empty when the schedule did
    :raises BadInput: the person edits connector.yaml, triggered the run, or is not among ``company.deciders``
    """
    company = configuration.company
    problem = objection(
        [user.name, user.user_id],
        owners=company.configuration_owners,
        triggered_by=[triggered_by] if triggered_by else [],
        named=company.deciders,
        where="company.deciders",
    )
    if problem:
        raise BadInput(problem, cure="Ask somebody else to decide.")


def check_reason(reason: str) -> None:
    """Passes a reason that can be kept and read.

    :raises BadInput: it is empty, too long, or no text
    """
    if not reason.strip():
        raise BadInput("A decision needs a reason.", cure="Say why, in a sentence that an auditor will read.")
    if len(reason) > LONGEST_REASON or "\x00" in reason:
        raise BadInput(f"The reason is longer than {LONGEST_REASON} characters, or holds one that no text can have.")


def _check_words(decision: Decision, reason: str, record_no: str) -> None:
    check_reason(reason)
    if (decision is Decision.BOOKED_BY_HAND) != bool(record_no):
        raise BadInput(
            "Booked by hand names the record in Intacct, and no other decision does.",
            cure="Give its RECORDNO, a number.",
        )
    if record_no and not _RECORD_NO.fullmatch(record_no):
        raise BadInput(f"{record_no!r} is no RECORDNO.", cure="It is the number that Intacct shows as Record number.")


def _check(configuration: Configuration, item: OpenItem, decision: Decision, user: Decider) -> None:
    allow(configuration, user, triggered_by=item.triggered_by)
    possible = ways(item.state, item.rules)
    if decision not in possible:
        words = ", ".join(way.value for way in possible) or "nothing but its cure"
        raise BadInput(
            f"{item.label} waits by {', '.join(item.rules) or item.state} and cannot be decided by {decision.value}.",
            cure=f"Possible: {words}.",
        )


def what_comes_of(item: OpenItem, decision: Decision, record_no: str = "") -> str:
    """What a decision leads to, a sentence that is told before it is made as well as after.

    :param record_no: empty as long as nobody has named it
    """
    what = item.label
    overruled = overruled_by(decision, item.rules)
    if overruled and (others := ", ".join(sorted(set(item.rules) - set(overruled)))):
        return f"{what}: {decision.value.replace('_', ' ')}. It waits all the same, until what holds it by {others} is cured."
    match decision:
        case Decision.RELEASE if item.state == OpenState.ALARM:
            return f"{what}: released. It stays as it is in Intacct."
        case Decision.RELEASE:
            return f"{what}: released. The next run of expense_sync posts it, unless it changes before."
        case Decision.BOOKED_BY_HAND:
            record = f"record {record_no}" if record_no else "the record that you name"
            return f"{what}: booked by hand as {record}. The next run of expense_sync compares it with Intacct. {_OTHERWISE}"
        case Decision.NOT_OURS:
            return f"{what}: not ours. It is not posted, and counted as such. {_OTHERWISE}"
        case Decision.ACCEPT_AS_POSTED:
            return f"{what}: accepted as posted. The difference stays visible in the reconciliation."
        case Decision.POST_AGAIN:
            return f"{what}: the next run of expense_sync posts it again, under a new number."
        case Decision.RETRY if item.state in TAKEN_OUT:
            return f"{what}: taken back. The next run of expense_sync plans it afresh."
        case Decision.RETRY:
            return f"{what}: the next run of expense_sync plans it afresh."
