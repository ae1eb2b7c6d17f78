"""Tells the timeline of a report: what was read and planned, what was sent and answered, who decided what, and how it stands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby
from typing import Any

from certify_intacct.model.currencies import money
from certify_intacct.model.decisions import Decision
from certify_intacct.staging.report_timeline import ReportTimeline
from certify_intacct.timeline import loads, now, sends
from certify_intacct.timeline.story import Note, Step, Story, company_zone, when


def tell(timeline: ReportTimeline) -> Story:
    """The story of a report, oldest first. Loads that read the same again are told once, with how often."""
    steps = [
        *loads.steps(timeline),
        *sends.steps(timeline),
        *_releases(timeline),
        *_decisions(timeline),
        *_approvals(timeline),
        *_receipts(timeline),
        *_findings(timeline),
    ]
    happened = sorted((step for step in steps if step.at is not None), key=lambda step: step.at)  # type: ignore[arg-type,return-value]
    return Story(
        title=f"{timeline.label[:1].upper()}{timeline.label[1:]}",
        about=tuple(_about(timeline)),
        steps=tuple(_once(happened)),
        now=now.present(timeline),
        next=tuple(now.what_to_do(timeline)),
    )


def _about(timeline: ReportTimeline) -> Iterator[Note]:
    yield Note(label="Report ID in Certify", text=timeline.report_id)
    if timeline.read:
        row = timeline.read[-1]
        yield Note(label="Employee", text=f"EmployeeID {row['employee_id'] or 'none'}")
        yield Note(label="Processed", text=str(row["processed_date"] or "not processed"))
        yield Note(
            label="Total",
            text=f"{money(row['total_amount'], row['currency'])}: {money(row['reim_amount'], row['currency'])} owed to the employee, "
            f"{money(row['non_reim_amount'], row['currency'])} paid by the company",
        )
    else:
        yield Note(label="Read", text="What loads read of it has been deleted; the plan and the ledger tell the rest.")
    yield Note(label="Times", text=str(company_zone()))


def _releases(timeline: ReportTimeline) -> Iterator[Step]:
    for row in timeline.releases:
        yield Step(
            at=row["released_at"],
            title=f"{row['released_by']} released {row['rule']}",
            tone="good",
            notes=(
                Note(label="Why", text=row["reason"]),
                Note(label="For", text=f"the report with the content {row['source_hash'][:12]}, and no other"),
            ),
        )


def _decisions(timeline: ReportTimeline) -> Iterator[Step]:
    for row in timeline.decisions:
        decision = Decision(row["decision"])
        released = decision is Decision.RELEASE
        what = f"released {', '.join(row['rules'])}" if released else f"decided: {now.SAID[decision]}"
        about = row["number"] or "what waits"
        notes = [Note(label="Why", text=row["reason"])]
        if row["record_no"]:
            notes.append(Note(label="Record", text=f"{row['record_no']} in Intacct"))
        notes.append(Note(label="For", text=f"{about} with the content {row['content_hash'][:12]}, and no other"))
        yield Step(at=row["decided_at"], title=f"{row['decided_by']} {what}", tone="good", notes=tuple(notes))


def _approvals(timeline: ReportTimeline) -> Iterator[Step]:
    for row in timeline.approvals:
        yield Step(
            at=row["decided_at"],
            title=f"{row['decided_by']} {row['decision']} the whole plan of load {row['load_id']}",
            tone="good" if row["decision"] == "approved" else "bad",
            notes=(Note(label="Asked because", text=row["reasons"]),),
            links=loads.links(timeline, row["load_id"]),
        )


def _receipts(timeline: ReportTimeline) -> Iterator[Step]:
    groups = groupby(timeline.receipts, key=lambda row: (row["attachment_id"], row["sent_at"], row["left_out"]))
    for (attachment, at, left_out), rows in groups:
        files = [row["receipt_id"] for row in rows]
        what = f"{len(files)} {'receipt' if len(files) == 1 else 'receipts'}"
        yield Step(
            at=at,
            title=f"{what} left out, {left_out}" if left_out else f"{what} attached in Intacct",
            tone="bad" if left_out else "plain",
            notes=(
                Note(label="Attachment", text=attachment),
                Note(label="Receipts of Certify", text=", ".join(files)),
            ),
        )


def _findings(timeline: ReportTimeline) -> Iterator[Step]:
    for row in timeline.findings:
        yield Step(
            at=row["at"],
            title=f"Reconciliation: {row['finding']}",
            tone="bad",
            notes=(Note(label=_named(timeline, row), text=row["text"]),),
            links=loads.links(timeline, row["load_id"]),
        )


def _named(timeline: ReportTimeline, finding: dict[str, Any]) -> str:
    return "This report" if finding["number"] == timeline.report_id else finding["number"]


def _once(steps: list[Step]) -> Iterator[Step]:
    """Neighbours that say the same become one step: a report may wait for weeks and be read every day."""
    groups: list[list[Step]] = []
    for step in steps:
        if groups and _same(groups[-1][0], step):
            groups[-1].append(step)
        else:
            groups.append([step])
    for first, *again in groups:
        yield _with(first, again) if again else first


def _same(first: Step, later: Step) -> bool:
    """Whether a later step says nothing new: the lines are shown once, so it may have fewer tables, and none of its own."""
    said = [(step.title, step.tone, [note for note in step.notes if note.label != "Run"]) for step in (first, later)]
    return said[0] == said[1] and set(later.tables) <= set(first.tables)


def _with(first: Step, again: list[Step]) -> Step:
    last = again[-1]
    assert last.at is not None
    times = f"{len(again)} more {'time' if len(again) == 1 else 'times'}, the last at {when(last.at, company_zone())}"
    by = f", by {last.links[0].text}" if last.links else ""
    note = Note(label="The same", text=f"{times}{by}")
    return replace(first, notes=(*first.notes, note), links=(*first.links, *last.links[:1]))
