"""Runs several `airflow` commands one after the other in one process, since each start of Airflow takes seconds.

python -m tests.e2e.airflow_commands '[["db", "migrate"], ["dags", "reserialize"]]'
"""

from __future__ import annotations

import json
import sys


def main() -> None:
    """Runs the commands; the first one that fails ends it."""
    from airflow.cli.cli_parser import get_parser

    for arguments in json.loads(sys.argv[1]):
        # Airflow notes the command line of each command in its database.
        sys.argv = ["airflow", *arguments]
        parsed = get_parser().parse_args(arguments)
        parsed.func(parsed)


if __name__ == "__main__":
    main()
