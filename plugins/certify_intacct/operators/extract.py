"""What extracting a stream is, whichever service it comes from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from certify_intacct.operators.base import ConnectorOperator
from certify_intacct.pages.links import LoadLink

if TYPE_CHECKING:
    from airflow.sdk import Context

    from certify_intacct.staging.manifest import Load
    from certify_intacct.staging.streams import Stream
    from certify_intacct.transport.metering import Meter
    from certify_intacct.transport.progress import Progress

Records = Sequence[Mapping[str, Any]]


class ExtractOperator(ConnectorOperator):
    """Stages one stream for a load, in one transaction: all of it or nothing.

    :param load_id: the load, from the task that opened it
    :param stream: the stream's name (``certify_intacct.staging.streams.STREAMS``)
    """

    template_fields: Sequence[str] = (*ConnectorOperator.template_fields, "load_id", "stream")
    operator_extra_links = (LoadLink(),)
    ui_color = "#e6f4ea"

    def __init__(self, *, load_id: Any, stream: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.load_id = load_id
        self.stream = stream
        self.counted: Meter | None = None

    def execute(self, context: Context) -> dict[str, Any]:
        """Returns the stream's name, how many rows and pages it had, and why it was not read, if it was not.

        ``open_load`` has spared what need not be read. It is asked once more: a run that was opened at the same moment may have read
        it since, and a task that was spared may be cleared.

        :raises GuardTripped: the load is planned already
        """
        from certify_intacct.staging.bulk import stage_pages
        from certify_intacct.staging.manifest import begin_reading, get_load, record_extract
        from certify_intacct.staging.spared import spared
        from certify_intacct.staging.streams import STREAMS, configured
        from certify_intacct.transport.progress import Progress

        load_id = int(self.load_id)
        self.counted = self.meter(context, load_id)
        with self.database.connection() as connection:
            load = get_load(connection, load_id)
            begin_reading(connection, load)
            why = spared(connection, load, self.stream, self.configuration)
            stream = configured(STREAMS[self.stream], self.configuration)
            if why or stream is None:
                self.log.info("%s: %s.", self.stream, why)
                return {"stream": self.stream, "rows": 0, "pages": 0, "spared": why}
            observed_at = datetime.now(tz=UTC)
            pages = self.pages(stream, load, Progress(f"Records of {stream.name}"))
            staged = stage_pages(connection, stream, load_id, pages)
            record_extract(connection, load_id, stream.name, staged, observed_at, stream.read_as)
        self.log.info(
            "%s: %s rows in %s pages, %s given twice.", stream.name, staged.rows, staged.pages, staged.duplicates
        )
        return {"stream": stream.name, "rows": staged.rows, "pages": staged.pages, "spared": ""}

    def pages(self, stream: Stream, load: Load, progress: Progress) -> Iterator[Records]:
        """The stream's records, page by page; each page is counted as soon as it is read."""
        raise NotImplementedError
