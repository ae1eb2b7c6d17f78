"""Pages into staging tables by COPY."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from certify_intacct.staging.bulk import Staged, stage_pages
from certify_intacct.staging.manifest import record_extract, reuse_extract
from certify_intacct.staging.reference import passed, rows_of
from certify_intacct.staging.streams import STREAMS
from certify_intacct.staging.verdicts import unreadable_values, verdict_rows

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
            "SELECT * FROM staging.reference WHERE load_id = %s AND stream = %s ORDER BY key::int",
            [load_id, DEPARTMENTS.name],
        ).fetchall()


def test_pages_are_staged_with_the_record_as_received(store, new_load):
    load_id = new_load()
    with store.connection() as connection:
        staged = stage_pages(
            connection, DEPARTMENTS, load_id, iter([[department(1), department(2)], [department(3, SSN="1")]])
        )
    assert staged == Staged(rows=3, pages=2, duplicates=0)
    first, _, third = rows(store, load_id)
    assert (first["key"], first["name"]) == ("1", "Töpfer & <Söhne> 1")
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
    assert (row["name"], row["unreadable"], row["raw"]["TITLE"]) == (None, ["name"], "a�b")


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
    assert first["name"] == (text if text == kept else None)
    assert first["unreadable"] == ([] if text == kept else ["name"])
    assert second["unreadable"] == []


def nested(depth: int, kind: type) -> object:
    value: object = "\x00"
    for _ in range(depth):
        value = [value] if kind is list else {"a": value}
    return value


def test_a_value_that_is_nested_deeply_stops_no_other_record(store, new_load):
    """What JSON reads may be deeper than whoever goes through it once more can follow."""
    for depth in (10, 400, 600, 950, 5000):
        deep = [
            {**department(number), field: nested(depth, kind)}
            for number, (field, kind) in enumerate(
                product(("TITLE", "DEPARTMENTID", "STATUS", "RECORDNO"), (list, dict)), start=2
            )
        ]
        load_id = new_load()
        with store.connection() as connection:
            staged = stage_pages(connection, DEPARTMENTS, load_id, [[department(1), *deep, department(20)]])
        assert staged == Staged(rows=len(deep) + 2, pages=1, duplicates=0)
        assert sorted(len(row["unreadable"]) for row in rows(store, load_id)) == [0, 0, *[1] * len(deep)]


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
    assert [row["key"] for row in rows(store, load_id)] == ["-5", "-4", "-3", "-2", "7", "8"]
    assert all(row["unreadable"] == ["key"] for row in rows(store, load_id) if row["key"].startswith("-"))
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


def test_lists_share_a_table_and_do_not_meet_there(store, new_load):
    """The same keys in two lists of one load, staged again and judged each by itself."""
    load_id = new_load()
    tasks = [
        {"RECORDNO": str(n), "TASKID": "T1", "NAME": "Plan", "PROJECTID": project} for n, project in enumerate("PPQ")
    ]
    with store.connection() as connection:
        for _ in range(2):
            for stream, records in ((DEPARTMENTS, [department(1), department(2)]), (STREAMS["intacct_tasks"], tasks)):
                staged = stage_pages(connection, stream, load_id, [records])
                record_extract(connection, load_id, stream.name, staged, datetime.now(tz=UTC))
        assert [row.code for row in passed(connection, load_id, DEPARTMENTS.name)] == ["D1", "D2"]
        found = [(*row.within, row.code) for row in passed(connection, load_id, "intacct_tasks")]
        assert found == [("P", "T1"), ("P", "T1"), ("Q", "T1")]
        verdicts = list(verdict_rows(connection, "intacct_tasks", load_id, ["label", "code_count"]))
    # A task has its code within its project.
    assert sorted((row["label"], row["code_count"]) for row in verdicts) == [
        ("P / T1", 2),
        ("P / T1", 2),
        ("Q / T1", 1),
    ]


def test_what_a_list_has_besides_keeps_its_type(store, new_load):
    load_id, stream = new_load(), STREAMS["intacct_gl_accounts"]
    record = {"RECORDNO": "1", "ACCOUNTNO": "6220", "STATUS": "active", "REQUIREDEPT": "true", "REQUIRELOC": "maybe"}
    with store.connection() as connection:
        record_extract(
            connection, load_id, stream.name, stage_pages(connection, stream, load_id, [[record]]), datetime.now(tz=UTC)
        )
        (row,) = rows_of(connection, load_id, stream.name)
        said = unreadable_values(connection, stream, load_id)
    assert (row.attributes["requiredept"], row.attributes["requireloc"], row.attributes["requiretask"]) == (
        True,
        None,
        None,
    )
    assert said == {"1": 'REQUIRELOC is "maybe"'}


@pytest.mark.parametrize(("minutes", "reused"), [(10, True), (40, False)])
def test_a_recent_snapshot_is_reused(minutes, reused, store, new_load):
    first, second = new_load(run_id="a"), new_load(run_id="b")
    with store.connection() as connection:
        staged = stage_pages(connection, DEPARTMENTS, first, [[department(1)]])
        observed = datetime.now(tz=UTC) - timedelta(minutes=minutes)
        record_extract(connection, first, DEPARTMENTS.name, staged, observed)
        answer = reuse_extract(connection, second, DEPARTMENTS.name, not_older_than=timedelta(minutes=30))
        verdicts = connection.execute(
            "SELECT key FROM quality.reference_verdicts WHERE load_id = %s AND stream = %s", [second, DEPARTMENTS.name]
        ).fetchall()
    assert (answer == observed) is reused
    assert [row["key"] for row in verdicts] == (["1"] if reused else [])
