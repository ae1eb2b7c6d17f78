"""Secrets that can be recognised wherever they turn up, in whole, in part, or written in another way."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Iterable, Mapping

# Between the two halves: what XML, HTML, JSON, URLs and Python each write in their own way.
_ODD = "&<'\"%/\\+ >"
_LONG_ENOUGH = 12


def canary(name: str) -> str:
    """A secret of its own: a name for the reader, and two halves that stand nowhere else."""
    return f"{name}-{secrets.token_hex(8)}{_ODD}{secrets.token_hex(8)}"


def traces(secret: str) -> list[str]:
    """What gives a secret away: half of it, or the whole in base64 or in hexadecimal."""
    data = secret.encode()
    if _ODD in secret:
        halves = [secret.split(_ODD)[0][-16:], secret.split(_ODD)[1]]
    else:
        halves = [secret[: len(secret) // 2], secret[len(secret) // 2 :]]
    # In the middle of a longer text, base64 looks different by where the secret begins; its edges depend on the neighbours.
    base64s = [base64.b64encode(bytes(offset) + data)[4:-4].decode() for offset in range(3)]
    return [part for part in (*halves, *base64s, data.hex()) if len(part) >= _LONG_ENOUGH]


def found(secrets_by_name: Mapping[str, str], places: Iterable[tuple[str, str]]) -> list[str]:
    """Where a secret turned up, for a person: its name, the place, and the text around it.

    :param places: name and text of each place
    """
    hunted = [(name, trace) for name, secret in secrets_by_name.items() for trace in traces(secret)]
    hits = []
    for place, text in places:
        lowered = text.casefold()
        for name, trace in hunted:
            at = lowered.find(trace.casefold())
            if at >= 0:
                hits.append(f"{name} in {place}: {text[max(0, at - 200) : at + len(trace)]!r}")
    return hits
