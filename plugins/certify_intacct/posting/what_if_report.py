"""A what-if as text, for a terminal and for the log of its task: what turned, what each rule holds, where money moves, each field."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from certify_intacct.model.currencies import amount_text
from certify_intacct.posting.plan_differences import PlanDifference, every_difference, stands_otherwise
from certify_intacct.rules.tables import text_table
from certify_intacct.staging.account_sums import account_sums
from certify_intacct.staging.load_tally import load_tally
from certify_intacct.staging.plan_comparison import compare

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from certify_intacct.posting.what_if import WhatIf
    from certify_intacct.staging.account_sums import AccountSum
    from certify_intacct.staging.database import Connection

#: So many fields that differ are told; a file has all of them.
MOST = 60
#: What a file has at most, in reports.
MOST_OF_A_FILE = 100_000
_TODAY, _CHANGED, _MORE = "today", "changed", "difference"


@dataclass(frozen=True, kw_only=True)
class WhatIfReport:
    """What came of it.

    :param turns: how many reports turned, by how (:data:`certify_intacct.staging.plan_comparison.TURNS`), and ``alike`` did not
    :param held: by rule how many changes it holds today and with the other configuration
    :param posted: how many of the reports are posted, and how many of them stand otherwise than today's rules would post them
    :param shown: the first fields that differ
    """

    turns: Mapping[str, int]
    alike: int
    held: Mapping[str, tuple[int, int]]
    accounts: Sequence[AccountSum]
    posted: tuple[int, int]
    shown: Sequence[PlanDifference]

    @property
    def differs(self) -> bool:
        return bool(self.turns)


def what_if_report(connection: Connection, certify_company: str, found: WhatIf) -> WhatIfReport:
    """Compares both plans."""
    compared = compare(connection, found.changed, found.today, most=1)
    tallies = [
        {row.rule: row.changes for row in load_tally(connection, load).held} for load in (found.today, found.changed)
    ]
    differences = every_difference(connection, certify_company, found.changed, found.today, most=MOST_OF_A_FILE)
    return WhatIfReport(
        turns=compared.turns,
        alike=compared.alike,
        held={rule: (tallies[0].get(rule, 0), tallies[1].get(rule, 0)) for rule in sorted({*tallies[0], *tallies[1]})},
        accounts=account_sums(connection, found.changed, found.today),
        posted=stands_otherwise(connection, certify_company, found.today, found.report_ids),
        shown=[*islice(differences, MOST + 1)],
    )


def what_if_lines(found: WhatIf, report: WhatIfReport, name: str) -> Iterator[str]:
    """The text, no wider than a terminal.

    :param name: what a person calls the other configuration
    """
    yield f"What {name} would make of {found.period}: {found.reports} reports as load {_loads(found)} read them."
    yield "Nothing was sent, and nothing was written into the ledger."
    yield from found.notes
    yield ""
    turned = ", ".join(f"{number} {turn}" for turn, number in report.turns.items())
    yield f"{turned or 'Nothing differs'}; {report.alike} alike."
    posted, otherwise = report.posted
    if posted:
        stand = (
            "all of them as today's rules would" if not otherwise else f"{otherwise} otherwise than today's rules would"
        )
        yield f"{posted} of the reports are posted, {stand}."
    yield from _counted(report)
    yield from _money(report)
    yield from _fields(report)


def _loads(found: WhatIf) -> str:
    return ", ".join(map(str, found.loads)) if len(found.loads) <= 5 else f"{found.loads[0]} to {found.loads[-1]}"


def _counted(report: WhatIfReport) -> Iterator[str]:
    rows = [
        [rule, str(today), str(changed), f"{changed - today:+}"]
        for rule, (today, changed) in report.held.items()
        if today != changed
    ]
    if rows:
        yield ""
        yield from text_table(["held by rule", _TODAY, _CHANGED, _MORE], rows, right=(_TODAY, _CHANGED, _MORE))


def _money(report: WhatIfReport) -> Iterator[str]:
    rows = [
        [row.account, row.entity, row.currency]
        + [amount_text(one, row.currency) for one in (row.there, row.here)]
        + [f"{'+' if row.here > row.there else ''}{amount_text(row.here - row.there, row.currency)}"]
        for row in report.accounts
        if row.here != row.there
    ]
    if rows:
        yield ""
        headings = ["account", "entity", "currency", _TODAY, _CHANGED, _MORE]
        yield from text_table(headings, rows, right=(_TODAY, _CHANGED, _MORE))


def _fields(report: WhatIfReport) -> Iterator[str]:
    if not report.shown:
        return
    yield ""
    rows = [
        [
            one.approval_code or one.report_id,
            one.turn,
            one.payer,
            one.expense_id[-8:],
            one.what,
            one.posted,
            one.there,
            one.here,
        ]
        for one in report.shown[:MOST]
    ]
    yield from text_table(["report", "how", "payer", "line", "what", "posted", _TODAY, _CHANGED], rows)
    if len(report.shown) > MOST:
        yield "… and more: as a file, or on the page, is all of it."
