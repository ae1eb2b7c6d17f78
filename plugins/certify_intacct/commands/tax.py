"""Reclaimable tax by detail and month, as CSV: ``make tax MONTHS=2026-10..2026-12``, or ``MONTHS=2026-10``; without, the last month.

By entity, tax solution, detail, month of posting and currency: net, tax and how many documents. What was reversed or deleted in
Intacct is not among it (``ledger.reclaimable_tax``).
"""

from __future__ import annotations

import argparse
import sys
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from certify_intacct.commands.listed import printed
from certify_intacct.timeline.story import company_zone

if TYPE_CHECKING:
    from certify_intacct.staging.database import Connection


def main() -> int:
    """The command line: 0 with the CSV on standard output, 1 when it cannot be read or no such months are meant."""
    parser = argparse.ArgumentParser(prog="python -m certify_intacct.commands.tax", description=__doc__)
    parser.add_argument("months", nargs="?", default="", help="2026-10, or 2026-10..2026-12; the last month without")
    return printed(partial(_listed, parser.parse_args().months))


def _listed(asked: str, connection: Connection) -> str:
    from certify_intacct.staging.reclaimable_tax import in_csv, months, reclaimable_tax

    return in_csv(reclaimable_tax(connection, months(asked, datetime.now(tz=company_zone()).date())))


if __name__ == "__main__":
    sys.exit(main())
