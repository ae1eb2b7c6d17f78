"""What Intacct bills: each record that is written, and each page that is read, however many functions share a request.

By the vendor's help (View API usage) an API transaction is a record that is created, updated or deleted, whatever number of lines it
has; of reading, its consultants name a page of `query` and `readByQuery`. That other functions are billed nobody says: should
Intacct's own meter count them, its difference from ours shows it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from certify_intacct.transport.metering import Asked

if TYPE_CHECKING:
    from certify_intacct.intacct.functions import Function
    from certify_intacct.intacct.responses import Result
    from certify_intacct.transport.metering import Meter

PAGES = frozenset({"query", "readByQuery", "readMore"})


def asked(function: Function) -> Asked:
    """What a function is counted as."""
    name, _, about = function.name.partition(" ")
    return Asked("intacct", name, about.upper())


def answered(meter: Meter, function: Function, result: Result) -> None:
    """Counts what became of a function. Each of ours writes one record."""
    done = result.succeeded
    what = asked(function)
    meter.answered(
        what, failed=not done, written=int(done and function.writes), pages=int(done and what.function in PAGES)
    )
