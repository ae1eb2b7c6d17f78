"""Builders of the gateway's functions. Each gives a `Function`: the exact bytes that are sent, and the control ID they carry.

Reads mint a random control ID. Writes take theirs from the caller, because it must be the same whenever the same document is sent
again: with `uniqueid` true the gateway executes a function control ID only once (Intacct XML gateway reference, uniqueid and
controlid: idempotency). The bytes depend on nothing but the arguments, so that they can be frozen and sent again.

Field values may be str, int, Decimal, bool, date or datetime; None leaves a field out and "" empties it.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from certify_intacct.intacct import content_models, legacy, xml
from certify_intacct.intacct.filters import Between, Filter, In, _Joined
from certify_intacct.model.errors import BadInput
from certify_intacct.transport.text import clean_text

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

MAX_PAGE = 2000
"""The largest page of `query`."""
MAX_KEYS = 100
"""The most keys in one `read` or `readByName`."""
MAX_CONTROL_ID = 256


@dataclass(frozen=True)
class Function:
    """One function of a request, ready to send.

    :param control_id: what its result is matched by; at most 256 characters.
    :param xml: the whole `<function>` element, ASCII.
    :param name: as on the wire, such as "query APBILL", "create APBILL" or "record_cctransaction".
    :param writes: whether it may change anything at Intacct.
    """

    control_id: str
    xml: bytes
    name: str
    writes: bool


# Reads


def query(
    object_name: str,
    fields: Sequence[str],
    *,
    filter: Filter | None = None,
    order_by: Sequence[str] = ("RECORDNO",),
    show_private: bool = True,
    case_insensitive: bool = False,
    page_size: int = MAX_PAGE,
    offset: int = 0,
    sums: Sequence[str] = (),
    control_id: str | None = None,
) -> Function:
    """`query`: one page of an object's records (Intacct XML gateway reference, query).

    :param fields: what to select; dotted paths follow relations. There is no `*`.
    :param sums: fields to add up; then a row is a group of records that have the same ``fields``.
    :param order_by: field names, a leading "-" for descending; the default order of Intacct is undefined.
    :param show_private: also records that belong to one entity; Intacct's own default hides them.
    :param page_size: 1 to 2,000.
    """
    if not fields:
        raise BadInput(f"A query of {object_name} must name the fields it wants.")
    if not 1 <= page_size <= MAX_PAGE:
        raise BadInput(f"A page of {page_size} records was asked; Intacct gives 1 to {MAX_PAGE}.")
    if offset < 0:
        raise BadInput(f"The offset {offset} is below zero.")
    element = xml.new("query")
    xml.add(element, "object", object_name)
    xml.add(element, "select", {"field": list(fields), "sum": list(sums)})
    if filter is not None:
        holder = xml.new("filter")
        _add_filter(holder, filter)
        element.append(holder)
    if order_by:
        orders = [
            {"field": name.lstrip("-"), "descending" if name.startswith("-") else "ascending": ""} for name in order_by
        ]
        xml.add(element, "orderby", {"order": orders})
    xml.add(element, "options", {"caseinsensitive": case_insensitive, "showprivate": show_private})
    xml.add(element, "pagesize", page_size)
    xml.add(element, "offset", offset)
    return _function(element, f"query {object_name}", control_id, writes=False)


def read(
    object_name: str, keys: Iterable[Any], fields: Sequence[str] = ("*",), *, control_id: str | None = None
) -> Function:
    """`read`: records by record number, with the lines they own.

    :param keys: 1 to 100 record numbers.
    """
    texts = [str(key) for key in keys]
    if not 1 <= len(texts) <= MAX_KEYS:
        raise BadInput(f"read of {object_name} has {len(texts)} keys; 1 to {MAX_KEYS} fit into one request.")
    for text in texts:
        if "," in text or not text.strip():
            raise BadInput(f"The key {text!r} of {object_name} cannot be read: keys are separated by commas.")
    element = xml.new("read")
    xml.add(element, "object", object_name)
    xml.add(element, "keys", ",".join(texts))
    xml.add(element, "fields", ",".join(fields))
    return _function(element, f"read {object_name}", control_id, writes=False)


def lookup(object_name: str, *, control_id: str | None = None) -> Function:
    """`lookup`: an object's fields, their types and valid values, and its relations."""
    element = xml.new("lookup")
    xml.add(element, "object", object_name)
    return _function(element, f"lookup {object_name}", control_id, writes=False)


def inspect(object_name: str, *, detail: bool = True, control_id: str | None = None) -> Function:
    """`inspect`: an object's fields; in detail with lengths and whether they are required."""
    element = xml.new("inspect", detail="1" if detail else "0")
    xml.add(element, "object", object_name)
    return _function(element, f"inspect {object_name}", control_id, writes=False)


def get_list(
    object_name: str,
    *,
    fields: Sequence[str] = (),
    conditions: Sequence[tuple[str, str, Any]] = (),
    start: int = 0,
    max_items: int = 100,
    show_private: bool = True,
    control_id: str | None = None,
) -> Function:
    """`get_list`: the legacy list, here for attachments (`supdoc`, `supdocfolder`), which `query` does not know.

    :param object_name: lower case, as in the schema.
    :param conditions: (field, operator, value), all of which must hold; operators =, !=, <, <=, >, >=, like, is null.
    :param max_items: keep it small for supdoc: the files' data comes with it unless `fields` leaves it out.
    """
    element = xml.new(
        "get_list",
        object=clean_text(object_name, field="object"),
        start=str(start),
        maxitems=str(max_items),
        showprivate="true" if show_private else "false",
    )
    expressions = [{"field": name, "operator": operator, "value": value} for name, operator, value in conditions]
    if len(expressions) == 1:
        xml.add(element, "filter", {"expression": expressions})
    elif expressions:
        holder, logical = xml.new("filter"), xml.new("logical", logical_operator="and")
        for expression in expressions:
            xml.add(logical, "expression", expression)
        holder.append(logical)
        element.append(holder)
    if fields:
        xml.add(element, "fields", {"field": list(fields)})
    return _function(element, f"get_list {object_name}", control_id, writes=False)


def get_user_permissions(user_id: str, *, control_id: str | None = None) -> Function:
    """`getUserPermissions`: the effective rights of a user (LOGINID). Needs the right to view users' permissions."""
    element = xml.new("getUserPermissions")
    xml.add(element, "userId", user_id)
    return _function(element, "getUserPermissions", control_id, writes=False)


def read_user_formatting(user_id: str, *, control_id: str | None = None) -> Function:
    """`readUserFormatting`: how dates, times and numbers are written for a user (LOGINID)."""
    element = xml.new("readUserFormatting")
    xml.add(element, "userId", user_id)
    return _function(element, "readUserFormatting", control_id, writes=False)


def read_entity_details(*, control_id: str | None = None) -> Function:
    """`readEntityDetails`: the entities that the signed-in user may see."""
    return _function(xml.new("readEntityDetails"), "readEntityDetails", control_id, writes=False)


def get_closed_books_date(*, control_id: str | None = None) -> Function:
    """`get_closedbooksdate`: until when the books are closed. It takes no entity and no subledger."""
    return _function(xml.new("get_closedbooksdate"), "get_closedbooksdate", control_id, writes=False)


def get_company_prefs(application: str, *, control_id: str | None = None) -> Function:
    """`get_companyprefs`: an application's preferences (GEN, ME, GL, CM, AP, EE ...)."""
    element = xml.new("get_companyprefs", application=clean_text(application, field="application"))
    return _function(element, f"get_companyprefs {application}", control_id, writes=False)


def get_applications(*, control_id: str | None = None) -> Function:
    """`get_applications`: the applications that the company subscribes to."""
    return _function(xml.new("get_applications"), "get_applications", control_id, writes=False)


def get_dimensions(*, control_id: str | None = None) -> Function:
    """`getDimensions`: the dimensions of the company, those that it defined itself too."""
    return _function(xml.new("getDimensions"), "getDimensions", control_id, writes=False)


def get_dimension_autofill_details(*, control_id: str | None = None) -> Function:
    """`getDimensionAutofillDetails`: which dimensions fill in others of their own on a line."""
    element = xml.new("getDimensionAutofillDetails")
    return _function(element, "getDimensionAutofillDetails", control_id, writes=False)


def get_financial_setup(*, control_id: str | None = None) -> Function:
    """`getFinancialSetup`: base currency, and whether the company has several currencies, books and entities."""
    return _function(xml.new("getFinancialSetup"), "getFinancialSetup", control_id, writes=False)


def get_api_session(location_id: str | None = None, *, control_id: str | None = None) -> Function:
    """`getAPISession`: a session to use instead of signing in each time.

    :param location_id: an entity; "" for top level; None for where the login is.
    """
    element = xml.new("getAPISession")
    xml.add(element, "locationid", location_id)
    return _function(element, "getAPISession", control_id, writes=False)


# Writes


def create(object_name: str, fields: Mapping[str, Any], *, control_id: str) -> Function:
    """`create`: a record by the generic function: APBILL, GLBATCH, VENDOR, CONTACT ...

    :param object_name: upper case. Expense reports, card transactions and attachments have functions of their own.
    :param fields: nested as in Intacct: {"VENDORID": "V1", "APBILLITEMS": {"APBILLITEM": [{...}, {...}]}}. Dates as date.
    """
    return _generic("create", object_name, fields, control_id)


def update(object_name: str, fields: Mapping[str, Any], *, control_id: str) -> Function:
    """`update`: a record by the generic function; `fields` holds its key (RECORDNO or the business ID) and what changes.

    Lines that are sent replace all the lines there are.
    """
    return _generic("update", object_name, fields, control_id)


def record_cctransaction(fields: Mapping[str, Any], *, control_id: str) -> Function:
    """`record_cctransaction`: a charge card transaction.

    :param fields: names of content_models.CARD_TRANSACTION in any order; `ccpayitems` is a list of lines
        (content_models.CARD_LINE), `customfields` a mapping or a list, dates are date.
    """
    return _legacy("record_cctransaction", content_models.CARD_TRANSACTION, fields, control_id)


def create_expensereport(fields: Mapping[str, Any], *, control_id: str) -> Function:
    """`create_expensereport`: an employee expense report (the generic `create` cannot).

    :param fields: names of content_models.EXPENSES; `expenses` is a list of lines (content_models.EXPENSE_LINE).
    """
    return _legacy("create_expensereport", content_models.EXPENSES, fields, control_id)


def create_expenseadjustmentreport(fields: Mapping[str, Any], *, control_id: str) -> Function:
    """`create_expenseadjustmentreport`: an expense adjustment (the generic `create` cannot).

    :param fields: names of content_models.ADJUSTED_EXPENSES; `expenseadjustments` is a list of lines
        (content_models.ADJUSTED_EXPENSE_LINE).
    """
    return _legacy("create_expenseadjustmentreport", content_models.ADJUSTED_EXPENSES, fields, control_id)


def create_apadjustment(fields: Mapping[str, Any], *, control_id: str) -> Function:
    """`create_apadjustment`: an AP adjustment (the generic `create` cannot).

    :param fields: names of content_models.ADJUSTMENT; `apadjustmentitems` is a list of lines (content_models.ADJUSTMENT_LINE).
    """
    return _legacy("create_apadjustment", content_models.ADJUSTMENT, fields, control_id)


def create_supdoc(fields: Mapping[str, Any], *, control_id: str) -> Function:
    """`create_supdoc`: an attachment with its first files.

    :param fields: supdocid, supdocname?, supdocfoldername?, supdocdescription?, attachments: a list of attachmentname (without
        extension), attachmenttype (without dot) and attachmentdata (base64 text).
    """
    return _legacy("create_supdoc", content_models.SUPDOC, fields, control_id)


def update_supdoc(fields: Mapping[str, Any], *, control_id: str) -> Function:
    """`update_supdoc`: further files for an attachment. A file that is there cannot be replaced.

    :param fields: as for create_supdoc.
    """
    return _legacy("update_supdoc", content_models.SUPDOC, fields, control_id)


def create_supdocfolder(fields: Mapping[str, Any], *, control_id: str) -> Function:
    """`create_supdocfolder`: a folder for attachments.

    :param fields: supdocfoldername, supdocfolderdescription?, supdocparentfoldername?.
    """
    return _legacy("create_supdocfolder", content_models.SUPDOC_FOLDER, fields, control_id)


def _function(content: Element, name: str, control_id: str | None, *, writes: bool) -> Function:
    control_id = str(uuid.uuid4()) if control_id is None else clean_text(control_id, field="control ID")
    if not 1 <= len(control_id) <= MAX_CONTROL_ID or control_id != " ".join(control_id.split()):
        raise BadInput(
            f"{control_id!r} cannot be a control ID: 1 to {MAX_CONTROL_ID} characters, no line breaks, no doubled or outer spaces."
        )
    element = xml.new("function", controlid=control_id)
    element.append(content)
    return Function(control_id=control_id, xml=xml.to_bytes(element), name=name, writes=writes)


def _generic(function: str, object_name: str, fields: Mapping[str, Any], control_id: str) -> Function:
    element = xml.new(function)
    xml.add(element, object_name, fields)
    return _function(element, f"{function} {object_name}", control_id, writes=True)


def _legacy(function: str, model: content_models.Model, fields: Mapping[str, Any], control_id: str) -> Function:
    return _function(legacy.element(function, model, fields), function, control_id, writes=True)


def _add_filter(parent: Element, condition: Filter) -> None:
    if isinstance(condition, _Joined):
        if len(condition.conditions) == 1:
            _add_filter(parent, condition.conditions[0])
            return
        joined = xml.new(condition.operator)
        for inner in condition.conditions:
            _add_filter(joined, inner)
        parent.append(joined)
        return
    content: dict[str, Any] = {"field": condition.field}
    if isinstance(condition, Between):
        operator, content["value"] = "between", [condition.low, condition.high]
    elif isinstance(condition, In):
        operator, content["value"] = "in", list(condition.values)
    else:
        operator, content["value"] = condition.operator, condition.value
    if any(value is None for value in content.values()):
        raise BadInput(f"The filter on {condition.field} compares with nothing.")
    xml.add(parent, operator, content)
