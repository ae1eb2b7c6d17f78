"""A company and processed days of it in the sandbox: synthetic, but shaped like a group's.

The company is the sandbox's own (``include.sandbox.seed``). Of a report's ten lines three are charges of a company card, in every
fifth report four: with the part that is owed to the employee that makes 4.2 documents. All of it can be posted.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from include.bench.surroundings import Sandbox
from include.sandbox.seed import company, people
from include.sandbox.seed.pools import dice, pools
from include.sandbox.seed.reports import Maker, Report, carded
from include.sandbox.seed.scale import Scale

SEED = 7
ENTITIES, DEPARTMENTS = 500, 40
PEOPLE_A_REPORT = 5
LINES, CHARGES = 10, 3
# Of the lines. The sandbox's seed gives a receipt to four lines in five.
RECEIPTS, SEEDED_RECEIPTS = 0.3, 0.8
CHUNK = 500

Record = dict[str, Any]


@dataclass(frozen=True)
class Seeded:
    """What was put there. ``documents`` must come of it, with the ``cents`` of all lines, whatever their currency."""

    reports: int
    lines: int
    receipts: int
    documents: int
    cents: int


def seed_days(sandbox: Sandbox, reports: int, days: Sequence[date]) -> Seeded:
    """Fills the sandbox with a company that is as large as a day of it deserves, and the days.

    :param reports: of each day, all of them processed on it
    """
    size = Scale(ENTITIES, DEPARTMENTS, max(40, PEOPLE_A_REPORT * reports), reports_per_day=0, days=0, lines=LINES)
    sandbox.ask("POST", "reset", {"seed": SEED, "scale": size.asdict()})
    founded = company.found(SEED, size, pools(SEED))
    maker = Maker(founded, people.people(founded, size.people), LINES)
    rng = dice(SEED, "bench")
    lines = receipts = documents = cents = 0
    for chunk in _chunks(_report(maker, rng, day, number) for day in days for number in range(reports)):
        written = [_written(report, rng) for report in chunk]
        of_chunk = [record for _, _, found in written for record in found]
        sandbox.load("certify", "expensereports", [header for header, _, _ in written])
        sandbox.load("certify", "expenses", [record for _, found, _ in written for record in found])
        sandbox.load("certify", "receipts", of_chunk)
        lines += sum(len(report.lines) for report in chunk)
        receipts += len(of_chunk)
        documents += sum(1 + sum(bool(line.card) for line in report.lines) for report in chunk)
        cents += sum(line.cents for report in chunk for line in report.lines)
    return Seeded(reports * len(days), lines, receipts, documents, cents)


def _report(maker: Maker, rng: random.Random, day: date, number: int) -> Report:
    report = maker.plain(rng, day)
    charges = CHARGES + (number % 5 == 0)
    report.lines = [_line(maker, rng, report) for _ in range(LINES)]
    for line in report.lines[:charges]:
        carded(line, rng, report.person)
    return report


def _line(maker: Maker, rng: random.Random, report: Report) -> Any:
    line = maker.line(rng, report.person, report.submitted)
    line.reimbursed, line.card, line.charge, line.last4 = line.cents, "", "", ""
    line.spent = min(line.spent, report.submitted - timedelta(days=1))
    return line


def _written(report: Report, rng: random.Random) -> tuple[Record, list[Record], list[Record]]:
    """Header, lines and receipts as Certify keeps them."""
    lines, receipts = [], []
    for line, receipt in report.expenses(rng):
        if receipt and rng.random() < RECEIPTS / SEEDED_RECEIPTS:
            receipts.append(receipt)
        else:
            line = {name: value for name, value in line.items() if name not in ("ReceiptID", "ReceiptImageLink")}
        lines.append(line)
    return report.header(), lines, receipts


def _chunks(reports: Iterator[Report]) -> Iterator[list[Report]]:
    chunk: list[Report] = []
    for report in reports:
        chunk.append(report)
        if len(chunk) == CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk
