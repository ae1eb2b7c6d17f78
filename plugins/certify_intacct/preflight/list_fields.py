"""Asks Intacct about the fields that connector.yaml names for the lists of Certify."""

from __future__ import annotations

from collections.abc import Mapping

from certify_intacct.intacct.hook import SageIntacctHook
from certify_intacct.model.configuration import Configuration
from certify_intacct.model.configuration.expense_categories import OBJECTS
from certify_intacct.model.errors import FunctionFailed, PermissionDenied
from certify_intacct.model.preflight import PreflightRow
from certify_intacct.rules.preflight import list_fields


def ask(hook: SageIntacctHook, configuration: Configuration) -> list[PreflightRow]:
    """A row for each field that a name or a filter needs beside code and name; nothing is asked where none does."""
    listed = configuration.dimensions.listed(
        entities=configuration.people.entities.source != "none", single_entity=configuration.company.entities == "none"
    )
    rows = [row for used in listed if used.told for row in list_fields.rows(used, _words(hook, used.dimension.object))]
    categories = configuration.expense_categories
    if categories.told:
        rows += list_fields.category_rows(categories, _words(hook, OBJECTS[categories.source]))
    return rows


def _words(hook: SageIntacctHook, name: str) -> Mapping[str, tuple[str, ...]] | None:
    """The fields of an object, each with the words that it knows, where it knows only some; None where Intacct does not say."""
    try:
        definition = hook.lookup(name)
    except (FunctionFailed, PermissionDenied):
        return None
    return {field.name: field.valid_values for field in definition.fields.values()}
