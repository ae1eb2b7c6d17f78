"""What the kinds that are owed to an employee have in common: whether a record of Intacct is the employee, beyond doubt."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from include.chaos.postings import Record


def is_the_employee(report: Record, *, names: Iterable[object], addresses: Iterable[object]) -> bool:
    """Whether a name or an e-mail address of a record are those of the report's employee (docs/posting-rules.md, rule 19)."""
    emails = {_folded(line.get("Email")) for line in report.get("Expenses", ())} - {""}
    person = _words(f"{report.get('FirstName')} {report.get('LastName')}")
    return bool(emails & set(map(_folded, addresses))) or person in map(_words, names)


def _folded(address: object) -> str:
    return str(address or "").strip().casefold()


def _words(name: object) -> list[str]:
    return sorted(unicodedata.normalize("NFKC", str(name or "")).casefold().replace(",", " ").split())
