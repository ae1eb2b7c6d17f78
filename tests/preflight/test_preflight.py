"""The check before a run, on PostgreSQL and both services."""

from __future__ import annotations

import os
import subprocess
import sys

import psycopg
import pytest

from certify_intacct.model.errors import (
    AnswerUnreadable,
    ConfigurationError,
    ConnectorError,
    CredentialsRefused,
    PermissionDenied,
    ServiceUnavailable,
)
from certify_intacct.rules.preflight.rights import POLICIES
from certify_intacct.staging.streams import STREAMS


@pytest.mark.parametrize("direction", ["organization", "expense"])
def test_a_company_in_order_passes_and_nothing_is_written(direction, company):
    counts = company.check(direction)
    assert counts["stopping"] == counts["missing"] == 0, company.rows()
    assert counts["present"] >= 10
    assert company.outcomes()["Company"] == "present"
    written = {
        name for side in company.sandbox.calls().values() for name, figures in side.items() if figures["written"]
    }
    assert written == set()


def test_the_demo_company_passes(company):
    company.sandbox.reset(
        seed=7, scale={"entities": 12, "departments": 5, "people": 20, "reports_per_day": 1, "days": 1}
    )
    for direction in ("organization", "expense"):
        assert company.check(direction)["stopping"] == 0


def test_a_missing_right_stops_with_one_readable_error(company):
    company.deny(APBILL=["CREATE"], TAXDETAIL=["READ_BY_QUERY"])
    with pytest.raises(PermissionDenied) as caught:
        company.check()
    text = str(caught.value)
    assert "Bills: Add" in text
    assert "Tax Details: List, View" in text
    assert (
        "Company > Admin > Users > xml_gateway > Subscriptions > Accounts Payable > Permissions: tick Add for Bills"
        in text
    )
    assert "Traceback" not in text
    outcomes = company.outcomes()
    assert outcomes["Bills: Edit"] == outcomes["Bills: Post"] == outcomes["Bills: List, View"] == "present"


def test_a_user_who_only_reads(company):
    company.deny(everything=["CREATE", "UPDATE", "DELETE"])
    assert company.check("organization")["stopping"] == 0, "people are written to Certify only"
    with pytest.raises(PermissionDenied, match="Credit Card Transactions: Add"):
        company.check()
    missing = {item for item, outcome in company.outcomes().items() if outcome == "missing"}
    assert missing == {
        "Bills: Add", "Bills: Edit", "Credit Card Transactions: Add", "Credit Card Transactions: Edit", "Attachments: Add",
        "Attachments: Edit", "Attachment Folders: Add", "Attachment Folders: Edit",
    }  # fmt: skip


def test_rights_that_are_not_configured_are_not_asked_for(company):
    company.deny(APBILL=["*"], SUPDOC=["*"])
    company.configure(posting__employee_paid__target="hold", posting__receipts__attach=False)
    assert company.check()["stopping"] == 0
    assert not any(item.startswith(("Bills", "Attachments:")) for item in company.rows())


def test_who_may_not_read_permissions_is_told_so_and_not_stopped(company):
    company.sandbox.settings(user_permissions_readable=False)
    company.check()
    outcomes = company.outcomes()
    assert outcomes["Users' permissions: View"] == "missing"
    assert outcomes["Vendors: List, View"] == "present", "one vendor was asked for"
    assert outcomes["Bills: Add"] == "cannot tell"


def test_reading_is_refused_although_nobody_may_see_permissions(company):
    company.sandbox.settings(user_permissions_readable=False)
    company.deny(VENDTYPE=["READ_BY_QUERY"])
    with pytest.raises(PermissionDenied, match="Vendor Types"):
        company.check()


def test_excess_rights_warn(company):
    company.sandbox.load("intacct", "USERINFO", [{"LOGINID": "boss", "DESCRIPTION": "Boss", "ADMIN": "Full"}])
    company.sandbox.settings(other_users={"boss": "sandbox_user_password"})
    company.connection("sage_intacct_default", login="boss")
    company.sandbox.settings(further_rights={"APBILL": ["Post", "Approve"], "VENDOR": ["Pay"]})
    assert company.check()["stopping"] == 0
    rows = company.rows()
    assert {item for item, row in rows.items() if row["outcome"] == "excess"} == {
        "Administrator",
        "Delete",
        "Approve",
        "Pay",
    }
    assert "Accounts Payable: Bills" in rows["Approve"]["detail"]


def test_another_company_stops_before_anything_else_is_asked(company):
    company.configure(company__intacct_company_id="OTHER")
    with pytest.raises(ConfigurationError, match=r"company SANDBOX, connector\.yaml is for OTHER"):
        company.check()
    assert "Bills: Add" not in company.rows()


def test_wrong_credentials_are_rows_with_a_cure(company):
    company.connection("sage_intacct_default", sender_password="wrong")
    company.connection("emburse_certify_default", api_key="wrong")
    with pytest.raises(ConfigurationError) as caught:
        company.check()
    assert "Sign-in" in str(caught.value)
    assert "API key" in str(caught.value)
    assert company.outcomes() == {"Sign-in": "missing", "API key": "missing"}
    kept = " ".join(str(row) for row in company.rows().values())
    assert "sandbox_user_password" not in kept


def test_a_service_that_does_not_answer_is_no_verdict(company):
    company.connection("sage_intacct_default", attempts=1)
    company.sandbox.fault(side="intacct", match="*", kind="http_503_html", times=20)
    with pytest.raises(ServiceUnavailable):
        company.check()
    assert company.rows() == {}


def test_an_entity_that_the_user_may_not_enter(company):
    company.sandbox.settings(user_entities={"xml_gateway": ["100"]})
    with pytest.raises(ConfigurationError, match="Entity 200"):
        company.check()
    assert "Entity access" in company.rows()["Entity 200"]["where_to_click"]


def test_an_entity_that_only_certify_has_warns_unless_it_is_configured(company):
    company.sandbox.load("certify", "empglds/1", [{"Name": "Old", "Code": "900", "Active": 1}])
    assert company.check()["missing"] == 1
    assert not company.rows()["Entity 900"]["required"]
    company.configure(dimensions__entity__map={"900": "901"})
    with pytest.raises(ConfigurationError, match="Entity 901"):
        company.check()


def test_codes_are_compared_after_their_mapping(company):
    company.sandbox.load("certify", "empglds/1", [{"Name": "US West", "Code": "W", "Active": 1}])
    company.configure(dimensions__entity__map={"W": "100"})
    assert company.check()["missing"] == 0


@pytest.mark.parametrize(
    ("object_name", "field", "length", "cure"),
    [
        ("APBILL", "RECORDID", 19, "lengthen RECORDID to 20"),
        ("APBILLITEM", "ENTRYDESCRIPTION", 255, "posting.lengths.memo: 255"),
        ("CCTRANSACTION", "DESCRIPTION2", 40, "posting.lengths.payee: 40"),
    ],
)
def test_short_fields(object_name, field, length, cure, company):
    company.sandbox.settings(field_lengths={object_name: {field: length}})
    with pytest.raises(ConfigurationError, match=cure):
        company.check()


def test_how_accounts_payable_is_set_up(company):
    company.sandbox.settings(ap_account_labels=True, ap_summaries="user", ap_approval=True)
    assert company.check()["stopping"] == 0
    rows = company.rows()
    assert rows["Account labels as configured"]["outcome"] == "missing"
    assert rows["Summaries of bills are made by Intacct"]["outcome"] == "missing"
    assert "Submitted" in rows["Approval of bills is known"]["detail"]
    company.configure(posting__accounts__by_label=True)
    company.check()
    assert company.outcomes()["Account labels as configured"] == "present"


def test_the_list_that_entities_are_written_into_must_be_theirs(company):
    company.sandbox.settings(certify_employee_gld_labels=["Cost center", "", "", "", ""])
    with pytest.raises(ConfigurationError, match="Employee GLD 1 is labelled ENTITY"):
        company.check("organization")
    company.sandbox.load("certify", "exprptglds/3", [{"Name": "US", "Code": "100", "Active": 1}])
    company.configure(dimensions__entity__certify="report_gld/3")
    assert company.check("organization")["stopping"] == 0
    assert company.outcomes()["Expense Report GLD 3 is labelled ENTITY"] == "present"


def test_the_label_of_another_dimension_is_shown_and_stops_nothing(company):
    company.sandbox.load("certify", "exprptglds/2", [{"Name": "Old", "Code": "P", "Active": 1}])
    company.configure(dimensions__project={"certify": "report_gld/2"})
    assert company.check("organization")["stopping"] == 0
    assert company.rows()["Expense Report GLD 2 is labelled PROJECT"]["detail"] == "labelled Customer"


def test_the_right_to_read_a_dimension_is_needed_where_it_is_used(company):
    company.deny(PROJECT=["*"])
    assert company.check()["stopping"] == 0
    company.configure(dimensions__project={"certify": "report_gld/1"})
    with pytest.raises(ConnectorError, match="Projects: List, View"):
        company.check()


@pytest.mark.parametrize(("denied", "named"), [("CREATE", "Adjustments: Add"), ("*", "Adjustments: List, View")])
def test_the_rights_to_adjustments_are_needed_where_they_are_made(company, denied, named):
    company.deny(APADJUSTMENT=[denied])
    assert company.check()["stopping"] == 0
    company.configure(posting__credits={"employee_paid": "adjustment", "adjustment_sign": "negative"})
    with pytest.raises(ConnectorError, match=named):
        company.check()


@pytest.mark.parametrize(
    ("denied", "named"), [("CREATE", "Expense Adjustments: Add"), ("*", "Expense Adjustments: List, View")]
)
def test_the_rights_to_expense_adjustments_are_needed_where_they_are_made(company, denied, named):
    company.deny(EXPENSEADJUSTMENTS=[denied])
    company.configure(posting__employee_paid={"target": "expense_report"})
    assert company.check()["stopping"] == 0
    company.configure(
        posting__employee_paid={"target": "expense_report"},
        posting__credits={"employee_paid": "adjustment", "expense_adjustment_sign": "negative"},
    )
    with pytest.raises(ConnectorError, match=named):
        company.check()


def test_the_rights_to_a_journal_that_only_a_policy_makes_are_needed(company):
    company.deny(GLBATCH=["CREATE"])
    assert company.check()["stopping"] == 0
    journal = {"symbol": "EEJ", "offset_account": "2050"}
    company.configure(
        posting__policies={"already_reimbursed": "clearing_account", "already_reimbursed_journal": journal}
    )
    with pytest.raises(ConnectorError, match="Journal Entries: Add"):
        company.check()


def test_default_accountant_and_approver(company):
    company.sandbox.load(
        "certify",
        "users",
        [
            {
                "FirstName": "A",
                "LastName": "C",
                "Email": "acc@example.com",
                "EmployeeID": "A1",
                "Role": "Accountants",
                "Active": 1,
            },
            {
                "FirstName": "B",
                "LastName": "E",
                "Email": "emp@example.com",
                "EmployeeID": "B1",
                "Role": "Employees",
                "Active": 1,
            },
        ],
    )
    company.configure(people__accountant__default="ACC@example.com", people__approvers__default="B1")
    with pytest.raises(ConfigurationError, match="Default approver"):
        company.check("organization")
    assert company.outcomes()["Default accountant"] == "present"


def test_categories_without_an_account(company):
    company.sandbox.load("certify", "expensecategories", [{"Name": "Gifts", "GLCode": "", "Active": 1}])
    assert company.check()["stopping"] == 0
    assert "Gifts" in company.rows()["Expense categories have a GL code"]["detail"]


def test_a_good_check_is_good_for_a_day(company):
    first = company.check()
    company.sandbox.clear_calls()
    assert company.check() == first
    assert company.asked() <= 1, "nothing but the sign-in"
    with psycopg.connect(company.database.owner_url) as connection:
        connection.execute("UPDATE ops.preflight SET checked_at = checked_at - interval '25 hours'")
    company.check()
    assert company.asked() > 0


def test_forced(company):
    company.check()
    company.deny(APBILL=["CREATE"])
    with pytest.raises(PermissionDenied):
        company.check(force=True)


@pytest.mark.parametrize("first_is_preview", [True, False])
def test_a_check_of_a_preview_is_no_check_of_a_sync_nor_the_other_way_round(company, first_is_preview):
    company.check(preview=first_is_preview)
    company.deny(APBILL=["CREATE"])
    company.check(preview=first_is_preview)
    with pytest.raises(PermissionDenied):
        company.check(preview=not first_is_preview)


def test_a_failed_check_is_asked_again_at_once(company):
    company.deny(APBILL=["CREATE"])
    with pytest.raises(PermissionDenied):
        company.check()
    company.deny()
    assert company.check()["stopping"] == 0


def test_a_good_check_is_void_after_a_later_one_failed(company):
    company.check()
    company.deny(APBILL=["CREATE"])
    for force in (True, False):
        with pytest.raises(PermissionDenied):
            company.check(force=force)


@pytest.mark.parametrize("what", ["configuration", "intacct", "certify"])
def test_a_good_check_counts_for_its_configuration_and_connections_only(what, company):
    company.check()
    company.sandbox.clear_calls()
    match what:
        case "configuration":
            company.configure(posting__lengths__memo=500)
        case "intacct":
            company.connection("sage_intacct_default", environment="test")
        case "certify":
            company.connection("emburse_certify_default", api_key="another")
    if what == "certify":
        with pytest.raises(ConfigurationError, match="API key"):
            company.check()
    else:
        company.check()
    assert company.asked() > 0


def test_a_database_of_an_older_version_is_said_first(company):
    with psycopg.connect(company.database.owner_url) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0004_ledger'")
    with pytest.raises(ConfigurationError, match=r"0004_ledger.*certify_intacct\.staging\.migrate"):
        company.check()
    assert company.asked() == 0


def test_migrating_names_the_version_that_is_checked(database):
    code = "from certify_intacct.staging.migrate import newest_revision; print(newest_revision())"
    printed = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=os.environ
    ).stdout
    with psycopg.connect(database.loader_url) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchall() == [(printed.strip(),)]


def test_every_object_that_is_extracted_has_its_right_here():
    assert {stream.source for stream in STREAMS.values() if stream.service == "intacct" and stream.source} <= set(
        POLICIES
    )


def test_a_field_that_somebody_made_required_stops_the_run_before_anything_is_refused(company):
    assert company.check()
    assert company.outcomes()["Required fields of APBILL"] == "present"
    company.sandbox.settings(custom_fields={"CCTRANSACTION": {"COST_APPROVER": {"required": True}}})
    with pytest.raises(ConnectorError, match="COST_APPROVER"):
        company.check(force=True)
    assert company.outcomes()["Required fields of CCTRANSACTION"] == "missing"
    company.configure(posting__company_paid__target="hold")
    assert company.check()


def test_what_two_kinds_write_is_asked_about_once_and_both_are_named(company):
    cards = [{"payment_card": "Corporate Visa", "vendor_id": "V-1"}]
    company.configure(posting__company_paid={"target": "card_vendor_bill", "cards": cards})
    assert company.check()["stopping"] == 0
    assert "Credit Card Transactions: Add" not in company.outcomes()
    company.sandbox.settings(custom_fields={"APBILL": {"COST_APPROVER": {"required": True}}})
    with pytest.raises(ConnectorError, match=r"COST_APPROVER") as caught:
        company.check(force=True)
    assert "posting.employee_paid.target: hold, and posting.company_paid.target: hold in connector.yaml" in str(
        caught.value
    )


def test_a_journal_that_documents_point_to_must_exist(company):
    settings = {"symbol": "EXP", "offset_account": "2055"}
    company.configure(posting__company_paid={"target": "gl_journal", "journal": settings})
    with pytest.raises(ConfigurationError, match=r"Journal EXP.*posting\.company_paid\.journal\.symbol"):
        company.check()
    company.sandbox.load("intacct", "GLJOURNAL", [{"SYMBOL": "EXP", "TITLE": "Expenses", "STATUS": "active"}])
    assert company.check()["stopping"] == 0
    rows = company.outcomes()
    assert (rows["Journal EXP"], rows["Journal Entries: Post"]) == ("present", "present")
    assert "Credit Card Transactions: Add" not in rows


@pytest.mark.parametrize("checked", [True, False], ids=["after a good check", "before any"])
def test_a_password_that_is_refused_is_tried_once_before_eight_tasks_would(company, checked):
    """Who signs in wrongly often enough is locked out, and a check that was good this morning says nothing of the password now."""
    if checked:
        company.check()
    company.sandbox.fault(side="intacct", match="getAPISession", kind="http_401", times=None)
    with pytest.raises(ConnectorError) as told:
        company.check()
    assert not checked or isinstance(told.value, CredentialsRefused)
    assert [one["kind"] for one in company.sandbox.faults()["log"]] == ["http_401"]


@pytest.mark.parametrize(
    "told",
    [
        {"addresses": ["ap@example.com"]},
        {"owners": {"accounts payable": ["ap@example.com"]}},
        {"escalation": {"days": 3, "addresses": ["ap@example.com"]}},
    ],
    ids=lambda told: next(iter(told)),
)
def test_whether_mail_can_be_sent_is_asked_where_somebody_is_to_be_told(company, monkeypatch, told):
    monkeypatch.delenv("AIRFLOW_CONN_SMTP_DEFAULT", raising=False)
    company.check()
    assert "Mail" not in company.outcomes()
    company.configure(**{f"notifications__{name}": what for name, what in told.items()})
    for connection, outcome, words in (
        (None, "missing", "There is no connection smtp_default (notifications.smtp_connection)."),
        ("http://mail.example.com", "missing", "is of type 'http'"),
        ("smtp://mail.example.com:25", "missing", "has no From email"),
        ("smtp://mail.example.com:25?from_email=a%40example.com", "present", ""),
    ):
        if connection:
            monkeypatch.setenv("AIRFLOW_CONN_SMTP_DEFAULT", connection)
        assert company.check(force=True)["stopping"] == 0, "it stops no run"
        assert company.outcomes()["Mail"] == outcome
        assert words in company.rows()["Mail"]["detail"]


def test_invoices_that_cannot_be_read_stop_the_run_where_they_are_asked_for(company):
    assert "Invoices can be read" not in (company.check() and company.outcomes())
    company.configure(posting__invoices__target="supplier_bill", posting__invoices__since="2026-01-01")
    assert company.check()["stopping"] == 0
    assert company.outcomes()["Invoices can be read"] == "present"
    for refused in ("http_403", "http_400", "http_401"):
        company.sandbox.fault(side="certify", match="GET invoices", kind=refused, times=1)
        with pytest.raises(ConnectorError, match=r"Invoices can be read.*posting\.invoices\.target: none"):
            company.check(force=True)
        assert company.outcomes()["Invoices can be read"] == "missing"
        company.sandbox.clear_faults()


def test_an_answer_about_invoices_that_is_lost_says_nothing_of_them(company):
    company.configure(posting__invoices__target="supplier_bill", posting__invoices__since="2026-01-01")
    company.sandbox.fault(side="certify", match="GET invoices", kind="drop_before", times=None)
    with pytest.raises((AnswerUnreadable, ServiceUnavailable)):
        company.check()
