"""Compares what another connector posted with what this one would have posted; it only reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow.sdk import BaseOperatorLink

from certify_intacct.operators.load_operator import LoadOperator
from certify_intacct.pages.links import LoadLink, ShadowLink

if TYPE_CHECKING:
    from airflow.sdk import Context


class IntacctShadowOperator(LoadOperator):
    """Looks in Intacct for what another connector posted for the reports of a load, and compares it with the load's plan to the cent.

    The result is a row a document in ``staging.shadow_document``, and counts in the log.

    :param load_id: a load that was opened as a preview and planned as if all of its reports were ours
    """

    operator_extra_links: tuple[BaseOperatorLink, ...] = (LoadLink(), ShadowLink())
    ui_color = "#eeeeee"

    def execute(self, context: Context) -> dict[str, int]:
        """Returns how many documents are the same, differ, and stand on one side only.

        :raises ConnectorError: Intacct cannot answer, or does not show what connector.yaml posts
        """
        from collections import Counter

        from certify_intacct.intacct.hook import SageIntacctHook
        from certify_intacct.reconciliation.shadow import Shadow, shadow_lines
        from certify_intacct.staging.manifest import advance, get_load

        with self.database.connection() as connection:
            load = get_load(connection, int(self.load_id))
        hook: SageIntacctHook = SageIntacctHook(self.intacct_conn_id, meter=self.meter(context, load.load_id))
        try:
            rows = Shadow(hook, self.database, self.configuration, load).compare()
        finally:
            hook.close()
        counts = dict(Counter(row.outcome for row in rows))
        with self.database.connection() as connection:
            advance(connection, load.load_id, load.state, {"shadow": counts})
        self.log.info("%s", "\n".join(shadow_lines(load, rows)))
        return counts
