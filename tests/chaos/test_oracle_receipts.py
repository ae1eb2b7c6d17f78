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
    verdict, points, documents = Verdict(), changes.pop("points", TOKEN), changes.pop("documents", [{}])
    judge_receipts(
        verdict,
        Receipts(
            certify_company="acme",
            attachments=[{"SUPDOCID": TOKEN, "ATTACHMENTS": files}],
            documents=[{"SUPDOCID": points} | one for one in documents],
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


REVERSED = {"STATE": "Reversed"}


@pytest.mark.parametrize(
    "documents",
    [
        # The bill, and what Intacct made when it was reversed.
        [REVERSED, {"STATE": "Reversal"}],
        [{"STATE": "Posted", "REVERSED": "03/04/2026"}, {"STATE": "Posted", "REVERSEDFROM": "03/02/2026"}],
        [],
    ],
)
def test_what_was_reversed_before_its_receipt_came_needs_none(documents):
    assert wrongs([file("p-1")], documents=documents) == 0


def test_what_stands_needs_it_whatever_else_was_reversed():
    assert wrongs([file("p-1")], documents=[REVERSED, {"STATE": "Posted"}]) == 1
    assert wrongs([file("p-1")], documents=[{"STATE": "Declined"}]) == 1


def test_also_what_was_reversed_points_to_what_is_there():
    assert wrongs(BOTH, documents=[REVERSED], points="CAAAAAAAAAA") == 1
