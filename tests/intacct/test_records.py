"""A page read by column holds what it holds read record by record, or is read record by record."""

from __future__ import annotations

from typing import Any
from xml.sax.saxutils import escape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from certify_intacct.intacct.records import FEWEST, columns_of, value_of
from certify_intacct.intacct.responses import _parse
from certify_intacct.transport.columns import Columns
from certify_intacct.transport.http import Answer
from certify_intacct.transport.redaction import Redactor

TEXTS = st.one_of(
    st.just(""),
    st.text(
        st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters="\ufffe\uffff"), max_size=6
    ),
    st.sampled_from(["a\nb", " ", "\t", "&", "&amp;", "<b>", "]]>", "\r", "0"]),
)
NAMES = st.lists(
    st.sampled_from(["RECORDNO", "TITLE", "PERSONALINFO.CONTACTNAME", "and", "count", "text", "_a", "a-b", "ä", "A1"]),
    min_size=1,
    max_size=4,
    unique=True,
)


def text_of(value: str, way: str) -> str:
    written = escape(value).replace("\r", "&#13;")
    match way:
        case "cdata" if "]]>" not in value and "\r" not in value:
            return f"<![CDATA[{value}]]>"
        case "parts" if "]]>" not in value and "\r" not in value:
            return f"<!-- one -->{escape(value[:1])}<![CDATA[{value[1:]}]]><!-- two -->"
        case "references":
            return "".join(f"&#{ord(character)};" for character in value)
    return written


def parsed(body: str) -> Any:
    answer = Answer(status=200, headers={}, body=f"<response><data>{body}</data></response>".encode(), retry_after=None)
    return _parse(answer, Redactor(), "here").find("data")


@st.composite
def pages(draw: st.DrawFn) -> str:
    """Records that are all alike, in which now and then one thing is otherwise."""
    names, space = draw(NAMES), draw(st.sampled_from(["", "\n  "]))
    ways = st.sampled_from(["plain"] * 6 + ["cdata", "parts", "references"])
    few = draw(st.lists(st.tuples(*[st.tuples(TEXTS, ways)] * len(names)), min_size=1, max_size=5))
    records = [
        [f"<{name}>{text_of(*cell)}</{name}>" for name, cell in zip(names, few[number % len(few)], strict=True)]
        for number in range(FEWEST)
    ]
    odd = records[draw(st.integers(0, FEWEST - 1))]
    place, name = draw(st.integers(0, len(names) - 1)), draw(st.sampled_from(names))
    change = draw(
        st.sampled_from(["none"] * 3 + ["gone", "twice", "nested", "attribute", "other", "namespace", "order", "mixed"])
    )
    match change:
        case "gone":
            odd.pop(place)
        case "twice":
            odd.insert(place, f"<{name}>again</{name}>")
        case "nested":
            odd[place] = f"<{name}>a<B>b</B></{name}>"
        case "attribute":
            odd[place] = f'<{name} a="1">x</{name}>'
        case "other":
            odd[place] = "<OTHER/>"
        case "namespace":
            odd[place] = f'<{name} xmlns="urn:x">x</{name}>'
        case "order":
            odd.reverse()
        case "mixed":
            odd[place] += "text"
    return space.join(f"<D>{space}{space.join(fields)}{space}</D>" for fields in records)


@settings(max_examples=400, deadline=None)
@given(pages())
def test_by_column_is_what_record_by_record_is(body: str) -> None:
    data = parsed(body)
    columns = columns_of(data)
    if columns is not None:
        assert list(columns) == [value_of(record) for record in data]


@given(st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=4))
def test_a_page_of_like_records_is_read_by_column(cells: list[tuple[str, str]]) -> None:
    rows = [cells[number % len(cells)] for number in range(FEWEST)]
    body = "".join(f"<D><A>{text_of(a, '')}</A><B.C>{text_of(b, '')}</B.C></D>" for a, b in rows)
    columns = columns_of(parsed(body))
    assert columns is not None
    assert list(columns) == [{"A": a, "B.C": b} for a, b in rows]
    assert columns.column("B.C") == [b for _, b in rows]


@pytest.mark.parametrize(
    "odd",
    [
        "<D><A>1</A></D>",
        "<D><A>1</A><A>2</A></D>",
        "<D><A>1</A><B>2</B><C>3</C></D>",
        '<D><A n="1">1</A><B>2</B></D>',
        '<D n="1"><A>1</A><B>2</B></D>',
        "<D><A>1</A><B><C>2</C></B></D>",
        "<D/>",
    ],
)
def test_where_one_is_not_like_the_others_all_are_read_one_by_one(odd: str) -> None:
    usual = "<D><A>1</A><B>2</B></D>"
    assert columns_of(parsed(usual * (FEWEST + 1))) is not None
    assert columns_of(parsed(usual * FEWEST + odd)) is None
    assert columns_of(parsed(odd + usual * FEWEST)) is None


def test_records_by_column_are_a_sequence_of_records() -> None:
    columns = Columns({"A": ["1", "2", "3"], "B": ["x", "", "z"]})
    assert len(columns) == 3
    assert columns[-1] == {"A": "3", "B": "z"}
    assert list(columns[1:]) == [{"A": "2", "B": ""}, {"A": "3", "B": "z"}]
    assert {"A": "2", "B": ""} in columns
    assert columns.column("C") == [None, None, None]
    assert not Columns({})
