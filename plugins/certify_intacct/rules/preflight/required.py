"""Fields that a company of Intacct demands and that this project does not fill: every document would be refused for them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from certify_intacct.model.configuration import Configuration
from certify_intacct.model.preflight import Finding, Outcome
from certify_intacct.rules.preflight.facts import INTACCT

_BILL = frozenset(
    {
        "WHENCREATED", "WHENPOSTED", "VENDORID", "RECORDID", "DOCNUMBER", "DESCRIPTION", "TERMNAME", "SUPDOCID", "WHENDUE", "BASECURR",
        "CURRENCY", "EXCH_RATE_DATE", "EXCH_RATE_TYPE_ID", "INCLUSIVETAX", "TAXSOLUTIONID",
    }
)  # fmt: skip
_CARD = frozenset(
    {
        "FINANCIALENTITY", "WHENCREATED", "RECORDID", "DESCRIPTION", "DESCRIPTION2", "SUPDOCID", "CURRENCY", "EXCH_RATE_DATE",
        "EXCH_RATE_TYPE_ID", "INCLUSIVETAX", "TAXSOLUTIONID",
    }
)  # fmt: skip
_LINE = frozenset(
    {
        "ACCOUNTNO", "ACCOUNTLABEL", "AMOUNT", "TRX_AMOUNT", "ENTRYDESCRIPTION", "DESCRIPTION", "LOCATION", "DEPARTMENT",
    }
)  # fmt: skip


def filled(configuration: Configuration) -> dict[str, frozenset[str]]:
    """By object that is written the fields that may be filled, in the names of ``lookup``."""
    posting = configuration.posting
    lines = _LINE | {used.dimension.line for used in configuration.dimensions.used}
    objects: dict[str, frozenset[str]] = {}
    if posting.employee_paid.target == "ap_bill":
        objects |= {"APBILL": _BILL, "APBILLITEM": lines}
    if posting.company_paid.target == "credit_card_transaction":
        objects |= {"CCTRANSACTION": _CARD, "CCTRANSACTIONENTRY": lines}
    return objects


def required_fields(
    ours: Mapping[str, frozenset[str]], demanded: Mapping[str, Iterable[tuple[str, bool]] | None]
) -> list[Finding]:
    """One row for each object.

    A custom field that somebody made required stops the run. The vendor's own marks are no proof, since Intacct fills many of these
    fields itself: they are named.

    :param ours: as :func:`filled` gives it
    :param demanded: by object its required fields that can be written, each with whether it is a custom one; None where Intacct
        does not say
    """
    rows = []
    for name, known in ours.items():
        fields = demanded.get(name)
        item = f"Required fields of {name}"
        if fields is None:
            rows.append(Finding(area=INTACCT, item=item, outcome=Outcome.UNKNOWN, required=False))
            continue
        missing = sorted((field, custom) for field, custom in fields if field not in known)
        own = [field for field, custom in missing if custom]
        others = [field for field, custom in missing if not custom]
        if own:
            target = "employee_paid" if name.startswith("APBILL") else "company_paid"
            rows.append(
                Finding(
                    area=INTACCT,
                    item=item,
                    outcome=Outcome.MISSING,
                    detail=f"Intacct demands {', '.join(own)}, which nothing here fills: every document would be refused.",
                    where_to_click=f"Intacct: Platform Services > Objects > {name} > the field: not required, or with a "
                    f"default value. Or posting.{target}.target: hold in connector.yaml.",
                )
            )
        else:
            rows.append(
                Finding(
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
