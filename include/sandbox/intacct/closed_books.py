"""The closing of books: through which day they are closed, by entity and subledger, and what the company keeps of it for reading.

XML-only objects by the vendor's list: CLOSEBOOKS and OPENBOOKS (close and open book log), APCLOSESUMMARY and APOPENSUMMARY. Their
fields are published nowhere, nor whether other subledgers have the like: all of that is a choice of ours, with settings.
"""

from __future__ import annotations

from datetime import date, datetime

from include.sandbox.intacct.catalog import load_catalog
from include.sandbox.intacct.records import time_text
from include.sandbox.store import Store

SIDE = "intacct"
CLOSED_BOOKS = "closed_books"
ALL = "*"
#: By what is closed the objects that log it: closings, and openings. Closing the general ledger closes all subledgers.
LOGS = {
    "GL": ("CLOSEBOOKS", "OPENBOOKS"),
    **{book: (f"{book}CLOSESUMMARY", f"{book}OPENSUMMARY") for book in ("AP", "CM", "EE")},
}
SUMMARIES = frozenset(name for book, names in LOGS.items() if book != "GL" for name in names)

Books = dict[str, dict[str, str]]


def closed_books(store: Store) -> Books:
    """Through which day the books are closed (mm/dd/yyyy), by entity and subledger; ``*`` is all."""
    return {place: dict(closed) for place, closed in (store.get_meta(CLOSED_BOOKS) or {}).items()}


def close(store: Store, day: date, entity: str, book: str, now: datetime) -> Books:
    """Closes books of an entity through a day, and logs it.

    :param book: a subledger, or ``*``
    """
    found = closed_books(store)
    found.setdefault(entity, {})[book] = f"{day:%m/%d/%Y}"
    store.set_meta(CLOSED_BOOKS, found)
    _log(store, 0, entity, book, f"{day:%m/%d/%Y}", now)
    return found


def reopen(store: Store, entity: str, book: str, now: datetime) -> Books:
    """Opens books wholly, and logs what was opened."""
    found = closed_books(store)
    for place in list(found) if entity == ALL else [entity]:
        for one in list(found.get(place, {})) if book == ALL else [book]:
            if day := found.get(place, {}).pop(one, None):
                _log(store, 1, place, one, day, now)
    found = {place: closed for place, closed in found.items() if closed}
    store.set_meta(CLOSED_BOOKS, found)
    return found


def _log(store: Store, which: int, entity: str, book: str, day: str, now: datetime) -> None:
    """:param which: 0 for a closing, 1 for an opening"""
    names = LOGS.get("GL" if book == ALL else book)
    if names is None:
        return
    own = "" if entity == ALL else entity
    found = store.find(SIDE, "LOCATIONENTITY", "LOCATIONID", own) if own else []
    record = {
        "ASOFDATE": day,
        "ENTEREDON": f"{now:%m/%d/%Y}",
        "LOCATIONID": own,
        "LOCATIONKEY": found[0]["RECORDNO"] if found else "",
        "WHENCREATED": time_text(now),
    }
    kind = load_catalog()[names[which]]
    store.insert(SIDE, kind.name, {name: value for name, value in record.items() if name in kind.fields})
