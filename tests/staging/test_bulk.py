"""Pages into staging tables by COPY."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from certify_intacct.staging.bulk import Staged, stage_pages
from certify_intacct.staging.manifest import record_extract, reuse_extract
from certify_intacct.staging.streams import STREAMS
from certify_intacct.staging.verdicts import unreadable_values

DEPARTMENTS = STREAMS["intacct_departments"]


def department(number: int, **fields: str) -> dict[str, str]:
    return {
        "RECORDNO": str(number),
        "DEPARTMENTID": f"D{number}",
        "TITLE": f"Töpfer & <Söhne> {number}",
        "STATUS": "active",
    } | fields


def rows(store, load_id):
    with store.connection() as connection:
        return connection.execute(
            "SELECT * FROM staging.intacct_department WHERE load_id = %s ORDER BY recordno", [load_id]
        ).fetchall()


def test_pages_are_staged_with_the_record_as_received(store, new_load):
    load_id = new_load()
    with store.connection() as connection:
        staged = stage_pages(
            connection, DEPARTMENTS, load_id, iter([[department(1), department(2)], [department(3, SSN="1")]])
        )
    assert staged == Staged(rows=3, pages=2, duplicates=0)
    first, _, third = rows(store, load_id)
    assert first["title"] == "Töpfer & <Söhne> 1"
    assert first["raw"]["DEPARTMENTID"] == "D1"
    assert "SSN" not in third["raw"], "only allow-listed fields are kept"


def test_a_row_given_twice_is_counted_not_staged_twice(store, new_load):
    load_id = new_load()
    with store.connection() as connection:
        staged = stage_pages(connection, DEPARTMENTS, load_id, [[department(1), department(2)], [department(2)]])
    assert staged == Staged(rows=2, pages=2, duplicates=1)


def test_staging_again_replaces(store, new_load):
    load_id = new_load()
    for count in (3, 1):
        with store.connection() as connection:
            stage_pages(connection, DEPARTMENTS, load_id, [[department(n) for n in range(count)]])
    assert len(rows(store, load_id)) == 1


def test_a_failing_page_leaves_nothing_behind(store, new_load):
    load_id = new_load()

    def pages():
        yield [department(1)]
        raise RuntimeError("the network went away")

    with pytest.raises(RuntimeError), store.connection() as connection:
        stage_pages(connection, DEPARTMENTS, load_id, pages())
    assert rows(store, load_id) == []


def test_unreadable_values_are_named(store, new_load):
    load_id = new_load()
    with store.connection() as connection:
        stage_pages(connection, DEPARTMENTS, load_id, [[department(1, TITLE="a\x00b")]])
    (row,) = rows(store, load_id)
    assert (row["title"], row["unreadable"], row["raw"]["TITLE"]) == (None, ["title"], "a�b")


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("a\ud800b", "a\ufffdb"),
        ("\udc00", "\ufffd"),
        (r"C:\u0000\ud800", r"C:\u0000\ud800"),
        ({"a\ud800": ["\x00"]}, {"a\ufffd": ["\ufffd"]}),
        ("\U0001f600", "\U0001f600"),
    ],
)
def test_what_the_database_cannot_hold_is_replaced_in_the_record_as_received(text, kept, store, new_load):
    load_id = new_load()
    with store.connection() as connection:
        stage_pages(connection, DEPARTMENTS, load_id, [[department(1, TITLE=text), department(2)]])
    first, second = rows(store, load_id)
    assert first["raw"]["TITLE"] == kept
    assert first["title"] == (text if text == kept else None)
    assert first["unreadable"] == ([] if text == kept else ["title"])
    assert second["unreadable"] == []


def test_a_record_without_a_key_is_staged_under_a_stand_in_and_named(store, new_load, caplog):
    load_id = new_load()
    bad = [department(1, RECORDNO=value) for value in ("", "-3", "one", "9" * 30)]
    with store.connection() as connection:
        staged = stage_pages(connection, DEPARTMENTS, load_id, [[department(7), bad[0]], [*bad[1:], department(8)]])
        said = unreadable_values(connection, DEPARTMENTS, load_id)
        assert said == {}, "the load has no extract yet"
        record_extract(connection, load_id, DEPARTMENTS.name, staged, datetime.now(tz=UTC))
        said = unreadable_values(connection, DEPARTMENTS, load_id)
    assert staged == Staged(rows=6, pages=2, duplicates=0)
    assert [row["recordno"] for row in rows(store, load_id)] == [-5, -4, -3, -2, 7, 8]
    assert all(row["unreadable"] == ["recordno"] for row in rows(store, load_id) if row["recordno"] < 0)
    assert said["-3"] == 'record 3, RECORDNO is "-3"'
    assert 'record 2 cannot be read: RECORDNO is ""' in caplog.text


def test_stand_ins_do_not_meet(store, new_load):
    """Two records without a key are two, in one reading and in the next."""
    stream = STREAMS["certify_expenses"]
    load_id = new_load()
    with store.connection() as connection:
        for keep in (False, True):
            stage_pages(connection, stream, load_id, [[{"Amount": keep}, {"Amount": keep}]], keep=keep)
        found = connection.execute("SELECT id FROM staging.certify_expense WHERE load_id = %s", [load_id]).fetchall()
    assert len({row["id"] for row in found}) == 4


@pytest.mark.parametrize(("minutes", "reused"), [(10, True), (40, False)])
def test_a_recent_snapshot_is_reused(minutes, reused, store, new_load):
    first, second = new_load(run_id="a"), new_load(run_id="b")
    with store.connection() as connection:
        staged = stage_pages(connection, DEPARTMENTS, first, [[department(1)]])
        observed = datetime.now(tz=UTC) - timedelta(minutes=minutes)
        record_extract(connection, first, DEPARTMENTS.name, staged, observed)
        answer = reuse_extract(connection, second, DEPARTMENTS.name, not_older_than=timedelta(minutes=30))
        verdicts = connection.execute(
            "SELECT key FROM quality.intacct_departments_verdicts WHERE load_id = %s", [second]
        ).fetchall()
    assert (answer == observed) is reused
    assert [row["key"] for row in verdicts] == (["1"] if reused else [])
