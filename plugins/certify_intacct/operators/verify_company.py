"""Measures what Sage does not publish and what differs between companies, and keeps the answers in ``ledger.company_fact``.

Harmless: at most four attachment folders are made, and nothing else. Facts, each with the date of its measuring:

- ``replay_refused``: whether a control ID that was carried out is refused when it comes again, in a new session, at once and also
  after the time that passes before a document in doubt is sent again; ``replay_answer``: Intacct's words;
- ``replay_refused_minutes``: how long after it last came it was still refused. Nothing older is sent again: the memory of control IDs
  may fade. Counted so that it errs to the short side: from the answer of one request to the sending of the next;
- ``visibility_delay_seconds``: by function, how long a new folder stayed unseen;
- ``field_lengths``: by object and field; ``ap_approval``: whether bills wait for approval; null where Intacct does not say.
"""

from __future__ import annotations

import uuid
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
WAIT_PARAM = "wait_minutes"
# A document is sent again by the run that happens to come after its waiting time.
MARGIN = timedelta(minutes=5)


class _CompanyFacts(ConnectorOperator):
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
        from certify_intacct.operators.company_probes import Experiment

        stored = self.fact(EXPERIMENT_FACT)
        return Experiment.restored(stored) if stored and not stored.get("settled") else None

    def last_came(self) -> datetime:
        """When the experiment's control ID was last answered."""
        stored = self.fact(EXPERIMENT_FACT)
        return datetime.fromisoformat(stored.get("came_at") or stored["made_at"])


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
        from certify_intacct.operators.preflight_probes import field_lengths, preferences
        from certify_intacct.operators.replayer import REPLAY_FACT
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
            **measured,
            **{
                EXPERIMENT_FACT: experiment.stored()
                | {"settled": not refused, "patience": patience, "came_at": datetime.now(tz=UTC).isoformat()}
            },
        )
        if not refused:
            self.store(**{REPLAY_FACT: False})
        self.log.info("Company %s: %s", self.company, "; ".join(f"{name} {value}" for name, value in measured.items()))
        return measured


class ReplayIsDueSensor(_CompanyFacts, BaseSensorOperator):
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
        wait = _longer_wait(context) if self.longer else self.waiting
        return not wait or datetime.now(tz=UTC) >= self.last_came() + wait

    @property
    def waiting(self) -> timedelta:
        sending = self.configuration.posting.sending
        minutes = timedelta(minutes=sending.late_commit_minutes + sending.absence_checks_minutes_apart)
        return minutes + MARGIN if minutes else minutes


class VerifyReplayLaterOperator(_CompanyFacts):
    """Sends the experiment's control ID once more and says, with all answers, whether and how long replays are refused.

    :param intacct_conn_id: the Sage Intacct connection
    :param longer: it is the last time, after the param ``wait_minutes``; skipped when that is 0
    """

    ui_color = "#eeeeee"

    def __init__(self, *, intacct_conn_id: str = "sage_intacct_default", longer: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.intacct_conn_id = intacct_conn_id
        self.longer = longer

    def execute(self, context: Context) -> bool:
        """Returns whether replays are refused, which is also stored as ``replay_refused``, with ``replay_refused_minutes``.

        :raises AnswerUnreadable: the answer was lost; the time counts anew from now
        """
        from certify_intacct.operators.replayer import PROVEN_FACT, REPLAY_FACT
        from certify_intacct.rules.replays import Replay

        experiment = self.experiment()
        if experiment is None or (self.longer and not _longer_wait(context)):
            refused = bool(self.fact(REPLAY_FACT))
            self.log.info("Settled before: a replayed control ID is %s.", "refused" if refused else "NOT refused")
            return refused
        # Rounded down, for whoever compares with it.
        minutes = int((datetime.now(tz=UTC) - self.last_came()).total_seconds() * 10 / 60) / 10
        answer, words = self._asked(experiment)
        refused = answer is Replay.REFUSED
        if refused:
            text = f"{answer.value}, also {minutes:g} minutes later: {words}"
            self.store(**{REPLAY_FACT: True, PROVEN_FACT: minutes, ANSWER_FACT: text})
        elif self.longer:  # what was shown for a shorter time stands
            text = f"refused after {self.fact(PROVEN_FACT):g} minutes, but after {minutes:g} minutes {answer.value}: {words}"
            self.store(**{ANSWER_FACT: text})
        else:
            text = f"{answer.value}: {words}"
            self.store(**{REPLAY_FACT: False, PROVEN_FACT: 0, ANSWER_FACT: text})
        self._remember(experiment, settled=self.longer or not refused)
        self.log.info("A replayed control ID is %s.", text)
        return refused

    def _asked(self, experiment: Experiment) -> tuple[Any, str]:
        from certify_intacct.intacct.hook import SageIntacctHook
        from certify_intacct.model.errors import AnswerUnreadable
        from certify_intacct.operators import company_probes

        patience = float(self.fact(EXPERIMENT_FACT)["patience"])
        hook = SageIntacctHook(self.intacct_conn_id)
        try:
            # Each attempt of this task brings a folder of its own: an earlier one may have been made.
            name = f"{datetime.now(tz=UTC):%H%M%S}{uuid.uuid4().hex[:4]}"
            return company_probes.replay(hook, experiment, name, patience=patience)
        except AnswerUnreadable:
            self._remember(experiment, settled=False)
            raise
        finally:
            hook.close()

    def _remember(self, experiment: Experiment, *, settled: bool) -> None:
        kept = self.fact(EXPERIMENT_FACT)
        self.store(
            **{
                EXPERIMENT_FACT: experiment.stored()
                | {"settled": settled, "patience": kept["patience"], "came_at": datetime.now(tz=UTC).isoformat()}
            }
        )


def _longer_wait(context: Context) -> timedelta:
    return timedelta(minutes=float(context["params"].get(WAIT_PARAM) or 0))


def _person_confirms(context: Context) -> None:
    """Folders are made in a real company, so somebody has to want it.

    :raises BadInput: it was not triggered by hand, or not confirmed
    """
    from certify_intacct.model.errors import BadInput

    run_type = context["dag_run"].run_type
    by_hand = str(getattr(run_type, "value", run_type)) == "manual"
    if not by_hand or context["params"].get(CONFIRM_PARAM) is not True:
        raise BadInput(
            "It makes up to four attachment folders in Sage Intacct, and nobody has confirmed that.",
            where="verify_company",
            cure="Trigger it by hand and set confirm to true.",
        )
