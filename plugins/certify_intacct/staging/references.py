"""What a plan of expenses looks up: the lists of a load as the model's records, without what validation quarantined."""

from __future__ import annotations

import calendar
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date
from types import MappingProxyType

from certify_intacct.model.configuration import DimensionsConfiguration
from certify_intacct.model.dimensions import DIMENSIONS, OWN, Dimension
from certify_intacct.model.inter_entity import InterEntity
from certify_intacct.model.references import (
    Account,
    CardAccount,
    Category,
    DimensionValue,
    Employee,
    LedgerJournal,
    PaymentType,
    References,
    TaxDetail,
    Vendor,
)
from certify_intacct.staging import closed_periods, direct_postings, payee_links
from certify_intacct.staging.database import Connection
from certify_intacct.staging.reference import ListRow, passed, rows_of

_NOWHERE: Mapping[str, int] = MappingProxyType({})


def references(
    connection: Connection,
    load_id: int,
    intacct_company: str,
    dimensions: DimensionsConfiguration,
    *,
    moving: bool = False,
    single_entity: bool = False,
    elsewhere: Mapping[str, int] = _NOWHERE,
    opened_by: str = "",
) -> References:
    """What a plan of the load looks up; what validation quarantined is left out, as if it were not there.

    :param dimensions: those that the company uses
    :param moving: whether documents of a closed period go to the first open day
    :param single_entity: whether the company has no entities; its locations are looked up in their place
    :param elsewhere: lists that are taken from another load, by their streams
    :param opened_by: who started the run
    """

    def listed(stream: str) -> list[ListRow]:
        return passed(connection, elsewhere.get(stream, load_id), stream)

    closed = closed_periods.known(connection, load_id, intacct_company, moving=moving)
    refused = direct_postings.refused(connection, intacct_company)
    accounts = {row.code: _account(row, refused) for row in listed("intacct_gl_accounts")}
    return References(
        vendors={row.code: _vendor(row) for row in listed("intacct_vendors")},
        accounts=accounts,
        labels=_labels(listed("intacct_ap_account_labels"), accounts),
        employees={row.code: _employee(row) for row in listed("intacct_payee_employees")},
        expense_types=_labels(listed("intacct_expense_types"), accounts),
        payment_types={
            row.code: PaymentType(
                name=row.code, active=row.active, reimbursable=_unless(row.attributes["non_reimbursable"])
            )
            for row in listed("intacct_expense_payment_types")
        },
        cards={row.code: _card(row) for row in listed("intacct_cards")},
        journals=_journals(listed("intacct_journals"), refused),
        dimensions={
            dimension.name: {(*row.within, row.code): value_of(row, dimension) for row in listed(dimension.stream)}
            for dimension in looked_up(dimensions, single_entity=single_entity)
        },
        filled=_filled(listed("intacct_filled_dimensions")),
        categories=_categories(connection, load_id),
        term_days={
            row.code: row.attributes["due_days"]
            for row in listed("intacct_terms")
            if row.active and row.attributes["due_days"] is not None and _from_the_bill(row.text("due_from"))
        },
        tax_details={
            row.code: TaxDetail(detail_id=row.code, solution=row.text("tax_solution"), active=row.active)
            for row in listed("intacct_tax_details")
        },
        single_entity=single_entity,
        employee_id_uses=_employee_id_uses(connection, load_id),
        links=_links(connection, intacct_company),
        released_links=payee_links.released(connection, intacct_company, opened_by),
        inter_entity=_inter_entity(listed("intacct_inter_entity")),
        closed_through=closed.through,
        closed_days=closed.days,
    )


def _inter_entity(rows: Sequence[ListRow]) -> InterEntity:
    return InterEntity.of(
        (row.text("entity_id"), row.text("towards"), row.text("payable"), row.text("receivable")) for row in rows
    )


def _filled(rows: Sequence[ListRow]) -> frozenset[tuple[str, str]]:
    """Which dimensions fill in others, by their names; those of a company's own tell nobody how a value names its other."""
    names = {row.object: row.name for row in DIMENSIONS}
    pairs = ((names.get(row.text("source")), names.get(row.parent)) for row in rows)
    return frozenset((one, other) for one, other in pairs if one and other)


def looked_up(dimensions: DimensionsConfiguration, *, single_entity: bool) -> list[Dimension]:
    """The dimensions that a company uses, the location in the place of the entity where it has none."""
    return [used.dimension for used in dimensions.in_company(single_entity=single_entity)]


def value_of(row: ListRow, dimension: Dimension) -> DimensionValue:
    """A row of a dimension's values. Where Intacct keeps no status of them, all are active."""
    return DimensionValue(
        code=row.code,
        name=row.name,
        status=(row.status or "of unknown status") if dimension.status else "active",
        parent=row.parent,
        more={name: row.text(name) for name in dimension.more} | ({dimension.key: row.key} if dimension.own else {}),
        prevented=frozenset(name for name in dimension.prevented if _ticked(row, f"prevented_{name}")),
    )


def _categories(connection: Connection, load_id: int) -> dict[str, tuple[Category, ...]]:
    """By name: a name may stand several times, with different GL codes. Those that cannot be read are among them, and say so."""
    found: dict[str, list[Category]] = defaultdict(list)
    for row in rows_of(connection, load_id, "certify_categories"):
        category = Category(
            name=row.code,
            gl_code=row.text("gl_code"),
            personal=bool(row.attributes["personal"]),
            cash_advance=bool(row.attributes["cash_advance"]),
            readable=not row.frozen,
        )
        found[row.code].append(category)
    return {name: tuple(categories) for name, categories in found.items()}


def _employee_id_uses(connection: Connection, load_id: int) -> dict[str, int]:
    rows = connection.execute(
        """
        SELECT u.employee_id, count(*) AS uses FROM ops.extract x JOIN staging.certify_user u ON u.load_id = x.source_load_id
        WHERE x.load_id = %s AND x.stream = 'certify_users' AND u.active IS DISTINCT FROM false AND coalesce(u.employee_id, '') <> ''
        GROUP BY 1
        """,
        [load_id],
    ).fetchall()
    return {row["employee_id"]: row["uses"] for row in rows}


def _links(connection: Connection, intacct_company: str) -> dict[tuple[str, str], str]:
    query = """
        SELECT 'VENDOR' AS object, employee_id, vendor_record AS record_no FROM ledger.vendor_link WHERE intacct_company = %(company)s
        UNION ALL
        SELECT 'EMPLOYEE', employee_id, employee_record FROM ledger.employee_link WHERE intacct_company = %(company)s
    """
    rows = connection.execute(query, {"company": intacct_company}).fetchall()
    return {(row["object"], row["employee_id"]): row["record_no"] for row in rows}


def _from_the_bill(due_from: str) -> bool:
    """Whether a term counts its days from the bill's date, and from nothing else.

    Of the words of Intacct's list one begins alike and goes on to the end of the month (``from invoice/bill date extending to eom``);
    all others count from months.
    """
    word = due_from.strip().casefold()
    return word in ("", "0") or (
        word.startswith("from") and not any(end in word for end in ("month", "extending", "eom"))
    )


def _vendor(row: ListRow) -> Vendor:
    """Intacct joins several values of a field by ``#~#``."""
    rule = row.text("restriction").strip().casefold()
    locations = frozenset(row.text("restricted_locations").split("#~#")) - {""}
    return Vendor(
        vendor_id=row.code,
        record_no=row.key,
        name=row.name,
        contact_name=row.text("contact_name"),
        email=row.text("email"),
        vendor_type=row.text("vendor_type"),
        active=row.active,
        on_hold=bool(row.attributes["on_hold"]),
        term=row.text("term_name"),
        entity=row.text("entity_id"),
        top_level_only=rule == "rootonly",
        one_time=row.text("one_time").strip().casefold() == "true",
        locations=locations if rule == "restricted" and locations else None,
    )


def _journals(listed: Sequence[ListRow], refused: Collection[direct_postings.Place]) -> dict[str, LedgerJournal]:
    """Those that were read, and those that are known from a refusal alone: journals may not be read everywhere."""
    rows = {row.code: row for row in listed}
    codes = {*rows, *(code for what, code in refused if what == direct_postings.JOURNAL)}
    return {
        code: LedgerJournal(
            symbol=code, direct_posting=_takes_direct_postings(rows.get(code), (direct_postings.JOURNAL, code), refused)
        )
        for code in codes
    }


def _takes_direct_postings(
    row: ListRow | None, place: direct_postings.Place, refused: Collection[direct_postings.Place]
) -> bool:
    """What Intacct shows counts, and where it shows nothing what it refused."""
    if row is not None and row.text("direct_posting_off"):
        return not _ticked(row, "direct_posting_off")
    return place not in refused


def _account(row: ListRow, refused: Collection[direct_postings.Place]) -> Account:
    demanded = (dimension.name for dimension in (*DIMENSIONS, *OWN) if _ticked(row, dimension.requires.lower()))
    return Account(
        account_no=row.code,
        title=row.name,
        active=row.active,
        requires=frozenset(demanded),
        direct_posting=_takes_direct_postings(row, (direct_postings.ACCOUNT, row.code), refused),
    )


def _ticked(row: ListRow, name: str) -> bool:
    """Whether a switch that not every company shows is on. Only the plain word for yes is: another one, or none, is no knowledge."""
    return row.text(name).strip().casefold() in ("true", "t")


def _card(row: ListRow) -> CardAccount:
    month, year = row.text("expiration_month"), row.text("expiration_year")
    return CardAccount(card_id=row.code, active=row.active, entity=row.text("entity_id"), expires=expiry(month, year))


def expiry(month: str, year: str) -> date | None:
    """The last day of a month that is named by its number or in English; None when it cannot be read."""
    names = [name.casefold() for name in calendar.month_name]
    word = month.strip().casefold()
    short = [name for name in names if name and len(word) == 3 and name.startswith(word)]
    number = names.index(short[0]) if short else names.index(word) if word in names[1:] else _number(word)
    if not 1 <= number <= 12 or not 1900 <= _number(year.strip()) <= 9999:
        return None
    return date(int(year), number, calendar.monthrange(int(year), number)[1])


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 4 else 0


def _employee(row: ListRow) -> Employee:
    return Employee(
        employee_id=row.code,
        record_no=row.key,
        name=row.name,
        email=row.text("email"),
        active=row.active,
        start_date=date.fromisoformat(text) if (text := row.text("start_date")) else None,
        entity=row.text("entity_id"),
    )


def _unless(value: bool | None) -> bool | None:
    return None if value is None else not value


def _labels(listed: Sequence[ListRow], accounts: Mapping[str, Account]) -> dict[str, Account]:
    """Names of accounts. Each demands what the account behind it demands."""
    found = {}
    for row in listed:
        behind = accounts.get(row.text("account_no"), Account(account_no=""))
        found[row.code] = replace(behind, account_no=row.code, title=row.name, active=row.active)
    return found
