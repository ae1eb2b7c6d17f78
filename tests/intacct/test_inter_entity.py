"""Between which entities there are inter-entity accounts, asked of the sandbox: what is told is true, the rest is not known."""

from __future__ import annotations

from typing import Any

import pytest

from certify_intacct.intacct import inter_entity
from certify_intacct.intacct.hook import SageIntacctHook
from certify_intacct.model.errors import BadInput

ACCOUNTS = {"IEPAYABLEACCTNO": "2610", "IERECEIVABLEACCTNO": "1610"}


@pytest.fixture
def company(connections, fresh_sandbox):
    codes = ("100", "101", "102")
    fresh_sandbox.load(
        "intacct", "LOCATIONENTITY", [{"LOCATIONID": code, "NAME": code, "STATUS": "active"} for code in codes]
    )
    fresh_sandbox.load(
        "intacct", "GLACCOUNT", [{"ACCOUNTNO": number, "STATUS": "active"} for number in ("1610", "2610")]
    )
    return fresh_sandbox


def lacking(*entities: str, owner: str = "") -> list[tuple[str, str]]:
    hook = SageIntacctHook()
    try:
        return inter_entity.shown(inter_entity.read(hook)).lacking(entities, owner)
    finally:
        hook.close()


@pytest.mark.parametrize("structure", ["nested", "dotted"])
def test_by_entity(company, structure):
    company.settings(read_structure=structure)
    assert lacking("100", "101") == [("100", "101"), ("101", "100")]
    company.load("intacct", "INTERENTITYSETUP", [{"IEMAPPLAN": "BASIC"}])
    assert lacking("100", "101") == [("100", "101"), ("101", "100")]
    company.load("intacct", "ENTITYACCTDEFAULT", [{"ENTITYID": "100", **ACCOUNTS}])
    assert lacking("100", "101") == [("100", "101"), ("101", "100")]
    company.load("intacct", "ENTITYACCTDEFAULT", [{"ENTITYID": "101", **ACCOUNTS}, {"ENTITYID": "102"}])
    assert lacking("100", "101") == lacking("100") == []
    assert lacking("100", "102") == [("100", "102"), ("102", "100")]


def test_by_pair(company):
    company.load("intacct", "INTERENTITYSETUP", [{"IEMAPPLAN": "ADVANCED"}])
    sides = [("100", "101"), ("101", "100"), ("101", "102")]
    company.load(
        "intacct",
        "ENTITYACCTOVERRIDE",
        [{"SOURCEENTITYID": one, "TARGETENTITYID": other, **ACCOUNTS} for one, other in sides],
    )
    assert lacking("100", "101") == []
    assert lacking("101", "102") == [("102", "101")]
    company.load("intacct", "ENTITYACCTOVERRIDE", [{"SOURCEENTITYID": "102", "TARGETENTITYID": "101", **ACCOUNTS}])
    assert lacking("100", "101", "102") == [("100", "102"), ("102", "100")]
    assert lacking("100", "101", "102", owner="101") == []


def test_what_may_not_be_read_is_not_known(company):
    company.load("intacct", "INTERENTITYSETUP", [{"IEMAPPLAN": "BASIC"}])
    company.load("intacct", "ENTITYACCTDEFAULT", [{"ENTITYID": code, **ACCOUNTS} for code in ("100", "101")])
    company.settings(permissions_denied={"*": {"INTERENTITYSETUP": ["*"]}})
    assert lacking("100", "101") == [("100", "101"), ("101", "100")]


@pytest.mark.parametrize(
    "record",
    [
        {"IEMAPPLAN": "CUSTOM"},
        {},
        {"IEMAPPLAN": "BASIC", "ENTITYACCTDEFAULTS": "many"},
        {"IEMAPPLAN": "BASIC", "ENTITYACCTDEFAULTS": {"entityacctdefault": ["100"]}},
        {"IEMAPPLAN": "ADVANCED", "ENTITYACCTOVERRIDES": {"row": {"SOURCEENTITYID": "100", **ACCOUNTS}}},
    ],
)
def test_another_form_than_the_pages_is_not_believed(record: dict[str, Any]):
    with pytest.raises(BadInput, match="INTERENTITYSETUP"):
        list(inter_entity.sides(record))
