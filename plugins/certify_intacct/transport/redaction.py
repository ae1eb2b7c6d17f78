"""Keeps secrets out of every text that a person or a log may see."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import quote
from xml.sax.saxutils import escape

HIDDEN = "***"
_SHORTEST = 4
# What a service might echo of a request, whoever's secret it is.
_MARKED = re.compile(
    r"(<\s*(password|sessionid|senderpassword)\s*>)[^<]*|((x-api-(?:key|secret))\W{1,4})[^\s,;\"'&<>]+", re.IGNORECASE
)


class Redactor:
    """Replaces known secrets, and values that stand where secrets stand, by `***`.

    A known secret is found as it is, as XML and as part of a URL. Secrets of fewer than four characters are only found where
    secrets stand: replacing every "a" would hide the text and show the secret.
    """

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._secrets: set[str] = set()
        for secret in secrets:
            self.add(secret)

    def add(self, secret: str | None) -> None:
        """Remember a secret, and tell Airflow to mask it in task logs as well."""
        if not secret or len(secret) < _SHORTEST:
            return
        if secret in self._secrets:
            return
        from airflow.sdk.log import mask_secret

        mask_secret(secret)
        self._secrets |= {secret, escape(secret), quote(secret, safe="")}

    def __call__(self, text: str) -> str:
        """Return `text` without secrets."""
        for secret in sorted(self._secrets, key=len, reverse=True):
            text = text.replace(secret, HIDDEN)
        return _MARKED.sub(lambda found: (found.group(1) or found.group(3)) + HIDDEN, text)


def excerpt(body: bytes, redact: Redactor, *, length: int = 200) -> str:
    """Show the beginning of an answer that could not be understood: one line, redacted, printable."""
    text = redact(body[: length * 8].decode("utf-8", errors="replace"))
    text = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return text[:length] + ("..." if len(text) > length else "")
