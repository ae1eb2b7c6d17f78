"""What a decision, a plan or a half-finished run may lead to: never to a second document, never to one that is forgotten."""

from __future__ import annotations

import contextlib
from datetime import timedelta
from typing import Any

import pytest

from certify_intacct.model.errors import ConnectorError, GuardTripped
from certify_intacct.posting.sender import DocumentSender
from certify_intacct.rules.expenses import identity
from tests.expense_company import DAY, Company, report_id


def token(number: int) -> str:
    return identity.token("sandbox", report_id(number))


def lose_the_next_answer(company: Company, kind: str = "drop_before") -> None:
    company.sandbox.fault(side="intacct", match="create", kind=kind, times=1)


def test_a_release_of_a_held_document_sends_it_once_only(company):
    """Lost again after the release, it waits for a person again: nobody has looked for this one."""
    company.report(1)
    company.sync()
    waiting = company.report(2)
    lose_the_next_answer(company)
    for _ in range(4):
        company.sync()
    company.decide(waiting)
    lose_the_next_answer(company)
    for _ in range(5):
        company.sync()
    assert company.held() == {waiting: {"held_document"}}
    assert company.states() == {"in_gl": 1, "held": 1}
    assert len(company.posted()) == 1
    company.decide(waiting)
    assert company.sync() == {"applied": 1}


def test_a_release_to_post_again_does_so_once_only(company):
    report = company.report(1)
    company.sync()
    for sequence in (1, 2):
        (record,) = company.bills()[f"{token(1)}-{sequence}-001B"]
        company.sandbox.act("reverse", object="APBILL", record=record["RECORDNO"])
        company.reconcile()
        company.sync()
        assert company.held() == {report: {"post_again"}}
        if sequence == 1:
            company.decide(report)
            assert company.sync() == {"applied": 1}


def loaded_until_the_second_request(company: Company, planned: int, run: dict[str, Any], monkeypatch) -> None:
    """The worker of a load is told to stop when it has sent one request."""
    honest, sent = DocumentSender.send, []

    def stopped(self, session, batch):
        if sent:
            raise ConnectorError("The worker is told to stop.")
        sent.append(batch)
        honest(self, session, batch)

    with monkeypatch.context() as patch:
        patch.setattr(DocumentSender, "send", stopped)
        with pytest.raises(ConnectorError):
            company.load(planned, run)


@pytest.mark.parametrize("tried_again", [True, False])
def test_a_run_that_is_stopped_between_two_requests_leaves_no_document_behind(company, monkeypatch, tried_again):
    company.configure(sending={"batch_size": 1})
    report = company.report(1, ("10", "10"), ("20", "0"))
    planned, run = company.plan()
    loaded_until_the_second_request(company, planned, run, monkeypatch)
    assert company.posted() == [f"{token(1)}-1-001B"]
    assert company.open_items() == {report: "found"}
    if tried_again:
        assert company.load(planned, run) == {"applied": 1}
    else:  # the report is of another date than the next run
        company.sync(day=DAY - timedelta(days=9))
    assert company.posted() == [f"{token(1)}-1-001B", f"{token(1)}-1-002C"]
    assert company.open_items() == {}


def half_posted(company: Company) -> str:
    """A report whose first bill is posted and whose second one the run did not reach."""
    company.configure(
        dimensions={"entity": {"certify": "report_gld/1"}},
        sending={"batch_size": 1},
    )
    line = {"Amount": "10", "ReimAmount": "10"}
    return company.report(1, line | {"ExpenseReportGLD1Code": "100"}, line | {"ExpenseReportGLD1Code": "200"})


def test_a_remap_that_joins_documents_does_not_make_half_of_the_report_disappear(company, monkeypatch):
    report = half_posted(company)
    planned, run = company.plan()
    assert len(company.sql("SELECT 1 FROM plan.document")) == 2
    loaded_until_the_second_request(company, planned, run, monkeypatch)
    company.configure(dimensions={"entity": {"certify": "report_gld/1", "map": {"200": "100"}}})
    assert company.sync() == {"applied": 1}
    assert company.held() == {}
    assert company.open_items() == {}
    documents = company.sql("SELECT entity, total FROM ledger.document WHERE report_id = %s ORDER BY number", report)
    assert {row["entity"] for row in documents} == {"100"}
    assert sum(row["total"] for row in documents) == 20, "half of the report is not lost, and none of it is there twice"


def test_two_plans_that_divide_a_report_differently(company):
    """Each is sent under the configuration it was made under, both were made before either was sent: the second stops nobody else."""
    before = {"entity": {"certify": "report_gld/1", "map": {"200": "100"}}}
    company.configure(dimensions=before)
    line = {"Amount": "10", "ReimAmount": "10"}
    report = company.report(1, line | {"ExpenseReportGLD1Code": "100"}, line | {"ExpenseReportGLD1Code": "200"})
    first = company.plan()
    company.configure(dimensions={"entity": {"certify": "report_gld/1"}})
    company.report(2, line | {"ExpenseReportGLD1Code": "100"})
    second = company.plan()
    company.configure(dimensions=before)
    assert company.load(*first) == {"applied": 1}
    company.configure(dimensions={"entity": {"certify": "report_gld/1"}})
    assert company.load(*second) == {"applied": 1, "moved_on": 1}
    assert company.posted() == sorted([f"{token(1)}-1-001B", f"{token(2)}-1-001B"])
    assert company.open_items() == {report: "found"}
    assert company.sync() == {}
    assert company.open_items() == {}


def test_a_plan_for_one_company_is_not_sent_to_another(company):
    company.report(1)
    planned, run = company.plan()
    text = company.config.read_text()
    company.config.write_text(text.replace("certify_company: sandbox", "certify_company: other"))
    with pytest.raises(GuardTripped, match="other"):
        company.load(planned, run)
    assert company.posted() == []


def test_another_name_for_the_company_of_certify_makes_no_second_documents(company):
    company.report(1)
    company.sync()
    text = company.config.read_text()
    company.config.write_text(text.replace("certify_company: sandbox", "certify_company: acme"))
    with pytest.raises(GuardTripped, match="acme"):
        company.sync()
    assert len(company.posted()) == 1


def test_what_the_configuration_no_longer_claims_is_not_sent_from_an_older_plan(company):
    company.report(1)
    planned, run = company.plan()
    text = company.config.read_text()
    company.config.write_text(
        text.replace("first_post_date: '2020-01-01'", f"first_post_date: '{DAY.replace(year=DAY.year + 1)}'")
    )
    with contextlib.suppress(ConnectorError):
        company.load(planned, run)
    assert company.posted() == []


def test_an_adopted_bill_that_is_deleted_later_is_missed(company):
    company.report(1)
    company.report(2)
    company.sync()
    company.forget_everything_but_the_deployment()
    company.sync()
    assert company.sql("SELECT count(*) AS n FROM ledger.document WHERE adopted") == [{"n": 2}]
    (record,) = company.bills()[f"{token(1)}-1-001B"]
    company.sandbox.act("delete", object="APBILL", record=record["RECORDNO"])
    company.reconcile()
    assert company.states() == {"deleted": 1, "in_gl": 1}


def test_a_mistyped_year_closes_no_period(company):
    """Intacct refuses a date far away as it refuses one in a closed period."""
    company.sql(
        "INSERT INTO ledger.closed_date (intacct_company, entity, subledger, day, message) VALUES ('SANDBOX', '100', 'AP', %s, 'x')",
        DAY.replace(year=DAY.year + 30, day=1),
    )
    company.report(1)
    assert company.sync() == {"applied": 1}


def test_a_field_that_became_required_refuses_the_report_in_intacct_s_words(company):
    company.sandbox.settings(custom_fields={"APBILL": {"COST_APPROVER": {"required": True}}})
    report = company.report(1)
    assert company.sync() == {"rejected": 1}
    assert company.open_items() == {report: "rejected"}
    (row,) = company.sql("SELECT reason FROM ledger.open_item")
    assert "COST_APPROVER" in row["reason"]
    company.sandbox.settings(custom_fields={})
    assert company.sync() == {"applied": 1}


def test_a_report_that_moves_to_another_entity_after_the_plan_is_not_posted_to_the_old_one(company):
    report = company.report(1)
    planned, run = company.plan()
    company.sandbox.load("certify", "empglds/1", [{"Name": "Acme Canada", "Code": "200", "Active": 1}])
    company.sandbox.act("reprocess", report=report, entity="200")
    assert company.load(planned, run) == {"moved_on": 1}
    assert company.posted() == []


def test_a_posted_report_that_is_changed_on_a_date_worked_already_is_noticed_by_the_next_run(company):
    report = company.report(1)
    same = company.report(2)
    company.sync()
    company.sandbox.act("reprocess", report=report, amount="90.00")
    company.sandbox.act("reprocess", report=same)
    company.sync(day=DAY + timedelta(days=1))
    assert company.held() == {report: {"changed_after_posting"}}
    assert company.open_items() == {report: "held"}
