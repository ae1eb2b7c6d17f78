"""What each container begins with: Airflow's default time zone becomes that of connector.yaml, then its command takes its place.

It goes into airflow.cfg and not into the environment, so that `docker compose exec scheduler airflow …` has it as well.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from include.local.errors import StackError
from include.local.passwords import write_private
from include.local.settings import company_time_zone


def main(command: list[str]) -> None:
    """Write the file, and become the command.

    :raises SystemExit: when connector.yaml does not say the zone.
    """
    try:
        zone = company_time_zone(Path(os.environ["CONNECTOR_CONFIG"]))
    except StackError as error:
        raise SystemExit(f"error: {error}") from None
    write_private(Path(os.environ["AIRFLOW_HOME"]) / "airflow.cfg", f"[core]\ndefault_timezone = {zone}\n")
    os.execvp(command[0], command)  # noqa: S606 - no shell, by intent


if __name__ == "__main__":
    main(sys.argv[1:])
