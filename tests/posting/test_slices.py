"""A load is planned some reports at a time, and its plan is the same whatever that is."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

import psycopg
import pytest

from certify_intacct.model.configuration import load
from certify_intacct.posting.plan_load import plan_load
from certify_intacct.staging.database import Connection, Database
from certify_intacct.staging.manifest import get_load
from tests.expense_company import DAY, Company, report_id

NEXT = DAY + timedelta(days=1)
REPORTS = 24
CARD = {"PaymentCardName": "Corporate Visa", "CCLast": "4821", "ReimAmount": "0"}
# What a plan and its open items are made of; numbers that the database gives are not compared.
STORED = """
SELECT * FROM (
SELECT 'change' AS what, position AS n, to_jsonb(c) - 'change_id' - 'planned_at' - 'load_id' AS stored
    FROM plan.change c WHERE load_id = %(load)s
UNION ALL SELECT 'report', position, to_jsonb(r) - 'change_id' - 'load_id'
    FROM plan.report r JOIN plan.change c USING (load_id, change_id) WHERE load_id = %(load)s
UNION ALL SELECT 'document', 0, to_jsonb(d) - 'load_id' FROM plan.document d WHERE load_id = %(load)s
UNION ALL SELECT 'above', 0, to_jsonb(a) - 'load_id' FROM plan.above_limit a WHERE load_id = %(load)s
UNION ALL SELECT 'open', 0, to_jsonb(i) - 'seen_at' - 'opened_at' FROM ledger.open_item i
UNION ALL SELECT 'settled', 0, to_jsonb(s) - 'settled_at' FROM ops.settled_report s
UNION ALL SELECT 'ledger', 0, to_jsonb(d) - 'updated_at' FROM ledger.document d
) AS stored ORDER BY what, n, stored.stored::text
"""


class Undo(Exception):
    """Ends a transaction whose rows were looked at."""


@pytest.fixture
def at_once(monkeypatch):
    """Sets how many reports are planned together."""
    return lambda number: monkeypatch.setattr("certify_intacct.posting.plan_load.AT_ONCE", number)


def planned(company: Company, load_id: int) -> list[dict[str, Any]]:
    """All that a plan leaves in the database, of which nothing is kept."""
    found: list[dict[str, Any]] = []

    def look(connection: Connection) -> None:
        plan_load(connection, load(company.config), get_load(connection, load_id))
        found.extend(connection.execute(STORED, {"load": load_id}).fetchall())
        raise Undo

    with pytest.raises(Undo), Database(company.database.loader_url).connection() as connection:
        look(connection)
    return found


def a_line(draw: random.Random) -> dict[str, Any]:
    amount = f"{draw.randint(1, 9)}.50"
    if draw.random() < 0.4:
        return {"Amount": amount, "ReimAmount": amount}
    charge = draw.choice(["", f"T-{draw.randint(1, 12)}"])
    paid = draw.choice(["0", "0", amount])
    return {"Amount": "8.50", **CARD, "ReimAmount": paid if paid == "0" else "8.50", "CCTransactionID": charge,
            "Vendor": draw.choice(["Blue Cab", "Red Cab"])}  # fmt: skip


def reports(company: Company, draw: random.Random) -> None:
    """Reports that share charges, cannot be posted, do not add up, or are as they should be."""
    for number in range(1, REPORTS + 1):
        header: dict[str, Any] = draw.choice([{}, {}, {}, {"EmployeeID": "E-4711"}, {"TotalAmount": "1"}])
        day = draw.choice([DAY, NEXT])
        company.report(number, *(a_line(draw) for _ in range(draw.randint(1, 3))), day=day, **header)


@pytest.mark.parametrize("seed", [1])
def test_the_plan_is_the_same_in_slices_of_any_size(company, at_once, seed):
    draw = random.Random(seed)
    reports(company, draw)
    company.sync(validate=True)
    for report in draw.sample(range(1, REPORTS + 1), 4):
        if company.waiting(report_id(report), "same_charge"):
            company.decide(report_id(report), "release")
        else:
            company.sandbox.act("reprocess", report=report_id(report), remove_line=True)
    held, doubted = company.sql("SELECT document_id FROM ledger.document ORDER BY random() LIMIT 2")
    with psycopg.connect(company.database.owner_url) as connection:
        connection.execute("ALTER TABLE ledger.document DISABLE TRIGGER USER")
        for row, state in ((held, "held"), (doubted, "in_doubt")):
            connection.execute(
                "UPDATE ledger.document SET state = %s WHERE document_id = %s", [state, row["document_id"]]
            )
        connection.execute("ALTER TABLE ledger.document ENABLE TRIGGER USER")
    company.extract(DAY)
    load_id, _ = company.extract(NEXT, validate=True)

    at_once(10_000)
    whole = planned(company, load_id)
    assert len({row["stored"].get("rule") for row in whole if row["what"] == "change"}) > 2, "there is much to compare"
    assert any(row["what"] == "document" for row in whole)
    for number in (1, 7):
        at_once(number)
        assert planned(company, load_id) == whole


def test_a_charge_of_an_earlier_slice_is_held_and_the_report_that_has_it_named(company, at_once):
    line = {"Amount": "42.50", **CARD, "CCTransactionID": "T-88", "Vendor": "x" * 5000}
    first, *others = (company.report(number, line) for number in (1, 2, 3))
    load_id, _ = company.extract()
    at_once(1)
    rows = [row["stored"] for row in planned(company, load_id) if row["what"] == "change"]
    assert [(row["key"], row["action"]) for row in rows] == [(first, "post"), *((other, "hold") for other in others)]
    assert all("104001" in row["reason"] for row in rows[1:]), "the first is named, not the one before"
