"""Every way in which a connection can be refused, at once. Only for tests: a copy of this file stands among the DAGs."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime

from airflow.sdk import dag

from certify_intacct.notifications.failure import FailureNotifier
from certify_intacct.operators.certify_to_staging import CertifyToStagingOperator
from certify_intacct.operators.intacct_to_staging import SageIntacctToStagingOperator
from certify_intacct.operators.open_load import OpenLoadOperator
from certify_intacct.operators.run_report import RunReportOperator

CONNECTIONS = json.loads(os.environ["REFUSED_CONNECTIONS"])


@dag(
    schedule=None,
    start_date=datetime(2020, 1, 1, tzinfo=UTC),
    default_args={"on_failure_callback": FailureNotifier()},
    on_failure_callback=FailureNotifier(),
    params={"period_start": None, "period_end": None},
)
def everything_refused() -> None:
    opened = OpenLoadOperator(task_id="open_load", direction="organization", preview=True)
    SageIntacctToStagingOperator.partial(
        task_id="intacct",
        stream="intacct_departments",
        load_id=opened.output,
        map_index_template="{{ task.intacct_conn_id }}",
    ).expand(intacct_conn_id=CONNECTIONS["intacct"])
    CertifyToStagingOperator.partial(
        task_id="certify",
        stream="certify_departments",
        load_id=opened.output,
        map_index_template="{{ task.certify_conn_id }}",
    ).expand(certify_conn_id=CONNECTIONS["certify"])
    RunReportOperator.partial(task_id="database", load_id=1).expand(connector_db_conn_id=CONNECTIONS["database"])


everything_refused()
