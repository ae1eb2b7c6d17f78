"""What follows from the rows of a check: the table for people, and the error that stops a run."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from certify_intacct.model.errors import ConfigurationError, ConnectorError, PermissionDenied
from certify_intacct.model.log_lines import WIDTH, cell, wrapped
from certify_intacct.model.preflight import Outcome, PreflightRow
from certify_intacct.rules.preflight import rights


def table(rows: Iterable[PreflightRow]) -> str:
    """One line for each right or fact, then what was seen and where to click for those that are not fine."""
    rows = list(rows)
    outcome = max([len(_outcome(row)) for row in rows] + [7])
    width = min(max([len(row.item) for row in rows] + [20]) + 2, WIDTH - 34 - outcome)
    lines = [f"{'area':<34}{'right or fact':<{width}}outcome", "-" * (34 + width + outcome)]
    lines += [f"{cell(row.area, 34)}{cell(row.item, width)}{_outcome(row)}" for row in rows]
    look = [row for row in rows if not row.fine]
    if look:
        lines += ["", "What to look at:"]
    for row in sorted(look, key=lambda row: not row.stops):
        text = " ".join(part for part in (f"{row.item}: {_outcome(row)}.", row.detail, row.where_to_click) if part)
        lines.append(wrapped(text, indent="  - ", hanging="    "))
    return "\n".join(lines)


def counts(rows: Iterable[PreflightRow]) -> dict[str, int]:
    """How many rows there are of each outcome; ``stopping`` are the missing ones that are required."""
    found = {outcome.value.replace(" ", "_"): 0 for outcome in Outcome} | {"stopping": 0}
    for row in rows:
        found[row.outcome.value.replace(" ", "_")] += 1
        found["stopping"] += row.stops
    return found


def error(rows: Sequence[PreflightRow], direction: str) -> ConnectorError | None:
    """The one error that names everything that is missing and required; None when a run may begin.

    PermissionDenied when only rights are missing, otherwise ConfigurationError.
    """
    missing = [row for row in rows if row.stops]
    if not missing:
        return None
    kind = PermissionDenied if all(row.area == rights.AREA for row in missing) else ConfigurationError
    text = "; ".join(row.item + (f" ({row.detail.rstrip('.')})" if row.detail else "") for row in missing)
    cures = list(dict.fromkeys(row.where_to_click for row in missing if row.where_to_click))
    return kind(
        f"Missing, and needed before anything is written: {text}.",
        where=f"preflight of {direction}",
        cure=" ".join(cures),
    )


def _outcome(row: PreflightRow) -> str:
    if row.stops:
        return "MISSING, stops the run"
    if row.outcome is Outcome.MISSING:
        return "missing (warning)"
    return row.outcome.value
