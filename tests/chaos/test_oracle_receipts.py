"""The judge of receipts: it sees what is missing, what is there twice and what points nowhere, and nothing else."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from include.chaos.books import token
from include.chaos.oracle import Verdict
from include.chaos.oracle_receipts import Receipts, judge_receipts

TOKEN = token("acme", "r-1")


def file(receipt: str) -> dict[str, str]:
    return {"attachmentname": f"taxi-{hashlib.sha256(receipt.encode()).hexdigest()[:8]}", "attachmenttype": "png"}


def wrongs(files: list[dict[str, str]], **changes: Any) -> int:
    """How many there are, of one report with the receipts p-1 and p-2 and one posted document."""
    report = {
        "ID": "r-1",
        "Processed": True,
        "ProcessedDate": "2026-03-02",
        "Expenses": [{"ReceiptID": "p-1"}, {"ReceiptID": "p-2"}, {"ReceiptID": ""}],
    }
    verdict = Verdict()
    judge_receipts(
        verdict,
        Receipts(
            certify_company="acme",
            attachments=[{"SUPDOCID": TOKEN, "ATTACHMENTS": files}],
            documents=[{"SUPDOCID": changes.pop("points", TOKEN)}],
            known=changes.pop("known", {"p-1", "p-2"}),
            days={"2026-03-02"},
            reports=[report | changes],
        ),
    )
    return len(verdict.wrongs["receipts"])


BOTH = [file("p-1"), file("p-2")]


def test_a_cover_sheet_and_a_file_of_an_earlier_version_are_no_fault():
    assert wrongs(BOTH) == 0
    assert wrongs([*BOTH, file("p-0"), {"attachmentname": "Cover sheet", "attachmenttype": "txt"}]) == 0


@pytest.mark.parametrize(
    ("files", "changes"),
    [
        ([file("p-1")], {}),
        ([*BOTH, file("p-2")], {}),
        (BOTH, {"points": "CAAAAAAAAAA"}),
    ],
)
def test_what_is_missing_twice_or_points_nowhere(files, changes):
    assert wrongs(files, **changes) == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"Processed": False},
        {"ProcessedDate": "2026-03-09"},
        {"known": {"p-1"}},
        {"points": ""},
        # What an approver took out of the report is no part of it, and Certify need not show it any more.
        {"Expenses": [{"ReceiptID": "p-1"}, {"ReceiptID": "p-2", "Status": "Disapproved"}]},
    ],
)
def test_what_nobody_could_attach_is_no_fault(changes):
    assert wrongs([file("p-1")], **changes) == 0
