"""What was sent for a report, what was answered, and what Intacct was seen to have: the events of the ledger, and outcomes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from certify_intacct.staging.report_timeline import ReportTimeline
from certify_intacct.timeline.loads import links
from certify_intacct.timeline.story import Note, Step, Tone

_TITLES: dict[tuple[str | None, str], str] = {
    (None, "sending"): "Sent to Intacct",
    (None, "accepted"): "Found in Intacct and adopted",
    ("sending", "accepted"): "Intacct accepted it",
    ("sending", "rejected"): "Intacct rejected it",
    ("sending", "in_doubt"): "No answer: in doubt",
    ("in_doubt", "accepted"): "Settled: Intacct has it",
    ("in_doubt", "sending"): "Proven absent: sent again under the same control ID",
    ("in_doubt", "held"): "Held: a person must look",
    ("rejected", "sending"): "Sent again as the next revision",
    ("rejected", "held"): "Held: a person must look",
    ("held", "rejected"): "A person looked: it is not in Intacct",
    ("held", "sending"): "Sent again as the next revision",
    ("held", "accepted"): "Found in Intacct and adopted",
    ("in_gl", "accepted"): "Out of the general ledger of Intacct again",
    ("declined", "accepted"): "Submitted again in Intacct",
}
_SEEN = {
    "in_gl": "In the general ledger of Intacct",
    "declined": "Declined in Intacct",
    "altered": "Changed in Intacct",
    "reversed": "Reversed in Intacct",
    "deleted": "Deleted in Intacct",
}
_TONES: dict[str, Tone] = {
    "sending": "plain",
    "accepted": "good",
    "in_gl": "good",
    "in_doubt": "wait",
    "applied": "good",
    "already": "good",
    "moved_on": "plain",
}
_OUTCOMES = {
    "applied": "posted",
    "already": "was there already",
    "moved_on": "left to another run",
    "rejected": "rejected",
    "held": "held",
    "in_doubt": "in doubt",
}


def steps(timeline: ReportTimeline) -> Iterator[Step]:
    """A step for each event of the ledger, and for each outcome of a plan."""
    for row in timeline.events:
        yield _event(timeline, row)
    told = {(row["load_id"], row["message"]) for row in timeline.events}
    for row in timeline.outcomes:
        word = _OUTCOMES.get(row["result"]) or str(row["result"])
        new = row["message"] and (row["load_id"], row["message"]) not in told
        message = (Note(label="Why", text=row["message"]),) if new else ()
        yield Step(
            at=row["at"],
            title=f"Outcome of the plan: {word}",
            tone=_TONES.get(row["result"], "bad"),
            notes=message,
            links=links(timeline, row["load_id"]),
        )


def _event(timeline: ReportTimeline, row: dict[str, Any]) -> Step:
    after = row["after_state"]
    title = _TITLES.get((row["before_state"], after)) or _SEEN.get(after, after)
    if after == "in_doubt" and _errors(row):
        title = "Answered, and yet in doubt"
    return Step(
        at=row["at"],
        title=f"{row['number']}: {title}",
        tone=_TONES.get(after, "bad"),
        notes=tuple(_notes(timeline, row)),
        links=links(timeline, row["load_id"]),
    )


def _notes(timeline: ReportTimeline, row: dict[str, Any]) -> Iterator[Note]:
    yield Note(label="State", text=f"{row['before_state'] or 'new'} → {row['after_state']}")
    send = f"revision {row['revision']}, attempt {row['attempt']}, control ID {row['control_id']}"
    if row["after_state"] == "sending" or row["before_state"] in ("sending", "in_doubt"):
        if row["after_state"] == "sending":
            send += f", content {row['sha256'][:12]}, configuration {row['config_hash'][:12]}"
        yield Note(label="Send", text=send)
    if row["record_no"]:
        yield Note(label="RECORDNO", text=row["record_no"])
    errors = _errors(row)
    for error in errors:
        yield Note(label="Intacct said", text=error, tone="bad")
    if row["message"]:
        yield Note(label="Meaning" if errors else "Why", text=row["message"])
    load = timeline.loads.get(row["load_id"])
    if row["run_id"] and (load is None or load["run_id"] != row["run_id"]):
        # Settled or read back by a later run; the load named is the one that sent it.
        yield Note(label="By run", text=f"{row['run_id']}{', started by ' + row['actor'] if row['actor'] else ''}")


def _errors(row: dict[str, Any]) -> list[str]:
    """What Intacct answered to the send that this event ends; later events carry the same answer along."""
    return [str(error) for error in row["answer"].get("errors", ())] if row["before_state"] == "sending" else []
