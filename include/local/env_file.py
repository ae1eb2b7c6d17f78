"""Write ``.env`` for docker-compose.yaml from ``.env.example``, with generated secrets: ``make env``.

What ``.env`` holds already stays as it is; only names that are missing or empty are filled. Needs nothing but the standard
library, so that it runs on a host that has Docker and no virtual environment.
"""

from __future__ import annotations

import base64
import os
import re
import secrets
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_ASSIGNMENT = re.compile(r"^([A-Z][A-Z0-9_]*)=(.*)$")
_SECRET = re.compile(r"_(PASSWORD|SECRET|SECRET_KEY)$")


def main() -> int:
    """Write the file; say what is left to fill in."""
    target = ROOT / ".env"
    kept = assignments(target.read_text(encoding="utf-8")) if target.exists() else {}
    text = filled((ROOT / ".env.example").read_text(encoding="utf-8"), kept)
    # Private from its first byte, and replaced in one step.
    draft = target.with_name(".env.new")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
    draft.replace(target)
    print(f"{target} is written, readable by you alone.")
    for name, value in assignments(text).items():
        if not value:
            print(f"  left to fill in: {name}")
    return 0


def assignments(text: str) -> dict[str, str]:
    """Return name to value of every assignment in the text of an env file."""
    matches = (_ASSIGNMENT.match(line) for line in text.splitlines())
    return {match[1]: match[2] for match in matches if match}


def filled(example: str, kept: dict[str, str]) -> str:
    """Return ``example`` with the kept values, and new secrets where one is missing."""
    lines = []
    for line in example.splitlines():
        match = _ASSIGNMENT.match(line)
        if match:
            name, default = match.groups()
            line = f"{name}={kept.get(name) or default or generated(name)}"
        lines.append(line)
    extra = [f"{name}={value}" for name, value in kept.items() if name not in assignments(example)]
    return "\n".join([*lines, *extra]) + "\n"


def generated(name: str) -> str:
    """Return a new secret for a name that stands for one, else nothing."""
    if name.endswith("_FERNET_KEY"):
        return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
    # Letters, digits, - and _ only: the values stand in URLs and in JSON.
    return secrets.token_urlsafe(36) if _SECRET.search(name) else ""


if __name__ == "__main__":
    sys.exit(main())
