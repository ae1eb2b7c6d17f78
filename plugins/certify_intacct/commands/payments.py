"""Who was paid, as CSV: ``make payments``: what Intacct paid and Certify does not show as reimbursed, and the reverse.

One row a document; what either says is as of the last reconciliation (``ledger.payment``).
"""

from __future__ import annotations

import argparse
import sys

from airflow.sdk import BaseHook

from certify_intacct.model.configuration import config_path, load
from certify_intacct.model.errors import ConnectorError


def main() -> int:
    """The command line: 0 with the CSV on standard output, 1 when it cannot be read."""
    from certify_intacct.staging.database import Database, address
    from certify_intacct.staging.payments import differences, in_csv

    argparse.ArgumentParser(prog="python -m certify_intacct.commands.payments", description=__doc__).parse_args()
    try:
        company = load(config_path()).company.intacct_company_id
        with Database(address(BaseHook.get_connection("connector_db"))).connection() as connection:
            rows = differences(connection, company)
    except ConnectorError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    print(in_csv(rows), end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
