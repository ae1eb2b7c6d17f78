"""Where the money of a plan stands: every cent of its documents, by account or tax detail, entity and currency.

Kept when documents are frozen: two plans are compared by it, and to read it out of the lines of all their documents would take longer
than all else of that page. Documents that are equal in both plans book the same, and so do sums.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from certify_intacct.model.documents import Document
from certify_intacct.staging.database import Connection


@dataclass(frozen=True, kw_only=True)
class AccountSum:
    """What either plan books on an account of an entity in a currency, the side of the expenses.

    :param account: the account as lines name it, or the tax detail of what stands apart as tax
    """

    account: str
    entity: str
    currency: str
    here: Decimal
    there: Decimal


def booked(documents: Iterable[Document]) -> dict[tuple[str, str, str], Decimal]:
    """What documents book, by account or tax detail, entity and currency."""
    found: defaultdict[tuple[str, str, str], Decimal] = defaultdict(Decimal)
    for document in documents:
        for line in document.lines:
            where = line.location_id or document.entity, document.currency
            found[line.account, *where] += line.amount
            for entry in line.tax:
                found[f"tax {entry.detail_id}", *where] += entry.amount
    return dict(found)


def keep(connection: Connection, load_id: int, documents: Iterable[Document]) -> None:
    """Adds what documents book to the sums of a load's plan."""
    connection.cursor().executemany(
        "INSERT INTO plan.account_sum (load_id, account, entity, currency, amount) VALUES (%s, %s, %s, %s, %s)",
        [(load_id, *where, amount) for where, amount in booked(documents).items()],
    )


def account_sums(connection: Connection, load_id: int, other: int) -> list[AccountSum]:
    """The sums of two plans beside each other, ``here`` and ``there``."""
    rows = connection.execute(
        """
        SELECT account, entity, currency, coalesce(sum(amount) FILTER (WHERE load_id = %(here)s), 0) AS here,
               coalesce(sum(amount) FILTER (WHERE load_id = %(there)s), 0) AS there
        FROM plan.account_sum WHERE load_id IN (%(here)s, %(there)s) GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
        """,
        {"here": load_id, "there": other},
    ).fetchall()
    return [AccountSum(**row) for row in rows]
