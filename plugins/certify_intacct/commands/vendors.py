"""Who has no vendor in Intacct to be paid by, as CSV: ``make vendors``, for accounts payable.

One row a person; both services are as the newest runs have read them, what waits is as it is. Nothing is made in Intacct.
"""

from __future__ import annotations

import sys
from argparse import Namespace
from typing import TYPE_CHECKING

from certify_intacct.commands.csv_printing import parser, printed
from certify_intacct.model.configuration import config_path, load

if TYPE_CHECKING:
    from certify_intacct.staging.database import Connection


def main() -> int:
    """The command line: 0 with the CSV on standard output, 1 when it cannot be read."""
    return printed(parser("commands.vendors", __doc__), _listed)


def _listed(connection: Connection, _: Namespace) -> str:
    from certify_intacct.documents import pays_vendors
    from certify_intacct.staging.vendors_to_make import in_csv, vendors_to_make

    settings = load(config_path())
    return in_csv(vendors_to_make(connection, settings, needed=pays_vendors(settings.posting)))


if __name__ == "__main__":
    sys.exit(main())
