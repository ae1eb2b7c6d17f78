"""Reclaimable tax by detail and month, as CSV: ``make tax MONTHS=2026-10..2026-12``, or ``MONTHS=2026-10``; without, the last month.

By entity, tax solution, detail, month of posting and currency: net, tax and how many documents. What was reversed or deleted in
Intacct is not among it (``ledger.reclaimable_tax``).
"""

from __future__ import annotations

import argparse
import sys
from datetime import datetime

from airflow.sdk import BaseHook

from certify_intacct.model.errors import ConnectorError
from certify_intacct.timeline.story import company_zone


def main() -> int:
    """The command line: 0 with the CSV on standard output, 1 when it cannot be read or no such months are meant."""
    from certify_intacct.staging.database import Database, address
    from certify_intacct.staging.reclaimable_tax import in_csv, months, reclaimable_tax

    parser = argparse.ArgumentParser(prog="python -m certify_intacct.commands.tax", description=__doc__)
    parser.add_argument("months", nargs="?", default="", help="2026-10, or 2026-10..2026-12; the last month without")
    options = parser.parse_args()
    try:
        period = months(options.months, datetime.now(tz=company_zone()).date())
        with Database(address(BaseHook.get_connection("connector_db"))).connection() as connection:
            rows = reclaimable_tax(connection, period)
    except ConnectorError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    print(in_csv(rows), end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
