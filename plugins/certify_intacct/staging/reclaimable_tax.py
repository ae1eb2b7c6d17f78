"""What the ledger's documents claim of tax, by entity, detail, month and currency (``ledger.reclaimable_tax``), as a file of CSV."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

from certify_intacct.model.errors import BadInput
from certify_intacct.model.periods import Period
from certify_intacct.staging.csv_file import Money, as_csv
from certify_intacct.staging.database import Connection

COLUMNS = (
    "intacct_company", "entity", "tax_solution", "tax_detail", "month", "currency", "standing", "net", "tax", "documents",
)  # fmt: skip
_MONTH = r"(\d{4})-(0[1-9]|1[0-2])"
_MONTHS = re.compile(rf"{_MONTH}(?:\.\.{_MONTH})?")


def months(text: str, today: date) -> Period:
    """The months that somebody names, ``2026-10`` or ``2026-10..2026-12``; for nothing, the last that is over.

    :raises BadInput: it is neither, or ends before it begins
    """
    if not text:
        text = f"{today.replace(day=1) - timedelta(days=1):%Y-%m}"
    found = _MONTHS.fullmatch(text)
    if found is None or found[1] == "0000" or found[3] == "0000":
        raise BadInput(
            f"{text!r} is no month, such as 2026-10, and no months, such as 2026-10..2026-12.", where="months"
        )
    first = date(int(found[1]), int(found[2]), 1)
    last = date(int(found[3] or found[1]), int(found[4] or found[2]), 1)
    if last < first:
        raise BadInput(f"{text!r} ends before it begins.", where="months")
    return Period(first, last)


def reclaimable_tax(connection: Connection, period: Period) -> list[dict[str, Any]]:
    """The rows of all months that begin in a period; zero details among them, with what was posted without tax."""
    return connection.execute(
        f"SELECT {', '.join(COLUMNS)} FROM ledger.reclaimable_tax WHERE month BETWEEN %s AND %s ORDER BY {', '.join(COLUMNS[:7])}",  # noqa: S608
        [period.start, period.end],
    ).fetchall()


def in_csv(rows: list[dict[str, Any]]) -> str:
    """Rows as CSV with their headings."""
    return as_csv(COLUMNS, ([_cell(row, name) for name in COLUMNS] for row in rows))


def _cell(row: dict[str, Any], name: str) -> object:
    match name:
        case "month":
            return f"{row[name]:%Y-%m}"
        case "net" | "tax":
            return Money(row[name], row["currency"])
        case _:
            return row[name]
