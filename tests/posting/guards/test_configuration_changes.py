"""A change of connector.yaml that decides about money waits for a second person before anything is posted under it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from certify_intacct.model.errors import GuardTripped
from tests.expense_company import DAY, Company

ASKED = {"configuration_changes": "approve"}


def kept(company: Company) -> list[dict[str, object]]:
    return company.sql("SELECT changes, accepted_by FROM ledger.configuration ORDER BY configuration_id")


def text(company: Company, old: str, new: str) -> None:
    said = company.config.read_text()
    assert old in said
    company.config.write_text(said.replace(old, new, 1))


@pytest.fixture
def posting(company):
    """A company that has posted once, and a second report."""
    company.configure(limits=ASKED)
    company.report(1)
    company.sync()
    company.report(2, day=DAY + timedelta(days=1))
    return company


def test_a_change_waits_names_the_old_and_the_new_value_and_is_approved(posting, approvals):
    posting.configure(limits=ASKED | {"document_amount": "99999"})
    plan = posting.plan(DAY + timedelta(days=1))
    with pytest.raises(GuardTripped, match=r"posting.limits.document_amount: 25000 became 99999"):
        posting.load(*plan)
    approvals.ask(*plan)
    assert "document_amount: 25000 became 99999" in str(approvals.requests[0])
    approvals.answer(*plan, by="kim")
    assert posting.load(*plan) == {"applied": 1}
    assert kept(posting)[1] == {"changes": ["posting.limits.document_amount: 25000 became 99999"], "accepted_by": "kim"}
    posting.report(3, day=DAY + timedelta(days=2))
    assert posting.sync(DAY + timedelta(days=2)) == {"applied": 1}, "once approved it stands"


def test_an_expectation_that_is_taken_out_waits_and_one_more_does_not(posting, approvals):
    folder = posting.config.parent / "expectations"
    folder.mkdir()
    (folder / "ours.yaml").write_text(
        "- {stream: certify_expenses, expectation: expect_column_values_to_not_be_null, arguments: {column: category},\n"
        "   severity: warning, reason: It has no category., cure: Give it one in Certify.}\n"
    )
    assert posting.sync(DAY + timedelta(days=1)) == {"applied": 1}
    (recorded,) = kept(posting)[1]["changes"]
    assert recorded.startswith("expectations.ours.{")
    (folder / "ours.yaml").unlink()
    posting.report(3, day=DAY + timedelta(days=2))
    plan = posting.plan(DAY + timedelta(days=2))
    with pytest.raises(GuardTripped, match=r"expectations.ours.*: removed"):
        posting.load(*plan)


def test_who_is_put_among_the_approvers_does_not_approve_that(posting, approvals):
    text(posting, "approvers: []", "approvers: [kim]")
    posting.sql("UPDATE ops.load SET actor = ''")
    plan = posting.plan(DAY + timedelta(days=1))
    approvals.ask(*plan)
    approvals.answer(*plan, by="kim")
    assert posting.load(*plan) == {"applied": 1}
    text(posting, "[kim]", "[mallory]")
    posting.report(3, day=DAY + timedelta(days=2))
    plan = posting.plan(DAY + timedelta(days=2))
    approvals.ask(*plan)
    for name in ("mallory", "kim"):
        with pytest.raises(GuardTripped, match="is not among"):
            approvals.answer(*plan, by=name)
    assert len(posting.posted()) == 2


def test_what_is_only_added_to_a_mapping_is_recorded(posting):
    posting.configure(limits=ASKED, accounts={"map": {"Flowers": "6300"}})
    assert posting.sync(DAY + timedelta(days=1)) == {"applied": 1}
    assert kept(posting)[1] == {"changes": ["posting.accounts.map.Flowers: new, 6300"], "accepted_by": "recorded only"}
    posting.configure(limits=ASKED, accounts={"map": {"Flowers": "6220"}})
    posting.report(3, day=DAY + timedelta(days=2))
    with pytest.raises(GuardTripped, match=r"map.Flowers: 6300 became 6220"):
        posting.sync(DAY + timedelta(days=2))


@pytest.mark.parametrize("change", [{"sending": {"batch_size": 7}}, {"receipts": {"attach": False}}], ids=str)
def test_how_it_is_sent_moves_no_money(posting, change):
    posting.configure(limits=ASKED, **change)
    assert posting.sync(DAY + timedelta(days=1)) == {"applied": 1}
    assert len(kept(posting)) == 1


def test_the_first_run_of_another_version_waits_as_well(posting, approvals):
    posting.sql("ALTER TABLE ledger.configuration DISABLE TRIGGER USER")
    posting.sql("""UPDATE ledger.configuration SET content = content || '{"connector.version": "0.0.9"}'""")
    posting.sql("ALTER TABLE ledger.configuration ENABLE TRIGGER USER")
    plan = posting.plan(DAY + timedelta(days=1))
    approvals.ask(*plan)
    assert "connector.version: 0.0.9 became" in str(approvals.requests[0])
    approvals.answer(*plan, by="kim")
    assert posting.load(*plan) == {"applied": 1}


def test_a_test_company_only_records(company):
    company.report(1)
    company.sync()
    company.configure(limits={"document_amount": "99999"})
    company.report(2)
    assert company.sync() == {"applied": 1}
    assert [row["accepted_by"] for row in kept(company)] == ["first configuration", "recorded only"]
