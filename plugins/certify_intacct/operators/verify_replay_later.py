"""Measures how long a control ID that was carried out is refused when it comes again."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from certify_intacct.operators.company_facts import ANSWER_FACT, EXPERIMENT_FACT, CompanyFactsOperator, longer_wait

if TYPE_CHECKING:
    from airflow.sdk import Context

    from certify_intacct.preflight.company_probes import Experiment
    from certify_intacct.transport.metering import Meter


class VerifyReplayLaterOperator(CompanyFactsOperator):
    """Sends the experiment's control ID once more and says, with all answers, whether and how long replays are refused.

    :param intacct_conn_id: the Sage Intacct connection
    :param longer: it is the last time, after the param ``wait_minutes``; skipped when that is 0
    """

    ui_color = "#eeeeee"

    template_fields: Sequence[str] = (*CompanyFactsOperator.template_fields, "intacct_conn_id")

    def __init__(self, *, intacct_conn_id: str = "sage_intacct_default", longer: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.intacct_conn_id = intacct_conn_id
        self.longer = longer

    def execute(self, context: Context) -> bool:
        """Returns whether replays are refused, which is also stored as ``replay_refused``, with ``replay_refused_minutes``.

        :raises AnswerUnreadable: the answer was lost; the time counts anew from now
        """
        from certify_intacct.posting.replayer import PROVEN_FACT, REPLAY_FACT
        from certify_intacct.rules.replays import Replay

        experiment = self.experiment()
        if experiment is None or (self.longer and not longer_wait(context)):
            refused = bool(self.fact(REPLAY_FACT))
            self.log.info("Settled before: a replayed control ID is %s.", "refused" if refused else "NOT refused")
            return refused
        # Rounded down, for whoever compares with it.
        minutes = int((datetime.now(tz=UTC) - self.last_came()).total_seconds() * 10 / 60) / 10
        answer, words = self._asked(experiment, self.meter(context))
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

    def _asked(self, experiment: Experiment, meter: Meter) -> tuple[Any, str]:
        from certify_intacct.intacct.hook import SageIntacctHook
        from certify_intacct.model.errors import AnswerUnreadable
        from certify_intacct.preflight import company_probes

        patience = float(self.fact(EXPERIMENT_FACT)["patience"])
        hook = SageIntacctHook(self.intacct_conn_id, meter=meter)
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
