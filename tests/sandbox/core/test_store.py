"""The store: records as they were given, transactions, sequences, what survives a kill."""

from __future__ import annotations

import threading
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from include.sandbox.intacct.expressions import amount_key
from include.sandbox.store import NoSuchRecord, Store

json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abc", min_size=1), inner, max_size=3),
    max_leaves=8,
)


@pytest.fixture
def store() -> Store:
    return Store(":memory:")


@settings(deadline=None)
@given(st.dictionaries(st.text("ABCDEfgh._", min_size=1, max_size=6), json_values, max_size=5))
def test_a_record_comes_back_as_it_was_given(record: dict[str, object]) -> None:
    record = {name: value for name, value in record.items() if name.upper() not in {"ID", "_ID", "_CREATED"}}
    distinct = {name.casefold(): (name, value) for name, value in record.items()}
    record = dict(distinct.values())
    store = Store(":memory:")
    kept = store.insert("certify", "users", record)
    assert store.get("certify", "users", kept["ID"]) == {**record, "ID": kept["ID"]}
    assert store.select("certify", "users") == [{**record, "ID": kept["ID"]}]


def test_intacct_knows_no_null(store: Store) -> None:
    store.insert("intacct", "CLASS", {"CLASSID": "A", "NAME": None})
    assert store.select("intacct", "CLASS") == [{"RECORDNO": "1", "CLASSID": "A"}]


def test_record_numbers_are_never_used_twice(store: Store) -> None:
    first = store.insert("intacct", "CLASS", {"CLASSID": "A"})
    given_number = store.insert("intacct", "CLASS", {"CLASSID": "B", "RECORDNO": "40"})
    store.delete("intacct", "CLASS", "40")
    assert [first["RECORDNO"], given_number["RECORDNO"]] == ["1", "40"]
    assert store.insert("intacct", "CLASS", {"CLASSID": "C"})["RECORDNO"] == "41"
    assert store.insert("intacct", "VENDOR", {})["RECORDNO"] == "1"
    with pytest.raises(ValueError, match="whole number"):
        store.insert("intacct", "CLASS", {"RECORDNO": "x"})


def test_certify_ids_are_lower_case_guids(store: Store) -> None:
    made = store.insert("certify", "departments", {"Name": "A"})["ID"]
    assert made == made.lower()
    assert [len(part) for part in made.split("-")] == [8, 4, 4, 4, 12]


def test_change_and_find(store: Store) -> None:
    store.insert_many("intacct", "CLASS", ({"CLASSID": f"C{n}", "STATUS": "active"} for n in range(1200)))
    assert store.update("intacct", "CLASS", "7", {"STATUS": "inactive", "NAME": "new"})["NAME"] == "new"
    assert [r["RECORDNO"] for r in store.find("intacct", "CLASS", "STATUS", "inactive")] == ["7"]
    assert store.select("intacct", "CLASS", where={"RECORDNO": ["3", "5"]}, order=["-CLASSID"])[0]["CLASSID"] == "C4"
    assert store.count("intacct", "CLASS", where={"NAME": None}) == 1199
    assert len(store.select("intacct", "CLASS", limit=10, offset=1195)) == 5
    assert store.replace("intacct", "CLASS", "7", {"CLASSID": "only"}) == {"CLASSID": "only", "RECORDNO": "7"}
    with pytest.raises(NoSuchRecord):
        store.update("intacct", "CLASS", "5000", {})
    assert not store.delete("intacct", "CLASS", "5000")


def test_nested_transactions(store: Store) -> None:
    def undone() -> None:
        with store.transaction():
            store.insert("intacct", "CLASS", {"CLASSID": "undone", "NEWFIELD": "x"})
            store.set_meta("m", 1)
            raise RuntimeError

    with store.transaction():
        store.insert("intacct", "CLASS", {"CLASSID": "kept"})
        with pytest.raises(RuntimeError):
            undone()
        store.insert("intacct", "CLASS", {"CLASSID": "also", "OTHERFIELD": "y"})
    assert [r["CLASSID"] for r in store.select("intacct", "CLASS")] == ["kept", "also"]
    assert store.get_meta("m") is None
    assert store.insert("intacct", "CLASS", {"NEWFIELD": "x"})["RECORDNO"] == "3"


def test_threads_wait_for_each_other(store: Store) -> None:
    def add() -> None:
        for _ in range(50):
            with store.transaction():
                last = store.get_meta("n") or 0
                store.insert("intacct", "CLASS", {"CLASSID": str(last)})
                store.set_meta("n", last + 1)

    threads = [threading.Thread(target=add) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert store.get_meta("n") == store.count("intacct", "CLASS") == 200


def test_another_opening_sees_what_was_committed(tmp_path: Path) -> None:
    first = Store(tmp_path / "state.sqlite")
    first.insert("certify", "users", {"Email": "a@example.org", "Active": True})
    second = Store(tmp_path / "state.sqlite")
    assert second.select("certify", "users")[0]["Active"] is True


@given(st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**15), max_value=10**15), st.data())
def test_amounts_sort_as_numbers(one: Decimal, data: st.DataObject) -> None:
    other = data.draw(st.decimals(allow_nan=False, places=2, min_value=-(10**15), max_value=10**15))
    keys = (amount_key(f"{one:f}"), amount_key(f"{other:f}"))
    assert None not in keys
    assert (keys[0] < keys[1]) == (one < other)  # type: ignore[operator]
    assert (keys[0] == keys[1]) == (one == other)
