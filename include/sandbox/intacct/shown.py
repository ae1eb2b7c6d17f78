"""Which objects and fields this company shows, where nobody publishes it: `lookup`, `inspect` and all reads keep to it."""

from __future__ import annotations

from dataclasses import replace

from include.sandbox.intacct import usage
from include.sandbox.intacct.catalog import ObjectType
from include.sandbox.intacct.closed_books import LOGS, SUMMARIES
from include.sandbox.intacct.own_catalog import catalog_of
from include.sandbox.settings import Settings

_LOGS = frozenset(name for names in LOGS.values() for name in names)
#: By `closed_books_fields` what the logs do not show.
_HIDDEN = {
    "entity_and_date": {"ENTEREDON", "LOCATIONKEY"},
    "entity_record": {"ENTEREDON", "LOCATIONID"},
    "no_entity": {"ENTEREDON", "LOCATIONID", "LOCATIONKEY"},
    "two_dates": {"LOCATIONKEY"},
    "no_date": {"ENTEREDON", "ASOFDATE", "LOCATIONKEY"},
    "no_time": {"ENTEREDON", "LOCATIONKEY", "WHENCREATED"},
}
#: The switch against direct posting by its names: that of accounts in the vendor's own views of data, that of REST in capitals; and
#: one of ours, which only its label tells.
_PUBLISHED, _LABELLED = frozenset({"SUBLEDGERCONTROLON", "DISALLOWDIRECTPOSTING"}), "NODIRECTPOST"


def shown(settings: Settings, name: str, *, read: bool = False) -> ObjectType | None:
    """The object as the company has it; None when it has none of that name.

    :param read: with the fields that can be read of it, which `lookup` need not tell apart
    """
    catalog = catalog_of(settings)
    if name not in catalog:
        return None
    kind = catalog[name]
    hidden = set(settings.hidden_fields.get(kind.name, ()))
    if read:
        hidden |= set(settings.unreadable_fields.get(kind.name, ()))
    if kind.name in _LOGS:
        if ("summaries" if kind.name in SUMMARIES else "log") not in settings.closed_books_shown:
            return None
        hidden |= _HIDDEN[settings.closed_books_fields]
    if kind.name in usage.OBJECTS:
        if kind.name not in settings.api_usage_shown:
            return None
        own = {name for name, field in kind.fields.items() if field.hidden}
        hidden |= set(kind.fields) - usage.FIELDS[settings.api_usage_fields] - {"RECORDNO"} - own
    if _LABELLED in kind.fields:
        hidden |= {_LABELLED} if settings.direct_posting_field != "labelled" else set()
        hidden |= _PUBLISHED if settings.direct_posting_field != "published" else set()
    if not hidden:
        return kind
    return replace(kind, fields={one: field for one, field in kind.fields.items() if one not in hidden})
