"""Who of Certify has no vendor in Intacct to be paid by, as the newest runs have read both services. Nothing is made of it.

On the list is every active user of Certify with an EmployeeID, and whoever has a report that waits for the vendor.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from certify_intacct.model.configuration import Configuration
from certify_intacct.model.currencies import amount_text
from certify_intacct.model.vendors import NoVendor
from certify_intacct.staging.csv_file import as_csv
from certify_intacct.staging.database import Connection

COLUMNS = (
    "vendor_id", "name", "email", "contact", "vendor_type", "entity", "currency", "problem", "looks_like", "reports",
    "waiting", "to_do",
)  # fmt: skip
#: Without the lists of both nobody can tell who has no vendor.
_NEEDED = ("certify_users", "intacct_vendors")

# Whole lists only: an extract is noted when it is finished. Of each list the newest, whichever direction has read it.
_SQL = """
WITH newest AS MATERIALIZED (
    SELECT DISTINCT ON (x.stream) x.stream, x.load_id, x.observed_at FROM ops.extract x JOIN ops.load l USING (load_id)
    WHERE x.source_load_id = x.load_id AND x.page_count > 0 AND l.staging_expired_at IS NULL
    ORDER BY x.stream, x.observed_at DESC
), vendor AS MATERIALIZED (
    SELECT r.code, r.status, r.attributes->>'vendor_type' AS vendor_type
    FROM staging.reference r JOIN newest n USING (load_id, stream) WHERE r.stream = 'intacct_vendors' AND r.code <> ''
), alike AS (
    SELECT lower(btrim(code)) AS form, min(code) AS code FROM vendor GROUP BY 1
), account AS (
    SELECT DISTINCT ON (u.employee_id) u.employee_id, btrim(concat_ws(' ', u.first_name, u.last_name)) AS name, u.email
    FROM staging.certify_user u JOIN newest n ON n.load_id = u.load_id AND n.stream = 'certify_users'
    WHERE u.active AND btrim(u.employee_id) <> '' ORDER BY u.employee_id, u.id
), held AS (
    SELECT w.employee_id, w.currency, min(w.person) AS person, array_agg(DISTINCT w.report_id) AS reports, sum(w.amount) AS amount
    FROM ledger.waiting w
    WHERE w.certify_company = %(company)s AND w.payer <> 'company' AND btrim(w.employee_id) <> ''
      AND string_to_array(w.rule, ', ') && %(rules)s::text[]
    GROUP BY 1, 2
), waits AS (
    SELECT h.employee_id, min(h.person) AS person,
           (SELECT count(DISTINCT one) FROM held o, unnest(o.reports) one WHERE o.employee_id = h.employee_id) AS reports,
           jsonb_object_agg(h.currency, h.amount::text) FILTER (WHERE h.amount IS NOT NULL) AS amounts
    FROM held h GROUP BY h.employee_id
), employee AS (
    SELECT DISTINCT ON (e.employee_id) e.employee_id, e.location, e.email, btrim(concat_ws(' ', e.first_name, e.last_name)) AS name,
           coalesce(e.raw->>'PERSONALINFO.CONTACTNAME', '') AS contact
    FROM staging.intacct_employee e JOIN newest n ON n.load_id = e.load_id AND n.stream = 'intacct_employees'
    ORDER BY e.employee_id, e.status, e.recordno
), place AS (
    SELECT r.stream, r.code, r.attributes FROM staging.reference r JOIN newest n USING (load_id, stream)
    WHERE r.stream IN ('intacct_entities', 'intacct_locations')
)
SELECT id AS vendor_id, coalesce(nullif(e.name, ''), nullif(a.name, ''), w.person, '') AS name,
       coalesce(nullif(e.email, ''), a.email, '') AS email, coalesce(e.contact, '') AS contact, p.entity,
       coalesce(nullif(own.attributes->>'currency', ''), %(currency)s) AS currency,
       CASE WHEN v.code IS NULL THEN 'missing' WHEN v.vendor_type = ANY(%(types)s) THEN 'inactive' ELSE 'other_type' END AS problem,
       CASE WHEN v.code IS NULL THEN coalesce(like_it.code, '') ELSE '' END AS looks_like,
       coalesce(w.reports, 0) AS reports, coalesce(w.amounts, '{}') AS amounts, count(*) OVER () AS whole
FROM (SELECT employee_id FROM account UNION SELECT employee_id FROM waits) known (id)
LEFT JOIN vendor v ON v.code = id
LEFT JOIN alike like_it ON like_it.form = lower(btrim(id))
LEFT JOIN account a ON a.employee_id = id
LEFT JOIN waits w ON w.employee_id = id
LEFT JOIN employee e ON e.employee_id = id
LEFT JOIN place lies ON lies.stream = 'intacct_locations' AND lies.code = e.location
CROSS JOIN LATERAL (SELECT coalesce(nullif(lies.attributes->>'entity_id', ''), e.location, '') AS entity) p
LEFT JOIN place own ON own.stream = 'intacct_entities' AND own.code = p.entity
WHERE v.code IS NULL OR NOT coalesce(v.vendor_type = ANY(%(types)s), false) OR v.status IS DISTINCT FROM 'active'
ORDER BY coalesce(w.reports, 0) DESC, id LIMIT %(most)s OFFSET %(after)s
"""


def as_of(connection: Connection) -> dict[str, datetime]:
    """When the two lists that decide were read last; less than both where no run has read them."""
    rows = connection.execute(
        """
        SELECT x.stream, max(x.observed_at) AS at FROM ops.extract x JOIN ops.load l USING (load_id)
        WHERE x.stream = ANY(%s) AND x.source_load_id = x.load_id AND x.page_count > 0 AND l.staging_expired_at IS NULL GROUP BY 1
        """,
        [list(_NEEDED)],
    ).fetchall()
    return {row["stream"]: row["at"] for row in rows}


def vendors_to_make(
    connection: Connection, settings: Configuration, *, needed: bool, most: int | None = None, after: int = 0
) -> list[dict[str, Any]]:
    """A row a person, whoever has most reports waiting first; each with how many there are in all (``whole``).

    Nobody is on the list while no run has read both services, and where connector.yaml asks for none (``people.vendors``).

    :param needed: whether employees are paid as vendors at all
    """
    if not needed or settings.people.vendors == "off" or len(as_of(connection)) < len(_NEEDED):
        return []
    types = settings.posting.vendors.employee_vendor_types
    rows = connection.execute(
        _SQL,
        {
            "company": settings.company.certify_company,
            "currency": settings.company.base_currency,
            "types": list(types),
            "rules": [problem.rule.value for problem in NoVendor],
            "most": most,
            "after": after,
        },
    ).fetchall()
    return [{**row, "vendor_type": " or ".join(types), "amounts": _amounts(row["amounts"])} for row in rows]


def in_csv(rows: Sequence[Mapping[str, Any]]) -> str:
    """Rows as CSV with their headings; what is to be done stands in each."""
    return as_csv(COLUMNS, ([_cell(row, name) for name in COLUMNS] for row in rows))


def _amounts(by_currency: Mapping[str, str]) -> dict[str, Decimal]:
    return {currency: Decimal(amount) for currency, amount in sorted(by_currency.items())}


def _cell(row: Mapping[str, Any], name: str) -> object:
    match name:
        case "to_do":
            return NoVendor(row["problem"]).to_do
        case "waiting":
            return ", ".join(
                f"{amount_text(amount, currency)} {currency}".strip() for currency, amount in row["amounts"].items()
            )
        case _:
            return row[name]
