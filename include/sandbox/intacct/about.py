"""Functions about the company, its entities and the user.

Their shapes are documented (Company console > Entities, Financial setup, Users, Subscriptions, Audit trails), but for the
legacy get_closedbooksdate, which is inferred.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from lxml import etree

from include.sandbox.core import Sandbox
from include.sandbox.intacct import closed_books as closing
from include.sandbox.intacct import permissions
from include.sandbox.intacct.company import has_entities
from include.sandbox.intacct.envelope import child
from include.sandbox.intacct.own_catalog import STANDARD, catalog_of
from include.sandbox.intacct.query import readable
from include.sandbox.intacct.records import TIMESTAMP
from include.sandbox.intacct.types import Element, Failure, FunctionFailed, Outcome, Session
from include.sandbox.intacct.values import read_date

_OPERATIONS = (("List", "READ_BY_QUERY"), ("View", "READ"), ("Add", "CREATE"), ("Edit", "UPDATE"), ("Delete", "DELETE"))
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
# General company info in the documented order: months from 1 for January, days of the week from 1 for Sunday.
_GENERAL = {
    "PRIMARY_ACCTNO_LENGTH": "4",
    "ACCTNO_SEPARATOR": "",
    "SUBACCTNO_LENGTH": "0",
    "FISCAL_FIRST_MONTH": "1",
    "FISCAL_FIRST_MONTH_TAX": "1",
    "WEEK_START": "1",
    "CUSTOM_ACCOUNTING_PERIODS": "F",
    "PACKAGE_TYPE": "",
}


def entity_details(sandbox: Sandbox, session: Session, _call: Element) -> Outcome:
    """`readEntityDetails`: the entities that this user may access."""
    allowed = permissions.entities(sandbox.settings, session)
    records = sandbox.store.select("intacct", "LOCATIONENTITY") if sandbox.settings.multi_entity else []
    records = [
        record
        for record in records
        if (allowed is None or record.get("LOCATIONID") in allowed) and record.get("STATUS", "active") == "active"
    ]
    data = etree.Element("data", listtype="entity", count=str(len(records)))
    for record in records:
        block = etree.SubElement(data, "entity")
        child(block, "id", record.get("LOCATIONID", ""))
        child(block, "name", record.get("NAME", ""))
        child(block, "recordno", record["RECORDNO"])
        child(block, "currency", record.get("CURRENCY") or sandbox.settings.base_currency)
        child(block, "firstfiscalmonth", _month(record.get("FIRSTMONTH", "")))
        child(block, "firstfiscaltaxmonth", _month(record.get("FIRSTMONTHTAX", "")))
        child(block, "weekstart", record.get("WEEKSTART", ""))
    return Outcome(data=data, read=len(records))


def _month(text: str) -> str:
    return str(_MONTHS.index(text) + 1) if text in _MONTHS else text


def financial_setup(sandbox: Sandbox, _session: Session, _call: Element) -> Outcome:
    """`getFinancialSetup`: base currency and books of the company."""
    settings = sandbox.settings
    entities = sandbox.store.select("intacct", "LOCATIONENTITY") if settings.multi_entity else []
    currencies = {record.get("CURRENCY") or settings.base_currency for record in entities} or {settings.base_currency}
    several = len(currencies) > 1
    data = etree.Element("data")
    block = etree.SubElement(data, "financialSetup")
    child(block, "baseCurrency", "" if several else currencies.pop())
    child(block, "defaultBook", "ACCRUAL")
    child(block, "firstFiscalMonth", "1")
    child(block, "multiBaseCurrency", str(several).lower())
    child(block, "multiBook", "false")
    child(block, "multiCurrency", "true")
    child(block, "multiEntityShared", str(has_entities(sandbox.store, settings)).lower())
    return Outcome(data=data, read=1)


def user_permissions(sandbox: Sandbox, session: Session, call: Element) -> Outcome:
    """`getUserPermissions`.

    What a user may do with each object. Raises FunctionFailed for a user that does not exist, and without the right to see it.
    """
    if not sandbox.settings.user_permissions_readable:
        text = "You do not have permission for API operation READ on objects of type userpermissions"
        raise FunctionFailed(Failure("PL04000005", text, support_id=True))
    user = (call.findtext("userId") or "").strip()
    settings = sandbox.settings
    known = {name.casefold() for name in (settings.user_id, *settings.other_users)}
    if user.casefold() not in known and not sandbox.store.find("intacct", "USERINFO", "LOGINID", user):
        raise FunctionFailed(Failure("XL03000006", f"User {user} does not exist", support_id=True))
    asked = Session(
        "", session.sender, session.company, user, session.entity, session.started, session.expires, session.now
    )
    applications: dict[str, list[tuple[str, str]]] = {}
    for name, (_, policy) in permissions.POLICIES.items():
        rights = [word for word, operation in _OPERATIONS if permissions.permitted(settings, asked, operation, name)]
        if rights:
            rights += settings.further_rights.get(name, [])
            application = permissions.application_of(settings, name)
            applications.setdefault(application, []).append((policy, "|".join(rights)))
    data = etree.Element("data")
    block = etree.SubElement(data, "permissions")
    for application in sorted(applications):
        subscription = etree.SubElement(block, "appSubscription")
        child(subscription, "applicationName", application)
        policies = etree.SubElement(subscription, "policies")
        for policy, rights_text in sorted(applications[application]):
            row = etree.SubElement(policies, "policy")
            child(row, "policyName", policy)
            child(row, "rights", rights_text)
    return Outcome(data=data, read=1)


def user_formatting(sandbox: Sandbox, session: Session, call: Element) -> Outcome:
    """`readUserFormatting`: locale (en_US), date format, GMT offset (+hh:mm) and clock of a user."""
    wanted = (call.findtext("userId") or call.findtext("key") or "").strip()
    field = "LOGINID" if call.find("userId") is not None else "RECORDNO"
    found = sandbox.store.select("intacct", "USERINFO", where={field: wanted}) if wanted else []
    data = etree.Element("data", listtype="userformatting", count="1")
    block = etree.SubElement(data, "userformatting")
    child(block, "recordno", found[0]["RECORDNO"] if found else wanted)
    child(block, "locale", "en_US")
    child(block, "dateformat", "/mdY")
    offset = f"{session.now.astimezone(ZoneInfo(sandbox.settings.timestamp_zone)):%z}"
    child(block, "gmtoffset", f"{offset[:3]}:{offset[3:5]}")
    child(block, "clock", "24")
    return Outcome(data=data, read=1)


def closed_books_date(sandbox: Sandbox, session: Session, _call: Element) -> Outcome:
    """`get_closedbooksdate`.

    The last closed day of the general ledger where the session is; empty when nothing is closed. At top level that is what is closed
    for all, or the latest day of any entity (setting `closed_books_at_top_level`). Raises FunctionFailed.
    """
    settings = sandbox.settings
    if "get_closedbooksdate" not in settings.closed_books_shown:
        raise FunctionFailed(
            Failure("XL03000006", "The function get_closedbooksdate is not available.", support_id=True)
        )
    books = closing.closed_books(sandbox.store)
    places = [session.entity, closing.ALL] if session.entity else [closing.ALL]
    if settings.closed_books_by_entity and not session.entity and settings.closed_books_at_top_level == "latest":
        places = list(books)
    elif not settings.closed_books_by_entity:
        places = [closing.ALL]
    days: list[date] = []
    for place in places:
        for book in ("GL", "*"):
            day = read_date(books.get(place, {}).get(book, ""))
            days += [day] if day else []
    data = etree.Element("data")
    block = child(data, "closedbooksdate")
    if days and sandbox.settings.closed_books_date_style == "text":
        block.text = f"{max(days):%m/%d/%Y}"
    elif days:
        last = max(days)
        child(block, "year", f"{last:%Y}")
        child(block, "month", f"{last:%m}")
        child(block, "day", f"{last:%d}")
    return Outcome(data=data, read=1)


def applications(sandbox: Sandbox, _session: Session, _call: Element) -> Outcome:
    """`get_applications`: the applications that the company subscribes to, by two letters. Raises FunctionFailed."""
    if not sandbox.settings.applications_told:
        raise FunctionFailed(Failure("XL03000006", "The function get_applications is not available.", support_id=True))
    data = etree.Element("data")
    for name, code in permissions.CODES.items():
        if name not in sandbox.settings.unsubscribed_applications:
            child(data, "application", code)
    return Outcome(data=data, read=1)


def company_preferences(sandbox: Sandbox, _session: Session, call: Element) -> Outcome:
    """`get_companyprefs`: preferences of an application, from the sandbox's settings.

    Documented are those of GEN (Subscriptions), and one of GL; the names of all others are made up.
    """
    settings, application = sandbox.settings, call.get("application", "").upper()
    known = {
        "GEN": _GENERAL,
        "GL": {f"{name}DIMENSION": "T" for name in STANDARD},
        "AP": {
            "APPROVAL": "Y" if settings.ap_approval else "N",
            "USEACCOUNTLABELS": "Y" if settings.ap_account_labels else "N",
            "SUMMARIES": settings.ap_summaries,
        },
        "EE": {"APPROVAL": "Y" if settings.expense_approval else "N"},
    }.get(application, {})
    data = etree.Element("data")
    for name, value in {**known, **settings.company_preferences.get(application, {})}.items():
        row = etree.SubElement(data, "companypref")
        child(row, "application", application)
        child(row, "preference", name)
        child(row, "prefvalue", value)
    return Outcome(data=data, read=1)


def audit_trail(sandbox: Sandbox, session: Session, call: Element) -> Outcome:
    """`getAuditTrail`: the audit history of one record, by its object key or record number. Raises FunctionFailed."""
    readable(sandbox, session, "AUDITHISTORY", "READ_BY_QUERY")
    name = (call.findtext("object") or "").strip()
    key = (call.findtext("objectKey") or "").strip() or _audited_key(
        sandbox, name, (call.findtext("recordNo") or "").strip()
    )
    rows = sandbox.store.select("intacct", "AUDITHISTORY", where={"OBJECTTYPE": name.lower(), "OBJECTKEY": key})
    data = etree.Element("data", listtype="auditTrailDetail", count=str(len(rows)))
    words = {"C": "create", "M": "modify", "D": "delete", "Login": "login"}
    for record in rows:
        row = etree.SubElement(data, "auditTrailDetail")
        child(row, "userId", record.get("USERID", ""))
        child(row, "object", record.get("OBJECTTYPE", ""))
        child(row, "objectKey", record.get("OBJECTKEY", ""))
        child(row, "accessTime", _moment(record.get("ACCESSTIME", "")))
        child(row, "accessMode", words.get(record.get("ACCESSMODE", ""), record.get("ACCESSMODE", "")))
        for tag in ("workflowAction", "webServer", "trackingId", "ipAddress"):
            child(row, tag)
        child(row, "source", record.get("SOURCE", ""))
    return Outcome(data=data, read=len(rows))


def _audited_key(sandbox: Sandbox, name: str, record_number: str) -> str:
    """The key under which a record of this number stands in the audit history (a vendor's VENDORID, say)."""
    catalog = catalog_of(sandbox.settings)
    if name not in catalog:
        return record_number
    found = sandbox.store.select("intacct", catalog[name].name, where={"RECORDNO": record_number})
    return str(found[0].get(catalog[name].audit_key, record_number)) if found else record_number


def _moment(text: str) -> str:
    """An audit time (UTC) in the form of getAuditTrail: 2017-04-01T08:29:34+00:00."""
    return datetime.strptime(text, TIMESTAMP).replace(tzinfo=UTC).isoformat() if text else ""
