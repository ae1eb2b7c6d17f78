"""Through which day books are closed, asked of the sandbox under every setting: what is told is true, the rest is not known."""

from __future__ import annotations

import json
import logging
import os
from datetime import date
from itertools import product
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from certify_intacct.intacct import closed_books
from certify_intacct.intacct.closed_books import BooksRead
from certify_intacct.intacct.definitions import PermittedEntity
from certify_intacct.intacct.hook import SageIntacctHook
from certify_intacct.model.errors import AnswerUnreadable, ServiceUnavailable

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


def read(at_once: int = 1, **options: Any) -> BooksRead:
    """What is read with so many hooks."""
    hooks = [SageIntacctHook() for _ in range(at_once)]
    try:
        return closed_books.read(hooks, **options)
    finally:
        for hook in hooks:
            hook.close()


def told(**options: Any) -> dict[tuple[str, str], set[date | None]]:
    """What is told by entity and book."""
    found: dict[tuple[str, str], set[date | None]] = {}
    for state in read(**options).states:
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


# A company of many entities


MANY = [f"{number}" for number in range(1001, 1013)]


@pytest.fixture
def group(connections, fresh_sandbox, monkeypatch):
    """A company of twelve entities, each closed through a day of its own; attempts follow quickly."""
    fields = json.loads(os.environ["AIRFLOW_CONN_SAGE_INTACCT_DEFAULT"])
    fields["extra"] |= {"wait_initial": 0.05, "wait_max": 2}
    monkeypatch.setenv("AIRFLOW_CONN_SAGE_INTACCT_DEFAULT", json.dumps(fields))
    fresh_sandbox.load(
        "intacct",
        "LOCATIONENTITY",
        [{"LOCATIONID": code, "NAME": f"Entity {code}", "STATUS": "active"} for code in MANY],
    )
    for day, code in enumerate(MANY, start=1):
        close(fresh_sandbox, f"2026-03-{day:02}", code, "GL")
    fresh_sandbox.clear_calls()
    return fresh_sandbox


def each(through: BooksRead) -> list[tuple[str, int]]:
    """The entities with the day of March through which each is closed, as they come."""
    return [(state.entity, state.through.day) for state in through.states if state.through]


ALL = [(code, day) for day, code in enumerate(MANY, start=1)]


def calls(company: Any, name: str) -> int:
    return company.calls()["intacct"].get(name, {"calls": 0})["calls"]


@pytest.mark.parametrize("at_once", [1, 2, 5])
def test_each_entity_costs_one_request_and_no_more_are_under_way_than_hooks(group, at_once):
    group.settings(latency_ms=30)
    assert each(read(at_once)) == ALL
    assert calls(group, "get_closedbooksdate") == len(MANY)
    assert calls(group, "getAPISession") == 1, "at top level"
    assert group.at_once()["intacct"] == at_once


def test_an_answer_that_names_no_entity_is_asked_for_in_a_session(group):
    group.settings(authentication_names_entity=False)
    assert each(read(2)) == ALL
    # Each of the two hooks has asked once in vain.
    assert calls(group, "get_closedbooksdate") == len(MANY) + 2
    assert calls(group, "getAPISession") == 1 + len(MANY)


@pytest.mark.parametrize("style", ["gateway", "text"])
def test_where_fewer_at_once_are_allowed_what_is_refused_is_asked_again(group, style, caplog):
    group.settings(concurrency_limit=1, latency_ms=100, rate_limit_style=style)
    with caplog.at_level(logging.WARNING):
        assert each(read(3)) == ALL
    assert "attempt 1 failed, the next follows" in caplog.text
    assert group.at_once()["intacct"] == 1
    assert calls(group, "get_closedbooksdate") == len(MANY)


def test_what_is_held_until_there_is_room_is_not_refused(group, caplog):
    group.settings(concurrency_limit=1, concurrency_wait_seconds=30, latency_ms=20)
    with caplog.at_level(logging.WARNING):
        assert each(read(4)) == ALL
    assert "attempt 1 failed" not in caplog.text
    assert group.at_once()["intacct"] == 1


@pytest.mark.parametrize("kind", ["http_503_html", "drop_before", "truncate_body"])
def test_a_failure_inside_an_entity_names_it(group, kind):
    group.fault(side="intacct", match="get_closedbooksdate", kind=kind, times=None, skip=4)
    with pytest.raises((ServiceUnavailable, AnswerUnreadable), match=f"entity {MANY[4]}, get_closedbooksdate: "):
        read()


def test_whichever_answer_is_lost_on_the_way_the_order_stays(group):
    group.fault(side="intacct", match="get_closedbooksdate", kind="drop_before", times=5, probability=0.5, seed=7)
    group.fault(side="intacct", match="get_closedbooksdate", kind="slow", times=None, probability=0.5, seconds=0.05)
    assert each(read(4)) == ALL


def test_a_refused_sign_in_ends_it_and_is_not_tried_in_the_other_entities(group, caplog):
    """It may lock the user out. What was told until then is told."""

    class Hook(SageIntacctHook):
        """Somebody closes an entity down just after it was listed."""

        def entity_details(self) -> list[PermittedEntity]:
            found = super().entity_details()
            (gone,) = (one for one in group.state("intacct", "LOCATIONENTITY") if one["LOCATIONID"] == MANY[6])
            group.act("delete", object="LOCATIONENTITY", record=gone["RECORDNO"])
            return found

    hooks = [Hook(), Hook()]
    with caplog.at_level(logging.INFO):
        assert each(closed_books.read(hooks)) == ALL[:6]
    for hook in hooks:
        hook.close()
    assert f"entity {MANY[6]}, get_closedbooksdate: " in caplog.text
    assert calls(group, "get_closedbooksdate") <= 6 + 1


def test_what_nobody_tells_is_not_asked_of_everybody(group):
    group.settings(closed_books_shown=[])
    found = read(2)
    assert (list(found.states), found.by_function) == ([], len(MANY))
    assert calls(group, "get_closedbooksdate") <= closed_books.MOST_REFUSALS + 2, "those that two hooks had begun"
    assert found.asked == closed_books.MOST_REFUSALS, "whoever was not asked counts as not asked"


def test_whoever_comes_after_a_refused_sign_in_signs_in_no_more(group):
    """Each refused one may be the last before the user is locked out: no more than are under way already."""

    class Hook(SageIntacctHook):
        """Somebody changes the password just after the entities were listed."""

        def entity_details(self) -> list[PermittedEntity]:
            found = super().entity_details()
            group.settings(user_password="another")
            # It takes no time, and notes each request.
            group.fault(side="intacct", match="*", kind="slow", seconds=0, times=None)
            return found

    hooks = [Hook(), Hook()]
    found = closed_books.read(hooks)
    for hook in hooks:
        hook.close()
    assert each(found) == []
    tries = sum("get_closedbooksdate" in request["names"] for request in group.faults()["log"])
    assert 1 <= tries <= len(hooks)


def test_no_more_entities_are_asked_than_is_said(group):
    found = read(2, most=5)
    assert each(found) == ALL[:5]
    assert (found.asked, found.by_function) == (5, len(MANY))
    assert calls(group, "get_closedbooksdate") == 5


def test_entities_of_which_a_log_tells_are_not_asked(group):
    group.settings(closed_books_shown=ALL_SHOWN)
    found = read(2)
    assert (found.asked, found.by_function) == (0, 0)
    assert calls(group, "get_closedbooksdate") == 0


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
    for (entity, book), days in told(at_once=2).items():
        truly = [
            closed
            for place, below in product(("*", entity), ("*", "GL", book))
            if (closed := books.get(place, {}).get(below))
        ]
        last = max((date(int(text[6:]), int(text[:2]), int(text[3:5])) for text in truly), default=None)
        for day in days - {None}:
            assert last is not None, (entity, book, days)
            assert day <= last, (entity, book, days)
