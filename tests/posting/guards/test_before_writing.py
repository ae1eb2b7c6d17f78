"""What is wrong with company, entity, data or their shape stops a run before anything is written to either service."""

from __future__ import annotations

from dataclasses import replace

import pytest

from certify_intacct.model.errors import ConfigurationError, ConnectorError, GuardTripped
from certify_intacct.operators.plan_expenses import IntacctPlanOperator
from certify_intacct.operators.preflight import PreflightOperator
from certify_intacct.operators.staging_to_certify import StagingToCertifyOperator
from certify_intacct.staging.streams import STREAMS
from tests.posting.guards.rewriting import rewritten

INTACCT, CERTIFY = "sage_intacct_default", "emburse_certify_default"


def refused(step, *arguments) -> str:
    """The words with which a step stops."""
    with pytest.raises(ConnectorError) as caught:
        step(*arguments)
    assert isinstance(caught.value, GuardTripped | ConfigurationError)
    assert caught.value.cure
    return str(caught.value)


def test_where_the_connections_lead_is_asked_again_before_posting(company, connection, untouched):
    company.report(1)
    load, run = company.plan()

    company.sandbox.settings(company_id="OTHER")
    connection(INTACCT, company_id="OTHER")
    assert "The connection leads to company OTHER, connector.yaml is for SANDBOX." in refused(company.load, load, run)
    company.sandbox.settings(company_id="SANDBOX")
    connection(INTACCT, company_id="SANDBOX")

    connection(INTACCT, entity_id="200")
    assert "works in the entity 200, and connector.yaml is for work at top level" in refused(company.load, load, run)
    connection(INTACCT, entity_id="")

    company.sandbox.settings(user_entities={"xml_gateway": ["200"]})
    words = refused(company.load, load, run)
    assert "The plan is for entities that the user xml_gateway may not enter: 100." in words
    assert "Entity access" in words
    company.sandbox.settings(user_entities={})

    untouched()
    assert company.load(load, run) == {"applied": 1}, "all is well again"


def test_a_test_key_never_meets_a_live_company(company, connection, untouched):
    company.report(1)
    load, run = company.plan()
    connection(INTACCT, environment="live")
    said = "Sage Intacct is live (its connection says `environment: live`), and connector.yaml is for test"
    assert said in refused(company.load, load, run)
    assert said in refused(StagingToCertifyOperator(task_id="load_certify", load_id=load).execute, run)
    for direction in ("expense", "organization"):
        assert said.partition(" (")[0] in refused(
            PreflightOperator(task_id="preflight", direction=direction).execute, run
        )
    company.config.write_text(company.config.read_text().replace("environment: test", "environment: live"))
    assert "Emburse Certify is test (it leads to this machine)" in refused(company.load, load, run)
    untouched()
    connection(CERTIFY, environment="live")
    text = company.config.read_text()
    named = text.replace("configuration_owners: []", "configuration_owners: [dana]")
    company.config.write_text(named.replace("day_amount: null", "day_amount: 5000"))
    assert company.sync() == {"applied": 1}, "a live company behind a tunnel"


def test_a_key_of_another_company_of_certify(company, untouched):
    users = [{"Email": f"p{number}@example.com", "Active": 1} for number in range(3)]
    company.sandbox.load("certify", "users", users)
    company.plan(preview=True)
    assert company.sql("SELECT * FROM ops.known_user") == [], "a preview leaves no trace"
    company.plan()
    assert len(company.sql("SELECT * FROM ops.known_user WHERE certify_company = 'sandbox'")) == 3
    company.report(1)
    company.sql("UPDATE ops.known_user SET user_id = md5(user_id)")
    words = refused(lambda: company.plan())
    assert "Of 3 users that are known of the company 'sandbox' of Certify, 3 are not in what was read" in words
    assert "company.certify_company" in words
    assert company.sql("SELECT state FROM ops.load ORDER BY load_id DESC LIMIT 1") == [{"state": "stopped"}]
    untouched()
    company.config.write_text(company.config.read_text().replace("certify_company: sandbox", "certify_company: second"))
    company.plan()


def test_a_field_of_certify_that_vanished_or_changed_its_type(company, connection, untouched):
    for number in range(1, 21):
        company.report(number)
    load, run = company.plan()
    IntacctPlanOperator(task_id="plan", load_id=load).execute(run)
    known = company.sql("SELECT rows, present FROM ops.known_field WHERE field = 'ApprovalCode'")
    assert known == [{"rows": 20, "present": 20}], "a task that is tried again saw the same rows, not more of them"
    with rewritten(company.sandbox.url, ('"ApprovalCode"', '"ApprovalNumber"')) as url:
        connection(CERTIFY, host=f"{url}/v1/")
        words = refused(company.plan)
    assert "certify_expense_reports: ApprovalCode was in every row until now and is in none of 20." in words
    with rewritten(company.sandbox.url, (r'("TotalAmount": ?)([\d.]+)', r'\1"EUR \2"')) as url:
        connection(CERTIFY, host=f"{url}/v1/")
        words = refused(company.plan)
    assert "certify_expense_reports: TotalAmount is not of the type numeric any more, in most of 20 rows." in words
    untouched()
    connection(CERTIFY, host=f"{company.sandbox.url}/v1/")
    assert company.sync() == {"applied": 20}


def test_a_field_of_intacct_that_vanished(company, untouched, monkeypatch):
    """Intacct refuses to read what it does not have: the extract fails in words, and so nothing is planned."""
    stream = STREAMS["intacct_vendors"]
    columns = tuple(
        replace(column, source="GONEFIELD") if column.name == "on_hold" else column for column in stream.columns
    )
    monkeypatch.setitem(STREAMS, stream.name, replace(stream, columns=columns))
    company.report(1)
    with pytest.raises(ConnectorError, match="GONEFIELD"):
        company.plan(refresh=True)
    assert company.sql("SELECT * FROM plan.change") == []
    untouched()


def test_a_list_of_intacct_that_shrank_stops_the_expenses_too(company, untouched):
    company.report(1)
    load, _ = company.plan()
    company.sql("UPDATE ops.load SET state = 'loaded' WHERE load_id = %s", load)
    company.sql("UPDATE ops.extract SET row_count = 100 WHERE load_id = %s AND stream = 'intacct_vendors'", load)
    words = refused(lambda: company.plan(validate=True, refresh=True))
    assert "less than four fifths" in words
    untouched()
