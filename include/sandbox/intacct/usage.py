"""Intacct's own meter: what was asked of the gateway, by day, sender, user and function, kept for 60 days.

APIUSAGEDETAIL and APIUSAGESUMMARY are named by the vendor; the fields of the first are those that a driver of another maker lists
(PARTNERID, FUNCTION, LOGINID, N_TRANS, CREATED_DATE, STATUS ...), those of the second are made after them. What a company shows is a
setting (`api_usage_shown`, `api_usage_fields`), and so is which reading functions count (`api_usage_billed`).
"""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from include.sandbox.core import Sandbox
from include.sandbox.intacct.types import Session

SIDE = "intacct"
DETAIL, SUMMARY = "APIUSAGEDETAIL", "APIUSAGESUMMARY"
OBJECTS = frozenset({DETAIL, SUMMARY})
#: What each shape shows beside the record number.
FIELDS = {
    "published": {"PARTNERID", "LOGINID", "FUNCTION", "N_TRANS", "CREATED_DATE", "STATUS"},
    "labelled": {"APPLICATION", "PERFORMEDBY", "VOLUME", "DAYOFUSE"},
    "monthly": {"PARTNERID", "LOGINID", "N_TRANS", "PERIOD"},
    "no_sender": {"FUNCTION", "N_TRANS", "CREATED_DATE"},
    "no_count": {"PARTNERID", "LOGINID", "FUNCTION", "CREATED_DATE", "STATUS"},
    "no_date": {"PARTNERID", "LOGINID", "FUNCTION", "N_TRANS"},
}
_KEPT_DAYS = 60
_PREFIX = "usage/"
_OWN = "METERED"
_QUERIES = frozenset({"query", "readByQuery", "readMore"})
_READS = _QUERIES | {"read", "readByName", "get_list", "get"}


def count(sandbox: Sandbox, session: Session, function: str, *, written: int, succeeded: bool) -> None:
    """One more call of a function."""
    status = "success" if succeeded else "failure"
    key = f"{_PREFIX}{sandbox.now():%Y-%m-%d}/{session.sender}/{session.user}/{status}/{function}"
    calls, records = sandbox.store.get_meta(key) or (0, 0)
    sandbox.store.set_meta(key, [calls + 1, records + written])


def refresh(sandbox: Sandbox) -> None:
    """Has both objects say what was counted until now. What a test loaded into them stays."""
    store = sandbox.store
    rows: list[dict[str, str]] = []
    added: Counter[tuple[str, str, str]] = Counter()
    oldest = f"{sandbox.now() - timedelta(days=_KEPT_DAYS):%Y-%m-%d}"
    for key, (calls, records) in sorted(store.metas(_PREFIX).items()):
        day, sender, user, status, function = key.removeprefix(_PREFIX).split("/", 4)
        if day >= oldest:
            counted = records + (calls if status == "success" and _counts(sandbox, function) else 0)
            rows.append(_row(day, sender, user, function, counted) | {"STATUS": status})
            added[day, sender, user] += counted
    summed = [_row(day, sender, user, "", counted) for (day, sender, user), counted in added.items()]
    with store.transaction():
        for name, records in ((DETAIL, rows), (SUMMARY, summed)):
            for old in store.find(SIDE, name, _OWN, "true"):
                store.delete(SIDE, name, old["RECORDNO"])
            for record in records:
                store.insert(SIDE, name, record)


def _counts(sandbox: Sandbox, function: str) -> bool:
    """Whether a call of it is one of what is billed, beside the records that it writes."""
    match sandbox.settings.api_usage_billed:
        case "queries":
            return function in _QUERIES
        case "reads":
            return function in _READS
    return True


def _row(day: str, sender: str, user: str, function: str, counted: int) -> dict[str, str]:
    shown = f"{day[5:7]}/{day[8:]}/{day[:4]}"
    return {
        "PARTNERID": sender, "APPLICATION": sender, "LOGINID": user, "PERFORMEDBY": user, "FUNCTION": function,
        "N_TRANS": str(counted), "VOLUME": str(counted), "CREATED_DATE": shown, "DAYOFUSE": shown, "PERIOD": day[:7], _OWN: "true",
    }  # fmt: skip
