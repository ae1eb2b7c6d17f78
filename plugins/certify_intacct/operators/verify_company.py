"""Measures what Sage does not publish and what differs between companies, and keeps the answers in ``ledger.company_fact``.

Harmless: at most three attachment folders are made, and nothing else. Facts, each with the date of its measuring:

- ``replay_refused``: whether a control ID that was carried out is refused when it comes again, in a new session, at once and also
  after the time that passes before a document in doubt is sent again; ``replay_answer``: Intacct's words;
- ``visibility_delay_seconds``: by function, how long a new folder stayed unseen;
- ``field_lengths``: by object and field; ``ap_approval``: whether bills wait for approval; null where Intacct does not say.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseSensorOperator

from certify_intacct.operators.base import ConnectorOperator

if TYPE_CHECKING:
    from airflow.sdk import Context

    from certify_intacct.operators.company_probes import Experiment

EXPERIMENT_FACT = "replay_experiment"
ANSWER_FACT = "replay_answer"
CONFIRM_PARAM = "confirm"


class _CompanyFacts(ConnectorOperator):
    """Reads and writes facts of the configured company."""

    @property
    def company(self) -> str:
        return self.configuration.company.intacct_company_id

    def fact(self, name: str) -> Any:
        from certify_intacct.staging import ledger

        with self.database.connection() as connection:
            return ledger.fact(connection, self.company, name)

    def store(self, **facts: Any) -> None:
        from certify_intacct.staging import ledger

        with self.database.connection() as connection:
            for name, value in facts.items():
                ledger.store_fact(connection, self.company, name, value)

    def experiment(self) -> Experiment | None:
        """The experiment whose control ID still has to come again; None when the matter is settled."""
        from certify_intacct.operators.company_probes import Experiment

        stored = self.fact(EXPERIMENT_FACT)
        return Experiment.restored(stored) if stored and not stored.get("settled") else None


class VerifyCompanyOperator(_CompanyFacts):
    """Measures everything that can be measured at once.

    :param intacct_conn_id: the Sage Intacct connection
    :param longest_delay: seconds that a new folder is waited for
    """

    ui_color = "#eeeeee"
    template_fields: Sequence[str] = ()

    def __init__(
        self, *, intacct_conn_id: str = "sage_intacct_default", longest_delay: float = 120, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.intacct_conn_id = intacct_conn_id
        self.longest_delay = longest_delay

    def execute(self, context: Context) -> dict[str, Any]:
        """Returns what was measured.

        :raises BadInput: no person has triggered it and confirmed
        :raises GuardTripped: the connection leads to another company than connector.yaml
        """
        from certify_intacct.intacct.hook import SageIntacctHook
        from certify_intacct.model.errors import GuardTripped
        from certify_intacct.operators import company_probes
        from certify_intacct.operators.doubts import REPLAY_FACT
        from certify_intacct.operators.preflight_probes import field_lengths, preferences
        from certify_intacct.rules.preflight import facts
        from certify_intacct.rules.replays import Replay

        _person_confirms(context)
        hook, later = SageIntacctHook(self.intacct_conn_id), SageIntacctHook(self.intacct_conn_id)
        if hook.company_id != self.company:
            raise GuardTripped(
                f"The connection leads to company {hook.company_id}, connector.yaml is for {self.company}.",
                where="verify_company",
                cure="Correct the connection, or company.intacct_company_id.",
            )
        try:
            lengths = field_lengths(hook, facts.lengths_needed(self.configuration))
            accounts_payable = preferences(hook, "AP") or {}
            experiment = company_probes.begin(hook)
            delays = company_probes.visibility(hook, experiment, longest=self.longest_delay)
            patience = max([self.longest_delay if delay is None else 2 * delay + 2 for delay in delays.values()])
            answer, words = company_probes.replay(later, experiment, "second", patience=patience)
        finally:
            hook.close()
            later.close()
        measured = {
            "visibility_delay_seconds": delays,
            "field_lengths": {f"{name}.{field}": length for (name, field), length in lengths.items()},
            "ap_approval": facts.approval_is_on(accounts_payable),
            ANSWER_FACT: f"{answer.value}: {words}",
        }
        refused = answer is Replay.REFUSED
        self.store(
            **measured, **{EXPERIMENT_FACT: experiment.stored() | {"settled": not refused, "patience": patience}}
        )
        if not refused:
            self.store(**{REPLAY_FACT: False})
        self.log.info("Company %s: %s", self.company, "; ".join(f"{name} {value}" for name, value in measured.items()))
        return measured


class ReplayIsDueSensor(_CompanyFacts, BaseSensorOperator):
    """Waits as long as a document in doubt waits before it is sent again: the memory of control IDs may fade.

    That is ``posting.sending``: late_commit_minutes and absence_checks_minutes_apart. No worker is held meanwhile.
    """

    ui_color = "#eeeeee"

    def poke(self, context: Context) -> bool:
        """Whether the time has come; at once, when there is nothing to wait for."""
        experiment = self.experiment()
        return experiment is None or datetime.now(tz=UTC) >= experiment.made_at + self.waiting

    @property
    def waiting(self) -> timedelta:
        sending = self.configuration.posting.sending
        return timedelta(minutes=sending.late_commit_minutes + sending.absence_checks_minutes_apart)


class VerifyReplayLaterOperator(_CompanyFacts):
    """Sends the experiment's control ID once more and says, with both answers, whether replays are refused.

    :param intacct_conn_id: the Sage Intacct connection
    """

    ui_color = "#eeeeee"

    def __init__(self, *, intacct_conn_id: str = "sage_intacct_default", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.intacct_conn_id = intacct_conn_id

    def execute(self, context: Context) -> bool:
        """Returns whether replays are refused, which is also stored as ``replay_refused``."""
        from certify_intacct.intacct.hook import SageIntacctHook
        from certify_intacct.operators import company_probes
        from certify_intacct.operators.doubts import REPLAY_FACT
        from certify_intacct.rules.replays import Replay

        experiment = self.experiment()
        if experiment is None:
            refused = bool(self.fact(REPLAY_FACT))
            self.log.info("Settled before: a replayed control ID is %s.", "refused" if refused else "NOT refused")
            return refused
        patience = float(self.fact(EXPERIMENT_FACT)["patience"])
        hook = SageIntacctHook(self.intacct_conn_id)
        try:
            # Each attempt of this task brings a folder of its own: an earlier one may have been made.
            name = f"{datetime.now(tz=UTC):%H%M%S}"
            answer, words = company_probes.replay(hook, experiment, name, patience=patience)
        finally:
            hook.close()
        refused = answer is Replay.REFUSED
        minutes = round((datetime.now(tz=UTC) - experiment.made_at).total_seconds() / 60)
        text = f"{answer.value}, also {minutes} minutes later: {words}" if refused else f"{answer.value}: {words}"
        self.store(
            **{
                REPLAY_FACT: refused,
                ANSWER_FACT: text,
                EXPERIMENT_FACT: experiment.stored() | {"settled": True, "patience": patience},
            }
        )
        self.log.info("A replayed control ID is %s.", text)
        return refused


def _person_confirms(context: Context) -> None:
    """Folders are made in a real company, so somebody has to want it.

    :raises BadInput: it was not triggered by hand, or not confirmed
    """
    from certify_intacct.model.errors import BadInput

    run_type = context["dag_run"].run_type
    by_hand = str(getattr(run_type, "value", run_type)) == "manual"
    if not by_hand or context["params"].get(CONFIRM_PARAM) is not True:
        raise BadInput(
            "It makes up to three attachment folders in Sage Intacct, and nobody has confirmed that.",
            where="verify_company",
            cure="Trigger it by hand and set confirm to true.",
        )
