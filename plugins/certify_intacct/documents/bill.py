"""What the bills to vendors have in common, whoever the vendor is: the object, its request, and how it is read.

Intacct XML gateway reference, Accounts Payable > Bills (developer.intacct.com/api/accounts-payable/bills): generic ``create`` of
APBILL. A draft needs no more than a vendor; a bill that is submitted is posted at once, or waits where approval is on.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any, ClassVar

from certify_intacct.documents.base import Kind
from certify_intacct.documents.own_fields import codes_of, fields_of
from certify_intacct.documents.reading import Record
from certify_intacct.documents.states import PAYABLE, PAYMENT, Meaning
from certify_intacct.intacct.filters import Filter, In, Like, Or
from certify_intacct.intacct.functions import Function, create
from certify_intacct.model.configuration.posting import PostingConfiguration
from certify_intacct.model.documents import Document, DocumentLine, money_text
from certify_intacct.model.references import References, Vendor
from certify_intacct.model.report_plans import Hold
from certify_intacct.model.rules import Rule
from certify_intacct.rules.expenses import dates, identity
from certify_intacct.rules.expenses.dates import PostingDate
from certify_intacct.rules.expenses.identity import LONGEST_TOKEN
from certify_intacct.rules.expenses.splitting import Group
from certify_intacct.rules.expenses.targets import Payee, PlanningContext
from certify_intacct.rules.preflight.facts import OWN_NUMBERS


class Bill(Kind):
    """A bill to a vendor."""

    subledger = "AP"
    object = "APBILL"
    line_object = "APBILLITEM"
    header_fills = frozenset(
        {
            "WHENCREATED", "WHENPOSTED", "VENDORID", "RECORDID", "DOCNUMBER", "DESCRIPTION", "TERMNAME", "SUPDOCID", "WHENDUE",
            "BASECURR", "CURRENCY", "EXCH_RATE_DATE", "EXCH_RATE_TYPE_ID", "EXCHANGE_RATE", "INCLUSIVETAX", "TAXSOLUTIONID",
        }
    )  # fmt: skip
    line_fills = frozenset(
        {
            "ACCOUNTNO", "ACCOUNTLABEL", "AMOUNT", "TRX_AMOUNT", "ENTRYDESCRIPTION", "DESCRIPTION", "LOCATIONID", "LOCATION",
            "DEPARTMENTID", "DEPARTMENT", "BILLABLE",
        }
    )  # fmt: skip
    policy = ("Accounts Payable", "Bills")
    rights = ("Add", "Edit", "Post")
    gives = frozenset({"vendor"})
    several_entities = True
    states: ClassVar[Mapping[str, Meaning]] = {**PAYABLE, "Analyzing": Meaning.ON_ITS_WAY}
    reversal = "Accounts Payable > Bills > the bill > Reverse, while nothing of it is paid or selected for payment"
    token_field = "DOCNUMBER"  # noqa: S105 - a field's name
    payment_fields: ClassVar[tuple[str, ...]] = PAYMENT
    payee_field = "VENDORID"
    header_reads: ClassVar[Mapping[str, str]] = {
        "posting_date": "WHENPOSTED", "due_date": "WHENDUE", "term": "TERMNAME", "description": "DESCRIPTION",
        "base_currency": "BASECURR", "exchange_rate_type": "EXCH_RATE_TYPE_ID", "exchange_rate_date": "EXCH_RATE_DATE",
        "tax_solution": "TAXSOLUTIONID", "attachment_id": "SUPDOCID",
    }  # fmt: skip
    line_reads: ClassVar[Mapping[str, str]] = {
        "account": "ACCOUNTNO", "label": "ACCOUNTLABEL", "memo": "ENTRYDESCRIPTION",
        "location_id": "LOCATIONID", "department_id": "DEPARTMENTID", "billable": "BILLABLE",
    }  # fmt: skip

    def vendor(self, vendor_id: str, name: str, group: Group, context: PlanningContext) -> Payee | Hold:
        """A vendor as the payee of a group's bill, where the bill can name it.

        :param name: the same for people
        """
        session = group.entity if context.posting.posting_entity == "entity" else ""
        vendor = context.references.vendors.get(vendor_id)
        if vendor is not None and vendor.entity and vendor.entity != session:
            place = session or "top level"
            inside = not session and vendor.entity == group.entity
            other = "choose posting.posting_entity: entity" if inside else "correct the entity in Certify"
            return Hold(
                rule=Rule.VENDOR_OF_ENTITY,
                reason=f"Vendor {vendor.vendor_id} is private to entity {vendor.entity}; the bill would be made at {place}.",
                cure=f"Make the vendor at top level in Intacct, or {other}.",
            )
        if vendor is not None and (hold := _restricted(vendor, session, group.entity, context.references)):
            return hold
        return Payee(payee_id=vendor_id, name=name, session_entity=session)

    def due(self, day: PostingDate, payee: Payee, context: PlanningContext) -> tuple[date | None, str] | Hold:
        """By the rule ``due`` of the section of who paid."""
        (payer,) = self.payers
        vendor = context.references.vendors.get(payee.payee_id)
        term = vendor.term if vendor else ""
        rule = context.posting.paid_by(payer).due
        return dates.due(day, rule, term, context.references, key=f"posting.{payer}_paid.due")

    def request(self, document: Document, control_id: str) -> Function:
        fields: dict[str, Any] = {
            "WHENCREATED": document.posting_date,
            "WHENPOSTED": document.posting_date,
            "VENDORID": document.payee_id,
            "RECORDID": document.number,
            "DOCNUMBER": document.token,
            **self.own_header(document),
            "DESCRIPTION": document.description,
            "TERMNAME": document.term or None,
            "SUPDOCID": document.attachment_id or None,
            "WHENDUE": document.due_date,
            "BASECURR": document.base_currency,
            "CURRENCY": document.currency,
            "EXCH_RATE_DATE": document.exchange_rate_date,
            "EXCH_RATE_TYPE_ID": document.exchange_rate_type or None,
            "EXCHANGE_RATE": document.exchange_rate or None,
            **fields_of(document),
        }
        if document.tax_solution:
            fields |= {"INCLUSIVETAX": False, "TAXSOLUTIONID": document.stated_solution}
        fields["APBILLITEMS"] = {"APBILLITEM": [_line(line, document.by_label) for line in document.lines]}
        return create(self.object, fields, control_id=control_id)

    def own_header(self, document: Document) -> Mapping[str, Any]:
        """What a kind states otherwise: its own date and that of its posting are one, and number and token stand in their fields."""
        return {}

    def named(self, numbers: Sequence[str], tokens: Collection[str]) -> Filter:
        """A bill that has its supplier's number has ours, whole, in the field of the token."""
        elsewhere = [number for number in numbers if _in_token_field(number)]
        found: list[Filter] = [In(self.token_field, elsewhere)] if elsewhere else []
        if left := [number for number in numbers if not _in_token_field(number)]:
            # The token of one that has our number in both fields finds all of its report.
            of_left = tokens if not elsewhere else {number.split("-")[0] for number in left}
            found.append(super().named(left, of_left))
        return found[0] if len(found) == 1 else Or(*found)

    def named_like_ours(self) -> Filter:
        """By whole numbers in the field of the token, too."""
        return Or(super().named_like_ours(), Like(self.token_field, identity.LIKE_A_NUMBER))

    def names_of(self, record: Record) -> tuple[str, str]:
        """Ours, where the number is the supplier's."""
        number, token = super().names_of(record)
        return (token, token.split("-")[0]) if identity.parse_number(token) else (number, token)

    def texts(self, posting: PostingConfiguration) -> dict[tuple[str, str], tuple[int, str]]:
        """The token too."""
        return {**super().texts(posting), (self.object, self.token_field): (LONGEST_TOKEN, OWN_NUMBERS)}


def _in_token_field(number: str) -> bool:
    """Whether a bill of that number has it in the field of the token."""
    named = identity.parse_number(number)
    return named is not None and named[-1].number_elsewhere


def _restricted(vendor: Vendor, session: str, entity: str, references: References) -> Hold | None:
    """Why a bill may not name a vendor there (OBJECTRESTRICTION); None where its locations are no entities: nobody can tell then."""
    cure = "Lift the vendor's restriction in Intacct (Accounts Payable > Vendors > Restrictions)"
    if vendor.top_level_only and session:
        reason = f"Vendor {vendor.vendor_id} may be used at top level only; the bill would be made at {session}."
        return Hold(Rule.VENDOR_RESTRICTED, reason, f"{cure}, or choose posting.posting_entity: top_level.")
    where = vendor.locations
    if where is None or not entity or entity in where or not where <= references.entities.keys():
        return None
    named = ", ".join(sorted(where))
    reason = f"Vendor {vendor.vendor_id} is restricted to {named} in Intacct, and the bill is for entity {entity}."
    return Hold(Rule.VENDOR_RESTRICTED, reason, f"{cure}, add {entity} to it, or correct the entity in Certify.")


def _line(line: DocumentLine, by_label: bool) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "ACCOUNTLABEL" if by_label else "ACCOUNTNO": line.account,
        "TRX_AMOUNT": money_text(line.amount),
        "ENTRYDESCRIPTION": line.memo,
        "LOCATIONID": line.location_id or None,
        "DEPARTMENTID": line.department_id or None,
        **codes_of(line),
    }
    if line.billable:
        fields["BILLABLE"] = True
    if line.tax:
        fields["TAXENTRIES"] = {
            "TAXENTRY": [{"DETAILID": tax.detail_id, "TRX_TAX": money_text(tax.amount)} for tax in line.tax]
        }
    return fields
