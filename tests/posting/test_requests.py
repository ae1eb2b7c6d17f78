"""How many requests a load needs at Intacct: what does not send documents hardly grows with them."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest

from certify_intacct.transport.http import HttpClient

DOCUMENTS, OF_A_REPORT = 1000, 20
#: For 100 documents. Four of them are the sends: 25 documents share a request.
MOST = 5
#: Signing in, the question before sending, and a request that is not full; the questions about all entities are asked at top level.
ANOTHER_SESSION = 3
#: At top level, for what was made inside entities; what was made at top level is read back there too.
FROM_ABOVE = 1
_FUNCTION = re.compile(rb"<function [^>]*><([a-zA-Z_]+)>(?:<object>([A-Z]+)</object>)?")


@pytest.fixture
def requests(monkeypatch) -> list[list[str]]:
    """The names of the functions of each request at Intacct, in their order."""
    seen: list[list[str]] = []
    sent: Callable[..., object] = HttpClient.send

    def send(self: HttpClient, method: str, url: str, **given: object) -> object:
        if not urlsplit(url).path.startswith("/v1/"):
            body = given.get("body")
            assert isinstance(body, bytes)
            seen.append([b" ".join(filter(None, names)).decode() for names in _FUNCTION.findall(body)])
        return sent(self, method, url, **given)

    monkeypatch.setattr(HttpClient, "send", send)
    return seen


def test_five_requests_for_a_hundred_documents_and_the_question_for_look_alikes(company, requests):
    company.configure(receipts={"attach": False})
    company.report(1)
    company.sync()  # the deployment's mark is left once
    for number in range(2, 2 + DOCUMENTS // OF_A_REPORT):
        company.report(number, ("10", "10"), *[("20", "0")] * (OF_A_REPORT - 1))
    load, run = company.plan()
    requests.clear()
    company.load(load, run)
    assert company.states() == {"in_gl": DOCUMENTS + 1}
    look_alikes = 1
    # Entities that keep their books in different currencies have a session each for their cards' charges.
    assert len(requests) - look_alikes - ANOTHER_SESSION - FROM_ABOVE <= MOST * DOCUMENTS / 100, requests
