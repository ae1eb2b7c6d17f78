"""A person's decision to post a report that a rule holds: ``python -m certify_intacct.commands.release``.

The decision is kept for ever with name, reason and time, and it is for the report exactly as it is now: when the report changes, it is
held again. What waits about people is released by ``release people`` (``release_people``).
"""

from __future__ import annotations

import argparse
import sys

from airflow.sdk import BaseHook

from certify_intacct.commands import release_people
from certify_intacct.commands.release_people import may_release
from certify_intacct.model.configuration import Configuration, config_path, load
from certify_intacct.model.errors import BadInput, ConnectorError
from certify_intacct.model.rules import Rule, releasable
from certify_intacct.staging import releases
from certify_intacct.staging.database import Database


def release_report(
    database: Database, configuration: Configuration, *, report: str, rules: list[str], released_by: str, reason: str
) -> list[str]:
    """Releases what holds a report.

    :param report: its ID or approval code in Certify
    :param rules: the rules to overrule; empty for all that hold it and may be overruled
    :returns: the rules that were released
    :raises BadInput: the report is not held, a rule may not be overruled, or the person edits connector.yaml or triggered the run
        that holds it
    """
    company = configuration.company
    with database.connection() as connection:
        rows = connection.execute(
            """
            SELECT i.report_id, i.rule, i.source_hash, l.actor FROM ledger.open_item i JOIN ops.load l USING (load_id)
            WHERE i.certify_company = %s AND i.state IN ('held', 'rejected')
              AND (i.report_id = %s OR starts_with(i.label, %s)) ORDER BY i.report_id
            """,
            [company.certify_company, report, f"approval code {report} "],
        ).fetchall()
        if len(rows) > 1:
            raise BadInput(
                f"{len(rows)} held reports have the approval code {report}: {', '.join(row['report_id'] for row in rows[:5])}.",
                cure="Give the report's ID.",
            )
        if not rows or not rows[0]["source_hash"]:
            raise BadInput(
                f"No held report {report}.", cure="Give the report's ID or approval code as the plan shows it."
            )
        row = rows[0]
        may_release(configuration, released_by, reason, triggered_by=row["actor"])
        standing = {rule.strip() for rule in row["rule"].split(",")}
        wanted = sorted(set(rules) or releasable(standing))
        wrong = [rule for rule in wanted if rule not in releasable(standing)]
        if wrong or not wanted:
            raise BadInput(
                f"{', '.join(wrong) or 'Nothing'} of report {report} can be released; it is held by {', '.join(sorted(standing))}.",
                cure=f"A person may overrule only {', '.join(releasable(Rule))}; the others need their cure.",
            )
        for rule in wanted:
            releases.release(
                connection,
                certify_company=company.certify_company,
                report_id=row["report_id"],
                rule=rule,
                source_hash=row["source_hash"],
                released_by=released_by.strip(),
                reason=reason.strip(),
            )
    return wanted


def main(arguments: list[str] | None = None) -> int:
    """The command line."""
    words = sys.argv[1:] if arguments is None else arguments
    about_people = words[:1] == ["people"]
    parser = argparse.ArgumentParser(
        prog=f"python -m certify_intacct.commands.release{' people' if about_people else ''}",
        description="Release users that wait for a person." if about_people else "Release a report that a rule holds.",
        epilog=None if about_people else "Users are released by `release people KIND`; see `release people --help`.",
    )
    if about_people:
        release_people.add_arguments(parser)
    else:
        _add_arguments(parser)
    given = parser.parse_args(words[1:] if about_people else words)
    try:
        url = BaseHook.get_connection("connector_db").get_uri().replace("postgres://", "postgresql://", 1)
        database, configuration = Database(url), load(config_path())
        if about_people:
            print(release_people.released(database, configuration, given))
            return 0
        released = release_report(
            database, configuration, report=given.report, rules=given.rule, released_by=given.by, reason=given.reason
        )
    except ConnectorError as error:
        print(error, file=sys.stderr)
        return 2
    print(f"Released: {', '.join(released)}. The next run of expense_sync posts the report.")
    return 0


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("report", help="the report's ID or approval code in Certify")
    parser.add_argument(
        "--rule",
        action="append",
        default=[],
        help="only this rule; may be repeated (default: all that may be overruled)",
    )
    parser.add_argument("--by", required=True, help="who decides")
    parser.add_argument("--reason", required=True, help="why")


if __name__ == "__main__":
    sys.exit(main())
