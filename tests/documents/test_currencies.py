"""In which currency a document says that it is."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from lxml import etree

from certify_intacct.documents import kind_of
from certify_intacct.intacct import envelope
from certify_intacct.model.documents import Document
from tests.documents.test_requests import CREDENTIALS
from tests.intacct.request_schema import schema
from tests.rules.expenses.company import REFERENCES, TODAY, card_line, configuration, entity, plan_report, report

ONE = replace(
    REFERENCES,
    dimensions=REFERENCES.dimensions | {"entity": {("100",): entity("100", "USD"), ("200",): entity("200", "USD")}},
)


def charge(references, **config):
    item = card_line("a", "10", "T-1")
    planned = plan_report(
        report(item, **config.pop("header", {})), [item], references, configuration(**config), today=TODAY
    )
    return planned.documents[0]


def sent(document: Document) -> dict[str, str]:
    function = kind_of(document.kind).function(document, "control")
    body = envelope.request([function], CREDENTIALS, control_id="c", session_id="session..", unique=True)
    assert schema().validate(etree.fromstring(body)), schema().error_log
    root = etree.fromstring(function.xml)
    return {
        name: root.findtext(f".//{name}")
        for name in ("currency", "exchratetype", "exchrate", "CURRENCY", "EXCH_RATE_TYPE_ID", "EXCHANGE_RATE")
        if root.find(f".//{name}") is not None
    }


def test_a_card_transaction_states_its_currency_where_the_company_has_several():
    assert sent(charge(REFERENCES)) == {"currency": "USD", "exchrate": "1"}
    foreign = charge(REFERENCES, header={"employee_gld_codes": {1: "200"}}, currencies={"exchange_rate_type": "Daily"})
    assert sent(foreign) == {"currency": "USD", "exchratetype": "Daily"}


def test_where_there_is_one_currency_nothing_changes():
    document = charge(ONE)
    assert sent(document) == {}
    assert b"details" not in document.canonical()


JOURNAL = {"target": "gl_journal", "journal": {"symbol": "EXP", "offset_account": "2310"}}


def test_a_journal_states_its_currency_where_the_company_has_several():
    assert sent(charge(REFERENCES, company_paid=JOURNAL)) == {"CURRENCY": "USD", "EXCHANGE_RATE": "1"}
    elsewhere = {"header": {"employee_gld_codes": {1: "200"}}, "currencies": {"exchange_rate_type": "Daily"}}
    assert sent(charge(REFERENCES, company_paid=JOURNAL, **elsewhere)) == {
        "CURRENCY": "USD",
        "EXCH_RATE_TYPE_ID": "Daily",
    }
    one = charge(ONE, company_paid=JOURNAL)
    assert (sent(one), dict(one.details)) == ({}, {"offset_account": "2310"})


@pytest.mark.parametrize("base", ["", "USD", "EUR"])
def test_entities_without_a_currency_have_the_companys(base):
    entities = {("100",): entity("100", "USD"), ("200",): entity("200")}
    references = replace(REFERENCES, dimensions=REFERENCES.dimensions | {"entity": entities})
    assert bool(sent(charge(references, company={"base_currency": base}))) == (base == "EUR")


def test_what_was_planned_before_is_sent_as_it_was():
    stated = charge(REFERENCES)
    before = Document.from_canonical(replace(stated, details={}).canonical())
    assert sent(before) == {}
    assert before.total == Decimal(10)
