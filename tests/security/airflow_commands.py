"""Runs several `airflow` commands one after the other in one process, since each start of Airflow takes seconds.

python -m tests.security.airflow_commands '[["db", "migrate"], ["dags", "test", "preflight"]]'
"""

from __future__ import annotations

import json
import sys
import time
import traceback


def main() -> None:
    """Runs the commands; one that fails says so and does not stop the others."""
    from airflow.cli.cli_parser import get_parser

    for arguments in json.loads(sys.argv[1]):
        # Airflow notes the command line of each command in its database.
        sys.argv = ["airflow", *arguments]
        begun = time.monotonic()
        try:
            parsed = get_parser().parse_args(arguments)
            parsed.func(parsed)
        except (Exception, SystemExit):
            traceback.print_exc()
        print(f"== airflow {' '.join(arguments)}: {time.monotonic() - begun:.1f} s", flush=True)


if __name__ == "__main__":
    main()
