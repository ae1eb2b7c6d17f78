"""Passwords and keys that are made on this machine, kept in files that only their owner can read."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Callable, Mapping
from pathlib import Path


def new_password() -> str:
    """Return a random password of 32 characters that needs no quoting in a URL or a shell."""
    return secrets.token_urlsafe(24)


def write_private(path: Path, text: str) -> None:
    """Write ``text`` to ``path`` with mode 0600 from its first byte, replacing the file in one step."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(path.name + ".new")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    draft.replace(path)


def kept_secrets(path: Path, makers: Mapping[str, Callable[[], str]]) -> dict[str, str]:
    """Return the secrets named in ``makers`` from the JSON file ``path``; what is not there yet is made and kept."""
    known: dict[str, str] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    missing = {name: make() for name, make in makers.items() if name not in known}
    if missing:
        known |= missing
        write_private(path, json.dumps(known, indent=1) + "\n")
    return known
