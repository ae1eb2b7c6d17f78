from __future__ import annotations

import html
import json
import pickle
from urllib import parse
from xml.sax import saxutils

import markupsafe
import pytest
from hypothesis import given
from hypothesis import strategies as st

from certify_intacct.model import errors
from certify_intacct.transport.redaction import Redactor, excerpt, readable


def test_a_secret_is_hidden_in_every_spelling():
    redact = Redactor(["p&ss <word>", "other-secret"])
    text = redact("a p&ss <word> b p&amp;ss &lt;word&gt; c p%26ss%20%3Cword%3E d other-secret e")
    assert text == "a *** b *** c *** d *** e"


ODD = "w\u00f6rd &<>\"'%/\\+{}\U0001f642 end"


@pytest.mark.parametrize(
    "written",
    [
        str,
        repr,
        json.dumps,
        lambda text: json.dumps(text, ensure_ascii=False),
        lambda text: json.dumps(text).replace("/", "\\/"),
        lambda text: "".join(f"\\u{ord(c):04X}" if c in "&<>'\"+" else c for c in text),
        html.escape,
        lambda text: html.escape(html.escape(text)),
        lambda text: html.escape(repr(text)),
        lambda text: html.escape(json.dumps(text)),
        lambda text: json.dumps(json.dumps(text)),
        lambda text: parse.quote(parse.quote(text)),
        lambda text: json.dumps(html.escape(repr(text))),
        lambda text: parse.quote(html.escape(text)),
        lambda text: parse.quote(json.dumps(text)),
        lambda text: str(markupsafe.escape(text)),
        lambda text: "".join(c if c.isalnum() and c.isascii() else f"&#{ord(c)};" for c in text),
        lambda text: "".join(c if c.isalnum() and c.isascii() else f"&#x{ord(c):04X};" for c in text),
        lambda text: saxutils.escape(text, {'"': "&quot;", "'": "&apos;"}),
        parse.quote,
        lambda text: parse.quote(text, safe=""),
        parse.quote_plus,
        lambda text: parse.quote(text, safe="").lower(),
        lambda text: repr(text.encode()),
    ],
)
def test_a_secret_is_hidden_however_it_is_written(written):
    shown = Redactor([ODD, "w\u00f6rd"])(f"before {written(ODD)} after")
    assert "end" not in shown
    assert shown.startswith("before ")
    assert shown.endswith(" after")


@given(st.text(min_size=4, max_size=12), st.sampled_from([str, html.escape, json.dumps, parse.quote]))
def test_any_secret_is_hidden(secret, written):
    assert Redactor([secret])(f"[{written(secret)}]") != f"[{written(secret)}]"


@pytest.mark.parametrize("blanks", [0, 1590, 1600, 16_370, 16_384, 100_000])
def test_an_excerpt_never_shows_the_beginning_of_a_secret(blanks):
    body = b" " * blanks + b"s3cret-canary-of-some-length " * 2000
    assert "s3cret" not in excerpt(body, Redactor(["s3cret-canary-of-some-length"]))


def test_what_a_service_says_becomes_text_that_can_be_kept():
    shown = readable("a\x00b\ud800c\u202ed\n<b> secret " + "x" * 5000, Redactor(["secret"]))
    assert shown.startswith("a b c d <b> *** xxx")
    assert len(shown) <= 2003
    shown.encode()


@pytest.mark.parametrize(
    "text",
    [
        "&lt;password&gt;hunter2&lt;/password&gt;",
        "<control><password>hunter2</password></control>",
        "<sessionid> hunter2 </sessionid>",
        "<PASSWORD>hunter2",
        "x-api-key: hunter2",
        "x-api-key%3A%20hunter2",
        "&#x27;x-api-key&#x27;: &#x27;hunter2&#x27;",
        '"X-Api-Secret": "hunter2"',
        "x-api-secret=hunter2&y=1",
    ],
)
def test_whatever_stands_where_secrets_stand_is_hidden(text):
    assert "hunter2" not in Redactor()(text)


def test_what_no_escaping_changes_is_hidden_even_where_the_rest_is_unrecognisable():
    shown = Redactor(["Tr0ubador9~~~horse"])("?q=Tr0ubador9<~>horse and a horse")
    assert shown == "?q=***<~>horse and a horse"


def test_words_of_a_passphrase_do_not_spoil_every_text():
    assert Redactor(["certainly-password-correct"])("the password is certainly not correct") == (
        "the password is certainly not correct"
    )


def test_a_short_secret_does_not_spoil_every_text():
    assert Redactor(["a", "", None])("a banana") == "a banana"


def test_excerpt_is_one_printable_redacted_line():
    shown = excerpt(b"<fault>\x00\x1b[31m\n  s3cret-canary \xff " + b"x" * 1000, Redactor(["s3cret-canary"]))
    assert shown.startswith("<fault> *** ")
    assert shown.endswith("...")
    assert len(shown) <= 203
    assert shown.isprintable()


def test_errors_read_as_one_paragraph_and_survive_pickling():
    error = errors.RateLimited("Too fast", where="Certify", cure="Slow down.", retry_after=3.0)
    again = pickle.loads(pickle.dumps(error))
    assert str(again) == "Certify: Too fast. Slow down."
    assert again.retry_after == 3.0
    failed = errors.FunctionFailed(
        errors=[errors.IntacctError("BL1", "", "It is wrong.", "Put it right.", "abc~")], reason="vendor"
    )
    assert str(pickle.loads(pickle.dumps(failed))) == "It is wrong. Put it right. (BL1) [Support ID: abc~]"
    assert pickle.loads(pickle.dumps(failed)).errors == failed.errors
