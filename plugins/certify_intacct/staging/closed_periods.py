"""What is known of closed periods: what Intacct said when the load read it, and what it refused, which tells of one day each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from certify_intacct.model.references import ClosedThrough
from certify_intacct.staging.database import Connection
from certify_intacct.staging.ledger_reads import LedgerDocument
from certify_intacct.staging.reference import passed

STREAM = "intacct_closed_books"
#: Into which all subledgers lead: closed, it closes them.
GENERAL_LEDGER = "GL"
SUBLEDGERS = ("AP", "CM", "EE", GENERAL_LEDGER)
# How long a day that Intacct refused is taken for closed without asking again: less than from one daily run to the next.
_BELIEVED = timedelta(hours=20)
# A search for the first open day goes on from run to run, a day in each: from one daily run to the next, with some delay.
_SEARCHED = timedelta(hours=44)

Place = tuple[str, str]


@dataclass(frozen=True, kw_only=True)
class KnownClosed:
    """What is known, by entity and subledger.

    :param through: the last closed day
    :param days: days that Intacct refused, each for itself
    """

    through: Mapping[Place, ClosedThrough] = field(default_factory=dict)
    days: Mapping[Place, frozenset[date]] = field(default_factory=dict)


def known(connection: Connection, load_id: int, intacct_company: str, *, moving: bool) -> KnownClosed:
    """What a load read, and what was refused.

    A refusal is believed for less than a day: what a period is differs by company, and it may be opened again. A younger reading of
    both the subledger and the general ledger overrules it at once, when it names the day as open and says something else than what was
    read before the refusal: what Intacct said then, it has contradicted.

    :param moving: documents go to the first open day; as long as that is being looked for, nothing that was refused is forgotten
    """
    said = _said(connection, load_id)
    through = {place: last for place in said if (last := _last(said, place))}
    days: dict[Place, set[date]] = defaultdict(set)
    earlier: dict[int | None, dict[Place, _Said]] = {None: {}}
    for refusal in _refused(connection, intacct_company, moving=moving):
        if refusal.reading is not None and refusal.reading not in earlier:
            earlier[refusal.reading] = _said(connection, refusal.reading)
        if not _overruled(refusal, said.get(refusal.place), earlier[refusal.reading].get(refusal.place)):
            days[refusal.place].add(refusal.day)
    return KnownClosed(through=through, days={place: frozenset(found) for place, found in days.items()})


@dataclass(frozen=True, kw_only=True)
class _Said:
    """What was read of a subledger, and of the general ledger below it; ``whole``: something was of both.

    :param words: all of it, to be compared
    """

    closed: tuple[ClosedThrough, ...]
    whole: bool
    read_at: datetime
    words: frozenset[tuple[str, ...]]


@dataclass(frozen=True, kw_only=True)
class _Refusal:
    """:param reading: the load that had read the general ledger of its entity last, when it was refused"""

    place: Place
    day: date
    learnt_at: datetime
    reading: int | None


def _overruled(refusal: _Refusal, now: _Said | None, then: _Said | None) -> bool:
    if now is None or not now.whole or now.read_at <= refusal.learnt_at:
        return False
    closed = any(refusal.day <= one.day for one in now.closed)
    return not closed and (then is None or then.words != now.words)


def _said(connection: Connection, load_id: int) -> dict[Place, _Said]:
    row = connection.execute(
        "SELECT observed_at FROM ops.extract WHERE load_id = %s AND stream = %s", [load_id, STREAM]
    ).fetchone()
    states: dict[Place, list[ClosedThrough | None]] = defaultdict(list)
    words: dict[Place, set[tuple[str, ...]]] = defaultdict(set)
    for listed in passed(connection, load_id, STREAM):
        day = listed.text("through")
        closed = ClosedThrough(day=date.fromisoformat(day), source=listed.text("source")) if day else None
        place = (listed.text("entity_id"), listed.text("book"))
        states[place].append(closed)
        words[place].add((*place, day, listed.text("source"), listed.text("opened")))
    if row is None or not states:
        return {}
    return {
        (entity, book): _Said(
            closed=tuple(one for below in {book, GENERAL_LEDGER} for one in states.get((entity, below), ()) if one),
            whole=all(states.get((entity, below)) for below in (book, GENERAL_LEDGER)),
            read_at=row["observed_at"],
            words=frozenset(one for below in {book, GENERAL_LEDGER} for one in words.get((entity, below), ())),
        )
        for entity in {entity for entity, _ in states}
        for book in SUBLEDGERS
    }


def _last(said: Mapping[Place, _Said], place: Place) -> ClosedThrough | None:
    return max(said[place].closed, key=lambda one: (one.day, one.source), default=None)


def _refused(connection: Connection, intacct_company: str, *, moving: bool) -> list[_Refusal]:
    rows = connection.execute(
        """
        SELECT entity, subledger, day, learnt_at, (
            SELECT x.load_id FROM ops.extract x
            WHERE x.stream = %(stream)s AND x.source_load_id = x.load_id AND x.observed_at <= refused.learnt_at AND EXISTS (
                SELECT FROM staging.reference r WHERE (r.load_id, r.stream) = (x.load_id, x.stream)
                  AND r.attributes ->> 'entity_id' = refused.entity AND r.attributes ->> 'book' = %(ledger)s
            )
            ORDER BY x.observed_at DESC LIMIT 1
        ) AS reading FROM (
            SELECT entity, subledger, day, learnt_at, max(learnt_at) OVER (PARTITION BY entity, subledger) AS latest
            FROM ledger.closed_date WHERE intacct_company = %(company)s
        ) AS refused
        WHERE learnt_at > now() - %(believed)s OR (%(moving)s AND latest > now() - %(searched)s)
        """,
        {
            "company": intacct_company,
            "believed": _BELIEVED,
            "moving": moving,
            "searched": _SEARCHED,
            "stream": STREAM,
            "ledger": GENERAL_LEDGER,
        },
    ).fetchall()
    return [
        _Refusal(
            place=(row["entity"], row["subledger"]), day=row["day"], learnt_at=row["learnt_at"], reading=row["reading"]
        )
        for row in rows
    ]


def learn(connection: Connection, document: LedgerDocument, subledger: str, message: str) -> None:
    """Remembers, from now on, that a document's date was refused for its entity and subledger."""
    key = [document.intacct_company, document.entity, subledger, document.posting_date]
    connection.execute(
        "DELETE FROM ledger.closed_date WHERE (intacct_company, entity, subledger, day) = (%s, %s, %s, %s)", key
    )
    connection.execute(
        """
        INSERT INTO ledger.closed_date (intacct_company, entity, subledger, day, message)
        VALUES (%s, %s, %s, %s, %s) ON CONFLICT DO NOTHING
        """,
        [*key, message],
    )
