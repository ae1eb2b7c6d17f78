"""Whether the books agree: every processed report accounted for, and the ledger the same as what Intacct holds.

Both services are asked at the sandbox, past the connector; only the ledger comes from the connector's database.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

import psycopg

from include.local.sandbox import SandboxClient

# A number that the connector gives to a document: token of the report, sequence, ordinal, kind.
OUR_NUMBER = re.compile(r"C[A-Z2-7]{10}-\d+-\d+[A-Z]")
_STANDING = ("accepted", "in_gl")


@dataclass(frozen=True)
class Document:
    """A posted document as one of the two books shows it."""

    number: str
    currency: str
    total: Decimal


@dataclass(frozen=True)
class Accounts:
    """The result. Lists name what is wrong: report IDs or document numbers.

    :param by_day: company-local day to counts of reports: processed, posted, waiting (for a person), in progress (a run goes on
        with it), skipped, unaccounted
    """

    by_day: dict[str, dict[str, int]] = field(default_factory=dict)
    unaccounted: list[str] = field(default_factory=list)
    agreeing: int = 0
    posted_twice: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    orphans: list[str] = field(default_factory=list)
    different: list[str] = field(default_factory=list)

    @property
    def hold(self) -> bool:
        """Whether nothing is wrong."""
        return not (self.unaccounted or self.posted_twice or self.missing or self.orphans or self.different)


def settle(connection: psycopg.Connection[dict[str, Any]], sandbox: SandboxClient, days: Collection[str]) -> Accounts:
    """Compare the books over the reports that were processed on ``days`` (YYYY-MM-DD), and over all documents."""
    ledger = {
        row["number"]: Document(row["number"], row["currency"], row["total"])
        for row in connection.execute(
            "SELECT number, currency, total FROM ledger.document WHERE state = ANY(%s)", [list(_STANDING)]
        )
    }
    held_by_intacct = list(_documents_of_intacct(sandbox))
    twice, missing, orphans, different = compare(ledger, held_by_intacct)
    by_day, unaccounted = _reports(connection, sandbox, days)
    return Accounts(
        by_day=by_day,
        unaccounted=unaccounted,
        agreeing=len(ledger) - len(missing) - len(different),
        posted_twice=twice,
        missing=missing,
        orphans=orphans,
        different=different,
    )


def compare(
    ledger: dict[str, Document], intacct: Iterable[Document]
) -> tuple[list[str], list[str], list[str], list[str]]:
    """Return the numbers that stand in Intacct twice, that it lacks, that the ledger lacks, and whose amounts differ."""
    seen: dict[str, list[Document]] = {}
    for document in intacct:
        seen.setdefault(document.number, []).append(document)
    twice = [number for number, found in seen.items() for _ in found[1:]]
    missing = [number for number in ledger if number not in seen]
    orphans = [number for number in seen if number not in ledger]
    different = [number for number, found in seen.items() if number in ledger and ledger[number] not in found]
    return twice, missing, orphans, different


def _of_header(record: Mapping[str, Any]) -> Document:
    """A document whose header says it all."""
    return Document(record.get("RECORDID") or "", record["CURRENCY"], Decimal(record["TRX_TOTALENTERED"]))


def _adjustment(record: Mapping[str, Any]) -> Document:
    """Ours lower a debt, so they are below zero, whichever sign a company shows of them."""
    found = _of_header(record)
    return replace(found, total=-abs(found.total))


def _journal(record: Mapping[str, Any]) -> Document:
    """A journal entry from its lines: each expense is followed by what balances it. What reversed one has its number, and is none."""
    number = "" if record.get("REVERSEDFROM") else record.get("REFERENCENO") or ""
    lines = sorted(record["ENTRIES"], key=lambda line: int(line["LINE_NO"]))
    total = sum((int(line["TR_TYPE"]) * Decimal(line["TRX_AMOUNT"]) for line in lines[::2]), Decimal(0))
    return Document(number, ", ".join(sorted({line["CURRENCY"] for line in lines})), total)


#: How a document is read of each object of Intacct that one of ours may be.
BOOKS: Mapping[str, Callable[[Mapping[str, Any]], Document]] = {
    "APADJUSTMENT": _adjustment,
    "APBILL": _of_header,
    "CCTRANSACTION": _of_header,
    "EEXPENSES": _of_header,
    "EXPENSEADJUSTMENTS": _adjustment,
    "GLBATCH": _journal,
}


def _documents_of_intacct(sandbox: SandboxClient) -> Iterable[Document]:
    for name, read in BOOKS.items():
        for document in map(read, sandbox.state("intacct", name)):
            if OUR_NUMBER.fullmatch(document.number):
                yield document


def _reports(
    connection: psycopg.Connection[dict[str, Any]], sandbox: SandboxClient, days: Collection[str]
) -> tuple[dict[str, dict[str, int]], list[str]]:
    standing = _ids(
        connection,
        """SELECT report_id FROM ledger.document GROUP BY report_id
           HAVING bool_and(state IN ('accepted', 'in_gl'))""",
    )
    waiting = _ids(connection, "SELECT report_id FROM ledger.waiting")
    in_progress = _ids(connection, "SELECT report_id FROM ledger.open_item")
    skipped = _ids(connection, "SELECT key AS report_id FROM plan.change WHERE subject = 'report' AND action = 'skip'")
    by_day = {
        day: dict.fromkeys(("processed", "posted", "waiting", "in progress", "skipped", "unaccounted"), 0)
        for day in sorted(days)
    }
    unaccounted = []
    for report in sandbox.state("certify", "expensereports"):
        day = (report.get("ProcessedDate") or "")[:10]
        if day not in by_day or not report.get("Processed"):
            continue
        # A report that is posted and waits as well, because it changed since, waits.
        fate = next(
            (
                name
                for name, ids in (
                    ("waiting", waiting),
                    ("in progress", in_progress),
                    ("posted", standing),
                    ("skipped", skipped),
                )
                if report["ID"] in ids
            ),
            "unaccounted",
        )
        by_day[day]["processed"] += 1
        by_day[day][fate] += 1
        if fate == "unaccounted":
            unaccounted.append(report["ID"])
    return by_day, unaccounted


def _ids(connection: psycopg.Connection[dict[str, Any]], query: str) -> set[str]:
    return {row["report_id"] for row in connection.execute(query.encode())}
