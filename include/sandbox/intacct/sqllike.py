"""The SQL-like text of `readByQuery` as a condition (Intacct XML gateway reference, Queries > Using readByQuery).

Comparisons, `like`, `in`, `is null`, AND, OR, NOT and parentheses; strings in apostrophes, an apostrophe escaped with
a backslash or doubled. No joins, no ORDER BY. `rownum` may limit the rows.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from include.sandbox.intacct.expressions import Condition, Conditions, joined

_TOKEN = re.compile(
    r"""\s*(?:
        (?P<string>'(?:[^'\\]|\\.|'')*')
      | (?P<number>[+-]?\d+(?:\.\d+)?(?![\w.]))
      | (?P<operator><>|!=|<=|>=|=|<|>)
      | (?P<sign>[(),])
      | (?P<word>[A-Za-z_][\w.]*)
    )""",
    re.VERBOSE,
)
_KEYWORDS = frozenset({"and", "or", "not", "like", "in", "is", "null", "order", "by", "group", "select"})
_DEPTH = 100


class NotUnderstood(Exception):
    """The text is not a filter of this dialect."""


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of the text: its kind and what it says."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class RowNumbers:
    """The rows that a `rownum` condition lets through: `first` to `last` (None: all), counted from 1."""

    first: int = 1
    last: int | None = None


def tokens(text: str) -> list[Token]:
    """The pieces of a filter. Raises NotUnderstood."""
    found: list[Token] = []
    place, text = 0, text.strip()
    while place < len(text):
        match = _TOKEN.match(text, place)
        if match is None:
            raise NotUnderstood(text[place:])
        kind = str(match.lastgroup)
        piece = match.group(kind)
        if kind == "word" and piece.lower() in _KEYWORDS:
            kind, piece = "keyword", piece.lower()
        elif kind == "string":
            piece = re.sub(r"\\(.)|''", lambda found: found.group(1) or "'", piece[1:-1], flags=re.DOTALL)
        found.append(Token(kind, piece))
        place = match.end()
    return found


class Parser:
    """Recursive descent over the tokens: OR, AND, NOT, comparison."""

    def __init__(self, text: str, conditions: Conditions) -> None:
        self._tokens, self._place, self._depth = tokens(text), 0, 0
        self._conditions = conditions
        self.rows = RowNumbers()

    def parsed(self) -> Condition | None:
        """The condition, or None for an empty text. Raises NotUnderstood, UnknownField or BadValue."""
        if not self._tokens:
            return None
        condition = self._any()
        if self._place < len(self._tokens):
            raise NotUnderstood(self._tokens[self._place].text)
        return condition

    def _next(self) -> Token:
        if self._place >= len(self._tokens):
            raise NotUnderstood("it ends early")
        self._place += 1
        return self._tokens[self._place - 1]

    def _is(self, kind: str, text: str) -> bool:
        if self._place < len(self._tokens) and self._tokens[self._place] == Token(kind, text):
            self._place += 1
            return True
        return False

    def _need(self, kind: str, text: str) -> None:
        if not self._is(kind, text):
            raise NotUnderstood(f"{text} is missing")

    def _any(self) -> Condition:
        parts = [self._all()]
        while self._is("keyword", "or"):
            parts.append(self._all())
        return parts[0] if len(parts) == 1 else joined("OR", parts)

    def _all(self) -> Condition:
        parts = [self._one()]
        while self._is("keyword", "and"):
            parts.append(self._one())
        return parts[0] if len(parts) == 1 else joined("AND", parts)

    def _one(self) -> Condition:
        self._depth += 1
        if self._depth > _DEPTH:
            raise NotUnderstood("nested too deeply")
        try:
            if self._is("keyword", "not"):
                return ~self._one()
            if self._is("sign", "("):
                inner = self._any()
                self._need("sign", ")")
                return inner
            return self._comparison()
        finally:
            self._depth -= 1

    def _comparison(self) -> Condition:
        name = self._next()
        if name.kind != "word":
            raise NotUnderstood(name.text)
        if name.text.lower() == "rownum":
            return self._row_numbers()
        if self._is("keyword", "is"):
            negated = self._is("keyword", "not")
            self._need("keyword", "null")
            condition = self._conditions.is_null(name.text)
            return ~condition if negated else condition
        negated = self._is("keyword", "not")
        if self._is("keyword", "like"):
            condition = self._conditions.like(name.text, self._value())
        elif self._is("keyword", "in"):
            condition = self._conditions.one_of(name.text, self._values())
        elif negated:
            raise NotUnderstood("not")
        else:
            operator = self._next()
            if operator.kind != "operator":
                raise NotUnderstood(operator.text)
            return self._conditions.compare(name.text, operator.text.replace("!=", "<>"), self._value())
        return ~condition if negated else condition

    def _value(self) -> str:
        token = self._next()
        if token.kind not in ("string", "number"):
            raise NotUnderstood(token.text)
        return token.text

    def _values(self) -> list[str]:
        self._need("sign", "(")
        found = [self._value()]
        while self._is("sign", ","):
            found.append(self._value())
        self._need("sign", ")")
        return found

    def _row_numbers(self) -> Condition:
        operator, number = self._next().text, self._value()
        if not number.isdigit():
            raise NotUnderstood(number)
        bound = int(number)
        first, last = {
            "=": (bound, bound),
            "<": (1, bound - 1),
            "<=": (1, bound),
            ">": (bound + 1, None),
            ">=": (bound, None),
        }.get(operator, (0, 0))
        if not first and not last:
            raise NotUnderstood(operator)
        self.rows = RowNumbers(first, last)
        return Condition("1")
