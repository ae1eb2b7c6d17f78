"""What each load read of a report, how it judged it, and what it planned."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from certify_intacct.documents import label_of
from certify_intacct.model.currencies import money
from certify_intacct.staging.report_timeline import ReportTimeline
from certify_intacct.timeline.story import Cell, Link, Note, Step, Table, Tone

_OWN = ("load_id", "observed_at")
_GLDS = range(1, 6)


def steps(timeline: ReportTimeline) -> Iterator[Step]:
    """A step for each load that read or planned the report, in their order; its lines only where they changed."""
    shown: list[dict[str, Any]] = []
    for load_id in sorted({row["load_id"] for row in (*timeline.read, *timeline.planned)}):
        load = timeline.loads[load_id]
        read = next((row for row in timeline.read if row["load_id"] == load_id), None)
        lines = _of(timeline.lines, load_id)
        tables = [_lines(lines)] if lines and _plain(lines) != _plain(shown) else []
        shown = lines or shown
        yield Step(
            at=read["observed_at"] if read else load["opened_at"],
            title=f"{'Preview: ' if load['preview'] else ''}{'Read' if read else 'Planned'} by {load['dag_id']}",
            tone=_tone(timeline, load_id),
            notes=tuple(_notes(timeline, load, read)),
            tables=(*tables, *_documents(timeline, load_id)),
            links=links(timeline, load_id),
        )


def links(timeline: ReportTimeline, load_id: int) -> tuple[Link, ...]:
    """The page of a load, and its run in Airflow."""
    load = timeline.loads.get(load_id)
    if load is None:
        return ()
    dag_id, run_id = load["dag_id"], load["run_id"]
    return (
        Link(text=f"load {load_id}", to="load", dag_id=dag_id, load_id=load_id),
        Link(text=run_id, to="run", dag_id=dag_id, run_id=run_id),
    )


def _notes(timeline: ReportTimeline, load: dict[str, Any], read: dict[str, Any] | None) -> Iterator[Note]:
    yield Note(label="Run", text=_run(load))
    yield Note(
        label="By", text=f"configuration {load['config_hash'][:12]}, version {load['code_version']}, {_person(load)}"
    )
    if read:
        yield Note(label="Certify", text=", ".join(_header(read)))
    yield from _verdict(timeline, load)
    for row in _of(timeline.planned, load["load_id"]):
        yield _plan(timeline, row)
    above = [row["rule"] for row in _of(timeline.above_limit, load["load_id"])]
    if above:
        yield Note(label="Above a limit", text=f"{', '.join(above)}: the whole plan needs a second person", tone="wait")


def _run(load: dict[str, Any]) -> str:
    first, last = load["period_start"], load["period_end"]
    return f"{load['run_id']}, {load['run_type']}, for {first if first == last else f'{first} to {last}'}"


def _person(load: dict[str, Any]) -> str:
    return f"started by {load['actor']}" if load["actor"] else "started by the schedule"


def _header(row: dict[str, Any]) -> Iterator[str]:
    currency = row["currency"]
    yield f"total {money(row['total_amount'], currency)}"
    yield f"{money(row['reim_amount'], currency)} owed to the employee"
    yield f"{money(row['non_reim_amount'], currency)} paid by the company"
    yield f"EmployeeID {row['employee_id'] or 'none'}"
    yield f"processed {row['processed_date']}" if row["processed"] else "not processed"
    for number in _GLDS:
        if row[f"emp_gld{number}_code"]:
            yield f"Employee GLD {number} {row[f'emp_gld{number}_code']}"
    if row["reimbursed"]:
        yield "already reimbursed"
    if row["unreadable"]:
        yield f"unreadable: {', '.join(row['unreadable'])}"


def _verdict(timeline: ReportTimeline, load: dict[str, Any]) -> Iterator[Note]:
    load_id = load["load_id"]
    failed = _of(timeline.quarantined, load_id)
    for row in _of(timeline.judged, load_id):
        rules = len({(fault["stream"], fault["rule"]) for fault in failed})
        words = f"{row['rules']} rules passed" if not rules else f"{rules} of {row['rules']} rules failed: quarantined"
        yield Note(label="Data quality", text=words, tone="bad" if rules else "good")
    for row in failed:
        about = f" ({row['label'].partition(' of report ')[0]})" if row["stream"] == "certify_expenses" else ""
        text = f"{row['reason']}{about} {row['cure']}".strip()
        yield Note(label=f"{row['severity'] or 'warning'} {row['stream']}.{row['rule']}", text=text, tone="bad")
    for row in _of(timeline.stopped, load_id):
        rule = f"{row['stream']}.{row['rule']}"
        text = f"the critical rule {rule} failed for {row['failed']} of {row['checked']} rows, so nothing was planned"
        yield Note(label="The whole run was stopped", text=text, tone="bad")


def _plan(timeline: ReportTimeline, row: dict[str, Any]) -> Note:
    words = {"hold": "held", "skip": "skipped"}.get(row["action"], row["action"])
    documents = row["after"].get("documents", ())
    if row["action"] == "post":
        words = f"post {len(documents)} {'document' if len(documents) == 1 else 'documents'}"
        if row["rule"]:
            words += f", released: {row['rule']}"
        return Note(label="Plan", text=words, tone="good")
    reason = row["reason"].removeprefix(f"{timeline.label}: ")
    by = f" by rule {row['rule']}" if row["rule"] else ""
    tone: Tone = "wait" if row["action"] == "hold" else "plain"
    return Note(label="Plan", text=f"{words}{by}. {reason} {row['cure']}".strip(), tone=tone)


def _tone(timeline: ReportTimeline, load_id: int) -> Tone:
    if _of(timeline.quarantined, load_id) or _of(timeline.stopped, load_id):
        return "bad"
    return "wait" if any(row["action"] == "hold" for row in _of(timeline.planned, load_id)) else "plain"


def _lines(rows: list[dict[str, Any]]) -> Table:
    return Table(
        caption=f"{len(rows)} {'line' if len(rows) == 1 else 'lines'} in Certify",
        headings=("Date", "Category", "GL code", "Department", "Codes", "Amount", "To the employee", "Marks"),
        rows=tuple(
            (
                Cell(text=str(row["expense_date"] or "")),
                Cell(text=row["category"] or ""),
                Cell(text=row["category_gl_code"] or ""),
                Cell(text=row["department_code"] or ""),
                Cell(text=", ".join(_codes(row))),
                Cell(text=money(row["amount"], row["currency"]), amount=True),
                Cell(text=money(row["reim_amount"], row["currency"]), amount=True),
                Cell(text=", ".join(_marks(row))),
            )
            for row in rows
        ),
    ).filled()


def _codes(row: dict[str, Any]) -> Iterator[str]:
    for number in _GLDS:
        if row[f"report_gld{number}_code"]:
            yield f"GLD {number} {row[f'report_gld{number}_code']}"


def _marks(row: dict[str, Any]) -> Iterator[str]:
    if (row["status"] or "").strip().casefold() == "disapproved":
        yield "disapproved"
    yield "reimbursable" if row["reimbursable"] else "not reimbursable"
    for name, word in (("billable", "billable"), ("on_card", "company card"), ("has_receipt", "receipt")):
        if row[name]:
            yield word
    for tax in ("vat", "hst", "pst"):
        if row[f"{tax}_amount"]:
            yield f"{tax.upper()} {money(row[f'{tax}_amount'], row['currency'])}"
    if row["unreadable"]:
        yield f"unreadable: {', '.join(row['unreadable'])}"


def _documents(timeline: ReportTimeline, load_id: int) -> Iterator[Table]:
    rows = _of(timeline.planned_documents, load_id)
    if not rows:
        return
    yield Table(
        caption="Documents of the plan",
        headings=("Number", "Kind", "Entity", "Payee", "Date", "Due", "Revision", "Content", "Total"),
        rows=tuple(
            (
                Cell(text=row["number"]),
                Cell(text=label_of(row["kind"])),
                Cell(text=row["entity"]),
                Cell(text=row["payee_id"]),
                Cell(text=_day(row)),
                Cell(text=row["due_date"] or ""),
                Cell(text=str(row["revision"])),
                Cell(text=row["sha256"][:12]),
                Cell(text=money(row["total"], row["currency"]), amount=True),
            )
            for row in rows
        ),
    ).filled()
    yield Table(
        caption="Their lines",
        headings=("Number", "Account", "Entity or location", "Department", "Amount"),
        rows=tuple(_document_lines(rows)),
        folded=True,
    ).filled()


def _document_lines(rows: list[dict[str, Any]]) -> Iterator[tuple[Cell, ...]]:
    for row in rows:
        for line in row["lines"]:
            yield (
                Cell(text=row["number"]),
                Cell(text=line["account"]),
                Cell(text=line["location_id"] or row["entity"]),
                Cell(text=line["department_id"]),
                Cell(text=money(Decimal(line["amount"]), row["currency"]), amount=True),
            )


def _day(row: dict[str, Any]) -> str:
    moved = row["intended_date"]
    return f"{row['posting_date']} (by rule {moved}, whose period is closed)" if moved else str(row["posting_date"])


def _of(rows: list[dict[str, Any]], load_id: int) -> list[dict[str, Any]]:
    return [row for row in rows if row["load_id"] == load_id]


def _plain(rows: list[dict[str, Any]]) -> str:
    return json.dumps([{k: v for k, v in row.items() if k not in _OWN} for row in rows], default=str)
