"""A page of either service costs what is on it, not what there is in all; and it is what it would be if nothing were remembered."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from include.sandbox.certify import reader
from include.sandbox.certify.wire import Refused
from include.sandbox.intacct import expressions, selection
from include.sandbox.intacct.catalog import load_catalog
from include.sandbox.intacct.expressions import Conditions, Expressions
from include.sandbox.intacct.selection import Page, Selection
from include.sandbox.settings import Settings
from include.sandbox.store import Store

DAYS = {"startdate": "2026-03-02", "enddate": "2026-03-05"}


def new_store() -> Store:
    store = Store(":memory:")
    expressions.register(store)
    return store


def line(number: int, day: int = 3, **fields: object) -> dict[str, object]:
    return {"ID": f"{number:08}", "Processed": True, "ProcessedDate": f"2026-03-{day:02}", "_BatchID": "B", **fields}


def certify_page(store: Store, number: int, turned: Settings | None = None, **query: str) -> reader.Found:
    return reader.search(store, turned or Settings(), "expenses").filtered(query or DAYS).page(number)


def intacct_page(store: Store, offset: int, *, order: str = "TITLE", limit: int = 25, **turned: object) -> Page:
    kind = load_catalog()["DEPARTMENT"]
    fields = Expressions(store, load_catalog(), kind)
    wanted = Selection(kind, [("RECORDNO", fields("RECORDNO").text)], limit=limit, offset=offset)
    wanted.where = [Conditions(fields, store).compare("STATUS", "=", "active")]
    wanted.order = [fields(order).order]
    return selection.run(store, Settings(**turned), wanted)  # type: ignore[arg-type]


def steps(store: Store, work: object) -> int:
    """How many thousand instructions SQLite takes for it."""
    taken = 0

    def tick() -> int:
        nonlocal taken
        taken += 1
        return 0

    store._db.set_progress_handler(tick, 100)
    try:
        work()  # type: ignore[operator]
    finally:
        store._db.set_progress_handler(None, 0)
    return taken


def filled(count: int) -> Store:
    store = new_store()
    store.insert_many("certify", "expenses", [line(number) for number in range(count)])
    departments = [{"DEPARTMENTID": f"{n}", "TITLE": f"T{n % 7}", "STATUS": "active"} for n in range(count)]
    store.insert_many("intacct", "DEPARTMENT", departments)
    return store


@pytest.mark.parametrize("place", ["second", "last"])
@pytest.mark.parametrize("page", [certify_page, intacct_page], ids=["certify", "intacct"])
def test_a_page_costs_no_more_where_there_is_more(page, place):
    cost = {}
    for count in (500, 10_000):
        store = filled(count)
        first, second, last = (1, 2, count // 25) if page is certify_page else (0, 25, count - 25)
        page(store, first)
        at = second if place == "second" else last
        cost[count] = steps(store, lambda store=store, at=at: page(store, at))
    assert cost[10_000] <= 2 * cost[500] + 2


@pytest.mark.parametrize("ask", ["by its ID", "those of a report"])
def test_a_receipt_costs_no_more_where_there_are_more_reports(ask):
    cost = {}
    for count in (500, 10_000):
        store = new_store()
        store.insert_many("certify", "expensereports", [{"ID": f"{n}", "Processed": True} for n in range(count)])
        store.insert_many("certify", "receipts", [{"ID": f"{n}", "_ExpenseReportID": f"{n}"} for n in range(count)])

        def asked(store: Store = store) -> None:
            receipts = reader.search(store, Settings(), "receipts")
            if ask == "by its ID":
                assert reader.visible_by_id(receipts).one("7") is not None
            else:
                assert receipts.filtered({"exprptid": "7"}).page(1).total == 1

        asked()
        store._remembered.forget()
        cost[count] = steps(store, asked)
    assert cost[10_000] <= 2 * cost[500] + 2


acts = st.lists(
    st.tuples(st.sampled_from(["insert", "update", "delete", "undone", "clear"]), st.integers(0, 60)), max_size=12
)


@settings(max_examples=60)
@given(acts, st.integers(1, 4), st.sampled_from([2, 25]), st.sampled_from(["TITLE", "RECORDNO"]))
def test_whatever_changes_pages_are_what_there_is(acts, number, size, order):
    store = new_store()
    turned = Settings(certify_page_size=size)
    store.insert_many("certify", "expenses", [line(n, n % 7) for n in range(40)])
    store.insert_many("intacct", "DEPARTMENT", [{"TITLE": f"T{n % 7}", "STATUS": "active"} for n in range(40)])
    for act, at in [("", 0), *acts]:
        changed(store, act, at)
        there = [
            one["ID"]
            for one in store.select("certify", "expenses")
            if "2026-03-02" <= str(one["ProcessedDate"]) <= "2026-03-05"
        ]
        wanted = there[(number - 1) * size : number * size]
        try:
            found = certify_page(store, number, turned)
            assert [one["ID"] for one in found.records] == wanted
            assert found.total == (len(there) if wanted else 0)
        except Refused:
            assert number > max(-(-len(there) // size), 1)
        active = [one for one in store.select("intacct", "DEPARTMENT") if one["STATUS"] == "active"]
        active.sort(key=lambda one: (one["TITLE"] if order == "TITLE" else "", int(one["RECORDNO"])))
        page = intacct_page(store, (number - 1) * size, order=order, limit=size)
        assert [row[0] for row in page.rows] == [one["RECORDNO"] for one in active][(number - 1) * size : number * size]
        assert page.total == len(active)
        assert page.remaining == max(0, len(active) - (number - 1) * size - len(page.rows))


def changed(store: Store, act: str, at: int) -> None:
    if act == "insert":
        store.insert("certify", "expenses", line(at, at % 7) | {"ID": None})
        store.insert("intacct", "DEPARTMENT", {"TITLE": f"T{at % 7}", "STATUS": "active", "DEPARTMENTID": str(at)})
    elif act == "update" and store.get("certify", "expenses", f"{at:08}"):
        store.update("certify", "expenses", f"{at:08}", {"ProcessedDate": "2026-03-06"})
    elif act == "update" and store.get("intacct", "DEPARTMENT", at):
        store.update("intacct", "DEPARTMENT", at, {"STATUS": "inactive"})
    elif act == "delete":
        store.delete("certify", "expenses", f"{at:08}")
        store.delete("intacct", "DEPARTMENT", at)
    elif act == "clear":
        store.clear("certify")
    elif act == "undone":
        with pytest.raises(LookupError):
            cleared_and_undone(store)


def cleared_and_undone(store: Store) -> None:
    """Pages are read within the transaction too."""
    with store.transaction():
        store.clear()
        certify_page(store, 1)
        intacct_page(store, 0)
        raise LookupError


def test_what_related_records_say_is_asked_anew():
    """Receipts of a report that is processed no longer are not listed."""
    store = new_store()
    report = store.insert("certify", "expensereports", {"Processed": True})["ID"]
    store.insert("certify", "receipts", {"_ExpenseReportID": report})
    receipts = reader.search(store, Settings(), "receipts")
    assert receipts.filtered({}).page(1).total == 1
    store.update("certify", "expensereports", report, {"Processed": False})
    assert receipts.filtered({}).page(1).total == 0


def test_without_an_order_it_may_be_another_with_each_page():
    store = filled(500)
    random.seed(3)
    fields = Expressions(store, load_catalog(), load_catalog()["DEPARTMENT"])

    def page() -> list[str]:
        wanted = Selection(load_catalog()["DEPARTMENT"], [("RECORDNO", fields("RECORDNO").text)], limit=25)
        return [str(row[0]) for row in selection.run(store, Settings(default_order="shuffled"), wanted).rows]

    assert page() != page()


def test_what_is_remembered_is_bounded(monkeypatch):
    monkeypatch.setattr("include.sandbox.remembered._MOST", 1_000)
    store = filled(600)
    for title in range(50):
        reader.search(store, Settings(), "expenses").where("Vendor", "=", str(title)).page(1)
        certify_page(store, 1)
        assert store._remembered.size <= 1_000
