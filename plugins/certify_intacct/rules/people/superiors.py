"""Who stands above a person in Intacct, and which user of Certify that is."""

from __future__ import annotations

from certify_intacct.model.dimensions import DEPARTMENT
from certify_intacct.model.people import CertifyUser, Person
from certify_intacct.rules.people.people_plan import PeoplePlan, PeopleSnapshot
from certify_intacct.rules.people.roles import Roles
from certify_intacct.rules.people.standing import Standing


class Superiors:
    """Finds them; only those whose user is beyond doubt, active, and may approve."""

    def __init__(self, known: PeopleSnapshot, plan: PeoplePlan, roles: Roles) -> None:
        self.plan = plan
        self.roles = roles
        self.departments = {
            department.code: department.supervisor for department in known.intacct.lists.get(DEPARTMENT.name, ())
        }
        self.by_id: dict[str, list[Person]] = {}
        for person in sorted(known.intacct.people, key=lambda one: one.key):
            self.by_id.setdefault(person.employee_id, []).append(person)

    def of_department(self, person: Person) -> str:
        """The ID of whoever supervises the person's department; empty for nobody."""
        return self.departments.get(person.department, "")

    def of_supervisor(self, person: Person) -> str:
        """The ID of the supervisor's supervisor; empty for nobody, and where it is not clear who the supervisor is."""
        records = self._records(person.supervisor, person) if person.supervisor else []
        return records[0].supervisor if len(records) == 1 else ""

    def find(self, name: str, person: Person, user: CertifyUser, what: str = "supervisor") -> tuple[str, str]:
        """The ID of the user of whoever has that ID in Intacct, or what is wrong with it.

        :param what: what they are to the person
        """
        supervisors = self._records(name, person)
        found = {self.plan.found[one.key] for one in supervisors if one.key in self.plan.found}
        if any(self.plan.verdicts[one.key].standing is Standing.LEFT for one in supervisors):
            return "", f"has the {what} {name}, who has left"
        if len(found) != 1:
            return "", f"has the {what} {name}, whose Certify user cannot be told beyond doubt"
        approver = found.pop()
        if approver == user.id:
            return "", f"is their own {what} in Intacct"
        if not self.plan.users[approver].active:
            return "", f"has the {what} {name}, whose Certify user is inactive"
        if not self.roles.may_approve(approver):
            return "", f"has the {what} {name}, whose Certify role {self.plan.users[approver].role} may not approve"
        return approver, ""

    def _records(self, name: str, person: Person) -> list[Person]:
        named = self.by_id.get(name, [])
        return [one for one in named if one.kind is person.kind] or named
