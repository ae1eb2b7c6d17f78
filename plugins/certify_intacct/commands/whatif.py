"""What another connector.yaml would have made of past dates: ``make whatif CONFIG=other.yaml FROM=2026-10-01 TO=2026-10-31``.

Plans what staging still has of these dates twice, by today's connector.yaml and by the other, and tells what differs. Nothing is asked
of Intacct or Certify, nothing is sent, nothing is written into the ledger. It ends like ``diff``: 0 when nothing differs, 1 when
something does, 2 when it could not be told.
"""

from __future__ import annotations

import argparse
import getpass
import sys
from datetime import UTC, date, datetime

from airflow.sdk import BaseHook

from certify_intacct.model.configuration import config_path, load
from certify_intacct.model.errors import BadInput, ConnectorError
from certify_intacct.model.periods import Period

_DIFFERS, _TROUBLE = 1, 2


def main() -> int:
    """The command line."""
    from certify_intacct.posting.plan_differences import every_difference, in_csv
    from certify_intacct.posting.what_if import DAG, what_if
    from certify_intacct.posting.what_if_report import MOST_OF_A_FILE, what_if_lines, what_if_report
    from certify_intacct.staging.database import Database

    options = _options()
    try:
        today, changed = load(config_path()), load(options.configuration)
        database = Database.of(BaseHook.get_connection("connector_db"))
        run_id = f"make whatif {datetime.now(tz=UTC).isoformat(timespec='seconds')}"
        period = _period(options.first, options.last)
        found = what_if(database, today, changed, period, run_id=run_id, actor=getpass.getuser())
        with database.connection() as connection:
            company = today.company.certify_company
            report = what_if_report(connection, company, found)
            if options.csv:
                every = every_difference(connection, company, found.changed, found.today, most=MOST_OF_A_FILE)
                print(in_csv(every), end="")
            else:
                print("\n".join(what_if_lines(found, report, options.configuration)))
                print(f"\nThe page: /connector/{DAG}/loads/{found.changed}/against?load={found.today}")
    except ConnectorError as error:
        print(f"error: {error}", file=sys.stderr)
        return _TROUBLE
    return _DIFFERS if report.differs else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m certify_intacct.commands.whatif", description=__doc__)
    parser.add_argument("configuration", help="the other connector.yaml")
    parser.add_argument("first", help="the first processed date, such as 2026-10-01")
    parser.add_argument("last", help="the last one")
    parser.add_argument("--csv", action="store_true", help="all that differs, field by field, as CSV")
    return parser.parse_args()


def _period(first: str, last: str) -> Period:
    try:
        return Period(date.fromisoformat(first), date.fromisoformat(last))
    except ValueError as error:
        raise BadInput(
            str(error), where="FROM and TO", cure="Write each as YYYY-MM-DD, the first not after the last."
        ) from None


if __name__ == "__main__":
    sys.exit(main())
