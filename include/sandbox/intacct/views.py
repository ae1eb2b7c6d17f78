"""Objects that say in other words what others say: made anew when they are asked for."""

from __future__ import annotations

from include.sandbox.intacct.company import SIDE
from include.sandbox.intacct.records import Record
from include.sandbox.store import Store


def keep(store: Store, name: str, wanted: dict[str, Record]) -> None:
    """Have an object hold these rows, by their record numbers, and no others; rows that say the same stay as they are."""
    missing = dict(wanted)
    with store.transaction():
        for row in store.select(SIDE, name):
            now = missing.pop(row["RECORDNO"], None)
            if now is None:
                store.delete(SIDE, name, row["RECORDNO"])
            elif {field: row.get(field) for field in now} != now:
                store.update(SIDE, name, row["RECORDNO"], now)
        store.insert_many(SIDE, name, list(missing.values()))
