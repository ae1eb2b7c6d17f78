"""docker-compose.yaml, read."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
# ${NAME}, ${NAME:?message}, ${NAME:-default} …; $$ is a dollar sign.
VARIABLE = re.compile(r"(?<!\$)\$\{([A-Z0-9_]+)(?:(:?[?+-])([^}]*))?\}")


def load() -> dict[str, Any]:
    """Return the compose file with its merge keys resolved."""
    content: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yaml").read_text(encoding="utf-8"))
    return content


def entry_point() -> list[str]:
    """Return the entry point of the image that every service of ours runs."""
    (line,) = re.findall(r"^ENTRYPOINT (\[.*\])$", (ROOT / "Dockerfile").read_text(encoding="utf-8"), re.MULTILINE)
    return list(json.loads(line))


def texts(value: Any) -> Iterator[str]:
    """Return every text in a part of the compose file."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from texts(name)
            yield from texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from texts(inner)
    elif isinstance(value, str):
        yield value


def filled(text: str, variables: dict[str, str]) -> str:
    """Return ``text`` with its variables replaced, as compose does it."""
    return VARIABLE.sub(lambda match: variables[match[1]], text).replace("$$", "$")
