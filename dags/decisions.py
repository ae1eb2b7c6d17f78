"""# Decisions

What waits for a person: reports that a rule holds and that somebody may post all the same, book by hand or leave out; people who are
not created, linked or deactivated before somebody says so. **Who may edit this DAG may decide**: nobody else, and of those only
`company.deciders` when connector.yaml names any.

    list_waiting

## Runbook

- **Decide** on the page *Browse > Decisions*, or on the page of a report. The next run of the sync acts on it.
- **Trigger** this DAG for the list: the log of `list_waiting` names what waits, by who can act. It changes nothing.
- **To let somebody decide**, give them *edit* on this DAG and *read* on `expense_sync` and `organization_sync` in Airflow.
- **It cannot be decided by you**: who edits connector.yaml and who triggered the run that holds it cannot. Ask somebody else.
"""

from __future__ import annotations

from airflow.sdk import dag

from certify_intacct.dag_defaults import EVERY_DAG
from certify_intacct.operators.decisions_report import DecisionsReportOperator


@dag(
    **EVERY_DAG,
    dag_display_name="Decisions: what waits for a person",
    description="Lists what only a person may decide; the right to edit this DAG is the right to decide.",
    schedule=None,
    max_active_runs=1,
    tags=["sage-intacct", "emburse-certify", "expenses"],
    doc_md=__doc__,
)
def decisions() -> None:
    DecisionsReportOperator(task_id="list_waiting")


decisions()
