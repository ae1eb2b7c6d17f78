"""A decision is a second person's: not of who wrote the rule, not of who triggered the run."""

from __future__ import annotations

import pytest

from certify_intacct.model.errors import BadInput
from tests.expense_company import report_id


def test_who_triggered_the_run_cannot_release_what_it_holds(company):
    held = company.report(1, Reimbursed=True)
    company.sync()
    with pytest.raises(BadInput, match="Tests triggered the run: the right to trigger is not the right to post"):
        company.decide(held, by=" Tests ")
    company.config.write_text(
        company.config.read_text().replace("configuration_owners: []", "configuration_owners: [Kim]")
    )
    with pytest.raises(BadInput, match="configuration_owners"):
        company.decide(held, by="kim")
    assert company.sql("SELECT * FROM ledger.decision") == []
    assert company.posted() == []


def test_who_released_it_cannot_trigger_the_run_that_posts_it(company):
    held = company.report(1, Reimbursed=True)
    load_id, run = company.plan()
    run["dag_run"].triggering_user_name = None
    company.load(load_id, run)
    company.sql("UPDATE ops.load SET actor = ''")
    (said,) = company.decide(held, by="Tests")
    assert "released" in said, "the schedule triggered the run that holds it"
    assert company.sync() == {}
    assert company.held() == {held: {"already_reimbursed"}}
    assert company.posted() == []
    company.sql("UPDATE ops.load SET actor = ''")
    company.decide(held, by="kim")
    assert company.sync() == {"applied": 1}, "two persons released it, and one of them is not the one who triggers"
    assert held == report_id(1)
