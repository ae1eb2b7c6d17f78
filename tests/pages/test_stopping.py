"""Stop posting, and let it go on, on the page of decisions; every page says that it is stopped."""

from __future__ import annotations

import pytest

from certify_intacct.model.errors import GuardTripped
from tests.expense_company import report_id
from tests.pages.forms import forms_of, send

PAGE = "/connector/decisions"
ACTION = "decisions/posting"


def the_form(client):
    (form,) = [form for form in forms_of(client.get(PAGE).text) if form.action == ACTION]
    return form


def test_a_person_stops_posting_and_another_lets_it_go_on(company, decides, browser):
    company.report(1)
    load, run = company.plan()
    clerk = browser("user", "kim")

    nameless = send(clerk, PAGE, the_form(clerk), reason=" ")
    assert nameless.status_code == 400
    done = send(clerk, PAGE, the_form(clerk), reason="The bank <called>")
    assert done.status_code == 303
    with pytest.raises(GuardTripped, match="kim stopped posting"):
        company.load(load, run)
    for page in (
        PAGE, "/connector/expense_sync/reports", f"/connector/expense_sync/reports/{report_id(1)}",
        f"/connector/expense_sync/loads/{load}",
    ):  # fmt: skip
        text = clerk.get(page).text
        assert "Posting is stopped</strong> by kim" in text, page
        assert "The bank &lt;called&gt;" in text, page
    done = send(clerk, PAGE, the_form(clerk), reason="All is well")
    assert done.status_code == 303
    assert "Posting is stopped" not in clerk.get(PAGE).text
    assert company.load(load, run) == {"applied": 1}


def test_who_edits_connector_yaml_stops_posting_and_leaves_it_to_others_to_let_it_go_on(company, decides, browser):
    text = company.config.read_text()
    company.config.write_text(text.replace("configuration_owners: []", "configuration_owners: [dana]"))
    owner = browser("user", "dana")
    assert send(owner, PAGE, the_form(owner), reason="The bank called").status_code == 303
    refused = send(owner, PAGE, the_form(owner), reason="All is well")
    assert (refused.status_code, "edits connector.yaml" in refused.text) == (403, True)
    assert "Posting is stopped" in owner.get(PAGE).text


def test_who_may_read_only_has_no_button(company, browser):
    company.report(1)
    company.sync()
    assert ACTION not in browser("viewer", "vic").get(PAGE).text
