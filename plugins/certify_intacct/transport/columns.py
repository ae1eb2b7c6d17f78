"""Records of a page, held column by column, as pages of thousands that all have the same fields are read and staged."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, overload


class Columns(Sequence[dict[str, Any]]):
    """A sequence of records that all have the same fields. A record is made when it is asked for, anew each time.

    :param columns: field name → its value in each record, as many for each field, in the order of the fields
    """

    def __init__(self, columns: Mapping[str, list[Any]]) -> None:
        self._columns = columns
        self._length = len(next(iter(columns.values()), ()))

    def column(self, name: str) -> list[Any]:
        """The value of a field in each record; None where no record has it."""
        return self._columns[name] if name in self._columns else [None] * self._length

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[dict[str, Any]]:
        names = tuple(self._columns)
        return (dict(zip(names, values, strict=True)) for values in zip(*self._columns.values(), strict=True))

    @overload
    def __getitem__(self, position: int) -> dict[str, Any]: ...
    @overload
    def __getitem__(self, position: slice) -> Columns: ...
    def __getitem__(self, position: int | slice) -> dict[str, Any] | Columns:
        if isinstance(position, slice):
            return Columns({name: values[position] for name, values in self._columns.items()})
        return {name: values[position] for name, values in self._columns.items()}


def column(records: Sequence[Mapping[str, Any]], name: str) -> list[Any]:
    """The value of a field in each record; None where a record has it not."""
    return records.column(name) if isinstance(records, Columns) else [record.get(name) for record in records]
