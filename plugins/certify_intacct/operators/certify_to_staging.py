"""Extracts one stream of Emburse Certify into its staging table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from certify_intacct.operators.extract import ExtractOperator, Records

if TYPE_CHECKING:
    from certify_intacct.model.periods import Period
    from certify_intacct.staging.manifest import Load
    from certify_intacct.staging.streams import Stream
    from certify_intacct.transport.progress import Progress

# Whether the end of Certify's date range is inclusive is not documented, and dates have no time zone.
MARGIN = timedelta(days=1)


class CertifyToStagingOperator(ExtractOperator):
    """Stages one resource of Emburse Certify: all of it, or for events what belongs to the load's period.

    :param certify_conn_id: the Emburse Certify connection
    """

    template_fields: Sequence[str] = (*ExtractOperator.template_fields, "certify_conn_id")

    def __init__(self, *, certify_conn_id: str = "emburse_certify_default", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.certify_conn_id = certify_conn_id

    def pages(self, stream: Stream, load: Load, progress: Progress) -> Iterator[Records]:
        from certify_intacct.certify.hook import CertifyHook
        from certify_intacct.certify.reports import CertifyReports

        hook: Any = CertifyHook(self.certify_conn_id, meter=self.counted)
        if stream.kind == "events":
            hook = CertifyReports(hook, invoices_since=self.configuration.posting.invoices.read_since)
        days: dict[str, str] = {}
        if stream.kind == "events":
            days = {"startdate": str(load.period.start - MARGIN), "enddate": str(load.period.end + MARGIN)}
        # How many there are in all is known when the last list has begun.
        last = stream.param_sets[-1]
        try:
            for params in stream.param_sets:
                read = progress.done
                for page in hook.pages(stream.source, **params, **days):
                    if params is last:
                        progress.whole = read + page.record_count
                    progress.step(len(page.records), pages=1)
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
