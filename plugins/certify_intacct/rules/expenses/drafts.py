"""Makes a document of each group of lines, or says what stands against it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from certify_intacct.model.configuration.tax import TAXES
from certify_intacct.model.currencies import money
from certify_intacct.model.documents import Document, DocumentKey, DocumentLine
from certify_intacct.model.report_plans import Hold
from certify_intacct.model.reports import ExpenseLine
from certify_intacct.model.rules import Rule
from certify_intacct.rules.expenses import custom_fields, identity, mapping, several_entities, taxes, texts
from certify_intacct.rules.expenses.amounts import Shares
from certify_intacct.rules.expenses.categories import own_account
from certify_intacct.rules.expenses.dates import A_ZONE_AHEAD, PostingDate, impossible, posting_date, too_old
from certify_intacct.rules.expenses.rates import exchange_rate
from certify_intacct.rules.expenses.spent import spent, spent_elsewhere
from certify_intacct.rules.expenses.splitting import Group
from certify_intacct.rules.expenses.targets import Payee, PlanningContext, Target
from certify_intacct.rules.texts import readable

# Of what becomes no document nobody counts the tax entries.
_ANY = len(TAXES)


class Drafts:
    """Makes the documents of one report."""

    def __init__(self, context: PlanningContext, token: str, has_receipts: bool) -> None:
        self.context = context
        self.report = context.report
        self.references = context.references
        self.company = context.configuration.company
        self.posting = context.posting
        self.dimensions = context.dimensions
        self.token = token
        self.has_receipts = has_receipts
        self.today = context.today

    def draft(self, group: Group, target: Target) -> tuple[Document | None, list[Hold]]:
        """The document of a group, or what stands against it.

        Lines of several entities are a group only where the documents of each are found to be one (``several_entities``).
        """
        if group.by_entity:
            return self._of_several(group, target)
        holds = mapping.check_entity(group.entity, self.references, self.dimensions)
        if holds:
            return None, holds
        lines, holds = self._lines(group, target)
        payee = target.payee(group, self.context)
        if isinstance(payee, Hold):
            return None, [*holds, payee]
        key = f"posting.custom_fields.{target.kind}.header"
        fields, empty = custom_fields.values(self.posting.custom_fields.of(target.kind).header, key, self.report)
        holds += empty
        document = self._document(group, target, payee, lines, fields)
        if isinstance(document, Hold):
            return None, [*holds, document]
        old = too_old(
            document.intended_date or document.posting_date,
            self.report.processed_date,
            self.posting.dates.oldest_days,
            group.label,
        )
        return (None if holds else document), [*holds, *self._above_limit(document), *old]

    def together(self, group: Group, target: Target) -> Document | str:
        """The document of a group whose lines lie in several entities, or why there is a document for each."""
        documents = []
        for entity, document, holds in self._by_entity(group, target):
            if document is None or holds:
                return _waits(entity, holds)
            documents.append(document)
        return several_entities.one_document(documents, group, target, self.context)

    def _by_entity(self, group: Group, target: Target) -> Iterator[tuple[str, Document | None, list[Hold]]]:
        """What becomes of each entity's lines, were they a document."""
        for one in group.by_entity:
            part = replace(one, ordinal=group.ordinal, sequence=group.sequence, overruled=group.overruled)
            yield one.entity, *self.draft(part, target)

    def _of_several(self, group: Group, target: Target) -> tuple[Document | None, list[Hold]]:
        if group.members[0].line.invoice is not None:
            return self._invoice_of_several(group, target)
        document = self.together(group, target)
        if isinstance(document, str):
            # It was one before it had its number.
            return None, [hold for _, _, holds in self._by_entity(group, target) for hold in holds]
        return document, self._above_limit(document)

    def _invoice_of_several(self, group: Group, target: Target) -> tuple[Document | None, list[Hold]]:
        """An invoice is never divided: it is one document where the company joins entities and Intacct can, else it waits.

        What a person may release of its parts is released of all of it.
        """
        why = "posting.several_entities says one_document_each"
        if self.posting.several_entities == "one_document":
            why = several_entities.amounts_apart(group)
            why = why or several_entities.accounts_lacking(group, target, self.references)
        if why:
            return None, [several_entities.not_divided(group, why)]
        documents: list[Document] = []
        found: list[Hold] = []
        for entity, document, holds in self._by_entity(group, target):
            if document is None:
                return None, [several_entities.not_divided(group, _waits(entity, holds))]
            documents.append(document)
            # Its limit is one of the whole document.
            found += [hold for hold in holds if hold.rule is not Rule.ABOVE_LIMIT]
        whole = several_entities.one_document(documents, group, target, self.context)
        if isinstance(whole, str):
            return None, [several_entities.not_divided(group, whole)]
        return whole, [*self._above_limit(whole), *found]

    def cancels_out(self, group: Group, target: Target | None) -> bool:
        """Whether the lines of a group book nothing: by account, dimensions and tax they add up to zero.

        What cannot be coded does not, for nobody knows where it would be booked.

        :param target: None where the configuration says hold
        """
        lines, holds = self._lines(group, target)
        booked: dict[tuple[object, ...], Decimal] = defaultdict(Decimal)
        for line in lines:
            codes = (line.location_id, line.department_id, *sorted(line.dimensions.items()))
            place = (line.account, *codes, line.billable)
            booked[place] += line.amount
            for tax in line.tax:
                booked[*place, tax.detail_id] += tax.amount
        return not holds and not any(booked.values())

    def _document(
        self, group: Group, target: Target, payee: Payee, lines: tuple[DocumentLine, ...], fields: Mapping[str, str]
    ) -> Document | Hold:
        day = self._day(group, target)
        if isinstance(day, Hold):
            return day
        currency = self._base_currency(group)
        if isinstance(currency, Hold):
            return currency
        until = target.due(day, payee, self.context)
        if isinstance(until, Hold):
            return until
        rate = exchange_rate(group.currency, currency, day, self.posting.currencies, group.label, own=target.takes_rate)
        if isinstance(rate, Hold):
            return rate
        try:
            number = identity.document_number(self.token, group.sequence, group.ordinal, target.kind)
        except ValueError as error:
            return Hold(Rule.TOO_MANY_DOCUMENTS, str(error), "Divide the report in Certify.")
        taxed = any(line.tax for line in lines)
        receipts = self.posting.receipts
        wanted = receipts.attach and (self.has_receipts or receipts.attachments == "always")
        return Document(
            key=DocumentKey(
                certify_company=self.company.certify_company,
                intacct_company=self.company.intacct_company_id,
                report_id=self.report.id,
                sequence=group.sequence,
                ordinal=group.ordinal,
            ),
            kind=target.kind,
            payer=group.payer,
            number=number,
            token=self.token,
            entity=group.entity,
            session_entity=payee.session_entity,
            currency=group.currency,
            base_currency=currency,
            payee_id=payee.payee_id,
            payee_name=readable(payee.name, self.posting.lengths.payee),
            posting_date=day.posted,
            intended_date=day.intended,
            due_date=until[0],
            term=until[1],
            # What is said of a line is said of all lines of an invoice.
            description=texts.filled(
                self.posting.texts.of(target.description_of(self.context)),
                self.report,
                group.members[0].line,
                self.posting.lengths.description,
            ),
            lines=lines,
            exchange_rate_type=rate.type,
            exchange_rate=rate.rate,
            exchange_rate_date=rate.day,
            by_label=target.accounts(group.payer, self.context).by_label,
            tax_solution=self.posting.tax.of(group.entity).solution if taxed else "",
            attachment_id=self.token if wanted and target.takes_attachment else "",
            details=payee.details,
            custom_fields=fields,
        )

    def _day(self, group: Group, target: Target) -> PostingDate | Hold:
        intended = target.date_by_rule(group, self.context)
        if intended is None:
            return Hold(
                Rule.DATE_MISSING, f"{group.label}: Certify states no date for it.", "Correct the report in Certify."
            )
        if problem := impossible(intended):
            return Hold(Rule.IMPOSSIBLE_DATE, f"{group.label}: {problem}.", "Correct the date in Certify.")
        if intended > self.today + A_ZONE_AHEAD:
            return Hold(
                Rule.FUTURE_DATE,
                f"{group.label}: it would be posted on {intended}, which lies in the future.",
                "Wait: it is posted once that day has come. If the date is wrong, correct it in Certify.",
            )
        place = (group.entity, target.subledger)
        return posting_date(
            intended,
            *place,
            self.posting.closed_periods,
            self.references.closed_days.get(place, frozenset()),
            self.today,
            said=self.references.closed_through.get(place),
        )

    def _base_currency(self, group: Group) -> str | Hold:
        """The currency in which the books are kept, the entity's or the company's."""
        entity = self.references.entities.get(group.entity)
        whose = f"entity {group.entity}" if entity else "the company"
        currency = (entity.currency if entity else "") or self.company.base_currency
        if not currency:
            return Hold(
                Rule.CURRENCY,
                f"{group.label}: nothing says which currency {whose} keeps its books in.",
                "Write `base_currency: CURRENCY` into company in connector.yaml, with that of the books.",
            )
        return currency

    def _lines(self, group: Group, target: Target | None) -> tuple[tuple[DocumentLine, ...], list[Hold]]:
        accounts = (
            target.accounts(group.payer, self.context)
            if target
            else mapping.account_choice(self.posting, self.references)
        )
        taxation = taxes.Taxation(
            policy=self.posting.tax.of(group.entity),
            most_entries=target.tax_entries if target else _ANY,
            references=self.references,
            accounts=accounts,
        )
        lines: list[DocumentLine] = []
        holds: list[Hold] = []
        for member in group.members:
            made, found = self._lines_of(member, group, target, taxation)
            lines += made
            holds += found
        return tuple(lines), holds

    def _lines_of(
        self, member: Shares, group: Group, target: Target | None, taxation: taxes.Taxation
    ) -> tuple[list[DocumentLine], list[Hold]]:
        """The lines of one expense: its own, and one for each tax that has an account of its own."""
        accounts, given = taxation.accounts, target.gives if target else frozenset()
        own = own_account(member, group, self.context)
        coding, holds = mapping.code_line(
            self.report,
            member.line,
            self.references,
            accounts,
            self.dimensions,
            given,
            target.subledger if target else "",
            own,
        )
        own_fields, found = self._own_fields(member.line, target)
        # Nobody reclaims the tax of what is no expense.
        taxable = member if own is None else member.untaxed
        traits = mapping.tax_traits_of(self.report, member.line, self.posting.tax.country, self.dimensions)
        taxed = taxation.divide(taxable, group.payer, traits)
        if isinstance(taxed, Hold):
            return [], [*holds, *found, taxed]
        against = [
            hold
            for account, tax in taxed.account_lines
            if tax
            for hold in mapping.check_tax_account(
                self.report, member.line, self.references, accounts.listed[account], self.dimensions, given
            )
        ]
        amounts = [
            (coding.account, taxed.net, taxed.entries, coding.billable),
            *((account, tax, taxed.untaxed, False) for account, tax in taxed.account_lines),
        ]
        template = self.posting.texts.of(target.memo_of(group.payer, self.context)) if target else ""
        lines = [
            DocumentLine(
                expense_id=member.line.id,
                account=account,
                amount=amount,
                **self._told(member, group, target, template, whole=amount),
                location_id=coding.location,
                department_id=coding.department,
                dimensions=coding.dimensions,
                tax=entries,
                billable=billable,
                custom_fields=own_fields,
                **self._expense(member.line, target),
            )
            for account, amount, entries, billable in amounts
            if amount != 0 or any(entry.amount for entry in entries)
        ]
        return lines, [*holds, *found, *against]

    def _told(
        self, member: Shares, group: Group, target: Target | None, template: str, *, whole: Decimal
    ) -> dict[str, Any]:
        """Memo, and what was spent in another currency: as such where that can be, else in the memo.

        It can where the line of the document is the whole line of Certify, and is not converted once more.
        """
        line, longest = member.line, self.posting.lengths.memo
        settings = self.posting.currencies.spent
        if (
            target is None
            or not target.states_spent
            or not settings.on_lines
            or not spent_elsewhere(line, group.currency)
        ):
            return {"memo": texts.memo(template, self.report, line, longest)}
        stated = None
        if whole == member.whole and self._base_currency(group) == group.currency:
            stated = spent(line, whole, settings)
        said = "" if stated else f" ({line.submitted_amount:f} {line.submitted_currency})"
        return {"memo": texts.memo(template, self.report, line, longest - len(said)) + said, "spent": stated}

    def _own_fields(self, line: ExpenseLine, target: Target | None) -> tuple[dict[str, str], list[Hold]]:
        if target is None:
            return {}, []
        wanted = self.posting.custom_fields.of(target.kind).line
        return custom_fields.values(wanted, f"posting.custom_fields.{target.kind}.line", self.report, line)

    def _expense(self, line: ExpenseLine, target: Target | None) -> dict[str, Any]:
        if target is None or not target.states_expense:
            return {}
        return {
            "expense_date": line.expense_date,
            "merchant": readable(line.vendor, self.posting.lengths.payee),
        }

    def _above_limit(self, document: Document) -> list[Hold]:
        limit = self.posting.limits.of(self.posting.limits.document_amount, document.currency)
        if limit is None or abs(document.total) <= limit:
            return []
        total, most = (money(amount, document.currency) for amount in (document.total, limit))
        reason = f"{document.number}: {total} is above the limit of {most}."
        cure = "A second person looks at the report and releases it."
        return [Hold(rule=Rule.ABOVE_LIMIT, reason=reason, cure=cure)]


def _waits(entity: str, holds: Sequence[Hold]) -> str:
    return f"the part in entity {entity} waits ({', '.join(sorted({hold.rule for hold in holds}))})"
