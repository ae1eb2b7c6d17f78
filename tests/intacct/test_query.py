from __future__ import annotations

import pytest

from certify_intacct.model.errors import (
    AnswerUnreadable,
    FunctionFailed,
    IncompleteAnswer,
    PermissionDenied,
    ServiceUnavailable,
)
from tests.intacct import gateway as g
from tests.transport.replay import Reply

FIELDS = ("RECORDNO", "TITLE")


def numbers(pages) -> list[int]:
    return [int(record["RECORDNO"]) for page in pages for record in page.records]


def test_all_pages_are_read_in_order(gateway, hook):
    gateway.answers = [g.page(1, 2, total=5), g.page(3, 4, total=5, offset=2), g.page(5, total=5, offset=4)]
    pages = list(hook.query("DEPARTMENT", FIELDS, page_size=2))

    assert numbers(pages) == [1, 2, 3, 4, 5]
    assert [(page.offset, page.total_count) for page in pages] == [(0, 5), (2, 5), (4, 5)]
    asked = [request.functions[0][1] for request in gateway.requests]
    assert [query.findtext("offset") for query in asked] == ["0", "2", "4"]
    assert {query.findtext("options/showprivate") for query in asked} == {"true"}
    assert {query.findtext("orderby/order/field") for query in asked} == {"RECORDNO"}
    assert len({request.functions[0][0] for request in gateway.requests}) == 3


def test_a_gateway_may_give_smaller_pages_than_asked(gateway, hook):
    gateway.answers = [g.page(1, total=2), g.page(2, total=2, offset=1)]
    assert numbers(hook.query("DEPARTMENT", FIELDS)) == [1, 2]


def test_nothing_there_is_one_empty_page(gateway, hook):
    gateway.answers = [g.page(total=0)]
    pages = list(hook.query("DEPARTMENT", FIELDS))
    assert [(list(page.records), page.total_count) for page in pages] == [([], 0)]


CHANGES = {
    "total rises": [g.page(1, 2, total=3), g.page(3, total=4, offset=2)],
    "total falls": [g.page(1, 2, total=4), g.page(4, total=3, offset=2)],
    "record shifted and came twice": [g.page(1, 2, total=4), g.page(2, 3, total=4, offset=2)],
    "twice on one page": [g.page(1, 1, total=2)],
    "empty page in between": [g.page(1, 2, total=4), g.page(total=4, offset=2)],
    "too many": [g.page(1, 2, total=3), g.page(3, 4, total=3, offset=2)],
}


@pytest.mark.parametrize("answers", CHANGES.values(), ids=CHANGES.keys())
def test_changes_under_way_are_noticed(gateway, hook, answers):
    gateway.answers = list(answers)
    with pytest.raises(IncompleteAnswer, match=r"changed while they were read.*from the start"):
        list(hook.query("DEPARTMENT", FIELDS, page_size=2))


@pytest.mark.parametrize("answers", CHANGES.values(), ids=CHANGES.keys())
def test_changes_under_way_are_cured_by_one_more_read(gateway, hook, answers):
    gateway.answers = [*answers, g.page(1, 2, total=3), g.page(3, total=3, offset=2)]
    assert [record["RECORDNO"] for record in hook.query_all("DEPARTMENT", FIELDS, page_size=2)] == ["1", "2", "3"]


def test_the_consumer_drops_what_it_had_before_the_restart(gateway, hook):
    gateway.answers = [*CHANGES["total rises"], g.page(1, 2, total=2)]
    staged: list[int] = []
    for page in hook.query("DEPARTMENT", FIELDS, on_restart=staged.clear):
        staged += numbers([page])
    assert staged == [1, 2]


def test_only_one_restart(gateway, hook):
    gateway.answers = [*CHANGES["total rises"], *CHANGES["total falls"], g.page(1, total=1)]
    with pytest.raises(IncompleteAnswer):
        hook.query_all("DEPARTMENT", FIELDS)
    assert len(gateway.answers) == 1


def test_a_page_that_contradicts_itself_is_unreadable(gateway, hook):
    gateway.answers = [lambda request: g.page(1, 2, total=2)(request).replace('count="2" num', 'count="3" num')] * 3
    with pytest.raises(AnswerUnreadable, match="announces 3 records and holds 2"):
        list(hook.query("DEPARTMENT", FIELDS))


def test_totals_may_be_told_by_what_remains(gateway, hook):
    def without_total(page):
        return lambda request: page(request).replace('totalcount="3" ', "")

    gateway.answers = [without_total(g.page(1, 2, total=3)), without_total(g.page(3, total=3, offset=2))]
    assert numbers(hook.query("DEPARTMENT", FIELDS)) == [1, 2, 3]


def test_a_page_without_any_count_proves_nothing(gateway, hook):
    gateway.answers = [
        lambda request: g.response(
            request, g.result(request.functions[0][0], "query", "<data><X><RECORDNO>1</RECORDNO></X></data>")
        )
    ]
    with pytest.raises(AnswerUnreadable, match="does not say how many"):
        list(hook.query("X", FIELDS))


def test_a_lost_page_is_asked_again_where_it_was(gateway, hook):
    gateway.answers = [g.page(1, 2, total=3), Reply(cut="within", body=b"x" * 99), g.page(3, total=3, offset=2)]
    assert numbers(hook.query("DEPARTMENT", FIELDS)) == [1, 2, 3]
    assert [request.functions[0][1].findtext("offset") for request in gateway.requests] == ["0", "2", "2"]


def refused(errorno: str, text: str, correction: str = ""):
    def answer(request: g.Request) -> str:
        message = f"<errormessage>{g.error(errorno, text, '', correction)}</errormessage>"
        return g.response(request, g.result(request.functions[0][0], "query", message, "failure"))

    return answer


def test_a_refused_query_is_not_asked_again(gateway, hook):
    gateway.answers = [refused("PL04000005", "You do not have permission for API operation QUERY on objects of type x")]
    with pytest.raises(PermissionDenied, match="query DEPARTMENT: The web services user may not do this"):
        list(hook.query("DEPARTMENT", FIELDS))
    gateway.answers = [refused("Query Failed", "Object definition VENDOR9 not found")]
    with pytest.raises(FunctionFailed, match="VENDOR9 not found"):
        list(hook.query("VENDOR9", FIELDS))


def test_a_passing_failure_of_the_function_is_asked_again(gateway, hook):
    busy = refused("BL01001973", "Busy", "Please Try Again Later")
    gateway.answers = [busy, busy, g.page(1, total=1)]
    assert numbers(hook.query("DEPARTMENT", FIELDS)) == [1]
    gateway.answers = [busy, busy, busy]
    with pytest.raises(ServiceUnavailable):
        list(hook.query("DEPARTMENT", FIELDS))
    assert gateway.answers == []
