"""What a load need not read: lists that connector.yaml does not use, and those that another load has read just now."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from certify_intacct.model.configuration import Configuration
from certify_intacct.model.dimensions import OWN
from certify_intacct.staging.bulk import Staged
from certify_intacct.staging.database import Connection
from certify_intacct.staging.manifest import Load, record_extract, reuse_extract
from certify_intacct.staging.streams import STREAMS, Stream, configured
from certify_intacct.staging.streams.dimensions import TOLD
from certify_intacct.staging.streams.reference import INTACCT_CLOSED_BOOKS

# A backfill of many days needs the state of Intacct only once.
SNAPSHOT_AGE = timedelta(minutes=30)


def spared(connection: Connection, load: Load, name: str, configuration: Configuration) -> str:
    """Gives a load a stream that it need not read, and says why; empty when it is to be read.

    :param name: the stream
    """
    stream = configured(STREAMS[name], configuration)
    if stream is None:
        nothing = Staged(rows=0, pages=0, duplicates=0)
        record_extract(connection, load.load_id, name, nothing, datetime.now(tz=UTC))
        return "connector.yaml does not use it, so nothing is read"
    if _may_reuse(stream, load):
        observed = reuse_extract(connection, load.load_id, name, not_older_than=SNAPSHOT_AGE)
        if observed:
            return f"the snapshot of {observed} is reused"
    return ""


def _may_reuse(stream: Stream, load: Load) -> bool:
    """Whether a snapshot of another load will do: of Intacct's lists, in a backfill."""
    # Which object a dimension of the company's own is, what its codes are, and what a list asks for, connector.yaml may say anew.
    own = stream.name in {dimension.stream for dimension in OWN}
    # It was asked in the entities of that load's reports.
    own |= stream.name == INTACCT_CLOSED_BOOKS.name
    asks = load.direction == "organization" and any(column.name.startswith(TOLD) for column in stream.columns)
    return (
        load.run_type == "backfill" and stream.service == "intacct" and stream.kind == "state" and not own and not asks
    )
