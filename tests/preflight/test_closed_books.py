"""What the check before a run says about closed periods."""

from __future__ import annotations

from typing import Any

ITEM = "Closed periods of {} are known before posting"


def row(company: Any, subledger: str) -> dict[str, Any]:
    assert company.check(force=True)
    return company.rows()[ITEM.format(subledger)]


def test_each_day_is_shown_with_its_entity_and_who_says_so(company):
    company.sandbox.settings(closed_books_shown=["get_closedbooksdate", "log", "summaries"])
    company.sandbox.act("close_period", date="2024-03-31", entity="100", subledger="AP")
    company.sandbox.act("close_period", date="2024-02-29", entity="200", subledger="GL")
    found = row(company, "AP")
    assert found["outcome"] == "present"
    assert "AP of entity 100 through 2024-03-31 (APCLOSESUMMARY)" in found["detail"]
    assert "GL of entity 200 through 2024-02-29 (CLOSEBOOKS)" in found["detail"]
    assert "AP of entity 100" not in row(company, "CM")["detail"]


def test_a_company_that_shows_nothing_and_one_that_shows_the_general_ledger(company):
    company.sandbox.settings(closed_books_shown=[])
    found = row(company, "AP")
    assert (found["outcome"], found["required"]) == ("cannot tell", False)
    assert "Intacct names no closed day." in found["detail"]
    assert "learnt from what Intacct refuses" in found["detail"]
    company.sandbox.settings(closed_books_shown=["get_closedbooksdate"])
    company.sandbox.act("close_period", date="2024-03-31", entity="100", subledger="GL")
    found = row(company, "AP")
    assert found["outcome"] == "cannot tell"
    assert "GL of entity 100 through 2024-03-31 (get_closedbooksdate)" in found["detail"]
    assert "learnt from what Intacct refuses" in found["detail"]


def test_nothing_is_asked_where_connector_yaml_says_so(company):
    company.configure(posting__closed_periods__ask_intacct=False)
    assert company.check()
    assert ITEM.format("AP") not in company.rows()
    assert "get_closedbooksdate" not in company.sandbox.calls()["intacct"]


def test_in_a_company_of_many_entities_some_are_asked(company):
    """Each run asks in those of its reports; whether it is told at all, a few show."""
    assert company.check(force=True)
    few = company.asked()
    more = [{"LOCATIONID": f"{number}", "NAME": f"Entity {number}", "STATUS": "active"} for number in range(301, 354)]
    company.sandbox.load("intacct", "LOCATIONENTITY", more)
    company.sandbox.act("close_period", date="2024-03-31", entity="353", subledger="GL")
    company.sandbox.clear_calls()
    found = row(company, "AP")
    assert company.asked() == few + 3
    assert found["outcome"] == "cannot tell"
    assert found["detail"].endswith(
        "get_closedbooksdate was asked in 5 of 55 entities; each run asks in those of its reports, up to 500."
    )
    company.sandbox.settings(closed_books_shown=["get_closedbooksdate", "log", "summaries"])
    company.sandbox.act("close_period", date="2024-04-30", entity="353", subledger="GL")
    found = row(company, "AP")
    told = "closed, as Intacct says: GL of entity 353 through 2024-04-30 (CLOSEBOOKS)"
    assert (found["outcome"], found["detail"]) == ("present", told), "a log tells of all at once"
