"""Each unknown turned the other way: the report names exactly the setting that was turned."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from include.recording.comparing import differences
from include.recording.exchanges import ALL, EXCHANGES
from include.recording.explaining import explained
from include.recording.turned import NOT_SHOWN, TURNED
from include.recording.writing_exchanges import WRITING
from include.sandbox.settings import Settings

BY_PLACE = {exchange.place: exchange for exchange in ALL}
READING = [exchange.place for exchange in EXCHANGES]

#: What is turned of a setting whose values are worked out from what a recording shows.
OTHERWISE = [
    {"session_minutes": 30},
    {"query_page_maximum": 13},
    {"read_page_maximum": 7},
    {"further_rights": {"APBILL": ["Submit", "Post"]}},
    {"timestamp_zone": "America/Los_Angeles"},
    {"hidden_fields": {"VENDOR": ["TERMNAME"]}},
    {"unreadable_fields": {"VENDOR": ["ONHOLD"]}},
    {"custom_fields": {"VENDOR": {"NOTE_OF_OURS": {"label": "A note of ours"}}}},
    {"field_lengths": {"VENDOR": {"NAME": 77}}},
    {"company_preferences": {"AP": {"FURTHER": "Y"}}},
    {"replay_errorno": "XL03000009"},
    {"replay_text": "Nope: {controlid} was here."},
    {"certify_page_size": 10},
    {"certify_disapproved_status": "Rejected"},
    {"certify_omitted_fields": {"users": ["MobilePhone"]}},
]
OF_WRITES = {name for exchange in WRITING for name in exchange.settings}
TURNS = [turn for tried in TURNED.values() if not callable(tried) for turn in tried] + OTHERWISE


def test_each_setting_is_shown_by_an_exchange_or_the_report_says_why_not():
    named = {name for exchange in ALL for name in exchange.settings}
    assert set(TURNED) == named
    assert set(TURNED) & set(NOT_SHOWN) == set()
    assert set(TURNED) | set(NOT_SHOWN) == set(Settings.model_fields)
    assert {name for turn in TURNS for name in turn} == set(TURNED)


def test_what_is_turned_is_another_value_than_the_shipped_one():
    shipped = Settings().model_dump(mode="json")
    assert [turn for turn in TURNS if any(shipped[name] == value for name, value in turn.items())] == []


def test_the_sandbox_does_not_differ_from_itself(company, shipped):
    assert differences(company.play({}, READING), shipped, BY_PLACE) == []
    assert [one for one in shipped.values() if one.missing and "APIUSAGESUMMARY" not in one.place] == []


def shown_by(turn) -> set[str]:
    return {exchange.place for exchange in ALL if set(exchange.settings) & set(turn)}


def groups() -> list[list[dict[str, object]]]:
    """Turns that no exchange shows two of, so that each is seen for itself; what changes everything is turned alone."""
    found: list[list[dict[str, object]]] = []
    for turn in [turn for turn in TURNS if not set(turn) <= OF_WRITES]:
        alone = "multi_entity" in turn
        for group in found:
            taken = set().union(*map(shown_by, group))
            if not alone and not any("multi_entity" in one for one in group) and not taken & shown_by(turn):
                group.append(turn)
                break
        else:
            found.append([turn])
    return found


@pytest.mark.parametrize(
    "group", groups(), ids=lambda group: "+".join(dict.fromkeys(name for turn in group for name in turn))
)
def test_the_report_names_exactly_what_was_turned(group, company, shipped):
    """Recorded as a company whose services answer otherwise in several points."""
    turned = {name: value for turn in group for name, value in turn.items()}
    found = explained(company.play(turned, READING), shipped, BY_PLACE, company.play)
    assert [one.difference for one in found if not one.turn] == []
    assert {name for one in found for name in one.turn} == set(turned)


def test_a_value_that_no_sandbox_can_have_is_no_explanation(company, shipped):
    """A company may be as nobody has thought of; the report says so, and goes on."""
    place = "intacct/user_formatting"
    body = re.sub("<gmtoffset>.*?</gmtoffset>", "<gmtoffset>+15:00</gmtoffset>", shipped[place].body)
    found = explained(shipped | {place: replace(shipped[place], body=body)}, shipped, BY_PLACE, company.play)
    assert [(one.difference.place, one.difference.name, one.turn) for one in found] == [(place, "+15:00", {})]


WRITES = [exchange.place for exchange in WRITING]


@pytest.mark.parametrize("turn", [turn for turn in TURNS if set(turn) <= OF_WRITES], ids=str)
def test_what_is_written_shows_what_becomes_of_a_control_id(turn, company):
    found = explained(company.play(turn, WRITES), company.play({}, WRITES), BY_PLACE, company.play)
    assert [one.difference for one in found if not one.turn] == []
    assert {name for one in found for name in one.turn} == set(turn)
