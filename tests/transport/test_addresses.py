"""What is checked is what is connected to: one parser, and no address over which two parsers differ."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from requests import PreparedRequest
from urllib3.util import parse_url

from certify_intacct.model.errors import ConfigurationError
from certify_intacct.transport.addresses import Address, Hosts, is_loopback

INTACCT = Hosts("Intacct", ".intacct.com")

# Each of these passes for Intacct, or for this machine, in the eyes of some parser, and leads elsewhere in the eyes of another.
ATTACKS = [
    "https://evil.example\\.intacct.com/x", "https://evil.example\\@api.intacct.com/x", "https:\\\\evil.example\\.intacct.com/x",
    "https:/\\evil.example/.intacct.com", "https://evil.example#.intacct.com/x", "https://evil.example?.intacct.com/x",
    "https://evil.example%2f.intacct.com/x", "https://evil.example%5c.intacct.com/x", "https://evil.example%00.intacct.com/x",
    "https://api.intacct.com@evil.example/x", "https://api.intacct.com:443@evil.example/x", "https://a:b@api.intacct.com/x",
    "https://evil.example\t.intacct.com/x", "https://evil.example\n.intacct.com/x", "https://evil.example\x00.intacct.com/x",
    "https://evil.example .intacct.com/x", "https://evil.example\u2028.intacct.com/x", "https://evil.example\u00ad.intacct.com/x",
    "https://evil.example\u3002intacct.com/x", "https://evil.example\uff0f.intacct.com/x", "https://evil.example\u2100.intacct.com/",
    "https://evil.example\uff03.intacct.com/x", "https://api.intacct\uff0ecom.evil.example/x", "https://ａpi.intacct.com/x",
    "https://api.intacct.com./x", "https://api.intacct.com../x", "https://.intacct.com/x", "https://intacct.com/x",
    "https://evilintacct.com/x", "https://api.intacct.com.evil.example/x", "https://api.intacct.com:8443/x",
    "https://api.intacct.com:0443/x", "https://api.intacct.com:443:443/x", "https://api.intacct.com:/x", "https://api.intacct.com:65979/x",
    "https://[::ffff:8.8.8.8]/x", "https://[api.intacct.com]/x", "https://[::1%25eth0]/x", "http://[::1]evil.example/x",
    "http://[::ffff:127.0.0.1]/x", "http://[0:0:0:0:0:0:0:1]/x", "http://127.1/x", "http://2130706433/x", "http://0x7f.0.0.1/x",
    "http://0177.0.0.1/x", "http://127.0.0.1.evil.example/x", "http://127.0.0.1@evil.example/x", "http://127.0.0.1\\@evil.example/x",
    "http://127.0.0.01/x", "http://0/x", "http://0.0.0.0/x", "http://localhost.evil.example/x", "http://localhost\\.evil.example/x",
    "http://127.0.0.1%2eevil.example/x", "http://①27.0.0.1/x", "http://127。0。0。1/x", "http://localhost./x",
    "//api.intacct.com/x", "api.intacct.com/x", "https:api.intacct.com/x", "https:///api.intacct.com/x", "https://", "https://:443/x",
    "ftp://api.intacct.com/x", "file:///etc/passwd", "javascript:alert(1)//.intacct.com", "http://api.intacct.com/x",
    "https://api.intacct.com/a b", "https://api.intacct.com/a\r\nX-Header: 1", "https://api.intacct.com/x#y", " https://api.intacct.com/x",
    "https://api.intacct.com/x\n", "https://api.intacct.com/a/../b", "https://api.intacct.com/%zz", "https://xn--.intacct.com/x",
    "https://api_x.intacct.com/x", "https://-a.intacct.com/x",
    f"https://{'a' * 64}.intacct.com/x", f"https://api.intacct.com/{'x' * 2000}",
]  # fmt: skip


def shown(text: str) -> str:
    return ascii(text)[:80]


@pytest.mark.parametrize("text", ATTACKS, ids=shown)
def test_what_only_looks_like_an_address_of_intacct_is_refused(text):
    with pytest.raises(ConfigurationError):
        INTACCT.address(text, where="x")


@pytest.mark.parametrize("text", [*ATTACKS, "https://evil.example/x", ""], ids=shown)
def test_no_page_links_to_it(text):
    # The last two are refused for what requests makes of them; the host is Intacct's.
    assert INTACCT.link(text) in ("", "https://api.intacct.com/a/../b", "https://xn--.intacct.com/x")


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("https://api.intacct.com/ia/xml/xmlgw.phtml", Address("https", "api.intacct.com", 443, "/ia/xml/xmlgw.phtml")),
        ("HTTPS://NA12.Intacct.com:443", Address("https", "na12.intacct.com", 443, "/")),
        ("https://www-p07.intacct.com/a?.r=1&x=%2F", Address("https", "www-p07.intacct.com", 443, "/a?.r=1&x=%2F")),
        ("http://127.8.9.1:8900/x", Address("http", "127.8.9.1", 8900, "/x")),
        ("http://LOCALHOST?x", Address("http", "localhost", 80, "/?x")),
        ("https://[::1]:8443/", Address("https", "[::1]", 8443, "/")),
    ],
)
def test_what_is_an_address_is_read_into_its_parts(text, address):
    assert INTACCT.address(text, where="x") == address
    assert INTACCT.link(text) == address.url


@pytest.mark.parametrize(
    "text",
    [
        "https://user:canary@evil.example/",
        "https://user:canary@[::1",
        "https://u:canary\\@x/",
        "https://u:canary%40x/",
        "u:canary＠x",
        "u:canary\ufe6bx",
    ],
)
def test_a_password_in_an_address_is_not_shown(text):
    with pytest.raises(ConfigurationError, match="user name or password") as caught:
        INTACCT.address(text, where="x")
    assert "canary" not in str(caught.value)


def test_an_administrator_lists_further_hosts_and_only_https_goes_there(monkeypatch):
    monkeypatch.setenv("AIRFLOW__CERTIFY_INTACCT__HOSTS", "gateway.example, other.example:8443")
    for text in ("https://gateway.example/x", "https://Other.Example:8443/x"):
        assert Hosts().address(text, where="x")
    for text in (
        "http://gateway.example/x", "https://gateway.example:8443/x", "https://other.example/x", "https://a.gateway.example/x",
        "https://example/x",
    ):  # fmt: skip
        with pytest.raises(ConfigurationError):
            Hosts().address(text, where="x")


_PIECES = st.sampled_from(
    ["https://", "http://", "api.intacct.com", ".intacct.com", "evil.example", "127.0.0.1", "[::1]", "localhost", "/", "\\", "@", ":",
     "443", "?", "#", "%2f", "%2E", ".", "。", "\t", "\n", "\u200b", "％", "A", "ß", "xn--", "0x7f", "1", "//", " ", ";", "["]
)  # fmt: skip


@given(st.one_of(st.text(max_size=40).map("https://".__add__), st.lists(_PIECES, max_size=8).map("".join)))
@example("https://api.intacct.com/")
def test_whatever_is_taken_means_the_same_to_every_parser(text):
    try:
        address = INTACCT.address(text, where="x")
    except ConfigurationError:
        return
    prepared = PreparedRequest()
    prepared.prepare_url(address.url, None)
    assert prepared.url == address.url
    for parsed in (urlsplit(address.url), parse_url(address.url), urlsplit(text), parse_url(text)):
        host = (getattr(parsed, "hostname", "") or "").strip("[]").lower()
        assert (parsed.scheme.lower(), host, parsed.port or {"http": 80, "https": 443}[address.scheme]) == (
            address.scheme, address.host.strip("[]"), address.port
        )  # fmt: skip
    assert is_loopback(address.host) or (address.scheme == "https" and address.host.endswith(".intacct.com"))


@pytest.mark.parametrize(
    "text", ["https://help.certify.com/x", "https://a.api.certify.com/x", "https://apiXcertify.com/x"]
)
def test_a_service_with_one_host_has_no_other(text):
    certify = Hosts("Certify", "api.certify.com")
    assert certify.address("https://api.certify.com/v1/", where="x")
    with pytest.raises(ConfigurationError, match="not an address of Certify"):
        certify.address(text, where="x")
