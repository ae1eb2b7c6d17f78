"""Lines of which nobody can tell whether a row of connector.yaml means them."""

from __future__ import annotations

from collections.abc import Sequence

from certify_intacct.model.configuration.paid import LineTraits
from certify_intacct.model.configuration.posting import PostingConfiguration
from certify_intacct.model.configuration.rows import Row
from certify_intacct.model.payers import Payer
from certify_intacct.model.report_plans import Hold
from certify_intacct.model.reports import ExpenseLine
from certify_intacct.model.rules import Rule
from certify_intacct.rules.likeness import outline


def check_overrides(line: ExpenseLine, traits: LineTraits, payer: Payer, posting: PostingConfiguration) -> list[Hold]:
    """Why a line waits: it fits no row, or a later one, and looks as if a row meant it.

    The difference is one that nobody sees: case, blanks, width, invisible characters.
    """
    for override in posting.paid_by(payer).overrides:
        if override.fits(traits):
            return []
        if listed := looks_meant(override, traits):
            key = f"posting.{payer}_paid.overrides"
            reason = f"{listed!r} of {key} looks like what the line has, and is spelled differently."
            return [Hold.on_line(line, Rule.TARGET_HOLD, reason, f"Correct it in {key}, or in Certify.")]
    return []


def looks_meant(row: Row, traits: Sequence[str]) -> str:
    """A value that is listed and is not the line's, where all lists would have the line if nobody looked closely."""
    alike = ""
    for listed, value in zip(row.lists, traits, strict=True):
        if not listed or value in listed:
            continue
        near = [one for one in listed if outline(one) == outline(value)]
        if not near:
            return ""
        alike = near[0]
    return alike
