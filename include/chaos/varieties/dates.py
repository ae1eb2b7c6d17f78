"""The date of a document, by the rule that the company chose for what each payer paid (docs/posting-rules.md, rule 21)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from include.chaos.kinds import COMPANY, EMPLOYEE, Kind, Member
from include.chaos.postings import Record

_OF_REPORTS = (
    "processed_date", "submitted_date", "report_end_date", "latest_expense_date", "earliest_expense_date", "run_date",
)  # fmt: skip
#: By payer the words of connector.yaml, as shipped first.
RULES: Mapping[str, Sequence[str]] = {
    EMPLOYEE: _OF_REPORTS,
    COMPANY: ("charge_date", "statement_date", *_OF_REPORTS),
}
_FIELDS = {"processed_date": "ProcessedDate", "submitted_date": "SubmittedDate", "report_end_date": "EndDate"}


@dataclass(frozen=True)
class Dates:
    """By payer the rule."""

    rules: Mapping[str, str]

    @property
    def posting(self) -> dict[str, dict[str, str]]:
        """What connector.yaml says under `posting`."""
        return {f"{payer}_paid": {"date": rule} for payer, rule in self.rules.items()}

    def day(self, payer: str, kind: Kind, report: Record, members: Sequence[Member], today: str) -> str:
        """The day, ISO; empty where Certify states none of that kind."""
        rule = self.rules[payer]
        spent = _days(line.get("ExpenseDate") for line, _ in members)
        match rule:
            case "latest_expense_date":
                return max(spent, default="")
            case "earliest_expense_date":
                return min(spent, default="")
            case "run_date":
                return today
            case "statement_date" if closing := kind.closing(members):
                return closing
            case "charge_date" | "statement_date":
                return max(_days(line.get("PostingDate") for line, _ in members) or spent, default="")
        return str(report.get(_FIELDS[rule]) or "")[:10]


#: As shipped.
SHIPPED = Dates({payer: rules[0] for payer, rules in RULES.items()})


def _days(values: Iterable[object]) -> list[str]:
    return [str(value)[:10] for value in values if value]
