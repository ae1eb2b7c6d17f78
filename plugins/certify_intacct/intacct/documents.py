"""Turns a document into the function that posts it: a bill by the generic ``create``, a card transaction by ``record_cctransaction``.

The bytes depend on the document and the control ID alone, so they can be frozen and sent again.
"""

from __future__ import annotations

from typing import Any

from certify_intacct.intacct.functions import Function, create, record_cctransaction
from certify_intacct.model.dimensions import legacy_field
from certify_intacct.model.documents import Document, DocumentKind, DocumentLine, money_text


def posting_function(document: Document, control_id: str) -> Function:
    """The function that posts ``document`` under ``control_id``."""
    if document.kind is DocumentKind.AP_BILL:
        return create("APBILL", _bill(document), control_id=control_id)
    return record_cctransaction(_card_transaction(document), control_id=control_id)


def _bill(document: Document) -> dict[str, Any]:
    # The date of the bill and the date of its posting are one: a closed period is refused by either.
    fields: dict[str, Any] = {
        "WHENCREATED": document.posting_date,
        "WHENPOSTED": document.posting_date,
        "VENDORID": document.payee_id,
        "RECORDID": document.number,
        "DOCNUMBER": document.token,
        "DESCRIPTION": document.description,
        "TERMNAME": document.term or None,
        "SUPDOCID": document.attachment_id or None,
        "WHENDUE": document.due_date,
        "BASECURR": document.base_currency,
        "CURRENCY": document.currency,
        "EXCH_RATE_DATE": document.exchange_rate_date,
        "EXCH_RATE_TYPE_ID": document.exchange_rate_type or None,
    }
    if document.tax_solution:
        fields |= {"INCLUSIVETAX": False, "TAXSOLUTIONID": document.tax_solution}
    fields["APBILLITEMS"] = {"APBILLITEM": [_bill_line(line, document.by_label) for line in document.lines]}
    return fields


def _bill_line(line: DocumentLine, by_label: bool) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "ACCOUNTLABEL" if by_label else "ACCOUNTNO": line.account,
        "TRX_AMOUNT": money_text(line.amount),
        "ENTRYDESCRIPTION": line.memo,
        "LOCATIONID": line.location_id or None,
        "DEPARTMENTID": line.department_id or None,
        **dict(sorted(line.dimensions.items())),
    }
    if line.tax:
        fields["TAXENTRIES"] = {
            "TAXENTRY": [{"DETAILID": tax.detail_id, "TRX_TAX": money_text(tax.amount)} for tax in line.tax]
        }
    return fields


def _card_transaction(document: Document) -> dict[str, Any]:
    foreign = bool(document.exchange_rate_type)
    return {
        "chargecardid": document.payee_id,
        "paymentdate": document.posting_date,
        "referenceno": document.number,
        "payee": document.payee_name or None,
        "description": document.description,
        "supdocid": document.attachment_id or None,
        "currency": document.currency if foreign else None,
        "exchratedate": document.exchange_rate_date if foreign else None,
        "exchratetype": document.exchange_rate_type if foreign else None,
        "inclusivetax": False if document.tax_solution else None,
        "taxsolutionid": document.tax_solution or None,
        "ccpayitems": [_card_line(line, document.by_label) for line in document.lines],
    }


def _card_line(line: DocumentLine, by_label: bool) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "accountlabel" if by_label else "glaccountno": line.account,
        "description": line.memo,
        "paymentamount": money_text(line.amount),
        "departmentid": line.department_id or None,
        "locationid": line.location_id or None,
        **{legacy_field(name): value for name, value in sorted(line.dimensions.items())},
    }
    if line.tax:
        fields["taxentries"] = [{"detailid": tax.detail_id, "trx_tax": money_text(tax.amount)} for tax in line.tax]
    return fields
