"""The suites of each direction, in the order in which they are judged."""

from __future__ import annotations

from certify_intacct.quality.suite import Suite
from certify_intacct.quality.suites import expense, organization, people

SUITES: dict[str, tuple[Suite, ...]] = {
    "organization": (*organization.SUITES, *people.SUITES),
    "expense": (people.EXTRACTS, *expense.SUITES),
}

__all__ = ["SUITES"]
