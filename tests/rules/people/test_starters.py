"""Who starts later has no user yet, and is in nobody's way until then."""

from __future__ import annotations

from datetime import date

import pytest

from certify_intacct.model.changes import Action
from tests.rules.people.world import acting, certify, intacct, link, only, person, plan, rules, user

IN_90_DAYS = date(2027, 2, 20)


@pytest.mark.parametrize(
    ("start", "setting", "created"),
    [
        (IN_90_DAYS, {}, False),
        (date(2026, 11, 29), {}, True),
        (date(2026, 11, 30), {}, False),
        (date(2026, 11, 23), {"start_days_before": 0}, False),
        (date(2026, 11, 22), {"start_days_before": 0}, True),
        (IN_90_DAYS, {"start_days_before": 365}, True),
        (date(1990, 1, 1), {}, True),
        (None, {}, True),
    ],
    ids=str,
)
def test_a_user_is_made_so_many_days_before_the_start(
    start: date | None, setting: dict[str, int], created: bool
) -> None:
    change = only(plan(intacct(person(start_date=start)), certify(), **setting))
    assert change.action is (Action.CREATE if created else Action.SKIP)
    assert change.rule == ("" if created else "starts_later")


def test_who_starts_later_may_lack_everything_and_claims_nothing() -> None:
    later = person(2, start_date=IN_90_DAYS, email="", department="", last_name="")
    assert rules(plan(intacct(later), certify())) == ["starts_later"]
    # A rehire of next year keeps nobody's login alive this year.
    again = person(2, start_date=IN_90_DAYS, email="p1@example.com")
    changes = plan(intacct(person(1, active=False), again), certify(user(1)), link(1))
    assert sorted(rules(changes)) == ["left", "starts_later"]
    alone = plan(intacct(again), certify(user(1)), adoption={"policy": "agreeing"})
    assert rules(alone) == ["starts_later"], "a user that is there already is not adopted for somebody to come"


def test_a_user_who_is_there_is_kept_in_step_whatever_the_start_date_says() -> None:
    moved = person(start_date=IN_90_DAYS, last_name="Chan")
    assert only(acting(plan(intacct(moved), certify(user()), link()))).after == {"LastName": "Chan"}
    # One that was deactivated comes back when it is time, not before.
    gone = certify(user(active=False))
    assert rules(plan(intacct(moved), gone, link(deactivated=True))) == ["starts_later"]
    soon = person(start_date=date(2026, 11, 25))
    assert only(plan(intacct(soon), gone, link(deactivated=True))).after == {"Active": 1}


def test_a_supervisor_who_starts_later_approves_nothing_yet() -> None:
    boss = person(2, start_date=IN_90_DAYS)
    changes = plan(intacct(person(1, supervisor="E2"), boss), certify(user(1)), link(1))
    assert sorted(rules(changes)) == ["no_approver", "starts_later"]
