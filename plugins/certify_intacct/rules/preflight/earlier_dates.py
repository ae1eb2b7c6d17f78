"""Whether Certify lets people process reports with a date of the past, as far as the reports themselves show it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from certify_intacct.model.preflight import Outcome, PreflightRow
from certify_intacct.rules.preflight.facts import CERTIFY

ITEM = "Disable Earlier Processing Date"
_SHOWN = 3


def row(reports: int, looked_twice: int, shown: Sequence[tuple[str, date, str]]) -> PreflightRow:
    """One row; a warning, since such reports are found and posted all the same, and only their dates surprise.

    :param reports: how many were looked at
    :param looked_twice: of how many of them it would have been seen
    :param shown: those that were processed with a date of the past: approval code, processed date, and what shows it
    """
    examples = "; ".join(f"{code}, processed {day}, {why}" for code, day, why in shown[:_SHOWN])
    if shown:
        count = f"{len(shown)} of {reports} reports were" if len(shown) > 1 else f"One of {reports} reports was"
        detail = (
            f"{count} processed with a date of the past: {examples}. A posting date may lie in a month that was closed."
        )
    elif looked_twice:
        detail = f"None of {reports} reports was processed with a date of the past."
    else:
        detail = "Only reports show it, and no date was looked at again after it was over."
    return PreflightRow(
        area=CERTIFY,
        item=ITEM,
        outcome=Outcome.MISSING if shown else Outcome.PRESENT if looked_twice else Outcome.UNKNOWN,
        required=False,
        detail=detail,
        where_to_click="Ask your Emburse representative to enable Disable Earlier Processing Date for the account."
        if shown
        else "",
    )
