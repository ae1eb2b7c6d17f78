"""Every stream that is extracted, by name: what is asked of which service, and where it is staged.

Only the fields listed here are ever asked for or kept.
"""

from __future__ import annotations

from certify_intacct.staging.streams import expense, organization, people
from certify_intacct.staging.streams.stream import Column, Stream

STREAMS: dict[str, Stream] = {
    stream.name: stream for stream in (*organization.STREAMS, *people.STREAMS, *expense.STREAMS)
}

__all__ = ["STREAMS", "Column", "Stream"]
