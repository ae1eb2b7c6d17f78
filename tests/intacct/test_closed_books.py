"""Through which day books are closed, asked of the sandbox under every setting: what is told is true, the rest is not known."""

from __future__ import annotations

import json
import os
from datetime import date
from itertools import product
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from certify_intacct.intacct import closed_books
from certify_intacct.intacct.hook import SageIntacctHook
from certify_intacct.model.errors import ServiceUnavailable

BOOKS = ("AP", "CM", "EE", "GL")
ALL_SHOWN = ["get_closedbooksdate", "log", "summaries"]
SHAPES = ("entity_and_date", "entity_record", "no_entity", "two_dates", "no_date", "no_time")


@pytest.fixture
def company(connections, fresh_sandbox):
    fresh_sandbox.load(
        "intacct",
        "LOCATIONENTITY",
        [{"LOCATIONID": code, "NAME": f"Entity {code}", "STATUS": "active"} for code in ("100", "200")]
        + [{"LOCATIONID": "900", "NAME": "Given up", "STATUS": "inactive"}],
    )
    return fresh_sandbox


def told(**options: Any) -> dict[tuple[str, str], set[date | None]]:
    """What is told by entity and book."""
    hook = SageIntacctHook()
    try:
        states = closed_books.read(hook, **options)
    finally:
        hook.close()
    found: dict[tuple[str, str], set[date | None]] = {}
    for state in states:
        found.setdefault((state.entity, state.book), set()).add(state.through)
    return found


def close(company: Any, day: str, entity: str = "*", book: str = "*") -> None:
    company.act("close_period", date=day, entity=entity, subledger=book)


def test_each_source_tells_its_part(company):
    close(company, "2026-03-31", "100", "GL")
    close(company, "2026-04-30", "100", "AP")
    close(company, "2026-01-31")
    march, april, january = date(2026, 3, 31), date(2026, 4, 30), date(2026, 1, 31)
    company.settings(closed_books_shown=[])
    assert told() == {}
    company.settings(closed_books_shown=["get_closedbooksdate"])
    assert told() == {("100", "GL"): {march}, ("200", "GL"): {january}}
    company.settings(closed_books_shown=["log"])
    assert told() == {("100", "GL"): {march}, ("200", "GL"): {january}}
    company.settings(closed_books_shown=["summaries"])
    by_summary = told()
    assert by_summary["100", "AP"] == {april}
    assert by_summary["200", "AP"] == by_summary["100", "CM"] == by_summary["100", "EE"] == {None}
    company.settings(closed_books_shown=ALL_SHOWN)
    assert told() == {**by_summary, ("100", "GL"): {march}, ("200", "GL"): {january}}


def test_what_was_opened_again_is_told_by_nobody(company):
    company.settings(closed_books_shown=ALL_SHOWN)
    close(company, "2026-03-31", "100", "AP")
    close(company, "2026-03-31", "200", "GL")
    company.act("open_period", entity="100", subledger="AP")
    company.act("open_period", entity="200")
    assert {day for days in told().values() for day in days} == {None}
    company.settings(closed_books_shown=["get_closedbooksdate"])
    assert told() == {}


def test_closed_again_after_it_was_opened(company):
    company.settings(closed_books_shown=["log"])
    close(company, "2026-03-31", "100", "GL")
    company.act("open_period", entity="100", subledger="GL")
    company.settings(clock_shift_seconds=60)
    close(company, "2026-02-28", "100", "GL")
    assert told()["100", "GL"] == {date(2026, 2, 28)}


@pytest.mark.parametrize("shape", [shape for shape in SHAPES if shape != "entity_and_date"])
def test_a_log_of_another_shape_is_not_believed(company, shape):
    company.settings(closed_books_shown=["log", "summaries"], closed_books_fields=shape)
    close(company, "2026-03-31", "100", "GL")
    close(company, "2026-03-31", "100", "AP")
    assert told() == {}


def test_one_log_without_the_other_says_nothing(company):
    """Who cannot read of openings does not know what is closed still."""
    company.settings(closed_books_shown=["log"])
    close(company, "2026-03-31", "100", "GL")
    company.settings(permissions_denied={"xml_gateway": {"OPENBOOKS": ["READ_BY_QUERY"]}})
    assert told() == {}


def test_a_company_without_entities(fresh_sandbox, connections):
    fresh_sandbox.settings(closed_books_fields="no_entity", closed_books_shown=["log", "summaries"])
    close(fresh_sandbox, "2026-03-31", book="AP")
    assert told()["", "AP"] == told(without_entities=True)["", "AP"] == {date(2026, 3, 31)}
    fresh_sandbox.settings(closed_books_shown=["get_closedbooksdate"])
    close(fresh_sandbox, "2026-02-28", book="GL")
    assert told() == told(without_entities=True) == {("", "GL"): {date(2026, 2, 28)}}


def test_a_user_who_may_enter_one_entity(company):
    company.settings(user_entities={"xml_gateway": ["100"]})
    close(company, "2026-03-31")
    assert told() == {("100", "GL"): {date(2026, 3, 31)}}


def test_a_connection_inside_an_entity_asks_for_no_other(company, monkeypatch):
    fields = json.loads(os.environ["AIRFLOW_CONN_SAGE_INTACCT_DEFAULT"])
    fields["extra"]["entity_id"] = "200"
    monkeypatch.setenv("AIRFLOW_CONN_SAGE_INTACCT_DEFAULT", json.dumps(fields))
    close(company, "2026-03-31", "200", "GL")
    close(company, "2026-04-30", "100", "GL")
    assert told() == {("200", "GL"): {date(2026, 3, 31)}}


def test_an_unreachable_gateway_is_a_failure_and_no_answer(company):
    company.fault(side="intacct", match="lookup", kind="http_503_html", times=20)
    with pytest.raises(ServiceUnavailable):
        told()


acts = st.lists(
    st.tuples(
        st.sampled_from(["close_period", "open_period"]),
        st.sampled_from(["*", "100", "200"]),
        st.sampled_from(["*", *BOOKS]),
        st.integers(1, 28),
    ),
    max_size=6,
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts, st.sampled_from(SHAPES), st.sampled_from([("own", True), ("latest", True), ("own", False)]))
def test_whatever_clerks_do_nothing_open_is_called_closed(company, done, shape, function):
    company.act("open_period")
    for name in closed_books.LOGS.values():
        for one in name:
            for record in company.state("intacct", one):
                company.act("delete", object=one, record=record["RECORDNO"])
    for number, (act, entity, book, day) in enumerate(done):
        company.settings(clock_shift_seconds=number * 5)
        dated = {"date": f"2026-03-{day:02}"} if act == "close_period" else {}
        company.act(act, entity=entity, subledger=book, **dated)
    company.settings(
        closed_books_shown=ALL_SHOWN, closed_books_fields=shape, closed_books_at_top_level=function[0],
        closed_books_by_entity=function[1],
    )  # fmt: skip
    books = company._control("GET", "books")["closed"]
    for (entity, book), days in told().items():
        truly = [
            closed
            for place, below in product(("*", entity), ("*", "GL", book))
            if (closed := books.get(place, {}).get(below))
        ]
        last = max((date(int(text[6:]), int(text[:2]), int(text[3:5])) for text in truly), default=None)
        for day in days - {None}:
            assert last is not None, (entity, book, days)
            assert day <= last, (entity, book, days)
