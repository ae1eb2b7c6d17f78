"""Through which day a company's books are closed, as far as this company shows it; what it does not show is never guessed.

Nobody publishes what `get_closedbooksdate` answers, nor the fields of the logs: CLOSEBOOKS and OPENBOOKS (close and open book log),
APCLOSESUMMARY and APOPENSUMMARY, and what other subledgers may have of that kind (developer.intacct.com, XML-only objects).
`lookup` says which of them there are. A log is believed in one shape only: with one date, the time at which it was written, and the
ID of an entity that is known.

Closing the general ledger closes all subledgers; each of them can be closed and opened alone (Sage Intacct help, Close books).
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime
from threading import Event
from typing import TYPE_CHECKING, Any

from certify_intacct.intacct import definitions
from certify_intacct.intacct.functions import lookup
from certify_intacct.intacct.values import parse_date, parse_timestamp
from certify_intacct.model.errors import (
    BadInput,
    ConnectorError,
    CredentialsRefused,
    FunctionFailed,
    GuardTripped,
    IncompleteAnswer,
    PermissionDenied,
    RequestRefused,
)
from certify_intacct.transport.progress import Progress
from certify_intacct.transport.side_by_side import with_each

if TYPE_CHECKING:
    from certify_intacct.intacct.definitions import ObjectDefinition
    from certify_intacct.intacct.hook import SageIntacctHook

log = logging.getLogger(__name__)

GENERAL_LEDGER = "GL"
#: By what is closed the logs of closings and of openings, those of subledgers after the name of AP's.
LOGS = {
    GENERAL_LEDGER: ("CLOSEBOOKS", "OPENBOOKS"),
    **{book: (f"{book}CLOSESUMMARY", f"{book}OPENSUMMARY") for book in ("AP", "CM", "EE")},
}
FUNCTION = "get_closedbooksdate"
#: The function is asked inside each entity, a request each: of more than these nothing is known by it.
MOST_ENTITIES = 500
#: So many entities may refuse to tell. That one does says nothing of the others; that these do, that nobody will.
MOST_REFUSALS = 3

_PLACES = ("LOCATIONID", "ENTITYID", "ENTITY")
_TIMES = ("WHENCREATED", "AUWHENCREATED")
# Nothing follows from them but that nothing is known. A service that cannot be reached is another matter.
_NOT_KNOWN = (PermissionDenied, FunctionFailed, RequestRefused, IncompleteAnswer, BadInput)
# Asked anew in each entity, a refusal of the sign-in could lock the user out.
_NO_ENTRY = (CredentialsRefused, GuardTripped)


@dataclass(frozen=True, kw_only=True)
class BooksState:
    """What one source says of the books of one entity.

    :param entity: empty in a company without entities
    :param book: GL, or a subledger that can be closed alone
    :param through: the last closed day; None: the source names none
    :param source: the function or object that says so
    :param opened: when the books were opened last, by the log; empty when they never were
    """

    entity: str
    book: str
    through: date | None
    source: str
    opened: str = ""


@dataclass(frozen=True, kw_only=True)
class BooksRead:
    """What was told.

    :param by_function: in how many entities the function was to be asked, since no log tells of them
    :param asked: in how many of these it was
    """

    states: Sequence[BooksState] = ()
    by_function: int = 0
    asked: int = 0


@dataclass(frozen=True, kw_only=True)
class _Event:
    """A line of a log. ``place`` is empty for the whole company."""

    at: datetime
    opening: bool
    place: str
    book: str
    day: date

    def opens(self, place: str, book: str) -> bool:
        """Whether it may concern what is closed there."""
        return self.opening and (self.place in ("", place) or not place) and self.book in (GENERAL_LEDGER, book)


def read(
    hooks: Sequence[SageIntacctHook],
    *,
    without_entities: bool = False,
    only: Collection[str] | None = None,
    most: int = MOST_ENTITIES,
) -> BooksRead:
    """What the company shows of its closed books.

    :param hooks: as many entities are asked side by side
    :param without_entities: connector.yaml says that it has none, so none are asked for
    :param only: the function is asked in none but these entities, by ID; None: in all
    :param most: and in no more than so many
    :raises ConnectorError: Intacct could not be asked (network, sign-in)
    """
    hook = hooks[0]
    entities: list[str] = []
    known: set[str] = set()
    if not without_entities:
        try:
            # A connection that works inside an entity may enter no other.
            entities = [hook.entity_id] if hook.entity_id else [entity.id for entity in hook.entity_details()]
            known = {
                str(record["LOCATIONID"]) for record in hook.query_all("LOCATIONENTITY", ["RECORDNO", "LOCATIONID"])
            }
        except _NOT_KNOWN as error:
            log.info("Which entities there are is not known, so neither is what is closed there: %s", error)
            return BooksRead()
    logs = _logs(hook, known)
    states = [*_by_log(logs, entities or [""])]
    told = {state.entity for state in states if state.book == GENERAL_LEDGER}
    wanted = entities if only is None or hook.entity_id else [one for one in entities if one in only]
    left = [one for one in (wanted if entities else [""]) if one not in told]
    days, answered = _by_function(hooks, left[:most])
    return BooksRead(states=[*states, *days], by_function=len(left), asked=answered)


def _logs(hook: SageIntacctHook, entities: Collection[str]) -> dict[str, list[_Event]]:
    """The events of each book whose closings and openings can both be read: of one without the other nothing follows."""
    names = [name for pair in LOGS.values() for name in pair]
    described = {
        name: definitions.object_definition(name, result.records)
        for name, result in zip(names, hook.send([lookup(name) for name in names]), strict=True)
        if result.succeeded
    }
    found = {}
    for book, pair in LOGS.items():
        if not all(name in described for name in pair):
            continue
        try:
            found[book] = [
                event
                for name in pair
                for event in _events(hook, described[name], book, entities, opening=name == pair[1])
            ]
        except _NOT_KNOWN as error:
            log.warning("What %s and %s say of closed books is not used: %s", *pair, error)
    return found


def _events(
    hook: SageIntacctHook, definition: ObjectDefinition, book: str, entities: Collection[str], *, opening: bool
) -> Iterator[_Event]:
    """The lines of a log.

    :raises BadInput: it is of another shape, or holds a value that nobody can read
    """
    fields = definition.fields
    dates = [field.name for field in fields.values() if field.datatype == "DATE" and not field.custom]
    time = next((name for name in _TIMES if name in fields), None)
    place = next((name for name in _PLACES if name in fields), None)
    if len(dates) != 1 or time is None or (entities and place is None):
        raise BadInput(
            f"{definition.name} has not one date, a time and an entity, but {', '.join(fields) or 'nothing'}."
        )
    wanted = ["RECORDNO", dates[0], time, *([place] if place and entities else [])]
    for record in hook.query_all(definition.name, wanted):
        where = str(record.get(place or "") or "") if entities else ""
        if where and where not in entities:
            raise BadInput(f"{definition.name} {record.get('RECORDNO')} is about {where!r}, which is no entity's ID.")
        at, day = parse_timestamp(str(record.get(time) or "")), parse_date(str(record.get(dates[0]) or ""))
        if at is None or day is None:
            raise BadInput(f"{definition.name} {record.get('RECORDNO')} has no date or no time.")
        yield _Event(at=at, opening=opening, place=where, book=book, day=day)


def _by_log(logs: Mapping[str, Sequence[_Event]], entities: Sequence[str]) -> Iterator[BooksState]:
    events = [event for found in logs.values() for event in found]
    closed = _standing(events)
    for entity in entities:
        for book in logs:
            days = [day for place in {entity, ""} if (day := closed.get((place, book)))]
            opened = max((str(event.at) for event in events if event.opens(entity, book)), default="")
            yield BooksState(
                entity=entity, book=book, through=max(days, default=None), source=LOGS[book][0], opened=opened
            )


def _standing(events: Sequence[_Event]) -> dict[tuple[str, str], date]:
    """What is closed after all that was logged, by place and book.

    An opening ends every closing that it may concern, for nobody knows what its date means: what stays closed is learnt from refusals.
    """
    closed: dict[tuple[str, str], date] = {}
    # Of two in one second nobody knows which came first: the opening, as far as claims go, is the later one.
    for event in sorted(events, key=lambda event: (event.at, event.opening)):
        if not event.opening:
            closed[event.place, event.book] = event.day
            continue
        for place, book in list(closed):
            if event.opens(place, book):
                del closed[place, book]
    return closed


def _by_function(hooks: Sequence[SageIntacctHook], entities: Sequence[str]) -> tuple[list[BooksState], int]:
    """What the function says inside each entity, and how many were asked; at top level, only of a company without entities.

    Above entities nobody knows whether it tells what is closed for all of them, or the latest day of any.
    """
    for hook in hooks:
        # Airflow is asked for connections by one thread.
        hook.get_conn()
    # Whoever comes after a refused sign-in signs in no more.
    refused = Event()

    def said_in(hook: SageIntacctHook, entity: str) -> date | ConnectorError | None:
        if refused.is_set():
            return None
        found = _said(hook, entity)
        if isinstance(found, _NO_ENTRY):
            refused.set()
        return found

    states: list[BooksState] = []
    asked = refusals = 0
    progress = Progress("Entities asked what is closed there", len(entities))
    with closing(with_each(hooks, said_in, entities)) as answers:
        for entity, said in zip(entities, answers, strict=True):
            progress.step()
            asked += 1
            if isinstance(said, ConnectorError):
                log.info("%s does not tell which books are closed: %s", FUNCTION, said)
                refusals += 1
                if isinstance(said, _NO_ENTRY) or refusals == MOST_REFUSALS:
                    break
            elif said is not None:
                states.append(BooksState(entity=entity, book=GENERAL_LEDGER, through=said, source=FUNCTION))
    return states, asked


def _said(hook: SageIntacctHook, entity: str) -> date | ConnectorError | None:
    """The day that it says; an error that says that nothing is known there."""
    try:
        return hook.closed_books_date(entity=entity or None)
    except (*_NOT_KNOWN, *_NO_ENTRY) as error:
        return error


def record_of(state: BooksState) -> dict[str, Any]:
    """The same in the form of a record of Intacct, as it is staged (``streams.reference.INTACCT_CLOSED_BOOKS``)."""
    place = f"{state.entity} {state.book}".strip()
    return {
        "KEY": f"{place} {state.source}",
        "PLACE": place,
        "ENTITY": state.entity,
        "BOOK": state.book,
        "THROUGH": state.through.isoformat() if state.through else "",
        "SOURCE": state.source,
        "OPENED": state.opened,
    }
