"""Everything about one load, for a person to look at: its changes are looked for, and read a page at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from certify_intacct.staging import api_use, data_docs
from certify_intacct.staging.api_use import Expected
from certify_intacct.staging.database import Connection
from certify_intacct.staging.load_tally import STATE, Tally, load_tally

Rows = list[dict[str, Any]]

#: Rows of the lists beside the plan that a page shows; their files and the ledger have all of them.
MOST = 50
#: So many rows a file is read at a time.
AT_ONCE = 2_000


@dataclass(frozen=True, kw_only=True)
class ChangeSearch:
    """Which changes of a plan; what is empty asks nothing.

    :param text: the beginning of an approval code or of a key, or a report ID
    :param state: what became of it (:data:`certify_intacct.staging.load_tally.STATE`)
    """

    text: str = ""
    state: str = ""
    action: str = ""
    rule: str = ""
    subject: str = ""


@dataclass(frozen=True, kw_only=True)
class LoadPage:
    """A load with its tally, extracts, verdicts, quarantine, plan and the documents it sent; ``data_docs`` are the streams that have a
    page of Great Expectations.

    Rows about an expense report carry its ``report_id`` (empty for others), changes its ``approval_code`` too. ``found`` counts the
    changes that are looked for, ``changes`` are those of the page; ``quarantined`` and ``sent`` count rows of which 50 are shown.
    ``api_use`` is what was asked of the services, ``reading`` what was expected to be read.
    """

    load: dict[str, Any]
    tally: Tally
    found: int
    changes: Rows
    extracts: Rows
    results: Rows
    quarantined: int
    quarantine: Rows
    sent: int
    documents: Rows
    data_docs: list[str] = field(default_factory=list)
    api_use: Rows = field(default_factory=list)
    reading: Expected | None = None


def load_page(
    connection: Connection, dag_id: str, load_id: int, search: ChangeSearch | None = None, *, most: int = MOST, after: int = 0,
    taken_after: int = 0,
) -> LoadPage | None:  # fmt: skip
    """The load, or None when that DAG has no such load.

    :param search: which changes of its plan; None: all
    :param after: how many of these come before those that are wanted; what lies behind the last are the last
    :param taken_after: likewise of what was quarantined
    """

    def rows(query: str, *parameters: Any) -> Rows:
        return connection.execute(query, parameters).fetchall()

    def count(table: str) -> int:
        return int(rows(f"SELECT count(*) AS n FROM {table} WHERE load_id = %s", load_id)[0]["n"])  # noqa: S608

    load = of_dag(connection, dag_id, load_id)
    if load is None:
        return None
    found = _count(connection, load_id, search or ChangeSearch())
    quarantined = count("quality.quarantine")
    return LoadPage(
        load=load,
        tally=load_tally(connection, load_id),
        found=found,
        changes=changes(connection, load_id, search or ChangeSearch(), most=most, after=_within(found, most, after)),
        extracts=rows("SELECT * FROM ops.extract WHERE load_id = %s ORDER BY stream", load_id),
        results=rows("SELECT * FROM quality.result WHERE load_id = %s ORDER BY (failed = 0), stream, rule", load_id),
        quarantined=quarantined,
        quarantine=quarantine(connection, load_id, most=MOST, after=_within(quarantined, MOST, taken_after)),
        sent=count("ledger.document"),
        documents=rows("SELECT * FROM ledger.document WHERE load_id = %s ORDER BY number LIMIT %s", load_id, MOST),
        data_docs=data_docs.kept(connection, load_id),
        api_use=api_use.of_load(connection, load_id),
        reading=api_use.expected_reading(connection, load["direction"], before=load_id),
    )


def of_dag(connection: Connection, dag_id: str, load_id: int) -> dict[str, Any] | None:
    """The row of a load, when it is one of that DAG."""
    return connection.execute(
        "SELECT *, dry_run AS preview FROM ops.load WHERE load_id = %s AND dag_id = %s", [load_id, dag_id]
    ).fetchone()  # fmt: skip


def changes(connection: Connection, load_id: int, search: ChangeSearch, *, most: int, after: int = 0) -> Rows:
    """Changes of a plan: what asks for a person first, then what was done, then what was skipped; each as it was planned."""
    return connection.execute(
        f"""
        SELECT * FROM ({_CHANGES}) c
        ORDER BY (state IN ('held', 'rejected', 'in_doubt', 'moved_on')) DESC, (action = 'skip'), position
        LIMIT %(most)s OFFSET %(after)s
        """,  # noqa: S608
        {**_values(load_id, search), "most": most, "after": after},
    ).fetchall()


def every_change(connection: Connection, load_id: int, search: ChangeSearch, *, most: int) -> Iterator[dict[str, Any]]:
    """The same, page after page, at most so many."""
    for after in range(0, most, AT_ONCE):
        found = changes(connection, load_id, search, most=min(AT_ONCE, most - after), after=after)
        yield from found
        if len(found) < AT_ONCE:
            return


def quarantine(connection: Connection, load_id: int, *, most: int, after: int = 0) -> Rows:
    """What data quality took out of a load."""
    return connection.execute(f"{_QUARANTINE} LIMIT %s OFFSET %s", [load_id, most, after]).fetchall()


def _within(whole: int, most: int, after: int) -> int:
    return min(after, max(0, whole - 1) // most * most)


def _count(connection: Connection, load_id: int, search: ChangeSearch) -> int:
    counting = f"SELECT count(*) AS n FROM ({_CHANGES}) c"  # noqa: S608
    row = connection.execute(counting, _values(load_id, search)).fetchone()
    return int(row["n"]) if row else 0


def _values(load_id: int, search: ChangeSearch) -> dict[str, Any]:
    begins = search.text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
    return {
        "load": load_id, "text": search.text, "begins": begins, "state": search.state, "action": search.action, "rule": search.rule,
        "subject": search.subject,
    }  # fmt: skip


# What a report is called, the plan keeps for good where it was planned, and staging as long as it has it.
_CHANGES = f"""
    SELECT * FROM (
        SELECT c.*, {STATE} AS state, CASE WHEN c.subject = 'report' THEN c.key ELSE '' END AS report_id,
               coalesce(nullif(p.approval_code, ''), r.approval_code, '') AS approval_code
        FROM plan.change_result c
        LEFT JOIN plan.report p ON p.load_id = c.load_id AND p.report_id = c.key AND c.subject = 'report'
        LEFT JOIN ops.extract x ON x.load_id = c.load_id AND x.stream = 'certify_expense_reports' AND c.subject = 'report'
        LEFT JOIN staging.certify_expense_report r ON r.load_id = x.source_load_id AND r.id = c.key
        WHERE c.load_id = %(load)s AND (%(action)s = '' OR c.action = %(action)s) AND (%(rule)s = '' OR c.rule = %(rule)s)
          AND (%(subject)s = '' OR c.subject = %(subject)s)
    ) c
    WHERE (%(state)s = '' OR state = %(state)s) AND (%(text)s = '' OR key LIKE %(begins)s OR approval_code LIKE %(begins)s)
"""  # noqa: S608 - nothing of anybody's is in it
_QUARANTINE = """
    SELECT q.*, CASE q.stream WHEN 'certify_expense_reports' THEN q.key ELSE coalesce(e.report_id, '') END AS report_id
    FROM quality.quarantine q
    LEFT JOIN ops.extract x ON x.load_id = q.load_id AND x.stream = q.stream AND q.stream = 'certify_expenses'
    LEFT JOIN staging.certify_expense e ON e.load_id = x.source_load_id AND e.id = q.key
    WHERE q.load_id = %s ORDER BY q.stream, q.label, q.rule, q.key
"""
