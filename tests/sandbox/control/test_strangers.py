"""A web page in a browser on this machine reaches loopback too: the sandbox answers none but its own clients."""

from __future__ import annotations

import http.client
from urllib.parse import urlsplit

import pytest

from tests.sandbox_fixture import RunningSandbox


def ask(
    sandbox: RunningSandbox, path: str = "/_sandbox/settings", method: str = "GET", **headers: str
) -> tuple[int, str]:
    """What a request with exactly these headers is answered."""
    connection = http.client.HTTPConnection("127.0.0.1", urlsplit(sandbox.url).port, timeout=20)
    connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
    for name, text in headers.items():
        connection.putheader(name.replace("_", "-"), text)
    connection.endheaders()
    answer = connection.getresponse()
    told = answer.status, answer.read().decode()
    connection.close()
    return told


@pytest.fixture
def port(sandbox) -> int:
    return urlsplit(sandbox.url).port


@pytest.mark.parametrize(
    "host",
    [
        "evil.example", "evil.example:PORT", "127.0.0.1.evil.example", "localhost.evil.example:PORT", "127.0.0.1@evil.example",
        "evil.intacct.com.evil.example", "evilintacct.com", "10.0.0.1", "0.0.0.0", "", "2130706433", "[::ffff:127.0.0.1]",
        "127.0.0.1:PORT:1", "127.0.0.1:x",
    ],
)  # fmt: skip
@pytest.mark.parametrize("path", ["/_sandbox/settings", "/v1/users", "/ia/xml/xmlgw.phtml", "/"])
def test_a_name_that_was_bound_to_this_machine_is_refused(sandbox, port, host, path):
    status, text = ask(sandbox, path, Host=host.replace("PORT", str(port)))
    assert status == 421
    assert "127.0.0.1" in text


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1:PORT", "localhost:PORT", "LOCALHOST", "[::1]:PORT", "sandbox.intacct.com:PORT", "api.certify.com"],
)
def test_its_own_names_are_answered(sandbox, port, host):
    assert ask(sandbox, Host=host.replace("PORT", str(port)))[0] == 200


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "null",
        "http://127.0.0.1:1",
        "https://127.0.0.1:PORT",
        "http://localhost:PORT",
        "",
        "file://",
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_a_page_of_another_origin_is_refused_and_changes_nothing(sandbox, port, origin, method):
    given = origin.replace("PORT", str(port))
    status, text = ask(sandbox, "/_sandbox/faults", method, Host=f"127.0.0.1:{port}", Origin=given, Content_Length="0")
    assert (status, "another page" in text) == (403, True)


@pytest.mark.parametrize(
    ("site", "status"), [("cross-site", 403), ("same-site", 403), ("none", 200), ("same-origin", 200)]
)
def test_what_a_browser_fetches_for_another_page_is_refused(sandbox, port, site, status):
    assert ask(sandbox, Host=f"127.0.0.1:{port}", Sec_Fetch_Site=site)[0] == status
    own = {"Host": f"127.0.0.1:{port}", "Origin": f"http://127.0.0.1:{port}"}
    assert ask(sandbox, **own)[0] == 200


def test_a_second_host_is_refused(sandbox, port):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.putrequest("GET", "/_sandbox/settings")
    connection.putheader("Host", "evil.example")
    connection.endheaders()
    assert connection.getresponse().status in (400, 421)
    connection.close()
