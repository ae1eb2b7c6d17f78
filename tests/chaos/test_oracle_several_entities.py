"""The oracle divides documents whose lines lie in several entities, and sees each wrong of them as it does of the others."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from include.chaos.books import Books
from include.chaos.lists import Lists
from tests.chaos.test_oracle import bill, journal, judged, report, world, wrongs

BY_DEPARTMENT = {"30": "100", "31": "110"}


def group(company: str = "GLBATCH", by_department: Any = BY_DEPARTMENT) -> Books:
    """Two entities, each with a department."""
    plain = world(company=company)
    lists = Lists(
        vendors=plain.lists.vendors.values(), employees=[], contacts=[],
        entities=[{"LOCATIONID": code, "STATUS": "active"} for code in ("100", "110")],
        departments=[{"DEPARTMENTID": code, "STATUS": "active"} for code in ("30", "31")],
        accounts=plain.lists.accounts.values(), cards=plain.lists.cards.values(), categories=[],
        users=[{"EmployeeID": "E1", "Active": 1}], today="2026-03-20", inside_entities=False,
    )  # fmt: skip
    return Books(lists, replace(plain.choices, by_department=by_department))


def shared() -> dict[str, Any]:
    """Each line once more in the other department, and no entity stated."""
    lines = report()["Expenses"]
    both = [*lines, *({**line, "ID": f"{line['ID']}0", "DepartmentCode": "31"} for line in lines)]
    totals = {"TotalAmount": "280.20", "ReimAmount": "200.20", "NonReimAmount": "80.00"}
    return report(EmpGLD1Code="", Expenses=both, **totals)


def there(record: dict[str, Any], lines: str, *places: tuple[str, str, str], **changes: Any) -> dict[str, Any]:
    """A document with its first line in these departments and entities, over these amounts."""
    department, location = ("DEPARTMENT", "LOCATION") if lines == "ENTRIES" else ("DEPARTMENTID", "LOCATIONID")
    first = record[lines][0]
    own = [{**first, department: code, location: entity, "TRX_AMOUNT": amount} for code, entity, amount in places]
    return {**record, lines: own, **changes}


BOTH = (("30", "100", "100.10"), ("31", "110", "100.10"))
CHARGES = (("30", "100", "40.00"), ("31", "110", "40.00"))
ONE_BILL = there(bill(), "APBILLITEMS", *BOTH)


def one_journal(**changes: Any) -> dict[str, Any]:
    """With its one balance, in the entity that it names."""
    balance = {**journal()["ENTRIES"][1], "DEPARTMENT": "", "LOCATION": "110", "TRX_AMOUNT": "80.00", **changes}
    record = there(journal(), "ENTRIES", *CHARGES, BASELOCATION_NO="110")
    return {**record, "ENTRIES": [*record["ENTRIES"], balance]}


def test_one_document_of_both_entities_is_what_should_stand():
    between = [
        {**journal()["ENTRIES"][0], "ACCOUNTNO": account, "TR_TYPE": side}
        for account, side in (("2610", "-1"), ("1610", "1"))
    ]
    shown = {**one_journal(), "ENTRIES": [*one_journal()["ENTRIES"], *between]}
    for booked in (one_journal(), shown):
        verdict = judged(shared(), worlds=[group()], bills=[ONE_BILL], journals=[booked])
        assert verdict.fine, verdict.wrongs
        assert (verdict.several_entities, verdict.posted) == (2, 2)


def test_a_document_for_each_is_right_too():
    bills = [there(bill(f"{n}"), "APBILLITEMS", place) for n, place in enumerate(BOTH)]
    pairs = [{**journal(), "RECORDNO": f"{n}", "ENTRIES": [
        {**line, "DEPARTMENT": department, "LOCATION": entity} for line in journal()["ENTRIES"]
    ]} for n, (department, entity, _) in enumerate(CHARGES)]  # fmt: skip
    assert judged(shared(), worlds=[group()], bills=bills, journals=pairs).fine


@pytest.mark.parametrize(
    ("bills", "journals", "wrong"),
    [
        ([there(bill(), "APBILLITEMS", BOTH[0])], [one_journal()], "lost"),
        ([ONE_BILL, there(bill("2"), "APBILLITEMS", BOTH[1])], [one_journal()], "posted_twice"),
        ([there(bill(), "APBILLITEMS", BOTH[0], ("31", "100", "100.10"))], [one_journal()], "altered"),
        ([ONE_BILL], [one_journal(LOCATION="100")], "altered"),
        ([ONE_BILL], [one_journal(TRX_AMOUNT="70.00")], "altered"),
        ([ONE_BILL], [{**one_journal(), "BASELOCATION_NO": ""}], "altered"),
        ([ONE_BILL], [there(one_journal(), "ENTRIES", *CHARGES)], "altered"),
    ],
)  # fmt: skip
def test_each_wrong_is_seen(bills, journals, wrong):
    assert wrong in wrongs(judged(shared(), worlds=[group()], bills=bills, journals=journals))


def test_where_nobody_asked_for_it_one_document_is_wrong():
    stated = report(EmpGLD1Code="100")
    refund = there(bill(), "APBILLITEMS", ("30", "100", "150.10"), ("31", "110", "-50.00"))
    assert "altered" in wrongs(judged(stated, worlds=[group(by_department={})], bills=[refund], journals=[journal()]))
    verdict = judged(shared(), worlds=[group()], bills=[refund], journals=[one_journal()])
    assert any("below zero among several entities" in text for text in verdict.wrongs["altered"])
