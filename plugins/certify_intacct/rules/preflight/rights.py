"""The rights that the web services user needs at Sage Intacct, and those that it has and should not have.

Rights are read by ``getUserPermissions`` (application, policy, rights such as List, View, Add, Edit, Delete) when the user may;
otherwise, and for reading in any case, by asking for one record. Policies are known by their names, of which the vendor's
installation article shows only some, so a policy that is not named proves nothing by itself.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from certify_intacct.model.configuration import Configuration
from certify_intacct.model.configuration.dimensions import Used
from certify_intacct.model.configuration.expense_categories import OBJECTS
from certify_intacct.model.dimensions import DIMENSIONS, ENTITY, LOCATION
from certify_intacct.model.people import PersonKind
from certify_intacct.model.preflight import Outcome, PreflightRow

AREA = "Sage Intacct rights"
EXCESS_AREA = "Sage Intacct rights beyond need"
READ = "Read"

#: What ``getUserPermissions`` gives: application → policy → rights.
Permissions = Mapping[str, Mapping[str, frozenset[str]]]

#: Application and policy of each object that is read, as Intacct's permission pages name them; those of dimensions stand in their
#: rows. What is posted says its own.
POLICIES: dict[str, tuple[str, str]] = {
    **{row.object: (row.application, row.permission) for row in DIMENSIONS},
    "APACCOUNTLABEL": ("Accounts Payable", "Account Labels"),
    "APTERM": ("Accounts Payable", "AP Terms"),
    "AUDITHISTORY": ("Company", "Audit Trail"),
    "CONTACT": ("Company", "Contacts"),
    "CREDITCARD": ("Cash Management", "Credit Cards"),
    "EEACCOUNTLABEL": ("Time & Expenses", "Expense Types"),
    "EXPENSEPAYMENTTYPE": ("Time & Expenses", "Expense Payment Types"),
    "GLACCOUNT": ("General Ledger", "Accounts"),
    "GLJOURNAL": ("General Ledger", "Journals"),
    LOCATION.object: (LOCATION.application, LOCATION.permission),
    "SUPDOC": ("Company", "Attachments"),
    "SUPDOCFOLDER": ("Company", "Attachment Folders"),
    "TAXDETAIL": ("Taxes", "Tax Details"),
    "TAXSOLUTION": ("Taxes", "Tax Solutions"),
    "USERINFO": ("Administration", "Users"),
    "VENDTYPE": ("Accounts Payable", "Vendor Types"),
}

_READING = frozenset({"list", "view", "read", "readonly"})
# Words that every company's answer can use. Others, such as Post, tell something only where some policy uses them.
_COMMON = frozenset({"list", "view", "add", "edit", "delete"})
_DANGEROUS_RIGHT = re.compile(r"delete|approve|decline|pay|print checks|void", re.IGNORECASE)
_DANGEROUS_POLICY = re.compile(r"(approve|pay|make payments|print checks|manual payments)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Need:
    """A right that a run needs.

    :param object: the Intacct object
    :param right: ``Read``, or one of Intacct's words: Add, Edit, Post
    :param required: without it the run stops
    :param policy: application and policy, where ``POLICIES`` does not know the object
    """

    object: str
    right: str = READ
    required: bool = True
    policy: tuple[str, str] | None = None

    @property
    def place(self) -> tuple[str, str]:
        """Application and policy."""
        return self.policy or POLICIES[self.object]

    @property
    def item(self) -> str:
        """Policy and right, as a person looks for them."""
        return f"{self.place[1]}: {'List, View' if self.right == READ else self.right}"

    def where_to_click(self, user: str) -> str:
        """The way to the tick box."""
        application, policy = self.place
        rights = "List and View" if self.right == READ else self.right
        return f"{_page(user, application)}: tick {rights} for {policy} (or do so in the user's role)."


def _page(user: str, application: str) -> str:
    return f"Intacct: Company > Admin > Users > {user} > Subscriptions > {application} > Permissions"


def needs(configuration: Configuration, direction: str, posted: Iterable[Need] = ()) -> list[Need]:
    """What a direction (``organization`` or ``expense``) needs.

    :param posted: what the kinds of document need that are configured
    """
    found = _organization(configuration) if direction == "organization" else _expense(configuration, list(posted))
    return list(dict.fromkeys(found))


def _organization(configuration: Configuration) -> Iterable[Need]:
    people = configuration.people
    entities = people.entities.source != "none"
    yield from map(Need, ("EMPLOYEE", "CONTACT", LOCATION.object))
    dimensions = configuration.dimensions
    yield from _dimensions(configuration, dimensions.read_for(dimensions.listed(entities=entities)))
    if kept_from := OBJECTS.get(configuration.expense_categories.source):
        yield Need(kept_from)
    if people.source(PersonKind.VENDOR):
        yield from map(Need, ("VENDOR", "VENDTYPE"))
    if people.source(PersonKind.USER):
        yield Need("USERINFO")
    # Without it nobody who was deleted in Intacct is deactivated.
    yield Need("AUDITHISTORY", required=False)


def _expense(configuration: Configuration, posted: Sequence[Need]) -> Iterable[Need]:
    yield from map(
        Need,
        (
            "VENDOR",
            "VENDTYPE",
            "CONTACT",
            LOCATION.object,
            "GLACCOUNT",
            "APACCOUNTLABEL",
            "CREDITCARD",
            "APTERM",
            "TAXDETAIL",
        ),
    )  # fmt: skip
    if configuration.posting.tax.solutions:
        # The check before a run alone asks for them.
        yield Need("TAXSOLUTION", required=False)
    yield from _dimensions(configuration, configuration.dimensions.used)
    yield from posted
    if posted:
        # The folder in which this deployment marks the company as its own, and the folder of the receipts.
        yield from (Need("SUPDOCFOLDER", right) for right in (READ, "Add"))
        if configuration.posting.receipts.attach:
            yield Need("SUPDOCFOLDER", "Edit")
            yield from (Need("SUPDOC", right) for right in (READ, "Add", "Edit"))


def _dimensions(configuration: Configuration, used: Iterable[Used]) -> Iterable[Need]:
    """Their values, and in any case the entities, unless connector.yaml says that there are none."""
    rows = [one.dimension for one in used]
    names = [ENTITY.object, *(row.object for row in rows if not row.own)]
    found = [Need(name) for name in names if name != ENTITY.object or configuration.company.entities != "none"]
    return found + [Need(row.object, policy=(row.application, row.permission)) for row in rows if row.own]


def judge(
    wanted: Iterable[Need],
    permissions: Permissions | None,
    readable: Mapping[str, bool | None],
    *,
    user: str,
    unsubscribed: Collection[str] = (),
) -> list[PreflightRow]:
    """One row for each need, but for those in applications that the company is known not to have: no tick helps there.

    :param permissions: None when the user may not read them
    :param readable: by object whether it could be read; None or absent when that could not be found out
    :param user: the web services user, for the cure
    """
    return [
        _row(need, permissions, readable.get(need.object), user) for need in wanted if need.place[0] not in unsubscribed
    ]


def _row(need: Need, permissions: Permissions | None, readable: bool | None, user: str) -> PreflightRow:
    held = None if permissions is None else granted(permissions, need.place)
    outcome, detail = _reading(held, readable) if need.right == READ else _writing(need, permissions, held, readable)
    return PreflightRow(
        area=AREA,
        item=need.item,
        outcome=outcome,
        required=need.required,
        detail=detail,
        where_to_click="" if outcome is Outcome.PRESENT else need.where_to_click(user),
    )


def _reading(granted: frozenset[str] | None, readable: bool | None) -> tuple[Outcome, str]:
    if readable is not None:
        return (Outcome.PRESENT, "") if readable else (Outcome.MISSING, "Intacct refuses to read it.")
    if granted is None:
        return Outcome.UNKNOWN, "It could neither be read nor seen among the user's permissions."
    return (Outcome.PRESENT, "") if granted & _READING else (Outcome.MISSING, "")


def _writing(
    need: Need, permissions: Permissions | None, granted: frozenset[str] | None, readable: bool | None
) -> tuple[Outcome, str]:
    if permissions is None:
        return Outcome.UNKNOWN, "The user may not read permissions, and writing is not tried out."
    if granted is None:
        if readable is False:
            return Outcome.MISSING, "The user has no right to it at all."
        return Outcome.UNKNOWN, f"Intacct names no policy {need.place[1]!r} for this user."
    word = need.right.casefold()
    if word in granted:
        return Outcome.PRESENT, ""
    if word not in _COMMON and not any(
        word in _words(rights) for held in permissions.values() for rights in held.values()
    ):
        return Outcome.UNKNOWN, f"Intacct's answer names no right {need.right!r} at all."
    return Outcome.MISSING, ""


def readers_of_permissions(permissions: Permissions | None, *, user: str) -> PreflightRow:
    """The row about the right to read rights."""
    return PreflightRow(
        area=AREA,
        item="Users' permissions: View",
        outcome=Outcome.MISSING if permissions is None else Outcome.PRESENT,
        required=False,
        detail="Rights to write cannot be told without it." if permissions is None else "",
        where_to_click=""
        if permissions is not None
        else f"{_page(user, 'Administration')}: tick View for Users and Roles permissions.",
    )


def excess(permissions: Permissions | None, administrator: str | None, *, user: str) -> list[PreflightRow]:
    """Warnings about rights that this project never uses: to administer, delete, approve and pay.

    :param administrator: the user's ADMIN field; None when it could not be read
    """
    rows = []
    if administrator is not None and administrator.strip().casefold() not in {"", "off", "false", "no", "none", "n"}:
        rows.append(
            _excess(
                "Administrator",
                f"The user is an administrator ({administrator}).",
                f"Intacct: Company > Admin > Users > {user}: set Admin privileges to Off.",
            )
        )
    held: dict[str, list[str]] = {}
    for application, policies in (permissions or {}).items():
        for policy, rights in policies.items():
            dangerous = {right.strip().title() for right in rights if _DANGEROUS_RIGHT.match(right.strip())}
            if _DANGEROUS_POLICY.match(policy) and rights:
                dangerous.add("Approve or pay")
            for right in dangerous:
                held.setdefault(right, []).append(f"{application}: {policy}")
    for right, places in sorted(held.items()):
        rows.append(
            _excess(
                right,
                f"Not needed, but given for {', '.join(sorted(places))}.",
                f"Intacct: Company > Admin > Users > {user} > Subscriptions > Permissions: take the tick off.",
            )
        )
    return rows


def _excess(item: str, detail: str, cure: str) -> PreflightRow:
    return PreflightRow(
        area=EXCESS_AREA, item=item, outcome=Outcome.EXCESS, required=False, detail=detail, where_to_click=cure
    )


def names_application(permissions: Permissions, application: str) -> bool:
    """Whether the user has any right there."""
    return any(any(policies.values()) for app, policies in permissions.items() if _plain(app) == _plain(application))


def granted(permissions: Permissions, place: tuple[str, str]) -> frozenset[str] | None:
    """The rights of a policy: in its own application, else wherever a policy has its name; None when it is not named."""
    application, policy = place
    named = [
        (_plain(app) == _plain(application), _words(rights))
        for app, policies in permissions.items()
        for name, rights in policies.items()
        if _plain(name) == _plain(policy)
    ]
    own = [rights for at_home, rights in named if at_home] or [rights for _, rights in named]
    return frozenset().union(*own) if own else None


def _words(rights: Iterable[str]) -> frozenset[str]:
    return frozenset(right.strip().casefold() for right in rights)


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.casefold()).rstrip("s")
