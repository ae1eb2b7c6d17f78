"""Whether the ledger is what was written into it: ``make verify-ledger``.

Recomputes every event's hash, each document's chain of events, and every seal, and compares each document with its newest event. A
seal that was mailed, or kept elsewhere, can be given: then the ledger must still hold it. Each approval of a plan is compared with
what Airflow recorded, where Airflow's record can be read.
"""

from __future__ import annotations

import argparse
import sys

from airflow.sdk import BaseHook

from certify_intacct.model.errors import ConnectorError


def main() -> int:
    """The command line: 0 when all of it is as it was written, 1 when not, or when it cannot be read."""
    from certify_intacct.reconciliation.approved import compared_with_airflow
    from certify_intacct.staging import record
    from certify_intacct.staging.database import Database, address

    parser = argparse.ArgumentParser(prog="python -m certify_intacct.commands.verify_ledger", description=__doc__)
    parser.add_argument("--seal", default="", help="a seal's SHA-256, as a run report told it")
    options = parser.parse_args()
    try:
        database = Database(address(BaseHook.get_connection("connector_db")))
        with database.connection() as connection:
            found = list(record.altered(connection))
            newest = record.newest_seal(connection)
            kept = not options.seal or record.has_seal(connection, options.seal.strip().lower())
        forged, not_compared = compared_with_airflow(database, all_of_them=True)
        found += [one.text for one in forged]
    except ConnectorError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    if not kept:
        found.append(f"No seal of this ledger is {options.seal}: it is another ledger, or its seals were rewritten.")
    if not_compared:
        print(f"Approvals were {not_compared}", file=sys.stderr)
    print("\n".join(found) or f"The ledger is as it was written. {newest or 'It has no seal yet.'}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
