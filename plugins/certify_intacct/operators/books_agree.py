"""The last task of a run: red as long as reconciliation found what nobody has decided about."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from certify_intacct.model.errors import BooksDiffer
from certify_intacct.operators.base import ConnectorOperator
from certify_intacct.pages.links import LoadLink
from certify_intacct.runs.announcing import announce

if TYPE_CHECKING:
    from airflow.sdk import Context

_SHOWN = 10


class BooksAgreeOperator(ConnectorOperator):
    """Fails when the reconciliation of a load has findings that nobody has decided about. All of the run's work is done by then.

    :param load_id: the load that was reconciled
    """

    template_fields: Sequence[str] = (*ConnectorOperator.template_fields, "load_id")
    operator_extra_links = (LoadLink(),)
    ui_color = "#eeeeee"

    def __init__(self, *, load_id: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.load_id = load_id

    def execute(self, context: Context) -> None:
        """Passes books that agree.

        :raises BooksDiffer: they do not; the text names each finding, its report, who can act and how
        :raises GuardTripped: nobody has compared them
        """
        from certify_intacct.reconciliation.findings import report_line
        from certify_intacct.rules.texts import readable
        from certify_intacct.staging import reconciliation_results

        with self.database.connection() as connection:
            reconciliation_results.require_reconciled(connection, int(self.load_id))
            found = reconciliation_results.undecided(connection, int(self.load_id))
        if not found:
            announce(context, self.outlets, self.database, int(self.load_id))
            return
        shown = [readable(report_line(one), 1000) for one in found[:_SHOWN]]
        more = [f"And {len(found) - _SHOWN} more, in the log of `reconcile`."] if len(found) > _SHOWN else []
        raise BooksDiffer(
            "\n".join([f"The books differ in {len(found)} {'place' if len(found) == 1 else 'places'}:", *shown, *more]),
            cure="Everything else of the run is done; clear `reconcile` when this is settled, or wait for the next run.",
        )
