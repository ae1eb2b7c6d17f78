"""Descriptions and memos read in Intacct as they read in Certify, whatever stands in them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certify_intacct.rules.texts import readable
from certify_intacct.transport.text import clean_text

TURNS = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


@pytest.mark.parametrize("mark", TURNS)
def test_what_turns_the_direction_of_writing_is_dropped(mark):
    """An override would show the rest of a memo backwards, and the words after it with it."""
    assert readable(f"paid {mark}gnp.exe", 100) == "paid gnp.exe"


def test_right_to_left_scripts_stay():
    for text in ("\u05de\u05dc\u05d5\u05df \u05ea\u05dc", "\u0641\u0646\u062f\u0642\u200f 12", "\u06a9\u200c\u0648"):
        assert readable(text, 100) == text


@given(st.text(), st.integers(20, 60))
def test_every_text_can_be_sent_on_one_line_and_fits(text, longest):
    sent = readable(text, longest)
    assert len(sent) <= longest
    assert clean_text(sent, field="memo") == sent
    assert not set(sent) & {*TURNS, "\n", "\r", "\t", "\x85", "\u2028", "\u2029"}
    assert readable(sent, longest) == sent
