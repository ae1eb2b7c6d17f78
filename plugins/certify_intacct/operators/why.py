"""One report's whole life on a screen: ``python -m certify_intacct.operators.why 104233`` (or ``make why REPORT=104233``).

What was staged, which rules it failed, what was planned, every send and answer, its state in Intacct, who released what.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseHook

from certify_intacct.model.errors import BadInput, ConnectorError

if TYPE_CHECKING:
    from certify_intacct.staging.report_life import ReportLife


def life_lines(life: ReportLife) -> Iterator[str]:
    """The life as text, oldest first, the present state last."""
    last = life.staged[-1]
    name = " ".join(part for part in (last["first_name"], last["last_name"]) if part)
    code, employee = last["approval_code"] or "(none)", last["employee_id"] or "none"
    yield f"Report {life.report_id}, approval code {code}, {name} (EmployeeID {employee})"
    yield (
        f"  processed {last['processed_date']}, total {last['total_amount']} {last['currency']}: "
        f"{last['reim_amount']} owed to the employee, {last['non_reim_amount']} paid by the company"
    )
    happened = [*((row["opened_at"], _load(life, row)) for row in life.staged)]
    happened += [(row["released_at"], _release(row)) for row in life.releases]
    happened += [(row["at"], _event(row)) for row in life.events]
    for moment, lines in sorted(happened, key=lambda item: item[0]):
        first, *more = lines
        yield f"{_at(moment)}  {first}"
        yield from (f"{'':21}{line}" for line in more)
    yield from _now(life)


def _load(life: ReportLife, staged: dict[str, Any]) -> list[str]:
    load = staged["load_id"]
    by = f"{staged['dag_id']} {staged['run_id']}, configuration {staged['config_hash'][:12]}"
    lines = [f"load {load}{', preview' if staged['dry_run'] else ''}: read by {by}"]
    for row in life.quarantined:
        if row["load_id"] == load:
            lines.append(f"quarantined by {row['stream']}.{row['rule']}: {row['reason']} {row['cure']}")
    for row in life.planned:
        if row["load_id"] == load:
            lines += _planned(row)
    return lines


def _planned(row: dict[str, Any]) -> Iterator[str]:
    yield f"planned: {row['action']}{' by rule ' + row['rule'] if row['rule'] else ''}. {row['reason']} {row['cure']}".rstrip()
    for document in row["after"].get("documents", ()):
        yield f"  {document['number']} {document['kind']}, entity {document['entity']}, {document['total']}"
    if row["result"]:
        yield f"result: {row['result']} {row['message']}".rstrip()


def _release(row: dict[str, Any]) -> list[str]:
    return [f"{row['rule']} released by {row['released_by']}: {row['reason']}"]


def _event(row: dict[str, Any]) -> list[str]:
    record = f", RECORDNO {row['record_no']}" if row["record_no"] else ""
    step = f"{row['number']}: {row['before_state'] or 'new'} → {row['after_state']}"
    send = f"revision {row['revision']}, attempt {row['attempt']}, control ID {row['control_id']}"
    return [f"{step}, {send}, content {row['sha256'][:12]}, load {row['load_id']}{record}. {row['message']}".rstrip()]


def _now(life: ReportLife) -> Iterator[str]:
    yield "Now:"
    for document in life.documents:
        where = f", {document['record_url']}" if document["record_url"] else ""
        yield (
            f"  {document['number']} {document['kind']} {document['total']} {document['currency']}, "
            f"posted on {document['posting_date']}: "
            f"{document['state']}{', in Intacct ' + document['intacct_state'] if document['intacct_state'] else ''}{where}"
        )
    if life.open_item:
        item = life.open_item
        why = " ".join(part for part in (item["state"], item["rule"]) if part)
        yield f"  open since {_at(item['opened_at'])}: {why}. {item['reason']} Each run reads it again."
    elif not life.documents:
        yield "  nothing was posted, and nothing waits."


def _at(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M:%S")


def main() -> int:
    from certify_intacct.staging.database import Database
    from certify_intacct.staging.report_life import report_life

    parser = argparse.ArgumentParser(prog="python -m certify_intacct.operators.why", description=__doc__)
    parser.add_argument("report", help="the report's ID or approval code in Certify")
    options = parser.parse_args()
    try:
        uri = BaseHook.get_connection("connector_db").get_uri()
        with Database(uri.replace("postgres://", "postgresql://", 1)).connection() as connection:
            life = report_life(connection, options.report)
        if life is None:
            raise BadInput(
                f"No run has read a report {options.report}.",
                cure="Give its ID or approval code; a report that is not processed, or whose date no run covered, is not known here.",
            )
    except ConnectorError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    print("\n".join(life_lines(life)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
