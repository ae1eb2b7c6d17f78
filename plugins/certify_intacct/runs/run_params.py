"""What may be said to a run when it is started. None of it decides whether money moves: a preview is a DAG of its own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from airflow.sdk import Param

from certify_intacct.model.errors import BadInput

PERIOD_PARAMS = {
    "period_start": Param(
        None, type=["null", "string"], format="date", title="First date",
        description="For a manual run: the first company-local date, YYYY-MM-DD. Empty: the last complete day.",
    ),
    "period_end": Param(
        None, type=["null", "string"], format="date", title="Last date",
        description="For a manual run: the last date, included. Give both or none.",
    ),
}  # fmt: skip
RECONCILIATION_PARAMS = {
    "period_start": Param(
        None, type=["null", "string"], format="date", title="First date",
        description="The first company-local date, YYYY-MM-DD. Empty: all dates whose books may still be open.",
    ),
    "period_end": PERIOD_PARAMS["period_end"],
}  # fmt: skip
#: Of expenses alone: people and lists are kept for all entities at once.
RUN_PARAMS = PERIOD_PARAMS | {
    "entities": Param(
        [], type=["null", "array"], items={"type": "string"}, title="Entities",
        description="Only these entities (Intacct location IDs). Empty: all.",
    ),
}  # fmt: skip
#: Of a DAG that has no task which sends.
WHAT_IF_PARAMS = PERIOD_PARAMS | {
    "configuration": Param(
        None, type=["null", "string"], title="Another connector.yaml",
        description="A YAML file beside connector.yaml or in include/, named from there, such as examples/uk_vat.yaml.",
    ),
    "configuration_text": Param(
        None, type=["null", "string"], format="multiline", title="Or its text",
        description="What would be in that file, all of it. Give the file or the text.",
    ),
}  # fmt: skip
#: What verify_company tries in a test company, each only when a person says with what.
TRIAL_PARAMS = {
    "adjustment_trial": Param(
        None, type=["null", "object"], title="Try AP adjustments (test company)",
        description='{"vendor": ..., "account": ..., "location": ...}: two AP adjustments of a cent, which cancel each other out.',
    ),
    "spent_trial": Param(
        None, type=["null", "object"], title="Try what was spent (test company)",
        description='{"employee": ..., "account": ..., "location": ..., "currency": ...}: two drafts of expense reports.',
    ),
}  # fmt: skip


def refuse_unknown(params: Mapping[str, Any], known: Iterable[str], *, preview: str = "") -> None:
    """Refuses a run that was given what it does not know: Airflow hands on whatever stands in its configuration.

    A misspelt ``entities`` would mean all of them, and ``dry_run``, which was a switch of earlier versions, would post.

    :param params: the run's params
    :param known: the names that it knows
    :param preview: the DAG that shows what this one would do
    :raises BadInput: something else was given
    """
    known = list(known)
    # What a form of an earlier version handed on without anything in it says nothing.
    unknown = sorted(name for name in params.keys() - set(known) if name not in RUN_PARAMS or params[name])
    if unknown:
        seen = f" To see what it would do, trigger {preview}." if preview else ""
        raise BadInput(
            f"This run was given {', '.join(map(repr, unknown))}, which it does not know.",
            where="the parameters of the run",
            cure=f"Trigger it anew with {'nothing but ' + ', '.join(known) if known else 'no parameters'}.{seen}",
        )
