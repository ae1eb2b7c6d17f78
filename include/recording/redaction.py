"""Replaces what a recording must not tell: the same thing by the same thing, within one recording, in a form that looks alike.

Words keep their length, their case and their place in a text; numbers their length and leading zeros; dates move by so many days, the
same for all; amounts are multiplied by one whole number, so that what added up still does. What decides it is drawn by chance for each
recording and kept nowhere. (Who looks at many amounts can work out that number: a recording is without names, not without figures.)
"""

from __future__ import annotations

import hmac
import random
import re
import secrets
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from decimal import Context, Decimal

from include.recording.harmless import CODE, NEVER, PROSE, form_of, is_kept, is_word

HIDDEN = "***"
_TOKEN = re.compile(r"[^\W_]+")
_MOMENT = re.compile(
    r"(?<![\w/-])(?:(?P<us>[0-9]{2}/[0-9]{2}/[0-9]{4})|(?P<iso>[0-9]{4}-[0-9]{2}-[0-9]{2}))"
    r"(?:(?P<between>[T ])(?P<time>[0-9]{2}:[0-9]{2}:[0-9]{2}))?(?![A-Ya-z0-9_/])"
)
# What may follow a moment and is kept: a fraction, a zone.
_STAMP = re.compile(_MOMENT.pattern + r"(?:\.0+)?(?:Z|[+-][0-9]{2}:?[0-9]{2})?")
_DECIMAL = re.compile(r"-?[0-9]{1,60}\.[0-9]{1,60}")
_WHOLE = re.compile(r"-?[0-9]{1,60}")
_EXACT = Context(prec=400)
_FLAGS = frozenset({"true", "false", "t", "f", "y", "n", "0"})
_AMOUNTS = re.compile(r"amount|total|balance|paid$|due$|debit|credit$|tax$|limit", re.IGNORECASE)
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"|‘[^’]*’|“[^”]*”")
_DATA_URI = re.compile(r"data:[\w.+-]+/[\w.+-]+;base64,")
# Multiplied with one of them, no figure that is not zero ends with one.
_FACTORS = (3, 7, 9, 11, 13, 17, 19, 21, 23, 27, 29, 31, 33, 37, 39, 41, 43, 47)
_OWN_DIMENSION = re.compile(r"(?:REQUIRE)?GLDIM", re.IGNORECASE)
_LONGEST_BINARY = 200
_OTHERS = {"lower": "éüñøå", "upper": "ÉÜÑØÅ", "caseless": "漢字仮名文"}


class Redaction:
    """What one recording replaces, and by what.

    :param known: texts that name somebody wherever they stand: users, companies and keys of the connections
    """

    def __init__(self, known: Iterable[str] = ()) -> None:
        self._key = secrets.token_bytes(32)
        chance = random.Random(secrets.randbits(128))  # noqa: S311 - seeded from the system's own
        self._shift = timedelta(days=-chance.randint(200, 2000), minutes=chance.randint(1, 1200))
        self._factor = chance.choice(_FACTORS)
        self._chance = chance
        self._known = sorted({text for text in known if len(text.strip()) > 2}, key=len, reverse=True)
        self._words: dict[str, str] = {}
        self._used: set[str] = set()
        self._short: dict[int, dict[str, str]] = {}
        self._own: set[str] = set()

    def own(self, name: str) -> None:
        """Remember the name of a field or object that the company made itself: it is replaced wherever it stands."""
        self._own.add(name.casefold())

    def name(self, name: str) -> str:
        """The name of a field or object: the vendor's stays, the company's own does not.

        A dimension of its own is a field of lines and accounts as well, which no definition calls custom.
        """
        if not self._is_own(name):
            return name
        of_dimension = _OWN_DIMENSION.match(name)
        kept = of_dimension[0] if of_dimension else ""
        return kept + self.text(name[len(kept) :])

    def _is_own(self, name: str) -> bool:
        return name.casefold() in self._own or _OWN_DIMENSION.match(name) is not None

    def value(self, name: str, text: str, *, of_the_service: bool = False, asked: frozenset[str] = frozenset()) -> str:
        """The value of a field as it may be kept.

        :param name: of the element, attribute or JSON field
        :param of_the_service: it stands where a service speaks of itself, not in a record
        :param asked: words of the question, which are ours
        """
        if not text.strip():
            return text
        if self._is_own(text):
            return self.name(text)
        if name.lower() in NEVER:
            return HIDDEN
        if name.lower() in ("receiptimage", "attachmentdata"):
            return self._binary(text)
        form = form_of(name, of_the_service=of_the_service)
        if (form and is_kept(text, form)) or text.lower() in _FLAGS:
            return text
        if form in (PROSE, CODE):
            return self.prose(text, asked)
        if _STAMP.fullmatch(text):
            return self._moved(text)
        if _DECIMAL.fullmatch(text) or (is_amount(name) and _WHOLE.fullmatch(text)):
            return str(self.amount(Decimal(text)))
        return self.text(text)

    def text(self, text: str) -> str:
        """A text of which nothing is kept but its form."""
        return _spared(
            text, _MOMENT, self._moved, lambda rest: _TOKEN.sub(lambda found: self._word(found[0]), _plain(rest))
        )

    def prose(self, text: str, asked: frozenset[str] = frozenset()) -> str:
        """A sentence: the words that anybody might use stay, and the words of the question; what is quoted is a value."""
        for known in self._known:
            text = re.sub(re.escape(known), lambda found: self.text(found[0]), text, flags=re.IGNORECASE)

        def quoted(part: str) -> str:
            return part if part[1:-1].casefold() in asked else self.text(part)

        def said(part: str) -> str:
            return _TOKEN.sub(lambda found: self._said(found[0], asked), _plain(part))

        return _spared(text, _MOMENT, self._moved, lambda rest: _spared(rest, _QUOTED, quoted, said))

    def amount(self, amount: Decimal) -> Decimal:
        """An amount, with as many decimals as before."""
        return _EXACT.multiply(amount, Decimal(self._factor))

    def _said(self, word: str, asked: frozenset[str]) -> str:
        kept = word.casefold() in asked or (is_word(word) and word.casefold() not in self._own)
        return word if kept and word.casefold() not in map(str.casefold, self._known) else self._word(word)

    def _moved(self, text: str) -> str:
        """A moment by which everything of this recording has moved; a date alone by whole days."""

        def moved(found: re.Match[str]) -> str:
            form = "%m/%d/%Y" if found["us"] else "%Y-%m-%d"
            try:
                if not found["time"]:
                    day = datetime.strptime(found[0], form) + timedelta(days=self._shift.days)  # noqa: DTZ007
                    return day.strftime(form)
                form = f"{form}{found['between']}%H:%M:%S"
                return (datetime.strptime(found[0], form) + self._shift).strftime(form)  # noqa: DTZ007
            except (ValueError, OverflowError):
                return _TOKEN.sub(lambda part: self._word(part[0]), found[0])

        return _MOMENT.sub(moved, text)

    def _binary(self, text: str) -> str:
        """The beginning of a file in base64: how it is written, and nothing of what it shows."""
        found = _DATA_URI.match(text)
        kept = found[0] if found else ""
        body = text[len(kept) : len(kept) + _LONGEST_BINARY]
        return kept + re.sub(r"[A-Za-z0-9+/=]", "A", body)

    def _word(self, word: str) -> str:
        """Another word of the same form, the same one each time, and none that is kept elsewhere."""
        key = word.casefold() if word.isascii() else word
        if key not in self._words:
            self._words[key] = self._digits(key) if key.isascii() and key.isdigit() else self._drawn(key)
        return _in_case(self._words[key], word)

    def _digits(self, digits: str) -> str:
        rest = digits.lstrip("0")
        if not rest:
            return digits
        if len(rest) > 3:
            return digits[: -len(rest)] + self._drawn(rest)
        if len(rest) not in self._short:
            all_of_them = [str(number) for number in range(10 ** (len(rest) - 1), 10 ** len(rest))]
            self._chance.shuffle(all_of_them)
            # Each by the next one: no two by the same, and none by itself.
            self._short[len(rest)] = dict(zip(all_of_them, all_of_them[1:] + all_of_them[:1], strict=True))
        return digits[: -len(rest)] + self._short[len(rest)][rest]

    def _drawn(self, key: str) -> str:
        drawn = ""
        for attempt in range(100):
            drawn = "".join(
                _other(character, step, first=not place)
                for place, (character, step) in enumerate(self._steps(key, attempt))
            )
            if drawn not in self._used and not is_word(drawn):
                break
        self._used.add(drawn)
        return drawn

    def _steps(self, key: str, attempt: int) -> list[tuple[str, int]]:
        stream = b""
        while len(stream) < len(key):
            message = f"{attempt} {len(stream)} {key}".encode("utf-8", "surrogatepass")
            stream += hmac.digest(self._key, message, "sha256")
        return list(zip(key, stream, strict=False))


def is_amount(name: str) -> bool:
    """Whether a field of this name holds money, be it written without decimals."""
    return _AMOUNTS.search(name) is not None


def _spared(text: str, apart: re.Pattern[str], inside: Callable[[str], str], outside: Callable[[str], str]) -> str:
    """A text whose parts are changed in two ways: what a pattern finds, and what stands between."""
    made, place = [], 0
    for found in apart.finditer(text):
        made += [outside(text[place : found.start()]), inside(found[0])]
        place = found.end()
    return "".join([*made, outside(text[place:])])


def _plain(text: str) -> str:
    """A text without signs that are neither letters nor ASCII: some of them are letters to people."""
    return "".join(c if c.isascii() or c.isalnum() or c.isspace() else "¤" for c in text)


def _other(character: str, step: int, *, first: bool) -> str:
    """Another character of the same kind; a number does not begin with zero where it did not."""
    if "a" <= character <= "z":
        return chr((ord(character) - 97 + 1 + step % 25) % 26 + 97)
    if "0" <= character <= "9":
        if first and character != "0":
            return chr((ord(character) - 49 + 1 + step % 8) % 9 + 49)
        return chr((ord(character) - 48 + 1 + step % 9) % 10 + 48)
    kind = "lower" if character.islower() else "upper" if character.isupper() else "caseless"
    others = [other for other in _OTHERS[kind] if other != character]
    return others[step % len(others)]


def _in_case(drawn: str, word: str) -> str:
    """The drawn word with capitals where the other one has them; both are ASCII, or neither is changed."""
    if not word.isascii():
        return drawn
    return "".join(c.upper() if as_in.isupper() else c for c, as_in in zip(drawn, word, strict=True))
