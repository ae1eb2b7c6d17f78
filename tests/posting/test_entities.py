"""In which entity a line is booked, where Certify does not say."""

from __future__ import annotations

from typing import Any

import pytest

from certify_intacct.model.errors import BadInput
from tests.expense_company import Company

NOWHERE = {"EmpGLD1Code": "", "EmpGLD1Name": ""}


@pytest.fixture
def divided(company) -> Company:
    """With departments of two entities."""
    company.sandbox.load("intacct", "DEPARTMENT", [{"DEPARTMENTID": "40", "TITLE": "Québec", "STATUS": "active"}])
    return company


def places(company: Company) -> dict[str, set[Any]]:
    """The locations of each bill's lines, by the bill's number."""
    return {
        number: {line["LOCATIONID"] for line in bill["APBILLITEMS"]}
        for number, bills in company.bills().items()
        for bill in bills
    }


def test_a_line_without_one_waits_and_its_cures_are_carried_out(divided):
    mine = divided.report(1, **NOWHERE)
    assert divided.sync() == {}
    assert divided.held() == {mine: {"entity_missing"}}
    divided.configure(dimensions={"entity": {"default": "100"}})
    assert divided.sync() == {"applied": 1}
    assert list(places(divided).values()) == [{"100"}]


def test_its_department_says_it_and_what_is_stated_wins(divided):
    divided.configure(dimensions={"entity": {"by_department": {"30": "100", "40": "200"}}})
    quebec = {"Amount": "7", "ReimAmount": "7", "DepartmentCode": "40"}
    divided.report(1, ("10", "10"), quebec, **NOWHERE)
    divided.report(2, quebec)
    assert divided.sync() == {"applied": 2}
    assert sorted(map(sorted, places(divided).values())) == [["100"], ["100"], ["200"]]
    assert divided.states() == {"in_gl": 3}
    assert divided.open_items() == {}


def test_an_entity_that_is_named_and_does_not_exist_holds(divided):
    divided.configure(dimensions={"entity": {"default": "900"}})
    mine = divided.report(1, **NOWHERE)
    assert divided.sync() == {}
    assert divided.held() == {mine: {"entity_unknown"}}
    (row,) = divided.sql("SELECT DISTINCT cure FROM plan.change WHERE action = 'hold'")
    assert row["cure"].startswith("Correct it in dimensions.entity of connector.yaml")


def test_what_was_posted_in_an_entity_that_is_closed_is_seen_from_above(divided):
    divided.configure(posting_entity="entity")
    for report in (1, 2):
        divided.report(report)
    assert divided.sync() == {"applied": 2}
    entity = next(one for one in divided.sandbox.state("intacct", "LOCATIONENTITY") if one["LOCATIONID"] == "100")
    divided.sandbox.act("set_status", object="LOCATIONENTITY", record=entity["RECORDNO"])
    first, second = (bill for bills in divided.bills().values() for bill in bills)
    divided.sandbox.act("reverse", object="APBILL", record=first["RECORDNO"])
    divided.sandbox.act("delete", object="APBILL", record=second["RECORDNO"])
    divided.reconcile()
    # Nobody can enter it, so what is not to be seen is not taken for deleted.
    assert divided.states() == {"reversed": 1, "in_gl": 1}


@pytest.mark.parametrize(("asked", "said"), [
    (["900"], "'900', and Intacct has no such entity."),
    (["100", " 200 "], "' 200 ', and Intacct has no such entity. It looks like '200'."),
])  # fmt: skip
def test_a_run_for_an_entity_that_is_not_there_says_so_and_what_it_says_is_carried_out(divided, asked, said):
    """Green and empty, it would look like a day without reports."""
    divided.report(1)
    for preview in (True, False):
        with pytest.raises(BadInput) as refused:
            divided.plan(entities=asked, preview=preview)
        assert said in refused.value.message
        assert "IDs of entities as Intacct has them (such as 100, 200)" in refused.value.cure
    assert divided.bills() == {}
    assert divided.sync(entities=["200"]) == {}
    assert divided.sync(entities=["100", "200"]) == {"applied": 1}
