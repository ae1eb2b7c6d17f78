"""The fields by which lists are filtered and named: what Intacct does not have is told before anything is read."""

from __future__ import annotations

import pytest

from certify_intacct.model.errors import ConnectorError


def use(company, **keys) -> None:
    company.configure(dimensions__project={"certify": "report_gld/1", **keys})


def test_fields_that_are_there_pass(company):
    use(company, filter={"PROJECTTYPE": "Billable", "STATUS": ["active"]}, name="{customer.name}: {name} ({code})")
    assert company.check("organization")["stopping"] == 0, company.rows()
    outcomes = company.outcomes()
    assert {outcomes[f"Field {name} of PROJECT"] for name in ("PROJECTTYPE", "STATUS", "CUSTOMERNAME")} == {"present"}
    assert "Field NAME of PROJECT" not in outcomes, "code and name are read in any case"


@pytest.mark.parametrize(
    ("keys", "said", "where"),
    [
        ({"filter": {"PROJECTTYP": "Billable"}}, "Intacct has no field PROJECTTYP there; it has PROJECTTYPE", "filter"),
        ({"name": "{CUSTNAME}: {name}"}, "Intacct has no field CUSTNAME there", "name"),
        (
            {"filter": {"STATUS": ["active", "open"]}},
            "'open' is no value of STATUS; there are active, inactive",
            "filter",
        ),
    ],
)
def test_what_is_not_there_stops_the_run_and_names_the_key_and_corrected_it_passes(company, keys, said, where):
    use(company, **keys)
    with pytest.raises(ConnectorError) as caught:
        company.check("organization")
    assert said in str(caught.value)
    assert f"connector.yaml: dimensions.project.{where}" in str(caught.value)
    assert company.check("expense")["stopping"] == 0, "expenses do without"
    use(company)
    assert company.check("organization")["stopping"] == 0


def test_tasks_need_the_right_to_read_the_projects_in_which_they_lie(company):
    company.configure(
        dimensions__project={"certify": "report_gld/1", "sync": False},
        dimensions__task={"certify": "report_gld/2", "sync": True},
    )
    assert company.check("organization")["stopping"] == 0, company.rows()
    assert {"Projects: List, View", "Tasks: List, View"} <= company.outcomes().keys()


def test_fields_by_which_categories_are_chosen_are_compared_too(company):
    company.configure(
        expense_categories={"source": "accounts", "filter": {"ACCOUNTNO": {"begins": "6"}, "ACCTYPE": "x"}}
    )
    with pytest.raises(ConnectorError) as caught:
        company.check("organization")
    assert "Intacct has no field ACCTYPE there; it has ACCOUNTTYPE" in str(caught.value)
    assert "connector.yaml: expense_categories.filter" in str(caught.value)
    company.configure(expense_categories={"source": "accounts", "filter": {"ACCOUNTNO": {"begins": "6"}}})
    assert company.check("organization")["stopping"] == 0
    assert company.outcomes()["Accounts: List, View"] == "present"
