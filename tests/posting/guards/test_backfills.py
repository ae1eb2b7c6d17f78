"""One approval covers a backfill: its dates, up to a sum of each currency, and never for who approved it."""

from __future__ import annotations

import random
from contextlib import suppress
from datetime import timedelta
from decimal import Decimal
from typing import Any

import psycopg
import pytest

from certify_intacct.decisions.backfills import approve_backfill, withdraw_backfill
from certify_intacct.decisions.decide import Decider
from certify_intacct.model.configuration import load
from certify_intacct.model.errors import BadInput, GuardTripped
from certify_intacct.operators.plan_expenses import IntacctPlanOperator
from certify_intacct.staging import backfills
from certify_intacct.staging.database import Database
from tests.expense_company import DAY, Company
from tests.posting.guards.test_claims import post, sent, settings

FIRST = DAY - timedelta(days=9)


def approve(company: Company, amounts: str = "USD 250", *, by: str = "kim", **given: Any) -> str:
    dates = {"first": str(FIRST), "last": str(DAY)} | given
    return approve_backfill(
        Database(company.database.decider_url), load(company.config), amounts=amounts, by=Decider(name=by, user_id=by),
        reason="The last year", **dates,
    )  # fmt: skip


def withdraw(company: Company, number: str = "1", by: str = "robin") -> str:
    return withdraw_backfill(
        Database(company.database.decider_url), load(company.config), number=number, by=Decider(name=by, user_id=by),
        reason="Enough",
    )  # fmt: skip


@pytest.fixture
def limited(company):
    """A company in which a day may send 50 without a second person, and three days with a report of 100 each."""
    company.configure(limits={"day_amount": "50"})
    for number in range(1, 4):
        company.report(number, ("100", "100"), day=DAY - timedelta(days=number - 1))
    return company


def test_the_runs_of_an_approved_backfill_ask_nobody_until_its_ceiling(limited, approvals):
    assert "USD 250.00 were sent" in approve(limited)
    for back in (0, 1):
        plan = limited.plan(DAY - timedelta(days=back))
        assert approvals.ask(*plan) is None
        assert limited.load(*plan) == {"applied": 1}
    rows = limited.sql("SELECT approved_by, backfill_id FROM ledger.document")
    assert {tuple(row.values()) for row in rows} == {("backfill 1 approved by kim", 1)}
    third = limited.plan(DAY - timedelta(days=2))
    assert approvals.ask(*third) is not None, "with it 300 would be sent"
    with pytest.raises(GuardTripped, match="Nobody approved it"):
        limited.load(*third)
    approvals.answer(*third, by="robin")
    assert limited.load(*third) == {"applied": 1}
    assert sent(limited) == 300


def test_what_is_sent_under_it_leaves_the_day_to_the_others(limited):
    approve(limited)
    assert limited.sync(DAY) == {"applied": 1}
    limited.report(9, ("50", "50"), day=DAY + timedelta(days=1))
    assert limited.sync(DAY + timedelta(days=1)) == {"applied": 1}


def test_what_intacct_refused_was_not_sent_under_it(limited):
    approve(limited, "USD 100")
    assert limited.sync(DAY) == {"applied": 1}
    assert left(limited) == {"USD": 0}
    refused(limited)
    assert left(limited) == {"USD": 100}


def left(company: Company) -> dict[str, Decimal]:
    with company.loader() as connection:
        (approval,) = backfills.standing(connection, "SANDBOX")
    return approval.left


def refused(company: Company) -> None:
    """As if Intacct had refused what was sent."""
    company.sql("ALTER TABLE ledger.document DISABLE TRIGGER USER")
    company.sql("UPDATE ledger.document SET state = 'rejected'")
    company.sql("ALTER TABLE ledger.document ENABLE TRIGGER USER")


@pytest.mark.parametrize(
    ("amounts", "given", "period"),
    [
        ("USD 1000", {"last": str(DAY - timedelta(days=1))}, {}),
        ("USD 1000", {"first": str(DAY), "last": str(DAY)}, {"days": 2}),
        ("EUR 1000", {}, {}),
        ("USD 99.99", {}, {}),
    ],
    ids=["another day", "a longer run", "another currency", "a cent less"],
)
def test_it_covers_nothing_beyond(amounts, given, period, limited, approvals):
    approve(limited, amounts, **given)
    start = DAY - timedelta(days=period.get("days", 1) - 1)
    load_id, run = limited.extract(DAY)
    limited.sql("ALTER TABLE ops.load DISABLE TRIGGER USER")
    limited.sql("UPDATE ops.load SET period_start = %s WHERE load_id = %s", start, load_id)
    IntacctPlanOperator(task_id="plan", load_id=load_id).execute(run)
    assert approvals.ask(load_id, run) is not None
    with pytest.raises(GuardTripped, match="Nobody approved it"):
        limited.load(load_id, run)
    assert limited.posted() == []


def test_who_approved_it_does_not_trigger_its_runs_and_an_owner_approves_none(limited, approvals):
    approve(limited, by="kim")
    mine = limited.plan(DAY, triggered_by="Kim")
    assert approvals.ask(*mine) is not None
    with pytest.raises(GuardTripped, match="Nobody approved it"):
        limited.load(*mine)
    assert post(limited, mine[0]) == {"held": 1}, "nor when it is claimed"
    assert limited.posted() == []


def test_who_may_approve_one(limited, approvals):
    settings(limited, configuration_owners="[dana]", deciders="[dana, kim, robin]")
    with pytest.raises(BadInput, match=r"edits connector.yaml"):
        approve(limited, by="dana")
    with pytest.raises(BadInput, match=r"not among company.deciders"):
        approve(limited, by="lee")
    limited.config.write_text(limited.config.read_text().replace("approvers: []", "approvers: [robin]"))
    with pytest.raises(BadInput, match=r"not among posting.limits.approvers"):
        approve(limited, by="kim")
    approve(limited, by="robin")
    # Who became an owner since has not approved anything.
    settings(limited, configuration_owners="[dana, robin]")
    assert approvals.ask(*limited.plan(DAY)) is not None


def test_a_changed_connector_yaml_is_asked_about_all_the_same(limited, approvals):
    approve(limited)
    limited.configure(limits={"day_amount": "50", "configuration_changes": "approve"})
    limited.sync(DAY)
    limited.configure(limits={"day_amount": "60", "configuration_changes": "approve"})
    second = limited.plan(DAY - timedelta(days=1))
    assert approvals.ask(*second) is not None
    with pytest.raises(GuardTripped, match=r"connector.yaml was changed"):
        limited.load(*second)


def test_it_is_withdrawn_and_a_rejection_of_a_plan_counts_more(limited, approvals):
    approve(limited)
    plan = limited.plan(DAY)
    with pytest.raises(GuardTripped, match="robin rejected"):
        approvals.answer(*plan, "Reject", by="robin")
    with pytest.raises(GuardTripped, match="robin rejected it"):
        limited.load(*plan)
    again = limited.plan(DAY)
    assert approvals.ask(*again) is None
    assert "withdrawn" in withdraw(limited)
    with pytest.raises(GuardTripped, match="Nobody approved it"):
        limited.load(*again)
    assert post(limited, again[0]) == {"held": 1}, "nor when it is claimed"
    with pytest.raises(BadInput, match="stands"):
        withdraw(limited)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"amounts": ""}, "how much"),
        ({"amounts": "50000"}, "no amount"),
        ({"amounts": "USD 0"}, "no amount"),
        ({"amounts": "USD -1"}, "no amount"),
        ({"amounts": "USD 1.005"}, "no amount"),
        ({"amounts": "USD 1, USD 2"}, "no amount"),
        ({"amounts": "USD NaN"}, "no amount"),
        ({"first": str(DAY + timedelta(days=1))}, "two days"),
        ({"first": "yesterday"}, "two days"),
        ({"first": str(DAY - timedelta(days=400))}, "366 are the most"),
        ({"last": str(DAY + timedelta(days=9))}, "not over yet"),
    ],
)
def test_what_no_approval_of_a_backfill_is(given, said, company):
    with pytest.raises(BadInput, match=said):
        approve(company, **given)


@pytest.mark.parametrize("seed", range(4))
def test_no_split_sends_more_than_the_ceilings_and_the_day_together(company, seed):
    """Runs of any dates and sizes, several plans at once, approvals that overlap: each sends what it may and no more."""
    dice = random.Random(seed)
    company.configure(limits={"day_amount": "60"})
    approve(company, "USD 100")
    approve(company, "USD 70", first=str(DAY - timedelta(days=1)))
    days = [DAY - timedelta(days=back) for back in range(3)]
    waiting = []
    for number in range(1, 11):
        amount = f"{dice.randint(1, 8000) / 100:.2f}"
        company.report(number, (amount, amount), day=dice.choice(days))
        if dice.random() < 0.7:
            waiting.append(company.plan(dice.choice(days), triggered_by=dice.choice(["tests", "kim"])))
        while waiting and (len(waiting) > 2 or number == 10 or dice.random() < 0.4):
            with suppress(GuardTripped):
                company.load(*waiting.pop(dice.randrange(len(waiting))))
        rows = company.sql(
            "SELECT backfill_id, sum(total) AS sent FROM ledger.document WHERE state <> 'rejected' GROUP BY 1"
        )
        by_approval = {row["backfill_id"]: row["sent"] for row in rows}
        assert by_approval.get(1, 0) <= 100
        assert by_approval.get(2, 0) <= 70
        assert by_approval.get(None, 0) <= 60
        assert sent(company) == sum(by_approval.values(), Decimal(0))


@pytest.mark.parametrize(
    "columns",
    [
        "approved_by = 'released'", "approved_by = 'plan approved by kim'",
        "approved_by = 'backfill 1 approved by kim', backfill_id = 1",
    ],
)  # fmt: skip
def test_a_worker_does_not_write_that_somebody_approved_a_document(columns, company):
    company.report(1)
    approve(company, first=str(FIRST), last=str(FIRST))
    company.sync()
    refused(company)
    with pytest.raises(psycopg.errors.RaiseException, match=r"approved it|covers its run"), company.loader() as loader:
        loader.execute(f"UPDATE ledger.document SET state = 'sending', revision = revision + 1, {columns}")
    with pytest.raises(psycopg.errors.RaiseException), company.loader() as loader:
        loader.execute(f"UPDATE ledger.document SET {columns}")
