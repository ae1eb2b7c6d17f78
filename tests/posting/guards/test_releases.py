"""A release is a second person's: not of who wrote the rule, not of who triggered the run."""

from __future__ import annotations

import pytest
from certify_intacct.commands.release import release_report

from certify_intacct.model.configuration import load
from certify_intacct.model.errors import BadInput
from certify_intacct.staging.database import Database
from tests.expense_company import report_id


@pytest.fixture
def release(company):
    """Releases a report as the command does."""

    def decide(report: str, by: str) -> list[str]:
        return release_report(
            Database(company.database.loader_url),
            load(company.config),
            report=report,
            rules=[],
            released_by=by,
            reason="looked at",
        )

    return decide


def test_who_triggered_the_run_cannot_release_what_it_holds(company, release):
    held = company.report(1, Reimbursed=True)
    company.sync()
    with pytest.raises(BadInput, match="Tests triggered the run: the right to trigger is not the right to post"):
        release(held, " Tests ")
    company.config.write_text(
        company.config.read_text().replace("configuration_owners: []", "configuration_owners: [Kim]")
    )
    with pytest.raises(BadInput, match="configuration_owners"):
        release(held, "kim")
    assert company.sql("SELECT * FROM ledger.release") == []
    assert company.posted() == []


def test_who_released_it_cannot_trigger_the_run_that_posts_it(company, release):
    held = company.report(1, Reimbursed=True)
    load_id, run = company.plan()
    run["dag_run"].triggering_user_name = None
    company.load(load_id, run)
    company.sql("UPDATE ops.load SET actor = ''")
    assert release(held, "Tests") == ["already_reimbursed"], "the schedule triggered the run that holds it"
    assert company.sync() == {}
    assert company.held() == {held: {"already_reimbursed"}}
    assert company.posted() == []
    company.sql("UPDATE ops.load SET actor = ''")
    release(held, "kim")
    assert company.sync() == {"applied": 1}, "two persons released it, and one of them is not the one who triggers"
    assert held == report_id(1)
