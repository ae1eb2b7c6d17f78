"""The report of a run as text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import TYPE_CHECKING

from certify_intacct.model.log_lines import cell, unbroken, wrapped
from certify_intacct.model.rules import desk_of
from certify_intacct.rules.backfills import backfill_commands
from certify_intacct.rules.texts import readable

if TYPE_CHECKING:
    from certify_intacct.staging.run_report import RunReport

_MOST = 50
_LONGEST_NAME, _LONGEST_TEXT = 200, 1000


def report_lines(report: RunReport) -> Iterator[str]:
    """The report as text: figures, what waits and why, uncovered dates with the command that covers them."""
    load = report.load
    yield f"{load.dag_id}, {load.period}, load {load.load_id}{' (preview: nothing was sent)' if load.preview else ''}"
    for row in report.plan:
        yield f"  {cell(row['subject'], 26)}{cell(row['action'], 12)}{cell(row['result'], 12)}{row['changes']:>8}"
    if report.reports or report.others:
        yield f"Waiting for a person: {how_many(report)}; {report.new} new in this run."
    if report.waiting:
        ordered = sorted(report.waiting, key=lambda item: (item["rule"], item["reason"], item["cure"]))
        for (rule, reason, cure), items in groupby(
            ordered, key=lambda item: (item["rule"], item["reason"], item["cure"])
        ):
            # Texts of people stand in all of these: one with a line break must not look like a line of this report.
            names = list(dict.fromkeys(unbroken(readable(item["what"], _LONGEST_NAME)) for item in items))
            shown = ", ".join(names[:_MOST]) + (f" and {len(names) - _MOST} more" if len(names) > _MOST else "")
            desk = desk_of(rule)
            yield wrapped(f"{rule}{f' ({desk})' if desk else ''}: {shown}", indent="  ", hanging="      ")
            if text := readable(f"{reason} {cure}", _LONGEST_TEXT):
                yield wrapped(text, indent="      ")
    if report.uncovered:
        commands = backfill_commands(load.direction, report.uncovered, report.zone)
        how = (
            "this command covers them"
            if len(commands) == 1
            else "these commands cover them, each when the one before is done"
        )
        yield f"Dates that no run has covered; {how}:"
        # On one line each, however long: they are to be copied.
        yield from (f"  {command}" for command in commands)
        yield wrapped(", ".join(map(str, report.uncovered[:_MOST])), indent="  ")


def how_many(report: RunReport) -> str:
    """How much waits, counted by report, person or row, however many lines say why."""
    reports = f"{report.reports} {'report' if report.reports == 1 else 'reports'}"
    named = [reports] * bool(report.reports) + [f"{report.others} other"] * bool(report.others)
    return ", ".join(named) or "nothing"


def standing(report: RunReport, measured: Mapping[str, float]) -> Iterator[str]:
    """How it stands by now, for the note of a run."""
    yield f"{how_many(report)} waiting"
    if in_doubt := measured.get("documents_in_doubt"):
        yield f"{in_doubt:,.0f} in doubt"
    if report.uncovered:
        yield f"{len(report.uncovered)} dates that no run has covered"
