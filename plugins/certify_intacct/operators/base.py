"""What every operator of the connector has: its configuration and its database."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property, wraps
from inspect import cleandoc
from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseHook, BaseOperator

from certify_intacct.model.errors import BadInput
from certify_intacct.pages.links import load_url
from certify_intacct.runs.failing import told_in_words
from certify_intacct.runs.run_notes import hand_over, note

if TYPE_CHECKING:
    from airflow.sdk import Context

    from certify_intacct.model.configuration import Configuration
    from certify_intacct.staging.database import Database
    from certify_intacct.staging.manifest import Load
    from certify_intacct.transport.metering import Meter


# Marks what ends in words already.
_TOLD = "_told_in_words"


def triggered_by(context: Context) -> str:
    """Who triggered the run, or started the newest backfill of it; empty when the schedule did."""
    from certify_intacct.staging.airflow_record import backfilled_by

    run = context["dag_run"]
    first = getattr(run, "triggering_user_name", None) or ""
    if str(getattr(run.run_type, "value", run.run_type)) != "backfill":
        return first
    return backfilled_by(run.dag_id, run.run_id) or first


def doc_of(operator: type) -> str:
    """What a task does, for the Airflow UI: the operator's own words, without its parameters."""
    return cleandoc(operator.__doc__ or "").split("\n:param", 1)[0].strip()


def _with_its_load(execute: Callable[..., Any]) -> Callable[..., Any]:
    """The method of an operator that works on a load: that which its run opened."""

    @wraps(execute)
    def wrapper(self: Any, context: Context, *args: Any, **kwargs: Any) -> Any:
        if "load_id" in self.template_fields:
            self.require_own_load(context)
        return execute(self, context, *args, **kwargs)

    return wrapper


class ConnectorOperator(BaseOperator):
    """Base of the connector's operators.

    :param connector_db_conn_id: the connection of the connector's database (a Postgres connection, the loader's role)
    """

    template_fields: Sequence[str] = ("connector_db_conn_id",)

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Whatever of an operator Airflow calls ends in words."""
        super().__init_subclass__(**kwargs)
        for name in ("execute", "execute_complete"):
            method = getattr(cls, name, None)
            if method is not None and not hasattr(method, _TOLD):
                told = told_in_words(_with_its_load(method) if name == "execute" else method)
                setattr(told, _TOLD, True)
                setattr(cls, name, told)

    def __init__(self, *, connector_db_conn_id: str = "connector_db", **kwargs: Any) -> None:
        super().__init__(**{"doc_md": doc_of(type(self)), **kwargs})
        self.connector_db_conn_id = connector_db_conn_id

    @cached_property
    def database(self) -> Database:
        from certify_intacct.staging.database import Database

        return Database.of(BaseHook.get_connection(self.connector_db_conn_id))

    @cached_property
    def configuration(self) -> Configuration:
        from certify_intacct.model.configuration import config_path, load

        return load(config_path())

    def require_own_load(self, context: Context) -> None:
        """Refuses to work on anything but the load that this run opened.

        :raises BadInput: it opened none, or the database does not have it any more
        :raises GuardTripped: another run opened it
        """
        from certify_intacct.staging.manifest import require_own

        if self.load_id is None:  # type: ignore[attr-defined]
            raise BadInput(
                "This run has no load: its task `open_load` has not come to its end, whatever Airflow shows.",
                where="the run",
                cure="To mark a task as success is not to do its work: clear the whole run.",
            )
        # Who carries an operator out by itself, to measure it, has no run.
        if run := context.get("dag_run"):
            with self.database.connection() as connection:
                require_own(connection, int(self.load_id), dag_id=run.dag_id, run_id=run.run_id)  # type: ignore[attr-defined]

    def meter(self, context: Context, load_id: int = 0) -> Meter:
        """Counts what this task asks of the services, into ``ops.api_use``; for all hooks that it opens.

        :param load_id: the load that it works on, if it does
        """
        from certify_intacct.staging import api_use
        from certify_intacct.transport.metering import Meter

        company = self.configuration.company
        # Who carries an operator out by itself, to measure it, has no run.
        run = context.get("dag_run")
        return Meter(
            api_use.keeper(
                self.database,
                api_use.Whose(
                    load_id=load_id,
                    dag_id=run.dag_id if run else "",
                    run_id=run.run_id if run else "",
                    task=self.task_id,
                    companies={"intacct": company.intacct_company_id, "certify": company.certify_company},
                    zone=company.zone,
                ),
            )
        )

    def tell(self, context: Context, load: Load, *said: str) -> None:
        """Says in the note of the run what the load did. A later task of the run says it anew."""
        hand_over(context, note(load, load_url(self, context["dag_run"]), *said))
