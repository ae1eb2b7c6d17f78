"""Who has which role: computed from what is assigned to users and to groups (Company > Roles, Users, User groups).

USERROLES gives a role to a user, ROLEGROUPS to a group, and MEMBERUSERGROUP says who is in one. ROLEUSERS is who has a role in the
end, ROLEASSIGNMENT every assignment. What a user may do is said by settings (`permissions_denied`), whatever the roles say.
"""

from __future__ import annotations

from collections.abc import Sequence

from include.sandbox.intacct.company import SIDE
from include.sandbox.intacct.records import Record
from include.sandbox.store import Store

USERS, ASSIGNMENTS = "ROLEUSERS", "ROLEASSIGNMENT"
#: What is read with them up to date.
OBJECTS = frozenset({"ROLES", "ROLEGROUPS", USERS, ASSIGNMENTS})


def refresh(store: Store) -> None:
    """Bring the computed objects up to date: rows that still hold keep their record numbers."""
    roles, groups, users = (
        _keys(store, "ROLES", "NAME"),
        _keys(store, "USERGROUP", "NAME"),
        _keys(store, "USERINFO", "LOGINID"),
    )
    logins = {key: login for login, key in users.items()}
    members = [(one.get("USERGROUPKEY", ""), one.get("USERKEY", "")) for one in store.select(SIDE, "MEMBERUSERGROUP")]
    given: list[tuple[str, str, str]] = []  # role, whose, U or G
    for name, kind, key, called, known in (
        ("USERROLES", "U", "U_O_GKEY", "USERID", users), ("ROLEGROUPS", "G", "GROUPKEY", "UGNAME", groups),
    ):  # fmt: skip
        for one in store.select(SIDE, name):
            role = one.get("ROLEKEY") or roles.get(one.get("ROLENAME", ""), "")
            given.append((role, one.get(key) or known.get(one.get(called, ""), ""), kind))
    names = {key: name for name, key in roles.items()}
    has = [(role, whose) for role, whose, kind in given if kind == "U"]
    has += [(role, user) for role, whose, kind in given if kind == "G" for group, user in members if group == whose]
    _keep(store, USERS, [
        {"ROLEKEY": role, "ROLENAME": names.get(role, ""), "USERKEY": user, "USERLOGINID": logins.get(user, "")} for role, user in has
    ])  # fmt: skip
    _keep(store, ASSIGNMENTS, [
        {"ROLEKEY": role, "ROLENAME": names.get(role, ""), "USER_GROUP_KEY": whose, "TYPE": kind} for role, whose, kind in given
    ])  # fmt: skip


def _keys(store: Store, name: str, field: str) -> Record:
    """The record numbers of an object by what its records are called."""
    return {one.get(field, ""): one["RECORDNO"] for one in store.select(SIDE, name)}


def _keep(store: Store, name: str, wanted: Sequence[Record]) -> None:
    missing = {tuple(one.items()): one for one in wanted}
    for row in store.select(SIDE, name):
        own = tuple((field, row.get(field, "")) for field in (wanted[0] if wanted else ()))
        if missing.pop(own, None) is None:
            store.delete(SIDE, name, row["RECORDNO"])
    for one in missing.values():
        store.insert(SIDE, name, one)
