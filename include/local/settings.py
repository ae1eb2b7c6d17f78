"""Where the local stack lives and on which ports it listens, from the environment."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml

from include.local.errors import StackError

ROOT = Path(__file__).resolve().parents[2]
DEMO_FOLDER = ".run"
# The ledger of a real company must not share a folder with the demo, which `make clean` deletes.
UP_FOLDER = ".up"


@dataclass(frozen=True)
class Settings:
    """The choices of a user for one stack."""

    folder: Path
    ui_port: int
    sandbox_port: int
    sandbox_scale: str
    config_file: Path
    time_zone: str

    @property
    def bin(self) -> Path:
        """The folder of the virtual environment's programs."""
        return Path(sys.executable).parent

    @property
    def logs(self) -> Path:
        """Where the parts of the stack write what they have to say."""
        return self.folder / "logs"


def read(default_folder: str) -> Settings:
    """Read the environment: RUN_DIR, UI_PORT, SANDBOX_PORT, SANDBOX_SCALE, CONNECTOR_CONFIG.

    :raises StackError: when one of them makes no sense.
    """
    config_file = Path(os.environ.get("CONNECTOR_CONFIG") or ROOT / "include" / "connector.yaml").resolve()
    return Settings(
        folder=Path(os.environ.get("RUN_DIR") or ROOT / default_folder).resolve(),
        ui_port=_port("UI_PORT", 8080),
        sandbox_port=_port("SANDBOX_PORT", 8900),
        sandbox_scale=os.environ.get("SANDBOX_SCALE") or "demo",
        config_file=config_file,
        time_zone=company_time_zone(config_file),
    )


def _port(variable: str, default: int) -> int:
    text = os.environ.get(variable) or str(default)
    if not text.isdigit() or not 1 <= int(text) <= 65535:
        raise StackError(f"{variable}={text} is not a port: give a number from 1 to 65535.")
    return int(text)


def company_time_zone(config_file: Path) -> str:
    """Return the company's time zone, which has to be Airflow's default one: a day of a backfill is a day of the company.

    :raises StackError: when the file does not say it.
    """
    name = str(_section(config_file, "company").get("time_zone", ""))
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise StackError(f"{config_file}: company.time_zone {name!r} is no IANA name like Europe/Berlin.") from None
    return name


def employee_target(config_file: Path) -> str:
    """What connector.yaml makes of what is owed to employees (``posting.employee_paid.target``).

    :raises StackError: there is no such file, or it cannot be read.
    """
    paid = _section(config_file, "posting").get("employee_paid")
    return str((paid if isinstance(paid, dict) else {}).get("target") or "ap_bill")


def _section(config_file: Path, name: str) -> dict[str, Any]:
    try:
        with config_file.open(encoding="utf-8") as file:
            content = yaml.safe_load(file) or {}
    except FileNotFoundError:
        raise StackError(f"{config_file} does not exist: CONNECTOR_CONFIG must name a connector.yaml.") from None
    except yaml.YAMLError as error:
        raise StackError(f"{config_file} is not readable as YAML: {' '.join(str(error).split())}") from None
    section = content.get(name) if isinstance(content, dict) else None
    return section if isinstance(section, dict) else {}
