"""Suites of ``organization_sync`` for the lists that people belong to."""

from __future__ import annotations

from certify_intacct.quality.suite import Suite
from certify_intacct.quality.suites.common import came_once, coded_in_certify, false, readable

INTACCT_DEPARTMENTS = Suite(
    stream="intacct_departments",
    minimum_rows=1,
    rules=(
        readable(),
        false(
            "code_present",
            "code_missing",
            "The department has no ID.",
            "Give it an ID in Intacct (Company > Setup > Departments): Certify's Code is taken from it.",
        ),
        false(
            "title_present",
            "title_missing",
            "The department has no name.",
            "Fill in its name in Intacct (Company > Setup > Departments).",
        ),
        came_once("departments"),
    ),
)
INTACCT_ENTITIES = Suite(stream="intacct_entities", rules=(readable(), came_once("entities")))
INTACCT_LOCATIONS = Suite(stream="intacct_locations", rules=(readable(),))

CERTIFY_DEPARTMENTS = coded_in_certify(
    "certify_departments",
    row="The Certify department",
    matches="department",
    give="Intacct department ID",
    rows="Certify departments",
)
CERTIFY_ENTITIES = coded_in_certify(
    "certify_entities",
    row="The row of the first Employee GLD",
    matches="entity",
    give="entity's ID",
    rows="rows of the first Employee GLD",
)

SUITES = (INTACCT_DEPARTMENTS, CERTIFY_DEPARTMENTS, INTACCT_ENTITIES, INTACCT_LOCATIONS, CERTIFY_ENTITIES)
