from __future__ import annotations

import json
import socket
from datetime import date

import pytest

from certify_intacct.intacct.definitions import PermittedEntity
from certify_intacct.intacct.hook import SageIntacctHook
from certify_intacct.model.errors import ConfigurationError
from tests.intacct import gateway as g


def answered(function: str, inner: str):
    return lambda request: g.response(request, g.result(request.functions[0][0], function, inner))


def test_connection_in_plain_words(gateway, hook):
    assert hook.test_connection() == (True, "Signed in to company ACME as xml_gateway, at top level.")


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (g.gateway_failure("GW-0011", "Invalid Request [Request ID: A]", 400), "Check them all in the connection"),
        (
            g.control_failure(g.error("XL03000006", "Incorrect Intacct XML Partner ID or password.")),
            "Check the sender ID",
        ),
        (
            g.authentication_failure(g.error("XL03000006", "Sign-in information is incorrect")),
            "Check company ID, user ID and user password",
        ),
        (
            g.authentication_failure(
                g.error("XL03000006", "The sender ID is not authorized to make Web Services requests")
            ),
            "Web Services authorizations",
        ),
        (g.Reply(b"<html>404</html>", status=404), "Check the URL in the connection"),
    ],
)
def test_failed_connection_in_plain_words(gateway, hook, answer, words):
    gateway.sign_in = lambda _: answer
    worked, text = hook.test_connection()
    assert not worked
    assert text.startswith("Sage Intacct (connection sage_intacct_default): ")
    assert words in text
    assert "canary" not in text


def test_unreachable_gateway_in_plain_words(gateway, monkeypatch):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/ia/xml/xmlgw.phtml"
    fields = json.loads(gateway.connection()) | {"host": url}
    monkeypatch.setenv("AIRFLOW_CONN_SAGE_INTACCT_DEFAULT", json.dumps(fields))
    worked, text = SageIntacctHook().test_connection()
    assert not worked
    assert "No connection to 127.0.0.1 came about" in text


def test_all_missing_fields_are_named_at_once(gateway, monkeypatch):
    fields = json.loads(gateway.connection(company_id=" ", sender_password=None))
    del fields["login"]
    monkeypatch.setenv("AIRFLOW_CONN_SAGE_INTACCT_DEFAULT", json.dumps(fields))
    worked, text = SageIntacctHook().test_connection()
    assert not worked
    assert "lacks Web services user ID (login), Company ID (company_id), Sender password (sender_password)." in text


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"host": "http://api.intacct.com/ia/xml/xmlgw.phtml"}, "without encryption"),
        ({"host": "https://example.com/ia/xml/xmlgw.phtml"}, "not an address of Intacct"),
        ({"extra": {"entity_id": 100}}, "entity ID must be text"),
        ({"extra": {"read_timeout": "soon"}}, "read_timeout is 'soon'"),
    ],
)
def test_wrong_fields_are_refused_before_anything_is_sent(gateway, monkeypatch, changes, why):
    fields = json.loads(gateway.connection())
    extra = fields["extra"] | changes.get("extra", {})
    monkeypatch.setenv("AIRFLOW_CONN_SAGE_INTACCT_DEFAULT", json.dumps(fields | changes | {"extra": extra}))
    with pytest.raises(ConfigurationError, match=why):
        SageIntacctHook().get_conn()
    assert gateway.sign_ins == []


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("", "https://api.intacct.com/ia/xml/xmlgw.phtml"),
        ("eu.intacct.com", "https://eu.intacct.com/ia/xml/xmlgw.phtml"),
        ("eu.intacct.com/other", "https://eu.intacct.com/other"),
        ("https://eu.intacct.com/x", "https://eu.intacct.com/x"),
    ],
)
def test_host_may_be_empty_a_name_or_a_url(gateway, monkeypatch, host, url):
    monkeypatch.setenv(
        "AIRFLOW_CONN_SAGE_INTACCT_DEFAULT", json.dumps(json.loads(gateway.connection()) | {"host": host})
    )
    assert SageIntacctHook().get_conn()._gateway.url == url


def test_lookup(gateway, hook):
    gateway.answers = [
        answered(
            "lookup",
            '<data listtype="All" count="1"><Type Name="GLBATCH" DocumentType=""><Fields><Field><ID>STATE</ID><LABEL>State</LABEL>'
            "<DESCRIPTION/><REQUIRED>false</REQUIRED><READONLY>true</READONLY><DATATYPE>ENUM</DATATYPE><VALIDVALUES>"
            "<VALIDVALUE>Draft</VALIDVALUE><VALIDVALUE>Posted</VALIDVALUE></VALIDVALUES><ISCUSTOM>false</ISCUSTOM></Field></Fields>"
            "<Relationships><Relationship><OBJECTPATH>JOURNAL</OBJECTPATH><OBJECTNAME>GLJOURNAL</OBJECTNAME><LABEL/>"
            "<RELATIONSHIPTYPE>MANY2ONE</RELATIONSHIPTYPE><RELATEDBY>JOURNAL</RELATEDBY></Relationship></Relationships></Type></data>",
        )
    ]
    found = hook.lookup("GLBATCH")
    state = found.fields["STATE"]
    assert (state.label, state.datatype, state.read_only, state.valid_values) == (
        "State",
        "ENUM",
        True,
        ("Draft", "Posted"),
    )
    assert found.relations[0].object_name == "GLJOURNAL"


@pytest.mark.parametrize(
    ("inner", "length"),
    [
        ("<Type Name='APBILL'><Fields><Field>RECORDNO</Field><Field>RECORDID</Field></Fields></Type>", None),
        (
            "<Type Name='APBILL'><Attributes/><Fields><Field><Name>RECORDID</Name><isRequired>true</isRequired>"
            "<maxLength>45</maxLength></Field></Fields></Type>",
            45,
        ),
    ],
)
def test_inspect(gateway, hook, inner, length):
    gateway.answers = [answered("inspect", f"<data listtype='All' count='1'>{inner}</data>")]
    assert hook.inspect("APBILL").fields["RECORDID"].max_length == length


def test_user_permissions(gateway, hook):
    gateway.answers = [
        answered(
            "getUserPermissions",
            "<data><permissions><appSubscription><applicationName>Accounts Payable</applicationName><policies>"
            "<policy><policyName>Bills</policyName><rights>List|View|Add</rights></policy>"
            "<policy><policyName>Vendors</policyName><rights></rights></policy></policies></appSubscription>"
            "<appSubscription><applicationName>Cash</applicationName><policies/></appSubscription></permissions></data>",
        )
    ]
    assert hook.user_permissions() == {
        "Accounts Payable": {"Bills": frozenset({"List", "View", "Add"}), "Vendors": frozenset()},
        "Cash": {},
    }
    assert gateway.requests[0].functions[0][1].findtext("userId") == "xml_gateway"


@pytest.mark.parametrize("wrap", ["{}", "<entities>{}</entities>"])
def test_entity_details(gateway, hook, wrap):
    entity = "<entity><id>{0}</id><name>US</name><recordno>7</recordno><currency>USD</currency></entity>"
    gateway.answers = [
        answered("readEntityDetails", f"<data>{wrap.format(entity.format(100) + entity.format(200))}</data>")
    ]
    assert hook.entity_details() == [PermittedEntity("100", "US", "7", "USD"), PermittedEntity("200", "US", "7", "USD")]


def test_closed_books_date_and_preferences(gateway, hook):
    gateway.answers = [
        answered("get_closedbooksdate", "<data><closedbooksdate><date>12/31/2025</date></closedbooksdate></data>"),
        answered(
            "get_closedbooksdate",
            "<data><closedbooksdate><year>2026</year><month>01</month><day>31</day></closedbooksdate></data>",
        ),
        answered("get_closedbooksdate", "<data/>"),
        answered("get_closedbooksdate", "<data><closedbooksdate/><x>soon</x></data>"),
        answered(
            "get_companyprefs",
            "<data><companypref><application>AP</application><preference>A</preference><prefvalue>T</prefvalue></companypref>"
            "<companypref><application>AP</application><preference>B</preference><prefvalue/></companypref></data>",
        ),
        answered("getFinancialSetup", "<data><financialsetup><baseCurrency>USD</baseCurrency></financialsetup></data>"),
    ]
    assert hook.closed_books_date() == date(2025, 12, 31)
    assert hook.closed_books_date() == date(2026, 1, 31)
    assert hook.closed_books_date() is None
    assert hook.closed_books_date() is None
    assert hook.company_prefs("AP") == {"A": "T", "B": ""}
    assert hook.financial_setup() == {"baseCurrency": "USD"}
    assert gateway.requests[4].functions[0][1].get("application") == "AP"


def test_airflow_finds_the_hook_by_the_type_of_the_connection(gateway, hook):
    from airflow.sdk import Connection

    assert SageIntacctHook.get_hook("sage_intacct_default").__class__ is SageIntacctHook
    assert Connection.get("sage_intacct_default").conn_type == SageIntacctHook.conn_type
    assert hook.company_id == "ACME"
