"""What Airflow's own database says and a task cannot ask Airflow for, read as a role that sees those columns alone."""

from __future__ import annotations

import logging

import psycopg
from airflow.sdk import BaseHook
from airflow.sdk.exceptions import AirflowNotFoundException
from psycopg import sql

from certify_intacct.model.errors import ConnectorError
from certify_intacct.staging.database import Database

log = logging.getLogger(__name__)

RECORD_CONNECTION = "airflow_record_db"

#: Of a run ``r``, who started backfills of it, the newest last: at a run that was there before, Airflow keeps who triggered it first.
BACKFILLED_BY = sql.SQL("""
    ARRAY(
        SELECT b.triggering_user_name FROM backfill_dag_run x JOIN backfill b ON b.id = x.backfill_id
        WHERE x.dag_run_id = r.id AND b.triggering_user_name IS NOT NULL ORDER BY b.id
    )
""")


def record() -> Database:
    """Airflow's own database.

    :raises AirflowNotFoundException: nobody gave the connection
    """
    return Database.of(BaseHook.get_connection(RECORD_CONNECTION))


def pool_slots() -> dict[str, int]:
    """The slots of each pool that Airflow has; below zero they have no end.

    :raises AirflowNotFoundException: nobody gave the connection
    :raises psycopg.Error, ConnectorError: it does not lead to a database of Airflow as this version knows it
    """
    with record().connection() as connection:
        return {row["pool"]: row["slots"] for row in connection.execute("SELECT pool, slots FROM slot_pool").fetchall()}


def backfilled_by(dag_id: str, run_id: str) -> str:
    """Who started the newest backfill of a run; empty when nobody did, or where Airflow's record cannot be read."""
    try:
        with record().connection() as connection:
            row = connection.execute(
                sql.SQL("SELECT {} AS names FROM dag_run r WHERE r.dag_id = %s AND r.run_id = %s").format(
                    BACKFILLED_BY
                ),
                [dag_id, run_id],
            ).fetchone()
    except AirflowNotFoundException:
        return ""
    except (psycopg.Error, ConnectorError) as error:
        log.warning(
            "Who started this backfill cannot be read over %s: %s", RECORD_CONNECTION, " ".join(str(error).split())
        )
        return ""
    return str(row["names"][-1]) if row and row["names"] else ""
