"""How a report stands now, and what a person should do about it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from certify_intacct.documents import kind_of, label_of
from certify_intacct.documents.states import Meaning
from certify_intacct.intacct.hosts import HOSTS
from certify_intacct.model.currencies import money
from certify_intacct.model.decisions import Decision
from certify_intacct.model.documents import DocumentKind
from certify_intacct.model.rules import desk_of, overruled_by
from certify_intacct.rules.decisions import TAKEN_OUT, ways
from certify_intacct.staging.decisions import said
from certify_intacct.staging.report_timeline import ReportTimeline
from certify_intacct.timeline.story import Cell, Link, Note, Step, Table, Tone, company_zone, when

_TONES: dict[str, Tone] = {"accepted": "good", "in_gl": "good", "sending": "wait", "in_doubt": "wait"}
#: Decisions in words.
SAID = {
    Decision.RELEASE: "release",
    Decision.BOOKED_BY_HAND: "booked by hand",
    Decision.NOT_OURS: "not ours",
    Decision.ACCEPT_AS_POSTED: "accept as posted",
    Decision.POST_AGAIN: "post again",
    Decision.RETRY: "plan it afresh, for it is not in Intacct",
}
#: Where a decision is made, for who does not look at that page.
ITS_PAGE = "on its page in Airflow (Browse > Expense reports)"
_AGAIN = "Each run of expense_sync, but those of a backfill, reads it again by its ID, whatever its date."


def present(timeline: ReportTimeline) -> Step:
    """The documents as the ledger has them, what was last seen in Intacct, and what waits."""
    notes = [note for document in timeline.documents for note in _looks(document)]
    for item in timeline.open_items:
        if note := _over(timeline, item):
            notes.append(note)
            continue
        why = " ".join(part for part in (item["state"], item["rule"] if item["rule"] != item["state"] else "") if part)
        part = f"{money(item['total'], item['currency'])}, " if item["total"] is not None else ""
        text = f"{part}since {when(item['opened_at'], company_zone())}: {why}. {item['reason']} {_AGAIN}"
        notes.append(Note(label="Waits", text=text, tone="wait"))
    for receipt in timeline.open_receipts if timeline.documents else ():
        since = when(receipt["since"], company_zone())
        text = (
            f"{receipt['receipt_id']}, since {since}. {receipt['problem'] or 'It comes with the task attach_receipts.'}"
        )
        notes.append(Note(label="Receipt to be attached", text=text, tone="wait"))
    if not timeline.documents:
        notes.append(Note(label="Intacct", text="Nothing was posted for it."))
    return Step(
        title="Now",
        tone="wait" if any(not _is_posted(timeline, item) for item in timeline.open_items) else _standing(timeline),
        notes=tuple(notes),
        tables=(_documents(timeline),) if timeline.documents else (),
    )


def what_to_do(timeline: ReportTimeline) -> Iterator[str]:
    """What a person should do next, most urgent first; one sentence when there is nothing to do."""
    waiting = [item for item in timeline.open_items if not _is_posted(timeline, item)]
    yield from dict.fromkeys(text for item in waiting for text in _next(timeline, item))
    if not waiting:
        yield from _without_open_item(timeline, _states(timeline))


def _over(timeline: ReportTimeline, item: dict[str, Any]) -> Note | None:
    """What became of an item since it was put on the list, from which the next run takes it; None while it waits as it did."""
    part = f"{money(item['total'], item['currency'])}: " if item["total"] is not None else ""
    if _is_posted(timeline, item):
        return Note(
            label="Posted",
            text=f"{part}Intacct has it. The next run of expense_sync takes it off the list.",
            tone="good",
        )
    if decided := _decided(timeline, item):
        return Note(
            label="Decided", text=f"{part}{_said(decided)}. The next run of expense_sync acts on it.", tone="wait"
        )
    return None


def _is_posted(timeline: ReportTimeline, item: dict[str, Any]) -> bool:
    """Whether the document of an item is in Intacct by now, and nothing but a run is missing that says so."""
    found = [document for document in timeline.documents if item["number"] and document["number"] == item["number"]]
    return item["state"] in ("in_doubt", "found") and any(one["state"] in ("accepted", "in_gl") for one in found)


def _decided(timeline: ReportTimeline, item: dict[str, Any]) -> dict[str, Any] | None:
    """The newest decision about an item that no run has acted on yet."""
    about = item["part"] or item["source_hash"]
    later = [row for row in timeline.decisions if row["content_hash"] == about and row["decided_at"] > item["seen_at"]]
    return later[-1] if later else None


def _said(decided: dict[str, Any]) -> str:
    return f"{decided['decided_by']} decided at {when(decided['decided_at'], company_zone())}: {SAID[Decision(decided['decision'])]}"


def _next(timeline: ReportTimeline, item: dict[str, Any]) -> Iterator[str]:
    """What is to be done about an item."""
    decided = _decided(timeline, item)
    if decided is None:
        yield from _cures(timeline, item)
        yield from _decide(item)
        return
    others = (
        sorted({rule.strip() for rule in item["rule"].split(",")} - set(decided["rules"])) if decided["rules"] else []
    )
    if others:
        yield from _cures(timeline, {**item, "rule": ", ".join(others)})
    yield f"{'Then nothing' if others else 'Nothing'} more: {_said(decided)}. The next run of expense_sync acts on it."


def _cures(timeline: ReportTimeline, item: dict[str, Any]) -> Iterator[str]:
    if item["state"] == "in_doubt":
        yield "Nothing yet: the next run of expense_sync looks for it in Intacct. It is not sent again before it is proven absent."
        return
    if item["state"] == "rejected":
        yield f"{item['reason']} After that, the next run of expense_sync sends it again as its next revision."
        return
    rules = {rule.strip() for rule in item["rule"].split(",")}
    rows = [
        row
        for row in (*timeline.quarantined, *timeline.planned)
        if row["load_id"] == item["load_id"] and (row in timeline.quarantined or row["rule"] in rules)
    ]
    cures = list(dict.fromkeys(f"{_for(row['rule'])}{row['cure']}" for row in rows if row["cure"]))
    yield from cures
    if not cures:
        yield item["reason"] or "Run expense_sync."


def _for(rule: str) -> str:
    """To whom a cure is said."""
    desk = desk_of(rule)
    return f"{desk[:1].upper()}{desk[1:]}: " if desk else ""


def _decide(item: dict[str, Any]) -> Iterator[str]:
    rules = [rule.strip() for rule in item["rule"].split(",") if rule.strip()]
    possible = ways(item["state"], rules)
    if not possible:
        return
    # A decision is for a content, and that is known from the plan on that holds it.
    if not item["source_hash"] and not item["part"]:
        yield "Or decide about it on its page, after the next run of expense_sync has planned it."
        return
    overruled = {rule for way in possible for rule in overruled_by(way, rules)}
    others = sorted(set(rules) - overruled)
    cured = f" (the cure of {', '.join(others)} is needed all the same)" if overruled and others else ""
    words = ", ".join(SAID[way] for way in possible)
    yield f"Or, when a person answers for it, decide {ITS_PAGE}: {words}{cured}."


def _without_open_item(timeline: ReportTimeline, states: set[str]) -> Iterator[str]:
    if states & {"sending", "in_doubt"}:
        yield "Nothing yet: the next run of expense_sync looks for it in Intacct. It is not sent again before it is proven absent."
    if states & {"held", "rejected", "reversed", "deleted"}:
        yield (
            f"Run expense_sync for {timeline.read[-1]['processed_date'] if timeline.read else 'its processed date'}: "
            "it says whether the report is to be posted again, and asks a person where one must decide."
        )
    for document in timeline.documents:
        if _unknown(document):
            yield (
                f"Look at {document['number']} in Intacct: its state there is {document['intacct_state']}, which is not known "
                "here, so nobody can tell whether it is posted."
            )
    if "declined" in states:
        yield "In Intacct, submit again what was declined, or delete it there; the next run then asks what becomes of the report."
    if "altered" in states:
        yield "Compare it with Intacct, and correct it there."
    if any(map(_unknown, timeline.documents)):
        return
    if states == {"accepted"} or states == {"accepted", "in_gl"}:
        yield "Nothing: Intacct has it. Each run of expense_sync reads it back until it is in the general ledger."
    if states == {"in_gl"}:
        yield "Nothing: it is finished."
    if not states:
        yield from _nothing_posted(timeline)


def _nothing_posted(timeline: ReportTimeline) -> Iterator[str]:
    real = [row for row in timeline.planned if not timeline.loads[row["load_id"]]["preview"]]
    if real and real[-1]["action"] == "skip":
        yield _left_out(timeline, real[-1]["rule"])
    elif real and _undecided(timeline, real[-1]["load_id"]):
        yield "The whole run waits for a second person: Airflow, Required Actions, or the task approve of the run."
    elif real:
        yield "Clear the whole run in Airflow, so that it reads and plans afresh: it ended before the report's turn came."
    elif timeline.planned:
        yield "Run expense_sync for its processed date: only previews have planned it."
    else:
        yield "Look at the run that read it: it ended before it planned anything."


def _left_out(timeline: ReportTimeline, rule: str) -> str:
    decided = [row for row in timeline.decisions if row["decision"] == rule]
    if rule not in TAKEN_OUT or not decided:
        return f"Nothing: the newest plan leaves it out by rule {rule}."
    who = said(Decision(rule), decided[-1]["decided_by"], decided[-1]["record_no"])
    return f"Nothing: {who}. Was that a mistake, decide {ITS_PAGE}: take it back, or say what is right."


def _undecided(timeline: ReportTimeline, load_id: int) -> bool:
    decided = any(row["load_id"] == load_id for row in timeline.approvals)
    return not decided and any(row["load_id"] == load_id for row in timeline.above_limit)


def _documents(timeline: ReportTimeline) -> Table:
    return Table(
        caption="Documents",
        headings=("Number", "Kind", "Entity", "Payee", "Date", "State", "State in Intacct", "RECORDNO", "Total"),
        rows=tuple(
            (
                Cell(text=row["number"]),
                Cell(text=label_of(row["kind"])),
                Cell(text=row["entity"]),
                Cell(text=row["payee_id"]),
                Cell(text=str(row["posting_date"])),
                Cell(
                    text=f"{row['state']}{', adopted' if row['adopted'] else ''}", tone=_TONES.get(row["state"], "bad")
                ),
                Cell(text=_seen(row)),
                Cell(text=row["record_no"] or "", link=record_link(row)),
                Cell(text=money(row["total"], row["currency"]), amount=True),
            )
            for row in timeline.documents
        ),
    ).filled()


def _seen(row: dict[str, Any]) -> str:
    if not row["intacct_state"]:
        return "not seen yet"
    return (
        f"{row['intacct_state']}, seen {when(row['seen_at'], company_zone())}"
        if row["seen_at"]
        else row["intacct_state"]
    )


def record_link(row: dict[str, Any]) -> Link | None:
    """The way to a document in Intacct; None when what Intacct gave is no address to be followed."""
    url = HOSTS.link(row["record_url"] or "")
    if not row["record_no"] or not url:
        return None
    return Link(text=row["record_no"], to="record", url=url)


def _looks(row: dict[str, Any]) -> Iterator[Note]:
    if row["state"] in ("sending", "in_doubt", "held") and row["last_sent_at"]:
        times = f"{row['attempts']} {'time' if row['attempts'] == 1 else 'times'}"
        text = f"sent {times}, last at {when(row['last_sent_at'], company_zone())}"
        if row["absent_checks"]:
            text += f"; looked for and not found at {when(row['last_absent_at'], company_zone())} (look {row['absent_checks']})"
        yield Note(label=row["number"], text=text, tone="wait")
    if row["state"] not in ("accepted", "in_gl") and row["message"]:
        yield Note(label=row["number"], text=row["message"], tone="bad")


def _unknown(row: dict[str, Any]) -> bool:
    """Whether Intacct has a document in a state of which nobody knows what it means."""
    return (
        bool(row["intacct_state"])
        and kind_of(DocumentKind(row["kind"])).meaning(row["intacct_state"]) is Meaning.UNKNOWN
    )


def _standing(timeline: ReportTimeline) -> Tone:
    states = _states(timeline)
    return "good" if states and states <= {"accepted", "in_gl"} else "plain" if not states else "bad"


def _states(timeline: ReportTimeline) -> set[str]:
    """The states of the documents, each by its newest sequence: one may have been posted again, and others of the report not."""
    newest = {row["ordinal"]: row["state"] for row in sorted(timeline.documents, key=lambda row: int(row["sequence"]))}
    return set(newest.values())
