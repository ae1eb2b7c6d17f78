"""The run manifest: which load belongs to which run, what it read, and how it ended."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from certify_intacct.model.errors import BadInput, GuardTripped
from certify_intacct.model.periods import Period
from certify_intacct.staging.bulk import Staged
from certify_intacct.staging.database import Connection

_CURE = "Clear the whole run, so that it opens a load of its own."


@dataclass(frozen=True, kw_only=True)
class Load:
    """A row of ``ops.load``.

    :param preview: nothing of it is ever sent. The column has the older word for it (``dry_run``), which workers of
        earlier versions write
    """

    load_id: int
    dag_id: str
    run_id: str
    run_type: str
    direction: str
    period: Period
    preview: bool
    entities: tuple[str, ...]
    config_hash: str
    state: str

    @property
    def sweeps(self) -> bool:
        """Whether it looks for what lies outside its dates: what earlier runs left open, late reports, posted ones that changed.

        Once a day is enough, so no run of a backfill does: it would cost each of them what it costs all. A person who starts a run
        by hand expects what was decided or cured since the daily one.
        """
        return self.run_type != "backfill"

    @property
    def planned(self) -> bool:
        """Whether its plan is made. It never changes, whichever task is cleared."""
        return self.state in ("planned", "previewed", "loaded")


def open_load(
    connection: Connection,
    *,
    dag_id: str,
    run_id: str,
    run_type: str,
    direction: str,
    period: Period,
    preview: bool,
    entities: Iterable[str],
    config_hash: str,
    code_version: str,
    actor: str,
) -> int:
    """Mints a load and returns its ID. Every call mints a new one: a retried or cleared run reads afresh."""
    row = connection.execute(
        """
        INSERT INTO ops.load (dag_id, run_id, run_type, direction, period_start, period_end, dry_run, entities,
                              config_hash, code_version, actor)
        VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) RETURNING load_id
        """,
        [
            dag_id,
            run_id,
            run_type,
            direction,
            period.start,
            period.end,
            preview,
            list(entities),
            config_hash,
            code_version,
            actor,
        ],
    ).fetchone()
    assert row is not None
    return int(row["load_id"])


def get_load(connection: Connection, load_id: int) -> Load:
    """The load with that ID.

    :raises BadInput: when there is none, or what it staged was deleted since
    """
    row = connection.execute("SELECT * FROM ops.load WHERE load_id = %s", [load_id]).fetchone()
    if row is None:
        raise _unknown(load_id)
    if row["staging_expired_at"] is not None:
        raise _expired(load_id)
    return Load(
        load_id=row["load_id"],
        dag_id=row["dag_id"],
        run_id=row["run_id"],
        run_type=row["run_type"],
        direction=row["direction"],
        period=Period(row["period_start"], row["period_end"]),
        preview=row["dry_run"],
        entities=tuple(row["entities"]),
        config_hash=row["config_hash"],
        state=row["state"],
    )


def require_own(connection: Connection, load_id: int, *, dag_id: str, run_id: str) -> None:
    """Refuses to work on the load of another run: its plan, its approval, its dates and who triggered it are that run's.

    Airflow hands the load's ID from task to task, and remembers it longer than a database that was restored from a backup, in which
    another run may have that ID by now.

    :raises BadInput: there is no such load
    :raises GuardTripped: it was opened by another run
    """
    row = connection.execute("SELECT dag_id, run_id FROM ops.load WHERE load_id = %s", [load_id]).fetchone()
    if row is None:
        raise _unknown(load_id)
    if (row["dag_id"], row["run_id"]) != (dag_id, run_id):
        raise GuardTripped(
            f"Load {load_id} was opened by run {row['run_id']} of {row['dag_id']}, and this is run {run_id} of {dag_id}.",
            where="the load of this run, nothing was done",
            cure="A run works on its own load alone: clear the whole run, so that it opens one.",
        )


def begin_reading(connection: Connection, load: Load) -> None:
    """What is read anew has to be judged anew.

    :raises GuardTripped: the load is planned already
    """
    require_unplanned(load)
    if load.state != "open":
        advance(connection, load.load_id, "open")


def require_unplanned(load: Load) -> None:
    """A load is planned once, of what it read before: what came to it later would be in no plan, and count as worked.

    :raises GuardTripped: it is planned already
    """
    if load.planned:
        raise GuardTripped(
            f"Load {load.load_id} is planned already, of what was read and judged before.",
            where=f"load {load.load_id}, nothing was changed",
            cure=_CURE,
        )


def require_no_preview(load: Load) -> None:
    """Nothing is ever sent of a load that was opened as a preview, whichever task asks.

    A preview has no such task today. A run that began as one under an earlier version, and is cleared, has.

    :raises GuardTripped: it was opened as a preview
    """
    if load.preview:
        raise _previewed(load.load_id, load.dag_id)


def require_never_previewed(connection: Connection, dag_id: str, run_id: str) -> None:
    """A run that has shown what it would do, and is cleared, does not do it.

    :raises GuardTripped: an earlier load of this run was a preview, as runs by hand were when a switch of the sync made it one
    """
    row = connection.execute(
        "SELECT load_id FROM ops.load WHERE dag_id = %s AND run_id = %s AND dry_run LIMIT 1", [dag_id, run_id]
    ).fetchone()
    if row:
        raise _previewed(row["load_id"], dag_id)


def require_judged(load: Load) -> None:
    """Nothing is planned of a load that `validate` has not passed, or that was refused since: whoever marks a task as success in
    Airflow does not do its work.

    :raises GuardTripped: it was stopped, or not judged at all
    """
    if load.state == "open":
        raise _skipped(
            load,
            f"Load {load.load_id} was not judged: its task `validate` has not passed it, whatever Airflow shows.",
            "validate",
        )
    if load.state == "stopped":
        raise _skipped(
            load,
            f"Load {load.load_id} was stopped: `validate` or `plan` refused what it read, whatever Airflow shows.",
            "validate",
            first="Cure what was refused.",
        )


def require_planned(load: Load) -> None:
    """Nothing is carried out, and no date counts as covered, of a load without a plan.

    :raises GuardTripped: its task `plan` has not come to its end
    """
    if load.state not in ("planned", "loaded"):
        raise _skipped(
            load,
            f"Load {load.load_id} has no plan: its task `plan` has not come to its end, whatever Airflow shows.",
            "plan",
        )


def _skipped(
    load: Load, what: str, task: str, *, first: str = "To mark a task as success is not to do its work."
) -> GuardTripped:
    return GuardTripped(
        what,
        where=f"load {load.load_id}, nothing was sent",
        cure=f"{first} Clear `{task}` with what follows it, or the whole run to read afresh.",
    )


def _previewed(load_id: int, dag_id: str) -> GuardTripped:
    return GuardTripped(
        f"Load {load_id} was opened as a preview.",
        where=f"{dag_id}, nothing was sent",
        cure="To post or to write, trigger a run of the sync for its dates.",
    )


def _unknown(load_id: int) -> BadInput:
    return BadInput(f"There is no load {load_id}.", where="ops.load", cure=_CURE)


def _expired(load_id: int) -> BadInput:
    return BadInput(
        f"What load {load_id} read was deleted from staging, because it is so old.",
        where="retention.staging_days of connector.yaml",
        cure=_CURE,
    )


def record_extract(
    connection: Connection, load_id: int, stream: str, staged: Staged, observed_at: datetime, read_as: str = ""
) -> None:
    """Notes that ``load_id`` read ``stream`` itself.

    :param read_as: of what (``Stream.read_as``)
    """
    connection.execute(
        """
        INSERT INTO ops.extract (load_id, stream, source_load_id, row_count, page_count, duplicates, observed_at, read_as)
        VALUES (%(load)s, %(stream)s, %(load)s, %(rows)s, %(pages)s, %(duplicates)s, %(at)s, %(read_as)s)
        ON CONFLICT (load_id, stream) DO UPDATE SET source_load_id = EXCLUDED.source_load_id, row_count = EXCLUDED.row_count,
            page_count = EXCLUDED.page_count, duplicates = EXCLUDED.duplicates, observed_at = EXCLUDED.observed_at,
            read_as = EXCLUDED.read_as
        """,
        {
            "load": load_id,
            "stream": stream,
            "rows": staged.rows,
            "pages": staged.pages,
            "duplicates": staged.duplicates,
            "at": observed_at,
            "read_as": read_as,
        },
    )


def reuse_extract(connection: Connection, load_id: int, stream: str, *, not_older_than: timedelta) -> datetime | None:
    """Lets ``load_id`` read the newest snapshot of ``stream`` that another load has made, when it is young enough.

    One of no pages is none: connector.yaml did not use the stream then, and it was not asked for.

    :returns: when that snapshot was observed, or None when there is none to reuse
    """
    row = connection.execute(
        """
        INSERT INTO ops.extract (load_id, stream, source_load_id, row_count, page_count, duplicates, observed_at, read_as)
        SELECT %(load)s, stream, source_load_id, row_count, 0, duplicates, observed_at, read_as FROM ops.extract
        WHERE stream = %(stream)s AND source_load_id = load_id AND load_id <> %(load)s AND page_count > 0
            AND observed_at > now() - %(age)s
        ORDER BY observed_at DESC LIMIT 1
        ON CONFLICT (load_id, stream) DO UPDATE SET source_load_id = EXCLUDED.source_load_id, row_count = EXCLUDED.row_count,
            page_count = 0, duplicates = EXCLUDED.duplicates, observed_at = EXCLUDED.observed_at, read_as = EXCLUDED.read_as
        RETURNING observed_at
        """,
        {"load": load_id, "stream": stream, "age": not_older_than},
    ).fetchone()
    return row["observed_at"] if row else None


def advance(connection: Connection, load_id: int, state: str, counts: Mapping[str, Any] | None = None) -> None:
    """Moves a load to ``state``, adds ``counts`` to its counts, and closes it when the state is a last one.

    :raises BadInput: what it staged was deleted meanwhile, so what was made of it is worth nothing
    """
    moved = connection.execute(
        """
        UPDATE ops.load SET state = %(state)s, counts = counts || %(counts)s::jsonb,
            closed_at = CASE WHEN %(state)s IN ('stopped', 'previewed', 'loaded') THEN now() END
        WHERE load_id = %(load)s AND staging_expired_at IS NULL
        """,
        {"load": load_id, "state": state, "counts": json.dumps(counts or {}, default=str)},
    )
    if not moved.rowcount:
        raise _expired(load_id)


def publish(connection: Connection, load_id: int, streams: Iterable[str], period: Period) -> None:
    """Makes ``load_id`` the current load of each stream for every date of the period, all at once."""
    connection.cursor().executemany(
        """
        INSERT INTO ops.published (stream, day, load_id) VALUES (%s, %s, %s)
        ON CONFLICT (stream, day) DO UPDATE SET load_id = EXCLUDED.load_id, published_at = now()
        """,
        [(stream, day, load_id) for stream in streams for day in period.dates()],
    )


def uncovered_dates(connection: Connection, direction: str, first: date, last: date) -> list[date]:
    """The dates from ``first`` to ``last`` that no run has loaded yet."""
    rows = connection.execute(
        """
        SELECT d::date AS day FROM generate_series(%s::date, %s::date, interval '1 day') d
        WHERE NOT EXISTS (SELECT 1 FROM ops.covered_date c WHERE c.direction = %s AND c.day = d::date) ORDER BY day
        """,
        [first, last, direction],
    ).fetchall()
    return [row["day"] for row in rows]
