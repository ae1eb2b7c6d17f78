"""Airflow's own approval, asked for only when a plan is larger than it may be without a second person."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from airflow.providers.standard.operators.hitl import ApprovalOperator

from certify_intacct.model.currencies import amount_text
from certify_intacct.model.errors import GuardTripped
from certify_intacct.notifications.notifier import ConnectorNotifier
from certify_intacct.operators.base import ConnectorOperator, triggered_by
from certify_intacct.pages.links import LoadLink, load_url

if TYPE_CHECKING:
    from airflow.sdk import Context

    from certify_intacct.staging.run_limits import AboveLimit, Total

_WHERE = "approval, nothing was sent"
_AGAIN = "Clear the task `approve` with what follows it to ask again, or trigger a new run of its dates to plan anew."


class PostingApprovalOperator(ConnectorOperator, ApprovalOperator):
    """Lets a plan within its limits pass at once; a larger one waits in Airflow (Required Actions) for a person.

    The waiting is Airflow's (``awaiting_input``): it takes neither a worker nor a trigger. The decision is kept in
    ``ledger.approval`` and is for exactly this plan. Who edits connector.yaml and who triggered the run cannot approve.
    ``load_intacct`` asks the ledger, not this task, whether the approval stands.

    :param load_id: the load
    """

    template_fields: Sequence[str] = (*ConnectorOperator.template_fields, "load_id")
    operator_extra_links = (LoadLink(),)
    ui_color = "#fdf2e9"

    def __init__(self, *, load_id: Any, **kwargs: Any) -> None:
        # What is asked, and for how long, is known when the plan is: execute sets it. Without a response_timeout Airflow would take
        # the execution_timeout for it.
        super().__init__(subject="May this run post?", response_timeout=timedelta(days=1), **kwargs)
        self.load_id = load_id

    def execute(self, context: Context) -> Any:
        """Returns at once when nobody has to decide; otherwise writes the request and parks the task.

        :raises GuardTripped: the load was opened as a preview, or Airflow would show the question about an earlier plan
        """
        from certify_intacct.posting import backfill_approvals
        from certify_intacct.staging import approvals, run_limits
        from certify_intacct.staging.manifest import get_load, require_no_preview

        load_id = int(self.load_id)
        with self.database.connection() as connection:
            load = get_load(connection, load_id)
            # Other runs may have sent since it was planned.
            run_limits.keep_above(connection, load_id, run_limits.above_limits(connection, load_id, self.configuration))
            above = run_limits.kept_above(connection, load_id)
            standing = approvals.standing(connection, load_id)
            totals = run_limits.totals(connection, load_id)
            backfill = backfill_approvals.covering(
                connection, self.configuration, load_id, above, triggered_by(context)
            )
        for one in above:
            self.log.warning("Above a limit: %s", one)
        require_no_preview(load)
        if not above:
            self.log.info("Within all limits: nobody is asked.")
            return None
        if standing is not None and standing.decision == "approved":
            self.log.info(
                "%s approved this plan on %s.", standing.decided_by, f"{standing.decided_at:%Y-%m-%d %H:%M %Z}"
            )
            return None
        if standing is None and backfill is not None:
            self.log.info("%s approved %s, which it is part of.", backfill.decided_by, backfill.name)
            return None
        documents = sum(total.documents for total in totals)
        self.subject = (
            f"Post {documents} documents of {load.period} (load {load_id})? This run is larger than its limits."
        )
        link = load_url(self, context["dag_run"])
        message = _message(above, totals)
        self.body = f"{message}\n\nLook at [the plan]({link}) before you decide."
        self.response_timeout = timedelta(days=self.configuration.posting.limits.approval_days)
        self.notifiers = [ConnectorNotifier(subject=self.subject, message=message, link=link)]
        self._require_own_question(context)
        return super().execute(context)

    def _require_own_question(self, context: Context) -> None:
        """Airflow keeps the first question of a run's task for ever: of a run that was cleared as a whole and planned anew, it shows
        the figures of the plan before, and a person would approve one plan and have another one sent.

        :raises GuardTripped: it is so
        """
        from airflow.sdk.execution_time import task_runner
        from airflow.sdk.execution_time.comms import CreateHITLDetailPayload

        asked: Any = task_runner.SUPERVISOR_COMMS.send(
            CreateHITLDetailPayload(
                ti_id=context["task_instance"].id,
                options=self.options,
                subject=self.subject,
                body=self.body,
                assigned_users=[],
            )
        )
        shown = getattr(asked, "subject", self.subject)
        if shown != self.subject:
            raise GuardTripped(
                f"Nobody can be asked about this plan: Airflow still shows the question about an earlier plan of this run, {shown!r}.",
                where=_WHERE,
                cure="Trigger a new run of expense_sync with period_start and period_end: its plan is asked about by itself.",
            )

    def execute_complete(self, context: Context, event: dict[str, Any]) -> Any:
        """Keeps the decision and returns who approved.

        :raises GuardTripped: rejected, not answered in time, or answered by somebody who may not decide; nothing is sent
        """
        from certify_intacct.posting.backfill_approvals import objection_to_approving
        from certify_intacct.staging import approvals, run_limits

        if "error" in event:
            self.process_trigger_event_error(event)
        self.validate_chosen_options(event["chosen_options"])
        approved = event["chosen_options"] == [self.APPROVE]
        user = event.get("responded_by_user") or {}
        names = [str(user.get(key) or "") for key in ("name", "id")]
        load_id = int(self.load_id)
        with self.database.connection() as connection:
            starters = {approvals.opened_by(connection, load_id), triggered_by(context)}
            problem = objection_to_approving(connection, self.configuration, names, triggered_by=starters)
            # Anybody may stop a run.
            if approved and problem:
                raise GuardTripped(
                    f"The approval does not count. {problem}", where=_WHERE, cure=f"Somebody else approves. {_AGAIN}"
                )
            who = next(filter(None, names), "nobody")
            approvals.decide(
                connection,
                load_id,
                approved=approved,
                decided_by=who,
                user_id=names[1],
                decided_at=event.get("responded_at") or datetime.now(tz=UTC),
                reasons=[str(one) for one in run_limits.kept_above(connection, load_id)],
                run_id=context["run_id"],
            )
        if not approved:
            raise GuardTripped(
                f"{who} rejected this run.", where=_WHERE, cure=f"Look at the plan and correct what is wrong. {_AGAIN}"
            )
        self.log.info("%s approved the plan of load %s.", who, load_id)
        return {"approved_by": who}

    def process_trigger_event_error(self, event: dict[str, Any]) -> None:
        """Turns Airflow's own answers (nobody responded in time) into words.

        :raises GuardTripped: always
        """
        days = self.configuration.posting.limits.approval_days
        late = f"Nobody approved it within {days:g} days (posting.limits.approval_days)."
        problem = late if event.get("error_type") == "timeout" else f"Airflow could not ask: {event.get('error')}"
        raise GuardTripped(problem, where=_WHERE, cure=_AGAIN)


def _message(above: Sequence[AboveLimit], totals: Sequence[Total]) -> str:
    """Markdown. Only figures stand in it: no text that somebody typed into Certify."""
    return "\n".join(
        [
            "Larger than it may be without a second person:",
            "",
            *(f"- {_plain(str(one))}" for one in above),
            "",
            "It would post:",
            "",
            *(
                f"- {_plain(total.currency)} {amount_text(total.total, total.currency, ',')} in {total.documents} document(s)"
                for total in totals
            ),
            "",
            "Who edits connector.yaml and who triggered the run cannot approve. Reject: nothing is sent, and the run fails.",
        ]
    )


def _plain(text: str) -> str:
    """Without what Markdown would make something of. A currency is what Certify says it is."""
    return re.sub(r"[^\w .,;:()+-]", "", text)
