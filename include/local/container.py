"""What each container begins with: Airflow's default time zone becomes that of connector.yaml, then its command takes its place.

It goes into airflow.cfg and not into the environment, so that `docker compose exec scheduler airflow …` has it as well. Where the
environment states one, as with the Helm chart, whose airflow.cfg nobody can write, it must be that of connector.yaml.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from include.local.errors import StackError
from include.local.passwords import write_private
from include.local.settings import company_time_zone

VARIABLE = "AIRFLOW__CORE__DEFAULT_TIMEZONE"


def main(command: list[str]) -> None:
    """Write the file, and become the command.

    :raises SystemExit: when connector.yaml does not say the zone, or the environment says another one.
    """
    try:
        zone = company_time_zone(Path(os.environ["CONNECTOR_CONFIG"]))
    except StackError as error:
        raise SystemExit(f"error: {error}") from None
    stated = os.environ.get(VARIABLE)
    if stated is None:
        write_private(Path(os.environ["AIRFLOW_HOME"]) / "airflow.cfg", f"[core]\ndefault_timezone = {zone}\n")
    elif stated != zone:
        raise SystemExit(
            f"error: {VARIABLE} is {stated}, and company.time_zone in connector.yaml is {zone}: set it to that."
        )
    os.execvp(command[0], command)  # noqa: S606 - no shell, by intent


if __name__ == "__main__":
    main(sys.argv[1:])
