"""Waits until the control ID of the experiment of verify_company is to come again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseSensorOperator

from certify_intacct.operators.company_facts import CompanyFactsOperator, longer_wait

if TYPE_CHECKING:
    from airflow.sdk import Context

# A document is sent again by the run that happens to come after its waiting time.
MARGIN = timedelta(minutes=5)


class ReplayIsDueSensor(CompanyFactsOperator, BaseSensorOperator):
    """Waits until the experiment's control ID is to come again. No worker is held meanwhile.

    :param longer: not only as long as a document in doubt waits before it is sent again (``posting.sending``: late_commit_minutes and
        absence_checks_minutes_apart), but as long as the run's param ``wait_minutes`` says; 0: not at all
    """

    ui_color = "#eeeeee"

    def __init__(self, *, longer: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.longer = longer

    def poke(self, context: Context) -> bool:
        """Whether the time has come; at once, when there is nothing to wait for."""
        if self.experiment() is None:
            return True
        wait = longer_wait(context) if self.longer else self.waiting
        return not wait or datetime.now(tz=UTC) >= self.last_came() + wait

    @property
    def waiting(self) -> timedelta:
        sending = self.configuration.posting.sending
        minutes = timedelta(minutes=sending.late_commit_minutes + sending.absence_checks_minutes_apart)
        return minutes + MARGIN if minutes else minutes
