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
        """Returns how many reports wait for a person, and how many people and entries of lists.

        :raises ConfigurationError: when connector.yaml cannot be used
        """
        from certify_intacct.decisions.waiting import waiting_lines
        from certify_intacct.staging.decisions import open_items
        from certify_intacct.staging.people_waiting import people_held
        from certify_intacct.staging.waiting import waits

        with self.database.connection() as connection:
            company = self.configuration.company.certify_company
            items, much = open_items(connection, company), waits(connection, company)
            people = people_held(connection)
        for line in waiting_lines(much, items, people, decisions_url()):
            self.log.info("%s", line)
        return {"reports": much.reports, "people": len(people)}
