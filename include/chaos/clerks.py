"""What the people of the company do while the connector works; it is noted, because the oracle must know."""

from __future__ import annotations

import random
from collections import Counter
from typing import Any

from include.chaos.arena import Sandbox
from include.chaos.wire import Wire
from include.local.errors import StackError

_REPORT_ACTS = (
    "unprocess", "process", "reprocess", "reprocess amount", "reprocess shorter", "edit line", "late_receipt", "disapprove_line",
)  # fmt: skip
_DOCUMENT_ACTS = ("edit_document", "reverse", "delete")


class Clerks:
    """Acts on reports and documents at random, and remembers each report as it was and each document that was touched."""

    def __init__(self, sandbox: Sandbox, wire: Wire, rng: random.Random) -> None:
        self.sandbox = sandbox
        self.wire = wire
        self.rng = rng
        self.counts: Counter[str] = Counter()
        self.versions: dict[str, list[dict[str, Any]]] = {
            report["ID"]: [report] for report in sandbox.state_of("certify", "expensereports")
        }
        self.touched: dict[tuple[str, str], dict[str, Any]] = {}

    def act(self) -> None:
        """One act; one that cannot be done now is left."""
        try:
            if self.rng.random() < 0.7:
                self._on_a_report()
            else:
                self._on_a_document()
        except StackError:
            self.counts["impossible"] += 1

    def _on_a_report(self) -> None:
        act = self.rng.choice(_REPORT_ACTS)
        wants = act == "process"
        # To process again is tried on those that were unprocessed on the way; the others are processed ones.
        ready = [
            report_id
            for report_id, seen in sorted(self.versions.items())
            if bool(seen[-1]["Processed"]) is not wants and (not wants or len(seen) > 1)
        ]
        if not ready:
            return
        report = self.rng.choice(ready)
        day = str(self.versions[report][0]["ProcessedDate"])[:10]
        amount = f"{self.rng.randint(100, 90_000) / 100:.2f}"
        other = {"Reason": f"edited {amount}", "ExpenseCategory": "Meals", "ExpenseCategoryGLCode": "6230"}
        bodies: dict[str, dict[str, Any]] = {
            "unprocess": {"action": "unprocess"},
            "process": {"action": "process", "date": day},
            "reprocess": {"action": "reprocess", "approval_code": self.rng.choice(("same", "new"))},
            "reprocess amount": {"action": "reprocess", "amount": amount},
            "reprocess shorter": {"action": "reprocess", "remove_line": True},
            "edit line": {"action": "edit_report", "line_changes": other},
            "late_receipt": {"action": "late_receipt"},
            "disapprove_line": {"action": "disapprove_line"},
        }  # fmt: skip
        self.sandbox.ask("POST", "act", {**bodies[act], "report": report})
        self.counts[act] += 1
        now = next(one for one in self.sandbox.state_of("certify", "expensereports") if one["ID"] == report)
        self.versions[report].append(now)

    def _on_a_document(self) -> None:
        # Only what the connector was told of: who changes a document that nobody knows to exist makes it unknowable.
        known = {attempt.number for attempt in self.wire.attempts if attempt.verdict == "accepted"}
        name = self.rng.choice(("APBILL", "CCTRANSACTION"))
        ready = [
            record
            for record in self.sandbox.state_of("intacct", name)
            if record.get("RECORDID") in known
            and (name, record["RECORDNO"]) not in self.touched
            and record["STATE"] != "Reversal"
        ]
        if not ready:
            return
        record = self.rng.choice(ready)
        act = self.rng.choice(_DOCUMENT_ACTS)
        body: dict[str, Any] = {"action": act, "object": name, "record": record["RECORDNO"]}
        if act == "edit_document":
            body["amount"] = f"{self.rng.randint(100, 90_000) / 100:.2f}"
        self.touched[name, str(record["RECORDNO"])] = record
        try:
            self.sandbox.ask("POST", "act", body)
        except StackError:
            del self.touched[name, str(record["RECORDNO"])]
            raise
        self.counts[act] += 1
