"""Tells the life of a report: what was read and planned, what was sent and answered, who decided what, and how it stands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby
from typing import Any

from certify_intacct.pages import life_loads, life_now, life_sends
from certify_intacct.pages.story import Note, Step, Story, company_zone, money, when
from certify_intacct.staging.report_life import ReportLife


def tell(life: ReportLife) -> Story:
    """The story of a report, oldest first. Loads that read the same again are told once, with how often."""
    steps = [
        *life_loads.steps(life),
        *life_sends.steps(life),
        *_releases(life),
        *_approvals(life),
        *_receipts(life),
        *_findings(life),
    ]
    happened = sorted((step for step in steps if step.at is not None), key=lambda step: step.at)  # type: ignore[arg-type,return-value]
    return Story(
        title=f"{life.label[:1].upper()}{life.label[1:]}",
        about=tuple(_about(life)),
        steps=tuple(_once(happened)),
        now=life_now.present(life),
        next=tuple(life_now.what_to_do(life)),
    )


def _about(life: ReportLife) -> Iterator[Note]:
    yield Note(label="Report ID in Certify", text=life.report_id)
    if life.read:
        row = life.read[-1]
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


def _releases(life: ReportLife) -> Iterator[Step]:
    for row in life.releases:
        yield Step(
            at=row["released_at"],
            title=f"{row['released_by']} released {row['rule']}",
            tone="good",
            notes=(
                Note(label="Why", text=row["reason"]),
                Note(label="For", text=f"the report with the content {row['source_hash'][:12]}, and no other"),
            ),
        )


def _approvals(life: ReportLife) -> Iterator[Step]:
    for row in life.approvals:
        yield Step(
            at=row["decided_at"],
            title=f"{row['decided_by']} {row['decision']} the whole plan of load {row['load_id']}",
            tone="good" if row["decision"] == "approved" else "bad",
            notes=(Note(label="Asked because", text=row["reasons"]),),
            links=life_loads.links(life, row["load_id"]),
        )


def _receipts(life: ReportLife) -> Iterator[Step]:
    for (attachment, at), rows in groupby(life.receipts, key=lambda row: (row["attachment_id"], row["sent_at"])):
        files = [row["receipt_id"] for row in rows]
        yield Step(
            at=at,
            title=f"{len(files)} {'receipt' if len(files) == 1 else 'receipts'} attached in Intacct",
            notes=(
                Note(label="Attachment", text=attachment),
                Note(label="Receipts of Certify", text=", ".join(files)),
            ),
        )


def _findings(life: ReportLife) -> Iterator[Step]:
    for row in life.findings:
        yield Step(
            at=row["at"],
            title=f"Reconciliation: {row['finding']}",
            tone="bad",
            notes=(Note(label=_named(life, row), text=row["text"]),),
            links=life_loads.links(life, row["load_id"]),
        )


def _named(life: ReportLife, finding: dict[str, Any]) -> str:
    return "This report" if finding["number"] == life.report_id else finding["number"]


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
