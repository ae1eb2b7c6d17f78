"""The shipped connector.yaml as data, for tests that write it with other values.

It is read once: with PyYAML that takes as long as some tests do, and hundreds of them begin with it.
"""

from __future__ import annotations

from copy import deepcopy
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml

SHIPPED = Path(__file__).parents[1] / "include" / "connector.yaml"


def content() -> dict[str, Any]:
    """Return everything in the file; what the caller changes is his own."""
    return deepcopy(_read())


def today() -> date:
    """Return the day that it is where the shipped company is: for an hour or two of each night not the day in UTC."""
    return datetime.now(tz=ZoneInfo(_read()["company"]["time_zone"])).date()


@cache
def _read() -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load(SHIPPED.read_text(encoding="utf-8"))
    return read
