"""Keeps secrets out of every text that a person or a log may see."""

from __future__ import annotations

import bisect
import re
from base64 import b64encode
from collections.abc import Iterable, Sequence
from operator import itemgetter
from threading import Lock

from certify_intacct.transport.web_page import decoded, summary, without_escapes

HIDDEN = "***"
_SHORTEST = 4
# So many secrets Airflow is told of.
_TOLD = 20
# So much of an answer is looked at for an excerpt, and so much of that is shown.
_WINDOW, _EXCERPT = 16 * 1024, 200
_LONGEST_FIRST = itemgetter(0)
_ENTITIES = {"&": ["amp"], "<": ["lt"], ">": ["gt"], '"': ["quot"], "'": ["apos"]}
# What makes an escape may itself be escaped for a URL.
_AMPERSAND, _SEMICOLON, _HASH, _BACKSLASH = "(?:&|%26)", "(?i:;|%3b)", "(?:#|%23)", r"(?i:\\|%5c)"
_LETTERS = {"\n": "n", "\r": "r", "\t": "t", "\b": "b", "\f": "f"}
# What a service might echo of a request, whoever's secret it is.
_MARKED = re.compile(
    r"((?:<|&lt;)\s*(?:password|sessionid|senderpassword)\s*(?:>|&gt;))[^<&]*"
    r"|(x-api-(?:key|secret)(?:&#?\w{1,6};|%[0-9a-f]{2}|\W){1,6})[^\s,;\"'&<>]+",
    re.IGNORECASE,
)


class Redactor:
    """Replaces known secrets, and values that stand where secrets stand, by `***`.

    A known secret is found as it is, and as XML, HTML, JSON, Python or a URL would write it. Secrets of fewer than four characters
    are only found where secrets stand: replacing every "a" would hide the text and show the secret.
    """

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._secrets: set[str] = set()
        # Nothing is shown of most sessions: what they would hide is worked out when something is.
        self._pending: list[str] = []
        self._lock = Lock()
        # A pattern for each way in which one is told, the longest first: one secret may be the beginning of another. One for all of
        # them would be compiled anew with each session, of which a run may have one an entity.
        self._whole: list[tuple[int, re.Pattern[str]]] = []
        self._parts: list[tuple[int, re.Pattern[str]]] = []
        for secret in secrets:
            self.add(secret)

    def add(self, secret: str | None) -> None:
        """Remember a secret, and tell Airflow of the first ones to mask them in task logs as well.

        Those are the connection's own. Sessions come after them, one an entity, and Airflow compiles all that it was ever told with
        each new one; they leave this process in requests alone, and whatever quotes one passes through here.
        """
        if not secret or len(secret) < _SHORTEST or secret in self._secrets:
            return
        self._secrets.add(secret)
        if len(self._secrets) <= _TOLD:
            from airflow.sdk.log import mask_secret

            mask_secret(secret)
        with self._lock:
            self._pending.append(secret)

    def __call__(self, text: str) -> str:
        """Return `text` without secrets."""
        for _, pattern in self._patterns():
            text = pattern.sub(HIDDEN, text)
        return _MARKED.sub(lambda found: (found.group(1) or found.group(2)) + HIDDEN, text)

    def _patterns(self) -> Sequence[tuple[int, re.Pattern[str]]]:
        with self._lock:
            for secret in self._pending:
                whole = (-len(secret), re.compile("".join(map(_spellings, secret))))
                bisect.insort(self._whole, whole, key=_LONGEST_FIRST)
                for run in _telling(secret):
                    bisect.insort(self._parts, (-len(run), re.compile(run)), key=_LONGEST_FIRST)
            self._pending.clear()
            return (*self._whole, *self._parts)


def excerpt(body: bytes, redact: Redactor) -> str:
    """Show the beginning of an answer that could not be understood: one line, redacted, printable; of a web page its words."""
    text = _redacted(without_escapes(decoded(body[: _WINDOW + 1])), redact)
    # A secret may have been cut in pieces by markup, or written with its signs.
    page = summary(text)
    return _cut(" ".join(_printable(text if page is None else redact(page)).split()), _EXCERPT)


def readable(text: str, redact: Redactor, *, length: int = 2000) -> str:
    """What a service says of an error, as it may be shown and kept: without secrets and without characters that are no text.

    Among these are NUL and halves of surrogate pairs, which no database takes, and marks that turn the direction of writing.
    """
    return _cut(_printable(_redacted(text, redact)), length)


def _redacted(text: str, redact: Redactor) -> str:
    """The beginning of a text without secrets. Where it is cut, it may end with half of one, which nothing would recognise."""
    if len(text.encode("utf-8", "surrogatepass")) <= _WINDOW:
        return redact(text)
    return redact(text[:_WINDOW])[: -_WINDOW // 4]


def _printable(text: str) -> str:
    return "".join(c if c.isprintable() else " " for c in text)


def _cut(text: str, length: int) -> str:
    return text[:length] + ("..." if len(text) > length else "")


def _telling(secret: str) -> list[str]:
    """Runs of letters and digits that no escaping changes, long and odd enough to be part of no ordinary text; and base64."""
    runs = re.findall(r"[A-Za-z0-9]{8,}", secret)
    base64s = b64encode(secret.encode("utf-8", "surrogatepass")).decode().rstrip("=")
    return [re.escape(base64s), *(run for run in runs if len(run) >= 16 or not (run.isalpha() or run.isdigit()))]


def _spellings(character: str) -> str:
    """A pattern for one character of a secret in every way in which it may come back; letters and digits come as they are.

    What is escaped may be escaped once more by the next in line: &amp;amp; %2526 \\\\u0026.
    """
    if character.isascii() and character.isalnum():
        return character
    code, data = ord(character), character.encode("utf-8", "surrogatepass")
    entities = "|".join([f"{_HASH}0*{code}", f"{_HASH}x0*{code:x}", *_ENTITIES.get(character, [])])
    ways = [
        re.escape(character),
        f"{_AMPERSAND}(?:amp{_SEMICOLON}){{0,3}}(?:{entities}){_SEMICOLON}",
        "".join(f"%(?:25){{0,3}}{byte:02x}" for byte in data),
        _backslashed(f"x{byte:02x}" for byte in data),
        _backslashed(f"x{byte:02x}" for byte in ([code] if code < 256 else data)),
        _backslashed(f"u{unit:04x}" for unit in _utf16(character)),
    ]
    if character in _LETTERS:
        ways.append(_backslashed(_LETTERS[character]))
    if character == " ":
        ways.append(r"\+")
    return rf"{_BACKSLASH}{{0,4}}(?i:{'|'.join(ways)})"


def _backslashed(escapes: Iterable[str]) -> str:
    return "".join(rf"{_BACKSLASH}{{1,4}}{escape}" for escape in escapes)


def _utf16(character: str) -> list[int]:
    """The UTF-16 units of a character, as JSON escapes it."""
    data = character.encode("utf-16-be", "surrogatepass")
    return [int.from_bytes(data[place : place + 2], "big") for place in range(0, len(data), 2)]
