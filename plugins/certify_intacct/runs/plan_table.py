"""Shows a plan as text, for a task's log: this is the preview."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any

from certify_intacct.model.changes import Action, Change
from certify_intacct.model.log_lines import cell, cut, wrapped
from certify_intacct.model.rules import desk_of
from certify_intacct.rules.texts import readable
from certify_intacct.staging import api_use

if TYPE_CHECKING:
    from certify_intacct.staging.database import Connection
    from certify_intacct.staging.manifest import Load

#: So many changes are shown of those that are not held.
MOST = 200
#: Of a task that is cleared by itself.
STANDS = "Load %s is planned already, and that plan stands. To read and plan anew, clear the whole run."
_LONGEST = 1000


def plan_table(summary: Collection[Mapping[str, Any]], changes: Sequence[Change]) -> str:
    """The counts and billed calls by subject and action; all that is held, by rule; then the other changes, at most 200 of them.

    What is held is told whole; of what asks nobody the page of the load has the rest of a line that is cut.

    :param changes: all that is held, and at least so many others
    """
    lines = [f"{'subject':<26}{'action':<12}{'changes':>8}{'billed calls':>14}", "-" * 60]
    lines += [
        f"{row['subject']:<26}{row['action']:<12}{row['changes']:>8}{row['billed_calls'] or 0:>14}" for row in summary
    ]
    held = [change for change in changes if change.action is Action.HOLD]
    others = [change for change in changes if change.action is not Action.HOLD]
    lines += ["", *_held(held), *(_line(change) for change in others[:MOST])]
    more = sum(row["changes"] for row in summary if row["action"] != Action.HOLD) - MOST
    if more > 0:
        lines.append(f"… and {more} more in plan.change")
    return "\n".join(lines)


def billed_line(connection: Connection, load: Load) -> str:
    """What Intacct will bill for a run with this plan: what it writes, and what reading was billed for an earlier one."""
    writing = api_use.planned_writing(connection, load.load_id)
    reading = api_use.expected_reading(connection, load.direction, before=load.load_id)
    if reading.load_id is None:
        return f"API calls that Intacct will bill: {writing:,} for what is written, and what is read; no run was counted yet."
    return (
        f"API calls that Intacct will bill: about {writing + reading.pages:,}, {writing:,} for what is written and "
        f"{reading.pages:,} for what is read, as for load {reading.load_id}."
    )


def _held(changes: Sequence[Change]) -> Iterator[str]:
    """Everything that waits: by rule with who can act on it, and what helps said once for all that it helps."""
    if not changes:
        return
    yield f"Held: {len(changes)}"
    by_rule = sorted(changes, key=lambda change: (change.rule, change.cure))
    for rule, of_rule in groupby(by_rule, key=lambda change: change.rule):
        group = list(of_rule)
        desk = desk_of(rule)
        yield f"  {rule}{f' ({desk})' if desk else ''}: {len(group)}"
        for cure, alike in groupby(group, key=lambda change: change.cure):
            for change in alike:
                key, reason = readable(change.key, _LONGEST), readable(change.reason, _LONGEST)
                yield wrapped(f"{cell(change.subject, 22)}{key:<24} {reason}", indent="    ", hanging="        ")
            if cure:
                yield wrapped(f"→ {readable(cure, _LONGEST)}", indent="      ", hanging="        ")
    yield ""


def _line(change: Change) -> str:
    differences = ", ".join(
        f"{name}: {change.before.get(name, '')!r} → {value!r}" for name, value in change.after.items() if change.acts
    )
    # Texts of people stand in a reason: one with a line break must not look like a line of this plan.
    key, reason = readable(change.key, _LONGEST), readable(change.reason, _LONGEST)
    line = f"{change.action.value:<11}{cell(change.subject, 24)}{key:<24} {reason} {readable(differences, _LONGEST)}"
    return cut(line.rstrip())
