"""Whatever decides where money stands is noticed when it changes, and what Intacct may fill in by itself is not."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from certify_intacct.documents.entries import differences, each_difference

WORDS = {"payee_id": "payee"}
CODES = st.dictionaries(
    st.sampled_from(["location", "department", "class", "project"]), st.sampled_from(["1", "2", "3"])
)
AMOUNTS = st.sampled_from(["0.00", "1.00", "2.50", "-1.00"])


@st.composite
def entries(draw: Any) -> dict[str, str]:
    tax = draw(st.sampled_from([{}, {"tax": "0.20"}]))
    return {"account": draw(st.sampled_from(["6220", "6300"])), "amount": draw(AMOUNTS), **tax, **draw(CODES)}


@st.composite
def documents(draw: Any) -> dict[str, Any]:
    header = {"payee_id": "E-1", "currency": "USD", "date": "2026-03-04", "total": "7.00"}
    return {**header, "entries": draw(st.lists(entries(), min_size=1, max_size=6))}


@given(documents(), st.data())
def test_any_change_of_what_decides_is_named(before, data):
    changed = {**before, "entries": [dict(entry) for entry in before["entries"]]}
    place = data.draw(st.sampled_from(["payee_id", "currency", "date", "total", "line", "added", "removed"]))
    if place == "line":
        entry = data.draw(st.sampled_from(changed["entries"]))
        name = data.draw(st.sampled_from(sorted(entry)))
        entry[name] += "9"
    elif place == "added":
        changed["entries"].append(data.draw(entries()))
    elif place == "removed":
        changed["entries"].pop(data.draw(st.integers(0, len(changed["entries"]) - 1)))
    else:
        changed[place] += "9"
    for may_fill in (True, False):
        assert differences(before, changed, WORDS, may_fill=may_fill)
    assert not differences(before, before, WORDS, may_fill=False)


@given(documents(), st.randoms())
def test_lines_in_another_order_are_the_same_lines(before, rng):
    shuffled = {**before, "entries": rng.sample(before["entries"], len(before["entries"]))}
    assert not differences(before, shuffled, WORDS, may_fill=False)


@given(documents(), CODES)
def test_what_intacct_fills_is_a_change_only_afterwards(before, codes):
    filled = {**before, "entries": [{**codes, **entry} for entry in before["entries"]]}
    assert not differences(before, filled, WORDS, may_fill=True)
    assert bool(differences(before, filled, WORDS, may_fill=False)) == (filled != before)


@given(documents())
def test_where_no_tax_is_stated_it_is_as_it_was_sent(before):
    untold = {**before, "entries": [{k: v for k, v in entry.items() if k != "tax"} for entry in before["entries"]]}
    assert not differences(before, untold, WORDS, may_fill=True)


def test_a_company_of_one_currency_states_none():
    before = {"payee_id": "E-1", "currency": "USD", "date": "2026-03-04", "total": "7.00", "entries": []}
    assert not differences(before, {**before, "currency": ""}, WORDS, may_fill=True)


def test_it_says_line_field_and_both_values():
    header = {"payee_id": "E-1", "currency": "USD", "date": "2026-03-04", "total": "3.00"}
    first, second = {"account": "6220", "amount": "1.00"}, {"account": "6300", "amount": "2.00"}
    before = {**header, "entries": [{**first, "department": "30"}, {**second, "department": "30"}]}
    after = {**header, "entries": [{**first, "department": "40"}, second]}
    assert differences(before, after, WORDS, may_fill=True) == [
        "the line over 1.00 on 6220: department 40 instead of 30",
        "the line over 2.00 on 6300: no department instead of 30",
    ]


@given(documents(), st.data())
def test_of_somebody_else_s_document_each_field_is_told_by_itself(before, data):
    """Also a code that ours has not: nobody knows whether Intacct filled it in or the other one chose it."""
    changed = {**before, "entries": [dict(entry) for entry in before["entries"]]}
    assert each_difference(before, changed, WORDS) == []
    (entry,) = changed["entries"] = changed["entries"][:1]
    (mine,) = only = before["entries"][:1]
    name = data.draw(st.sampled_from(["account", "amount", "location", "department"]))
    entry[name] = f"{entry.get(name, '')}9"
    changed["payee_id"] = "E-2"
    told = each_difference({**before, "entries": only}, changed, WORDS)
    assert [(one.name, one.before, one.after) for one in told] == [
        ("payee", "E-1", "E-2"), (name, mine.get(name, ""), entry[name]),
    ]  # fmt: skip
    assert [bool(one.line) for one in told] == [False, True]


@given(documents())
def test_no_line_need_state_the_tax(before):
    silent = {**before, "entries": [{k: v for k, v in entry.items() if k != "tax"} for entry in before["entries"]]}
    assert each_difference(before, silent, WORDS) == []


@given(documents(), documents())
def test_told_one_by_one_or_as_text_the_same_documents_differ(one, two):
    told, text = each_difference(one, two, WORDS), differences(one, two, WORDS, may_fill=False)
    hidden = {entry.get("tax", "") for entry in one["entries"]} - {""}
    assert not told or text
    assert told or not text or hidden
