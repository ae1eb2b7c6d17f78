"""A person's decision about people, who wait in ``organization_sync``.

Kinds: ``creates`` (more users than ``people.max_creates``, for good), ``deactivations`` (more than the guard allows), ``link`` (which
Certify user a record of Intacct is), ``list_deactivations`` (more rows of a list than its guard allows) and ``shrunken_extract`` (a
stream is rightly much smaller than before). All but ``creates`` hold for some days only. Each is kept for ever with name, reason and
time.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from certify_intacct.decisions.decide import Decider, allow, check_reason
from certify_intacct.model.configuration import Configuration
from certify_intacct.model.errors import BadInput
from certify_intacct.model.rules import Rule
from certify_intacct.staging.database import Connection, Database
from certify_intacct.staging.streams import STREAMS
from certify_intacct.staging.streams.dimensions import LISTS
from certify_intacct.staging.user_links import release

OF_LISTS = "list_deactivations"
KINDS = ("creates", "deactivations", "link", OF_LISTS, "shrunken_extract")
LONGEST = 30
#: The rules whose holds a release ends, with its kind; an extract that shrank stops the run before it plans.
RELEASED_BY = {
    Rule.MAX_CREATES.value: "creates",
    Rule.DEACTIVATION_GUARD.value: "deactivations",
    Rule.AMBIGUOUS.value: "link",
    Rule.CLAIMED.value: "link",
    Rule.CONTESTED.value: "link",
    Rule.LIST_GUARD.value: OF_LISTS,
    Rule.LOOKS_LIKE.value: "link",
    Rule.NOT_ADOPTED.value: "link",
}
#: What comes of a release that is about people, as a person reads it before it is given.
WHAT_COMES_OF = {
    "creates": "The next run of organization_sync creates a user for each of them, and every later run for whoever is new: from now "
    "on people.max_creates limits nothing. It holds for good.",
    "deactivations": "The next run of organization_sync deactivates the users of all who have left, however many they are.",
    "link": "The next run of organization_sync takes that user of Certify for this person: it writes there what Intacct says of "
    "them, and deactivates the user when they have left.",
    OF_LISTS: "The next run of organization_sync deactivates all rows of that list which leave it, however many they are.",
}


def release_people(
    database: Database,
    configuration: Configuration,
    *,
    kind: str,
    by: Decider,
    reason: str,
    person: str = "",
    user: str = "",
    stream: str = "",
    days: int = 1,
) -> str:
    """Keeps the decision.

    :param kind: one of ``KINDS``
    :param person: for ``link``, the record of Intacct: its EMPLOYEEID, VENDORID or LOGINID, or ``employee/1042`` by record number
    :param user: for ``link``, the Certify user: its ID or e-mail
    :param stream: for ``shrunken_extract``, such as ``intacct_employees``; for ``list_deactivations``, such as ``certify_projects``
    :param days: for how many days it holds (``creates`` holds for good)
    :returns: what was released, in words
    :raises BadInput: the person may not release, or names something that the last run did not read
    """
    allow(configuration, by, triggered_by="")
    check_reason(reason)
    if kind not in KINDS:
        raise BadInput(f"There is no release {kind!r}.", cure=f"One of {', '.join(KINDS)}.")
    if not 1 <= days <= LONGEST:
        raise BadInput(f"A release of people holds for 1 to {LONGEST} days, not {days}.")
    with database.connection() as connection:
        named: dict[str, str] = {}
        if kind == "link":
            named = {"person_key": _person(connection, person), "certify_id": _user(connection, user)}
        elif kind == "shrunken_extract":
            named = {"stream": _stream(stream, guarded_streams())}
        elif kind == OF_LISTS:
            named = {"stream": _stream(stream, guarded_lists())}
        release(
            connection,
            kind,
            released_by=by.name,
            reason=reason.strip(),
            holds=timedelta(days=days),
            **named,
        )
    words = {
        "creates": "creating users, for good",
        "deactivations": f"deactivations above the guard, for {_days(days)}",
        OF_LISTS: f"deactivations in {stream} above its guard, for {_days(days)}",
        "shrunken_extract": f"an extract of {stream} that is smaller than before, for {_days(days)}",
    }
    return words.get(kind) or f"the link of {named['person_key']} to the Certify user {user}, for {_days(days)}"


def _days(days: int) -> str:
    return "a day" if days == 1 else f"{days} days"


def guarded_streams() -> list[str]:
    """The streams whose sudden shrinking stops a run, by name."""
    return sorted(one for one, stream in STREAMS.items() if stream.service == "intacct" and one != "intacct_deletions")


def guarded_lists() -> list[str]:
    """The streams of Certify's lists, of each of which a run deactivates only so much."""
    return sorted(LISTS)


def _stream(name: str, guarded: Sequence[str]) -> str:
    if name not in guarded:
        raise BadInput(f"There is no guarded stream {name!r}.", cure=f"One of {', '.join(guarded)}.")
    return name


def _person(connection: Connection, person: str) -> str:
    """The key of the record with this ID or key: of those that the last plan knew in Intacct, else of those that are linked."""
    planned = """
        SELECT DISTINCT source_key AS key FROM plan.change
        WHERE load_id = (SELECT max(load_id) FROM plan.change JOIN ops.load USING (load_id) WHERE direction = 'organization')
          AND subject = 'user' AND source_key <> '' AND %(person)s IN (key, source_key)
        """
    linked = "SELECT person_key AS key FROM ledger.user_link WHERE %(person)s IN (person_key, employee_id)"
    keys: list[str] = []
    for statement in (planned, linked):
        rows = connection.execute(statement, {"person": person.strip()}).fetchall()
        keys = keys or sorted(row["key"] for row in rows)
    if not keys:
        raise BadInput(
            f"The last plan says nothing about a person {person!r}.",
            cure="Give the ID as the plan of organization_sync shows it, or employee/RECORDNO of a record that it names.",
        )
    if len(keys) > 1:
        raise BadInput(f"{person} may be {', '.join(keys)}.", cure="Give one of these; the number is the RECORDNO.")
    return keys[0]


def _user(connection: Connection, user: str) -> str:
    """The ID of the Certify user that the last extract had by this ID or e-mail."""
    rows = connection.execute(
        """
        SELECT u.id FROM staging.certify_user u
        WHERE u.load_id = (SELECT source_load_id FROM ops.extract WHERE stream = 'certify_users' ORDER BY load_id DESC LIMIT 1)
          AND lower(%(user)s) IN (lower(u.id), lower(btrim(u.email)))
        """,
        {"user": user.strip()},
    ).fetchall()
    if len(rows) != 1:
        raise BadInput(
            f"{len(rows)} users of Certify have the ID or e-mail {user!r}.",
            where="the last extract of Certify's users",
            cure="Give the user's ID as the plan of organization_sync shows it; run it first if the user is new.",
        )
    return str(rows[0]["id"])
