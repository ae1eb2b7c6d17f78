"""Our parsers read every answer of a recording: the sandbox's, which is kept here, or a company's (`make test RECORDING=folder TESTS=tests/recording`)."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from lxml import etree

from certify_intacct.certify import answers
from certify_intacct.certify.resources import ARRAY_KEYS, array_key
from certify_intacct.intacct import definitions, paging, responses
from certify_intacct.intacct.errors import explain
from certify_intacct.model.errors import AnswerUnreadable, ConnectorError
from certify_intacct.transport.http import Answer
from certify_intacct.transport.redaction import Redactor
from include.recording import files
from include.recording.exchanges import EXCHANGES

FOLDER = Path(os.environ.get("RECORDING") or Path(__file__).parents[1] / "recordings" / "sandbox")
RECORDING = {place: one for place, one in files.read(FOLDER).items() if not one.missing}
# What makes the answer of a function that reads definitions.
READERS = {
    "lookup": lambda records: definitions.object_definition("", records).fields,
    "inspect": lambda records: definitions.object_definition("", records).fields,
    "getUserPermissions": definitions.permissions,
    "readEntityDetails": definitions.entities,
    "getDimensions": definitions.dimensions,
    "getDimensionAutofillDetails": definitions.filled,
    "get_companyprefs": definitions.preferences,
    "getFinancialSetup": definitions.flattened,
    "readUserFormatting": definitions.flattened,
}
MAY_BE_EMPTY = {"get_companyprefs", "getDimensionAutofillDetails", "readEntityDetails"}


def answer_of(recorded: files.Recorded) -> Answer:
    headers = {name: text for name, text in recorded.headers.items() if name != "content-encoding"}
    return Answer(recorded.status, headers, recorded.body.encode(), None)


def functions_of(recorded: files.Recorded) -> list[etree._Element]:
    return list(etree.fromstring(f"<all>{recorded.asked[recorded.asked.index('<') :]}</all>"))


class Once:
    """The question of a page that was asked once."""

    def __init__(self, result: responses.Result) -> None:
        self.result = result

    def begin(self, offset: int) -> None:
        """Nothing is asked."""

    def ask(self, offset: int, then: int | None) -> responses.Result:
        return self.result


def test_a_recording_has_every_exchange():
    assert {exchange.place for exchange in EXCHANGES} == set(files.read(FOLDER))


@pytest.mark.parametrize("place", [place for place in RECORDING if place.startswith("intacct/")])
def test_an_answer_of_intacct_is_read(place):
    recorded = RECORDING[place]
    functions = functions_of(recorded)
    control_ids = [str(function.get("controlid")) for function in functions]
    try:
        response = responses.read(
            answer_of(recorded), control_ids, writes=False, redact=Redactor(), where="the recording"
        )
    except AnswerUnreadable:
        raise
    except ConnectorError as refused:
        assert place.startswith("intacct/wrong_") and refused.message
        return
    for function, result in zip(functions, response.results, strict=True):
        if not result.succeeded:
            assert explain(result.errors).text
            continue
        call = function[0].tag
        if call in READERS:
            assert READERS[call](result.records) or call in MAY_BE_EMPTY
        elif call == "query":
            page = next(paging.pages(Once(result), size=int(function[0].findtext("pagesize")), where="the recording"))
            assert len(page.records) == result.count
        elif call == "get_closedbooksdate":
            definitions.closed_books_date(result.records)
        elif call == "getAPISession":
            assert result.records[0]["sessionid"] and result.records[0]["endpoint"]


@pytest.mark.parametrize("place", [place for place in RECORDING if place.startswith("certify/")])
def test_an_answer_of_certify_is_read(place):
    recorded = RECORDING[place]
    path, _, query = recorded.asked.removeprefix("GET ").partition(" ")[0].partition("?")
    parts = path.split("/")
    try:
        content = answers.read(answer_of(recorded), redact=Redactor(), where="the recording")
        if parts[-1] in ARRAY_KEYS or parts[-1] in "12345":
            page = re.search(r"page=(\d+)", query)
            answers.page(content, array_key(path), int(page[1]) if page else 1, where="the recording")
        else:
            answers.one_record(content, array_key(path), parts[-1], where="the recording")
    except AnswerUnreadable:
        # A page of what stands in front of Certify is no answer; neither is it a success.
        assert recorded.status >= 400
    except ConnectorError as refused:
        assert refused.message
        assert recorded.status >= 300 or "error" in recorded.body
