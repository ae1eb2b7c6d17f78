"""The connector.yaml that is shipped, and what is said of it when something in it is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from certify_intacct.model.configuration import load
from certify_intacct.model.errors import ConfigurationError

SHIPPED = Path(__file__).parents[3] / "include" / "connector.yaml"
TEXT = SHIPPED.read_text(encoding="utf-8")
#: Above it a test writes dimensions of its own.
FURTHER = "  # Further ones by their names"


def refused(tmp_path: Path, text: str) -> str:
    path = tmp_path / "connector.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError) as caught:
        load(path)
    return str(caught.value)


def line_of(text: str, part: str) -> int:
    return next(number for number, line in enumerate(text.splitlines(), start=1) if part in line)


def names_line_key_and_what_is_allowed(tmp_path: Path, old: str, new: str, said: list[str]) -> None:
    assert old in TEXT
    text = TEXT.replace(old, new, 1)
    message = refused(tmp_path, text)
    for part in said:
        assert part in message, message
    place = "previous_connector:" if "previous_connector" in said[0] else new.strip()
    if "missing" not in message:
        assert f"line {line_of(text, place)}" in message
