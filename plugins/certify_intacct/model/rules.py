"""The catalogue of rules: by which name something is held or left out, who can act on it, and where it is explained.

A plan, an open item, a decision and a page name a rule by its value. The rules of data quality are with their suites
(``quality/suites``): what fails there waits under ``quarantined``. A company's own expectations are a family of rules: each has the
name that the company gave it, behind :data:`OWN`, also when its file is gone by now.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Self

from certify_intacct.model.decisions import Decision


class Desk(StrEnum):
    """Who can act on what waits."""

    CERTIFY = "Certify administrator"
    PAYABLES = "accounts payable"
    INTACCT = "Intacct administrator"
    CONFIGURATION = "owner of connector.yaml"
    NOBODY = "nobody"


class Rule(StrEnum):
    """A rule, by the name under which people meet it.

    :param desk: who can act on what it holds
    :param section: the rule of ``docs/posting-rules.md`` that explains it
    :param way: the decision by which a person may overrule it; None: only the cure helps
    """

    desk: Desk
    section: int
    way: Decision | None

    def __new__(cls, name: str, desk: Desk, section: int, way: Decision | None = None) -> Self:
        rule = str.__new__(cls, name)
        rule._value_ = name
        rule.desk, rule.section, rule.way = desk, section, way
        return rule

    # A whole report.
    QUARANTINED = "quarantined", Desk.CERTIFY, 12
    REPORT_TWICE = "report_twice", Desk.CERTIFY, 3
    EMPLOYEE_IDS_DIFFER = "employee_ids_differ", Desk.CERTIFY, 19
    LINE_TWICE = "line_twice", Desk.CERTIFY, 12
    PROCESSED_DATE_MISSING = "processed_date_missing", Desk.CERTIFY, 22
    FUTURE_PROCESSED_DATE = "future_processed_date", Desk.CERTIFY, 18
    ALREADY_REIMBURSED = "already_reimbursed", Desk.PAYABLES, 18, Decision.RELEASE
    SELF_APPROVED = "self_approved", Desk.PAYABLES, 18, Decision.RELEASE
    PERSONAL = "personal", Desk.PAYABLES, 18, Decision.RELEASE
    CASH_ADVANCE = "cash_advance", Desk.PAYABLES, 18, Decision.RELEASE
    CATEGORY_UNKNOWN = "category_unknown", Desk.CERTIFY, 18, Decision.RELEASE

    # Its amounts.
    AMOUNT_MISSING = "amount_missing", Desk.CERTIFY, 13
    THIRD_DECIMAL = "third_decimal", Desk.CERTIFY, 14
    REIMBURSABLE_CONTRADICTION = "reimbursable_contradiction", Desk.CERTIFY, 13
    MORE_THAN_THE_AMOUNT = "more_than_the_amount", Desk.CERTIFY, 13
    CURRENCIES_DIFFER = "currencies_differ", Desk.CERTIFY, 14
    CURRENCY_UNKNOWN = "currency_unknown", Desk.CERTIFY, 14
    TOTALS_DIFFER = "totals_differ", Desk.CERTIFY, 13
    CURRENCY = "currency", Desk.CONFIGURATION, 14
    TAX = "tax", Desk.CONFIGURATION, 15
    NEGATIVE_DOCUMENT = "negative_document", Desk.PAYABLES, 16
    FIRST_CREDIT = "first_credit", Desk.PAYABLES, 16
    FIRST_SPENT = "first_spent_currency", Desk.PAYABLES, 36
    ABOVE_LIMIT = "above_limit", Desk.PAYABLES, 32, Decision.RELEASE
    ABOVE_DAY_LIMIT = "above_day_limit", Desk.PAYABLES, 32, Decision.RELEASE
    FIRST_DOCUMENTS = "first_documents", Desk.PAYABLES, 32, Decision.RELEASE

    # Who is paid, and on which card.
    EMPLOYEE_ID_MISSING = "employee_id_missing", Desk.CERTIFY, 19
    EMPLOYEE_ID_NOT_UNIQUE = "employee_id_not_unique", Desk.CERTIFY, 19
    VENDOR_MISSING = "vendor_missing", Desk.INTACCT, 19
    VENDOR_TYPE = "vendor_type", Desk.INTACCT, 19
    VENDOR_INACTIVE = "vendor_inactive", Desk.INTACCT, 19
    VENDOR_ON_HOLD = "vendor_on_hold", Desk.PAYABLES, 19
    VENDOR_OF_ENTITY = "vendor_of_entity", Desk.INTACCT, 20
    VENDOR_RESTRICTED = "vendor_restricted", Desk.INTACCT, 20
    VENDOR_IS_SOMEONE_ELSE = "vendor_is_someone_else", Desk.PAYABLES, 19, Decision.RELEASE
    VENDOR_LINK_CHANGED = "vendor_link_changed", Desk.PAYABLES, 19, Decision.RELEASE
    EMPLOYEE_MISSING = "employee_missing", Desk.INTACCT, 36
    EMPLOYEE_INACTIVE = "employee_inactive", Desk.INTACCT, 36
    EMPLOYEE_OF_ENTITY = "employee_of_entity", Desk.INTACCT, 36
    EMPLOYEE_IS_SOMEONE_ELSE = "employee_is_someone_else", Desk.PAYABLES, 36, Decision.RELEASE
    EMPLOYEE_LINK_CHANGED = "employee_link_changed", Desk.PAYABLES, 36, Decision.RELEASE
    EMPLOYEE_STARTS_LATER = "employee_starts_later", Desk.INTACCT, 36
    PAYMENT_TYPE = "payment_type", Desk.CONFIGURATION, 36
    CARD_MISSING = "card_missing", Desk.CERTIFY, 17
    CARD_UNMAPPED = "card_unmapped", Desk.CONFIGURATION, 17
    CARD_UNKNOWN = "card_unknown", Desk.CONFIGURATION, 17
    CARDS_DIFFER = "cards_differ", Desk.CERTIFY, 17
    CARD_OF_OTHER_ENTITY = "card_of_other_entity", Desk.CERTIFY, 17
    CARD_EXPIRED = "card_expired", Desk.INTACCT, 17
    INVOICE_UNCLEAR = "invoice_unclear", Desk.CERTIFY, 38
    INVOICE_TWICE = "invoice_twice", Desk.PAYABLES, 38, Decision.RELEASE
    INVOICE_ENTITIES = "invoice_entities", Desk.PAYABLES, 38
    CARD_VENDOR_MISSING = "card_vendor_missing", Desk.CONFIGURATION, 38

    # Where it is booked.
    CATEGORY_UNMAPPED = "category_unmapped", Desk.CONFIGURATION, 20
    ACCOUNT_UNKNOWN = "account_unknown", Desk.CERTIFY, 20
    ACCOUNT_INACTIVE = "account_inactive", Desk.INTACCT, 20
    ENTITY_MISSING = "entity_missing", Desk.CERTIFY, 20
    ENTITY_UNKNOWN = "entity_unknown", Desk.CERTIFY, 20
    ENTITY_INACTIVE = "entity_inactive", Desk.INTACCT, 20
    DEPARTMENT_MISSING = "department_missing", Desk.CERTIFY, 20
    DEPARTMENT_UNKNOWN = "department_unknown", Desk.CERTIFY, 20
    DIMENSION_MISSING = "dimension_missing", Desk.CERTIFY, 20
    DIMENSION_UNKNOWN = "dimension_unknown", Desk.CERTIFY, 20
    DIMENSION_PARENT = "dimension_parent", Desk.CERTIFY, 20
    PROJECT_STATUS = "project_status", Desk.INTACCT, 20
    DIMENSION_REQUIRED = "dimension_required", Desk.CERTIFY, 20
    CUSTOM_FIELD_EMPTY = "custom_field_empty", Desk.CERTIFY, 20
    JOURNAL_MISSING = "journal_missing", Desk.CONFIGURATION, 17
    OFFSET_ACCOUNT = "offset_account", Desk.CONFIGURATION, 17
    DIRECT_POSTING = "direct_posting", Desk.INTACCT, 17
    TARGET_HOLD = "target_hold", Desk.CONFIGURATION, 12

    # Its dates.
    DATE_MISSING = "date_missing", Desk.CERTIFY, 21
    FUTURE_DATE = "future_date", Desk.CERTIFY, 21
    OLD_DATE = "old_date", Desk.PAYABLES, 21, Decision.RELEASE
    IMPOSSIBLE_DATE = "impossible_date", Desk.CERTIFY, 21
    CLOSED_PERIOD = "closed_period", Desk.INTACCT, 21
    TERM_MISSING = "term_missing", Desk.INTACCT, 23
    TERM_DUE_DATE = "term_due_date", Desk.INTACCT, 23

    # The request that would post it.
    TOO_MANY_DOCUMENTS = "too_many_documents", Desk.CERTIFY, 3
    REQUEST = "request", Desk.CERTIFY, 12

    # What was posted before.
    LOOK_ALIKE = "look_alike", Desk.PAYABLES, 34, Decision.RELEASE
    SAME_CHARGE = "same_charge", Desk.PAYABLES, 35, Decision.RELEASE
    EXPENSE_ELSEWHERE = "expense_elsewhere", Desk.PAYABLES, 2
    HELD_DOCUMENT = "held_document", Desk.PAYABLES, 7, Decision.RETRY
    NUMBER_TAKEN = "number_taken", Desk.PAYABLES, 5
    ATTACHMENT = "attachment", Desk.INTACCT, 12
    RECEIPT = "receipt", Desk.PAYABLES, 12
    CHANGED_AFTER_DECISION = "changed_after_decision", Desk.PAYABLES, 12, Decision.RELEASE
    RULE_CHANGED = "rule_changed", Desk.PAYABLES, 12, Decision.RELEASE
    LEFT_OUT_BEFORE = "left_out_before", Desk.PAYABLES, 13, Decision.RELEASE
    PROCESSED_BEFORE = "processed_before", Desk.PAYABLES, 11, Decision.RELEASE
    POST_AGAIN = "post_again", Desk.PAYABLES, 2, Decision.POST_AGAIN
    CHANGED_AFTER_POSTING = "changed_after_posting", Desk.PAYABLES, 2, Decision.ACCEPT_AS_POSTED
    ALTERED_IN_INTACCT = "altered_in_intacct", Desk.PAYABLES, 2, Decision.ACCEPT_AS_POSTED
    UNPAID_AFTER_ALL = "unpaid_after_all", Desk.PAYABLES, 18, Decision.ACCEPT_AS_POSTED
    DECLINED = "declined", Desk.PAYABLES, 9
    UNPROCESSED_AFTER_POSTING = "unprocessed_after_posting", Desk.PAYABLES, 22, Decision.ACCEPT_AS_POSTED

    # What stands in Intacct under our names and is not in the ledger.
    ORPHAN = "orphan", Desk.PAYABLES, 29, Decision.RELEASE
    SECOND_DOCUMENT = "second_document", Desk.PAYABLES, 29, Decision.RELEASE

    # Left out by a named policy, and counted.
    UNPROCESSED = "unprocessed", Desk.NOBODY, 18
    DISAPPROVED = "disapproved", Desk.NOBODY, 18
    PREVIOUS_CONNECTOR = "previous_connector", Desk.NOBODY, 11
    BEFORE_FIRST_POST_DATE = "before_first_post_date", Desk.NOBODY, 11
    TARGET_NONE = "target_none", Desk.NOBODY, 12
    UNPAID_PART = "unpaid_part", Desk.NOBODY, 13
    NOT_BILLED = "not_billed", Desk.NOBODY, 20
    ZERO_LINE = "zero_line", Desk.NOBODY, 16
    ZERO_DOCUMENT = "zero_document", Desk.NOBODY, 16
    ZERO_REPORT = "zero_report", Desk.NOBODY, 16
    IN_FLIGHT = "in_flight", Desk.NOBODY, 7
    ALREADY_POSTED = "already_posted", Desk.NOBODY, 2
    OTHER_ENTITY = "other_entity", Desk.NOBODY, 12
    BOOKED_BY_HAND = "booked_by_hand", Desk.NOBODY, 12
    NOT_OURS = "not_ours", Desk.NOBODY, 12

    # People.
    AMBIGUOUS = "ambiguous", Desk.INTACCT, 25
    LOOKS_LIKE = "looks_like", Desk.CERTIFY, 25
    NOT_ADOPTED = "not_adopted", Desk.CONFIGURATION, 24
    STARTS_LATER = "starts_later", Desk.NOBODY, 24
    NOT_SELECTED = "not_selected", Desk.NOBODY, 24
    CONTESTED = "contested", Desk.INTACCT, 25
    INACTIVE_IN_CERTIFY = "inactive_in_certify", Desk.CERTIFY, 25
    PRIVILEGED_EMAIL = "privileged_email", Desk.CERTIFY, 26
    NO_DEPARTMENT = "no_department", Desk.INTACCT, 28
    NO_ENTITY = "no_entity", Desk.INTACCT, 28
    GLD_UNKNOWN = "gld_unknown", Desk.CERTIFY, 28
    USER_FIELD = "user_field", Desk.INTACCT, 28
    NOT_KEPT = "not_kept", Desk.CERTIFY, 28
    MAX_CREATES = "max_creates", Desk.CERTIFY, 24
    NO_ACCOUNTANT = "no_accountant", Desk.CONFIGURATION, 26
    BY_LINK = "by_link", Desk.NOBODY, 25
    BY_RELEASE = "by_release", Desk.NOBODY, 25
    BY_EMPLOYEE_ID = "by_employee_id", Desk.NOBODY, 25
    BY_EMAIL = "by_email", Desk.NOBODY, 25
    BY_PENDING = "by_pending", Desk.NOBODY, 25
    APPROVER_LOOP = "approver_loop", Desk.INTACCT, 27
    NO_APPROVER = "no_approver", Desk.INTACCT, 27
    RIGHTS = "rights", Desk.CERTIFY, 26
    LOWERED_ROLE = "lowered_role", Desk.NOBODY, 27
    LEFT = "left", Desk.NOBODY, 24
    ABSENT = "absent", Desk.INTACCT, 24
    INCOMPLETE_EXTRACT = "incomplete_extract", Desk.INTACCT, 24
    PRIVILEGED = "privileged", Desk.CERTIFY, 24
    DEFAULT = "default", Desk.CONFIGURATION, 24
    CLAIMED = "claimed", Desk.CERTIFY, 25
    UNPROCESSED_REPORTS = "unprocessed_reports", Desk.CERTIFY, 24
    SERVES_OTHERS = "serves_others", Desk.CERTIFY, 24
    DEACTIVATION_GUARD = "deactivation_guard", Desk.CERTIFY, 24

    # Departments, entities and other lists.
    INCOMPLETE = "incomplete", Desk.INTACCT, 28
    UNREADABLE = "unreadable", Desk.CERTIFY, 28
    IN_USE = "in_use", Desk.CERTIFY, 28
    INACTIVE_IN_INTACCT = "inactive_in_intacct", Desk.NOBODY, 28
    FILTERED = "filtered", Desk.NOBODY, 28
    LIST_GUARD = "list_guard", Desk.CERTIFY, 28
    TOO_LONG = "too_long", Desk.CONFIGURATION, 28
    SAME_NAME = "same_name", Desk.CONFIGURATION, 28


#: What the names of a company's own expectations begin with.
OWN = "own."


class OwnRule(str):
    """One of a company's own expectations, as a rule: whoever may decide may overrule it for a report."""

    __slots__ = ()
    desk = Desk.CERTIFY
    section = 12
    way = Decision.RELEASE

    @property
    def value(self) -> str:
        """Its name, as the catalogue's rules have theirs."""
        return str(self)


AnyRule = Rule | OwnRule

#: Of what stands in Intacct under our names and is not in the ledger: reconciliation finds it, and no plan knows of it.
STRANGERS = (Rule.ORPHAN, Rule.SECOND_DOCUMENT)

#: Of the record of Intacct to which an EmployeeID leads: a release answers for that record and not for the content of a report.
OF_LINKS = (Rule.VENDOR_LINK_CHANGED, Rule.EMPLOYEE_LINK_CHANGED)

_BY_NAME = {rule.value: rule for rule in Rule}


def rule_of(name: str) -> AnyRule | None:
    """The rule of that name; None for one of data quality, and for one of an earlier version."""
    return OwnRule(name) if name.startswith(OWN) else _BY_NAME.get(name)


def overruled_by(way: Decision, names: Iterable[str]) -> list[AnyRule]:
    """Those of the rules, by name, that a decision overrules; names of earlier versions are none of them."""
    rules = [rule for name in set(names) if (rule := rule_of(name)) is not None]
    return sorted(rule for rule in rules if rule.way is way)


def rules_of(desk: str) -> list[str]:
    """The names of the rules on which a desk can act; of a company's own what their names begin with."""
    return sorted(rule.value for rule in Rule if rule.desk == desk) + ([OWN] if OwnRule.desk == desk else [])


def desk_of(name: str) -> str:
    """Who can act on what a rule holds; empty for a check of data quality, and where nobody needs to."""
    rule = rule_of(name)
    return "" if rule is None or rule.desk is Desk.NOBODY else rule.desk.value
