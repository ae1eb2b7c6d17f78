"""Asks Intacct about the company's own fields that connector.yaml fills."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from certify_intacct.documents.base import Kind
from certify_intacct.intacct.definitions import ObjectDefinition
from certify_intacct.intacct.hook import SageIntacctHook
from certify_intacct.model.configuration.posting import PostingConfiguration
from certify_intacct.model.errors import FunctionFailed, PermissionDenied
from certify_intacct.model.preflight import PreflightRow
from certify_intacct.rules.preflight import custom_fields
from certify_intacct.rules.preflight.custom_fields import Described


def ask(hook: SageIntacctHook, kinds: Iterable[Kind], posting: PostingConfiguration) -> list[PreflightRow]:
    """A row for each field of each kind in use; nothing is asked where none is named."""
    rows = []
    for kind in kinds:
        fields = posting.custom_fields.of(kind.kind)
        for part, name, wanted in (("header", kind.object, fields.header), ("line", kind.line_object, fields.line)):
            if wanted:
                key = f"posting.custom_fields.{kind.kind}.{part}"
                rows += custom_fields.rows(name, key, wanted, _described(hook, name))
    return rows


def filled(kind: Kind, posting: PostingConfiguration) -> dict[str, frozenset[str]]:
    """By object the fields of the company's own that a kind always fills."""
    fields = posting.custom_fields.of(kind.kind)
    return {
        kind.object: custom_fields.always_filled(fields.header),
        kind.line_object: custom_fields.always_filled(fields.line),
    }


def _described(hook: SageIntacctHook, name: str) -> Mapping[str, Described] | None:
    """Types and words are told by `lookup`, lengths by `inspect`."""
    try:
        found = _fields(hook.lookup(name))
    except (FunctionFailed, PermissionDenied):
        return None
    try:
        lengths = hook.inspect(name).fields
    except (FunctionFailed, PermissionDenied):
        return found
    return {
        one: replace(described, longest=lengths[one].max_length) if one in lengths else described
        for one, described in found.items()
    }


def _fields(definition: ObjectDefinition) -> dict[str, Described]:
    return {
        name: Described(
            type=field.datatype.upper(), custom=field.custom, read_only=field.read_only, words=field.valid_values
        )
        for name, field in definition.fields.items()
    }
