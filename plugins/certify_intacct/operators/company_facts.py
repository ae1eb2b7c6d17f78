"""What the operators share that measure a company: its facts, and the experiment that goes on from one to the next."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from certify_intacct.operators.base import ConnectorOperator

if TYPE_CHECKING:
    from airflow.sdk import Context

    from certify_intacct.preflight.company_probes import Experiment

EXPERIMENT_FACT = "replay_experiment"
ANSWER_FACT = "replay_answer"
WAIT_PARAM = "wait_minutes"


class CompanyFactsOperator(ConnectorOperator):
    """Reads and writes facts of the configured company."""

    @property
    def company(self) -> str:
        return self.configuration.company.intacct_company_id

    def fact(self, name: str) -> Any:
        from certify_intacct.staging import company_facts

        with self.database.connection() as connection:
            return company_facts.fact(connection, self.company, name)

    def store(self, **facts: Any) -> None:
        from certify_intacct.staging import company_facts

        with self.database.connection() as connection:
            for name, value in facts.items():
                company_facts.store(connection, self.company, name, value)

    def experiment(self) -> Experiment | None:
        """The experiment whose control ID still has to come again; None when the matter is settled."""
        from certify_intacct.preflight.company_probes import Experiment

        stored = self.fact(EXPERIMENT_FACT)
        return Experiment.restored(stored) if stored and not stored.get("settled") else None

    def last_came(self) -> datetime:
        """When the experiment's control ID was last answered."""
        stored = self.fact(EXPERIMENT_FACT)
        return datetime.fromisoformat(stored.get("came_at") or stored["made_at"])


def longer_wait(context: Context) -> timedelta:
    """How long the run waits for its last look, after its param ``wait_minutes``; 0 is no last look."""
    return timedelta(minutes=float(context["params"].get(WAIT_PARAM) or 0))
