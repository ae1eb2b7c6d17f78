"""Makes a document of each group of lines, or says what stands against it."""

from __future__ import annotations

from datetime import date, timedelta

from certify_intacct.model.configuration import Configuration
from certify_intacct.model.documents import Document, DocumentKey, DocumentKind, DocumentLine
from certify_intacct.model.references import CardAccount, References
from certify_intacct.model.report_plans import Hold
from certify_intacct.model.reports import ExpenseReport
from certify_intacct.rules.expenses import identity, mapping, taxes, texts
from certify_intacct.rules.expenses.amounts import Payer
from certify_intacct.rules.expenses.dates import date_by_rule, due, posting_date
from certify_intacct.rules.expenses.splitting import Group
from certify_intacct.rules.texts import readable

# Where a card was used it may be tomorrow already.
A_ZONE_AHEAD = timedelta(days=1)


class Drafts:
    """Makes the documents of one report."""

    def __init__(
        self,
        report: ExpenseReport,
        references: References,
        configuration: Configuration,
        token: str,
        sequence: int,
        has_receipts: bool,
        today: date,
    ) -> None:
        self.report = report
        self.references = references
        self.company = configuration.company
        self.posting = configuration.posting
        self.dimensions = configuration.dimensions
        self.token = token
        self.sequence = sequence
        self.has_receipts = has_receipts
        self.today = today

    def draft(self, group: Group) -> tuple[Document | None, list[Hold]]:
        """The document of a group, or what stands against it."""
        bill = group.payer is Payer.EMPLOYEE
        kind = DocumentKind.AP_BILL if bill else DocumentKind.CREDIT_CARD_TRANSACTION
        if (self.posting.employee_paid.target if bill else self.posting.company_paid.target) == "hold":
            section = "employee_paid" if bill else "company_paid"
            return None, [
                self._hold("target_hold", f"{group.label}: posting.{section}.target is hold.", "Choose a target.")
            ]
        holds = mapping.check_entity(group.entity, self.references, self.dimensions)
        if holds:
            return None, holds
        lines, holds = self._lines(group)
        payee = self._bill_payee(group) if bill else self._card_payee(group)
        if isinstance(payee, Hold):
            return None, [*holds, payee]
        payee_id, payee_name, session_entity = payee
        document = self._document(group, kind, payee_id, payee_name, session_entity, lines)
        if isinstance(document, Hold):
            return None, [*holds, document]
        return (None if holds else document), [*holds, *self._above_limit(document)]

    def _document(
        self,
        group: Group,
        kind: DocumentKind,
        payee_id: str,
        payee_name: str,
        session_entity: str,
        lines: tuple[DocumentLine, ...],
    ) -> Document | Hold:
        intended = date_by_rule(self.report, group, self.posting)
        if intended is None:
            return self._hold(
                "date_missing", f"{group.label}: Certify states no date for it.", "Correct the report in Certify."
            )
        if intended > self.today + A_ZONE_AHEAD:
            return self._hold(
                "future_date",
                f"{group.label}: it would be posted on {intended}, which lies in the future.",
                "Correct the date in Certify; it is posted when the day has come.",
            )
        day = posting_date(intended, group.entity, kind.subledger, self.posting.closed_periods, self.references)
        if isinstance(day, Hold):
            return day
        base_currency = self.references.entities[group.entity].currency or self.company.base_currency
        if not base_currency:
            return self._hold(
                "currency",
                f"{group.label}: nothing says which currency entity {group.entity} keeps its books in.",
                "Set company.base_currency.",
            )
        rate_type = self.posting.currencies.exchange_rate_type
        foreign = group.currency != base_currency
        if foreign and not rate_type:
            return self._hold(
                "currency",
                f"{group.label}: the entity's currency is {base_currency}.",
                "Set posting.currencies.exchange_rate_type.",
            )
        until: tuple[date | None, str] | Hold = (None, "")
        if kind is DocumentKind.AP_BILL:
            vendor = self.references.vendors.get(payee_id)
            until = due(day.posted, self.posting.employee_paid.due, vendor.term if vendor else "", self.references)
        if isinstance(until, Hold):
            return until
        rate_day = (
            (day.intended or day.posted)
            if self.posting.currencies.exchange_rate_date == "intended_date"
            else day.posted
        )
        try:
            number = identity.document_number(self.token, self.sequence, group.ordinal, kind)
        except ValueError as error:
            return self._hold("too_many_documents", str(error), "Divide the report in Certify.")
        return Document(
            key=DocumentKey(
                certify_company=self.company.certify_company,
                intacct_company=self.company.intacct_company_id,
                report_id=self.report.id,
                sequence=self.sequence,
                ordinal=group.ordinal,
            ),
            kind=kind,
            number=number,
            token=self.token,
            entity=group.entity,
            session_entity=session_entity,
            currency=group.currency,
            base_currency=base_currency,
            payee_id=payee_id,
            payee_name=readable(payee_name, self.posting.lengths.payee),
            posting_date=day.posted,
            intended_date=day.intended,
            due_date=until[0],
            term=until[1],
            description=texts.description(self.report, self.posting.lengths.description),
            lines=lines,
            exchange_rate_type=rate_type if foreign else "",
            exchange_rate_date=rate_day if foreign else None,
            by_label=self.posting.accounts.by_label,
            tax_solution=taxes.policy_for(group.entity, self.posting).solution
            if any(line.tax for line in lines)
            else "",
            attachment_id=self.token if self.has_receipts and self.posting.receipts.attach else "",
        )

    def _lines(self, group: Group) -> tuple[tuple[DocumentLine, ...], list[Hold]]:
        lines: list[DocumentLine] = []
        holds: list[Hold] = []
        policy = taxes.policy_for(group.entity, self.posting)
        for member in group.members:
            coding, found = mapping.code_line(self.report, member.line, self.references, self.posting, self.dimensions)
            holds += found
            taxed = taxes.divide(
                member.line, member.part(group.payer), member.employee + member.company, policy, self.references
            )
            if isinstance(taxed, Hold):
                holds.append(taxed)
                continue
            amounts = [
                (coding.account, taxed.net, taxed.entries),
                *((account, tax, ()) for account, tax in taxed.account_lines),
            ]
            lines += [
                DocumentLine(
                    expense_id=member.line.id,
                    account=account,
                    amount=amount,
                    memo=texts.memo(member.line, self.posting.lengths.memo),
                    location_id=group.entity,
                    department_id=coding.department,
                    dimensions=coding.dimensions,
                    tax=entries,
                )
                for account, amount, entries in amounts
                if amount != 0 or entries
            ]
        return tuple(lines), holds

    def _bill_payee(self, group: Group) -> tuple[str, str, str] | Hold:
        session = group.entity if self.posting.posting_entity == "entity" else ""
        vendor = self.references.vendors.get(self.report.employee_id)
        if vendor is not None and vendor.entity and vendor.entity != session:
            return self._hold(
                "vendor_of_entity",
                f"Vendor {vendor.vendor_id} is private to entity {vendor.entity}; the bill would be made at {session or 'top level'}.",
                "Make the vendor at top level in Intacct, or choose posting.posting_entity: entity.",
            )
        return self.report.employee_id, self.report.employee_name, session

    def _card_payee(self, group: Group) -> tuple[str, str, str] | Hold:
        card: CardAccount | None = None
        for member in group.members:
            found = mapping.card_of(member.line, self.posting.company_paid, self.references)
            if isinstance(found, Hold):
                return found
            if card is not None and found != card:
                reason = f"{group.label}: its lines name the cards {card.card_id} and {found.card_id}."
                return self._hold("cards_differ", reason, "Correct the lines in Certify.")
            card = found
        if card is None:
            return self._hold("card_missing", f"{group.label}: no card.", "Attach the card charge in Certify.")
        if card.entity and card.entity != group.entity:
            reason = f"{group.label}: card {card.card_id} belongs to entity {card.entity} and posts only there."
            return self._hold(
                "card_of_other_entity", reason, "Use a card of the entity, or correct the entity in Certify."
            )
        session = card.entity or (group.entity if self.posting.posting_entity == "entity" else "")
        merchants = sorted({member.line.vendor for member in group.members} - {""})
        return card.card_id, merchants[0] if merchants else self.report.employee_name, session

    def _above_limit(self, document: Document) -> list[Hold]:
        limit = self.posting.limits.document_amount
        if limit is None or document.total <= limit:
            return []
        reason = f"{document.number}: {document.total} {document.currency} is above the limit of {limit}."
        cure = "A second person looks at the report and releases it."
        return [Hold(rule="above_limit", reason=reason, cure=cure, releasable=True)]

    def _hold(self, rule: str, reason: str, cure: str) -> Hold:
        return Hold(rule=rule, reason=reason, cure=cure)
