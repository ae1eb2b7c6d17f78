"""Suites of people: a warning freezes the person, whose Certify user is then neither changed nor deactivated."""

from __future__ import annotations

from dataclasses import replace

from certify_intacct.model.verdicts import Severity
from certify_intacct.quality.suite import QualityRule, Suite
from certify_intacct.quality.suites.common import false, once, readable


def _person_suite(stream: str, record: str, menu: str) -> Suite:
    """The rules for one kind of record that becomes users.

    :param record: what a person calls it
    :param menu: where in Intacct it is kept
    """

    def kept(rule: QualityRule) -> QualityRule:
        return replace(rule, cure=f"{rule.cure} ({menu}).")

    return Suite(
        stream=stream,
        rules=(
            readable(),
            kept(false("id_present", "id_missing", f"The {record} has no ID.", "Give it one")),
            kept(false("status_known", "status_unknown", f"The status of the {record} is neither active nor inactive.", "Set it")),
            kept(false("name_present", "name_missing", f"The contact of the {record} has no first or no last name.", "Fill in both")),
            kept(false("email_present", "email_missing", f"The contact of the {record} has no e-mail address.", "Fill it in")),
            kept(false("email_well_formed", "email_malformed", "The e-mail address cannot be one.", "Correct it")),
            kept(once("id_unique", "id_count", f"Another {record} has the same ID.", "Look which one is right")),
            kept(once("email_unique", "email_count", f"Another active {record} has the same e-mail address.", "Correct one of them")),
            kept(false("department_known", "department_unknown", "The department does not exist in Intacct.", "Choose another")),
            kept(false("location_known", "location_unknown", "The location does not exist in Intacct.", "Choose another")),
        ),
    )  # fmt: skip


INTACCT_EMPLOYEES = _person_suite("intacct_employees", "employee", "Intacct, Company > Employees")
INTACCT_PERSON_VENDORS = _person_suite("intacct_person_vendors", "vendor", "Intacct, Accounts Payable > Vendors")
INTACCT_USERS = _person_suite("intacct_users", "user", "Intacct, Company > Admin > Users")

INTACCT_DELETIONS = Suite(
    stream="intacct_deletions",
    rules=(
        readable(Severity.INFO),
        false(
            "a_deletion",
            "no_deletion",
            "Intacct's audit trail was asked for deletions and gave something else; it is not used.",
            "Nothing to do here; if it stays, ask Sage support why the filter on ACCESSMODE does not hold.",
            Severity.INFO,
        ),
        false(
            "not_seen_since",
            "seen_since",
            "A record of this key was read after the deletion, so somebody else's was deleted; it is not used.",
            "Nothing to do; if the person has left, make the record inactive in Intacct.",
            Severity.INFO,
        ),
    ),
)

CERTIFY_USERS = Suite(
    stream="certify_users",
    # At least the administrator whose API key we use exists.
    minimum_rows=1,
    rules=(
        # What decides whether somebody may be touched must be known of every user.
        readable(Severity.CRITICAL),
        false(
            "email_present",
            "email_missing",
            "The Certify user has no e-mail address.",
            "Give the user one in Certify.",
            Severity.INFO,
        ),
        once(
            "employee_id_unique",
            "employee_id_count",
            "Two active Certify users have the same EmployeeID: neither is matched by it.",
            "Correct one of them in Certify; expenses of both would be paid to one vendor.",
            Severity.INFO,
        ),
    ),
)

CERTIFY_UNPROCESSED_REPORTS = Suite(stream="certify_unprocessed_reports", rules=(readable(Severity.INFO),))
CERTIFY_UNPROCESSED_EXPENSES = Suite(stream="certify_unprocessed_expenses", rules=(readable(Severity.INFO),))

EXTRACTS = Suite(
    stream="extracts",
    minimum_rows=1,
    rules=(
        false(
            "not_shrunken",
            "shrunken",
            "An extract of Intacct holds less than four fifths of the rows that the last finished run read.",
            "Check the API user's rights and entities; if so much is really gone, release it in Airflow under Browse > Decisions "
            "(Accept a smaller extract).",
            Severity.CRITICAL,
        ),
    ),
)

SUITES = (
    EXTRACTS,
    INTACCT_EMPLOYEES,
    INTACCT_PERSON_VENDORS,
    INTACCT_USERS,
    INTACCT_DELETIONS,
    CERTIFY_USERS,
    CERTIFY_UNPROCESSED_REPORTS,
    CERTIFY_UNPROCESSED_EXPENSES,
)
