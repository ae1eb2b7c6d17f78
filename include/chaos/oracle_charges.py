"""A card charge that was handed in again in another report: it is posted once, and the other report waits (rule 35).

Which of the two comes first is the connector's affair.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from include.chaos.books import Books, token
from include.chaos.kinds import COMPANY, kind_of_number
from include.chaos.postings import Posting, Record, money

Named = tuple[str, Record]


class Charges:
    """The charges that are in two reports.

    :param books: by which documents are read
    :param again: reports that hold nothing but a charge of another one, to that one
    :param standing: by the token of a report its documents in Intacct
    :param touched: object and RECORDNO of those that somebody changed
    :param numbers: of all documents that were sent, or claimed
    """

    def __init__(
        self,
        books: Books,
        again: Mapping[str, str],
        versions: Mapping[str, Sequence[Record]],
        company: str,
        standing: Mapping[str, Sequence[Named]],
        touched: Collection[tuple[str, str]],
        numbers: Collection[str],
    ) -> None:
        # A journal that is summed shows no single charge; it is all that the company paid of its report.
        self._summed = books.varieties.journals == "summed"
        self._others = {**again, **{first: second for second, first in again.items()}}
        self._again = again
        self._amounts = {
            one: money(versions[second][0]["TotalAmount"]) for second in again for one in (second, again[second])
        }
        self._marks = {one: token(company, one) for one in self._others}
        self._standing = {
            one: [
                books.read(name, record)
                for name, record in standing.get(self._marks[one], ())
                if (name, str(record["RECORDNO"])) not in touched
            ]
            for one in self._others
        }
        sent = {number.split("-")[0] for number in numbers if kind_of_number(number).payer == COMPANY}
        self._begun = {one for one, mark in self._marks.items() if mark in sent}

    def waits(self, report_id: str, posting: Posting) -> bool:
        """Whether a document of the report may be missing, because the other one has its charge, or may have."""
        other = self._others.get(report_id)
        if other is None or not self._holds(report_id, posting):
            return False
        return other in self._begun or any(self._holds(other, one) for one in self._standing[other])

    def twice(self) -> list[str]:
        """What stands twice, in words."""
        return [
            f"reports {first} and {second}: the same card charge or invoice over {self._amounts[second]} is posted for both"
            for second, first in self._again.items()
            if all(any(self._holds(one, posting) for posting in self._standing[one]) for one in (first, second))
        ]

    def _holds(self, report_id: str, posting: Posting) -> bool:
        amount = self._amounts[report_id]
        kind = kind_of_number(posting.letter)
        hidden = self._summed and kind.may_be_summed
        return kind.payer == COMPANY and (hidden or any(entry.gross == amount for entry in posting.entries))
