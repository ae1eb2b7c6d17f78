"""Our parsers read every answer of a recording: the sandbox's, which is kept here, or a company's (`make test RECORDING=folder`)."""

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
from tests.recording import again

FOLDER = Path(os.environ.get("RECORDING") or again.FOLDER)
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
# As a whole: the schema knows the names of all lists.
REFUSED = tuple(f"intacct/{name}" for name in ("wrong_sender", "wrong_user", "wrong_session", "unknown_list"))
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
    missing = {exchange.place for exchange in EXCHANGES if again.is_kept(exchange.place)} - set(files.read(FOLDER))
    assert missing == set(), "the one of the sandbox: python -m tests.recording.again"


@pytest.mark.parametrize("place", [place for place in RECORDING if place.startswith("intacct/")])
def test_an_answer_of_intacct_is_read(place):
    recorded = RECORDING[place]
    functions = functions_of(recorded)
    ids = [str(function.get("controlid")) for function in functions]
    if place in REFUSED:
        with pytest.raises(ConnectorError) as refused:
            responses.read(answer_of(recorded), ids, writes=False, redact=Redactor(), where="the recording")
        assert not isinstance(refused.value, AnswerUnreadable)
        return
    response = responses.read(answer_of(recorded), ids, writes=False, redact=Redactor(), where="the recording")
    for function, result in zip(functions, response.results, strict=True):
        if result.succeeded:
            read(function[0], result)
        else:
            assert explain(result.errors).text


def read(function: etree._Element, result: responses.Result) -> None:
    """As the connector reads it."""
    if function.tag in READERS:
        assert READERS[function.tag](result.records) or function.tag in MAY_BE_EMPTY
    elif function.tag == "query":
        page = next(paging.pages(Once(result), size=int(function.findtext("pagesize")), where="the recording"))
        assert len(page.records) == result.count
    elif function.tag == "get_closedbooksdate":
        definitions.closed_books_date(result.records)
    elif function.tag == "getAPISession":
        assert all(result.records[0][name] for name in ("sessionid", "endpoint"))


@pytest.mark.parametrize("place", [place for place in RECORDING if place.startswith("certify/")])
def test_an_answer_of_certify_is_read(place):
    recorded = RECORDING[place]
    path, _, query = recorded.asked.removeprefix("GET ").partition(" ")[0].partition("?")
    if recorded.status >= 400:
        with pytest.raises(ConnectorError):
            answers.read(answer_of(recorded), redact=Redactor(), where="the recording")
        return
    content = answers.read(answer_of(recorded), redact=Redactor(), where="the recording")
    last = path.rpartition("/")[2]
    if last in ARRAY_KEYS or last in "12345":
        page = re.search(r"page=(\d+)", query)
        answers.page(content, array_key(path), int(page[1]) if page else 1, where="the recording")
    else:
        answers.one_record(content, array_key(path), last, where="the recording")
