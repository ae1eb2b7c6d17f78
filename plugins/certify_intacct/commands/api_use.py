"""API use as CSV: ``make api-use``: by month what was counted here and what Intacct's own meter says of the same days.

With ``BY=function`` what was counted by month, service, function and object. What Intacct's meter says is as of the last preflight.
"""

from __future__ import annotations

import sys
from argparse import Namespace
from datetime import datetime
from typing import TYPE_CHECKING

from certify_intacct.commands.csv_printing import parser, printed
from certify_intacct.model.configuration import config_path, load

if TYPE_CHECKING:
    from certify_intacct.staging.database import Connection

_MONTHS = 13


def main() -> int:
    """The command line: 0 with the CSV on standard output, 1 when it cannot be read."""
    arguments = parser("commands.api_use", __doc__)
    arguments.add_argument("by", nargs="?", default="month", choices=("month", "function"))
    return printed(arguments, _text)


def _text(connection: Connection, options: Namespace) -> str:
    from certify_intacct.staging import api_metered, api_use

    company = load(config_path()).company
    today = datetime.now(tz=company.zone).date()
    if options.by == "function":
        companies = {"intacct": company.intacct_company_id, "certify": company.certify_company}
        return api_use.in_csv(api_use.by_month(connection, companies, months=_MONTHS, today=today))
    return api_metered.in_csv(api_metered.by_month(connection, company.intacct_company_id, months=_MONTHS, today=today))


if __name__ == "__main__":
    sys.exit(main())
