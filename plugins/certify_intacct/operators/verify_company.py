"""Measures what Sage does not publish and what differs between companies, and keeps the answers in ``ledger.company_fact``.

Harmless: at most four attachment folders are made, and nothing else but, in a test company, what a person asks for. Facts, each
with the date of its measuring:

- ``replay_refused``: whether a control ID that was carried out is refused when it comes again, in a new session, at once and also
  after the time that passes before a document in doubt is sent again; ``replay_answer``: Intacct's words;
- ``replay_refused_minutes``: how long after it last came it was still refused. Nothing older is sent again: the memory of control IDs
  may fade. Counted so that it errs to the short side: from the answer of one request to the sending of the next;
- ``visibility_delay_seconds``: by function, how long a new folder stayed unseen;
- ``field_lengths``: by object and field; ``ap_approval``: whether bills wait for approval; null where Intacct does not say;
- ``adjustment_sign``, only when it is asked for: with which sign an AP adjustment lowers what a vendor is owed;
- ``spent_amount`` and ``spent_rate_decimals``, likewise: what becomes of an expense that states what was spent in another currency.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from certify_intacct.operators.company_facts import ANSWER_FACT, EXPERIMENT_FACT, CompanyFactsOperator

if TYPE_CHECKING:
    from airflow.sdk import Context

    from certify_intacct.intacct.hook import SageIntacctHook

CONFIRM_PARAM = "confirm"
TRIAL_PARAM, SPENT_PARAM = "adjustment_trial", "spent_trial"


class VerifyCompanyOperator(CompanyFactsOperator):
    """Measures everything that can be measured at once.

    :param intacct_conn_id: the Sage Intacct connection
    :param longest_delay: seconds that a new folder is waited for
    """

    ui_color = "#eeeeee"
    template_fields: Sequence[str] = (*CompanyFactsOperator.template_fields, "intacct_conn_id")

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
        from certify_intacct.documents import texts_sent
        from certify_intacct.intacct.hook import SageIntacctHook
        from certify_intacct.model.errors import GuardTripped
        from certify_intacct.posting.replayer import REPLAY_FACT
        from certify_intacct.preflight import company_probes
        from certify_intacct.preflight.intacct_probes import field_lengths, preferences
        from certify_intacct.rules.preflight import facts
        from certify_intacct.rules.replays import Replay

        _person_confirms(context)
        trial = self._asked(context, TRIAL_PARAM, "two AP adjustments of a cent", ("vendor", "account", "location"))
        spent = self._asked(
            context, SPENT_PARAM, "two drafts of expense reports", ("employee", "account", "location", "currency")
        )
        meter = self.meter(context)
        hook, later = (SageIntacctHook(self.intacct_conn_id, meter=meter) for _ in range(2))
        if hook.company_id != self.company:
            raise GuardTripped(
                f"The connection leads to company {hook.company_id}, connector.yaml is for {self.company}.",
                where="verify_company",
                cure="Correct the connection, or company.intacct_company_id.",
            )
        try:
            lengths = field_lengths(hook, texts_sent(self.configuration.posting))
            accounts_payable = preferences(hook, "AP") or {}
            tried = (self._sign(hook, trial) if trial else {}) | (self._spent(hook, spent) if spent else {})
            experiment = company_probes.begin(hook)
            delays = company_probes.visibility(hook, experiment, longest=self.longest_delay)
            patience = max([self.longest_delay if delay is None else 2 * delay + 2 for delay in delays.values()])
            answer, words = company_probes.replay(later, experiment, "second", patience=patience)
        finally:
            hook.close()
            later.close()
        measured = tried | {
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

    def _asked(self, context: Context, param: str, makes: str, names: tuple[str, ...]) -> dict[str, str] | None:
        """What a person wants tried.

        :param makes: what is made for it, and ``names`` what must be named
        :raises BadInput: that cannot be, or the company is none for trials
        """
        from certify_intacct.model.errors import BadInput

        wanted = context["params"].get(param)
        if not wanted:
            return None
        if self.configuration.company.environment != "test":
            raise BadInput(
                f"{param} makes {makes}, and company.environment is no test company.",
                where="verify_company",
                cure="Leave it empty here; trigger it where environment is test.",
            )
        texts = isinstance(wanted, dict) and all(isinstance(one, str) for one in wanted.values())
        if not texts or set(wanted) != set(names):
            raise BadInput(f"{param} is not of the form {{{', '.join(names)}}}, each a text.", where="verify_company")
        return dict(wanted)

    def _spent(self, hook: SageIntacctHook, wanted: dict[str, str]) -> dict[str, Any]:
        """Measures it, and says where connector.yaml relies on more decimals than are kept."""
        from certify_intacct.preflight.spent_probe import SpentTrial, what_becomes_of_spent

        today = datetime.now(tz=self.configuration.company.zone).date()
        found = what_becomes_of_spent(hook, SpentTrial(**wanted), today)
        self.store(**found)
        kept, stated = found["spent_rate_decimals"], self.configuration.posting.currencies.spent.rate_decimals
        if found["spent_amount"] != "kept" and kept is not None and kept < stated:
            self.log.error("posting.currencies.spent.rate_decimals is %s, and %s decimals are kept.", stated, kept)
        return found

    def _sign(self, hook: SageIntacctHook, wanted: dict[str, str]) -> dict[str, Any]:
        """Measures it, and says where connector.yaml says the other one."""
        from certify_intacct.preflight.adjustment_probe import Trial, sign_that_lowers

        trial = Trial(**wanted)
        zone = self.configuration.company.zone
        sign = sign_that_lowers(hook, trial, datetime.now(tz=zone).date(), longest=self.longest_delay)
        self.store(adjustment_sign=sign)
        stated = self.configuration.posting.credits.adjustment_sign
        if sign is None:
            self.log.warning(
                "The balance of vendor %s did not move: look at both adjustments in Intacct.", trial.vendor
            )
        elif stated not in (None, sign):
            self.log.error("posting.credits.adjustment_sign is %s, and %s is what lowers a debt.", stated, sign)
        return {"adjustment_sign": sign}


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
