"""Judges the attachments of posted documents: each receipt of a report is a file there, and none is there twice.

What was reversed, and what reversed it, is nothing that a receipt would prove: the attachment is filled when the report is posted
again.
Compared by the names of the files, which end with the first eight digits of the SHA-256 of the receipt's ID.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from include.chaos.books import token
from include.chaos.oracle import Verdict
from include.chaos.postings import Record


@dataclass(frozen=True, kw_only=True)
class Receipts:
    """What is compared.

    :param attachments: SUPDOC of Intacct, with their files in ATTACHMENTS
    :param documents: all documents of Intacct; those with a SUPDOCID point to an attachment
    :param reports: those of Certify as they are now, with their lines
    :param known: IDs of the receipts that Certify has
    :param days: the processed dates that were run, ISO
    """

    certify_company: str
    attachments: Iterable[Record]
    documents: Iterable[Record]
    reports: Iterable[Record]
    known: Collection[str]
    days: Collection[str]


def judge_receipts(verdict: Verdict, receipts: Receipts) -> None:
    """Adds to a verdict what is wrong with the attachments."""
    files = {str(one["SUPDOCID"]): list(one.get("ATTACHMENTS") or ()) for one in receipts.attachments}
    pointing = [one for one in receipts.documents if one.get("SUPDOCID")]
    pointed = {str(one["SUPDOCID"]) for one in pointing}
    proves = {str(one["SUPDOCID"]) for one in pointing if _stands(one)}
    verdict.wrongs["receipts"] += [
        f"a document points to {one}, which is no attachment" for one in pointed - files.keys()
    ]
    for attachment, own in files.items():
        named = Counter((file["attachmentname"], file["attachmenttype"]) for file in own)
        verdict.wrongs["receipts"] += [f"{attachment} has {name[0]} {n} times" for name, n in named.items() if n > 1]
    for report in receipts.reports:
        mark = token(receipts.certify_company, str(report["ID"]))
        if mark in proves & files.keys() and report["Processed"] and str(report["ProcessedDate"])[:10] in receipts.days:
            ends = {file["attachmentname"].rpartition("-")[2] for file in files[mark]}
            verdict.wrongs["receipts"] += [
                f"report {report['ID']}: {mark} lacks receipt {receipt}"
                for receipt in _receipts_of(report)
                if receipt in receipts.known and hashlib.sha256(receipt.encode()).hexdigest()[:8] not in ends
            ]


def _stands(document: Record) -> bool:
    """Whether it counts in the books, or may yet. Journals go on being Posted, and tell by a date."""
    return document.get("STATE") not in ("Reversed", "Reversal") and not (
        document.get("REVERSED") or document.get("REVERSEDFROM")
    )


def _receipts_of(report: Mapping[str, object]) -> Iterator[str]:
    lines = report.get("Expenses") or ()
    assert isinstance(lines, (list, tuple))
    # Of a line that an approver took out, Certify need not show anything.
    kept = (line for line in lines if line.get("Status") != "Disapproved")
    yield from dict.fromkeys(str(line["ReceiptID"]) for line in kept if line.get("ReceiptID"))
