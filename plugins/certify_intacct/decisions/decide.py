"""A person's decision about a report, or a part of it, that waits: checked, and kept for ever with name and reason.

Whoever calls says who the person is, and must know it: Airflow has signed them in. The next run of ``expense_sync`` acts on it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from certify_intacct.model.decisions import Decision
from certify_intacct.model.errors import BadInput
from certify_intacct.model.outcomes import OpenState
from certify_intacct.model.rules import overruled_by
from certify_intacct.rules.decisions import ways
from certify_intacct.rules.second_person import objection
from certify_intacct.staging import decisions

if TYPE_CHECKING:
    from certify_intacct.model.configuration import Configuration
    from certify_intacct.staging.database import Database
    from certify_intacct.staging.decisions import OpenItem

LONGEST_REASON = 1000
_RECORD_NO = re.compile(r"[0-9]{1,19}")


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

    :raises BadInput: one of them does not wait any more
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
            raise BadInput(
                f"Report {key[0]} does not wait any more as the page showed it.",
                cure="Look at the report again, and decide then.",
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

    :param database: as the role ``connector_decider``
    :param record_no: the RECORDNO in Intacct, for *booked by hand*
    :returns: for each what will come of it, a sentence
    :raises BadInput: the person may not decide it, it cannot be decided so, or something is missing
    """
    record_no, reason = record_no.strip(), reason.strip()
    _check_words(decision, reason, record_no)
    for item in items:
        _check(configuration, item, decision, user)
    with database.connection() as connection:
        for item in items:
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
            return f"{what}: booked by hand as {record}. The next run of expense_sync compares it with Intacct."
        case Decision.NOT_OURS:
            return f"{what}: not ours. It is not posted, and counted as such."
        case Decision.ACCEPT_AS_POSTED:
            return f"{what}: accepted as posted. The difference stays visible in the reconciliation."
        case Decision.POST_AGAIN:
            return f"{what}: the next run of expense_sync posts it again, under a new number."
        case Decision.RETRY:
            return f"{what}: the next run of expense_sync plans it afresh."
