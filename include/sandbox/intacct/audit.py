"""AUDITHISTORY: one row for every record created, modified or deleted, and for logins.

Rows are kept as `query` shows them: ACCESSMODE is the code (C, M, D), which a login has none of; `readByQuery` shows
the words.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from include.sandbox.intacct.catalog import ObjectType, load_catalog
from include.sandbox.intacct.records import time_text
from include.sandbox.store import Store

_SEQUENCE = "sequence/intacct/AUDITHISTORY"


def record(store: Store, user: str, now: datetime, kind: ObjectType, touched: Mapping[str, str], mode: str) -> None:
    """Note that a user touched a record. `mode` is C (created), M (modified), D (deleted) or Login."""
    number = str(int(store.get_meta(_SEQUENCE) or 0) + 1)
    row = {
        "RECORDNO": number,
        "ID": number,
        "OBJECTTYPE": kind.audit_type,
        "OBJECTKEY": str(touched.get(kind.audit_key, "")),
        "OBJECTDESC": str(touched.get(kind.business_key, "")),
        "USERID": user,
        "ACCESSTIME": time_text(now),
        "ACCESSMODE": mode,
        "SOURCE": "api",
    }
    store.insert("intacct", "AUDITHISTORY", row)


def login(store: Store, user: str, now: datetime) -> None:
    """Note that a user signed in."""
    record(store, user, now, load_catalog()["USERINFO"], {"LOGINID": user}, "Login")
