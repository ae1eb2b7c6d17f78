"""Lists what waits for a person's decision."""

from __future__ import annotations

from typing import TYPE_CHECKING

from certify_intacct.operators.base import ConnectorOperator
from certify_intacct.pages.links import decisions_url

if TYPE_CHECKING:
    from airflow.sdk import Context


class DecisionsReportOperator(ConnectorOperator):
    """Writes into its log what waits for a decision, by who can act, with the page on which it is decided. It changes nothing."""

    ui_color = "#fdf2e9"

    def execute(self, context: Context) -> dict[str, int]:
        """Returns how many parts of reports wait, and how many people.

        :raises ConfigurationError: when connector.yaml cannot be used
        """
        from certify_intacct.decisions.waiting import waiting_lines
        from certify_intacct.staging.decisions import open_items
        from certify_intacct.staging.people_waiting import people_held

        with self.database.connection() as connection:
            items = open_items(connection, self.configuration.company.certify_company)
            people = people_held(connection)
        for line in waiting_lines(items, people, decisions_url()):
            self.log.info("%s", line)
        return {"reports": len(items), "people": len(people)}
