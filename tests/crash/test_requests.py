"""Both syncs, with one request to a service failing; ``python -m tests.crash --all`` does every request in every way."""

from __future__ import annotations

import json
import os

import pytest

from tests.crash.calls import PATIENCE, Calls, failures
from tests.crash.expenses import expense_site
from tests.crash.people import people_site
from tests.crash.site import Choice, Outcome, Site, sampled
from tests.expense_company import Company

SEED = 1


@pytest.fixture
def calls(connections, monkeypatch, fresh_sandbox) -> Calls:
    """Requests that are not repeated by the client, so that each failure reaches its task."""
    for name in ("AIRFLOW_CONN_SAGE_INTACCT_DEFAULT", "AIRFLOW_CONN_EMBURSE_CERTIFY_DEFAULT"):
        connection = json.loads(os.environ[name])
        connection["extra"] |= PATIENCE
        monkeypatch.setenv(name, json.dumps(connection))
    return Calls(fresh_sandbox)


def few(load: str, share: float) -> Choice:
    """Some of what the task that writes asks for; the others only read."""
    some = sampled(SEED, share, failures)
    return lambda stage, requests: some(stage, requests) if stage.name == load else []


def surveyed(site: Site, quick: Choice) -> Outcome:
    outcome = site.survey(quick)
    print(outcome)
    assert outcome.strikes
    return outcome


def test_nothing_twice_and_nothing_lost_when_a_request_fails(company: Company, calls, snapshots, context):
    # A report whose answer was lost is in doubt for this load; a later one posts it.
    results = ("applied", "already", "in_doubt")
    site = expense_site(company, calls, snapshots, context, failures, results)
    outcome = surveyed(site, few("load_intacct", 0.01))
    assert not outcome.findings, outcome


def test_nobody_twice_and_nobody_lost_when_a_request_fails(
    calls, snapshots, database, context, fresh_sandbox, people_config
):
    site = people_site(fresh_sandbox, database, calls, snapshots, context, people_config, failures)
    outcome = surveyed(site, few("load_certify", 0.01))
    assert not outcome.findings, outcome
