"""What a run did, in a line that a task hands to Airflow for the note of its run (:mod:`certify_intacct.runs.note_listener`).

A task has no way to write a note: neither Airflow's task SDK nor the API that tasks speak to knows one, and its public API wants a
person's sign-in. So the line is an XCom, and the scheduler, which sees the run end, appends it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from certify_intacct.model.currencies import amount_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from decimal import Decimal

    from airflow.sdk import Context

    from certify_intacct.staging.load_tally import Tally
    from certify_intacct.staging.manifest import Load

#: The key of the XCom.
NOTE = "run_note"
#: What each of our paragraphs begins with.
BEGINS = "Load "
_LONGEST = 400
_DONE = ("applied", "already")
_MOST_CURRENCIES = 6


def hand_over(context: Context, text: str) -> None:
    """Gives Airflow the line; the last one that a run gives is its note. Nobody is there to take it when a test runs a task alone."""
    task_instance = context.get("ti")
    if task_instance is not None:
        task_instance.xcom_push(key=NOTE, value=text[:_LONGEST])


def note(load: Load, link: str, *said: str) -> str:
    """The line: which load of which dates, what is said of it, and where to look.

    :param link: the address of the load's page
    """
    preview = ", a preview" if load.preview else ""
    return f"{BEGINS}{load.load_id}, {load.period}{preview}: {'; '.join(filter(None, said))}. [The load]({link})"


def done(load: Load, tally: Tally) -> str:
    """What a load did: documents in Intacct with their money, or changes at Certify, and what became of the others."""
    if load.direction == "expense":
        first = f"would post {planned(tally)}" if load.preview else f"posted {posted(tally)}"
    else:
        first = f"{_many(sum(tally.states.get(name, 0) for name in _DONE), 'change')} carried out"
    rest = [f"{number:,} {name.replace('_', ' ')}" for name, number in tally.states.items() if name not in _DONE]
    return ", ".join([first, *rest])


def posted(tally: Tally) -> str:
    """The documents of a load that stand in Intacct, and their money."""
    return f"{_many(sum(row.posted for row in tally.documents), 'document')}{money(tally.posted_amounts)}"


def planned(tally: Tally) -> str:
    """The documents that a load planned, and their money."""
    return f"{_many(sum(row.planned for row in tally.documents), 'document')}{money(tally.amounts)}"


def money(amounts: Mapping[str, Decimal]) -> str:
    """Amounts by currency in brackets; empty where there is none."""
    shown = [f"{_code(currency)} {amount_text(amount, currency, ',')}" for currency, amount in amounts.items()]
    more = [f"{len(shown) - _MOST_CURRENCIES} more currencies"] if len(shown) > _MOST_CURRENCIES else []
    return f" ({', '.join([*shown[:_MOST_CURRENCIES], *more])})" if shown else ""


def appended(there: str, ours: str, longest: int) -> str:
    """The note of a run with our paragraph at its end. What stands there is kept, whoever wrote it.

    Where the whole would be longer than Airflow takes, older paragraphs of ours make room, and without enough of it nothing is added.
    """
    paragraphs = [one for one in there.split("\n\n") if one.strip()]
    if ours in paragraphs:
        return there
    for again in [None, *(one for one in paragraphs if _OURS.fullmatch(one))]:
        if again is not None:
            paragraphs.remove(again)
        whole = "\n\n".join([*paragraphs, ours])
        if len(whole) <= longest:
            return whole
    return there


def told(lines: Iterable[str], failed: Iterable[str]) -> str | None:
    """Our paragraph: the last line that a task gave, and the tasks that failed."""
    last = [line for line in lines if line.startswith(BEGINS)][-1:]
    if not last:
        return None
    names = sorted(set(failed))
    return " ".join([*last, *([f"Failed: {', '.join(names)}."] if names else [])])


# A paragraph exactly as we write it, with nothing that a person added.
_OURS = re.compile(
    rf"{BEGINS}\d+, [\d-]+(?: to [\d-]+)?(?:, a preview)?: "
    r"(?:begun|(?:posted|would post) [\d,]+ documents?(?: \([\w()., -]*\))?|[\d,]+ changes? carried out|[\d,]+ reports compared)"
    r"(?:[,;] (?:[\d,]+ [a-z ]+|nothing waiting))*\. \[The load\]\([^)\s]*\)(?: Failed: \w+(?:, \w+)*\.)?"
)


def _many(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _code(currency: str) -> str:
    """A currency is what a service says it is, and a note is Markdown."""
    return re.sub(r"[^A-Za-z0-9]", "", currency)[:5] or "(none)"
