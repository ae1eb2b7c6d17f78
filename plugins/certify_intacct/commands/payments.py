"""Who was paid, as CSV: ``make payments``: what Intacct paid and Certify does not show as reimbursed, and the reverse.

One row a document; what either says is as of the last reconciliation (``ledger.payment``).
"""

from __future__ import annotations

import sys

from certify_intacct.commands.csv_printing import parser, printed
from certify_intacct.model.configuration import config_path, load


def main() -> int:
    """The command line: 0 with the CSV on standard output, 1 when it cannot be read."""
    from certify_intacct.staging.payments import differences, in_csv

    return printed(
        parser("commands.payments", __doc__),
        lambda connection, _: in_csv(differences(connection, load(config_path()).company.intacct_company_id)),
    )


if __name__ == "__main__":
    sys.exit(main())
