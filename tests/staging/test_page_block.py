"""A page as one block of COPY text: the same rows as record by record, or no block."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from certify_intacct.staging.bulk import read_record, stage_pages
from certify_intacct.staging.page_block import block_of
from certify_intacct.staging.streams import STREAMS
from certify_intacct.transport.columns import Columns

USUAL = {
    "id": "7b1a0c5e-0000-4000-8000-000000000001",
    "text": 'Töpfer\t"&\\ <Söhne>\r\n',
    "code": "D-1",
    "integer": "12",
    "numeric": Decimal("-12.30"),
    "date": "2026-03-07T00:00:00",
    "timestamp": "03/07/2026 11:12:13",
    "boolean": True,
    "activity": 1,
}
STRANGE = st.one_of(
    st.none(),
    st.text(max_size=8),
    st.sampled_from(
        [
            "",
            " ",
            r"\N",
            r"\.",
            "\\",
            '"',
            "{}",
            "{a,b}",
            "NULL",
            "a\tb",
            "a\nb",
            "\x00",
            "\ud800",
            r"\u0000",
            "\x7f",
            "\u2028",
        ]
    ),
    st.integers(-(2**70), 2**70),
    st.decimals(allow_nan=False, allow_infinity=False),
    st.booleans(),
    st.lists(st.text(max_size=2), max_size=2),
)
TYPED = {
    "integer": st.one_of(st.integers(-9, 10**20).map(str), st.sampled_from(["007", " 7", "12.0", "٣"])),
    "numeric": st.one_of(
        st.decimals(-(10**17), 10**17, places=3), st.sampled_from(["1E+2", "-0", ".5", "1.0000000000001"])
    ),
    "date": st.one_of(st.dates().map(str), st.sampled_from(["02/29/2024", "02/30/2024"])),
    "timestamp": st.sampled_from(["03/07/2026 11:12:13", "2026-03-07", "2026-03-07T11:12:13"]),
    "boolean": st.sampled_from(["true", "TRUE", "0", 1, 0]),
    "activity": st.sampled_from(["true", "0", 1]),
}


@st.composite
def pages(draw):
    """A stream and a page of it, in which most values are what they should be."""
    stream = STREAMS[draw(st.sampled_from(sorted(STREAMS)))]
    page = []
    for number in range(draw(st.integers(1, 4))):
        record = {}
        for column in stream.columns:
            kind = draw(st.integers(0, 2 * len(stream.columns)))
            usual = USUAL[column.type]
            if column.key:
                usual = f"{usual[:-1]}{number}" if isinstance(usual, str) else number
            if kind == 0:
                value = draw(STRANGE)
            elif kind == 1 and column.type in TYPED:
                value = draw(TYPED[column.type])
            elif kind == 2:
                continue
            else:
                value = usual
            record[column.source] = value
        record |= {name: draw(STRANGE) for name in stream.within if name not in record}
        page.append(record)
    return stream, page


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(pages())
def test_a_block_stages_what_record_by_record_would(store, new_load, drawn):
    stream, page = drawn
    if block_of(stream, 1, page) is None:
        return
    found = []
    with store.connection() as connection:
        for ahead in ([], [{}]):
            load_id = new_load()
            # A record without a key has no block, and is counted as the first.
            stage_pages(connection, stream, load_id, [[*ahead, *page]] if ahead else [page])
            rows = connection.execute(
                f"SELECT to_jsonb(t) - 'load_id' AS row FROM staging.{stream.table} t WHERE load_id = %s", [load_id]
            ).fetchall()
            found.append([row["row"] for row in rows if row["row"]["raw"] != {}])
    assert sorted(map(str, found[0])) == sorted(map(str, found[1]))


@settings(max_examples=300, deadline=None)
@given(pages())
def test_a_page_has_a_block_only_if_all_of_it_can_be_read(drawn):
    stream, page = drawn
    if block_of(stream, 1, page) is not None:
        assert not any(read_record(stream, record)[1] for record in page)


@settings(max_examples=300, deadline=None)
@given(pages())
def test_a_page_by_column_has_the_block_that_its_records_have(drawn):
    stream, page = drawn
    names = set(page[0])
    assume(names)
    alike = [record for record in page if set(record) == names]
    columns = Columns({name: [record[name] for record in alike] for name in page[0]})
    assert block_of(stream, 1, columns) == block_of(stream, 1, alike)


@pytest.mark.parametrize("name", sorted(STREAMS))
def test_a_usual_page_of_every_stream_has_a_block(name, store, new_load):
    stream = STREAMS[name]
    # A column that connector.yaml may name a field for has none as shipped, and no service sends a field without a name.
    named = [column for column in stream.columns if column.source]
    page = [{column.source: USUAL[column.type] for column in named} | dict.fromkeys(stream.within, 'P\\",')]
    assert block_of(stream, 1, page) is not None
    load_id = new_load()
    with store.connection() as connection:
        assert stage_pages(connection, stream, load_id, [page]).rows == 1
