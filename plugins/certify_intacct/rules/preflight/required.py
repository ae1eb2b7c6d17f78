"""Fields that a company of Intacct demands and that this project does not fill: every document would be refused for them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from certify_intacct.model.preflight import Outcome, PreflightRow
from certify_intacct.rules.preflight.facts import INTACCT


@dataclass(frozen=True, kw_only=True)
class Written:
    """An object of Intacct that is written.

    :param fields: those that may be filled, in the names of ``lookup``
    :param key: the key of connector.yaml because of which it is written
    """

    fields: frozenset[str]
    key: str


def required_fields(
    ours: Mapping[str, Written], demanded: Mapping[str, Iterable[tuple[str, bool]] | None]
) -> list[PreflightRow]:
    """One row for each object.

    A custom field that somebody made required stops the run. The vendor's own marks are no proof, since Intacct fills many of these
    fields itself: they are named.

    :param ours: what is written, by object
    :param demanded: by object its required fields that can be written, each with whether it is a custom one; None where Intacct
        does not say
    """
    rows = []
    for name, written in ours.items():
        fields = demanded.get(name)
        item = f"Required fields of {name}"
        if fields is None:
            rows.append(PreflightRow(area=INTACCT, item=item, outcome=Outcome.UNKNOWN, required=False))
            continue
        missing = sorted((field, custom) for field, custom in fields if field not in written.fields)
        own = [field for field, custom in missing if custom]
        others = [field for field, custom in missing if not custom]
        if own:
            rows.append(
                PreflightRow(
                    area=INTACCT,
                    item=item,
                    outcome=Outcome.MISSING,
                    detail=f"Intacct demands {', '.join(own)}, which nothing here fills: every document would be refused.",
                    where_to_click=f"Intacct: Platform Services > Objects > {name} > the field: not required, or with a "
                    f"default value. Or {written.key}: hold in connector.yaml.",
                )
            )
        else:
            rows.append(
                PreflightRow(
                    area=INTACCT,
                    item=item,
                    outcome=Outcome.UNKNOWN if others else Outcome.PRESENT,
                    required=False,
                    detail=f"Intacct marks {', '.join(others)} as required; nothing here fills them."
                    if others
                    else "all are filled",
                )
            )
    return rows
