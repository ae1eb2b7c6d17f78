"""Envelope, headers, the failure levels, schema messages, white space, hardened parsing."""

from __future__ import annotations

import re

import pytest
import requests
from lxml import etree

from tests.sandbox.gateway_client import Answer, GatewayClient, login, query
from tests.sandbox_fixture import RunningSandbox

PING = query("DEPARTMENT", "RECORDNO")


def child_tags(answer: Answer, path: str) -> list[str]:
    element = answer.root.find(path)
    assert element is not None, etree.tostring(answer.root).decode()
    return [child.tag for child in element]


class TestSkeleton:
    def test_headers_and_echo(self, gateway: GatewayClient) -> None:
        answer = gateway.send(PING)
        assert answer.http.status_code == 200
        assert answer.http.headers["Content-Type"] == 'text/xml; encoding="UTF-8";charset=UTF-8'
        assert answer.http.content.startswith(b'<?xml version="1.0" encoding="utf-8"?>\n<response><control>')
        assert b"\n" not in answer.http.content.split(b"\n", 1)[1]
        control = {child.tag: child.text for child in answer.root.iterfind("control/*")}
        assert control == {
            "status": "success",
            "senderid": "sandbox_sender",
            "controlid": "request",
            "uniqueid": "false",
            "dtdversion": "3.0",
        }
        tags = ["status", "userid", "companyid", "locationid", "sessiontimestamp", "sessiontimeout"]
        assert child_tags(answer, "operation/authentication") == tags
        assert re.fullmatch(
            r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", answer.text("operation/authentication/sessiontimeout") or ""
        )
        assert child_tags(answer, "operation/result") == ["status", "function", "controlid", "data"]

    def test_white_space_is_the_default(self, gateway: GatewayClient) -> None:
        body = gateway.post(gateway.body(PING, control="<uniqueid>false</uniqueid><dtdversion>3.0</dtdversion>")).text
        assert "\n    <control>\n        <status>success</status>\n" in body

    def test_get_is_no_way_in(self, fresh_sandbox: RunningSandbox) -> None:
        assert requests.get(fresh_sandbox.url + "/ia/xml/xmlgw.phtml", timeout=10).status_code == 405

    def test_many_functions_answer_in_order(self, gateway: GatewayClient) -> None:
        answer = gateway.send(PING, query("NOPE", "X"), "<readEntityDetails/>", ids=["a", "b", "c"])
        shown = [(r.findtext("controlid"), r.findtext("function"), r.findtext("status")) for r in answer.results]
        assert shown == [("a", "query", "success"), ("b", "query", "failure"), ("c", "readEntityDetails", "success")]

    def test_policy_is_acknowledged(self, fresh_sandbox: RunningSandbox, gateway: GatewayClient) -> None:
        control = "<uniqueid>false</uniqueid><dtdversion>3.0</dtdversion><policyid>{}</policyid>"
        answer = gateway.send(PING, control=control.format("sandbox_policy"))
        assert [child.tag for child in answer.root] == ["acknowledgement", "control"]
        assert fresh_sandbox.calls()["intacct"]["query DEPARTMENT"]["calls"] == 1
        refused = gateway.send(PING, control=control.format("test"))
        assert refused.errors == [("XL03000006", "test is not a valid transport policy.")]


class TestFailureLevels:
    def test_wrong_sender(self, gateway: GatewayClient) -> None:
        answer = gateway.send(PING, sender_password="wrong")
        assert [child.tag for child in answer.root] == ["control", "errormessage"]
        assert answer.text("control/status") == "failure"
        assert answer.errors == [("XL03000006", "Incorrect Intacct XML Partner ID or password.")]

    def test_wrong_sender_the_gateways_way(self, fresh_sandbox: RunningSandbox, gateway: GatewayClient) -> None:
        fresh_sandbox.settings(credential_error_style="gateway")
        answer = gateway.send(PING, sender="nobody")
        assert answer.http.status_code == 400
        assert child_tags(answer, "control") == ["status"]
        assert child_tags(answer, "errormessage/error") == ["errorno", "description"]
        assert answer.text("errormessage/error/errorno") == "GW-0011"
        assert re.fullmatch(r"Invalid Request \[Request ID: \w+\]", answer.text("errormessage/error/description") or "")

    @pytest.mark.parametrize(
        "wrong", [login(user="nobody"), login(company="OTHER"), login(password="x"), login(password="")]
    )
    def test_wrong_login(self, gateway: GatewayClient, wrong: str) -> None:
        answer = gateway.send(PING, authentication=wrong)
        assert answer.text("control/status") == "success"
        assert child_tags(answer, "operation") == ["authentication", "errormessage"]
        assert child_tags(answer, "operation/authentication") == ["status", "userid", "companyid"]
        assert answer.errors == [("XL03000006", "Sign-in information is incorrect")]

    def test_wrong_login_the_gateways_way(self, fresh_sandbox: RunningSandbox, gateway: GatewayClient) -> None:
        fresh_sandbox.settings(sign_in_error_style="gateway")
        answer = gateway.send(PING, authentication=login(password="x"))
        assert answer.http.status_code == 401
        assert answer.text("errormessage/error/errorno") == "XMLGW_JPP0002"
        text = "Sign-in information is incorrect. Please check your request."
        assert answer.text("errormessage/error/description") == text

    @pytest.mark.parametrize(
        ("style", "wrong", "status", "number", "text"),
        [
            ({"sign_in_error_style": "gateway_user"}, {"authentication": login(password="x")}, 401, "UJPP0002",
             "Sign-in information is incorrect. Please check your request."),
            ({"credential_error_style": "invalid_request"}, {"sender": "nobody"}, 400, "invalidRequest", "Invalid Request"),
        ],
    )  # fmt: skip
    def test_the_gateways_other_numbers(
        self, fresh_sandbox: RunningSandbox, gateway: GatewayClient, style: dict[str, str], wrong: dict[str, str],
        status: int, number: str, text: str,
    ) -> None:  # fmt: skip
        """As a live product's tests have them (fyle-intacct-api)."""
        fresh_sandbox.settings(**style)
        answer = gateway.send(PING, **wrong)
        assert answer.http.status_code == status
        assert child_tags(answer, ".") == ["control", "errormessage"]
        assert answer.text("errormessage/error/errorno") == number
        assert answer.text("errormessage/error/description") == text

    def test_sender_not_authorised(self, fresh_sandbox: RunningSandbox, gateway: GatewayClient) -> None:
        fresh_sandbox.settings(sender_authorized=False)
        answer = gateway.send(PING)
        error = answer.root.find("operation/errormessage/error")
        assert error is not None
        assert {child.tag: child.text for child in error} == {
            "errorno": "XL03000006",
            "description": "Invalid Web Services Authorization",
            "description2": "The sender ID 'sandbox_sender' is not authorized to make Web Services requests to company ID"
            " 'SANDBOX'.",
            "correction": "Contact the company administrator to grant Web Services authorization to this sender ID.",
        }
        assert b"The sender ID &#039;sandbox_sender&#039; is not" in answer.http.content

    def test_expired_company(self, fresh_sandbox: RunningSandbox, gateway: GatewayClient) -> None:
        fresh_sandbox.settings(company_expired=True)
        text = "This company is a demo company and has expired."
        assert gateway.send(PING).errors == [("PL04000055", text)]

    def test_additional_information(self, gateway: GatewayClient) -> None:
        control = (
            "<uniqueid>false</uniqueid><dtdversion>3.0</dtdversion><includewhitespace>false</includewhitespace>"
            "<showadditionalerrorinfo>true</showadditionalerrorinfo>"
        )
        answer = gateway.send(query("NOPE", "X"), control=control)
        path = "operation/result/errormessage/error/additionalinfo"
        tags = ["errorid", "category", "target", "description", "cdescription", "correction"]
        assert child_tags(answer, path) == tags

    def test_too_many_at_once(self, fresh_sandbox: RunningSandbox, gateway: GatewayClient) -> None:
        from concurrent.futures import ThreadPoolExecutor

        fresh_sandbox.settings(concurrency_limit=1, latency_ms=500)
        body = gateway.body(PING)
        with ThreadPoolExecutor(3) as pool:
            answers = list(pool.map(lambda _: gateway.post(body), range(3)))
        assert sorted(answer.status_code for answer in answers) == [200, 429, 429]
        refused = next(answer for answer in answers if answer.status_code == 429)
        assert "<errorno>GW-0010</errorno>" in refused.text
        fresh_sandbox.settings(concurrency_wait_seconds=20)
        with ThreadPoolExecutor(3) as pool:
            answers = list(pool.map(lambda _: gateway.post(body), range(3)))
        assert [answer.status_code for answer in answers] == [200, 200, 200]
        fresh_sandbox.settings(concurrency_wait_seconds=0, rate_limit_style="text")
        with ThreadPoolExecutor(3) as pool:
            answers = list(pool.map(lambda _: gateway.post(body), range(3)))
        assert [answer.status_code for answer in answers] == [200, 200, 200]
        assert sum(answer.text == "API rate limit exceeded" for answer in answers) == 2
        fresh_sandbox.settings(rate_limit_style="xml")
        with ThreadPoolExecutor(3) as pool:
            answers = list(pool.map(lambda _: gateway.post(body), range(3)))
        assert [answer.status_code for answer in answers] == [200, 200, 200]
        told = [etree.fromstring(answer.content).findtext("errormessage/error/description") for answer in answers]
        assert sorted(told, key=str) == ["API rate limit exceeded"] * 2 + [None]

    def test_the_most_at_once_is_counted(self, fresh_sandbox: RunningSandbox, gateway: GatewayClient) -> None:
        """What is refused, or held at the door, is not under way."""
        from concurrent.futures import ThreadPoolExecutor

        def most(requests: int) -> int:
            fresh_sandbox.clear_calls()
            with ThreadPoolExecutor(requests) as pool:
                list(pool.map(lambda _: gateway.post(body), range(requests)))
            return int(fresh_sandbox.at_once()["intacct"])

        body = gateway.body(PING)
        fresh_sandbox.settings(latency_ms=500)
        assert most(3) == 3
        assert most(1) == 1
        fresh_sandbox.settings(concurrency_limit=2, concurrency_wait_seconds=20)
        assert most(3) == 2
        assert fresh_sandbox.at_once()["certify"] == 0


class TestSchema:
    def test_tags_that_do_not_match(self, gateway: GatewayClient) -> None:
        broken = gateway.body(PING).replace("</object>", "</objekt>")
        answer = Answer(gateway.post(broken))
        assert answer.text("control/senderid") == "sandbox_sender"
        errorno, text = answer.errors[0]
        assert errorno == "XL03000003"
        assert re.fullmatch(
            r"XML Parse schema error: Fatal Error 76: Opening and ending tag mismatch: object line 2 and objekt\."
            r" Line: 2, column: \d+\.",
            text,
        )

    @pytest.mark.parametrize(
        ("function", "message"),
        [
            (
                "<create_supdoc><supdocid>A</supdocid><attachments><attachment><attachmentname>a</attachmentname>"
                "<attachmenttype>pdf</attachmenttype></attachment></attachments></create_supdoc>",
                "Error 1871: Element 'attachment': Missing child element(s). Expected is ( attachmentdata )..",
            ),
            (
                query("DEPARTMENT", "TITLE", where="<and><isnull><field>TITLE</field></isnull></and>"),
                "Error 1871: Element 'and': Missing child element(s). Expected is one of ( and, or, equalto, ",
            ),
            (
                "<query><object>A</object><select><field>B</field></select><casesensitive>true</casesensitive></query>",
                "Error 1871: Element 'casesensitive': This element is not expected..",
            ),
            (
                "<record_cctransaction><paymentdate><year>2026</year><month>1</month><day>2</day></paymentdate>"
                "<chargecardid>C</chargecardid></record_cctransaction>",
                "Error 1871: Element 'paymentdate': This element is not expected. Expected is ( chargecardid )..",
            ),
            ("<no_such_function/>", "Error 1871: Element 'no_such_function': This element is not expected."),
        ],
    )
    def test_the_whole_request_is_refused(self, gateway: GatewayClient, function: str, message: str) -> None:
        answer = gateway.send("<readEntityDetails/>", function)
        assert answer.root.find("operation") is None
        errorno, text = answer.errors[0]
        assert errorno == "XL03000003"
        assert text.startswith(f"XML Parse schema error: {message}")
        assert text.endswith(" Line: 2, column: 0.")

    def test_order_of_the_control_block(self, gateway: GatewayClient) -> None:
        wrong = gateway.send(PING, control="<dtdversion>3.0</dtdversion><uniqueid>false</uniqueid>")
        assert wrong.errors[0][1].startswith("XML Parse schema error: Error 1871: Element 'uniqueid'")

    @pytest.mark.parametrize(
        "function",
        [
            "<query><pagesize>5</pagesize><offset>0</offset><options/><select><field>TITLE</field></select>"
            "<object>DEPARTMENT</object></query>",
            "<read><fields>TITLE</fields><keys>1</keys><object>DEPARTMENT</object></read>",
            "<create_expensereport><expenses><expense><expensetype>Meals</expensetype><amount>1</amount></expense></expenses>"
            "<datecreated><year>2026</year><month>1</month><day>2</day></datecreated><employeeid>E</employeeid>"
            "</create_expensereport>",
        ],
    )
    def test_any_order_where_the_service_takes_any(self, gateway: GatewayClient, function: str) -> None:
        assert gateway.send(function).text("control/status") == "success"

    def test_dtd_version_2_1_knows_only_legacy_functions(self, gateway: GatewayClient) -> None:
        old = "<uniqueid>false</uniqueid><dtdversion>2.1</dtdversion><includewhitespace>false</includewhitespace>"
        listed = gateway.send('<get_list object="department" maxitems="5"/>', control=old)
        assert listed.text("control/dtdversion") == "2.1"
        assert listed.results[0].findtext("status") == "success"
        refused = gateway.send(PING, control=old)
        assert refused.errors[0][0] == "XL03000003"
        assert "got (query )" in refused.errors[0][1]


class TestHostileRequests:
    def test_entities_are_refused(self, gateway: GatewayClient, tmp_path: object) -> None:
        bomb = '<!DOCTYPE request [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c SYSTEM "file:///etc/passwd">]>'
        for use in ("&b;", "&c;", "plain"):
            body = gateway.body(PING.replace("RECORDNO", use)).replace("?>\n", f"?>\n{bomb}", 1)
            answer = Answer(gateway.post(body))
            assert answer.errors[0][0] == "XL03000003"
            assert b"root:" not in answer.http.content

    @pytest.mark.parametrize("body", [b"", b"hello", b"<request/>", b"\xff\xfe\x00", b"<a>" * 5000, b"\x00<request/>"])
    def test_garbage_is_a_control_failure(self, gateway: GatewayClient, body: bytes) -> None:
        answer = Answer(gateway.post(body))
        assert answer.http.status_code == 200
        assert answer.text("control/status") == "failure"
        assert {errorno for errorno, _ in answer.errors} == {"XL03000003"}

    def test_a_file_of_many_megabytes_is_a_setting(self, fresh_sandbox: RunningSandbox, gateway: GatewayClient) -> None:
        """libxml2 takes no text of more than ten million characters unless it is told to: a receipt of 7.5 MB has so many."""
        fresh_sandbox.load("intacct", "SUPDOCFOLDER", [{"NAME": "F"}])
        call = (
            "<create_supdoc><supdocid>S</supdocid><supdocfoldername>F</supdocfoldername><attachments><attachment><attachmentname>n"
            "</attachmentname><attachmenttype>png</attachmenttype><attachmentdata>{}</attachmentdata></attachment></attachments>"
            "</create_supdoc>"
        ).format("A" * 10_000_004)
        fresh_sandbox.settings(long_texts="refuse")
        ((number, text),) = gateway.send(call).errors
        assert (number, "Text node too long" in text) == ("XL03000003", True)
        fresh_sandbox.settings(long_texts="accept")
        assert gateway.send(call).errors == []
        (kept,) = fresh_sandbox.state("intacct", "SUPDOC")
        assert len(kept["ATTACHMENTS"][0]["attachmentdata"]) == 10_000_004
        deep = "<a>" * 400 + "A" * 10_000_004 + "</a>" * 400
        assert "Excessive depth" in gateway.send(f"<create><DEPARTMENT>{deep}</DEPARTMENT></create>").errors[0][1]

    def test_a_body_too_large(self, fresh_sandbox: RunningSandbox, gateway: GatewayClient) -> None:
        fresh_sandbox.settings(request_bytes=2000)
        assert gateway.post(gateway.body(PING + "<!-- " + "x" * 3000 + " -->")).status_code == 413
