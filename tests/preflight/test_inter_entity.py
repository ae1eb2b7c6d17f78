"""What the check before a run says about inter-entity accounts, where lines of several entities may stand in one document."""

from __future__ import annotations

from typing import Any

import pytest

ITEM = "Inter-entity accounts"
ACCOUNTS = {"IEPAYABLEACCTNO": "2610", "IERECEIVABLEACCTNO": "1610"}


@pytest.fixture
def group(company) -> Any:
    """With both entities in use, and accounts of one of them."""
    sandbox = company.sandbox
    sandbox.load("intacct", "GLACCOUNT", [{"ACCOUNTNO": number, "STATUS": "active"} for number in ("1610", "2610")])
    sandbox.load("intacct", "INTERENTITYSETUP", [{"IEMAPPLAN": "BASIC"}])
    sandbox.load("intacct", "ENTITYACCTDEFAULT", [{"ENTITYID": "100", **ACCOUNTS}])
    sandbox.load(
        "certify", "empglds/1", [{"Name": f"Acme {code}", "Code": code, "Active": 1} for code in ("100", "200")]
    )
    company.configure(posting__several_entities="one_document")
    return company


def row(company: Any) -> dict[str, Any]:
    company.check(force=True)
    return company.rows()[ITEM]


def test_the_pairs_that_lack_are_named_until_they_have_their_accounts(group):
    found = row(group)
    assert (found["outcome"], found["required"]) == ("missing", False)
    assert "from 100 to 200, from 200 to 100: lines of these have a document for each entity" in found["detail"]
    assert "posting.several_entities: one_document_each" in found["where_to_click"]
    group.sandbox.load("intacct", "ENTITYACCTDEFAULT", [{"ENTITYID": "200", **ACCOUNTS}])
    assert (row(group)["outcome"], row(group)["detail"]) == ("present", "All 2 entities in use have them.")


def test_what_the_user_may_not_read_is_not_taken_for_there(group):
    group.deny(INTERENTITYSETUP=["*"])
    assert row(group)["outcome"] == "missing"


def test_nothing_is_asked_where_nobody_wants_one_document(group):
    group.configure()
    group.check(force=True)
    assert ITEM not in group.rows()
    assert "read INTERENTITYSETUP" not in group.sandbox.calls()["intacct"]
