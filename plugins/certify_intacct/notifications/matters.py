"""What waits for somebody, whatever it is, as a mail tells it: an expense report, a person, a row of a list, a finding."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from certify_intacct.decisions.waiting import cure_of
from certify_intacct.model.currencies import money
from certify_intacct.model.rules import desk_of
from certify_intacct.runs import addresses

if TYPE_CHECKING:
    from certify_intacct.staging.told import Key
    from certify_intacct.staging.waiting import WaitingRow

#: Categories of what is told (``ops.told``); what else a load met goes by the name of its DAG.
REPORTS, FINDINGS = "reports", "findings"
#: And of what has waited for long; what is no report has a category of its own, for other runs meet it.
LONG = "long"


@dataclass(frozen=True, kw_only=True)
class Matter:
    """Something that waits.

    :param of: what is counted, with ``part`` of it: our own words and IDs
    :param name: how people call it, and ``code`` the same without the name of anybody
    :param desks: who can act; nobody in particular when empty
    :param since: when it began to wait; of what is no report, when a run that mails met it first
    :param link: an address of ours
    """

    category: str
    of: str
    name: str
    code: str
    rule: str
    reason: str
    cure: str
    desks: tuple[str, ...]
    part: str = ""
    person: str = ""
    employee_id: str = ""
    amount: str = ""
    since: datetime | None = None
    link: str = ""

    @property
    def key(self) -> Key:
        """What it is and why it waits, as ``ops.told`` has it."""
        return self.category, " ".join(filter(None, (self.of, self.part, self.rule)))

    @property
    def rules(self) -> list[tuple[str, str]]:
        """Why it waits, each with the page of all that waits for it; people and rows of lists have none."""
        return [(rule, self._page(rule=rule)) for rule in self.rule.split(", ")]

    @property
    def owners(self) -> list[tuple[str, str]]:
        """Who can act, each with the page of all that waits for them."""
        return [(desk, self._page(desk=desk)) for desk in self.desks] or [("anybody who may decide", "")]

    def _page(self, **asked: str) -> str:
        return addresses.page("waiting", **asked) if self.category == REPORTS else ""

    @property
    def long_key(self) -> Key:
        """The same of its having waited for long, whatever it waits for: what begins to wait anew is another."""
        since = self.since.isoformat() if self.since else ""
        return long_category(self.category), " ".join(filter(None, (self.of, self.part, since)))

    @property
    def met_key(self) -> Key:
        """The same of its having been met at all, whatever it waits for: since then it waits, where nothing else says since when."""
        return met_category(self.category), " ".join(filter(None, (self.of, self.part)))


def long_category(category: str) -> str:
    """Under which it is remembered that things of a category have waited for long."""
    return LONG if category == REPORTS else f"{LONG} {category}"


def met_category(category: str) -> str:
    """Under which it is remembered that things of a category were met."""
    return f"met {category}"


def of_reports(rows: Iterable[WaitingRow]) -> list[Matter]:
    """Expense reports and documents of them (``ledger.waiting``)."""
    return [
        Matter(
            category=REPORTS, of=f"report {row.report_id}", part=row.part, name=_named(row), code=_named(row), rule=_rule(row),
            reason=row.reason, cure=cure_of(row), desks=tuple(dict.fromkeys(filter(None, map(desk_of, row.rules)))),
            person=row.person, employee_id=row.employee_id, amount=_amount(row.amount, row.currency), since=row.opened_at,
            link=addresses.report_page(row.report_id),
        )
        for row in rows
    ]  # fmt: skip


def of_findings(rows: Iterable[Mapping[str, Any]]) -> list[Matter]:
    """Where the books differ, and nobody has decided (``staging.overview.findings``)."""
    return [
        Matter(
            category=FINDINGS, of=row["number"], name=f"{row['label'] or row['report_id']}, {row['number']}",
            code=row["number"], rule=row["finding"], reason=row["text"], cure=row["cure"], desks=(row["desk"],) if row["desk"] else (),
            amount=_amount(row["amount"], row["currency"]) if row["currency"] else "",
            link=addresses.report_page(row["report_id"]) if row["report_id"] else addresses.page("reconciliation"),
        )
        for row in rows
    ]  # fmt: skip


def of_others(dag_id: str, load_id: int, waiting: Iterable[Mapping[str, str]]) -> list[Matter]:
    """What else a load met: people, rows of lists, alarms (``staging.run_report.RunReport``)."""
    return [
        Matter(
            category=dag_id, of=item["of"], name=item["what"], code=item["of"], rule=item["rule"],
            reason=item["reason"] or "", cure=item["cure"] or "", desks=tuple(filter(None, [desk_of(item["rule"])])),
            link=addresses.load_page(dag_id, load_id),
        )
        for item in waiting
    ]  # fmt: skip


def _named(row: WaitingRow) -> str:
    code = row.approval_code or row.report_id
    part = f" ({row.payer} part)" if row.payer else ""
    return f"{code}{part}"


def _rule(row: WaitingRow) -> str:
    # In whatever order a plan found them, it is the same that was told.
    return ", ".join(sorted(row.rules)) or row.state


def _amount(amount: Decimal | None, currency: str) -> str:
    return "" if amount is None else money(amount, currency)
