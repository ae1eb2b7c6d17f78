"""Several queries in one request: each has its own answer, its own further pages and its own error."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from certify_intacct.intacct.filters import In
from certify_intacct.intacct.paging import Query
from certify_intacct.model.errors import IncompleteAnswer, PermissionDenied, RateLimited, ServiceUnavailable
from tests.intacct import gateway as g
from tests.transport.replay import Reply

FIELDS = ("RECORDNO", "TITLE")
ASKED = [Query(name, FIELDS, In("RECORDNO", ["1"])) for name in ("BILL", "CARD")]
DENIED = g.error("PL04000005", "You do not have permission for API operation QUERY on objects of type x")
BUSY = g.error("BL01001973", "Busy", correction="Please Try Again Later")


def together(*of_each: Callable[[g.Request], str] | str) -> Callable[[g.Request], str]:
    """One answer to several functions: what each would have been answered alone, or its error."""

    def answer(request: g.Request) -> str:
        results = []
        for position, one in enumerate(of_each):
            control_id = request.functions[position][0]
            if isinstance(one, str):
                results.append(g.result(control_id, "query", f"<errormessage>{one}</errormessage>", "failure"))
            else:
                alone = one(_Alone(request, position))
                results.append(alone[alone.index("<result>") : alone.index("</operation>")])
        return g.response(request, *results)

    return answer


class _Alone(g.Request):
    """A request as if it had one function only."""

    def __init__(self, request: g.Request, position: int) -> None:
        super().__init__(request.asked)
        self._only = request.functions[position]

    @property
    def functions(self) -> list[tuple[str, Any]]:
        return [self._only]


def numbers(records: list[dict[str, Any]]) -> list[str]:
    return [record["RECORDNO"] for record in records]


def test_one_request_and_an_answer_for_each(gateway, hook):
    gateway.answers = [together(g.page(1, total=1), g.page(2, 3, total=2))]
    bills, cards = hook.query_together(ASKED)
    assert (numbers(bills()), numbers(cards())) == (["1"], ["2", "3"])
    (request,) = gateway.requests
    assert [query.findtext("object") for _, query in request.functions] == ["BILL", "CARD"]
    assert {query.findtext("options/showprivate") for _, query in request.functions} == {"true"}


def test_only_what_has_more_pages_is_asked_for_more(gateway, hook):
    gateway.answers = [together(g.page(1, 2, total=3), g.page(4, total=1)), g.page(3, total=3, offset=2)]
    bills, cards = hook.query_together(ASKED)
    assert (numbers(bills()), numbers(cards())) == (["1", "2", "3"], ["4"])
    assert [len(request.functions) for request in gateway.requests] == [2, 1]
    assert gateway.requests[1].functions[0][1].findtext("object") == "BILL"


def test_what_may_not_be_seen_fails_alone_and_is_not_asked_again(gateway, hook):
    gateway.answers = [together(DENIED, g.page(4, total=1))]
    bills, cards = hook.query_together(ASKED)
    with pytest.raises(PermissionDenied, match="query BILL: The web services user may not do this"):
        bills()
    assert numbers(cards()) == ["4"]
    assert gateway.answers == []


def test_a_failure_that_passes_is_asked_again_alone(gateway, hook):
    gateway.answers = [together(BUSY, g.page(4, total=1)), g.page(1, total=1)]
    bills, cards = hook.query_together(ASKED)
    assert (numbers(bills()), numbers(cards())) == (["1"], ["4"])
    gateway.answers = [together(BUSY, g.page(4, total=1)), *[_refused(BUSY)] * 2]
    with pytest.raises(ServiceUnavailable):
        hook.query_together(ASKED)[0]()
    assert gateway.answers == []


def _refused(error: str) -> Callable[[g.Request], str]:
    return together(error)


def test_records_that_change_meanwhile_are_read_once_more_from_the_start(gateway, hook):
    moved = [together(g.page(1, 2, total=3), g.page(4, total=1)), g.page(3, total=4, offset=2)]
    gateway.answers = [*moved, g.page(1, 2, total=2)]
    bills, _ = hook.query_together(ASKED)
    assert numbers(bills()) == ["1", "2"]
    gateway.answers = [*moved, g.page(1, 2, total=3), g.page(3, total=2, offset=2)]
    with pytest.raises(IncompleteAnswer):
        hook.query_together(ASKED)[0]()


@pytest.mark.parametrize(
    "unreadable",
    [Reply(cut="within", body=b"x" * 99), together(g.page(1, total=1))],
    ids=["cut", "a result is missing"],
)
def test_an_answer_that_is_not_whole_is_asked_for_again_as_a_whole(gateway, hook, unreadable):
    gateway.answers = [unreadable, together(g.page(1, total=1), g.page(4, total=1))]
    bills, cards = hook.query_together(ASKED)
    assert (numbers(bills()), numbers(cards())) == (["1"], ["4"])
    assert [len(request.functions) for request in gateway.requests] == [2, 2]


def test_a_request_that_fails_gives_no_answer_at_all(gateway, hook):
    limited = Reply(b"API rate limit exceeded", status=429)
    gateway.answers = [limited] * 3
    with pytest.raises(RateLimited):
        hook.query_together(ASKED)


def test_many_queries_are_several_requests(gateway, hook):
    pages = [g.page(number, total=1) for number in range(1, 13)]
    gateway.answers = [together(*pages[:10]), together(*pages[10:])]
    answers = hook.query_together([ASKED[0]] * 12)
    assert [numbers(answer()) for answer in answers] == [[str(number)] for number in range(1, 13)]


def test_fields_of_several_objects_are_asked_for_in_one_request(gateway, hook):
    def looked_up(name: str) -> Callable[[g.Request], str]:
        fields = f"<Field><ID>RECORDNO</ID></Field><Field><ID>{name}_ONLY</ID></Field>"
        data = f'<data listtype="All" count="1"><Type Name="{name}"><Fields>{fields}</Fields></Type></data>'
        return lambda request: g.response(request, g.result(request.functions[0][0], "lookup", data))

    gateway.answers = [together(looked_up("BILLLINE"), looked_up("CARDLINE"))]
    hook.know_fields(["BILLLINE", "CARDLINE"])
    assert hook.field_names("CARDLINE") == {"RECORDNO", "CARDLINE_ONLY"}
    hook.know_fields(["BILLLINE"])
    assert len(gateway.requests) == 1
    gateway.answers = [together(DENIED, looked_up("TAXLINE")), together(DENIED)]
    hook.know_fields(["ENTRY", "TAXLINE"])
    assert hook.field_names("TAXLINE") == {"RECORDNO", "TAXLINE_ONLY"}
    with pytest.raises(PermissionDenied):
        hook.field_names("ENTRY")
