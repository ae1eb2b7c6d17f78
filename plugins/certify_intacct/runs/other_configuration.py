"""The other connector.yaml of a what-if: a file that may be read, or its text.

Whoever triggers a run names the file, and is no administrator of the machine: nothing is read but YAML beside the connector.yaml in
use, or in ``include/``, whatever the name says.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from certify_intacct.model.configuration import DEFAULT_CONFIG, Configuration, config_path, load, read
from certify_intacct.model.errors import BadInput

_SUFFIXES = (".yaml", ".yml")
_FILE, _TEXT = "configuration", "configuration_text"


def other_configuration(params: Mapping[str, Any]) -> tuple[Configuration, str]:
    """The other configuration, and what a person calls it.

    :param params: ``configuration``, a path below one of :func:`folders`, or ``configuration_text``, what would be in it
    :raises BadInput: neither is given, or both, or no such file may be read
    :raises ConfigurationError: something in it is wrong, with its line
    """
    path, text = (str(params.get(name) or "").strip() for name in (_FILE, _TEXT))
    if bool(path) == bool(text):
        raise BadInput(
            "Give the other connector.yaml once: as a file, or as text.",
            where="the parameters of the run",
            cure=f"Trigger it with {_FILE}, a path such as examples/uk_vat.yaml, or with {_TEXT}.",
        )
    if text:
        return read(text, f"{_TEXT} of the run"), "the text given"
    return load(_allowed(path)), path


def folders() -> tuple[Path, ...]:
    """Where files may be read: where the connector.yaml in use lies, and the project's ``include/``."""
    return tuple(dict.fromkeys(folder.resolve() for folder in (config_path().parent, DEFAULT_CONFIG.parent)))


def _allowed(text: str) -> Path:
    for folder in folders():
        try:
            path = (folder / text).resolve(strict=True)
        except (OSError, ValueError, RuntimeError):
            continue
        # Where a link or a `..` leads counts, not what it is called.
        if path.is_relative_to(folder) and path.suffix in _SUFFIXES and path.is_file():
            return path
    raise BadInput(
        f"{text!r} is no YAML file that may be read here.",
        where=f"{_FILE} of the run",
        cure=f"Put it below {' or '.join(map(str, folders()))} and name it from there, or give its text.",
    )
