"""A plain HTTP client of the sandbox's Certify."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
import requests

HEADERS = {"x-api-key": "sandbox-key", "x-api-secret": "sandbox-secret", "Content-Type": "application/json"}


class Api:
    """Requests against /v1; JSON numbers are Decimal."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.http = requests.Session()
        self.http.trust_env = False
        self.http.headers.update(HEADERS)

    def call(self, verb: str, path: str, body: Any = None, **options: Any) -> requests.Response:
        data = json.dumps(body) if body is not None else None
        return self.http.request(verb, f"{self.url}/v1/{path}", data=data, timeout=30, **options)

    def get(self, path: str, **query: Any) -> Any:
        answer = self.call("GET", path, params=query)
        assert answer.status_code == 200, answer.text
        return json.loads(answer.text, parse_float=Decimal)

    def ids(self, path: str, key: str, **query: Any) -> list[str]:
        return [record["ID"] for record in self.get(path, **query)[key]]

    def put(self, path: str, body: Any) -> str:
        answer = self.call("PUT", path, body)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["ID"])

    def post(self, path: str, body: Any) -> list[dict[str, str]]:
        answer = self.call("POST", path, body)
        assert answer.status_code == 200, answer.text
        return list(answer.json())


@pytest.fixture
def api(fresh_sandbox: Any) -> Api:
    """A client with the right key and secret."""
    return Api(fresh_sandbox.url)


@pytest.fixture
def report() -> Callable[..., dict[str, Any]]:
    """Makes a report with lines for `load`: report(number, processed="2026-03-07", lines=[("188.40", "188.40")])."""

    def made(
        number: int = 1, processed: str = "2026-03-07", lines: list[tuple[str, str]] | None = None, **fields: Any
    ) -> dict[str, Any]:
        identity = f"5d0f2c61-7a0e-4f0a-9a55-{number:012}"
        lines = lines or [("412.10", "0.00"), ("188.40", "188.40")]
        total = sum(Decimal(amount) for amount, _ in lines)
        owed = sum(Decimal(reimbursed) for _, reimbursed in lines)
        return {
            "ID": identity,
            "EmployeeID": "E-1007",
            "FirstName": "Ana",
            "LastName": "Ruiz",
            "Currency": "USD",
            "ReimAmount": str(owed),
            "NonReimAmount": str(total - owed),
            "TotalAmount": str(total),
            "ProcessedDate": processed,
            "ApprovalCode": str(104000 + number) if processed else "",
            "ExpenseReportName": f"Denver {number}",
            "EmpGLD1Code": "100",
            "Expenses": [
                {
                    "ID": f"a1000000-0000-4000-8000-{number:06}{line:06}",
                    "Amount": amount,
                    "ReimAmount": reimbursed,
                    "ExpenseCategory": "Hotel",
                    "ExpenseDate": "2026-02-25",
                }
                for line, (amount, reimbursed) in enumerate(lines)
            ],
        } | fields

    return made
