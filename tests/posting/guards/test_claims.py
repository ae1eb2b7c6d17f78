"""What is asked when documents are claimed: what the day adds up to, a company's first documents, whether posting is stopped."""

from __future__ import annotations

import random
from contextlib import suppress
from datetime import timedelta
from decimal import Decimal

import pytest

from certify_intacct.certify.hook import CertifyHook
from certify_intacct.decisions.decide import Decider
from certify_intacct.decisions.stopping import turn_posting
from certify_intacct.intacct.hook import SageIntacctHook
from certify_intacct.model.configuration import load
from certify_intacct.model.errors import BadInput, ConfigurationError, GuardTripped
from certify_intacct.posting.guards import check_before_posting
from certify_intacct.posting.poster import IntacctPoster
from certify_intacct.posting.posting_run import PostingRun
from certify_intacct.posting.recheck import Recheck
from certify_intacct.staging.database import Database
from tests.expense_company import DAY, Company, report_id


def sent(company: Company) -> Decimal:
    return sum((Decimal(bill["TRX_TOTALENTERED"]) for bills in company.bills().values() for bill in bills), Decimal(0))


def settings(company: Company, **values: object) -> None:
    """Changes section ``company`` of connector.yaml."""
    text = company.config.read_text()
    for name, value in values.items():
        (line,) = [one for one in text.splitlines() if one.strip().startswith(f"{name}:")]
        text = text.replace(line, f"  {name}: {value}")
    company.config.write_text(text)


def test_two_plans_at_once_stay_within_the_day_together(company):
    """Each alone is within it, and each was planned before the other one sent anything."""
    company.configure(limits={"day_amount": "100"})
    company.report(1, ("60", "60"))
    first = company.plan()
    company.report(2, ("50", "50"), day=DAY + timedelta(days=1))
    second = company.plan(DAY + timedelta(days=1))
    assert company.load(*first) == {"applied": 1}
    with pytest.raises(GuardTripped, match=r"posting.limits.day_amount is 100"):
        company.load(*second)
    assert sent(company) == 60


def test_the_advice_is_followed_where_it_is_given(company, approvals):
    """Nothing was above a limit when it was planned; clearing `approve` asks a person all the same."""
    company.configure(limits={"day_amount": "100"})
    company.report(1, ("60", "60"))
    first = company.plan()
    company.report(2, ("50", "50"), day=DAY + timedelta(days=1))
    second = company.plan(DAY + timedelta(days=1))
    assert approvals.ask(*second) is None
    company.load(*first)
    with pytest.raises(GuardTripped, match=r"Clear the task `approve`"):
        company.load(*second)
    approvals.ask(*second)
    (request,) = approvals.requests
    assert "110.00 USD would be sent today" in str(request)
    approvals.answer(*second, by="kim")
    assert company.load(*second) == {"applied": 1}
    assert {row["approved_by"] for row in company.sql("SELECT approved_by FROM ledger.document")} == {
        "",
        "plan approved by kim",
    }
    company.report(3, ("40", "40"), day=DAY + timedelta(days=2))
    assert company.sync(DAY + timedelta(days=2)) == {"applied": 1}, (
        "what somebody approved leaves room for what nobody needs to"
    )


def post(company: Company, load_id: int) -> dict[str, int]:
    """What ``load_intacct`` does once its guard has passed."""
    hook, certify, database = SageIntacctHook(), CertifyHook(), Database(company.database.loader_url)
    run = PostingRun(
        hook=hook, database=database, configuration=load(company.config), load_id=load_id, run_id="late", actor=""
    )
    try:
        return IntacctPoster([run], recheck=Recheck(certify)).run()
    finally:
        hook.close()
        certify.close()


def test_what_is_above_the_day_only_when_it_is_claimed_waits_and_is_released(company):
    """Another run sent between this one's guard and its claim."""
    company.configure(limits={"day_amount": "100"})
    company.report(1, ("60", "60"))
    report = company.report(2, ("50", "50"))
    load_id, _ = company.plan()
    assert post(company, load_id) == {"applied": 1, "held": 1}
    (held,) = company.waiting(report) or company.waiting(report_id(1))
    assert held.rules == ("above_day_limit",)
    assert "110.00 USD would be sent today without anybody's approval; at most 100.00 USD may be" in held.reason
    company.decide_one(held, "release")
    assert company.sync() == {"applied": 1}
    assert sent(company) == 110


@pytest.mark.parametrize("seed", range(4))
def test_no_split_sends_more_than_a_day_may(company, seed):
    """Runs, entities, periods, sizes, several plans at once: nothing goes around the day's limit."""
    dice = random.Random(seed)
    company.configure(limits={"day_amount": "100"}, currencies={"exchange_rate_type": "Daily"})
    days = [DAY - timedelta(days=back) for back in range(3)]
    waiting = []
    for number in range(1, 9):
        amount = f"{dice.randint(1, 9000) / 100:.2f}"
        company.report(number, (amount, amount), day=dice.choice(days))
        if dice.random() < 0.7:
            entities = dice.choice([[], ["100"], ["100", "200"]])
            waiting.append(company.plan(dice.choice(days), entities=entities))
        while waiting and (len(waiting) > 2 or number == 8 or dice.random() < 0.4):
            with suppress(GuardTripped):
                company.load(*waiting.pop(dice.randrange(len(waiting))))
        assert sent(company) <= 100


def test_the_first_documents_of_a_company_are_few_until_a_person_has_looked(company):
    company.configure(max_first_documents=2)
    for number in (1, 2, 3, 4):
        company.report(number)
    assert company.sync() == {"applied": 2, "held": 2}
    assert company.sync() == {"held": 2}, "a second run is none of its own"
    first, second = sorted(company.open_items())
    for report in (first, second):
        (item,) = company.waiting(report)
        assert item.rules == ("first_documents",)
        assert "Look at them in Intacct" in item.reason
    company.decide(first, reason="I have looked at the two")
    assert company.sync() == {"applied": 2}
    assert company.open_items() == {}


def test_a_company_that_posted_before_has_no_first_documents(company):
    company.configure(max_first_documents=1)
    company.sql("INSERT INTO ledger.posted_before (intacct_company) VALUES ('SANDBOX')")
    company.report(1)
    company.report(2)
    assert company.sync() == {"applied": 2}


def turn(company: Company, *, stop: bool, by: str = "kim", reason: str = "the bank called") -> str:
    database = Database(company.database.decider_url)
    return turn_posting(database, load(company.config), stop=stop, by=Decider(name=by, user_id=by), reason=reason)


def test_stopped_posting_sends_nothing_new_and_settles_what_is_in_doubt(company):
    company.report(1)
    company.sandbox.fault(side="intacct", match=r"create", kind="drop_after_commit", times=1)
    company.sync()
    company.report(2)
    plan = company.plan()
    assert "stopped" in turn(company, stop=True)
    with pytest.raises(GuardTripped, match=r"kim stopped posting on .*: the bank called"):
        company.load(*plan)
    assert company.states() == {"in_gl": 1}
    assert len(company.posted()) == 1
    with pytest.raises(BadInput, match=r"stopped already"):
        turn(company, stop=True)
    assert "goes on" in turn(company, stop=False, by="robin")
    assert company.load(*plan) == {"applied": 1}


def test_connector_yaml_stops_posting_as_well(company):
    company.configure(stopped=True)
    company.report(1)
    with pytest.raises(GuardTripped, match=r"posting.stopped"):
        company.sync()
    company.configure(stopped=False)
    assert company.sync() == {"applied": 1}


def test_who_edits_the_configuration_stops_posting_and_does_not_let_it_go_on(company):
    settings(company, configuration_owners="[dana]")
    turn(company, stop=True, by="dana")
    with pytest.raises(BadInput, match=r"edits connector.yaml"):
        turn(company, stop=False, by="dana")
    turn(company, stop=False, by="kim")


def test_a_live_company_names_its_owners_and_its_day(company):
    load_id, _ = company.plan()
    settings(company, environment="live")
    hook, database = SageIntacctHook(), Database(company.database.loader_url)
    common = {"hook": hook, "database": database, "load_id": load_id}
    with pytest.raises(ConfigurationError, match=r"configuration_owners and posting.limits.day_amount"):
        check_before_posting(configuration=load(company.config), **common)
    settings(company, configuration_owners="[dana]")
    with pytest.raises(ConfigurationError, match=r"yaml: posting.limits.day_amount: not set"):
        check_before_posting(configuration=load(company.config), **common)
    hook.close()


def test_a_plan_is_sent_by_its_own_run_alone(company):
    company.report(1)
    load_id, _ = company.plan()
    _, other = company.plan(DAY + timedelta(days=1))
    with pytest.raises(GuardTripped, match=r"was opened by run run-1"):
        company.load(load_id, other)
    assert company.posted() == []


def test_a_plan_is_sent_under_its_own_configuration_alone(company):
    """A worker with another connector.yaml, or one that was changed meanwhile."""
    report = company.report(1)
    plan = company.plan()
    company.configure(limits={"document_amount": "5"})
    assert company.load(*plan) == {"moved_on": 1}
    assert company.posted() == []
    company.sync()
    assert company.held() == {report: {"above_limit"}}


@pytest.mark.parametrize("limit", ["99.99", {"USD": "99.99"}, {"EUR": "500"}], ids=str)
def test_a_report_above_its_limit_is_held_whatever_its_documents_are(company, limit):
    company.configure(limits={"report_amount": limit})
    report = company.report(1, ("60", "60"), ("40", "0"))
    assert company.sync() == {}
    assert company.held() == {report: {"above_limit"}}
    company.decide(report)
    assert company.sync() == {"applied": 1}
    assert len(company.posted()) == 2
