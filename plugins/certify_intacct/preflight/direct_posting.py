"""Asks whether journals and accounts that connector.yaml names disallow direct posting, where the kinds in use post directly."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from certify_intacct.intacct.definitions import field_called
from certify_intacct.intacct.filters import In
from certify_intacct.model.errors import FunctionFailed, PermissionDenied
from certify_intacct.rules.preflight import facts
from certify_intacct.staging.streams import STREAMS

if TYPE_CHECKING:
    from certify_intacct.documents.base import Existing
    from certify_intacct.intacct.hook import SageIntacctHook
    from certify_intacct.model.preflight import PreflightRow

# The streams know under which name the switch may stand.
_SWITCHES = {
    stream.source: next(column for column in stream.optional if column.name == "direct_posting_off")
    for stream in (STREAMS["intacct_journals"], STREAMS["intacct_gl_accounts"])
}


def ask(hook: SageIntacctHook, wanted: Iterable[Existing]) -> list[PreflightRow]:
    """A row about all of them; none where nothing is posted directly."""
    by_object: dict[str, list[Existing]] = defaultdict(list)
    for one in wanted:
        by_object[one.object].append(one)
    if not by_object:
        return []
    closed: list[Existing] = []
    told = True
    for name, ones in by_object.items():
        found = _closed(hook, name, ones)
        told &= found is not None
        closed += found or []
    return [facts.direct_posting([(one.item, one.value, one.key) for one in closed], told=told)]


def _closed(hook: SageIntacctHook, name: str, ones: Sequence[Existing]) -> list[Existing] | None:
    """Those that disallow it; None where Intacct does not say."""
    switch, own = _SWITCHES[name], ones[0].field
    try:
        field = field_called(hook.lookup(name), switch.source, switch.label)
        if field is None:
            return None
        values = sorted({one.value for one in ones})
        records = hook.query_all(name, ["RECORDNO", own, field], filter=In(own, values))
    except (PermissionDenied, FunctionFailed):
        return None
    closed = {str(record[own]) for record in records if str(record.get(field)).strip().casefold() in ("true", "t")}
    return [one for one in ones if one.value in closed]
