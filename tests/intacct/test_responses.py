"""Answers in the shapes that were captured from the real gateway."""

from __future__ import annotations

import pytest

from certify_intacct.intacct import responses
from certify_intacct.intacct.errors import SessionEnded
from certify_intacct.model import errors
from certify_intacct.transport.http import Answer
from certify_intacct.transport.redaction import Redactor
from tests.intacct import gateway as g

HEAD = (
    "<response><control><status>success</status><senderid>s</senderid><controlid>c</controlid><uniqueid>false</uniqueid>"
    "<dtdversion>3.0</dtdversion></control><operation><authentication><status>success</status><userid>u</userid>"
    "<companyid>ACME</companyid><sessiontimestamp>2018-11-24T22:38:42-08:00</sessiontimestamp>"
    "<sessiontimeout>2018-11-25T00:38:42-08:00</sessiontimeout></authentication>"
)
TAIL = "</operation></response>"
ROLLED_BACK = g.error("XL03000009", "The entire transaction in this operation has been rolled back due to an error.")


def read(
    body: str | bytes, *control_ids: str, status: int = 200, writes: bool = False, retry_after: float | None = None
):
    raw = body.encode() if isinstance(body, str) else body
    answer = Answer(status, {}, raw, retry_after)
    return responses.read(answer, control_ids, writes=writes, redact=Redactor(), where="Intacct")


def one(inner: str, function: str = "query", status: str = "success"):
    return read(HEAD + g.result("1", function, inner, status) + TAIL, "1").results[0]


def test_query_page():
    found = one(
        '<data listtype="EMPLOYEE" totalcount="18" offset="2" count="2" numremaining="14">'
        "<EMPLOYEE><RECORDNO>7</RECORDNO><PERSONALINFO.EMAIL1>a@b.c</PERSONALINFO.EMAIL1><ENDDATE></ENDDATE></EMPLOYEE>"
        "<EMPLOYEE><RECORDNO>8</RECORDNO><PERSONALINFO.EMAIL1>&#039;x&#039; &amp; y</PERSONALINFO.EMAIL1><ENDDATE/></EMPLOYEE></data>"
    )
    assert found.records == (
        {"RECORDNO": "7", "PERSONALINFO.EMAIL1": "a@b.c", "ENDDATE": ""},
        {"RECORDNO": "8", "PERSONALINFO.EMAIL1": "'x' & y", "ENDDATE": ""},
    )
    assert (found.total_count, found.count, found.offset, found.remaining, found.listtype) == (18, 2, 2, 14, "EMPLOYEE")
    assert found.key is None


@pytest.mark.parametrize(
    "inner",
    [
        '<data listtype="X" totalcount="0" offset="0" count="0" numremaining="0"/>',
        '<data listtype="USERINFO" count="0"/>',
        "<data/>",
        "",
    ],
)
def test_nothing_found(inner):
    assert one(inner).records == ()


def test_generic_create_gives_the_record_number():
    found = one(
        '<data listtype="objects" count="1"><apbill><RECORDNO>760</RECORDNO><RECORD_URL>https://x</RECORD_URL></apbill></data>',
        "create",
    )
    assert (found.key, found.succeeded) == ("760", True)


def test_legacy_create_gives_the_key():
    assert one("<key>35</key>", "record_cctransaction").key == "35"


def test_failed_create_gives_no_key_although_it_shows_the_record():
    found = one(
        '<data listtype="objects" count="1"><project><RECORDNO>1424</RECORDNO></project></data><errormessage>'
        + g.error(
            "BL34000061",
            "Another Project with the given value(s) Fellow PD1  already exists",
            "",
            "Use a unique value instead.",
        )
        + g.error("BL01001973", "Could not create project record!")
        + "</errormessage>",
        "create",
        "failure",
    )
    assert (found.status, found.key, len(found.errors)) == ("failure", None, 2)
    with pytest.raises(errors.FunctionFailed, match="Fellow PD1  already exists Use a unique value instead") as caught:
        found.raise_for_failure(where="here")
    assert caught.value.reason == "duplicate"
    assert "Could not create project record!" in str(caught.value)


def test_read_gives_owned_lines():
    found = one(
        '<data listtype="APBILL" count="1"><APBILL><RECORDNO>1</RECORDNO><APBILLITEMS><apbillitem><LINE_NO>1</LINE_NO></apbillitem>'
        "<apbillitem><LINE_NO>2</LINE_NO></apbillitem></APBILLITEMS></APBILL></data>",
        "read",
    )
    assert found.records[0]["APBILLITEMS"] == {"apbillitem": [{"LINE_NO": "1"}, {"LINE_NO": "2"}]}


def test_get_list():
    found = one(
        '<listtype start="0" end="0" total="383">supdoc</listtype><data><supdoc><supdocid>A</supdocid></supdoc></data>',
        "get_list",
    )
    assert (found.listtype, found.total_count, found.records) == ("supdoc", 383, ({"supdocid": "A"},))


def test_session_length_is_the_span_that_the_gateway_names():
    assert read(HEAD + g.result("1", "x") + TAIL, "1").authentication.session_seconds == 7200


def test_authentication_block_may_lack_nearly_everything():
    body = "<response><control><status>success</status></control><operation><authentication><status>success</status></authentication>"
    found = read(body + g.result("1", "x") + TAIL, "1")
    assert found.authentication == responses.Authentication()


def test_results_are_matched_by_control_id_not_by_place():
    found = read(HEAD + g.result("b", "x", "<key>2</key>") + g.result("a", "x", "<key>1</key>") + TAIL, "a", "b")
    assert [result.key for result in found.results] == ["1", "2"]


@pytest.mark.parametrize("came", [["a"], ["a", "b", "c"], ["a", "a"], ["a", "b", "b"], ["a", ""], ["a", "B"], []])
def test_missing_extra_and_double_results_make_the_answer_unreadable(came):
    body = HEAD + "".join(g.result(control_id, "x") for control_id in came) + TAIL
    with pytest.raises(errors.AnswerUnreadable):
        read(body, "a", "b", writes=True)


def test_one_function_may_fail_among_others():
    failed = g.result("2", "create", f"<errormessage>{g.error('Invalid fields list x', '')}</errormessage>", "failure")
    found = read(HEAD + g.result("1", "create") + failed + g.result("3", "create") + TAIL, "1", "2", "3", writes=True)
    assert [result.status for result in found.results] == ["success", "failure", "success"]


def test_rolled_back_transaction():
    aborted = g.result("1", "create", f"<errormessage>{ROLLED_BACK}</errormessage>", "aborted")
    failed = g.result(
        "2", "create", f"<errormessage>{g.error('X1', 'Odd thing.')}{ROLLED_BACK}</errormessage>", "failure"
    )
    found = read(HEAD + aborted + failed + TAIL, "1", "2", writes=True).results
    with pytest.raises(errors.FunctionFailed) as caught:
        found[0].raise_for_failure(where="x")
    assert caught.value.reason == "rolled_back"
    with pytest.raises(errors.FunctionFailed, match="Odd thing") as caught:
        found[1].raise_for_failure(where="x")
    assert caught.value.reason == "other"


# Refused as a whole: nothing was executed, for reads and for writes.

WRONG_SENDER = g.control_failure(g.error("XL03000006", "Incorrect Intacct XML Partner ID or password."))
WRONG_LOGIN = g.authentication_failure(
    g.error("XL03000006", "Sign-in information is incorrect"), user="u", company="ACME"
)
DEAD_SESSION = g.authentication_failure(g.error("XL03000006", "Invalid session q...."))
NOT_AUTHORISED = g.authentication_failure(
    g.error(
        "XL03000006",
        "The sender ID &#039;me&#039; is not authorized to make Web Services requests to company ID &#039;ACME&#039;.",
        "Invalid Web Services Authorization",
        "Contact the company administrator to grant Web services authorization to this sender ID.",
    )
)
SCHEMA = g.control_failure(
    g.error(
        "XL03000003",
        "XML Parse schema error: Fatal Error 76: Opening and ending tag mismatch: A line 18 and B. Line: 18, column: 62.",
    ),
    g.error(
        "XL03000003",
        "XML Parse schema error: Error 1871: Element 'attachment': Missing child element(s). Line: 1, column: 0.",
    ),
)


@pytest.mark.parametrize("writes", [False, True])
@pytest.mark.parametrize(
    ("body", "status", "kind", "words"),
    [
        (WRONG_SENDER, 200, errors.CredentialsRefused, "sender ID and sender password"),
        (WRONG_LOGIN, 200, errors.CredentialsRefused, "company ID, user ID and user password"),
        (DEAD_SESSION, 200, SessionEnded, "Invalid session"),
        (NOT_AUTHORISED, 200, errors.CredentialsRefused, "The sender ID 'me' is not authorized"),
        (NOT_AUTHORISED, 200, errors.CredentialsRefused, "Web Services authorizations"),
        (SCHEMA, 200, errors.RequestRefused, "tag mismatch"),
        (
            g.control_failure(g.error("XL03000006", "test is not a valid transport policy.")),
            200,
            errors.RequestRefused,
            "policy",
        ),
        (
            g.control_failure(g.error("PL04000055", "This company is a demo company and has expired.")),
            200,
            errors.CredentialsRefused,
            "demo",
        ),
        (
            g.gateway_failure("GW-0011", "Invalid Request [Request ID: AC47]").body,
            400,
            errors.CredentialsRefused,
            "before sign-in",
        ),
        (g.gateway_failure("GW-0010", "Too many").body, 429, errors.RateLimited, "Too many"),
        (
            g.gateway_failure("GW-0001", "Unable to process request").body,
            400,
            errors.ServiceUnavailable,
            "Unable to process",
        ),
        (
            g.gateway_failure("XMLGW_JPP0002", "Sign-in information is incorrect.").body,
            401,
            errors.CredentialsRefused,
            "Sign-in",
        ),
        (g.gateway_failure("UJPP0002", "?").body, 401, errors.CredentialsRefused, "user password"),
        (g.gateway_failure("invalidRequest", "Invalid Request").body, 400, errors.CredentialsRefused, "before sign-in"),
    ],
)
def test_refused_as_a_whole(body, status, kind, words, writes):
    with pytest.raises(errors.ConnectorError, match=words) as caught:
        read(body, "1", status=status, writes=writes)
    assert type(caught.value) is kind


def test_a_schema_refusal_keeps_all_its_errors():
    with pytest.raises(errors.RequestRefused) as caught:
        read(SCHEMA, "1")
    assert len(caught.value.errors) == 2
    assert "1871" in str(caught.value)


def test_pause_that_the_gateway_asks_for_is_kept():
    with pytest.raises(errors.RateLimited) as caught:
        read(g.gateway_failure("GW-0010", "Too many").body, "1", status=429, retry_after=11)
    assert caught.value.retry_after == 11


# No answer of the gateway: reads are told apart, writes are in doubt.

PAGE_502 = "<html>\n<head><title>502 Bad Gateway</title></head><body>nginx</body></html>"
PAGE_503 = '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "x"><html><body>The Service is Temporarily Off-line</body></html>'
OK = HEAD + g.result("1", "query") + TAIL


@pytest.mark.parametrize(
    ("body", "status", "kind"),
    [
        ("API rate limit exceeded", 200, errors.RateLimited),
        ("slow down", 429, errors.RateLimited),
        ("The Service is Temporarily Off-line", 200, errors.ServiceUnavailable),
        (PAGE_502, 502, errors.ServiceUnavailable),
        (PAGE_503, 503, errors.ServiceUnavailable),
        (PAGE_502, 524, errors.ServiceUnavailable),
        ("", 500, errors.ServiceUnavailable),
        (PAGE_502, 200, errors.AnswerUnreadable),
        ("", 200, errors.AnswerUnreadable),
        ("{}", 200, errors.AnswerUnreadable),
        (PAGE_502, 403, errors.AnswerUnreadable),
        ("not here", 404, errors.ConfigurationError),
        (OK[: len(OK) // 2], 200, errors.AnswerUnreadable),
        (OK.replace("</key>", "").replace("</result>", "", 1), 200, errors.AnswerUnreadable),
        (OK, 302, errors.AnswerUnreadable),
        (OK.replace("<control>", "<kontrol>").replace("</control>", "</kontrol>"), 200, errors.AnswerUnreadable),
        (OK.replace("<status>success</status>", "<status>maybe</status>"), 200, errors.AnswerUnreadable),
        ("<response><control><status>success</status></control></response>", 200, errors.AnswerUnreadable),
        ("<response><control><status>failure</status></control></response>", 200, errors.AnswerUnreadable),
        (HEAD + TAIL, 200, errors.AnswerUnreadable),
        (HEAD + g.result("1", "x") + "</operation><operation/></response>", 200, errors.AnswerUnreadable),
        (
            WRONG_SENDER.replace("</response>", f"<operation>{g.result('1', 'x')}</operation></response>"),
            200,
            errors.AnswerUnreadable,
        ),
        ('<!DOCTYPE response [<!ENTITY a "b">]>' + OK, 200, errors.AnswerUnreadable),
    ],
)
def test_what_is_no_answer(body, status, kind):
    with pytest.raises(errors.ConnectorError) as caught:
        read(body, "1", status=status)
    assert type(caught.value) is kind
    with pytest.raises(errors.AnswerUnreadable):
        read(body, "1", status=status, writes=True)


@pytest.mark.parametrize("body", [WRONG_SENDER, WRONG_LOGIN, SCHEMA, OK])
def test_a_write_answered_with_a_server_error_is_in_doubt_whatever_the_text_says(body):
    with pytest.raises(errors.AnswerUnreadable):
        read(body, "1", status=500, writes=True)
