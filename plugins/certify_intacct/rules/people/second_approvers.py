"""Second approvers: whoever stands above the supervisor, the head of the department, or whom a field of Intacct names.

The rules are those of first approvers: nobody comes to approve for themselves, by whichever approvers the way leads, and whoever has
a second approver keeps one. The first approver is not made the second one too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from certify_intacct.model.changes import Change
from certify_intacct.model.configuration.people import SECOND_APPROVER
from certify_intacct.model.people import CertifyUser, Person
from certify_intacct.model.rules import Rule
from certify_intacct.rules.people.approver_graph import Wish, leads_to
from certify_intacct.rules.people.given import NOT_KEPT_CURE, not_kept, not_kept_reason
from certify_intacct.rules.people.matching import find_user
from certify_intacct.rules.people.people_plan import PeoplePlan, PeopleSnapshot
from certify_intacct.rules.people.roles import held
from certify_intacct.rules.people.superiors import Superiors
from certify_intacct.rules.people.users import WIRE

_CURE = "Correct it in Intacct, or the second approver in Certify."


@dataclass
class SecondApprovers:
    """Finds the second approver that each person shall have.

    :param firsts: user to first approver, as the plan leaves them
    :param wishes: user to second approver, where it changes
    :param notes: what stays as it is, and why
    """

    known: PeopleSnapshot
    plan: PeoplePlan
    owners: Mapping[str, Person]
    superiors: Superiors
    firsts: Mapping[str, str]
    wishes: dict[str, Wish] = field(default_factory=dict)
    notes: list[Change] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.settings = self.known.settings.approvers
        if self.settings.second == "none":
            return
        self.default = find_user(self.settings.second_default, self.plan.users.values())
        nobody = [
            user_id for user_id, person in self.owners.items() if not self._wish(person, self.plan.users[user_id])
        ]
        self._break_old_loops(nobody)
        self._give_up_loops()
        self._give_up_what_is_not_kept()

    def _wish(self, person: Person, user: CertifyUser) -> bool:
        """Notes whom the user is to have; whether Intacct names anybody who may be it."""
        name, source = self._named(person)
        approver, problem = self.superiors.find(name, person, user, "second approver") if name else ("", "")
        if approver:
            if approver not in (user.second_approver_id, self.firsts.get(user.id, "")):
                self.wishes[user.id] = Wish(approver=approver, why=f"{name} is {source} in Intacct")
            return True
        if not user.second_approver_id:
            self._take_default(user, "nobody else is known")
        if problem:
            instead = "the default one is taken" if user.id in self.wishes else "the second approver stays as it is"
            self._note(user.id, Rule.NO_APPROVER, f"{problem}; {instead}")
        return False

    def _named(self, person: Person) -> tuple[str, str]:
        match self.settings.second:
            case "supervisors_supervisor":
                return self.superiors.of_supervisor(person), "the supervisor's supervisor"
            case "department_supervisor":
                return self.superiors.of_department(person), "the department supervisor"
            case _:
                return person.further.get(SECOND_APPROVER, "").strip(), "the second approver"

    def _take_default(self, user: CertifyUser, why: str) -> None:
        """The default one, unless it is the user or the first approver, or may not approve."""
        default = self.default
        if default is None or default.id in (user.id, self.firsts.get(user.id, ""), user.second_approver_id):
            return
        if self.superiors.roles.may_approve(default.id):
            self.wishes[user.id] = Wish(approver=default.id, why=f"{why}, so the default second approver is taken")

    def _graph(self) -> dict[str, list[str]]:
        """Every user with both approvers, as the plan would leave them."""
        return {
            user.id: [
                one
                for one in (
                    self.firsts.get(user.id, ""),
                    self.wishes[user.id].approver if user.id in self.wishes else user.second_approver_id,
                )
                if one
            ]
            for user in self.plan.users.values()
        }

    def _break_old_loops(self, nobody: list[str]) -> None:
        """Gives the default one to whoever keeps an old one for want of a better and so comes to approve for themselves."""
        graph = self._graph()
        for user_id in sorted(nobody):
            old = self.plan.users[user_id].second_approver_id
            if user_id not in self.wishes and old and leads_to(graph, old, user_id):
                self._take_default(self.plan.users[user_id], "the old one would approve in a loop")
                if wish := self.wishes.get(user_id):
                    graph[user_id] = [*filter(None, [self.firsts.get(user_id, "")]), wish.approver]
                else:
                    self._note(
                        user_id,
                        Rule.APPROVER_LOOP,
                        f"has a second approver whose approver they would become: {self._label(old)}",
                    )

    def _give_up_loops(self) -> None:
        """Takes back every wish by which somebody would come to approve for themselves."""
        while looping := list(self._looping()):
            for user_id in looping:
                approver = self._label(self.wishes.pop(user_id).approver)
                self._note(
                    user_id,
                    Rule.APPROVER_LOOP,
                    f"would approve in a loop and keeps the second approver: {approver} is above and below",
                )

    def _looping(self) -> Iterator[str]:
        graph = self._graph()
        return (user_id for user_id, wish in sorted(self.wishes.items()) if leads_to(graph, wish.approver, user_id))

    def _give_up_what_is_not_kept(self) -> None:
        for user_id, wish in sorted(self.wishes.items()):
            now, name = self.plan.users[user_id].second_approver_id, WIRE["second_approver_id"]
            if last := not_kept(self.known.told, user_id, name, now, wish.approver):
                del self.wishes[user_id]
                reason = not_kept_reason(last, "the second approver", self._label(now), self._label(wish.approver))
                self._note(user_id, Rule.NOT_KEPT, reason, NOT_KEPT_CURE)

    def _label(self, user_id: str) -> str:
        user = self.plan.users.get(user_id)
        return user.label if user else user_id

    def _note(self, user_id: str, rule: Rule, reason: str, cure: str = _CURE) -> None:
        self.notes.append(held(self.owners[user_id], self.plan.users[user_id], rule, reason, cure))
