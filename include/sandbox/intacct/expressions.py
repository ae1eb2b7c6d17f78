"""Fields and conditions of a query as SQL over the store: dotted paths, order by type, the operators of `query`.

A dotted field is followed by scalar subqueries, so that a relation multiplies no rows, unless it leads to many records. Dates and
amounts are compared by a key whose text order is their order: exact, and no float touches an amount.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from include.sandbox.intacct.catalog import Catalog, Field, ObjectType, Relation
from include.sandbox.store import Store

SIDE = "intacct"
_DATE = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})(?: (\d{1,2}):(\d{2}):(\d{2}))?")
_INTEGER_DIGITS, _FRACTION_DIGITS = 20, 12
_NINES = str.maketrans("0123456789", "9876543210")
AMOUNTS = frozenset({"DECIMAL", "CURRENCY", "PERCENT"})
_WHOLE = frozenset({"INTEGER", "SEQUENCE"})


class UnknownField(Exception):
    """The object has no such field, or it cannot be queried."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


class BadValue(Exception):
    """A value cannot be compared with a field of this type (an ISO date, say)."""


@dataclass(frozen=True, slots=True)
class Expression:
    """A field as SQL: `text` gives its text or NULL, `order` what it is compared and sorted by.

    `column` is set when the field is one plain column of the object, which an index can serve.
    """

    name: str
    field: Field
    text: str
    order: str
    column: str | None = None


def amount_key(text: Any) -> str | None:
    """A text whose order is the order of the amounts; None for what is no amount."""
    try:
        amount = Decimal(str(text).strip())
    except InvalidOperation:
        return None
    if text is None or not amount.is_finite():
        return None
    whole, _, fraction = f"{abs(amount):f}".partition(".")
    digits = whole.rjust(_INTEGER_DIGITS, "0") + fraction.ljust(_FRACTION_DIGITS, "0")[:_FRACTION_DIGITS]
    return "0" + digits.translate(_NINES) if amount < 0 else "1" + digits


def moment_key(text: str) -> str | None:
    """yyyymmdd or yyyymmdd hh:mm:ss of a date or timestamp as the service writes it; None for anything else."""
    found = _DATE.fullmatch(text.strip())
    if not found:
        return None
    month, day, year, *clock = found.groups()
    if not (1 <= int(month) <= 12 and 1 <= int(day) <= 31):
        return None
    days = f"{year}{month:0>2}{day:0>2}"
    return days if clock[0] is None else f"{days} {clock[0]:0>2}:{clock[1]}:{clock[2]}"


class _Sum:
    """SQL aggregate: the exact sum of decimal texts."""

    def __init__(self) -> None:
        self.total, self.count = Decimal(0), 0

    def step(self, value: Any) -> None:
        if value not in (None, ""):
            self.total += Decimal(str(value))
            self.count += 1

    def finalize(self) -> str | None:
        return f"{self.total:f}" if self.count else None


class _Average(_Sum):
    """SQL aggregate: the average of decimal texts."""

    def finalize(self) -> str | None:
        return f"{(self.total / self.count).quantize(Decimal('0.0000000001')).normalize():f}" if self.count else None


def register(store: Store) -> None:
    """Teach the store's SQL the functions used here."""
    store.function("amount_key", 1, amount_key)
    store.function("casefold", 1, lambda text: text.casefold() if isinstance(text, str) else text)
    store.aggregate("exact_sum", 1, _Sum)
    store.aggregate("exact_average", 1, _Average)
    store.aggregate("exact_min", 1, _Least)
    store.aggregate("exact_max", 1, _Greatest)


class _Least:
    """SQL aggregate: the smallest of decimal texts."""

    best: Decimal | None = None

    def step(self, value: Any) -> None:
        if value not in (None, ""):
            amount = Decimal(str(value))
            self.best = amount if self.best is None else self._better(self.best, amount)

    @staticmethod
    def _better(one: Decimal, other: Decimal) -> Decimal:
        return min(one, other)

    def finalize(self) -> str | None:
        return None if self.best is None else f"{self.best:f}"


class _Greatest(_Least):
    """SQL aggregate: the largest of decimal texts."""

    @staticmethod
    def _better(one: Decimal, other: Decimal) -> Decimal:
        return max(one, other)


class Expressions:
    """The fields of one object, looked up by name. Names are matched as given, then in upper case."""

    def __init__(self, store: Store, catalog: Catalog, kind: ObjectType) -> None:
        self._store, self._catalog, self.kind = store, catalog, kind
        self._aliases = 0
        self._known: dict[str, Expression] = {}
        self._joins: dict[str, tuple[str, str]] = {}

    def __call__(self, name: str) -> Expression:
        """The expression of a field. Raises UnknownField."""
        wanted = name.strip()
        if wanted not in self._known:
            self._known[wanted] = self._compiled(wanted)
        return self._known[wanted]

    @property
    def joins(self) -> str:
        """What a SELECT of the fields that were looked up joins, for those of which there may be many."""
        return "".join(sql for _, sql in self._joins.values())

    def _compiled(self, name: str) -> Expression:
        for spelling in (name, name.upper()):
            found = self._catalog.path(self.kind.name, spelling)
            if found is None:
                continue
            hops, field = found
            if field.hidden or not (hops or spelling in self.kind.fields):
                break
            if any(hop.many for hop in hops):
                text, column = self._joined(hops, field.name), None
            elif hops:
                text, column = self._follow(self.kind, "t", hops, field.name), None
            else:
                text, column = self._own(self.kind, "t", field.name)
            order = "t._id" if column == "t._id" else _order(text, field)
            return Expression(field.tag or spelling, field, text, order, column)
        raise UnknownField(name)

    def _alias(self) -> str:
        self._aliases += 1
        return f"r{self._aliases}"

    def _own(self, kind: ObjectType, alias: str, name: str) -> tuple[str, str | None]:
        """The text of an object's own field, and its plain column if it is nothing else."""
        column = self._store.column(SIDE, kind.name, name)
        plain = f"{alias}.{column}" if column else None
        if column == "_id":
            return f"CAST({plain} AS TEXT)", plain
        related = self._catalog.related(kind.name, name)
        if related is None:
            return (f"NULLIF({plain}, '')" if plain else "NULL"), plain
        relation, inner = related
        if inner not in self._catalog[relation.object].fields:
            return (f"NULLIF({plain}, '')" if plain else "NULL"), plain
        supplied = self._follow(kind, alias, [relation], inner)
        return (f"COALESCE(NULLIF({plain}, ''), {supplied})" if plain else supplied), None

    def _follow(self, kind: ObjectType, alias: str, hops: Sequence[Relation], name: str) -> str:
        """The text of a field at the end of relations."""
        relation, *rest = hops
        target, inner = self._catalog[relation.object], self._alias()
        plain = self._store.column(SIDE, kind.name, relation.by)
        if plain is None:
            return "NULL"
        key = self._store.column(SIDE, target.name, relation.key)
        if key is None:
            return "NULL"
        self._store.index(SIDE, target.name, relation.key)
        value = self._follow(target, inner, rest, name) if rest else self._own_plain(target, inner, name)
        link = f"CAST({alias}.{plain} AS INTEGER)" if key == "_id" else f"{alias}.{plain}"
        table = self._store.table(SIDE, target.name)
        return f"(SELECT {value} FROM {table} {inner} WHERE {inner}.{key} = {link} LIMIT 1)"

    def _joined(self, hops: Sequence[Relation], name: str) -> str:
        """The same where there may be many records at the end: each way is joined once, whatever fields are asked for by it."""
        kind, alias, path = self.kind, "t", ""
        for hop in hops:
            path += f"{hop.path}."
            by = self._store.column(SIDE, kind.name, hop.by)
            key = self._store.column(SIDE, hop.object, hop.key)
            kind = self._catalog[hop.object]
            if by is None or key is None:
                return "NULL"
            if path not in self._joins:
                inner = self._alias()
                link = f"CAST({inner}.{key} AS INTEGER) = CAST({alias}.{by} AS INTEGER)"
                self._joins[path] = inner, f" LEFT JOIN {self._store.table(SIDE, hop.object)} {inner} ON {link}"
            alias = self._joins[path][0]
        return self._own_plain(kind, alias, name)

    def _own_plain(self, kind: ObjectType, alias: str, name: str) -> str:
        column = self._store.column(SIDE, kind.name, name)
        if column == "_id":
            return f"CAST({alias}._id AS TEXT)"
        return f"NULLIF({alias}.{column}, '')" if column else "NULL"


def _order(text: str, field: Field) -> str:
    if field.type in _WHOLE:
        return f"CAST({text} AS INTEGER)"
    if field.type in AMOUNTS:
        return f"amount_key({text})"
    if field.type == "DATE":
        return f"(substr({text}, 7, 4) || substr({text}, 1, 2) || substr({text}, 4, 2))"
    if field.type == "TIMESTAMP":
        return f"(substr({text}, 7, 4) || substr({text}, 1, 2) || substr({text}, 4, 2) || substr({text}, 11))"
    return text


def sort_key(field: Field, value: str) -> Any:
    """A kept value as it compares with what `comparable` gives; None for an empty one, or one that is none of its type."""
    try:
        return comparable(field, value) if value else None
    except BadValue:
        return None


def comparable(field: Field, value: str) -> Any:
    """A value as it compares with the `order` of an expression of this field. Raises BadValue."""
    kind = field.type
    if kind in _WHOLE:
        text = value.strip()
        if not re.fullmatch(r"[+-]?\d+", text):
            raise BadValue(value)
        return int(text)
    if kind in AMOUNTS:
        key = amount_key(value)
        if key is None:
            raise BadValue(value)
        return key
    if kind in ("DATE", "TIMESTAMP"):
        moment = moment_key(value)
        if moment is None:
            raise BadValue(value)
        if kind == "DATE":
            return moment[:8]
        return moment if " " in moment else f"{moment} 00:00:00"
    if kind == "BOOLEAN":
        return {"t": "true", "f": "false"}.get(value.strip().lower(), value.strip().lower())
    return value


@dataclass(frozen=True, slots=True)
class Condition:
    """A piece of a WHERE clause with its parameters."""

    sql: str
    parameters: tuple[Any, ...] = ()

    def __invert__(self) -> Condition:
        return Condition(f"NOT ({self.sql})", self.parameters)


def joined(word: str, conditions: Iterable[Condition]) -> Condition:
    """Conditions joined by AND or OR."""
    parts = list(conditions)
    sql = f" {word} ".join(f"({part.sql})" for part in parts)
    return Condition(sql, tuple(value for part in parts for value in part.parameters))


class Conditions:
    """The operators of `query` over the fields of one object.

    `decoded` turns the value of a request into the stored one (readByQuery speaks in database codes). Without `joins` fields of
    related records cannot be asked for.
    """

    def __init__(
        self,
        fields: Expressions,
        store: Store,
        *,
        case_insensitive: bool = False,
        decoded: Callable[[Field, str], str] = lambda _field, value: value,
        joins: bool = True,
    ) -> None:
        self._fields, self._store, self._fold, self._decoded = fields, store, case_insensitive, decoded
        self._joins = joins

    def compare(self, name: str, operator: str, value: str) -> Condition:
        """`operator` is an SQL comparison: = <> < <= > >=. Empty text compares with nothing, as in Oracle."""
        expression, order, wanted = self._sides(name, value)
        if operator == "=" and self._plain_text(expression):
            self._store.index(SIDE, self._fields.kind.name, expression.name)
            order = str(expression.column)
        return Condition(f"{order} {operator} {self._mark}", (wanted,))

    def one_of(self, name: str, values: Sequence[str]) -> Condition:
        """IN. Up to 1,000 values; an index serves a plain column."""
        sides = [self._sides(name, value) for value in values]
        expression, order, _ = sides[0]
        if self._plain_text(expression):
            self._store.index(SIDE, self._fields.kind.name, expression.name)
            order = str(expression.column)
        marks = ", ".join(self._mark for _ in sides)
        return Condition(f"{order} IN ({marks})", tuple(wanted for _, _, wanted in sides))

    def between(self, name: str, first: str, last: str) -> Condition:
        """Both ends included, the earlier first."""
        _, order, low = self._sides(name, first)
        _, _, high = self._sides(name, last)
        return Condition(f"{order} BETWEEN {self._mark} AND {self._mark}", (low, high))

    def like(self, name: str, pattern: str) -> Condition:
        """% and _ as in SQL."""
        expression = self._expression(name)
        text = f"casefold({expression.text})" if self._fold else expression.text
        return Condition(f"{text} LIKE {self._mark}", (self._decoded(expression.field, pattern),))

    def is_null(self, name: str) -> Condition:
        """No value, or an empty one."""
        return Condition(f"{self._expression(name).text} IS NULL")

    @property
    def _mark(self) -> str:
        return "casefold(?)" if self._fold else "?"

    def _expression(self, name: str) -> Expression:
        expression = self._fields(name)
        if "." in expression.name and not self._joins:
            raise UnknownField(name)
        return expression

    def _plain_text(self, expression: Expression) -> bool:
        return expression.column not in (None, "t._id") and expression.order == expression.text and not self._fold

    def _sides(self, name: str, value: str) -> tuple[Expression, str, Any]:
        expression = self._expression(name)
        wanted = comparable(expression.field, self._decoded(expression.field, value))
        order = f"casefold({expression.order})" if self._fold and isinstance(wanted, str) else expression.order
        return expression, order, wanted if wanted != "" else None
