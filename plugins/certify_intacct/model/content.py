"""The hash by which business content is told to be the same."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any


def content_hash(content: Mapping[str, Any]) -> str:
    """SHA-256 of JSON values, whatever the order of their names."""
    return hashlib.sha256(
        json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()
    ).hexdigest()


def lines_hash(lines: Mapping[str, Mapping[str, Any]]) -> str:
    """SHA-256 of a report's lines, business fields by ID: the same whenever each line is."""
    return combined_hash({line_id: content_hash(line) for line_id, line in lines.items()})


def combined_hash(hashes: Mapping[str, str]) -> str:
    """The ``lines_hash`` of lines of which only the hashes are kept, by their IDs."""
    return content_hash(hashes)
