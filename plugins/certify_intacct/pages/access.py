"""Who may read, who may decide and who may start a run: Airflow has signed the user in, and says what they may."""

from __future__ import annotations

from typing import Annotated

from airflow.api_fastapi.app import get_auth_manager
from airflow.api_fastapi.auth.managers.models.base_user import BaseUser
from airflow.api_fastapi.auth.managers.models.resource_details import DagAccessEntity, DagDetails
from airflow.api_fastapi.core_api.security import GetUserDep
from airflow.sdk import conf
from fastapi import Depends, HTTPException

from certify_intacct.decisions.decide import Decider
from certify_intacct.pages.links import DECISIONS_DAG, EXPENSE_DAG, ORGANIZATION_DAG


def reads(dag_id: str, user: BaseUser) -> bool:
    """Whether a user may read a DAG."""
    return get_auth_manager().is_authorized_dag(method="GET", details=DagDetails(id=dag_id), user=user)


def may_read(dag_id: str, user: GetUserDep) -> str:
    """The DAG's ID, when the user may read that DAG."""
    if not reads(dag_id, user):
        raise HTTPException(
            status_code=403, detail=f"You may not read {dag_id}. Ask an administrator of Airflow for that right."
        )
    return dag_id


ReadableDag = Annotated[str, Depends(may_read)]


def reads_reports(user: GetUserDep) -> BaseUser:
    """The user, when they may read the reports."""
    may_read(EXPENSE_DAG, user)
    return user


ReportsReader = Annotated[BaseUser, Depends(reads_reports)]


def reads_a_sync(user: GetUserDep) -> BaseUser:
    """The user, when they may read one of the two syncs."""
    if not any(reads(dag_id, user) for dag_id in (EXPENSE_DAG, ORGANIZATION_DAG)):
        raise HTTPException(
            status_code=403,
            detail=f"You may read neither {EXPENSE_DAG} nor {ORGANIZATION_DAG}. Ask an administrator of Airflow for that right.",
        )
    return user


SyncReader = Annotated[BaseUser, Depends(reads_a_sync)]


def why_not_decide(user: BaseUser) -> str:
    """Why Airflow does not let a user decide, a sentence; empty when it does."""
    # Then every visitor is one and the same administrator, and nobody knows who decided.
    if conf.getboolean("core", "simple_auth_manager_all_admins", fallback=False):
        return "Airflow asks nobody who they are ([core] simple_auth_manager_all_admins), so nobody can decide."
    if not get_auth_manager().is_authorized_dag(method="PUT", details=DagDetails(id=DECISIONS_DAG), user=user):
        return (
            f"Deciding takes the right to edit the DAG {DECISIONS_DAG}. Ask an administrator of Airflow for that right."
        )
    return ""


def may_decide(user: GetUserDep) -> BaseUser:
    """The user, when Airflow lets them decide."""
    if problem := why_not_decide(user):
        raise HTTPException(status_code=403, detail=problem)
    return user


DecidingUser = Annotated[BaseUser, Depends(may_decide)]


def why_not_start(user: BaseUser) -> str:
    """Why Airflow does not let a user start a run of the expense sync, a sentence; empty when it does."""
    manager = get_auth_manager()
    if manager.is_authorized_dag(
        method="POST", access_entity=DagAccessEntity.RUN, details=DagDetails(id=EXPENSE_DAG), user=user
    ):
        return ""
    return f"Starting a run takes the right to trigger the DAG {EXPENSE_DAG}. Ask an administrator of Airflow for that right."


def may_start(user: GetUserDep) -> BaseUser:
    """The user, when Airflow lets them start a run of the expense sync."""
    if problem := why_not_start(user):
        raise HTTPException(status_code=403, detail=problem)
    return user


StartingUser = Annotated[BaseUser, Depends(may_start)]


def decider(user: BaseUser) -> Decider:
    """The user as one who decides."""
    return Decider(name=user.get_name() or user.get_id(), user_id=user.get_id())
