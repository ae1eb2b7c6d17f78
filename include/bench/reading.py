"""One measurement of the benchmark, run in a process of its own: prints its figures as a line of JSON."""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from collections.abc import Callable
from datetime import date

import requests
from lxml import etree

FIELDS = ("RECORDNO", "DEPARTMENTID", "TITLE", "PARENTID", "STATUS")
PAGE = 2000

QUERY = """<?xml version="1.0" encoding="UTF-8"?>
<request><control><senderid>sandbox_sender</senderid><password>sandbox_sender_password</password><controlid>bench</controlid>
<uniqueid>false</uniqueid><dtdversion>3.0</dtdversion><includewhitespace>false</includewhitespace></control>
<operation><authentication><login><userid>xml_gateway</userid><companyid>SANDBOX</companyid>
<password>sandbox_user_password</password></login></authentication><content><function controlid="page"><query>
<object>DEPARTMENT</object><select>{fields}</select><orderby><order><field>RECORDNO</field><ascending/></order></orderby>
<options><showprivate>true</showprivate></options><pagesize>{page}</pagesize><offset>{offset}</offset>
</query></function></content></operation></request>"""


def bare() -> int:
    """Downloads and parses every page, and keeps nothing."""
    rows = offset = 0
    fields = "".join(f"<field>{name}</field>" for name in FIELDS)
    with requests.Session() as session:
        session.trust_env = False
        while True:
            answer = session.post(
                os.environ["BENCH_SANDBOX"] + "/ia/xml/xmlgw.phtml",
                data=QUERY.format(fields=fields, page=PAGE, offset=offset).encode(),
                headers={"Content-Type": "application/xml"},
                timeout=60,
            )
            data = etree.fromstring(answer.content).find(".//data")
            if data is None:
                raise SystemExit(f"The sandbox answered without data: {answer.text[:500]}")
            records = [{child.tag: child.text for child in record} for record in data]
            rows += len(records)
            offset += PAGE
            if not records or data.get("numremaining") == "0":
                return rows


def extraction() -> Callable[[], int]:
    """What the extract task does: the same pages, checked, converted and copied into PostgreSQL. The load was opened before."""
    # A task's process has all of it: Airflow's supervisor makes it as a copy of itself.
    from airflow.sdk.execution_time import supervisor  # noqa: F401

    import certify_intacct.intacct.hook
    import certify_intacct.staging.bulk  # noqa: F401
    from certify_intacct.model.periods import Period
    from certify_intacct.operators.intacct_to_staging import SageIntacctToStagingOperator
    from certify_intacct.staging.manifest import open_load

    def task(load_id: int) -> SageIntacctToStagingOperator:
        return SageIntacctToStagingOperator(task_id="bench", load_id=load_id, stream="intacct_departments")

    today = date(2026, 1, 1)
    with task(0).database.connection() as connection:
        load_id = open_load(
            connection,
            dag_id="bench",
            run_id="bench",
            run_type="manual",
            direction="organization",
            period=Period(today, today),
            preview=True,
            entities=[],
            config_hash="",
            code_version="",
            actor="bench",
        )
    operator = task(load_id)
    return lambda: int(operator.execute({})["rows"])


def main() -> int:
    work = {"bare": lambda: bare, "staged": extraction}[sys.argv[1]]()
    started = time.perf_counter()
    rows = work()
    seconds = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(json.dumps({"rows": rows, "rows_per_second": rows / seconds, "seconds": seconds, "peak_mib": peak}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
