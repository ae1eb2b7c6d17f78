"""Who was paid, as CSV: ``make payments``: what Intacct paid and Certify does not show as reimbursed, and the reverse.

One row a document; what either says is as of the last reconciliation (``ledger.payment``).
"""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from certify_intacct.commands.listed import printed
from certify_intacct.model.configuration import config_path, load

if TYPE_CHECKING:
    from certify_intacct.staging.database import Connection


def main() -> int:
    """The command line: 0 with the CSV on standard output, 1 when it cannot be read."""
    argparse.ArgumentParser(prog="python -m certify_intacct.commands.payments", description=__doc__).parse_args()
    return printed(_listed)


def _listed(connection: Connection) -> str:
    from certify_intacct.staging.payments import differences, in_csv

    return in_csv(differences(connection, load(config_path()).company.intacct_company_id))


if __name__ == "__main__":
    sys.exit(main())
