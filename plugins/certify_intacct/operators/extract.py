"""Extracts one stream of a service into its staging table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from certify_intacct.model.errors import PermissionDenied
from certify_intacct.operators.base import ConnectorOperator

if TYPE_CHECKING:
    from airflow.sdk import Context

    from certify_intacct.intacct.filters import Filter
    from certify_intacct.model.periods import Period
    from certify_intacct.staging.manifest import Load
    from certify_intacct.staging.streams import Stream

# A backfill of many days needs the state of Intacct only once.
SNAPSHOT_AGE = timedelta(minutes=30)
# Whether the end of Certify's date range is inclusive is not documented, and dates have no time zone.
MARGIN = timedelta(days=1)

# Reading the audit trail is a right of its own, without which everything else still works.
DELETIONS = "intacct_deletions"
# What the audit trail calls the kinds of record that may be people.
AUDITED = ("employee", "vendor", "userinfo")

Records = Sequence[Mapping[str, Any]]


class _ExtractOperator(ConnectorOperator):
    """Stages one stream for a load, in one transaction: all of it or nothing.

    :param load_id: the load, from the task that opened it
    :param stream: the stream's name (``certify_intacct.staging.streams.STREAMS``)
    """

    template_fields: Sequence[str] = ("load_id", "stream")
    ui_color = "#e6f4ea"

    def __init__(self, *, load_id: Any, stream: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.load_id = load_id
        self.stream = stream

    def execute(self, context: Context) -> dict[str, Any]:
        """Returns the stream's name, how many rows and pages it had, and whether a recent snapshot was reused."""
        from certify_intacct.staging.bulk import Staged, stage_pages
        from certify_intacct.staging.manifest import get_load, record_extract, reuse_extract
        from certify_intacct.staging.streams import STREAMS, people

        load_id = int(self.load_id)
        stream = people.configured(STREAMS[self.stream], self.configuration.people)
        if stream is None:
            with self.database.connection() as connection:
                record_extract(
                    connection, load_id, self.stream, Staged(rows=0, pages=0, duplicates=0), datetime.now(tz=UTC)
                )
            self.log.info("%s: connector.yaml does not use it, so nothing is read.", self.stream)
            return {"stream": self.stream, "rows": 0, "pages": 0, "reused": False}
        with self.database.connection() as connection:
            load = get_load(connection, load_id)
            if self.may_reuse(stream, load) and (
                observed := reuse_extract(connection, load_id, stream.name, not_older_than=SNAPSHOT_AGE)
            ):
                self.log.info("%s: the snapshot of %s is reused.", stream.name, observed)
                return {"stream": stream.name, "reused": True}
            observed_at = datetime.now(tz=UTC)
            staged = stage_pages(connection, stream, load_id, self.pages(stream, load))
            record_extract(connection, load_id, stream.name, staged, observed_at)
        self.log.info(
            "%s: %s rows in %s pages, %s given twice.", stream.name, staged.rows, staged.pages, staged.duplicates
        )
        return {"stream": stream.name, "rows": staged.rows, "pages": staged.pages, "reused": False}

    def may_reuse(self, stream: Stream, load: Load) -> bool:
        return False

    def pages(self, stream: Stream, load: Load) -> Iterator[Records]:
        raise NotImplementedError


class SageIntacctToStagingOperator(_ExtractOperator):
    """Stages one object of Sage Intacct, every record that the API user may see, private ones included.

    :param intacct_conn_id: the Sage Intacct connection
    """

    def __init__(self, *, intacct_conn_id: str = "sage_intacct_default", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.intacct_conn_id = intacct_conn_id

    def may_reuse(self, stream: Stream, load: Load) -> bool:
        return load.run_type == "backfill" and stream.kind == "state"

    def pages(self, stream: Stream, load: Load) -> Iterator[Records]:
        from certify_intacct.intacct.hook import SageIntacctHook

        hook = SageIntacctHook(self.intacct_conn_id)
        order = [column.source for column in stream.key_columns]
        try:
            for page in hook.query(
                stream.source, list(stream.source_fields), filter=self._filter(stream), order_by=order
            ):
                yield page.records
        except PermissionDenied as error:
            if stream.name != DELETIONS:
                raise
            self.log.warning(
                "%s: without this right nobody knows who was deleted, so nobody is deactivated for it. %s",
                stream.name,
                error,
            )
        finally:
            hook.close()

    def _filter(self, stream: Stream) -> Filter | None:
        """What is not read of an object."""
        from certify_intacct.intacct.filters import And, Equal, GreaterOrEqual, In

        if stream.name == "intacct_person_vendors":
            # Suppliers are not people: only vendors of the employees' types are read as such.
            return In("VENDTYPE", list(self.configuration.posting.vendors.employee_vendor_types))
        if stream.name == DELETIONS:
            # Without all three the trail is so long that Intacct does not answer.
            days = self.configuration.people.deactivation.audit_days
            return And(
                Equal("ACCESSMODE", "D"),
                In("OBJECTTYPE", AUDITED),
                GreaterOrEqual("ACCESSTIME", datetime.now(tz=UTC).date() - timedelta(days=days)),
            )
        return None


class CertifyToStagingOperator(_ExtractOperator):
    """Stages one resource of Emburse Certify: all of it, or for events what belongs to the load's period.

    :param certify_conn_id: the Emburse Certify connection
    """

    def __init__(self, *, certify_conn_id: str = "emburse_certify_default", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.certify_conn_id = certify_conn_id

    def pages(self, stream: Stream, load: Load) -> Iterator[Records]:
        from certify_intacct.certify.hook import CertifyHook

        hook = CertifyHook(self.certify_conn_id)
        days: dict[str, str] = {}
        if stream.kind == "events":
            days = {"startdate": str(load.period.start - MARGIN), "enddate": str(load.period.end + MARGIN)}
        try:
            for params in stream.param_sets:
                for page in hook.pages(stream.source, **params, **days):
                    events = stream.kind == "events"
                    yield _within(page.records, stream.day_field, load.period) if events else page.records
        finally:
            hook.close()


def _within(records: Records, day_field: str, period: Period) -> list[Mapping[str, Any]]:
    """The records of the period, and those of which nobody can tell: they are refused by name, and never lost."""
    return [record for record in records if _belongs(record, day_field, period)]


def _belongs(record: Mapping[str, Any], day_field: str, period: Period) -> bool:
    from certify_intacct.staging.values import Unreadable, read_value

    try:
        day = read_value("date", record.get(day_field))
        # What is not processed has no such day.
        return day in period if day else bool(read_value("boolean", record.get("Processed")))
    except Unreadable:
        return True
