"""Asks Intacct whether its records of people have the fields that connector.yaml names."""

from __future__ import annotations

from collections.abc import Iterable

from certify_intacct.intacct.hook import SageIntacctHook
from certify_intacct.model.configuration import place_of_key
from certify_intacct.model.configuration.people import PeopleConfiguration, Source
from certify_intacct.model.errors import FunctionFailed, PermissionDenied
from certify_intacct.model.preflight import PreflightRow
from certify_intacct.rules.preflight import people_fields
from certify_intacct.staging.streams import STREAMS
from certify_intacct.staging.streams.people import KINDS, configured


def ask(hook: SageIntacctHook, settings: PeopleConfiguration) -> list[PreflightRow]:
    """A row for each field that is not read in any case; nothing is asked where none is named."""
    streams = {kind: STREAMS[name] for name, kind in KINDS.items()}
    rows = []
    for number, source in enumerate(settings.sources):
        always = configured(streams[source.kind], PeopleConfiguration(sources=(Source(kind=source.kind),)))
        known = always.source_fields if always else ()
        named = {key: name for key, name in source.named.items() if name not in known}
        if named:
            name = streams[source.kind].source
            places = {key: place_of_key("people", "sources", number, *key.split(".", 1)) for key in named}
            rows += people_fields.rows(name, named, places, _types(hook, name, named.values()))
    return rows


def _types(hook: SageIntacctHook, name: str, wanted: Iterable[str]) -> dict[str, str] | None:
    """The object's fields with their types, and those of other objects that dotted names lead to; None where Intacct does not say."""
    try:
        definition = hook.lookup(name)
        found = {field: one.datatype for field, one in definition.fields.items()}
        paths = {field.rpartition(".")[0] for field in wanted if field not in found} - {""}
        for relation in definition.relations:
            if relation.path in paths:
                beyond = hook.lookup(relation.object_name).fields
                found |= {f"{relation.path}.{field}": one.datatype for field, one in beyond.items()}
    except (FunctionFailed, PermissionDenied):
        return None
    return found
