"""Whatever comes over the wire ends in results or in a named error, in bounded memory."""

from __future__ import annotations

import contextlib
import socket
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certify_intacct.intacct import responses
from certify_intacct.model.errors import AnswerUnreadable, ConnectorError
from certify_intacct.transport.http import Answer
from certify_intacct.transport.redaction import Redactor
from tests.intacct import gateway as g
from tests.intacct.test_responses import HEAD, TAIL

GOOD = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    + HEAD
    + g.result(
        "1",
        "query",
        '<data listtype="V" totalcount="1" count="1" numremaining="0"><V><NAME>Mü &amp; 漢 🙂</NAME></V></data>',
    )
    + g.result("2", "create", "<errormessage>" + g.error("BL1", "Bad") + "</errormessage>", "failure")
    + TAIL
).encode()


def read(body: bytes, status: int = 200, writes: bool = True):
    return responses.read(Answer(status, {}, body, None), ["1", "2"], writes=writes, redact=Redactor(), where="x")


def test_the_good_answer_is_good():
    assert read(GOOD).results[0].records == ({"NAME": "Mü & 漢 🙂"},)


@given(st.integers(0, len(GOOD) - 1))
def test_truncated_anywhere(length):
    with pytest.raises(AnswerUnreadable):
        read(GOOD[:length])


@given(
    st.integers(0, len(GOOD) - 1), st.binary(min_size=1, max_size=8), st.booleans(), st.sampled_from([200, 400, 500])
)
def test_damaged_anywhere(place, damage, writes, status):
    with contextlib.suppress(ConnectorError):
        answer = read(GOOD[:place] + damage + GOOD[place + len(damage) :], status, writes)
        assert {result.control_id for result in answer.results} == {"1", "2"}


@given(st.binary(max_size=300), st.sampled_from([200, 204, 302, 400, 404, 429, 500, 524]), st.booleans())
def test_noise(body, status, writes):
    with pytest.raises(ConnectorError):
        read(body, status, writes)


@given(st.integers(0, len(GOOD)))
def test_a_nul_anywhere(place):
    with pytest.raises(AnswerUnreadable):
        read(GOOD[:place] + b"\0" + GOOD[place:])


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32", "latin-1", "cp037"])
def test_bytes_that_are_not_what_the_declaration_says(encoding):
    text = GOOD.decode().replace("漢 🙂", "")
    with contextlib.suppress(ConnectorError):
        assert len(read(text.encode(encoding)).results) == 2


def test_unknown_encoding():
    with pytest.raises(AnswerUnreadable):
        read(GOOD.replace(b'encoding="UTF-8"', b'encoding="martian"'))


def bomb(levels: int = 12) -> bytes:
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, levels))
    answer = GOOD.decode().partition("?>")[2].replace("Bad", f"&e{levels - 1};")
    return f'<!DOCTYPE response [<!ENTITY e0 "lol">{entities}]>{answer}'.encode()


def test_entities_are_never_expanded():
    tracemalloc.start()
    try:
        for body in (bomb(), bomb().decode().encode("utf-16"), bomb().replace(b"Bad", b"")):
            with pytest.raises(AnswerUnreadable):
                read(body)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 10_000_000


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_external_entities_are_neither_read_nor_fetched(encoding, tmp_path):
    (tmp_path / "secret").write_text("canary")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.3)
        for target in ((tmp_path / "secret").as_uri(), f"http://127.0.0.1:{listener.getsockname()[1]}/x.dtd"):
            for doctype in (
                f'<!DOCTYPE response [<!ENTITY x SYSTEM "{target}">]>',
                f'<!DOCTYPE response SYSTEM "{target}">',
            ):
                body = doctype + GOOD.decode().partition("?>")[2].replace(
                    "Bad", "&x;" if "ENTITY" in doctype else "Bad"
                )
                with pytest.raises(AnswerUnreadable) as caught:
                    read(body.encode(encoding))
                assert "canary" not in str(caught.value)
        with pytest.raises(TimeoutError):
            listener.accept()


@pytest.mark.parametrize("depth", [100, 300, 100_000])
def test_deep_nesting(depth):
    deep = "<a>" * depth + "</a>" * depth
    body = HEAD + g.result("1", "query", f"<data>{deep}</data>") + g.result("2", "x") + TAIL
    with contextlib.suppress(AnswerUnreadable):
        assert len(read(body.encode()).results) == 2


def test_more_elements_than_any_page_has():
    with pytest.raises(AnswerUnreadable, match="more than 3000000 tags"):
        read(GOOD.replace(b"<V>", b"<V/>" * 3_000_000 + b"<V>"))


@pytest.mark.parametrize("count", ["-1", "1e9", "many", "9" * 400, "²", "0x10"])
def test_counts_that_are_none(count):
    with pytest.raises(AnswerUnreadable, match="A count in the answer"):
        read(GOOD.replace(b'totalcount="1"', f'totalcount="{count}"'.encode()))


ONCE = [
    ("<control>", "<control><status>failure</status></control><control>"),
    ("<control><status>success</status>", "<control><status>failure</status><status>success</status>"),
    ("<control><status>success</status>", "<control><status>success</status><status>failure</status>"),
    ("<authentication><status>success</status>", "<authentication><status>failure</status><status>success</status>"),
    ("<authentication>", "<authentication><status>failure</status></authentication><authentication>"),
    ("<companyid>ACME</companyid>", "<companyid>ACME</companyid><companyid>OTHER</companyid>"),
    ("<result><status>failure</status>", "<result><status>failure</status><status>success</status>"),
    ("<result><status>failure</status>", "<result><status>success</status><status>failure</status>"),
    ("<controlid>2</controlid>", "<controlid>2</controlid><controlid>1</controlid>"),
    ("<controlid>2</controlid>", "<controlid>2</controlid><key>7</key><key>8</key>"),
    ("<data ", "<data/><data "),
    ("</operation>", "</operation><operation/>"),
]


@pytest.mark.parametrize("writes", [True, False])
@pytest.mark.parametrize(("once", "twice"), ONCE)
def test_what_says_two_things_at_once_says_neither(once, twice, writes):
    """Taken for a refusal, a bill that was made would be made again."""
    assert once.encode() in GOOD
    with pytest.raises(AnswerUnreadable):
        read(GOOD.replace(once.encode(), twice.encode(), 1), writes=writes)
    refused = GOOD.replace(b"<control><status>success", b"<control><status>failure", 1).partition(b"<operation>")[0]
    whole = refused + b"<errormessage>" + g.error("XL03000006", "Sign-in").encode() + b"</errormessage></response>"
    with pytest.raises(ConnectorError):
        read(whole, writes=writes)
    with pytest.raises(AnswerUnreadable):
        read(whole.replace(b"<control>", b"<control><status>success</status>", 1), writes=writes)


def test_markup_of_every_kind_inside_a_record():
    odd = b"<V><!-- c --><?pi x?><NAME><![CDATA[<b>&amp;]]></NAME><x:Y xmlns:x='u' z='1'>t</x:Y></V>"
    found = read(GOOD.replace(b"<V><NAME>M\xc3\xbc &amp; \xe6\xbc\xa2 \xf0\x9f\x99\x82</NAME></V>", odd)).results[0]
    assert found.records[0]["NAME"] == "<b>&amp;"
    assert {"@z": "1", "#text": "t"} in found.records[0].values()
