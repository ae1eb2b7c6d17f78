"""Certify's routes under /v1: who may come in, which verb does what, faults, latency and counting around the work."""

from __future__ import annotations

import asyncio
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from include.sandbox import clock
from include.sandbox.certify import reader, wire
from include.sandbox.certify.images import image_of
from include.sandbox.certify.resources import RESOURCES, Resource
from include.sandbox.certify.wire import Refused
from include.sandbox.certify.writer import Writer
from include.sandbox.core import Sandbox
from include.sandbox.fault_answers import Dropped, instead_of, proxy_page, spoilt
from include.sandbox.faults import Fault

VERBS = ["GET", "PUT", "POST", "DELETE", "PATCH", "OPTIONS"]


def routes(sandbox: Sandbox) -> list[BaseRoute]:
    """The routes of Certify's API."""
    api = Api(sandbox)
    return [Route(path, api.answer, methods=VERBS) for path in ("/v1", "/v1/{path:path}")]


class Call:
    """One request taken apart: the resource that its path names, the rest of the path, and what it is called."""

    def __init__(self, request: Request, body: bytes) -> None:
        self.verb = request.method
        self.query = {name.lower(): value for name, value in request.query_params.items()}
        self.xml = wire.wants_xml(request)
        self.body = body
        parts = [part for part in request.path_params.get("path", "").split("/") if part]
        self.name = parts.pop(0).lower() if parts else ""
        self.index: int | None = None
        self.resource: Resource | None = RESOURCES.get(self.name)
        if self.resource and self.resource.indexed and parts and parts[0] in ("1", "2", "3", "4", "5"):
            self.index = int(parts.pop(0))
        self.rest = parts

    @property
    def function(self) -> str:
        """The name under which calls are counted: "GET expensereports", "GET expensereports/{id}/expenses"."""
        tail = "/{id}" + "".join(f"/{part.lower()}" for part in self.rest[1:]) if self.rest else ""
        return f"{self.verb} {self.name}{tail}"

    @property
    def names(self) -> list[str]:
        """All that a fault's `match` may call it."""
        listed = f"{self.name}/{self.index}" if self.index else self.name
        return [f"{self.verb} {self.name}", self.function, f"{self.verb} {listed}", listed]


class Api:
    """Answers Certify's requests over one sandbox."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox

    async def answer(self, request: Request) -> Response:
        """One request, from the wire to the wire."""
        settings = self.sandbox.settings
        call = Call(request, await request.body())
        if settings.concurrency_limit and self.sandbox.under_way.now["certify"] >= settings.concurrency_limit:
            busy = wire.refusal(settings, call.xml, 429, "Too many requests.")
            busy.headers["Retry-After"] = "1"
            return busy
        with self.sandbox.under_way.one("certify"):
            if settings.latency_ms:
                await asyncio.sleep(settings.latency_ms / 1000)
            return await self._faulty(request, call)

    async def _faulty(self, request: Request, call: Call) -> Response:
        settings = self.sandbox.settings
        fault = await run_in_threadpool(self.sandbox.faults.pick, "certify", call.names)
        if fault and fault.stage == "before":
            return instead_of(fault, lambda status, text: wire.refusal(settings, call.xml, status, text))
        late = settings.late_commit_seconds
        if late and fault and fault.kind in ("drop_after_commit", "http_524_after_commit") and call.verb != "GET":
            clock.later(late, lambda: self._worked(request, call, None))
            return Dropped() if fault.kind == "drop_after_commit" else proxy_page(524)
        return await spoilt(fault, await run_in_threadpool(self._worked, request, call, fault))

    def _worked(self, request: Request, call: Call, fault: Fault | None) -> Response:
        settings = self.sandbox.settings
        try:
            with self.sandbox.store.transaction():
                self._check(request, call)
                return self._dispatch(call, fault)
        except Refused as refused:
            if (
                refused.status == 400
                and settings.certify_charset_content_type == "html_400"
                and "header" in refused.text
            ):
                return wire.html_page(400, refused.text)
            answer = wire.refusal(settings, call.xml, refused.status, refused.text)
            if refused.status == 405:
                answer.headers["Allow"] = ", ".join(call.resource.verbs if call.resource else ("POST",))
            return answer

    def _check(self, request: Request, call: Call) -> None:
        settings = self.sandbox.settings
        content_type = request.headers.get("content-type", "")
        if "charset" in content_type.lower() and settings.certify_charset_content_type == "html_400":
            raise Refused(400, "The request has an invalid header name.")
        headers = request.headers
        if (headers.get("x-api-key"), headers.get("x-api-secret")) != (settings.certify_key, settings.certify_secret):
            raise Refused(401, "Unauthorized. The API key or secret is not valid.")
        if call.resource is None and not (call.name == "roles" and settings.certify_roles_endpoint):
            raise Refused(404, "Not Found. The resource does not exist.")

    def _dispatch(self, call: Call, fault: Fault | None) -> Response:
        if call.resource is None:
            return self._roles(call, fault)
        if call.verb not in call.resource.verbs:
            raise Refused(405, f"Method Not Allowed. {call.verb} is not a method of {call.name}.")
        if call.resource.indexed and call.index is None and not (call.verb == "PUT" and call.name == "empglds"):
            raise Refused(404, f"Not Found. {call.name} needs an index from 1 to 5.")
        if call.verb == "GET":
            return self._read(call, call.resource)
        if call.rest:
            raise Refused(404, "Not Found. The resource does not exist.")
        return (
            self._create(call, call.resource, fault) if call.verb == "PUT" else self._update(call, call.resource, fault)
        )

    # -- reading -----------------------------------------------------------------------------------------------------

    def _read(self, call: Call, resource: Resource) -> Response:
        settings = self.sandbox.settings
        search = reader.search(self.sandbox.store, settings, resource.name, call.index)
        if len(call.rest) == 2 and resource.name == "expensereports" and call.rest[1].lower() == "expenses":
            return self._lines(call, call.rest[0])
        if call.rest and (len(call.rest) > 1 or not resource.by_id):
            raise Refused(404, "Not Found. The resource does not exist.")
        if call.rest:
            return self._one(call, resource, search)
        found = search.filtered(call.query).page(reader.page_number(call.query))
        self.sandbox.calls.count("certify", call.function, read=len(found.records))
        return self._page(call, resource, found)

    def _one(self, call: Call, resource: Resource, search: reader.Search) -> Response:
        search = reader.visible_by_id(search)
        if call.query.get("batchid") and "batchid" in resource.filters:
            search = search.where("_BatchID", "=", call.query["batchid"])
        record = search.one(call.rest[0].lower())
        self.sandbox.calls.count("certify", call.function, read=1 if record else 0)
        if record is None and self.sandbox.settings.certify_unknown_id == "http_404":
            raise Refused(404, f"Not Found. There is no {resource.singular} {call.rest[0]}.")
        if record is None:
            return self._page(call, resource, reader.Found([]))
        if resource.name == "receipts":
            image = record.get("ReceiptImage") or image_of(record)
            record["ReceiptImage"] = wire.receipt_image(image, self.sandbox.settings)
        elif resource.name == "cpdlists" and self.sandbox.settings.certify_cpdlist_by_id == "bare":
            return wire.AnswerWriter(resource, self.sandbox.settings, call.xml).bare(record)
        return self._page(call, resource, reader.Found([record], total=1), image=True)

    def _lines(self, call: Call, report: str) -> Response:
        search = reader.search(self.sandbox.store, self.sandbox.settings, "expenses")
        parent = reader.visible_by_id(reader.search(self.sandbox.store, self.sandbox.settings, "expensereports")).one(
            report.lower()
        )
        if parent is None and self.sandbox.settings.certify_unknown_id == "http_404":
            raise Refused(404, f"Not Found. There is no ExpenseReport {report}.")
        query = {name: value for name, value in call.query.items() if name not in ("processed", "includedisapproved")}
        if self.sandbox.settings.certify_unprocessed_by_id == "shown":
            query["processed"] = "2"
        if self.sandbox.settings.certify_disapproved_in_report:
            query["includedisapproved"] = "1"
        code = query.get("approvalcode")
        if parent is None or (code and str(parent.get("ApprovalCode", "")) != code):
            found = reader.Found([])
        else:
            search = search.where("ExpenseReportID", "=", parent["ID"]).filtered(query)
            found = search.page(reader.page_number(query), of_a_report=True)
        self.sandbox.calls.count("certify", call.function, read=len(found.records))
        return self._page(call, RESOURCES["expenses"], found)

    def _page(self, call: Call, resource: Resource, found: reader.Found, image: bool = False) -> Response:
        records = [self._labelled(resource, record) for record in found.records]
        if resource.name == "receipts" and not image:
            for record in records:
                record.pop("ReceiptImage", None)
        writer = wire.AnswerWriter(resource, self.sandbox.settings, call.xml)
        return writer.page(records, found.page, found.pages, found.total)

    def _labelled(self, resource: Resource, record: dict[str, Any]) -> dict[str, Any]:
        """A GLD's label comes from the company's configuration, whatever was written."""
        settings = self.sandbox.settings
        labels = {"empglds": settings.certify_employee_gld_labels, "exprptglds": settings.certify_report_gld_labels}
        if resource.name in labels:
            number = record.get(reader.index_field(resource))
            if number in (1, 2, 3, 4, 5):
                record[resource.singular + "Label"] = labels[resource.name][number - 1]
        return record

    # -- writing -----------------------------------------------------------------------------------------------------

    def _writer(self, resource: Resource, index: int | None) -> Writer:
        return Writer(self.sandbox.store, self.sandbox.settings, resource, index, self.sandbox.now().date())

    def _create(self, call: Call, resource: Resource, fault: Fault | None) -> Response:
        body = wire.body_of(call.body, call.xml)
        index = call.index
        if call.name == "empglds":
            index = self._gld_index(call, body)
        if fault and fault.kind == "partial_commit" and not fault.commits(1):
            return Response()  # never sent: the connection is cut instead
        identity = self._writer(resource, index).create(body)
        self.sandbox.calls.count("certify", call.function, written=1)
        return wire.created(identity, call.xml)

    def _gld_index(self, call: Call, body: Any) -> int:
        wanted = self.sandbox.settings.certify_put_empglds
        if (call.index is None and wanted == "with_index") or (call.index is not None and wanted == "without_index"):
            raise Refused(405, "Method Not Allowed. PUT is not a method of this path.")
        index = call.index if call.index is not None else body.get("EmpGLDIndex") if isinstance(body, dict) else None
        if str(index) not in ("1", "2", "3", "4", "5"):
            raise Refused(400, "Bad Request. EmpGLDIndex must be from 1 to 5.")
        return int(str(index))

    def _update(self, call: Call, resource: Resource, fault: Fault | None) -> Response:
        body = wire.body_of(call.body, call.xml)
        records = body if isinstance(body, list) else [body]
        if fault and fault.kind == "partial_commit":
            records = records[: fault.commits(len(records))]
        statuses = self._writer(resource, call.index).update(records)
        written = sum(status["Status"] == "Updated" for status in statuses)
        self.sandbox.calls.count("certify", call.function, written=written)
        return wire.results(statuses, call.xml)

    def _roles(self, call: Call, fault: Fault | None) -> Response:
        """POST /roles, which one client uses: only the Role of users is changed."""
        if call.verb != "POST":
            raise Refused(405, f"Method Not Allowed. {call.verb} is not a method of roles.")
        body = wire.body_of(call.body, call.xml)
        records = [
            {name: record[name] for name in ("ID", "Role") if name in record} if isinstance(record, dict) else record
            for record in (body if isinstance(body, list) else [body])
        ]
        if fault and fault.kind == "partial_commit":
            records = records[: fault.commits(len(records))]
        statuses = self._writer(RESOURCES["users"], None).update(records)
        self.sandbox.calls.count("certify", call.function, written=len(statuses))
        return wire.results(statuses, call.xml)
