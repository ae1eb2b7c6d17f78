"""How Certify writes and reads: JSON or XML by Content-Type, page envelopes, result arrays, error shapes, exact amounts."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from html import escape
from json.encoder import encode_basestring
from typing import Any

from lxml import etree
from starlette.requests import Request
from starlette.responses import Response

from include.sandbox.certify.resources import Resource, Type
from include.sandbox.fault_answers import written
from include.sandbox.settings import Settings

Record = Mapping[str, Any]

NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?")
DATED = ("LastModifiedDate", "UploadDate")


class Refused(Exception):
    """The request as a whole is answered with an error of this HTTP status."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status
        self.text = text


def wants_xml(request: Request) -> bool:
    """Whether the Content-Type header asks for XML; everything else is JSON."""
    return request.headers.get("content-type", "").split(";")[0].strip().lower() in ("application/xml", "text/xml")


def refusal(settings: Settings, xml: bool, status: int, text: str) -> Response:
    """An error answer in the shape that the settings name."""
    if settings.certify_error_style == "html":
        return html_page(status, text)
    if xml:
        body = f"<Error><ErrorCode>{status}</ErrorCode><ErrorMessage>{escape(_printable(text))}</ErrorMessage></Error>"
        return Response(body, status, media_type="application/xml")
    name = "errorValue" if settings.certify_error_style == "value" else "errorMessage"
    return Response(json.dumps({"errorCode": str(status), name: text}), status, media_type="application/json")


def html_page(status: int, text: str) -> Response:
    """The page of the web server in front of the API."""
    page = (
        f"<html><head><title>Error {status}</title></head>"
        f"<body><h2>HTTP Error {status}. {escape(text)}</h2></body></html>"
    )
    return Response(page, status, media_type="text/html")


class AnswerWriter:
    """Writes the records of one resource as the settings say."""

    def __init__(self, resource: Resource, settings: Settings, xml: bool) -> None:
        self.resource = resource
        self.settings = settings
        self.xml = xml
        omitted = {*resource.hidden, *settings.certify_omitted_fields.get(resource.name, ())}
        codes = Type.AMOUNT if settings.certify_approval_code_type == "number" else Type.TEXT
        self.columns = [
            (name, codes if name == "ApprovalCode" else kind, kind.unset)
            for name, kind in resource.fields.items()
            if name not in omitted
        ]
        # Under another name than it is written, as one client reads it.
        self.names = {name: name for name in resource.fields} | {"SecondApproverID": settings.certify_second_approver}
        self.unset_json = [
            (name, self.names[name], kind, f'"{self.names[name]}":{_json(unset, kind)}')
            for name, kind, unset in self.columns
        ]

    def page(self, records: Sequence[Record], page: int, pages: int, total: int) -> Response:
        """A page envelope; without its paging fields when nothing was found."""
        numbers = {"Page": page, "PageCount": pages, "Records": len(records), "RecordCount": total}
        paging = numbers if total or self.settings.certify_empty_page_has_paging else {}
        if self.xml:
            inner = "".join(f"<{name}>{value}</{name}>" for name, value in paging.items())
            listed = "".join(map(self.element, records))
            key = self.resource.key
            return xml_answer(f"<{key}Response>{inner}<{key}>{listed}</{key}></{key}Response>")
        inner = "".join(f'"{name}":{value},' for name, value in paging.items())
        return json_answer(f'{{{inner}"{self.resource.key}":[{",".join(map(self.object, records))}]}}')

    def bare(self, record: Record) -> Response:
        """One record without an envelope."""
        return xml_answer(self.element(record)) if self.xml else json_answer(self.object(record))

    def object(self, record: Record) -> str:
        """A record as a JSON object."""
        parts = [
            f'"{shown}":{_json(self._moment(record[name]) if name in DATED else record[name], kind)}'
            if name in record
            else unset
            for name, shown, kind, unset in self.unset_json
        ]
        parts += [f'"{name}":{text}' for name, text in self._unknown(record, _json)]
        return "{" + ",".join(parts) + "}"

    def element(self, record: Record) -> str:
        """A record as an XML element."""
        inner = "".join(f"<{name}>{text}</{name}>" for name, text in self._fields(record, _text))
        return f"<{self.resource.singular}>{inner}</{self.resource.singular}>"

    def _fields(self, record: Record, form: Callable[[Any, Type], str]) -> Iterable[tuple[str, str]]:
        for name, kind, unset in self.columns:
            value = record.get(name, unset)
            if kind is Type.DATE and name in DATED:
                value = self._moment(value)
            yield self.names[name], form(value, kind)
        yield from self._unknown(record, form)

    def _unknown(self, record: Record, form: Callable[[Any, Type], str]) -> Iterable[tuple[str, str]]:
        """The fields that were loaded although the resource does not have them."""
        for name, value in record.items():
            if name not in self.resource.fields and not name.startswith("_"):
                yield name.replace('"', ""), form(value, Type.TEXT)

    def _moment(self, value: Any) -> Any:
        return f"{value}T00:00:00" if value and self.settings.certify_time_in_dates and "T" not in str(value) else value


def _json(value: Any, kind: Type) -> str:
    if isinstance(value, str):
        return value if kind is Type.AMOUNT and NUMBER.fullmatch(value) else encode_basestring(value)
    return json.dumps(value, ensure_ascii=False)


def _text(value: Any, _kind: Type) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return ""
    return escape(_printable(value if isinstance(value, str) else json.dumps(value)), quote=False)


def _printable(text: str) -> str:
    """Without the characters that XML 1.0 cannot hold."""
    return re.sub("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "", text)


def json_answer(body: str, status: int = 200) -> Response:
    """A JSON answer. Lone surrogates are escaped, because UTF-8 has no form for them."""
    return Response(body.encode("utf-8", "backslashreplace"), status, media_type="application/json")


def xml_answer(body: str, status: int = 200) -> Response:
    """An XML answer."""
    return Response('<?xml version="1.0" encoding="utf-8"?>' + body, status, media_type="application/xml")


def created(identity: str, xml: bool) -> Response:
    """The answer of a PUT."""
    return xml_answer(f"<ID>{identity}</ID>") if xml else json_answer(json.dumps({"ID": identity}))


def results(statuses: Sequence[Mapping[str, str]], xml: bool) -> Response:
    """The answer of a POST: a status for each record, with HTTP 200 whatever they say."""
    if not xml:
        return json_answer(json.dumps(list(statuses), ensure_ascii=False))
    inner = "".join(
        "<Result>"
        + "".join(f"<{name}>{_text(value, Type.TEXT)}</{name}>" for name, value in status.items())
        + "</Result>"
        for status in statuses
    )
    return xml_answer(f"<Results>{inner}</Results>")


def body_of(data: bytes, xml: bool) -> Any:
    """The record, or list of records, in the body of a write. Amounts are Decimal. Raises Refused."""
    if not xml:
        try:
            body = json.loads(data.decode("utf-8"), parse_float=Decimal, parse_constant=_no_number)
            written(body).encode("utf-8")  # half of a surrogate pair is no text
            return body
        except (ValueError, RecursionError):
            raise Refused(400, "Bad Request. Method request is incorrect: the body is not JSON.") from None
    try:
        parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError:
        raise Refused(400, "Bad Request. Method request is incorrect: the body is not XML.") from None
    if any(len(child) for child in root):
        return [_flat(child) for child in root]
    return _flat(root)


def _no_number(name: str) -> Any:
    raise ValueError(f"{name} is no JSON number")


def _flat(element: etree._Element) -> dict[str, str]:
    return {child.tag: child.text or "" for child in element if isinstance(child.tag, str)}


def receipt_image(image: str, settings: Settings) -> str:
    """A base64 text as the setting certify_receipt_encoding writes it."""
    if settings.certify_receipt_encoding == "base64_lines":
        return "\r\n".join(image[start : start + 76] for start in range(0, len(image), 76))
    if settings.certify_receipt_encoding == "data_uri":
        kind = "image/png" if base64.b64decode(image[:12] or "").startswith(b"\x89PNG") else "application/pdf"
        return f"data:{kind};base64,{image}"
    return image
