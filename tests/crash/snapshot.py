"""A database or a sandbox as it was at some moment, put back in milliseconds."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import psycopg
from psycopg import sql

SCHEMAS = ("ops", "staging", "quality", "plan", "ledger")
# What was asked is counted as often as it was asked, and a count that cannot be written down stops nothing.
_COUNTS = ("ops.api_use",)
# Numbers that a rolled-back attempt uses up.
_NUMBERS = ("change_id", "outcome_id", "document_id", "event_id")

Contents = dict[str, list[str]]


class DatabaseSnapshots:
    """Copies of all tables of ours, kept in the database itself.

    :param url: as an administrator: putting rows back goes past the triggers that let the ledger only grow
    """

    def __init__(self, url: str) -> None:
        self._connection = psycopg.connect(url, autocommit=True)
        self._connection.execute("SET session_replication_role = replica")
        self._tables: list[tuple[str, str]] = self._connection.execute(
            "SELECT schemaname, tablename FROM pg_tables WHERE schemaname = ANY(%s) ORDER BY 1, 2", [list(SCHEMAS)]
        ).fetchall()
        self._emptied = [sql.SQL("DELETE FROM {}").format(sql.Identifier(*place)) for place in self._tables]
        self._scripts: dict[str, sql.Composable] = {}
        self._read = self._reader()

    def close(self) -> None:
        """Ends the session."""
        self._connection.close()

    def take(self, name: str) -> None:
        """Keeps everything as it is now."""
        found = [
            (schema, table)
            for schema, table in self._tables
            if self._connection.execute(
                sql.SQL("SELECT 1 FROM {} LIMIT 1").format(sql.Identifier(schema, table))
            ).fetchone()
        ]
        copies = [
            sql.SQL("CREATE UNLOGGED TABLE {} AS TABLE {}").format(self._copy(name, place), sql.Identifier(*place))
            for place in found
        ]
        schema = sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(_kept(name)))
        self._connection.execute(sql.SQL("; ").join([schema, *copies]))
        sequences = self._connection.execute(
            "SELECT format('%I.%I', schemaname, sequencename), last_value FROM pg_sequences"
        ).fetchall()
        back = [
            sql.SQL("INSERT INTO {} OVERRIDING SYSTEM VALUE TABLE {}").format(
                sql.Identifier(*place), self._copy(name, place)
            )
            for place in found
        ]
        numbers = [
            sql.SQL("SELECT setval({}, {}, {})").format(sequence, value or 1, value is not None)
            for sequence, value in sequences
        ]
        # One string without parameters is one transaction.
        self._scripts[name] = sql.SQL("; ").join([*self._emptied, *back, *numbers])

    def restore(self, name: str) -> None:
        """Makes everything as it was."""
        self._connection.execute(self._scripts[name])

    def _copy(self, name: str, place: tuple[str, str]) -> sql.Identifier:
        return sql.Identifier(_kept(name), ".".join(place))

    def contents(self) -> Contents:
        """The rows of every table, without moments and the numbers that a rolled-back attempt uses up."""
        found: Contents = {}
        for table, row in self._connection.execute(self._read).fetchall():
            found.setdefault(table, []).append(row)
        return {table: sorted(rows) for table, rows in found.items()}

    def others(self) -> list[tuple[str, int]]:
        """Sessions of the loader that still live: their state, and how many advisory locks they hold."""
        return self._connection.execute(
            """
            SELECT a.state, (SELECT count(*) FROM pg_locks l WHERE l.pid = a.pid AND l.locktype = 'advisory')
            FROM pg_stat_activity a WHERE a.datname = current_database() AND a.usename = 'connector_loader'
            """
        ).fetchall()

    def _reader(self) -> sql.Composable:
        moments = [
            name
            for (name,) in self._connection.execute(
                """
                SELECT DISTINCT column_name FROM information_schema.columns
                WHERE table_schema = ANY(%s) AND data_type = 'timestamp with time zone'
                """,
                [list(SCHEMAS)],
            )
        ]
        return sql.SQL(" UNION ALL ").join(
            sql.SQL("SELECT {}, (to_jsonb(t) - {}::text[])::text FROM {} t").format(
                f"{schema}.{table}", [*moments, *_NUMBERS], sql.Identifier(schema, table)
            )
            for schema, table in self._tables
            if f"{schema}.{table}" not in _COUNTS
        )


def _kept(name: str) -> str:
    return f"kept {name}"


def differences(expected: Contents, found: Contents) -> list[str]:
    """What one has and the other has not, in words."""
    return [
        f"{table}: {word} {row}"
        for table in sorted(expected.keys() | found.keys())
        for word, some, others in (
            ("lost", expected.get(table, []), found.get(table, [])),
            ("too much", found.get(table, []), expected.get(table, [])),
        )
        for row in _without(some, others)
    ]


def _without(some: Iterable[str], others: Iterable[str]) -> list[str]:
    left = list(others)
    missing = []
    for row in some:
        if row in left:
            left.remove(row)
        else:
            missing.append(row)
    return missing


class SandboxSnapshot:
    """The records of some objects of both services, with their IDs."""

    OBJECTS = (
        *(
            ("intacct", name)
            for name in (
                "LOCATIONENTITY", "LOCATION", "DEPARTMENT", "VENDTYPE", "CONTACT", "VENDOR", "EMPLOYEE", "GLACCOUNT", "CREDITCARD",
                "SUPDOCFOLDER", "SUPDOC", "APBILL", "CCTRANSACTION",
            )
        ),
        *(
            ("certify", name)
            for name in ("departments", "empglds", "users", "expensecategories", "expensereports", "receipts")
        ),
    )  # fmt: skip

    def __init__(self, sandbox: Any) -> None:
        self._sandbox = sandbox
        self.records = self._now()

    def restore(self) -> None:
        """Forgets everything else; the memory of control IDs too."""
        self._sandbox.clear_faults()
        self._sandbox.reset()
        for (side, name), records in self.records.items():
            known = (
                {record["LOCATIONID"] for record in self._sandbox.state(side, name)} if name == "LOCATION" else set()
            )
            wanted = [record for record in records if record.get("LOCATIONID") not in known]
            if wanted:
                self._sandbox.load(side, name, wanted)

    def _now(self) -> dict[tuple[str, str], list[dict[str, Any]]]:
        return {(side, name): self._sandbox.state(side, name) for side, name in self.OBJECTS}

    def changes(self) -> set[tuple[str, str]]:
        """The objects that are not as they were."""
        return {place for place, records in self._now().items() if records != self.records[place]}
