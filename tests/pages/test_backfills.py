"""A backfill is approved on the page of decisions, shown with what is left of it, and withdrawn."""

from __future__ import annotations

from datetime import timedelta

from tests.expense_company import DAY
from tests.pages.forms import forms_of, send

PAGE = "/connector/decisions"
ACTION = "decisions/backfills"


def the_form(client, field: str):
    (form,) = [form for form in forms_of(client.get(PAGE).text) if form.action == ACTION and field in form.named]
    return form


def test_a_person_approves_a_backfill_sees_what_is_left_and_another_withdraws_it(company, decides, browser):
    company.configure(limits={"day_amount": "50"})
    company.report(1, ("100", "100"))
    clerk = browser("user", "kim")
    typed = {"first": str(DAY - timedelta(days=30)), "last": str(DAY), "amounts": "USD 250"}
    assert send(clerk, PAGE, the_form(clerk, "amounts"), **typed, reason=" ").status_code == 400
    assert send(clerk, PAGE, the_form(clerk, "amounts"), **(typed | {"amounts": "250"}), reason="x").status_code == 400
    done = send(clerk, PAGE, the_form(clerk, "amounts"), **typed, reason="The <last> quarter")
    assert done.status_code == 303
    assert company.sync() == {"applied": 1}
    text = clerk.get(PAGE).text
    for shown in ("250.00 USD", "100.00 USD", "150.00 USD", "The &lt;last&gt; quarter", "kim"):
        assert shown in text
    other = browser("user", "robin")
    assert send(other, PAGE, the_form(other, "withdraw"), withdraw="1", reason="Enough").status_code == 303
    assert "150.00 USD" not in clerk.get(PAGE).text
    (row,) = company.sql("SELECT decided_by, reason FROM ledger.backfill_withdrawal")
    assert tuple(row.values()) == ("robin", "Enough")


def test_who_may_not_approve_a_backfill_has_no_form_and_is_refused(company, decides, browser):
    text = company.config.read_text()
    form = the_form(browser("user", "dana"), "amounts")
    company.config.write_text(text.replace("configuration_owners: []", "configuration_owners: [dana]"))
    owner = browser("user", "dana")
    assert ACTION not in owner.get(PAGE).text
    typed = {"first": str(DAY), "last": str(DAY), "amounts": "USD 250"}
    refused = send(owner, PAGE, form, **typed, reason="x")
    assert (refused.status_code, "edits connector.yaml" in refused.text) == (403, True)
    assert ACTION not in browser("viewer", "vic").get(PAGE).text
    assert company.sql("SELECT FROM ledger.backfill_approval") == []
