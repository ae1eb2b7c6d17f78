"""A person's decision about people: ``python -m certify_intacct.commands.release people KIND``.

Kinds: ``creates`` (more users than ``people.max_creates``, for good), ``deactivations`` (more than the guard allows), ``link`` (which
Certify user a record of Intacct is) and ``shrunken_extract`` (a stream is rightly much smaller than before). All but ``creates`` hold
for some days only. Each is kept for ever with name, reason and time.
"""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from datetime import timedelta
from typing import Any

from certify_intacct.model.configuration import Configuration
from certify_intacct.model.errors import BadInput
from certify_intacct.rules.second_person import objection
from certify_intacct.staging.database import Connection, Database
from certify_intacct.staging.streams import STREAMS
from certify_intacct.staging.user_links import release

KINDS = ("creates", "deactivations", "link", "shrunken_extract")
LONGEST = 30


def may_release(configuration: Configuration, released_by: str, reason: str, *, triggered_by: str = "") -> None:
    """Passes whoever may release.

    :param triggered_by: who started the run that holds it; empty when the schedule did
    :raises BadInput: name or reason is missing, or the person edits connector.yaml or triggered the run
    """
    owners = configuration.company.configuration_owners
    if released_by.strip() and (
        problem := objection([released_by], owners=owners, triggered_by=[triggered_by] if triggered_by else [])
    ):
        raise BadInput(problem, cure="Ask somebody else.")
    if not released_by.strip() or not reason.strip():
        raise BadInput("A release needs a name and a reason.", cure="Give --by and --reason.")


def release_people(
    database: Database,
    configuration: Configuration,
    *,
    kind: str,
    released_by: str,
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
    :param stream: for ``shrunken_extract``, such as ``intacct_employees``
    :param days: for how many days it holds (``creates`` holds for good)
    :returns: what was released, in words
    :raises BadInput: the person may not release, or names something that the last run did not read
    """
    may_release(configuration, released_by, reason)
    if not 1 <= days <= LONGEST:
        raise BadInput(f"A release of people holds for 1 to {LONGEST} days, not {days}.")
    with database.connection() as connection:
        named: dict[str, str] = {}
        if kind == "link":
            named = {"person_key": _person(connection, person), "certify_id": _user(connection, user)}
        elif kind == "shrunken_extract":
            named = {"stream": _stream(stream)}
        release(
            connection,
            kind,
            released_by=released_by.strip(),
            reason=reason.strip(),
            holds=timedelta(days=days),
            **named,
        )
    words = {
        "creates": "creating users, for good",
        "deactivations": f"deactivations above the guard, for {_days(days)}",
        "shrunken_extract": f"an extract of {stream} that is smaller than before, for {_days(days)}",
    }
    return words.get(kind) or f"the link of {named['person_key']} to the Certify user {user}, for {_days(days)}"


def add_arguments(parser: ArgumentParser) -> None:
    """The command line of ``release people``."""
    kinds = parser.add_subparsers(dest="kind", required=True, metavar="KIND")
    for kind, words in (
        ("creates", "create more users than people.max_creates"),
        ("deactivations", "deactivate more users than the guard allows"),
        ("link", "say which Certify user a record of Intacct is"),
        ("shrunken_extract", "a stream is rightly much smaller than before"),
    ):
        one = kinds.add_parser(kind, help=words, description=f"Release people: {words}.")
        if kind == "link":
            one.add_argument("--person", required=True, help="ID of the record in Intacct, or employee/RECORDNO")
            one.add_argument("--user", required=True, help="ID or e-mail of the Certify user")
        if kind == "shrunken_extract":
            one.add_argument("--stream", required=True, help="for example intacct_employees")
        if kind != "creates":
            one.add_argument("--days", type=int, default=1, help=f"how long it holds, at most {LONGEST} (default: 1)")
        one.add_argument("--by", required=True, help="who decides")
        one.add_argument("--reason", required=True, help="why")


def released(database: Database, configuration: Configuration, given: Namespace) -> str:
    """What the command line asked for, done; returns the line to print."""
    options: dict[str, Any] = {
        name: value for name, value in vars(given).items() if name in ("person", "user", "stream", "days")
    }
    done = release_people(
        database, configuration, kind=given.kind, released_by=given.by, reason=given.reason, **options
    )
    return f"Released: {done}. The next run of organization_sync goes by it."


def _days(days: int) -> str:
    return "a day" if days == 1 else f"{days} days"


def _stream(name: str) -> str:
    guarded = sorted(
        one for one, stream in STREAMS.items() if stream.service == "intacct" and one != "intacct_deletions"
    )
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
        raise BadInput(
            f"{person} may be {', '.join(keys)}.", cure="Give --person as one of these; the number is the RECORDNO."
        )
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
