"""Whether the pools are there in which the tasks of a run wait for their turn: of one that is missing, Airflow says so in the
scheduler's log alone, and the run stands still for as long as nobody looks.

A task cannot ask Airflow for its pools, so this reads Airflow's database, as the role that reads its record.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import psycopg
from airflow.sdk.exceptions import AirflowNotFoundException

from certify_intacct.model.errors import ConnectorError
from certify_intacct.model.preflight import Outcome, PreflightRow
from certify_intacct.staging.airflow_record import RECORD_CONNECTION, pool_slots

ITEM = "Pools"
# Those of ``include/pools.json``: of the tasks up to a plan, and of those that post.
_READING, _POSTING = ("sage_intacct", "emburse_certify"), ("posting", "receipts")
_WHERE = "Airflow, Admin > Pools; `airflow pools import include/pools.json` makes all of them as shipped."


def pools(direction: str, *, preview: bool) -> tuple[str, ...]:
    """The pools in which tasks of a DAG wait.

    :param direction: ``organization`` or ``expense``
    :param preview: whether it is that of the preview, which sends nothing
    """
    return _READING + _POSTING if direction == "expense" and not preview else _READING


def rows(direction: str, *, preview: bool = False) -> list[PreflightRow]:
    """One row; none where nobody gave a way to ask.

    A pool that is missing stops a run before it stands still. One of no slots may be somebody's way to make it wait.
    """
    try:
        slots = pool_slots()
    except AirflowNotFoundException:
        return []
    except (psycopg.Error, ConnectorError) as error:
        return [_row(Outcome.UNKNOWN, f"{RECORD_CONNECTION}: {' '.join(str(error).split())}", required=False)]
    wanted = pools(direction, preview=preview)
    said = " ".join(_said(slots, wanted))
    if not said:
        return [_row(Outcome.PRESENT)]
    return [_row(Outcome.MISSING, said, required=not slots.keys() >= set(wanted))]


def in_the_way(direction: str) -> str:
    """What keeps tasks of a sync from beginning, with the cure; empty when nothing does, or nobody can say."""
    missing = [row for row in rows(direction) if row.outcome is Outcome.MISSING]
    return " ".join(f"{row.detail} {row.where_to_click}" for row in missing)


def _row(outcome: Outcome, detail: str = "", *, required: bool = True) -> PreflightRow:
    click = "" if outcome is Outcome.PRESENT else _WHERE
    return PreflightRow(
        area="Airflow", item=ITEM, outcome=outcome, required=required, detail=detail, where_to_click=click
    )


def _said(slots: Mapping[str, int], wanted: Sequence[str]) -> Iterator[str]:
    for pool in wanted:
        if pool not in slots:
            yield f"There is no pool {pool}: what waits in it never begins."
        elif slots[pool] == 0:
            yield f"The pool {pool} has 0 slots: what waits in it does not begin."
