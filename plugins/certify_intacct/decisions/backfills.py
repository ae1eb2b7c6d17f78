"""A person approves a backfill as a whole: its dates, and how much of each currency may be sent under it; or withdraws that."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from certify_intacct.decisions.decide import Decider, allow, check_reason
from certify_intacct.model.configuration import Configuration
from certify_intacct.model.currencies import amount_text
from certify_intacct.model.errors import BadInput
from certify_intacct.model.periods import Period
from certify_intacct.rules.second_person import objection
from certify_intacct.staging import backfills, decisions
from certify_intacct.staging.database import Database

MOST_DAYS = 366
_AMOUNT = re.compile(r"([A-Z]{3}) ?([0-9]{1,12}(?:\.[0-9]{1,2})?)")


def approve_backfill(
    database: Database,
    configuration: Configuration,
    *,
    first: str,
    last: str,
    amounts: str,
    by: Decider,
    reason: str,
) -> str:
    """Keeps that runs of these dates ask nobody, until so much was sent.

    The same once more within an hour, with the same reason by the same person, is a second click: it allows no more.

    :param database: as the role ``connector_decider``
    :param first: the first processed date, as YYYY-MM-DD, and ``last`` the last one, which is over
    :param amounts: such as ``USD 50000, CAD 2000.50``
    :returns: what will come of it, a sentence
    :raises BadInput: the person may not approve, or it cannot be approved so
    """
    allow(configuration, by, triggered_by="")
    problem = objection(
        [by.name, by.user_id], owners=(), triggered_by=(), named=configuration.posting.limits.approvers,
        where="posting.limits.approvers",
    )  # fmt: skip
    if problem:
        raise BadInput(problem, cure="Ask one of them to approve it.")
    check_reason(reason)
    period, most = _period(configuration, first, last), _amounts(amounts)
    company = configuration.company.intacct_company_id
    with database.connection() as connection:
        decisions.one_at_a_time(connection, company)
        number = backfills.approve(
            connection, company, first=period.start, last=period.end, amounts=most, reason=reason,
            decided_by=by.name, user_id=by.user_id,
        )  # fmt: skip
    return (
        f"Backfill {number} is approved: runs of {period} that {by.name} did not trigger ask nobody, until "
        f"{_said(most)} were sent under it."
    )


def withdraw_backfill(
    database: Database, configuration: Configuration, *, number: str, by: Decider, reason: str
) -> str:
    """Ends an approval; anybody who may decide may. It counts from the next request on, in runs that are under way as well.

    :raises BadInput: none of that number stands, or there is no reason
    """
    check_reason(reason)
    company = configuration.company.intacct_company_id
    with database.connection() as connection:
        if not re.fullmatch("[0-9]{1,18}", number) or not backfills.withdraw(
            connection, company, int(number), reason=reason, decided_by=by.name, user_id=by.user_id
        ):
            raise BadInput(f"No approval of a backfill {number!r} stands.", cure="Look at the page again.")
    return f"Backfill {number} is withdrawn: nothing more is sent under it."


def _period(configuration: Configuration, first: str, last: str) -> Period:
    try:
        period = Period(date.fromisoformat(first.strip()), date.fromisoformat(last.strip()))
    except ValueError:
        raise BadInput("The dates are not two days as YYYY-MM-DD, the first before the last.") from None
    if len(period) > MOST_DAYS:
        raise BadInput(f"{period} are {len(period)} days; {MOST_DAYS} are the most.", cure="Approve a part of it.")
    if period.end > datetime.now(tz=UTC).astimezone(configuration.company.zone).date() - timedelta(days=1):
        raise BadInput(f"{period.end} is not over yet.", cure="A backfill is of days that are over.")
    return period


def _amounts(text: str) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    for part in filter(None, (one.strip() for one in re.split(r"[,;\n]", text))):
        match = _AMOUNT.fullmatch(part)
        if not match or match[1] in found or not Decimal(match[2]):
            raise BadInput(
                f"{part!r} is no amount of a currency.", cure="Give each once, such as USD 50000, CAD 2000.50."
            )
        found[match[1]] = Decimal(match[2])
    if not found:
        raise BadInput(
            "It does not say how much may be sent.", cure="Give an amount for each currency, such as USD 50000."
        )
    return found


def _said(amounts: dict[str, Decimal]) -> str:
    return ", ".join(f"{currency} {amount_text(amount, currency, ',')}" for currency, amount in amounts.items())
