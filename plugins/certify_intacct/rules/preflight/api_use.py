"""What a run will be billed by Intacct, and whether Intacct's own meter can be compared with our count."""

from __future__ import annotations

from certify_intacct.model.api_use import MonthOfCalls
from certify_intacct.model.preflight import Outcome, PreflightRow
from certify_intacct.rules.preflight.facts import INTACCT

METER = "Intacct's own meter of API calls"
CALLS = "API calls of a run and of the month"


def calls(reading: int, load_id: int | None, month: MonthOfCalls) -> PreflightRow:
    """What reading for a run is likely to be billed, beside the records that its plan will name, and the month so far.

    :param reading: pages that an earlier load read, ``load_id``; None where none was counted yet
    """
    run = (
        f"Reading for a run is billed about {reading:,} calls, as for load {load_id}; its plan says how many records it writes."
        if load_id is not None
        else "What reading for a run is billed, the first run will count; its plan says how many records it writes."
    )
    return PreflightRow(
        area=INTACCT,
        item=CALLS,
        outcome=Outcome.MISSING if month.exceeds else Outcome.PRESENT,
        required=False,
        detail=f"{run} {month.words}",
        where_to_click="Ask Sage for the next performance tier and set company.api_tier; or see by function, on the page API use, "
        "what is asked most."
        if month.exceeds
        else "",
    )


def meter(said: str, *, told: bool, whose: str = "") -> PreflightRow:
    """Whether Intacct's own meter can be read.

    :param said: by which fields, or why not
    :param whose: ``all`` where it does not tell our calls from those of others
    """
    detail = (
        f"{said}. It names neither sender nor user, so that only the sum of all callers can be shown."
        if whose == "all"
        else said
    )
    return PreflightRow(
        area=INTACCT,
        item=METER,
        outcome=Outcome.PRESENT if told and whose != "all" else Outcome.UNKNOWN,
        required=False,
        detail=detail,
        where_to_click=""
        if told
        else "Nothing needs it. An administrator of Intacct sees the meter under Company > Admin > Usage insights > API usage.",
    )
