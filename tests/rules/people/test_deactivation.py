"""Who is deactivated and who is not, one rule at a time, as a person would put it."""

from __future__ import annotations

from datetime import date

import pytest

from certify_intacct.model.changes import Action, Change, Subject
from certify_intacct.model.people import (
    Deletion,
    PersonKind,
    Releases,
    UnprocessedReport,
)
from tests.rules.people.world import acting, certify, intacct, link, only, person, plan, rules, user


def leaving(**changes: object) -> list[Change]:
    return plan(intacct(person(active=False)), certify(user(**changes)), link())


def test_who_left_is_deactivated() -> None:
    change = only(leaving())
    assert (change.subject, change.action, change.after) == (
        Subject.USER_DEACTIVATION,
        Action.DEACTIVATE,
        {"Active": 0},
    )


@pytest.mark.parametrize(
    "right",
    [{"treasurer": True}, {"full_administrator": True}, {"user_administrator": True}, {"role": "Accountants"}],
)
def test_nobody_with_rights_is(right: dict[str, object]) -> None:
    assert rules(leaving(**right)) == ["privileged"]


def test_nobody_is_whom_we_neither_created_nor_adopted() -> None:
    assert rules(plan(intacct(person(active=False)), certify(user()))) == ["not_adopted"]


def test_who_left_before_the_first_run_is_adopted_and_deactivated_at_once() -> None:
    listed = {"adoption": {"employee_ids": ["E1"]}}
    changes = plan(intacct(person(active=False)), certify(user()), **listed)
    assert [change.action for change in changes] == [Action.ADOPT, Action.DEACTIVATE]
    released = Releases(links=frozenset({("employee/1", "u1")}))
    assert plan(intacct(person(active=False)), certify(user()), releases=released) == changes
    other = Releases(links=frozenset({("employee/1", "u2")}))
    assert rules(plan(intacct(person(active=False)), certify(user()), releases=other)) == ["not_adopted"]
    by_email_only = certify(user(employee_id=""))
    assert plan(intacct(person(active=False)), by_email_only, **listed) == []


def test_absence_deactivates_nobody_and_an_audited_deletion_does() -> None:
    assert rules(plan(intacct(), certify(user()), link())) == ["absent"]
    gone = intacct(deletions=(Deletion(kind=PersonKind.EMPLOYEE, object_key="E1"),))
    assert rules(plan(gone, certify(user()), link())) == ["left"]
    other = intacct(deletions=(Deletion(kind=PersonKind.VENDOR, object_key="E1"),))
    assert rules(plan(other, certify(user()), link())) == ["absent"]


def test_a_number_that_could_be_somebody_elses_id_proves_no_deletion() -> None:
    gone = intacct(person(2, employee_id="1"), deletions=(Deletion(kind=PersonKind.EMPLOYEE, object_key="1"),))
    changes = plan(gone, certify(user(1), user(2, employee_id="1")), link(1), link(2, employee_id="1"))
    assert rules(changes) == ["absent"]


def test_days_of_grace_after_the_end_date() -> None:
    source, settings = intacct(person(end_date=date(2026, 11, 1))), {"deactivation": {"grace_days": 20}}
    assert plan(source, certify(user()), link(), today=date(2026, 11, 21), **settings) == []
    assert rules(plan(source, certify(user()), link(), today=date(2026, 11, 22), **settings)) == ["left"]


def test_a_quarantined_person_is_frozen() -> None:
    assert rules(plan(intacct(person(frozen="unreadable")), certify(user()), link())) == ["quarantined"]
    unknown = person(active=None, frozen="the status is None")
    assert rules(plan(intacct(unknown), certify(user()), link())) == ["quarantined"]


@pytest.mark.parametrize(
    "broken", [{"frozen": "has no e-mail address"}, {"email": "", "last_name": ""}, {"department": "gone"}], ids=str
)
def test_a_fault_in_the_record_of_a_leaver_keeps_no_login_alive(broken: dict[str, object]) -> None:
    for left in ({"active": False}, {"end_date": date(2026, 11, 1)}):
        assert rules(plan(intacct(person(**left, **broken)), certify(user()), link())) == ["left"]


def test_unprocessed_reports_keep_a_user() -> None:
    for report in (
        UnprocessedReport(id="r", employee_id="E1"),
        UnprocessedReport(id="r", first_name="ANA", last_name="ruiz 1"),
    ):
        changes = plan(intacct(person(active=False)), certify(user(), unprocessed=(report,)), link())
        assert rules(changes) == ["unprocessed_reports"]


def test_approvers_of_active_users_stay_and_a_whole_team_may_leave() -> None:
    team = (user(1, role="Managers"), user(2, first_approver_id="u1"))
    alone = plan(intacct(person(1, active=False), person(2)), certify(*team), link(1), link(2))
    assert rules(alone) == ["serves_others"]
    together = plan(intacct(person(1, active=False), person(2, active=False)), certify(*team), link(1), link(2))
    assert [change.key for change in acting(together)] == ["E2", "E1"]


def test_the_guard_stops_a_mass_and_a_release_lets_it_pass() -> None:
    numbers = range(1, 6)
    source = intacct(*(person(number, active=False) for number in numbers))
    target, ties = certify(*(user(number) for number in numbers)), [link(number) for number in numbers]
    assert rules(plan(source, target, *ties)) == ["deactivation_guard"] * 5
    assert len(acting(plan(source, target, *ties, releases=Releases(deactivations=True)))) == 5


def test_an_incomplete_extract_deactivates_nobody() -> None:
    assert rules(plan(intacct(person(active=False), complete=False), certify(user()), link())) == ["incomplete_extract"]
