"""Suites of people: a warning freezes the person, whose Certify user is then neither changed nor deactivated."""

from __future__ import annotations

from certify_intacct.model.verdicts import Severity
from certify_intacct.quality.suite import Check, Rule, Suite
from certify_intacct.quality.suites.common import readable


def _person_suite(stream: str, record: str, menu: str) -> Suite:
    """The rules for one kind of record that becomes users.

    :param record: what a person calls it
    :param menu: where in Intacct it is kept
    """

    def false(name: str, column: str, reason: str, cure: str, severity: Severity = Severity.WARNING) -> Rule:
        return Rule(
            name=name, column=column, check=Check.IS_FALSE, severity=severity, reason=reason, cure=f"{cure} ({menu})."
        )

    def once(name: str, column: str, reason: str, cure: str) -> Rule:
        check, severity = Check.AT_MOST_ONE, Severity.WARNING
        return Rule(name=name, column=column, check=check, severity=severity, reason=reason, cure=f"{cure} ({menu}).")

    return Suite(
        stream=stream,
        rules=(
            readable(),
            false("id_present", "id_missing", f"The {record} has no ID.", "Give it one"),
            false("status_known", "status_unknown", f"The status of the {record} is neither active nor inactive.", "Set it"),
            false("name_present", "name_missing", f"The contact of the {record} has no first or no last name.", "Fill in both"),
            false("email_present", "email_missing", f"The contact of the {record} has no e-mail address.", "Fill it in"),
            false("email_well_formed", "email_malformed", "The e-mail address cannot be one.", "Correct it"),
            once("id_unique", "id_count", f"Another {record} has the same ID.", "Look which one is right"),
            once("email_unique", "email_count", f"Another active {record} has the same e-mail address.", "Correct one of them"),
            false("department_known", "department_unknown", "The department does not exist in Intacct.", "Choose another"),
            false("location_known", "location_unknown", "The location does not exist in Intacct.", "Choose another"),
        ),
    )  # fmt: skip


INTACCT_EMPLOYEES = _person_suite("intacct_employees", "employee", "Intacct, Company > Employees")
INTACCT_PERSON_VENDORS = _person_suite("intacct_person_vendors", "vendor", "Intacct, Accounts Payable > Vendors")
INTACCT_USERS = _person_suite("intacct_users", "user", "Intacct, Company > Admin > Users")
INTACCT_ENTITIES = Suite(
    stream="intacct_entities",
    rules=(
        readable(),
        Rule(
            name="code_unique",
            column="code_count",
            check=Check.AT_MOST_ONE,
            severity=Severity.WARNING,
            reason="Two entities of Intacct came with the same ID.",
            cure="Run again; if it stays, ask Sage support how one ID can stand twice.",
        ),
    ),
)
INTACCT_LOCATIONS = Suite(stream="intacct_locations", rules=(readable(),))

INTACCT_DELETIONS = Suite(
    stream="intacct_deletions",
    rules=(
        readable(Severity.INFO),
        Rule(
            name="a_deletion",
            column="no_deletion",
            check=Check.IS_FALSE,
            severity=Severity.INFO,
            reason="Intacct's audit trail was asked for deletions and gave something else; it is not used.",
            cure="Nothing to do here; if it stays, ask Sage support why the filter on ACCESSMODE does not hold.",
        ),
        Rule(
            name="not_seen_since",
            column="seen_since",
            check=Check.IS_FALSE,
            severity=Severity.INFO,
            reason="A record of this key was read after the deletion, so somebody else's was deleted; it is not used.",
            cure="Nothing to do; if the person has left, make the record inactive in Intacct.",
        ),
    ),
)

CERTIFY_ENTITIES = Suite(
    stream="certify_entities",
    rules=(
        readable(),
        Rule(
            name="code_present",
            column="code_missing",
            check=Check.IS_FALSE,
            severity=Severity.INFO,
            reason="The row of the first Employee GLD has no code, so it matches no entity of Intacct and is left alone.",
            cure="Give it the entity's ID as its code, if it should be kept in step.",
        ),
        Rule(
            name="code_unique",
            column="active_code_count",
            check=Check.AT_MOST_ONE,
            severity=Severity.WARNING,
            reason="Two active rows of the first Employee GLD have the same code, so it is unclear which one is meant.",
            cure="Deactivate one of them in Certify, or give it another code.",
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
        Rule(
            name="email_present",
            column="email_missing",
            check=Check.IS_FALSE,
            severity=Severity.INFO,
            reason="The Certify user has no e-mail address.",
            cure="Give the user one in Certify.",
        ),
        Rule(
            name="employee_id_unique",
            column="employee_id_count",
            check=Check.AT_MOST_ONE,
            severity=Severity.INFO,
            reason="Two active Certify users have the same EmployeeID: neither is matched by it.",
            cure="Correct one of them in Certify; expenses of both would be paid to one vendor.",
        ),
    ),
)

CERTIFY_UNPROCESSED_REPORTS = Suite(stream="certify_unprocessed_reports", rules=(readable(Severity.INFO),))

EXTRACTS = Suite(
    stream="extracts",
    minimum_rows=1,
    rules=(
        Rule(
            name="not_shrunken",
            column="shrunken",
            check=Check.IS_FALSE,
            severity=Severity.CRITICAL,
            reason="An extract of Intacct holds less than four fifths of the rows that the last finished run read.",
            cure="Check the API user's rights and entities; if so much is really gone, release it: "
            "python -m certify_intacct.operators.release people shrunken_extract --help.",
        ),
    ),
)

SUITES = (
    EXTRACTS,
    INTACCT_ENTITIES,
    INTACCT_LOCATIONS,
    INTACCT_EMPLOYEES,
    INTACCT_PERSON_VENDORS,
    INTACCT_USERS,
    INTACCT_DELETIONS,
    CERTIFY_ENTITIES,
    CERTIFY_USERS,
    CERTIFY_UNPROCESSED_REPORTS,
)
