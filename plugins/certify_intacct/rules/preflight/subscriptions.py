"""The applications of Intacct that a company must subscribe to. Without one all rights in it are missing, and no tick helps."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from certify_intacct.model.preflight import Outcome, PreflightRow
from certify_intacct.rules.preflight import rights
from certify_intacct.rules.preflight.facts import INTACCT
from certify_intacct.rules.preflight.rights import Need, Permissions

#: What `get_applications` calls them. Of the others nobody publishes it.
CODES: Mapping[str, str] = {
    "Company": "CO", "Cash Management": "CM", "General Ledger": "GL", "Accounts Payable": "AP", "Time & Expenses": "EE",
}  # fmt: skip
_ITEM = "Subscription: "
WHERE = "Intacct: Company > Admin > Subscriptions"


def rows(
    wanted: Iterable[Need], permissions: Permissions | None, subscribed: Collection[str] | None
) -> list[PreflightRow]:
    """One row for each application in which rights are needed.

    :param permissions: None when the user may not read them
    :param subscribed: codes of the company's applications; None when Intacct did not say
    """
    by_application: dict[str, list[Need]] = {}
    for need in wanted:
        by_application.setdefault(need.place[0], []).append(need)
    return [_row(name, needs, permissions, subscribed) for name, needs in sorted(by_application.items())]


def lacking(rows: Iterable[PreflightRow]) -> frozenset[str]:
    """The applications that the company is known not to subscribe to."""
    return frozenset(row.item.removeprefix(_ITEM) for row in rows if row.outcome is Outcome.MISSING)


def _row(
    name: str, needs: list[Need], permissions: Permissions | None, subscribed: Collection[str] | None
) -> PreflightRow:
    named = permissions is not None and (
        rights.names_application(permissions, name) or any(rights.granted(permissions, need.place) for need in needs)
    )
    code = CODES.get(name)
    known = code is not None and subscribed is not None
    if named or (known and code in (subscribed or ())):
        return PreflightRow(area=INTACCT, item=f"{_ITEM}{name}", outcome=Outcome.PRESENT)
    if known:
        return PreflightRow(
            area=INTACCT,
            item=f"{_ITEM}{name}",
            outcome=Outcome.MISSING,
            required=any(need.required for need in needs),
            detail=f"The company is not subscribed to {name}.",
            where_to_click=f"{WHERE}: subscribe to {name}.",
        )
    said = (
        f"Intacct names no right of the user in {name}: the company is not subscribed to it, or the user has none there."
        if permissions is not None
        else f"Intacct does not say whether the company is subscribed to {name}."
    )
    return PreflightRow(
        area=INTACCT,
        item=f"{_ITEM}{name}",
        outcome=Outcome.UNKNOWN,
        required=False,
        detail=said,
        where_to_click=f"{WHERE}: look whether {name} is there.",
    )
