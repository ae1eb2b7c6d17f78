"""`notifications.posted_by`: a deadline of Airflow's own, in its metadata database, for the night's run and for no other."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import yaml
from airflow.serialization.serialized_objects import DagSerialization

from certify_intacct.model.configuration import load
from certify_intacct.model.errors import ConfigurationError
from certify_intacct.notifications.posted_by import posted_by, tell_unless_posted
from certify_intacct.staging.manifest import advance
from tests import shipped_config
from tests.pages.airflow_app import SECRET, Airflow

DAGS = Path(__file__).parents[2] / "dags"
BERLIN = ZoneInfo("Europe/Berlin")


def configured(folder: Path, **notifications: object) -> Path:
    content = shipped_config.content()
    content["notifications"] |= notifications
    path = folder / "connector.yaml"
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def airflow(tmp_path_factory) -> Iterator[Airflow]:
    """Airflow's database and API, with expense_sync as a company has it that wants its expenses posted by seven."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("AIRFLOW__API_AUTH__JWT_SECRET", SECRET)
        patched.setenv("AIRFLOW__CORE__MIN_SERIALIZED_DAG_UPDATE_INTERVAL", "0")
        patched.setenv("CONNECTOR_CONFIG", str(configured(tmp_path_factory.mktemp("company"), posted_by="07:00")))
        from airflow.api_fastapi.app import create_app
        from airflow.dag_processing.dagbag import DagBag, sync_bag_to_db
        from airflow.models.dagbundle import DagBundleModel
        from airflow.utils.db import initdb
        from airflow.utils.session import create_session

        initdb()
        bag = DagBag(DAGS / "expense_sync.py", bundle_name="dags-folder")
        assert not bag.import_errors
        with create_session() as session:
            session.merge(DagBundleModel(name="dags-folder"))
            session.flush()
            sync_bag_to_db(bag, "dags-folder", None, session=session)
        yield Airflow(create_app())


@pytest.fixture
def session(airflow):
    from airflow.utils.session import create_session

    with create_session() as opened:
        yield opened
    airflow.forget()


def run_of(session, day: date, *, kind: str = "scheduled"):
    """The run of a day, as the scheduler makes it."""
    from airflow.models.dagbag import DBDagBag
    from airflow.utils.state import DagRunState
    from airflow.utils.types import DagRunTriggeredByType, DagRunType

    start, end = (datetime.combine(day + timedelta(days=n), time(), BERLIN).astimezone(UTC) for n in (0, 1))
    dag = DBDagBag().get_latest_version_of_dag("expense_sync", session=session)
    return dag.create_dagrun(
        run_id=f"{kind}__{day}", logical_date=start, data_interval=(start, end), run_after=end, run_type=DagRunType(kind),
        triggered_by=DagRunTriggeredByType.TIMETABLE, state=DagRunState.QUEUED, session=session,
    )  # fmt: skip


def deadlines(session, run) -> list:
    from airflow.models.deadline import Deadline
    from sqlalchemy import select

    session.flush()
    return list(session.scalars(select(Deadline).where(Deadline.dagrun_id == run.id)))


@pytest.mark.parametrize(
    ("day", "due"),
    [
        (date(2026, 3, 2), datetime(2026, 3, 3, 6, tzinfo=UTC)),
        # The clocks change in the night after these dates.
        (date(2026, 3, 28), datetime(2026, 3, 29, 5, tzinfo=UTC)),
        (date(2026, 10, 24), datetime(2026, 10, 25, 6, tzinfo=UTC)),
    ],
)
def test_it_is_that_time_of_the_day_after_the_run_s_date_whatever_the_clocks_do(session, day, due):
    (deadline,) = deadlines(session, run_of(session, day))
    assert deadline.deadline_time == due


@pytest.mark.parametrize("kind", ["backfill", "manual"])
def test_no_run_of_a_backfill_or_of_a_person_has_one(session, kind):
    assert deadlines(session, run_of(session, date(2026, 3, 2), kind=kind)) == []


def test_a_run_with_one_can_be_cleared_before_it_and_keeps_it(airflow, session):
    """With Airflow's own reference, the moment at which it was queued, it cannot in 3.3.2: the answer is an error of the server."""
    day = datetime.now(tz=BERLIN).date()
    run = run_of(session, day)
    run.state = "failed"
    (deadline,) = deadlines(session, run)
    due, run_id = deadline.deadline_time, run.run_id
    assert due > datetime.now(tz=UTC)
    session.commit()
    cleared = airflow.browser("admin", "admin").post(
        f"/api/v2/dags/expense_sync/dagRuns/{run_id}/clear", json={"dry_run": False}
    )
    assert cleared.status_code == 200, cleared.text
    session.expire_all()
    assert [one.deadline_time for one in deadlines(session, run)] == [due]


def test_a_run_that_is_done_in_time_has_none_any_more(session):
    from airflow.models.dagbag import DBDagBag
    from airflow.utils.timezone import utcnow

    run = run_of(session, datetime.now(tz=BERLIN).date())
    assert deadlines(session, run)
    run.dag = DBDagBag().get_dag_for_run(dag_run=run, session=session)
    run.state, run.start_date = "running", utcnow()
    for task in run.get_task_instances(session=session):
        task.state, task.start_date, task.end_date = "success", utcnow(), utcnow()
    session.flush()
    run.update_state(session=session)
    assert deadlines(session, run) == []


def missed(session, run) -> str:
    """The scheduler finds that it has passed, and the triggerer calls; what was told."""
    from airflow.triggers.callback import CallbackTrigger

    (deadline,) = deadlines(session, run)
    deadline.handle_miss(session)
    session.flush()
    assert deadline.missed
    classpath, kwargs = deadline.callback.trigger.classpath, deadline.callback.trigger.kwargs
    assert classpath == "airflow.triggers.callback.CallbackTrigger"

    async def ran() -> list:
        return [event async for event in CallbackTrigger(**kwargs).run()]

    *_, last = asyncio.run(ran())
    assert last.payload["state"] == "success", last.payload
    return last.payload["body"]


@pytest.fixture
def tells(monkeypatch, store, new_load, caplog):
    caplog.set_level("INFO")

    def tell(session, run, *states: str) -> str:
        if states:
            load_id = new_load(direction="expense", run_id=run.run_id)
            with store.connection() as connection:
                for state in states:
                    advance(connection, load_id, state)
        return missed(session, run)

    return tell


@pytest.fixture(autouse=True)
def connection(request, monkeypatch):
    if "tells" in request.fixturenames:
        monkeypatch.setenv("AIRFLOW_CONN_CONNECTOR_DB", request.getfixturevalue("database").loader_url)


@pytest.mark.parametrize(
    ("states", "state", "said"),
    [
        ((), "queued", "It is queued, and has read nothing yet."),
        (("validated",), "running", "It is running; its load 1 is validated."),
        (
            ("validated",),
            "failed",
            "It failed; its load 1 is validated. The log of the task that failed says what to do",
        ),
    ],
)
def test_who_is_to_know_is_told_how_far_it_is(session, tells, caplog, states, state, said):
    run = run_of(session, date(2026, 3, 2))
    run.state = state
    told = tells(session, run, *states)
    assert told.startswith(
        "Not posted by 07:00 (notifications.posted_by): expense_sync of 2026-03-02, run scheduled__2026-03-02."
    )
    assert said in told
    assert "/dags/expense_sync/runs/scheduled__2026-03-02" in told
    # Through the one notifier, which mails it where addresses are set.
    assert f"expense_sync of 2026-03-02: not posted by 07:00\n{told}" in caplog.text


def test_what_has_posted_and_only_attaches_receipts_by_then_tells_nobody(session, tells, caplog):
    run = run_of(session, date(2026, 3, 2))
    run.state = "running"
    assert tells(session, run, "validated", "planned", "loaded") == "posted"
    assert "Not posted" not in caplog.text


@pytest.mark.parametrize("url", ["postgresql://nobody:x@127.0.0.1:1/connector", None])
def test_a_database_that_does_not_answer_is_no_reason_to_say_nothing(monkeypatch, url):
    monkeypatch.delenv("AIRFLOW_CONN_CONNECTOR_DB", raising=False)
    if url:
        monkeypatch.setenv("AIRFLOW_CONN_CONNECTOR_DB", url)
    run = {
        "dag_id": "expense_sync", "dag_run_id": "scheduled__x", "state": "running", "data_interval_start": "2026-03-01T23:00:00Z"
    }  # fmt: skip
    told = asyncio.run(tell_unless_posted({"dag_run": run}, "07:00", "Europe/Berlin"))
    assert told.startswith(
        "Not posted by 07:00 (notifications.posted_by): expense_sync of 2026-03-02, run scheduled__x."
    )
    assert "How far it is cannot be asked:" in told


def test_as_shipped_there_is_none_and_a_broken_file_breaks_no_dag(tmp_path, monkeypatch):
    monkeypatch.delenv("CONNECTOR_CONFIG")
    assert posted_by() is None
    monkeypatch.setenv("CONNECTOR_CONFIG", str(tmp_path / "not-there.yaml"))
    assert posted_by() is None


@pytest.mark.parametrize("wrong", [1050, "7:00", "24:00", "07:60", "noon", True])
def test_what_is_no_time_of_day_is_named(tmp_path, wrong):
    with pytest.raises(ConfigurationError, match=r"notifications\.posted_by: .* is no time of day.*in quotes"):
        load(configured(tmp_path, posted_by=wrong))


def test_the_dag_is_the_same_version_however_often_it_is_read(tmp_path, monkeypatch):
    from airflow.dag_processing.dagbag import DagBag

    monkeypatch.setenv("CONNECTOR_CONFIG", str(configured(tmp_path, posted_by="07:00")))
    first, second = (
        DagSerialization.to_dict(DagBag(DAGS / "expense_sync.py").dags["expense_sync"])["dag"]["deadline"]
        for _ in range(2)
    )
    assert first == second
    assert first[0]["reference"]["at"] == "07:00"
