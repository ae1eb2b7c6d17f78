"""Descriptions and memos read in Intacct as they read in Certify, whatever stands in them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certify_intacct.rules.texts import readable
from certify_intacct.transport.text import clean_text
from tests.rules.expenses.company import REFERENCES, TODAY, card_line, configuration, line, plan_report, report

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


@given(st.text())
def test_what_one_text_needs_changes_nothing_of_the_rest(text):
    """Whether or not something in it has to go."""
    assert readable(f"{text}\n", 1000) == readable(text, 1000) == readable(f"\u202e{text}", 1000)


def texts_of(**texts):
    """The descriptions and memos of a report with both parts."""
    lines = (line("a", "10", location="Denver"), card_line("b", "20", "T-1", reason=""))
    planned = plan_report(report(*lines), lines, REFERENCES, configuration(texts=texts), today=TODAY)
    return [(document.description, document.lines[0].memo) for document in planned.documents]


def test_as_shipped_they_say_what_a_person_looks_for():
    assert texts_of() == [
        ("104233 Denver trip Ana Ruiz", "2026-02-25 Hotel Hotel Teatro: Client visit"),
        ("104233 Denver trip Ana Ruiz", "2026-02-25 Hotel Hotel Teatro"),
    ]


def test_a_company_s_own_templates():
    own = {
        "description": "{approval_code} / {employee_id} until {processed_date}",
        "memo": "{merchant}[ in {place}][ ({reason})] {amount} {currency}[ **{card_last}]",
    }
    assert texts_of(**own) == [
        ("104233 / E-1007 until 2026-03-07", "Hotel Teatro in Denver (Client visit) 10 USD"),
        ("104233 / E-1007 until 2026-03-07", "Hotel Teatro 20 USD **4821"),
    ]


def test_what_is_too_long_is_cut_at_its_end():
    ((description, _), _) = texts_of(description="{approval_code} " + "x" * 2000)
    assert len(description) == 1000
    assert description.startswith("104233 xxx")
