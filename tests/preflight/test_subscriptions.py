"""An application that the company does not subscribe to is told as such: no tick of a right helps there."""

from __future__ import annotations

import pytest

from certify_intacct.model.errors import ConnectorError

PROJECT = {"certify": "report_gld/2"}


@pytest.mark.parametrize("refused", ["not_permitted", "not_found", "not_performed"])
def test_an_application_that_is_not_there_is_named_with_where_to_subscribe(company, refused):
    company.sandbox.settings(unsubscribed_applications=["Accounts Payable"], unsubscribed_objects=refused)
    with pytest.raises(ConnectorError) as caught:
        company.check()
    text = str(caught.value)
    assert "The company is not subscribed to Accounts Payable" in text
    assert "Company > Admin > Subscriptions: subscribe to Accounts Payable" in text
    assert "tick" not in text, "no right helps"
    rows = company.rows()
    assert rows["Subscription: Accounts Payable"]["outcome"] == "missing"
    assert not any(item.startswith(("Bills", "Vendors:")) for item in rows)
    assert rows["Subscription: Cash Management"]["outcome"] == "present"


def test_it_passes_when_it_is_subscribed_to(company):
    company.sandbox.settings(unsubscribed_applications=["Accounts Payable"])
    with pytest.raises(ConnectorError):
        company.check()
    company.sandbox.settings(unsubscribed_applications=[])
    assert company.check()["stopping"] == 0
    assert company.outcomes()["Subscription: Accounts Payable"] == "present"


@pytest.mark.parametrize("told", [True, False])
def test_of_an_application_whose_letters_nobody_publishes_both_reasons_are_said(company, told):
    company.sandbox.settings(unsubscribed_applications=["Projects"], applications_told=told)
    company.configure(dimensions__project=PROJECT)
    with pytest.raises(ConnectorError, match="Projects: List, View"):
        company.check()
    row = company.rows()["Subscription: Projects"]
    assert (row["outcome"], row["required"]) == ("cannot tell", False)
    assert "not subscribed to it, or the user has none there" in row["detail"]
    assert "Company > Admin > Subscriptions" in row["where_to_click"]


def test_where_nothing_is_told_nothing_is_claimed(company):
    company.sandbox.settings(applications_told=False, user_permissions_readable=False)
    assert company.check()["stopping"] == 0
    assert company.outcomes()["Subscription: Accounts Payable"] == "cannot tell"


def test_an_application_that_is_not_used_need_not_be_there(company):
    company.sandbox.settings(unsubscribed_applications=["Cash Management"])
    with pytest.raises(ConnectorError, match="not subscribed to Cash Management"):
        company.check()
    company.sandbox.settings(unsubscribed_applications=["Contracts", "Inventory Control"])
    assert company.check()["stopping"] == 0
    assert "Subscription: Contracts" not in company.rows()


def test_since_expenses_are_an_application_of_their_own_they_are_found_there(company):
    company.sandbox.settings(expenses_application="two")
    company.configure(posting__employee_paid__target="expense_report")
    assert company.check()["stopping"] == 0
    assert company.outcomes()["Subscription: Time & Expenses"] == "present"
