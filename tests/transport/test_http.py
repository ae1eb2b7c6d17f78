from __future__ import annotations

import socket
import ssl
import threading
from dataclasses import fields

import pytest

from certify_intacct.model.errors import AnswerUnreadable, ConfigurationError, ServiceUnavailable
from certify_intacct.transport import settings
from certify_intacct.transport.addresses import is_loopback
from certify_intacct.transport.http import HttpClient
from certify_intacct.transport.redaction import Redactor
from certify_intacct.transport.settings import TransportSettings
from tests.transport.internet import certificate
from tests.transport.replay import Reply

SECRET = "canary-s3cret&<value>"


def client(**settings) -> HttpClient:
    return HttpClient(TransportSettings(**settings), Redactor([SECRET]), where="The service")


def test_answer_is_read_whole_whatever_its_status(server):
    server.replies = [
        Reply(b"refused", status=418, headers={"Retry-After": "7", "X-Y": "z"}),
        Reply(b"x" * 300_000, gzipped=True),
    ]
    http = client()

    first = http.send("POST", server.url + "/a", headers={"Content-Type": "application/xml"}, body=b"<x/>")
    second = http.send("GET", server.url + "/b", headers={})

    assert (first.status, first.body, first.retry_after, first.headers["x-y"]) == (418, b"refused", 7.0, "z")
    assert second.body == b"x" * 300_000
    assert server.asked[0].body == b"<x/>"
    assert server.asked[0].headers["Content-Type"] == "application/xml"
    assert server.asked[0].headers["User-Agent"].startswith("certify-intacct/")


def test_retry_after_may_be_a_date_or_nonsense(server):
    server.replies = [
        Reply(headers={"Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT"}),
        Reply(headers={"Retry-After": "soon"}),
        Reply(headers={"Retry-After": "9" * 400}),
        Reply(headers={"Retry-After": "²"}),
    ]
    http = client()
    answers = [http.send("GET", server.url, headers={}).retry_after for _ in range(4)]
    assert answers == [0.0, None, 999_999_999.0, None]


@pytest.mark.parametrize("cut", ["before", "within"])
def test_cut_connection_is_an_unreadable_answer_and_is_not_tried_again(server, cut):
    server.replies = [Reply(b"0123456789" * 100, cut=cut), Reply(b"second")]
    with pytest.raises(AnswerUnreadable, match="before a whole answer had come"):
        client().send("POST", server.url, headers={}, body=b"pay")
    assert len(server.asked) == 1


def test_silence_is_an_unreadable_answer(server):
    server.replies = [Reply(b"late", delay=5)]
    with pytest.raises(AnswerUnreadable, match="timed out"):
        client(read_timeout=0.1).send("POST", server.url, headers={}, body=b"pay")


def test_trickling_answer_ends_at_the_deadline(server):
    server.replies = [Reply(b"x" * 10_000, trickle=0.02)]
    with pytest.raises(AnswerUnreadable, match=r"not arrived whole after 0\.2 seconds"):
        client(total_timeout=0.2, read_timeout=5).send("GET", server.url, headers={})


def test_nothing_listening_means_nothing_was_sent():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(ServiceUnavailable, match=r"No connection to 127\.0\.0\.1"):
        client().send("POST", f"http://127.0.0.1:{port}/", headers={}, body=b"pay")


@pytest.mark.parametrize("gzipped", [False, True])
def test_answer_beyond_the_limit_is_not_read_on(server, gzipped):
    server.replies = [Reply(b"0" * 5_000_000, gzipped=gzipped)]
    with pytest.raises(AnswerUnreadable, match="larger than 1000000 bytes"):
        client(max_answer_bytes=1_000_000).send("GET", server.url, headers={})


def test_broken_compression_is_an_unreadable_answer(server):
    server.replies = [Reply(b"this is no gzip", headers={"Content-Encoding": "gzip"})]
    with pytest.raises(AnswerUnreadable):
        client().send("GET", server.url, headers={})


def test_redirect_is_not_followed(server):
    server.replies = [Reply(status=307, headers={"Location": server.url + "/elsewhere"})]
    assert client().send("POST", server.url, headers={}, body=b"secret").status == 307
    assert len(server.asked) == 1


def test_passwords_of_a_netrc_file_are_not_sent(server, monkeypatch, tmp_path):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login me password netrc-password\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    server.replies = [Reply(), Reply()]
    client().send("GET", server.url, headers={})
    assert "Authorization" not in server.asked[0].headers


def test_a_proxy_is_never_used_for_this_machine(server, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    server.replies = [Reply(b"direct")]
    assert client().send("GET", server.url, headers={}).body == b"direct"


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.9.1", "localhost", "LOCALHOST", "[::1]"])
def test_loopback(host):
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["", None, "0.0.0.0", "10.0.0.1", "localhost.example.com", "2130706433"])
def test_not_loopback(host):
    assert not is_loopback(host)


def test_untrusted_certificate_is_refused(tmp_path):
    pem = certificate(tmp_path, "localhost")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(10)

    def handshake() -> None:
        connection, _ = listener.accept()
        try:
            context.wrap_socket(connection, server_side=True).close()
        except (ssl.SSLError, OSError):
            connection.close()

    thread = threading.Thread(target=handshake)
    thread.start()
    try:
        with pytest.raises(ConfigurationError, match="certificate of localhost is not trusted"):
            client().send("POST", f"https://localhost:{listener.getsockname()[1]}/", headers={}, body=b"secret")
    finally:
        thread.join()
        listener.close()


def test_settings_come_from_the_connection():
    settings = TransportSettings.from_extra(
        {"read_timeout": "2.5", "attempts": 3, "other": "x", "pool_size": ""}, where="It"
    )
    assert (settings.read_timeout, settings.attempts, settings.pool_size) == (2.5, 3, 4)


@pytest.mark.parametrize("value", ["fast", 0, -1, "nan", "inf", "1e999", True])
def test_wrong_setting_is_named(value):
    with pytest.raises(ConfigurationError, match=r"attempts is .* must be a number above zero"):
        TransportSettings.from_extra({"attempts": value}, where="It")


@pytest.mark.parametrize("name", [field.name for field in fields(TransportSettings)])
@pytest.mark.parametrize("value", ["9" * 13, "1e13", "1e300", "9" * 5000])
def test_a_setting_that_nothing_can_keep_to_is_refused_before_it_is_tried(name, value):
    """A time-out of so many seconds ends in an error of the socket, and so many kept connections take all memory."""
    with pytest.raises(ConfigurationError, match=f"{name} is .* at most") as caught:
        TransportSettings.from_extra({name: value}, where="It")
    assert len(str(caught.value)) < 400


def test_the_largest_settings_work(server):
    server.replies = [Reply(b"x")]
    largest = TransportSettings.from_extra(settings._MOST, where="It")
    http = HttpClient(largest, Redactor(), where="The service")
    assert http.send("GET", server.url, headers={}).body == b"x"
