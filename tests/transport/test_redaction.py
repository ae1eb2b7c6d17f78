from __future__ import annotations

import pickle

import pytest

from certify_intacct.model import errors
from certify_intacct.transport.redaction import Redactor, excerpt


def test_a_secret_is_hidden_in_every_spelling():
    redact = Redactor(["p&ss <word>", "other-secret"])
    text = redact("a p&ss <word> b p&amp;ss &lt;word&gt; c p%26ss%20%3Cword%3E d other-secret e")
    assert text == "a *** b *** c *** d *** e"


@pytest.mark.parametrize(
    "text",
    [
        "<control><password>hunter2</password></control>",
        "<sessionid> hunter2 </sessionid>",
        "<PASSWORD>hunter2",
        "x-api-key: hunter2",
        '"X-Api-Secret": "hunter2"',
        "x-api-secret=hunter2&y=1",
    ],
)
def test_whatever_stands_where_secrets_stand_is_hidden(text):
    assert "hunter2" not in Redactor()(text)


def test_a_short_secret_does_not_spoil_every_text():
    assert Redactor(["a", "", None])("a banana") == "a banana"


def test_excerpt_is_one_printable_redacted_line():
    shown = excerpt(b"<html>\x00\x1b[31m\n  s3cret-canary \xff " + b"x" * 1000, Redactor(["s3cret-canary"]))
    assert shown.startswith("<html> [31m *** ")
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
