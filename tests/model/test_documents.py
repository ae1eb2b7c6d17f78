"""The canonical form of a document: what is in somebody's ledger stays as it is and can be read for ever."""

from __future__ import annotations

from dataclasses import replace

import pytest

from certify_intacct.model.documents import Document, DocumentKind
from certify_intacct.model.payers import Payer
from tests.rules.expenses.company import REFERENCES, TODAY, card_line, configuration, entity, plan_report, report

# As written before documents named their payer.
BILL = (
    '{"attachment_id":"","base_currency":"USD","by_label":false,"currency":"USD","description":"104233 Denver trip Ana Ruiz",'
    '"due_date":"2026-04-06","entity":"100","exchange_rate_date":null,"exchange_rate_type":"","intended_date":null,"key":{'
    '"certify_company":"acme","intacct_company":"ACME","ordinal":1,"report_id":"5d0f2c61-7a0e-4f0a-9a55-0c1f6f1f0001",'
    '"sequence":1},"kind":"ap_bill","lines":[{"account":"6220","amount":"60.00","department_id":"30","dimensions":{},'
    '"expense_id":"a","location_id":"100","memo":"2026-02-25 Hotel Hotel Teatro: Client visit","tax":[]}],"number":'
    '"C6EB52ISDDK-1-001B","payee_id":"E-1007","payee_name":"Ana Ruiz","posting_date":"2026-03-07","session_entity":"",'
    '"tax_solution":"","term":"","token":"C6EB52ISDDK"}'
)
CHARGE = (
    '{"attachment_id":"","base_currency":"USD","by_label":false,"currency":"USD","description":"104233 Denver trip Ana Ruiz",'
    '"due_date":null,"entity":"100","exchange_rate_date":null,"exchange_rate_type":"","intended_date":null,"key":{'
    '"certify_company":"acme","intacct_company":"ACME","ordinal":2,"report_id":"5d0f2c61-7a0e-4f0a-9a55-0c1f6f1f0001",'
    '"sequence":1},"kind":"credit_card_transaction","lines":[{"account":"6220","amount":"40.00","department_id":"30",'
    '"dimensions":{},"expense_id":"a","location_id":"100","memo":"2026-02-25 Hotel Hotel Teatro: Client visit","tax":[]}],'
    '"number":"C6EB52ISDDK-1-002C","payee_id":"CORP-VISA","payee_name":"Hotel Teatro","posting_date":"2026-02-27",'
    '"session_entity":"","tax_solution":"","term":"","token":"C6EB52ISDDK"}'
)
BEFORE = {
    Payer.EMPLOYEE: (BILL, "3d039156a1f7e29f12a4b72b8a9a1fe9e8c1cec6653e737a9ebe0120d67bf9e2"),
    Payer.COMPANY: (CHARGE, "314fe8aba6a7ca5a4fbac9252afbed022b8303582df251c72ffb901d0ff00105"),
}


@pytest.mark.parametrize("payer", Payer)
def test_a_form_of_before_is_read_and_written_to_the_byte(payer):
    text, digest = BEFORE[payer]
    document = Document.from_canonical(text.encode())
    assert document.payer is payer
    assert (document.canonical().decode(), document.sha256) == (text, digest)


def test_the_same_report_makes_the_same_bytes_today():
    line = card_line("a", "100.00", "T-1")
    partly = replace(line, reim_amount=line.amount * 6 / 10, reimbursable=True)
    # Of a company with one currency: among several, a card transaction has something new to say.
    one_currency = replace(REFERENCES, dimensions=REFERENCES.dimensions | {"entity": {("100",): entity("100", "USD")}})
    planned = plan_report(report(partly), [partly], one_currency, configuration(), today=TODAY)
    assert [document.canonical().decode() for document in planned.documents] == [BILL, CHARGE]


@pytest.mark.parametrize("kind", DocumentKind)
@pytest.mark.parametrize("payer", Payer)
@pytest.mark.parametrize("details", [{}, {"b": "2", "a": "ü"}])
def test_payer_details_and_custom_fields_are_never_lost_on_the_way(kind, payer, details):
    known = Document.from_canonical(BILL.encode())
    lines = tuple(replace(line, custom_fields=details) for line in known.lines)
    document = replace(known, kind=kind, payer=payer, details=details, custom_fields=details, lines=lines)
    again = Document.from_canonical(document.canonical())
    assert (again, again.payer, again.details, again.custom_fields) == (document, payer, details, details)


def test_whose_part_it_is_makes_another_document():
    document = Document.from_canonical(BILL.encode())
    assert replace(document, payer=Payer.COMPANY).sha256 != document.sha256
