"""PostgreSQL knows the plan and the ledger of a large load before they are read."""

from __future__ import annotations

import psycopg

from certify_intacct.model.configuration import load
from certify_intacct.posting.plan_load import plan_load
from certify_intacct.staging.manifest import get_load
from tests import many_reports


def test_a_plan_that_was_taken_for_empty_while_it_was_written_is_known_when_it_is_read(company):
    """PostgreSQL's own ANALYZE sees nothing of a transaction that has not ended; the limits of a run are then asked row by row."""
    with psycopg.connect(company.database.owner_url, autocommit=True) as owner:
        for table in ("report", "document", "change"):
            owner.execute(f"ALTER TABLE plan.{table} SET (autovacuum_enabled = false)")
        load_id, _ = company.extract()
        many_reports.stage(company, load_id, 600, lines=1)
        with company.loader() as connection:
            plan_load(connection, load(company.config), get_load(connection, load_id))
            rows = owner.execute("SELECT reltuples FROM pg_class WHERE oid = 'plan.document'::regclass").fetchone()
    assert rows[0] > 500


def test_the_ledger_is_known_when_a_load_is_posted(company):
    for number in range(1, 4):
        company.report(number)
    with psycopg.connect(company.database.owner_url) as owner:
        owner.execute("ALTER TABLE ledger.document SET (autovacuum_enabled = false)")
    company.sync()
    with psycopg.connect(company.database.owner_url) as owner:
        rows = owner.execute("SELECT reltuples FROM pg_class WHERE oid = 'ledger.document'::regclass").fetchone()
    assert rows[0] == 3
