"""How many requests a load needs at Intacct: what does not send documents hardly grows with them."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest

from certify_intacct.operators.certify_to_staging import CertifyToStagingOperator
from certify_intacct.operators.intacct_to_staging import SageIntacctToStagingOperator
from certify_intacct.operators.open_load import OpenLoadOperator
from certify_intacct.posting import poster
from certify_intacct.runs.streams import streams
from certify_intacct.transport.http import HttpClient
from tests.expense_company import DAY

DOCUMENTS, OF_A_REPORT = 1000, 20
#: For 100 documents. Four of them are the sends: 25 documents share a request.
MOST = 5
#: Signing in, the question before sending, and a request that is not full; the questions about all entities are asked at top level.
ANOTHER_SESSION = 3
#: At top level, for what was made inside entities; what was made at top level is read back there too.
FROM_ABOVE = 1
_FUNCTION = re.compile(rb"<function [^>]*><([a-zA-Z_]+)/?>(?:<object>([A-Z]+)</object>)?")


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


@pytest.mark.parametrize("senders", [1, 3])
def test_what_is_closed_is_asked_in_each_entity_of_the_reports_with_one_request_and_as_many_at_once_as_documents_are_sent(
    company, requests, senders
):
    company.configure(sending={"requests_at_once": senders})
    more = [{"LOCATIONID": f"{number}", "NAME": f"Entity {number}", "STATUS": "active"} for number in range(301, 354)]
    company.sandbox.load("intacct", "LOCATIONENTITY", more)
    used = [str(number) for number in range(301, 341)]
    for number, entity in enumerate(used, start=1):
        company.report(number, EmpGLD1Code=entity)
    run = company.context(run_id="run-1", period_start=str(DAY), period_end=str(DAY))
    run["dag_run"].dag_id = "expense_sync"
    load = OpenLoadOperator(task_id="open_load", direction="expense").execute(run)
    for stream in streams("expense")[1]:
        CertifyToStagingOperator(task_id="extract", load_id=load, stream=stream).execute(run)
    company.sandbox.settings(latency_ms=20)
    company.sandbox.clear_calls()
    requests.clear()
    SageIntacctToStagingOperator(task_id="extract", load_id=load, stream="intacct_closed_books").execute(run)
    above = ["getAPISession"], ["readEntityDetails"], ["query LOCATIONENTITY"]
    assert [one for one in requests if one != ["get_closedbooksdate"]][:3] == [*above]
    assert len(requests) == len(used) + len(above) + 1, "the logs are looked up in one more"
    assert company.sandbox.at_once()["intacct"] == senders


def test_charges_that_are_made_inside_entities_are_sent_entity_by_entity(company, requests, monkeypatch):
    """Their reports have bills too, which are made at top level: these do not tell where the charges belong."""
    monkeypatch.setattr(poster, "WAVE", 4)
    company.configure(receipts={"attach": False}, sending={"requests_at_once": 1})
    third = {"LOCATIONID": "300", "NAME": "Acme West", "CURRENCY": "USD", "STATUS": "active"}
    company.sandbox.load("intacct", "LOCATIONENTITY", [third])
    for number in range(1, 9):
        company.report(number, ("10", "10"), ("20", "0"), EmpGLD1Code="300" if number % 2 else "100")
    load, run = company.plan()
    requests.clear()
    company.load(load, run)
    assert company.states() == {"in_gl": 16}
    sent = [len(one) for one in requests if "record_cctransaction" in one]
    assert sent == [4, 4]
    assert requests.count(["getAPISession"]) == 1 + len(sent), "at top level, and in each of them once"
