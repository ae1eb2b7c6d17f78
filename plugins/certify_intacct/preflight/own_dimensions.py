"""Asks Intacct about the dimensions that the company made itself."""

from __future__ import annotations

from certify_intacct.intacct.hook import SageIntacctHook
from certify_intacct.model.configuration import DimensionsConfiguration
from certify_intacct.model.errors import FunctionFailed, PermissionDenied
from certify_intacct.model.preflight import PreflightRow
from certify_intacct.rules.preflight import own_dimensions


def ask(hook: SageIntacctHook, dimensions: DimensionsConfiguration) -> list[PreflightRow]:
    """A row for each that connector.yaml uses; nothing is asked where it uses none."""
    own = [used for used in dimensions.used if used.dimension.own]
    if not own:
        return []
    try:
        known = {one.object_name: one.in_gl for one in hook.dimensions() if one.user_defined}
    except (FunctionFailed, PermissionDenied):
        return [own_dimensions.row(used, None) for used in own]
    return [own_dimensions.row(used, known) for used in own]
