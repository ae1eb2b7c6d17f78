"""What a proxy answers is a web page: people are told its title and first words, never its markup."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certify_intacct.transport.http import HttpClient
from certify_intacct.transport.redaction import Redactor, excerpt
from certify_intacct.transport.settings import TransportSettings
from tests.transport.replay import Reply

SECRET = "canary-s3cret"
_STYLE = "<style>" + ".x{color:red} " * 400 + "</style><script>if (a < b) { document.write('<p>no</p>') }</script>"
PAGE = (
    "<!DOCTYPE html>\n<HTML><head><meta charset='iso-8859-1'>\n<title>\x1b[31mZugang\n gestört &amp; überlastet\x1b[0m</title>"
    f"{_STYLE}</head><body><!-- build 7 --><h1>Der Proxy &lt;web-3&gt; \x00\x07kann nicht</h1> <p>Ticket {SECRET}</p>"
    + "<div class='pad'>Bitte später.</div>" * 1200
    + "</body></HTML>"
)  # fmt: skip


def test_a_page_of_forty_kilobytes_is_its_title_and_first_words(server):
    """Packed, in Latin-1, with control characters and the colours of a terminal."""
    body = PAGE.encode("latin-1")
    assert len(body) > 40_000
    server.replies = [Reply(body, status=502, gzipped=True, headers={"Content-Type": "text/html"})]
    redact = Redactor([SECRET])
    answer = HttpClient(TransportSettings(), redact, where="Certify").send("GET", server.url, headers={})
    said = excerpt(answer.body, redact)
    assert said.startswith(
        'a web page, "Zugang gestört & überlastet": Der Proxy web-3 kann nicht Ticket *** Bitte später.'
    )
    assert len(said) <= 300
    assert said.isprintable()
    assert not re.search(r"[<>\x1b]|color:red|document", said)


@given(st.text(), st.binary(max_size=60))
def test_whatever_the_page_is_made_of_one_short_line_comes_of_it(text, more):
    said = excerpt(b"<html><title>" + text.encode("utf-8", "surrogatepass") + more, Redactor())
    assert said.startswith("a web page")
    assert len(said) <= 300
    assert said.isprintable()
    assert "<" not in said


@pytest.mark.parametrize(
    "page", ["<html><body><script>x", "<html><![foo[<title>t</title>", "<html><!DOCTYPE [<", "<title>only"]
)
def test_what_is_broken_is_a_web_page_all_the_same(page):
    assert excerpt(page.encode(), Redactor()).startswith("a web page")


def test_what_is_no_page_is_shown_as_it_is():
    assert excerpt(b'{"errorMessage": "a < b"}', Redactor()) == '{"errorMessage": "a < b"}'


def test_a_secret_that_markup_cuts_in_two_is_hidden():
    said = excerpt(b"<html><body>canary-<b></b>s3cret and canary&#45;s3cret", Redactor([SECRET]))
    assert "s3cret" not in said
