"""After last night's backup: what was posted since is found in Intacct and adopted, whatever was done to it; nothing goes twice."""

from __future__ import annotations

from datetime import timedelta

import psycopg
import pytest

from certify_intacct.model.errors import GuardTripped
from certify_intacct.rules.expenses import identity
from tests.expense_company import DAY, Company, report_id

TODAY = DAY + timedelta(days=1)


def number(report: int, ordinal: str = "001B", sequence: int = 1) -> str:
    return f"{identity.token('sandbox', report_id(report))}-{sequence}-{ordinal}"


def states(company: Company) -> dict[str, str]:
    return {row["number"]: row["state"] for row in company.sql("SELECT number, state FROM ledger.document")}


def act(company: Company, action: str, report: int, **arguments: object) -> None:
    """Somebody does something to the bill of a report in Intacct."""
    (bill,) = company.bills()[number(report)]
    company.sandbox.act(action, object="APBILL", record=bill["RECORDNO"], **arguments)


def test_what_was_posted_since_is_adopted_and_what_was_done_to_it_is_seen(company, last_night):
    company.report(1)
    company.report(7)
    company.sync()
    put_back = last_night()
    company.report(2, ("100.10", "100.10"), ("50.00", "20.00"), day=TODAY)
    for report in (3, 4, 5):
        company.report(report, day=TODAY)
    assert company.sync(day=TODAY) == {"applied": 4}
    act(company, "edit_document", 3, amount="99.00")
    act(company, "reverse", 4)
    act(company, "delete", 5)
    act(company, "reverse", 1)
    act(company, "edit_document", 7, amount="98.00")
    posted = company.posted()

    put_back()
    assert states(company) == {number(1): "in_gl", number(7): "in_gl"}
    company.report(6, day=TODAY)
    assert company.sync(day=TODAY) == {"already": 2, "held": 1, "in_doubt": 1, "applied": 1}
    assert company.posted() == sorted([*posted, number(6)])
    assert company.sql("SELECT count(*) AS n FROM ledger.document WHERE adopted") == [{"n": 3}]
    # Next day's run, and a look at what was posted before.
    company.sync(day=TODAY)
    company.reconcile()
    assert company.posted() == sorted([*posted, number(6)])
    assert states(company) == {
        number(1): "reversed", number(2): "in_gl", number(2, "002C"): "in_gl", number(4): "reversed", number(5): "held",
        number(6): "in_gl", number(7): "altered",
    }  # fmt: skip
    # A person decides about what differs, was changed since, was reversed, or was posted once under its control ID and is not there.
    # What was reversed only now is asked about by the next run.
    waiting = {report_id(report): "held" for report in (3, 4, 5, 7)}
    assert company.open_items() == waiting | {report_id(1): "found"}


def test_what_was_posted_again_after_a_release_is_not_posted_a_third_time(company, last_night):
    """The ledger forgot the reversal, the release and the second posting: Intacct's two bills are more than it can explain."""
    company.report(1)
    put_back = last_night()
    company.sync()
    act(company, "reverse", 1)
    company.reconcile()
    assert company.sync() == {}
    company.decide(report_id(1))
    assert company.sync() == {"applied": 1}
    posted = company.posted()
    assert number(1, sequence=2) in posted
    put_back()
    company.sql(
        "INSERT INTO ledger.company_fact (intacct_company, name, value) VALUES ('SANDBOX', 'deployment', to_jsonb(%s::text))",
        company.sandbox.state("intacct", "SUPDOCFOLDER")[0]["DESCRIPTION"].rsplit(" ", 1)[1],
    )
    assert company.sync() == {"held": 1}
    assert company.posted() == posted
    assert company.open_items() == {report_id(1): "held"}


def test_a_backup_of_before_the_first_posting_does_not_know_that_it_is_the_one_that_posts(company, last_night):
    put_back = last_night()
    company.report(1)
    company.sync()
    posted = company.posted()
    put_back()
    with pytest.raises(GuardTripped, match="Another deployment posts to company SANDBOX"):
        company.sync()
    # What the message says: the other one is gone for good, so its folder is deleted.
    (folder,) = company.sandbox.state("intacct", "SUPDOCFOLDER")[:1]
    company.sandbox.act("delete", object="SUPDOCFOLDER", record=folder["RECORDNO"])
    assert company.sync() == {"already": 1}
    assert company.posted() == posted


def test_the_record_goes_on_where_the_backup_ended(company, last_night):
    """Numbers, triggers and rights come back with the rows."""
    company.report(1)
    company.sync()
    put_back = last_night()
    put_back()
    company.report(2)
    assert company.sync() == {"applied": 1}
    events = company.sql("SELECT before_state, after_state FROM ledger.event ORDER BY event_id")
    assert [row["after_state"] for row in events] == ["sending", "accepted", "in_gl"] * 2
    for statement in ("DELETE FROM ledger.event", "UPDATE ledger.document SET state = 'sending'"):
        with pytest.raises(psycopg.Error), company.loader() as connection:
            connection.execute(statement)
