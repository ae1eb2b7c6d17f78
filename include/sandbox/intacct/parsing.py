"""From the bytes of a request to a checked document: hardened parsing, and schema messages as libxml2 words them.

Every error becomes `XML Parse schema error: [Fatal ]Error <code>: <message>. Line: <line>, column: <column>.` under
XL03000003 (Intacct XML gateway reference, Error handling).
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from lxml import etree

from include.sandbox.intacct.types import ControlFailed, Element, Failure
from include.sandbox.settings import Settings

SCHEMA = Path(__file__).with_name("requests.xsd")

# Functions that only API 3.0 has; a request with dtdversion 2.1 knows the legacy ones.
GENERIC_FUNCTIONS = frozenset(
    {
        "create",
        "update",
        "delete",
        "read",
        "readByName",
        "readByQuery",
        "readMore",
        "query",
        "lookup",
        "inspect",
        "recallApBill",
        "getUserPermissions",
        "getFinancialSetup",
        "readEntityDetails",
        "getDimensions",
        "getDimensionAutofillDetails",
        "getDimensionRelationships",
        "getDimensionRestrictedData",
        "getDimensionRestrictions",
        "readUserFormatting",
        "getAuditTrail",
    }
)
_DTD_CONTENT_MODEL = 504


# libxml2's own bound on elements inside each other, kept where its bound on a text is lifted.
_DEEPEST = 256
_LIMIT, _LONG_TEXT = 114, "Text node too long"


def _parser(*, recover: bool = False, huge: bool = False) -> etree.XMLParser:
    return etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=huge,
        remove_comments=True,
        remove_pis=True,
        recover=recover,
    )


@cache
def _schema() -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(SCHEMA))


def failure(message: str) -> Failure:
    """A schema error with this text."""
    return Failure("XL03000003", f"XML Parse schema error: {message}")


def _entries(log: Any) -> list[etree._LogEntry]:
    return list(log)


def _worded(entry: etree._LogEntry, *, column: bool) -> Failure:
    fatal = "Fatal " if entry.level == etree.ErrorLevels.FATAL else ""
    where = f"Line: {entry.line}, column: {entry.column if column else 0}."
    return failure(f"{fatal}Error {entry.type}: {entry.message.strip()}. {where}")


def parse(body: bytes, settings: Settings) -> Element:
    """The request's root, well-formed and free of entities.

    Raises ControlFailed, one error for each that libxml2 found.
    """
    parser = _parser()
    try:
        root = etree.fromstring(body, parser)
    except etree.XMLSyntaxError as error:
        entries = _entries(parser.error_log) or _entries(error.error_log)
        if settings.long_texts == "refuse" or not any(e.type == _LIMIT and _LONG_TEXT in e.message for e in entries):
            found = [_worded(entry, column=True) for entry in entries]
            raise ControlFailed(found or [failure(f"Fatal Error 4: {error.msg}.")]) from None
        root = _with_long_texts(body)
    declared: Any = root.getroottree().docinfo.internalDTD
    entities = list(declared.entities()) if declared is not None else []
    if entities or any(isinstance(node, etree._Entity) for node in root.iter()):
        raise ControlFailed([failure("Error 18: Entities are not accepted. Line: 1, column: 0.")])
    return root


def _with_long_texts(body: bytes) -> Element:
    parser = _parser(huge=True)
    try:
        root = etree.fromstring(body, parser)
    except etree.XMLSyntaxError:
        raise ControlFailed([_worded(entry, column=True) for entry in _entries(parser.error_log)]) from None
    deep = 0
    for event, _ in etree.iterwalk(root, events=("start", "end")):
        deep += 1 if event == "start" else -1
        if deep > _DEEPEST:
            text = f"Fatal Error {_LIMIT}: Excessive depth in document: {_DEEPEST}, use XML_PARSE_HUGE option."
            raise ControlFailed([failure(f"{text} Line: 1, column: 1.")])
    return root


def salvaged(body: bytes) -> Element | None:
    """As much of a broken document as can be read, to echo its control block; None when there is nothing."""
    try:
        return etree.fromstring(body, _parser(recover=True))
    except etree.XMLSyntaxError:
        return None


def validate(root: Element, settings: Settings) -> None:
    """Check the request against the schema of its dtdversion. Raises ControlFailed with all that is wrong."""
    schema = _schema()
    if not schema.validate(root):
        raise ControlFailed([_worded(entry, column=False) for entry in _entries(schema.error_log)])
    if settings.empty_attachment == "schema":
        _want_files(root)
    if (root.findtext("control/dtdversion") or "").strip() == "2.1":
        wrong = [
            failure(
                f"Error {_DTD_CONTENT_MODEL}: Element function content does not follow the DTD, got ({function.tag} )."
                f" Line: {function.sourceline}, column: 0."
            )
            for function in root.iterfind("operation/content/function/*")
            if function.tag in GENERIC_FUNCTIONS
        ]
        if wrong:
            raise ControlFailed(wrong)


def _want_files(root: Element) -> None:
    wrong = [
        failure(
            "Error 1871: Element 'create_supdoc': Missing child element(s). Expected is ( attachments )."
            f" Line: {function.sourceline}, column: 0."
        )
        for function in root.iterfind("operation/content/function/create_supdoc")
        if function.find("attachments/attachment") is None
    ]
    if wrong:
        raise ControlFailed(wrong)
