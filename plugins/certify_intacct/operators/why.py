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
    for staged in life.staged:
        load = staged["load_id"]
        preview = ", preview" if staged["dry_run"] else ""
        by = f"{staged['dag_id']} {staged['run_id']}, configuration {staged['config_hash'][:12]}"
        yield f"{_at(staged['opened_at'])}  load {load}{preview}: read by {by}"
        for row in life.quarantined:
            if row["load_id"] == load:
                yield f"{'':21}quarantined by {row['stream']}.{row['rule']}: {row['reason']} {row['cure']}"
        for row in life.planned:
            if row["load_id"] == load:
                yield from _planned(row)
    for release in life.releases:
        yield f"{_at(release['released_at'])}  {release['rule']} released by {release['released_by']}: {release['reason']}"
    for event in life.events:
        yield (
            f"{_at(event['at'])}  {event['number']}: {event['before_state'] or 'new'} → {event['after_state']}, "
            f"revision {event['revision']}, "
            f"attempt {event['attempt']}, control ID {event['control_id']}, content {event['sha256'][:12]}, load {event['load_id']}"
            f"{', RECORDNO ' + event['record_no'] if event['record_no'] else ''}{'. ' + event['message'] if event['message'] else ''}"
        )
    yield from _now(life)


def _planned(row: dict[str, Any]) -> Iterator[str]:
    yield f"{'':21}planned: {row['action']}{' by rule ' + row['rule'] if row['rule'] else ''}. {row['reason']} {row['cure']}".rstrip()
    for document in row["after"].get("documents", ()):
        yield f"{'':23}{document['number']} {document['kind']}, entity {document['entity']}, {document['total']}"
    if row["result"]:
        yield f"{'':21}result: {row['result']} {row['message']}".rstrip()


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
