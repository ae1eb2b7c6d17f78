"""What follows from the findings: the table for people, and the error that stops a run."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from textwrap import fill

from certify_intacct.model.errors import ConfigurationError, ConnectorError, PermissionDenied
from certify_intacct.model.preflight import Finding, Outcome
from certify_intacct.rules.preflight import rights

_WIDTH = 120


def table(findings: Iterable[Finding]) -> str:
    """One line for each right or fact, then what was seen and where to click for those that are not fine."""
    findings = list(findings)
    width = max([len(finding.item) for finding in findings] + [20])
    lines = [f"{'area':<34}{'right or fact':<{width + 2}}outcome", "-" * (34 + width + 2 + 30)]
    lines += [f"{finding.area:<34}{finding.item:<{width + 2}}{_outcome(finding)}" for finding in findings]
    look = [finding for finding in findings if not finding.fine]
    if look:
        lines += ["", "What to look at:"]
    for finding in sorted(look, key=lambda finding: not finding.stops):
        text = " ".join(
            part for part in (f"{finding.item}: {_outcome(finding)}.", finding.detail, finding.where_to_click) if part
        )
        lines.append(fill(text, _WIDTH, initial_indent="  - ", subsequent_indent="    ", break_long_words=False))
    return "\n".join(lines)


def counts(findings: Iterable[Finding]) -> dict[str, int]:
    """How many rows there are of each outcome; ``stopping`` are the missing ones that are required."""
    found = {outcome.value.replace(" ", "_"): 0 for outcome in Outcome} | {"stopping": 0}
    for finding in findings:
        found[finding.outcome.value.replace(" ", "_")] += 1
        found["stopping"] += finding.stops
    return found


def error(findings: Sequence[Finding], direction: str) -> ConnectorError | None:
    """The one error that names everything that is missing and required; None when a run may begin.

    PermissionDenied when only rights are missing, otherwise ConfigurationError.
    """
    missing = [finding for finding in findings if finding.stops]
    if not missing:
        return None
    kind = PermissionDenied if all(finding.area == rights.AREA for finding in missing) else ConfigurationError
    text = "; ".join(
        finding.item + (f" ({finding.detail.rstrip('.')})" if finding.detail else "") for finding in missing
    )
    cures = list(dict.fromkeys(finding.where_to_click for finding in missing if finding.where_to_click))
    return kind(
        f"Missing, and needed before anything is written: {text}.",
        where=f"preflight of {direction}",
        cure=" ".join(cures),
    )


def _outcome(finding: Finding) -> str:
    if finding.stops:
        return "MISSING, stops the run"
    if finding.outcome is Outcome.MISSING:
        return "missing (warning)"
    return finding.outcome.value
