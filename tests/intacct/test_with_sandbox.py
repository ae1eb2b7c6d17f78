"""The hook against the sandbox: every function, and every fault, as it would go with the real service."""

from __future__ import annotations

import json
import os
from datetime import date
from decimal import Decimal

import pytest

from certify_intacct.intacct import functions
from certify_intacct.intacct.errors import explain
from certify_intacct.intacct.filters import And, Equal, In, Like
from certify_intacct.intacct.hook import SageIntacctHook
from certify_intacct.model.errors import AnswerUnreadable, ConnectorError, CredentialsRefused, FunctionFailed

DAY = date(2026, 3, 7)


@pytest.fixture
def hook(fresh_sandbox, monkeypatch):
    fields = {
        "conn_type": "sage_intacct",
        "host": f"{fresh_sandbox.url}/ia/xml/xmlgw.phtml",
        "login": "xml_gateway",
        "password": "sandbox_user_password",
        "extra": {
            "company_id": "SANDBOX",
            "sender_id": "sandbox_sender",
            "sender_password": "sandbox_sender_password",
            "attempts": 3,
            "wait_initial": 0.01,
            "wait_max": 0.1,
            "read_timeout": 20,
        },
    }
    monkeypatch.setenv("AIRFLOW_CONN_SAGE_INTACCT_DEFAULT", json.dumps(fields))
    made = SageIntacctHook()
    yield made
    made.close()


@pytest.fixture
def company(fresh_sandbox):
    """What a bill and a card transaction need."""
    fresh_sandbox.load("intacct", "GLACCOUNT", [{"ACCOUNTNO": "6220", "TITLE": "Hotel", "STATUS": "active"}])
    fresh_sandbox.load("intacct", "VENDOR", [{"VENDORID": "E-1", "NAME": "Müller & Söhne <x>", "STATUS": "active"}])
    return fresh_sandbox


def departments(count: int) -> list[dict[str, str]]:
    return [{"DEPARTMENTID": f"D{n:05}", "TITLE": f"Abteilung {n} & <ü>", "STATUS": "active"} for n in range(count)]


def bill(number: str = "C7-1-1-B", **changes):
    lines = [{"ACCOUNTNO": "6220", "TRX_AMOUNT": Decimal("100.10"), "ENTRYDESCRIPTION": "Zimmer & <Frühstück>"}]
    fields = {
        "WHENCREATED": DAY,
        "WHENPOSTED": DAY,
        "VENDORID": "E-1",
        "RECORDID": number,
        "WHENDUE": DAY,
        "CURRENCY": "USD",
    }
    return functions.create(
        "APBILL", fields | {"APBILLITEMS": {"APBILLITEM": lines}} | changes, control_id=f"{number}-send-1"
    )


def test_all_records_over_several_pages(hook, fresh_sandbox):
    fresh_sandbox.load("intacct", "DEPARTMENT", departments(45))
    pages = list(hook.query("DEPARTMENT", ["RECORDNO", "DEPARTMENTID", "TITLE"], page_size=20))
    assert [len(page.records) for page in pages] == [20, 20, 5]
    found = {record["DEPARTMENTID"]: record["TITLE"] for page in pages for record in page.records}
    assert found == {record["DEPARTMENTID"]: record["TITLE"] for record in departments(45)}


def test_filters(hook, fresh_sandbox):
    fresh_sandbox.load("intacct", "DEPARTMENT", departments(12))
    asked = And(Like("DEPARTMENTID", "D0000%"), In("DEPARTMENTID", ["D00003", "D00011"]), Equal("STATUS", "active"))
    assert [r["DEPARTMENTID"] for r in hook.query_all("DEPARTMENT", ["DEPARTMENTID"], filter=asked)] == ["D00003"]


@pytest.mark.parametrize(
    "kind",
    [
        "http_500",
        "http_502_html",
        "http_503_html",
        "http_429",
        "drop_before",
        "drop_after_commit",
        "truncate_body",
        "malformed_xml",
        "html_200",
        "rate_limit_text",
        "service_offline",
        "gw_0001",
        "session_expired",
        "http_524_after_commit",
    ],
)
def test_reads_get_over_every_passing_fault(hook, fresh_sandbox, kind):
    fresh_sandbox.load("intacct", "DEPARTMENT", departments(3))
    fresh_sandbox.fault(side="intacct", match="*", kind=kind, times=1, retry_after=0)
    assert len(hook.query_all("DEPARTMENT", ["RECORDNO", "DEPARTMENTID"])) == 3


def ahead(hook):
    return [
        record["DEPARTMENTID"]
        for page in hook.query("DEPARTMENT", ["RECORDNO", "DEPARTMENTID"], page_size=20, ahead=True)
        for record in page.records
    ]


@pytest.mark.parametrize("skip", [1, 2, 3, 5])
@pytest.mark.parametrize("kind", ["http_429", "drop_before", "truncate_body", "malformed_xml", "session_expired"])
def test_pages_asked_for_ahead_get_over_every_passing_fault(hook, fresh_sandbox, kind, skip):
    """Whichever page it strikes, and with no two requests at a time."""
    fresh_sandbox.settings(concurrency_limit=1, latency_ms=10)
    fresh_sandbox.load("intacct", "DEPARTMENT", departments(90))
    fresh_sandbox.fault(side="intacct", match="*", kind=kind, times=1, skip=skip, retry_after=0)
    assert ahead(hook) == [record["DEPARTMENTID"] for record in departments(90)]


def test_what_is_asked_between_pages_waits_for_the_page_under_way(hook, fresh_sandbox):
    fresh_sandbox.settings(concurrency_limit=1, latency_ms=50)
    fresh_sandbox.load("intacct", "DEPARTMENT", departments(60))
    found = []
    for page in hook.query("DEPARTMENT", ["RECORDNO", "DEPARTMENTID"], page_size=20, ahead=True):
        found += page.records
        assert len(hook.query_all("DEPARTMENT", ["RECORDNO"], filter=Equal("DEPARTMENTID", "D00001"))) == 1
    assert len(found) == 60


def test_a_page_is_asked_for_once_ahead_or_not(hook, fresh_sandbox):
    fresh_sandbox.load("intacct", "DEPARTMENT", departments(90))
    ahead(hook)
    assert fresh_sandbox.calls()["intacct"]["query DEPARTMENT"]["calls"] == 5


def test_a_bill_is_created_and_read_back(hook, company):
    created = hook.send([bill()])[0]
    assert created.succeeded, created.errors
    (line,) = hook.query_all(
        "APBILLITEM", ["RECORDNO", "TRX_AMOUNT", "ENTRYDESCRIPTION"], filter=Equal("RECORDKEY", created.key)
    )
    assert Decimal(line["TRX_AMOUNT"]) == Decimal("100.10")
    assert line["ENTRYDESCRIPTION"] == "Zimmer & <Frühstück>"


def test_results_stay_with_their_functions_when_shuffled(hook, company):
    company.fault(side="intacct", match="*", kind="shuffle_results", times=5)
    results = hook.send([bill(f"B{n}") for n in range(6)])
    numbers = {r["RECORDNO"]: r["RECORDID"] for r in hook.query_all("APBILL", ["RECORDNO", "RECORDID"])}
    assert [numbers[result.key] for result in results] == [f"B{n}" for n in range(6)]


def test_one_bad_bill_fails_alone_with_its_reason(hook, company):
    results = hook.send([bill("B1"), bill("B2", VENDORID="NOBODY"), bill("B3")])
    assert [result.status for result in results] == ["success", "failure", "success"]
    assert explain(results[1].errors).reason == "vendor"
    with pytest.raises(FunctionFailed, match="Check that the vendor exists"):
        results[1].raise_for_failure(where="bill B2")


@pytest.mark.parametrize(
    ("kind", "there"),
    [
        ("drop_before", False),
        ("http_500", None),
        ("http_502_html", None),
        ("rate_limit_text", None),
        ("html_200", None),
        ("drop_after_commit", True),
        ("truncate_body", True),
        ("malformed_xml", True),
        ("http_524_after_commit", True),
        ("missing_result", True),
    ],
)
def test_a_write_without_a_clear_answer_is_in_doubt_and_sent_once(hook, company, kind, there):
    hook.get_conn().sign_in()
    company.clear_calls()
    company.fault(side="intacct", match="*", kind=kind, times=1)
    with pytest.raises(AnswerUnreadable):
        hook.send([bill("B1"), bill("B2")])
    found = len(company.state("intacct", "APBILL"))
    assert found == {True: 2, False: 0, None: found}[there]
    company.clear_faults()
    assert len(hook.query_all("APBILL", ["RECORDNO"])) == found


@pytest.mark.parametrize("kind", ["http_429", "gw_0001", "http_400", "http_401"])
def test_a_write_refused_by_the_gateway_is_not_in_doubt(hook, company, kind):
    hook.get_conn().sign_in()
    company.fault(side="intacct", match="*", kind=kind, times=1)
    with pytest.raises(ConnectorError) as caught:
        hook.send([bill()])
    assert not isinstance(caught.value, AnswerUnreadable)
    assert len(company.state("intacct", "APBILL")) == 0


def test_a_write_survives_the_end_of_its_session(hook, company):
    hook.get_conn().sign_in()
    company.fault(side="intacct", match="*", kind="session_expired", times=1)
    assert hook.send([bill()])[0].succeeded
    assert len(company.state("intacct", "APBILL")) == 1


def test_the_same_control_id_is_not_executed_twice(hook, company):
    first, again = hook.send([bill()])[0], hook.send([bill()])[0]
    assert first.succeeded
    assert not again.succeeded
    assert explain(again.errors).reason in ("replay", "duplicate")
    assert len(company.state("intacct", "APBILL")) == 1


def test_attachments(hook, fresh_sandbox):
    files = [{"attachmentname": "Beleg & 1", "attachmenttype": "pdf", "attachmentdata": "aGVsbG8="}]
    results = hook.send(
        [
            functions.create_supdocfolder({"supdocfoldername": "Certify"}, control_id="folder"),
            functions.create_supdoc(
                {"supdocid": "C7", "supdocfoldername": "Certify", "attachments": files}, control_id="doc"
            ),
        ]
    )
    assert all(result.succeeded for result in results), [result.errors for result in results]
    more = [files[0] | {"attachmentname": "Beleg 2"}]
    added = hook.send([functions.update_supdoc({"supdocid": "C7", "attachments": more}, control_id="doc-2")])[0]
    assert added.succeeded, added.errors
    listed = hook.send([functions.get_list("supdoc", fields=["supdocid"], conditions=[("supdocid", "=", "C7")])])[0]
    assert [record["supdocid"] for record in listed.records] == ["C7"]


def test_card_transactions_and_expense_reports_are_understood(hook, company):
    company.load("intacct", "CREDITCARD", [{"CARDID": "VISA", "STATUS": "active", "LIABILITYTYPE": "Credit"}])
    company.load("intacct", "EMPLOYEE", [{"EMPLOYEEID": "E1", "STATUS": "active"}])
    line = {"glaccountno": "6220", "description": "Zimmer", "paymentamount": Decimal("412.10")}
    card = {
        "chargecardid": "VISA",
        "paymentdate": DAY,
        "referenceno": "C7-1-1-C",
        "payee": "Hotel & <x>",
        "ccpayitems": [line],
    }
    expense = {"glaccountno": "6220", "amount": Decimal("5.00"), "expensedate": DAY, "memo": "Taxi"}
    report = {"employeeid": "E1", "datecreated": DAY, "expensereportno": "C7-1-1-E", "expenses": [expense]}
    results = hook.send(
        [
            functions.record_cctransaction(card, control_id="card"),
            functions.create_expensereport(report, control_id="report"),
        ]
    )
    assert all(result.succeeded for result in results), [result.errors for result in results]
    (posted,) = hook.query_all("CCTRANSACTION", ["RECORDNO", "TOTALENTERED"])
    assert (posted["RECORDNO"], Decimal(posted["TOTALENTERED"])) == (results[0].key, Decimal("412.10"))


def test_work_inside_entities(hook, fresh_sandbox):
    entities = [{"LOCATIONID": place, "NAME": place, "STATUS": "active", "CURRENCY": "USD"} for place in ("100", "200")]
    fresh_sandbox.load("intacct", "LOCATIONENTITY", entities)
    fresh_sandbox.load("intacct", "DEPARTMENT", departments(2))
    assert {entity.id for entity in hook.entity_details()} == {"100", "200"}
    for entity in ("100", "200", None, "100"):
        assert len(hook.query_all("DEPARTMENT", ["RECORDNO"], entity=entity)) == 2
    with pytest.raises(ConnectorError):
        hook.query_all("DEPARTMENT", ["RECORDNO"], entity="999")


@pytest.mark.parametrize(
    "settings",
    [
        {"credential_error_style": "gateway", "sign_in_error_style": "gateway"},
        {"credential_error_style": "control", "sign_in_error_style": "authentication"},
    ],
    ids=str,
)
@pytest.mark.parametrize("field", ["password", "sender_password"])
def test_both_styles_of_refused_credentials(hook, fresh_sandbox, monkeypatch, settings, field):
    fresh_sandbox.settings(**settings)
    fields = json.loads(os.environ["AIRFLOW_CONN_SAGE_INTACCT_DEFAULT"])
    (fields if field == "password" else fields["extra"])[field] = "wrong-canary"
    monkeypatch.setenv("AIRFLOW_CONN_SAGE_INTACCT_DEFAULT", json.dumps(fields))
    with pytest.raises(CredentialsRefused, match=r"[Cc]heck"):
        SageIntacctHook().query_all("DEPARTMENT", ["RECORDNO"])


def test_definitions_and_settings(hook):
    assert hook.lookup("APBILL").fields["STATE"].valid_values
    assert hook.inspect("APBILL").fields["RECORDID"].max_length
    assert "View" in hook.user_permissions()["Accounts Payable"]["Bills"]
    assert isinstance(hook.company_prefs("AP"), dict)
    assert hook.entity_details() == []
    assert hook.closed_books_date() is None
    assert hook.financial_setup()


@pytest.mark.parametrize("field", ["password", "login"])
def test_wrong_credentials_in_plain_words(hook, monkeypatch, field):
    fields = json.loads(os.environ["AIRFLOW_CONN_SAGE_INTACCT_DEFAULT"]) | {field: "wrong-canary"}
    monkeypatch.setenv("AIRFLOW_CONN_SAGE_INTACCT_DEFAULT", json.dumps(fields))
    worked, text = SageIntacctHook().test_connection()
    assert not worked
    assert "Check company ID, user ID and user password" in text
    assert "canary" not in text
    with pytest.raises(CredentialsRefused):
        SageIntacctHook().query_all("DEPARTMENT", ["RECORDNO"])
