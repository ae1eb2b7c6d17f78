"""Whether the connections lead to where connector.yaml belongs: a live company or a test one, and which entity of Intacct."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

#: How companies of Intacct that are no live ones are customarily called. A custom, not a rule: what a connection says itself wins.
_TEST_ENDINGS = ("-sandbox", "-imp", "-implementation", "-trial", "-test", "-dev", "-demo", "-copy")


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a connection leads.

    :param service: for people
    :param declared: ``environment`` of the connection: live, test or empty
    :param loopback: it leads to this machine
    :param company: company ID of Intacct; Certify's connections name none
    """

    service: str
    declared: str = ""
    loopback: bool = False
    company: str = ""

    @property
    def environment(self) -> str:
        """live, test, or empty when nobody can tell."""
        if self.declared:
            return self.declared.strip().casefold()
        return "test" if self.loopback or self.company.casefold().endswith(_TEST_ENDINGS) else ""

    @property
    def how(self) -> str:
        """What tells so, in words."""
        if self.declared:
            return f"its connection says `environment: {self.declared}`"
        return "it leads to this machine" if self.loopback else f"its company is called {self.company}"


def wrong_environment(wanted: Literal["live", "test"], places: Iterable[Place]) -> list[str]:
    """What speaks against working in these places together, a sentence each.

    A live company may be unmarked. A test company must be known to be one: otherwise test data could reach live books.
    """
    wrong = []
    for place in places:
        found = place.environment
        if found and found != wanted:
            wrong.append(
                f"{place.service} is {found} ({place.how}), and connector.yaml is for {wanted} (company.environment)."
            )
        elif not found and wanted == "test":
            wrong.append(
                f"Nothing says that {place.service} is a test company, and connector.yaml is for test (company.environment)."
            )
    return wrong


WRONG_ENVIRONMENT_CURE = (
    "Correct the connections (Admin > Connections: Environment, Entity ID), or company.environment and company.intacct_entity in "
    "connector.yaml."
)


def wrong_entity(configured: str, connection: str) -> str:
    """A sentence when the connection works in another entity of Intacct than connector.yaml says; "" stands for the top level."""
    if configured == connection:
        return ""
    return f"The connection works {_level(connection)}, and connector.yaml is for work {_level(configured)} (company.intacct_entity)."


def _level(entity: str) -> str:
    return f"in the entity {entity}" if entity else "at top level"
