"""A report that another connector has posted, and that is processed again since: its document names it, whatever it is over."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.expense_company import DAY, Company, document_number


def theirs(company: Company, *, days: int = 20, **fields: str) -> str:
    """A bill of another connector over another amount; gives its RECORDNO."""
    day = f"{DAY - timedelta(days=days):%m/%d/%Y}"
    record = {
        "RECORDID": "EXP-77", "VENDORID": "E-1007", "CURRENCY": "USD", "TRX_TOTALENTERED": "98.00", "WHENCREATED": day,
        "WHENPOSTED": day, "STATE": "Posted", **fields,
    }  # fmt: skip
    company.sandbox.load("intacct", "APBILL", [record])
    return str(company.bills()[record["RECORDID"]][0]["RECORDNO"])


def ours(company: Company) -> list[str]:
    return [number for number in company.posted() if number == document_number(1)]


@pytest.mark.parametrize(
    "fields",
    [{"DOCNUMBER": "104001"}, {"RECORDID": "ER-104001"}, {"DESCRIPTION": "Expenses 104001, Ana Ruiz"}],
    ids=str,
)
@pytest.mark.parametrize("way", ["released", "booked by hand"])
def test_what_names_the_report_waits_whatever_it_is_over(company, fields, way):
    mine = company.report(1)
    record = theirs(company, **fields)
    assert company.sync() == {"held": 1}
    (item,) = company.waiting(mine, "look_alike")
    assert f"APBILL record {record}" in item.reason
    assert "98.00 USD" in item.reason
    assert "approval code 104001" in item.reason
    if way == "released":
        company.decide(mine)
        assert company.sync() == {"applied": 1}
    else:
        company.decide(mine, "booked_by_hand", record_no=record)
        assert company.sync() == {}
    assert company.open_items() == {}
    assert len(ours(company)) == (1 if way == "released" else 0)


@pytest.mark.parametrize(
    ("fields", "days"),
    [({"DOCNUMBER": "104002"}, 20), ({"DOCNUMBER": "1040010"}, 20), ({"DOCNUMBER": "104001"}, 90),
     ({"DOCNUMBER": "104001", "VENDORID": "E-1008"}, 20)],
    ids=["another report", "a longer number", "long ago", "somebody else"],
)  # fmt: skip
def test_what_names_another_or_lies_far_away_holds_nothing(company, fields, days):
    company.report(1)
    theirs(company, days=days, **fields)
    assert company.sync() == {"applied": 1}


def test_what_a_person_told_of_holds_no_other_part_of_the_report(company):
    mine = company.report(1, ("60", "60"), EmployeeID="E-1007")
    record = theirs(company, DOCNUMBER="104001")
    company.sync()
    company.decide(mine, "booked_by_hand", record_no=record)
    line = {name: value for name, value in company.sandbox.state("certify", "expenses")[0].items() if name[0] != "_"}
    company.sandbox.load(
        "certify",
        "expenses",
        [{**line, "ID": "00000000-0000-4000-8000-00000000bbb1", "Amount": "5.00", "ReimAmount": "5.00"}],
    )
    company.sandbox.act("edit_report", report=mine, changes={"TotalAmount": "65.00", "ReimAmount": "65.00"})
    assert company.sync() == {"applied": 1}
    assert company.open_items() == {}
