"""Shows verdicts as one table of text, for a task's log."""

from __future__ import annotations

from collections.abc import Iterable

from certify_intacct.model.log_lines import cell, wrapped
from certify_intacct.model.verdicts import Severity, Verdict


def table(verdicts: Iterable[Verdict]) -> str:
    """One line a rule: stream, rule, rows checked, rows failed, what follows; then the reasons of those that failed."""
    verdicts = list(verdicts)
    head = f"{'stream':<28}{'rule':<34}{'checked':>9}{'failed':>9}  outcome"
    lines = [head, "-" * len(head)]
    lines += [
        f"{cell(verdict.stream, 28)}{cell(verdict.rule, 34)}{verdict.checked:>9}{len(verdict.failed_keys):>9}  {_outcome(verdict)}"
        for verdict in verdicts
    ]
    failed = [verdict for verdict in verdicts if verdict.failed_keys]
    if failed:
        lines += ["", "What failed, and what to do:"]
        lines += [
            wrapped(
                f"{v.stream}.{v.rule}: {v.reason} {v.cure} For example: {', '.join(v.failed_keys[:5])}",
                indent="  ", hanging="      ",
            )
            for v in failed
        ]  # fmt: skip
    return "\n".join(lines)


def _outcome(verdict: Verdict) -> str:
    if not verdict.failed_keys:
        return "passed"
    return {Severity.CRITICAL: "STOPS THE RUN", Severity.WARNING: "quarantined", Severity.INFO: "reported"}[
        verdict.severity
    ]
