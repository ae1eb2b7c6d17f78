"""What no migration may lose: the ledger says what was posted, and nothing else does.

A migration may add columns, tables, views and triggers. It may not drop, rename or rewrite what the ledger holds, nor switch off the
triggers that let it only grow. What it did is looked at before it is committed; a new column counts as no change. A column that a
migration has to write anew is declared there (``rewrites``), with what must come of each value, and exactly that is looked at.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql

# The table of transitions belongs to the code, and changes with it.
_OF_THE_CODE = ("transition",)
_WAIT_SECONDS = 30


class LedgerChanged(RuntimeError):
    """A migration would have lost or rewritten something that the ledger holds; it was rolled back."""


class LedgerInUse(RuntimeError):
    """Somebody writes to the ledger, so it cannot be migrated."""


@dataclass(frozen=True)
class _Table:
    columns: tuple[str, ...]
    rows: int
    digest: str


class Kept:
    """The ledger as it was before migrations.

    :param connection: inside of the transaction that migrates
    :param rewrites: by table and column the SQL of what must come of its values; of a value that is as it shall be, itself
    :raises LedgerInUse: somebody writes to it, and did not finish within half a minute
    """

    def __init__(self, connection: psycopg.Connection[Any], rewrites: Mapping[tuple[str, str], str]) -> None:
        self._connection = connection
        self._rewrites = rewrites
        names = self._names()
        self._lock(names)
        self._tables = {name: self._table(name, self._columns(name)) for name in names}
        self._triggers = self._enabled_triggers()

    def check(self) -> None:
        """Looks whether everything is still there.

        :raises LedgerChanged: it is not
        """
        if problems := [*self._differences()]:
            raise LedgerChanged(
                "This migration was rolled back, because the ledger would not be what it was: " + " ".join(problems)
            )

    def _differences(self) -> Iterator[str]:
        names = self._names()
        for name, before in self._tables.items():
            if name not in names:
                yield f"ledger.{name} with {before.rows} rows is gone."
                continue
            if missing := [column for column in before.columns if column not in self._columns(name)]:
                yield f"ledger.{name} has no {', '.join(missing)} any more."
                continue
            after = self._table(name, before.columns)
            if after.rows != before.rows:
                yield f"ledger.{name} has {after.rows} rows instead of {before.rows}."
            elif after != before:
                yield f"ledger.{name} has other contents."
        for table, trigger in sorted(self._triggers - self._enabled_triggers()):
            yield f"The trigger {trigger} of ledger.{table} is off or gone."

    def _names(self) -> list[str]:
        rows = self._connection.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'ledger' AND tablename <> ALL(%s) ORDER BY 1",
            [list(_OF_THE_CODE)],
        ).fetchall()
        return [row[0] for row in rows]

    def _lock(self, names: list[str]) -> None:
        # What a run adds meanwhile would look like a change.
        self._connection.execute(f"SET LOCAL lock_timeout = '{_WAIT_SECONDS}s'")
        try:
            for name in names:
                self._connection.execute(
                    sql.SQL("LOCK TABLE {} IN SHARE ROW EXCLUSIVE MODE").format(sql.Identifier("ledger", name))
                )
        except psycopg.errors.LockNotAvailable:
            raise LedgerInUse(
                "Somebody writes to the ledger, so it is not migrated. Pause the DAGs, let running tasks end, and migrate again."
            ) from None

    def _columns(self, name: str) -> tuple[str, ...]:
        rows = self._connection.execute(
            """
            SELECT column_name FROM information_schema.columns WHERE table_schema = 'ledger' AND table_name = %s
            ORDER BY ordinal_position
            """,
            [name],
        ).fetchall()
        return tuple(row[0] for row in rows)

    def _table(self, name: str, columns: tuple[str, ...]) -> _Table:
        # As text: 1.0 and 1.00 are the same number, and not the same record of what was sent.
        query = sql.SQL("SELECT count(*), coalesce(sum(hashtextextended(ROW({})::text, 0)::numeric), 0)::text FROM {}")
        row = self._connection.execute(
            query.format(
                sql.SQL(", ").join(self._value(name, column) for column in columns), sql.Identifier("ledger", name)
            )
        ).fetchone()
        assert row is not None
        return _Table(columns=columns, rows=row[0], digest=row[1])

    def _value(self, table: str, column: str) -> sql.Composable:
        rewritten = self._rewrites.get((table, column))
        return sql.SQL(rewritten) if rewritten else sql.Identifier(column)

    def _enabled_triggers(self) -> set[tuple[str, str]]:
        rows = self._connection.execute(
            """
            SELECT c.relname, t.tgname FROM pg_trigger t
            JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname = 'ledger' AND NOT t.tgisinternal AND t.tgenabled IN ('O', 'A')
            """
        ).fetchall()
        return {(row[0], row[1]) for row in rows}
