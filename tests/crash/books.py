"""What must be true of both services and of the ledger once a run has ended, however it got there."""

from __future__ import annotations

from collections import Counter
from typing import Any

from certify_intacct.model.ledger import LedgerState, allowed

_OF_THE_MOMENT = {"RECORDNO", "RECORDKEY", "RECORD_URL", "AUWHENCREATED", "WHENMODIFIED", "LINE_NO", "WHENCREATED"}


def posted(sandbox: Any) -> dict[str, Any]:
    """Documents and attachments in Intacct by number, without what differs from one creation to the next; twice is twice."""
    found: dict[str, Any] = {}
    for name, key in (("APBILL", "RECORDID"), ("CCTRANSACTION", "RECORDID"), ("SUPDOC", "SUPDOCID")):
        counts: Counter[str] = Counter()
        for record in sandbox.state("intacct", name):
            counts[record[key]] += 1
            found[f"{name} {record[key]}, number {counts[record[key]]}"] = _plain(record)
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items() if name not in _OF_THE_MOMENT}
    return [_plain(item) for item in value] if isinstance(value, list) else value


def chains(rows: list[dict[str, Any]]) -> list[str]:
    """Gaps in the events of documents.

    :param rows: number and state of each document with before_state and after_state of each of its events, in order
    """
    problems = []
    standing: dict[str, LedgerState | None] = {}
    for row in rows:
        number, before, after = row["number"], row["before_state"], row["after_state"]
        if after is None:
            problems.append(f"{number} has no event at all.")
            continue
        before = LedgerState(before) if before else None
        if before != standing.get(number):
            problems.append(f"{number}: an event begins at {before}, the one before ended at {standing.get(number)}.")
        if not allowed(before, LedgerState(after)):
            problems.append(f"{number}: {after} does not follow on {before}.")
        standing[number] = LedgerState(after)
    problems += [
        f"{row['number']} is {row['state']}, and its last event says {standing[row['number']]}."
        for row in rows
        if row["number"] in standing and row["state"] != standing[row["number"]]
    ]
    return list(dict.fromkeys(problems))


CHAINS = """
    SELECT d.number, d.state, e.before_state, e.after_state FROM ledger.document d
    LEFT JOIN ledger.event e USING (document_id) ORDER BY d.document_id, e.event_id
"""


def compared(expected: dict[str, Any], found: dict[str, Any]) -> list[str]:
    """What is lost, twice or different."""
    return [
        *(f"{name} is lost." for name in sorted(expected.keys() - found.keys())),
        *(f"{name} is too much." for name in sorted(found.keys() - expected.keys())),
        *(
            f"{name} is {found[name]}"
            for name in sorted(expected.keys() & found.keys())
            if expected[name] != found[name]
        ),
    ]
