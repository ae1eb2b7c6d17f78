"""What follows from the findings: the table for people, and the error that stops a run."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from certify_intacct.model.errors import ConfigurationError, ConnectorError, PermissionDenied
from certify_intacct.model.log_lines import WIDTH, cell, wrapped
from certify_intacct.model.preflight import Finding, Outcome
from certify_intacct.rules.preflight import rights


def table(findings: Iterable[Finding]) -> str:
    """One line for each right or fact, then what was seen and where to click for those that are not fine."""
    findings = list(findings)
    outcome = max([len(_outcome(finding)) for finding in findings] + [7])
    width = min(max([len(finding.item) for finding in findings] + [20]) + 2, WIDTH - 34 - outcome)
    lines = [f"{'area':<34}{'right or fact':<{width}}outcome", "-" * (34 + width + outcome)]
    lines += [f"{cell(finding.area, 34)}{cell(finding.item, width)}{_outcome(finding)}" for finding in findings]
    look = [finding for finding in findings if not finding.fine]
    if look:
        lines += ["", "What to look at:"]
    for finding in sorted(look, key=lambda finding: not finding.stops):
        text = " ".join(
            part for part in (f"{finding.item}: {_outcome(finding)}.", finding.detail, finding.where_to_click) if part
        )
        lines.append(wrapped(text, indent="  - ", hanging="    "))
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
