"""The rules one by one, as a person would put them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from certify_intacct.model.changes import Action, Change, Subject
from certify_intacct.model.people import (
    CertifyDepartment,
    Deletion,
    Department,
    Entity,
    LinkOrigin,
    PersonKind,
    Releases,
    UnprocessedReport,
)
from certify_intacct.rules.approvers import loops
from tests.rules.people.world import acting, certify, intacct, link, person, plan, user


def rules(changes: list[Change]) -> list[str]:
    return [change.rule for change in changes]


def only(changes: list[Change]) -> Change:
    assert len(changes) == 1, [change.reason for change in changes]
    return changes[0]


class TestLists:
    def test_a_department_is_matched_by_code_never_by_name(self) -> None:
        source = intacct(departments=(Department(code="30", name="Sales", active=True),))
        change = only(plan(source, certify()))
        assert (change.action, change.after) == (Action.CREATE, {"Code": "30", "Name": "Sales", "Active": 1})

    def test_a_renamed_and_reactivated_department_is_one_update(self) -> None:
        existing = CertifyDepartment(id="d10", code="10", name="Sale", active=False)
        changes = plan(intacct(), certify(departments=(existing, *certify().departments[1:])))
        assert only(changes).before == {"Name": "Sale", "Active": 0}
        assert only(changes).after == {"Name": "Sales", "Active": 1}

    def test_two_active_departments_with_one_code_are_refused_and_one_made_inactive_cures_it(self) -> None:
        twin = CertifyDepartment(id="d11", code="10", name="Sales", active=True)
        assert rules(plan(intacct(), certify(departments=(*certify().departments, twin)))) == ["ambiguous"]
        twin = replace(twin, active=False)
        assert plan(intacct(), certify(departments=(*certify().departments, twin))) == []

    def test_an_inactive_department_leaves_only_when_nobody_uses_it(self) -> None:
        source = intacct(departments=(Department(code="10", name="Sales", active=False), intacct().departments[1]))
        assert only(acting(plan(source, certify()))).subject is Subject.DEPARTMENT_DEACTIVATION
        used = only(plan(source, certify(user())))
        assert (used.action, used.rule) == (Action.HOLD, "in_use")
        assert "1 active user" in used.reason
        reported = certify(unprocessed=(UnprocessedReport(id="r", employee_id="E9", department_name="Sales"),))
        assert "1 unprocessed report" in only(plan(source, reported)).reason

    def test_it_leaves_in_the_same_plan_in_which_its_last_user_moves_away(self) -> None:
        departments = (Department(code="10", name="Sales", active=False), intacct().departments[1])
        changes = plan(intacct(person(department="20"), departments=departments), certify(user()), link())
        assert [change.subject for change in changes] == [Subject.USER, Subject.DEPARTMENT_DEACTIVATION]

    def test_what_certify_has_alone_is_left_alone(self) -> None:
        assert plan(intacct(departments=(), entities=()), certify()) == []

    def test_a_company_without_entities_plans_none(self) -> None:
        source = intacct(person(location=""), entities=(Entity(code="900", name="Left over", active=True),))
        changes = plan(source, certify(), entities={"source": "none"})
        assert [change.subject for change in changes] == [Subject.USER]
        assert "EmpGLD1ID" not in changes[0].after


class TestMatching:
    def test_a_new_person_is_created_without_a_welcome_mail(self) -> None:
        change = only(plan(intacct(person(location="101")), certify()))
        assert change.action is Action.CREATE
        assert change.after["SendWelcomeEmail"] == 0
        assert (change.after["Email"], change.after["DepartmentID"], change.after["EmpGLD1ID"]) == (
            "p1@example.com",
            "d10",
            "g100",
        )

    def test_nobody_is_adopted_who_is_not_listed(self) -> None:
        assert rules(plan(intacct(person()), certify(user()))) == ["not_adopted"]
        change = only(plan(intacct(person()), certify(user()), adoption={"employee_ids": ["E1"]}))
        assert (change.action, change.after) == (Action.ADOPT, {})

    def test_the_agreeing_policy_wants_a_second_trait(self) -> None:
        settings = {"adoption": {"policy": "agreeing"}}
        assert (
            only(plan(intacct(person()), certify(user(email="other@example.com")), **settings)).action is Action.ADOPT
        )
        stranger = user(email="other@example.com", last_name="Chan")
        assert rules(plan(intacct(person()), certify(stranger), **settings)) == ["not_adopted"]
        assert rules(plan(intacct(person()), certify(user(full_administrator=True)), **settings)) == ["not_adopted"]

    def test_employee_id_is_exact_and_email_folds_case(self) -> None:
        listed = {"adoption": {"employee_ids": ["E1"]}}
        shouted = user(employee_id="", email="P1@EXAMPLE.COM")
        assert only(plan(intacct(person()), certify(shouted), **listed)).after == {"EmployeeID": "E1"}
        blank = user(employee_id="E1 ", email="other@example.com")
        assert only(plan(intacct(person()), certify(blank), **listed)).action is Action.CREATE

    def test_a_link_outlives_a_new_name_email_and_id(self) -> None:
        moved = person(employee_id="E77", email="ana.chan@example.com", last_name="Chan")
        change = only(plan(intacct(moved), certify(user()), link()))
        assert change.action is Action.UPDATE
        assert change.after == {"Email": "ana.chan@example.com", "LastName": "Chan", "EmployeeID": "E77"}

    def test_one_email_on_two_people_is_refused(self) -> None:
        changes = plan(intacct(person(1), person(2, email="P1@example.com")), certify(), max_creates=9)
        assert rules(changes) == ["contested", "contested"]

    def test_one_employee_id_on_two_users_is_refused(self) -> None:
        assert rules(plan(intacct(person()), certify(user(), user(2, employee_id="E1")))) == ["ambiguous"]

    def test_an_address_passes_on_from_one_to_another_in_the_right_order(self) -> None:
        source = intacct(person(1, email="p2@example.com"), person(2, email="new@example.com"))
        changes = plan(source, certify(user(1), user(2)), link(1), link(2))
        assert [change.key for change in changes] == ["E2", "E1"]

    def test_addresses_are_not_swapped(self) -> None:
        source = intacct(person(1, email="p2@example.com"), person(2, email="p1@example.com"))
        assert rules(plan(source, certify(user(1), user(2)), link(1), link(2))) == ["contested", "contested"]

    def test_a_create_whose_answer_was_lost_is_taken_up_not_repeated(self) -> None:
        lost = link(certify_id=None, origin=LinkOrigin.CREATED)
        found = user(employee_id="", first_name="", last_name="", department_id="", gld_id="")
        change = only(plan(intacct(person()), certify(found), lost, max_creates=0))
        assert (change.action, change.rule, change.target_id) == (Action.ADOPT, "by_pending", "u1")
        assert only(plan(intacct(person()), certify(), lost, max_creates=0)).action is Action.CREATE

    def test_a_rehired_person_with_a_new_record_needs_a_release(self) -> None:
        source = intacct(person(1, active=False), person(2, email="p1@example.com"))
        changes = plan(source, certify(user(1)), link(1))
        assert rules(changes) == ["contested", "claimed"]
        released = Releases(links=frozenset({("employee/2", "u1")}))
        change = only(plan(source, certify(user(1)), link(1), releases=released))
        assert (change.action, change.source_key, change.target_id) == (Action.ADOPT, "employee/2", "u1")

    def test_creates_wait_for_a_release_after_the_first_few(self) -> None:
        everybody = intacct(*(person(number) for number in range(1, 9)))
        changes = plan(everybody, certify())
        assert [change.action for change in changes].count(Action.CREATE) == 5
        assert rules(changes).count("max_creates") == 3
        assert len(acting(plan(everybody, certify(), releases=Releases(creates=True)))) == 8


class TestScope:
    def test_the_supplier_with_the_number_of_an_employee_is_nobody(self) -> None:
        sources = [{"kind": "vendor"}, {"kind": "employee"}]
        supplier = person(
            1, kind=PersonKind.VENDOR, employee_id="1007", vendor_type="Supplier", individual=False, active=False
        )
        employee = person(2, employee_id="1007")
        change = only(plan(intacct(supplier, employee), certify(), sources=sources))
        assert (change.action, change.source_key) == (Action.CREATE, "employee/2")

    def test_the_first_source_speaks_for_a_person_who_stands_in_two(self) -> None:
        sources = [{"kind": "employee"}, {"kind": "vendor"}]
        vendor = person(5, kind=PersonKind.VENDOR, employee_id="E1", vendor_type="Employee", individual=True)
        assert plan(intacct(person(active=False), vendor), certify(), sources=sources) == []
        assert only(plan(intacct(person(), vendor), certify(), sources=sources)).source_key == "employee/1"

    @pytest.mark.parametrize(("role", "rule"), [("", []), ("Boss", ["quarantined"]), ("Manager", [""])])
    def test_the_role_field_selects_and_is_mapped_to_the_plural(self, role: str, rule: list[str]) -> None:
        changes = plan(
            intacct(person(role=role)), certify(), sources=[{"kind": "employee", "role_field": "CERTIFY_ROLE"}]
        )
        assert rules(changes) == rule
        assert [change.after["Role"] for change in acting(changes)] == (["Managers"] if role == "Manager" else [])

    def test_who_is_not_selected_any_more_is_left_as_they_are(self) -> None:
        change = only(
            plan(
                intacct(person(wanted=False)),
                certify(user()),
                link(),
                sources=[{"kind": "employee", "sync_field": "SYNC"}],
            )
        )
        assert (change.action, change.rule) == (Action.SKIP, "not_selected")

    def test_a_department_that_cannot_be_used_freezes_the_person(self) -> None:
        assert rules(plan(intacct(person(department="99")), certify(user()), link())) == ["no_department"]
        assert (
            only(plan(intacct(person(department="")), certify(), default_department="20")).after["DepartmentID"]
            == "d20"
        )


class TestRights:
    def test_accountants_are_never_made(self) -> None:
        sources = [{"kind": "employee", "role_field": "CERTIFY_ROLE"}]
        changes = plan(intacct(person(role="Accountant")), certify(), sources=sources)
        assert changes[0].after["Role"] == "Employees"
        assert (changes[1].action, changes[1].rule) == (Action.SKIP, "rights")

    def test_the_address_of_an_administrator_is_not_changed(self) -> None:
        changes = plan(
            intacct(person(email="thief@example.com", last_name="Chan")), certify(user(full_administrator=True)), link()
        )
        assert rules(changes) == ["privileged_email", ""]
        assert changes[1].after == {"LastName": "Chan"}

    def test_who_was_deactivated_by_somebody_else_stays_inactive(self) -> None:
        sleeping = certify(user(active=False))
        assert rules(plan(intacct(person()), sleeping, link())) == ["inactive_in_certify"]
        assert only(plan(intacct(person()), sleeping, link(deactivated=True))).after == {"Active": 1}
        assert only(plan(intacct(person()), sleeping, link(), reactivate="always")).after == {"Active": 1}

    def test_the_default_accountant_must_be_one(self) -> None:
        boss = user(9, role="Accountants")
        settings = {"accountant": {"default": "p9@example.com"}}
        assert only(plan(intacct(person()), certify(boss), **settings)).after["AccountantID"] == "u9"
        assert rules(plan(intacct(person()), certify(replace(boss, role="Managers")), **settings)) == ["no_accountant"]
        by_hand = user(accountant_id="u5")
        assert plan(intacct(person()), certify(by_hand, boss), link(), **settings) == []


class TestApprovers:
    def test_a_supervisor_who_is_created_in_the_same_plan_becomes_the_approver(self) -> None:
        source = intacct(person(1, supervisor="E2"), person(2, role="Manager"))
        sources = [{"kind": "employee", "role_field": "CERTIFY_ROLE"}]
        everybody = intacct(replace(source.people[0], role="Employee"), source.people[1])
        changes = plan(everybody, certify(), sources=sources)
        assert [change.subject for change in changes] == [Subject.USER, Subject.USER, Subject.APPROVER]
        assert changes[2].after == {"FirstApproverID": "@user:employee/2"}

    def test_promotion_only_when_configured_and_before_the_assignment(self) -> None:
        source, target = intacct(person(1, supervisor="E2"), person(2)), certify(user(1), user(2))
        assert rules(plan(source, target, link(1), link(2))) == ["no_approver"]
        changes = plan(source, target, link(1), link(2), approvers={"promote": True})
        assert [(change.key, change.after) for change in changes] == [
            ("E2", {"Role": "Managers"}),
            ("E1", {"FirstApproverID": "u2"}),
        ]

    def test_a_missing_approver_keeps_the_old_one(self) -> None:
        for supervisor in (person(2, active=False), person(2, frozen="no e-mail"), person(1, supervisor="E1")):
            people = (person(1, supervisor="E2"), supervisor) if supervisor.record_no == "2" else (supervisor,)
            changes = plan(intacct(*people), certify(user(1, first_approver_id="u9")), link(1))
            assert not [change for change in acting(changes) if change.subject is Subject.APPROVER]
            assert "no_approver" in rules(changes)

    def test_nobody_approves_for_themselves_and_the_default_fills_a_gap(self) -> None:
        settings = {"approvers": {"default": "p9@example.com"}}
        chief, mine = user(9, role="Executives"), person(1, supervisor="E1")
        changes = plan(intacct(mine), certify(user(1), chief), link(1), **settings)
        assert [change.after for change in acting(changes)] == [{"FirstApproverID": "u9"}]
        assert plan(intacct(person(9)), certify(chief), link(9), **settings) == []

    def test_loops_are_found_and_changing_places_is_none(self) -> None:
        assert set(loops({}, {"a": "b", "b": "c", "c": "a"})) == {"a", "b", "c"}
        assert set(loops({"b": "c", "c": "a"}, {"a": "b"})) == {"a"}
        assert loops({"a": "b"}, {"b": "a", "a": "c"}) == {}
        assert loops({"a": "b", "b": "a"}, {"c": "a"}) == {}

    def test_a_role_is_lowered_only_when_nobody_names_the_user_as_approver(self) -> None:
        sources = [{"kind": "employee", "role_field": "CERTIFY_ROLE"}]
        source, managers = intacct(person(2, role="Employee")), user(2, role="Managers")
        assert rules(plan(source, certify(managers), link(2), sources=sources)) == ["lowered_role"]
        assert plan(source, certify(managers, user(1, first_approver_id="u2")), link(2), sources=sources) == []


class TestDeactivation:
    def leaving(self, **changes: object) -> list[Change]:
        return plan(intacct(person(active=False)), certify(user(**changes)), link())

    def test_who_left_is_deactivated(self) -> None:
        change = only(self.leaving())
        assert (change.subject, change.action, change.after) == (
            Subject.USER_DEACTIVATION,
            Action.DEACTIVATE,
            {"Active": 0},
        )

    @pytest.mark.parametrize(
        "right",
        [{"treasurer": True}, {"full_administrator": True}, {"user_administrator": True}, {"role": "Accountants"}],
    )
    def test_nobody_with_rights_is(self, right: dict[str, object]) -> None:
        assert rules(self.leaving(**right)) == ["privileged"]

    def test_nobody_is_whom_we_neither_created_nor_adopted(self) -> None:
        assert rules(plan(intacct(person(active=False)), certify(user()))) == ["not_adopted"]

    def test_who_left_before_the_first_run_is_adopted_and_deactivated_at_once(self) -> None:
        listed = {"adoption": {"employee_ids": ["E1"]}}
        changes = plan(intacct(person(active=False)), certify(user()), **listed)
        assert [change.action for change in changes] == [Action.ADOPT, Action.DEACTIVATE]
        by_email_only = certify(user(employee_id=""))
        assert plan(intacct(person(active=False)), by_email_only, **listed) == []

    def test_absence_deactivates_nobody_and_an_audited_deletion_does(self) -> None:
        assert rules(plan(intacct(), certify(user()), link())) == ["absent"]
        gone = intacct(deletions=(Deletion(kind=PersonKind.EMPLOYEE, object_key="E1"),))
        assert rules(plan(gone, certify(user()), link())) == ["left"]
        other = intacct(deletions=(Deletion(kind=PersonKind.VENDOR, object_key="E1"),))
        assert rules(plan(other, certify(user()), link())) == ["absent"]

    def test_a_number_that_could_be_somebody_elses_id_proves_no_deletion(self) -> None:
        gone = intacct(person(2, employee_id="1"), deletions=(Deletion(kind=PersonKind.EMPLOYEE, object_key="1"),))
        changes = plan(gone, certify(user(1), user(2, employee_id="1")), link(1), link(2, employee_id="1"))
        assert rules(changes) == ["absent"]

    def test_days_of_grace_after_the_end_date(self) -> None:
        source, settings = intacct(person(end_date=date(2026, 11, 1))), {"deactivation": {"grace_days": 20}}
        assert plan(source, certify(user()), link(), today=date(2026, 11, 21), **settings) == []
        assert rules(plan(source, certify(user()), link(), today=date(2026, 11, 22), **settings)) == ["left"]

    def test_a_quarantined_person_is_frozen(self) -> None:
        assert rules(plan(intacct(person(active=False, frozen="unreadable")), certify(user()), link())) == [
            "quarantined"
        ]

    def test_unprocessed_reports_keep_a_user(self) -> None:
        for report in (
            UnprocessedReport(id="r", employee_id="E1"),
            UnprocessedReport(id="r", first_name="ANA", last_name="ruiz 1"),
        ):
            changes = plan(intacct(person(active=False)), certify(user(), unprocessed=(report,)), link())
            assert rules(changes) == ["unprocessed_reports"]

    def test_approvers_of_active_users_stay_and_a_whole_team_may_leave(self) -> None:
        team = (user(1, role="Managers"), user(2, first_approver_id="u1"))
        alone = plan(intacct(person(1, active=False), person(2)), certify(*team), link(1), link(2))
        assert rules(alone) == ["serves_others"]
        together = plan(intacct(person(1, active=False), person(2, active=False)), certify(*team), link(1), link(2))
        assert [change.key for change in acting(together)] == ["E2", "E1"]

    def test_the_guard_stops_a_mass_and_a_release_lets_it_pass(self) -> None:
        numbers = range(1, 6)
        source = intacct(*(person(number, active=False) for number in numbers))
        target, ties = certify(*(user(number) for number in numbers)), [link(number) for number in numbers]
        assert rules(plan(source, target, *ties)) == ["deactivation_guard"] * 5
        assert len(acting(plan(source, target, *ties, releases=Releases(deactivations=True)))) == 5

    def test_an_incomplete_extract_deactivates_nobody(self) -> None:
        assert rules(plan(intacct(person(active=False), complete=False), certify(user()), link())) == [
            "incomplete_extract"
        ]
