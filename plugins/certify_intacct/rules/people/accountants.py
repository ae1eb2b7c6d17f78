"""Who processes the reports of a user: whom a field of Intacct names, else the default accountant for those who have none."""

from __future__ import annotations

from collections.abc import Iterable

from certify_intacct.model.configuration.people import ACCOUNTANT, Accountant
from certify_intacct.model.people import CertifyUser, Person
from certify_intacct.rules.people.matching import find_user


class Accountants:
    """Finds them among users.

    :param settings: section ``people.accountant``
    :param users: as the plan leaves them
    """

    def __init__(self, settings: Accountant, users: Iterable[CertifyUser]) -> None:
        self.roles = settings.roles
        self._users = list(users)
        # The same few are named again and again.
        self._known: dict[str, CertifyUser | None] = {}
        self.default = self._named(settings.default)

    @property
    def nobody(self) -> str:
        """What somebody is who may not be one."""
        return f"no active Certify user with the role {' or '.join(self.roles)}"

    def of(self, person: Person, user: CertifyUser) -> tuple[str, str]:
        """The Certify ID of the user's accountant, empty to keep the one there is; and what is wrong with whom Intacct names."""
        problem = ""
        if name := person.further.get(ACCOUNTANT, "").strip():
            named = self._named(name)
            if named and named.id != user.id:
                return named.id, ""
            kept = "the one of the user stays" if user.accountant_id else "the default one is taken, if there is one"
            problem = f"is to have the accountant {name!r}, who is {self.nobody}, or the person themselves; {kept}"
        default = self.default if self.default and not user.accountant_id and user.id != self.default.id else None
        return default.id if default else "", problem

    def _named(self, name: str) -> CertifyUser | None:
        """The user of that EmployeeID or e-mail, if that one may be an accountant."""
        if name not in self._known:
            user = find_user(name, self._users)
            self._known[name] = user if user and user.role in self.roles else None
        return self._known[name]
