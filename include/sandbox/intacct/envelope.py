"""Answers as the gateway words them.

Control block, authentication block, results, errors, and the gateway's own refusals.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field

from lxml import etree

from include.sandbox.intacct.types import Element, Failure, Outcome, Session, SignInFailed

ROLLED_BACK = Failure("XL03000009", "The entire transaction in this operation has been rolled back due to an error.")
_APOSTROPHE = "\ue039"  # stands for an apostrophe of an error text until it is written as &#039;
# Stands in an empty element until it is written, as recorded, with both its tags: <PARENTID></PARENTID>.
EMPTY = "\ue03a\ue03b"
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


@dataclass(slots=True)
class Control:
    """What an answer echoes of a request's control block, and how it wants to be answered."""

    senderid: str = ""
    controlid: str = ""
    uniqueid: str | None = None
    dtdversion: str | None = None
    whitespace: bool = True
    additional_info: bool = False
    support_id: bool = True
    support: str = field(default_factory=lambda: support_id())


def control_of(request: Element | None) -> Control:
    """The control block of a request, as far as it can be read."""
    block = request.find("control") if request is not None else None
    if block is None:
        return Control()

    def text(name: str) -> str | None:
        found = block.findtext(name)
        return found if found is None else clean(found)

    return Control(
        senderid=text("senderid") or "",
        controlid=text("controlid") or "",
        uniqueid=text("uniqueid"),
        dtdversion=text("dtdversion"),
        whitespace=(text("includewhitespace") or "true").strip() in ("true", "1"),
        additional_info=(text("showadditionalerrorinfo") or "false").strip() in ("true", "1"),
    )


def clean(text: object) -> str:
    """The text without characters that XML cannot hold."""
    return _FORBIDDEN.sub("", str(text))


def child(parent: Element, tag: str, text: object = "") -> Element:
    """Add a child with this text ("" writes an empty element)."""
    element = etree.SubElement(parent, tag)
    element.text = clean(text)
    return element


def support_id() -> str:
    """A Support ID as the vendor writes it: URL-encoded."""
    token = secrets.token_urlsafe(24)
    return f"{token[:5]}%7E{token[5:27]}"


def response(control: Control, status: str = "success") -> Element:
    """`<response>` with its control block."""
    root = etree.Element("response")
    block = etree.SubElement(root, "control")
    child(block, "status", status)
    child(block, "senderid", control.senderid)
    child(block, "controlid", control.controlid)
    child(block, "uniqueid", "true" if control.uniqueid is None else control.uniqueid)
    child(block, "dtdversion", control.dtdversion or "3.0")
    return root


def control_failure(control: Control, errors: Iterable[Failure]) -> Element:
    """No operation is run."""
    root = response(control, "failure")
    add_errors(root, errors, control)
    return root


def acknowledgement(control: Control) -> Element:
    """The answer to an asynchronous request: accepted, nothing more."""
    root = response(control)
    block = etree.Element("acknowledgement")
    child(block, "status", "success")
    root.insert(0, block)
    return root


def gateway_failure(errorno: str, description: str) -> Element:
    """The proxy's refusal: a bare control block, no sender, `description` only."""
    root = etree.Element("response")
    child(etree.SubElement(root, "control"), "status", "failure")
    error = etree.SubElement(etree.SubElement(root, "errormessage"), "error")
    child(error, "errorno", errorno)
    child(error, "description", description)
    return root


def sign_in_failure(operation: Element, refusal: SignInFailed, control: Control) -> None:
    """Put a refused authentication into an operation."""
    block = etree.SubElement(operation, "authentication")
    child(block, "status", "failure")
    child(block, "userid", refusal.user)
    child(block, "companyid", refusal.company)
    add_errors(operation, [refusal.error], control)


def signed_in(operation: Element, session: Session, *, names_entity: bool) -> None:
    """Put an accepted authentication into an operation."""
    block = etree.SubElement(operation, "authentication")
    child(block, "status", "success")
    child(block, "userid", session.user)
    child(block, "companyid", session.company)
    child(block, "locationid", session.entity if names_entity else "")
    child(block, "sessiontimestamp", session.now.isoformat(timespec="seconds"))
    child(block, "sessiontimeout", session.expires.isoformat(timespec="seconds"))


def result(operation: Element, function: Element, status: str, outcome: Outcome, control: Control) -> None:
    """Put the result of one function into an operation."""
    block = etree.SubElement(operation, "result")
    child(block, "status", status)
    child(block, "function", function[0].tag)
    child(block, "controlid", function.get("controlid", ""))
    if outcome.listtype is not None:
        block.append(outcome.listtype)
    if outcome.key is not None:
        child(block, "key", outcome.key)
    if outcome.data is not None:
        block.append(outcome.data)
    if outcome.errors:
        add_errors(block, outcome.errors, control)


def add_errors(parent: Element, errors: Iterable[Failure], control: Control) -> None:
    """Add `<errormessage>`: the most specific error first."""
    block = etree.SubElement(parent, "errormessage")
    for failure in errors:
        decorated = failure.support_id and control.support_id
        text = f"{failure.description2} [Support ID: {control.support}]" if decorated else failure.description2
        error = etree.SubElement(block, "error")
        for tag, value in (
            ("errorno", failure.errorno),
            ("description", failure.description),
            ("description2", text),
            ("correction", failure.correction),
        ):
            child(error, tag, value.replace("'", _APOSTROPHE))
        if control.additional_info:
            _additional_info(error, failure, control.support, f"[Support ID: {control.support}]" if decorated else "")


def _additional_info(error: Element, failure: Failure, request: str, support: str) -> None:
    """`<additionalinfo>` as documented (Requests, showadditionalerrorinfo): a message without text has a category too."""
    info = etree.SubElement(error, "additionalinfo")
    child(info, "errorid", failure.errorid)
    child(info, "category", failure.category)
    etree.SubElement(info, "target", domain="", requestinfo=request, object="", field="", businessinfo="")
    for tag, text, message in (
        ("description", failure.description, ""),
        ("cdescription", failure.description2, failure.messageid),
        ("correction", failure.correction, ""),
    ):
        block = etree.SubElement(info, tag)
        child(block, "messageid", message or _message_id(text))
        if text:
            shown = support if tag == "cdescription" else ""
            etree.SubElement(block, "target", domain="", requestinfo=shown, object="", field="", businessInfo="")
        else:
            child(block, "category")
            etree.SubElement(block, "target", domain="", object="", field="", businessInfo="")
        places = child(block, "placeholders")
        if tag == "cdescription":
            for name, value in failure.placeholders:
                etree.SubElement(places, "placeholder", name=name, value=clean(value))


def _message_id(text: str) -> str:
    """The message ID of a text after the vendor's pattern: `Duplicate account number` is IA.DUPLICATE_ACCOUNT_NUMBER."""
    words = re.findall(r"[A-Za-z]+", re.sub(r"'[^']*'", " ", text))
    return f"IA.{'_'.join(words).upper()}" if words else ""


def written(root: Element, *, whitespace: bool) -> bytes:
    """The bytes of an answer."""
    if whitespace:
        etree.indent(root, space="    ")
    body = etree.tostring(root, encoding="utf-8", xml_declaration=False)
    body = body.replace(_APOSTROPHE.encode(), b"&#039;").replace(EMPTY.encode(), b"")
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + body
