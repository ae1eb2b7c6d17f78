"""What stops a document at Intacct is known before it is sent, where the company shows it; elsewhere the refusal is understood."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from certify_intacct.operators.preflight import PreflightOperator
from tests.expense_company import DAY, Company
from tests.posting.test_closed_books import held
from tests.posting.test_closed_periods import sends
from tests.posting.test_gl_journals import JOURNAL, books, journals

__all__ = ["books"]

NAMES = ("SUBLEDGERCONTROLON", "DISALLOWDIRECTPOSTING", "NODIRECTPOST")
UNKNOWN = [
    {"direct_posting_field": "hidden"},
    {"unreadable_fields": {name: [*NAMES] for name in ("GLJOURNAL", "GLACCOUNT")}},
]


def switch(company: Company, object: str, key: str, value: str) -> None:
    """Forbids direct posting to a journal or account, or allows it again."""
    (record,) = [
        one for one in company.sandbox.state("intacct", object) if key in (one.get("SYMBOL"), one.get("ACCOUNTNO"))
    ]
    own = "SUBLEDGERCONTROLON" if object == "GLACCOUNT" else "DISALLOWDIRECTPOSTING"
    company.sandbox.act(
        "edit_document", object=object, record=record["RECORDNO"], changes={own: value, "NODIRECTPOST": value}
    )


THINGS = {
    "journal": ("GLJOURNAL", "EXP", "posting.company_paid.journal.symbol"),
    "offset account": ("GLACCOUNT", "2055", "posting.company_paid.journal.offset_account"),
    "account": ("GLACCOUNT", "6220", "posting.accounts.map"),
}


@pytest.mark.parametrize("field", ["published", "labelled"])
@pytest.mark.parametrize("thing", THINGS)
def test_direct_posting_that_is_disallowed_holds_a_journal_and_nothing_else(books, thing, field):
    object_name, key, yaml_key = THINGS[thing]
    books.sandbox.settings(direct_posting_field=field)
    switch(books, object_name, key, "true")
    report = books.report(1, ("10", "0"), ("20", "20"))
    assert books.sync() == {"applied": 1}, "the bill is posted, whatever waits of the company's part"
    assert books.held() == {report: {"direct_posting"}}
    assert sends(books) == len(books.bills()) == 1
    said = held(books)
    assert f"{key!r} disallows direct posting" in said["reason"]
    assert "Clear Disallow direct posting in Intacct" in said["cure"]
    assert yaml_key in said["cure"]
    switch(books, object_name, key, "false")
    assert books.sync(refresh=True) == {"applied": 1}
    assert len(journals(books)) == 1


def test_another_account_or_journal_of_connector_yaml_is_a_way_out(books):
    books.sandbox.load("intacct", "GLJOURNAL", [{"SYMBOL": "EX2", "TITLE": "Ours", "STATUS": "active"}])
    books.sandbox.load("intacct", "GLACCOUNT", [{"ACCOUNTNO": "2056", "TITLE": "Clearing", "STATUS": "active"}])
    switch(books, "GLJOURNAL", "EXP", "true")
    switch(books, "GLACCOUNT", "2055", "true")
    books.report(1, ("10", "0"))
    assert books.sync() == {}
    books.configure(company_paid={**JOURNAL, "journal": {"symbol": "EX2", "offset_account": "2056"}})
    assert books.sync(refresh=True) == {"applied": 1}
    ((record,),) = journals(books).values()
    assert record["JOURNAL"] == "EX2"


@pytest.mark.parametrize("hidden", UNKNOWN)
@pytest.mark.parametrize("thing", THINGS)
def test_where_it_is_not_shown_the_refusal_says_what_to_do(books, thing, hidden):
    object_name, key, _ = THINGS[thing]
    books.sandbox.settings(**hidden)
    switch(books, object_name, key, "true")
    books.report(1, ("10", "0"))
    assert books.sync() == {"rejected": 1}
    (said,) = books.sql("SELECT message FROM plan.outcome")
    assert "Direct posting" in said["message"]
    assert "clear Disallow direct posting" in said["message"]
    second = books.report(2, ("7", "0"))
    assert books.sync(refresh=True) == {}, "learnt: nothing is sent again on the same day"
    assert books.held()[second] == {"direct_posting"}
    assert sends(books) == 1
    switch(books, object_name, key, "false")
    books.sql(
        """
        UPDATE ledger.company_fact
        SET value = (SELECT jsonb_object_agg(key, (now() - interval '21 hours')::text) FROM jsonb_each(value))
        WHERE name = 'direct_posting_refused'
        """
    )
    assert books.sync(refresh=True) == {"applied": 2}


def test_what_is_shown_counts_for_more_than_what_was_refused_before(books):
    books.sandbox.settings(direct_posting_field="hidden")
    switch(books, "GLACCOUNT", "2055", "true")
    books.report(1, ("10", "0"))
    assert books.sync() == {"rejected": 1}
    switch(books, "GLACCOUNT", "2055", "false")
    books.sandbox.settings(direct_posting_field="published")
    assert books.sync(refresh=True) == {"applied": 1}


def test_journals_that_may_not_be_read_stop_nothing(books):
    books.sandbox.settings(permissions_denied={"xml_gateway": {"GLJOURNAL": ["READ_BY_QUERY", "READ"]}})
    books.report(1, ("10", "0"))
    assert books.sync() == {"applied": 1}


def test_a_bill_s_account_is_another_matter(company):
    """Whether the switch closes an account to bills too is unknown: it is not held for it, and a refusal is understood."""
    switch(company, "GLACCOUNT", "6220", "true")
    company.report(1)
    assert company.sync() == {"applied": 1}
    company.sandbox.settings(direct_posting_of="all")
    company.report(2)
    assert company.sync() == {"rejected": 1}
    (said,) = company.sql("SELECT message FROM plan.outcome WHERE result = 'rejected'")
    assert "clear Disallow direct posting" in said["message"]


def expire(company: Company, month: str, year: str) -> None:
    (card,) = [one for one in company.sandbox.state("intacct", "CREDITCARD") if one["CARDID"] == "CORP-VISA"]
    company.sandbox.act(
        "edit_document", object="CREDITCARD", record=card["RECORDNO"], changes={"EXP_MONTH": month, "EXP_YEAR": year}
    )


def before(day: date) -> date:
    """The last day of the month before."""
    return day.replace(day=1) - timedelta(days=1)


def charge(company: Company, number: int, day: date) -> str:
    return company.report(number, {"Amount": "10", "ReimAmount": "0", "PostingDate": str(day), "ExpenseDate": str(day)})


@pytest.mark.parametrize("spelled", ["%m", "%B"])
def test_an_expired_card_holds_what_is_dated_after_it_and_nothing_before(company, spelled):
    last = before(DAY)
    expire(company, f"{last:{spelled}}", f"{last:%Y}")
    charge(company, 1, last)
    late = charge(company, 2, last + timedelta(days=1))
    assert company.sync() == {"applied": 1}
    assert company.held() == {late: {"card_expired"}}
    assert sends(company) == 1
    said = held(company)
    assert f"'CORP-VISA' expired on {last}" in said["reason"]
    assert "posting.company_paid.cards" in said["cure"]
    expire(company, "12", f"{DAY.year + 3}")
    assert company.sync(refresh=True) == {"applied": 1}
    assert len(company.card_transactions()) == 2


@pytest.mark.parametrize(
    "settings",
    [
        {"hidden_fields": {"CREDITCARD": ["EXP_MONTH", "EXP_YEAR"]}},
        {"unreadable_fields": {"CREDITCARD": ["EXP_YEAR"]}},
        {"hidden_fields": {"CREDITCARD": ["EXP_MONTH"]}, "expired_card": "accept"},
        {"expired_card": "today", "hidden_fields": {"CREDITCARD": ["EXP_YEAR"]}},
    ],
)
def test_where_the_expiry_is_not_shown_intacct_decides(company, settings):
    last = before(DAY)
    expire(company, f"{last:%m}", f"{last:%Y}")
    company.sandbox.settings(**settings)
    charge(company, 1, last + timedelta(days=1))
    if settings.get("expired_card") == "accept":
        assert company.sync() == {"applied": 1}
        return
    assert company.sync() == {"rejected": 1}
    (said,) = company.sql("SELECT message FROM plan.outcome")
    assert "has expired" in said["message"]
    assert "posting.company_paid.cards" in said["message"]


def test_preflight_names_what_connector_yaml_names_and_is_closed_to_journals(books):
    def rows() -> dict[str, dict[str, Any]]:
        PreflightOperator(task_id="preflight", direction="expense", force=True).execute(books.context())
        found = books.sql(
            "SELECT * FROM ops.preflight_result WHERE check_id = (SELECT max(check_id) FROM ops.preflight)"
        )
        return {row["item"]: row for row in found}

    item = "Journal and accounts take direct postings"
    books.configure(company_paid=JOURNAL, accounts={"map": {"Meals": "6300"}})
    assert rows()[item]["outcome"] == "present"
    for object_name, key in (("GLJOURNAL", "EXP"), ("GLACCOUNT", "2055"), ("GLACCOUNT", "6300"), ("GLACCOUNT", "6220")):
        switch(books, object_name, key, "true")
    found = rows()[item]
    assert (found["outcome"], found["required"]) == ("missing", False)
    assert "journal EXP, GL account 2055, GL account 6300" in found["detail"]
    assert "6220" not in found["detail"], "no key of connector.yaml names it"
    assert "posting.company_paid.journal" in found["where_to_click"]
    books.sandbox.settings(direct_posting_field="hidden")
    assert rows()[item]["outcome"] == "cannot tell"


def project(company: Company, **prevents: str) -> dict[str, str]:
    """A project on the lines, whose status prevents something; gives the fields of a line that names it."""
    company.sandbox.load("intacct", "PROJECT", [{"PROJECTID": "P-1", "NAME": "Bridge", "STATUS": "active", **prevents}])
    company.configure(dimensions={"project": {"certify": "report_gld/2"}})
    return {"ExpenseReportGLD2Code": "P-1"}


def allow(company: Company) -> None:
    (found,) = company.sandbox.state("intacct", "PROJECT")
    changes = {"PREVENTAPPO": "false", "PREVENTEXPENSE": "false"}
    company.sandbox.act("edit_document", object="PROJECT", record=found["RECORDNO"], changes=changes)


def test_a_project_whose_status_prevents_bills_holds_bills_and_nothing_else(company):
    named = project(company, PREVENTAPPO="true", PREVENTEXPENSE="true")
    report = company.report(
        1, {"Amount": "10", "ReimAmount": "10", **named}, {"Amount": "5", "ReimAmount": "0", **named}
    )
    other = company.report(2)
    assert company.sync() == {"applied": 2}
    assert company.held() == {report: {"project_status"}}
    assert len(company.card_transactions()) == len(company.bills()) == 1, "the charge, and the bill of the other report"
    assert other in company.outcomes()
    said = held(company)
    assert "The status of project 'P-1' in Intacct says Prevent AP and PO transactions (PREVENTAPPO)" in said["reason"]
    assert "dimensions.project.map" in said["cure"]
    allow(company)
    assert company.sync(refresh=True) == {"applied": 1}
    assert len(company.bills()) == 2


def test_a_project_s_status_that_is_not_shown_is_learnt_from_the_refusal(company):
    named = project(company, PREVENTAPPO="true")
    company.sandbox.settings(hidden_fields={"PROJECT": ["PREVENTAPPO", "PREVENTEXPENSE"]}, project_status_of="all")
    company.report(1, {"Amount": "10", "ReimAmount": "10", **named}, {"Amount": "5", "ReimAmount": "0", **named})
    assert company.sync() == {"rejected": 1}
    (said,) = company.sql("SELECT message FROM plan.outcome")
    assert "project status that prevents" in said["message"]
    assert "Check the project's status" in said["message"]
    allow(company)
    assert company.sync() == {"applied": 1}


def test_a_project_that_is_fit_is_posted_to(company):
    named = project(company, PREVENTAPPO="false", PREVENTEXPENSE="true")
    company.report(1, {"Amount": "10", "ReimAmount": "10", **named})
    assert company.sync() == {"applied": 1}


def restrict(company: Company, rule: str, locations: str = "") -> None:
    """OBJECTRESTRICTION of the employee's vendor."""
    (vendor,) = [one for one in company.sandbox.state("intacct", "VENDOR") if one["VENDORID"] == "E-1007"]
    changes = {"OBJECTRESTRICTION": rule, "RESTRICTEDLOCATIONS": locations}
    company.sandbox.act("edit_document", object="VENDOR", record=vendor["RECORDNO"], changes=changes)


def test_a_vendor_that_is_restricted_to_other_entities_holds_its_bill(company):
    restrict(company, "Restricted", "200")
    report = company.report(1)
    assert company.sync() == {}
    assert company.held() == {report: {"vendor_restricted"}}
    assert "restricted to 200 in Intacct, and the bill is for entity 100" in held(company)["reason"]
    restrict(company, "Restricted", "100#~#200")
    assert company.sync(refresh=True) == {"applied": 1}


def test_a_vendor_of_the_top_level_holds_what_would_be_made_inside_an_entity(company):
    restrict(company, "RootOnly")
    company.configure(posting_entity="entity")
    report = company.report(1)
    assert company.sync() == {}
    assert company.held() == {report: {"vendor_restricted"}}
    assert "posting.posting_entity: top_level" in held(company)["cure"]
    company.configure(posting_entity="top_level")
    assert company.sync(refresh=True) == {"applied": 1}


@pytest.mark.parametrize(
    ("locations", "settings"),
    [
        ("EAST", {}),
        ("200", {"hidden_fields": {"VENDOR": ["RESTRICTEDLOCATIONS"]}}),
        ("200", {"unreadable_fields": {"VENDOR": ["OBJECTRESTRICTION"]}}),
    ],
)
def test_a_restriction_that_nobody_can_read_is_learnt_from_the_refusal(company, locations, settings):
    company.sandbox.settings(**settings)
    restrict(company, "Restricted", locations)
    company.report(1)
    assert company.sync() == {"rejected": 1}
    restrict(company, "Unrestricted")
    assert company.sync(refresh=True) == {"applied": 1}
