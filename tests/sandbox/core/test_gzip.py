"""The setting `gzip`: what both services answer is packed for who takes that, and nothing else changes."""

from __future__ import annotations

import gzip

import pytest
import requests
import urllib3

QUERY = """<request><control><senderid>sandbox_sender</senderid><password>sandbox_sender_password</password><controlid>c</controlid>
<uniqueid>false</uniqueid><dtdversion>3.0</dtdversion><includewhitespace>false</includewhitespace></control><operation><authentication>
<login><userid>xml_gateway</userid><companyid>SANDBOX</companyid><password>sandbox_user_password</password></login></authentication>
<content><function controlid="q"><query><object>DEPARTMENT</object><select><field>TITLE</field></select></query></function></content>
</operation></request>"""
CERTIFY = {"x-api-key": "sandbox-key", "x-api-secret": "sandbox-secret"}
TITLE = "A title that is long enough to be worth packing, and then some more of it"


@pytest.fixture
def get(fresh_sandbox):
    """Gets a path as (Content-Encoding, the bytes as they came)."""
    fresh_sandbox.load("intacct", "DEPARTMENT", [{"DEPARTMENTID": "1", "TITLE": TITLE}])
    fresh_sandbox.load("certify", "departments", [{"Name": TITLE, "Code": "1"}])

    def getting(service: str, takes: str = "gzip") -> tuple[str | None, bytes]:
        headers = {"Accept-Encoding": takes}
        with requests.Session() as session:
            session.trust_env = False
            url = fresh_sandbox.url
            if service == "intacct":
                headers["Content-Type"] = "application/xml"
                asked = ("POST", f"{url}/ia/xml/xmlgw.phtml", QUERY)
            elif service == "certify":
                asked = ("GET", f"{url}/v1/departments", None)
                headers |= CERTIFY
            else:
                asked = ("GET", f"{url}/_sandbox/state/intacct/DEPARTMENT", None)
            method, address, body = asked
            answer = session.request(method, address, data=body, headers=headers, stream=True, timeout=30)
            return answer.headers.get("Content-Encoding"), answer.raw.read(decode_content=False)

    return getting


@pytest.mark.parametrize("service", ["intacct", "certify"])
def test_it_is_off_until_it_is_turned_on(get, fresh_sandbox, service):
    encoding, plain = get(service)
    assert encoding is None
    assert TITLE.encode() in plain
    fresh_sandbox.settings(gzip=True)
    encoding, packed = get(service)
    assert encoding == "gzip"
    assert TITLE.encode() in gzip.decompress(packed)
    assert len(packed) < len(plain)


@pytest.mark.parametrize(("service", "takes"), [("intacct", "identity"), ("certify", "identity"), ("control", "gzip")])
def test_nothing_is_packed_for_who_does_not_take_it_nor_on_the_control_routes(get, fresh_sandbox, service, takes):
    fresh_sandbox.settings(gzip=True)
    encoding, body = get(service, takes)
    assert encoding is None
    assert TITLE.encode() in body


def test_half_an_answer_is_no_whole_pack(get, fresh_sandbox):
    fresh_sandbox.settings(gzip=True)
    fresh_sandbox.fault(side="certify", match="departments", kind="truncate_body", times=1)
    with pytest.raises(urllib3.exceptions.ProtocolError):
        get("certify")
    assert TITLE.encode() in gzip.decompress(get("certify")[1])
