"""Reclaimable tax by detail and month, as CSV: ``make tax MONTHS=2026-10..2026-12``, or ``MONTHS=2026-10``; without, the last month.

By entity, tax solution, detail, month of posting and currency: net, tax and how many documents. What was reversed or deleted in
Intacct is not among it (``ledger.reclaimable_tax``).
"""

from __future__ import annotations

import sys
from datetime import datetime
from typing import TYPE_CHECKING

from certify_intacct.commands.csv_printing import parser, printed
from certify_intacct.timeline.story import company_zone

if TYPE_CHECKING:
    pass


def main() -> int:
    """The command line: 0 with the CSV on standard output, 1 when it cannot be read or no such months are meant."""
    from certify_intacct.staging.reclaimable_tax import in_csv, months, reclaimable_tax

    arguments = parser("commands.tax", __doc__)
    arguments.add_argument("months", nargs="?", default="", help="2026-10, or 2026-10..2026-12; the last month without")
    return printed(
        arguments,
        lambda connection, options: in_csv(
            reclaimable_tax(connection, months(options.months, datetime.now(tz=company_zone()).date()))
        ),
    )


if __name__ == "__main__":
    sys.exit(main())
