"""Shows a plan as text, for a task's log: this is the preview."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from certify_intacct.model.changes import Change
from certify_intacct.rules.texts import readable

_MOST = 200
_LONGEST = 1000


def plan_table(summary: Iterable[Mapping[str, Any]], changes: Sequence[Change]) -> str:
    """The counts and billed calls by subject and action, then each change on a line with its reason (at most 200 of them)."""
    lines = [f"{'subject':<26}{'action':<12}{'changes':>8}{'billed calls':>14}", "-" * 60]
    lines += [
        f"{row['subject']:<26}{row['action']:<12}{row['changes']:>8}{row['billed_calls'] or 0:>14}" for row in summary
    ]
    lines += ["", *(_line(change) for change in changes[:_MOST])]
    if len(changes) > _MOST:
        lines.append(f"… and {len(changes) - _MOST} more in plan.change")
    return "\n".join(lines)


def _line(change: Change) -> str:
    differences = ", ".join(
        f"{name}: {change.before.get(name, '')!r} → {value!r}" for name, value in change.after.items()
    )
    # Texts of people stand in a reason: one with a line break must not look like a line of this plan.
    key, reason = readable(change.key, _LONGEST), readable(change.reason, _LONGEST)
    return f"{change.action.value:<11}{change.subject:<24}{key:<24} {reason} {readable(differences, _LONGEST)}".rstrip()
