"""What expense categories are kept from, and those of Certify, as a load read them."""

from __future__ import annotations

from certify_intacct.model.configuration.expense_categories import ExpenseCategories
from certify_intacct.model.people import CertifyCategory, ListValue
from certify_intacct.staging.database import Connection
from certify_intacct.staging.reference import rows_of
from certify_intacct.staging.streams.categories import IN_CERTIFY, KEPT_FROM
from certify_intacct.staging.streams.dimensions import told


def kept_from(connection: Connection, load_id: int, settings: ExpenseCategories) -> list[ListValue]:
    """Accounts or expense types of Intacct, which are called by their IDs; none where people keep the categories."""
    if settings.source == "none":
        return []
    return [
        ListValue(
            code=row.code,
            name=row.name or row.code,
            active=row.active,
            frozen=row.frozen,
            account=row.text("account_no") or row.code,
            fields={name: row.text(told(name)) for name in settings.told if told(name) in row.attributes},
        )
        for row in rows_of(connection, load_id, KEPT_FROM[settings.source])
    ]


def in_certify(connection: Connection, load_id: int) -> list[CertifyCategory]:
    """The categories, active or not."""
    return [
        CertifyCategory(id=row.key if row.known else "", name=row.code, gl_code=row.text("gl_code"), active=row.active)
        for row in rows_of(connection, load_id, IN_CERTIFY)
    ]
