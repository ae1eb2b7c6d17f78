"""Whatever Certify sends ends in records, in a named error, or in text that can be kept; memory does not grow with malice."""

from __future__ import annotations

import contextlib
import gzip
import json
import tracemalloc
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certify_intacct.certify import answers
from certify_intacct.certify.hook import CertifyHook
from certify_intacct.model.errors import AnswerUnreadable, ConnectorError, RecordRefused
from certify_intacct.staging.values import Unreadable, read_value
from certify_intacct.transport.http import Answer
from certify_intacct.transport.redaction import Redactor
from tests.transport.replay import Reply

SECRET = "key-canary"
GOOD = '{"Page":1,"PageCount":1,"Records":1,"RecordCount":1,"Users":[{"ID":"a","Name":"Mü 漢 🙂","Amount":1.10}]}'
HOSTILE = "a\x00b\x1b[31mc\ud800d\u202ee <b>&amp;{{ 7*7 }} =HYPERLINK(1) '; DROP TABLE x --"


def read(body: bytes):
    content = answers.read(Answer(200, {}, body, None), redact=Redactor([SECRET]), where="x")
    return answers.page(content, "Users", 1, where="x")


def test_the_good_answer_is_good():
    assert read(GOOD.encode()).records[0] == {"ID": "a", "Name": "Mü 漢 🙂", "Amount": Decimal("1.10")}


def test_a_byte_order_mark_is_no_content():
    assert read(b"\xef\xbb\xbf" + GOOD.encode()).record_count == 1


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32", "latin-1", "cp037"])
def test_other_encodings_are_refused(encoding):
    with pytest.raises(AnswerUnreadable):
        read(GOOD.replace("漢 🙂", "").encode(encoding))


@given(st.integers(0, len(GOOD.encode()) - 1))
def test_truncated_anywhere(length):
    with pytest.raises(AnswerUnreadable):
        read(GOOD.encode()[:length])


@given(st.integers(0, len(GOOD.encode()) - 1), st.binary(min_size=1, max_size=8))
def test_damaged_anywhere(place, damage):
    body = GOOD.encode()
    with contextlib.suppress(ConnectorError):
        assert len(read(body[:place] + damage + body[place + len(damage) :]).records) == 1


@pytest.mark.parametrize("depth", [10, 300, 100_000])
@pytest.mark.parametrize(("opened", "closed"), [("[", "]"), ('{"a":', "}")])
def test_deep_nesting(depth, opened, closed):
    body = GOOD.replace('"Mü 漢 🙂"', opened * depth + "1" + closed * depth).encode()
    with contextlib.suppress(AnswerUnreadable):
        assert read(body).record_count == 1


@pytest.mark.parametrize(
    "number",
    [
        "NaN", "Infinity", "-Infinity", "1e999999999", "-1e-999999999", "1e99999999999999999999", "1" + "0" * 5000,
        "1." + "0" * 5000,
    ],
)  # fmt: skip
def test_a_number_that_is_none_makes_its_record_unreadable_and_no_other(number):
    found = read(GOOD.replace("1.10", number).encode())
    (record,) = found.records
    assert (record["ID"], found.record_count) == ("a", 1)
    assert len(record["Amount"]) < 60
    for kind in ("numeric", "integer"):
        with pytest.raises(Unreadable):
            read_value(kind, record["Amount"])


@pytest.mark.parametrize("number", ["0x10", "1_0", "01", "+1", ".5"])
def test_what_is_no_json_is_no_answer(number):
    with pytest.raises(AnswerUnreadable):
        read(GOOD.replace("1.10", number).encode())


@pytest.mark.parametrize("name", ["Page", "PageCount", "Records", "RecordCount"])
@pytest.mark.parametrize("value", ["-1", "1.5", '"1"', "[]", "{}", f'"{SECRET}"', f'["{SECRET}"]', "9" * 4000, "null"])
def test_counts_of_every_wrong_kind(name, value):
    body = GOOD.replace(f'"{name}":1', f'"{name}":{value}')
    assert body != GOOD
    try:
        assert read(body.encode()).record_count >= 1
    except AnswerUnreadable as error:
        said = str(error)
    else:
        said = ""
    assert SECRET not in said
    assert len(said) < 5000


def test_a_name_that_comes_twice_does_not_hide_records():
    for twice in (GOOD.replace('"Users":', '"Users":[],"Users":'), GOOD[:-1] + ',"Users":[]}'):
        with pytest.raises(AnswerUnreadable):
            read(twice.encode())
    assert read((GOOD[:-1] + ',"PageCount":1}').encode()).record_count == 1, "it says nothing else"


@pytest.mark.parametrize(
    "kind", ["numeric", "integer", "text", "code", "date", "boolean", "id", "activity", "timestamp"]
)
def test_a_value_that_is_said_twice_and_differently_is_none_and_its_record_is_refused_alone(kind):
    """Who takes the first and who takes the last would post different amounts."""
    found = read(GOOD.replace('"Amount":1.10', '"Amount":1.10,"Name":"y","Amount":9000').encode())
    (record,) = found.records
    assert record["ID"] == "a"
    for name in ("Amount", "Name"):
        with pytest.raises(Unreadable):
            read_value(kind, record[name])
    same = read(GOOD.replace('"Amount":1.10', '"Amount":1.10,"Amount":1.10').encode())
    assert same.records[0]["Amount"] == Decimal("1.10")


_SAID = st.one_of(
    st.sampled_from([0, 1, True, False, Decimal("1"), Decimal("1.0"), "1", "", None, [], {}]), st.lists(st.just(1))
)


@given(st.lists(st.tuples(st.sampled_from(["a", "b", "ID", "Status", ""]), _SAID), max_size=8))
def test_names_that_are_said_twice_are_as_if_each_was_looked_for_by_itself(pairs):
    wanted = {}
    for name, value in pairs:
        said = [other for known, other in pairs if known == name]
        alike = all((type(one), one) == (type(said[0]), said[0]) for one in said)
        wanted[name] = value if alike else said
    found = answers._named_once(pairs)
    assert repr(found) == repr(wanted)


def test_one_name_that_is_said_twice_does_not_have_every_name_looked_for_among_all():
    """A page may hold hundreds of thousands of names."""
    compared = 0

    class Name(str):
        __slots__ = ()
        __hash__ = str.__hash__

        def __eq__(self, other: object) -> bool:
            nonlocal compared
            compared += 1
            return str.__eq__(self, other)

    pairs = [(Name(f"name {number}"), number) for number in range(2_000)]
    found = answers._named_once([*pairs, (Name("name 7"), "else")])
    assert (len(found), found["name 7"], found["name 8"]) == (2_000, [7, "else"], 8)
    assert compared < 20_000


def test_an_object_of_many_names_of_which_one_is_said_twice_is_read():
    body = b'{"ID":"a",' + b",".join(b'"n%d":1' % number for number in range(200_000)) + b',"ID":"b"}'
    found = answers.read(Answer(200, {}, body, None), redact=Redactor([SECRET]), where="x")
    assert (len(found), found["ID"], found["n7"]) == (200_001, ["a", "b"], 1)


@pytest.mark.parametrize(
    "said", ['"Success","Status":"Error"', '"Error","Status":"Success"', "{}", "[]", "true", "1", '["Error"]']
)
def test_a_creation_whose_status_is_no_word_is_in_doubt(said):
    """Of an answer that says both, nobody knows whether the record is there."""
    content = answers.written(
        Answer(200, {}, f'{{"ID":"x","Status":{said}}}'.encode(), None), redact=Redactor([SECRET]), where="x"
    )
    with pytest.raises(AnswerUnreadable, match="says two things"):
        answers.created_id(content, redact=Redactor([SECRET]), where="x")


@pytest.mark.parametrize(
    "said", ['"ID":"x"', '"ID":"x","Status":null', '"ID":"x","Status":"Success","Status":"Success"']
)
def test_a_creation_without_a_status_or_with_one_is_done(said):
    content = answers.written(Answer(200, {}, f"[{{{said}}}]".encode(), None), redact=Redactor([SECRET]), where="x")
    assert answers.created_id(content, redact=Redactor([SECRET]), where="x") == "x"


def test_an_identity_that_is_said_twice_and_differently_is_none():
    one = answers.read(Answer(200, {}, b'{"ID":"a","ID":"b"}', None), redact=Redactor([SECRET]), where="x")
    with pytest.raises(AnswerUnreadable):
        answers.one_record(one, "Users", "b", where="x")
    for content in (one, {**one, "Status": "Success"}):
        with pytest.raises(AnswerUnreadable):
            answers.created_id(content, redact=Redactor([SECRET]), where="x")


def test_more_values_than_any_page_has():
    with pytest.raises(AnswerUnreadable, match="cannot be understood"):
        read(GOOD.replace('{"ID"', "{}," * 1_600_000 + '{"ID"').encode())


def test_a_bomb_of_zeros_is_not_unpacked(server, connection, monkeypatch):
    bomb = gzip.compress(b" " * 200_000_000, compresslevel=9)
    assert len(bomb) < 250_000
    server.replies = [Reply(bomb, headers={"Content-Encoding": "gzip"})]
    extra = {"api_key": SECRET, "attempts": 1, "max_answer_bytes": 2_000_000}
    monkeypatch.setenv("AIRFLOW_CONN_EMBURSE_CERTIFY_DEFAULT", connection(extra=extra))
    hook = CertifyHook()
    del bomb
    tracemalloc.start()
    try:
        with pytest.raises(AnswerUnreadable, match="larger than 2000000 bytes"):
            list(hook.pages("users"))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
        hook.close()
    assert peak < 10_000_000


@pytest.mark.parametrize("key", ["errorValue", "errorMessage"])
def test_the_words_of_a_refusal_can_be_shown_and_kept(key):
    body = json.dumps({"errorCode": "7", key: HOSTILE + SECRET + "x" * 1_000_000}).encode()
    with pytest.raises(RecordRefused) as caught:
        answers.written(Answer(400, {}, body, None), redact=Redactor([SECRET]), where="x")
    kept = caught.value.message
    assert SECRET not in kept
    assert kept.isprintable()
    kept.encode()
    assert len(kept) < 1000


def test_the_message_of_a_record_can_be_shown_and_kept():
    content = [{"ID": "a", "Status": "Err\x00or" + SECRET, "Message": HOSTILE + SECRET + "x" * 1_000_000}]
    (status,) = answers.statuses(content, ["a"], redact=Redactor([SECRET]), where="x")
    for kept in (status.status, status.message):
        assert SECRET not in kept
        assert kept.isprintable()
        assert len(kept) < 3000
    assert not status.succeeded


@pytest.mark.parametrize("record_id", ["", "a\x00", "\ud800", "\u202e", "x" * 101, 7, None, ["a"]])
def test_an_id_that_is_none_leaves_the_creation_in_doubt(record_id):
    with pytest.raises(AnswerUnreadable, match="holds no ID"):
        answers.created_id({"ID": record_id}, redact=Redactor(), where="x")
