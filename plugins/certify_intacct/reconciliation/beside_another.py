"""Which document of another connector stands for which one that this one would have posted, and what the two say otherwise.

Nobody publishes what other connectors write where, so nothing is taken for granted: an approval code or a report ID anywhere in a
document's names and texts says whose it is; without one, party, date and total do, where they leave no choice.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from itertools import product

from certify_intacct.documents import kind_of, reader_of
from certify_intacct.documents.base import Kind
from certify_intacct.documents.entries import Otherwise
from certify_intacct.documents.found import Found
from certify_intacct.model.currencies import amount_text
from certify_intacct.model.documents import Document


class ShadowOutcome(StrEnum):
    """How a document of another connector and ours stand to each other, what asks for a look first."""

    DIFFERS = "differs"
    ONLY_THEIRS = "only_theirs"
    ONLY_OURS = "only_ours"
    SAME = "same"


@dataclass(frozen=True, kw_only=True)
class OurDocument:
    """A document that this connector would have posted."""

    report_id: str
    document: Document

    @property
    def kind(self) -> Kind:
        return kind_of(self.document.kind)


@dataclass(frozen=True, kw_only=True)
class TheirDocument:
    """A document in Intacct that is none of ours.

    :param reader: who read it
    :param reports: the reports that its names and texts name
    """

    reader: Kind
    found: Found
    reports: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class ShadowPair:
    """A document of ours and theirs, or one of them alone.

    :param differences: in what they differ, ours before theirs
    """

    outcome: ShadowOutcome
    report_id: str = ""
    ours: OurDocument | None = None
    theirs: TheirDocument | None = None
    differences: Sequence[Otherwise] = ()


def paired(ours: Sequence[OurDocument], theirs: Sequence[TheirDocument], days: int) -> Iterator[ShadowPair]:
    """Every document of ours once, and every one of theirs once.

    :param days: two that are dated further apart are not the same without a name that says so
    """
    match = _Matching(list(ours), list(theirs))
    match.all_that(
        lambda one, two: _same_object(one, two) or _same_total(one, two),
        lambda one: [one.report_id],
        lambda two: two.reports,
    )
    match.all_that(
        lambda one, two: _same_total(one, two) and _apart(one, two) <= days,
        lambda one: product([reader_of(one.document.kind)], [one.document.payee_id], _sums(one)),
        lambda two: [(two.reader, two.found.payee_id, _sum(two))],
    )
    # One thing may be another: where exactly one of each side is left for which the rest agrees.
    match.only_choice(  # the party
        _same_total,
        lambda one: product([reader_of(one.document.kind)], [one.document.posting_date], _sums(one)),
        lambda two: [(two.reader, two.found.date, _sum(two))],
    )
    match.only_choice(  # the total
        _near_total,
        lambda one: [(reader_of(one.document.kind), one.document.payee_id, one.document.posting_date)],
        lambda two: [(two.reader, two.found.payee_id, two.found.date)],
    )
    match.only_choice(  # the kind
        _same_total,
        lambda one: product([one.document.posting_date], _sums(one)),
        lambda two: [(two.found.date, _sum(two))],
    )
    for one, two in match.pairs:
        differences = _differences(one, two)
        outcome = ShadowOutcome.DIFFERS if differences else ShadowOutcome.SAME
        yield ShadowPair(outcome=outcome, report_id=one.report_id, ours=one, theirs=two, differences=differences)
    for one in match.ours:
        yield ShadowPair(outcome=ShadowOutcome.ONLY_OURS, report_id=one.report_id, ours=one)
    for two in match.theirs:
        report_id = next(iter(two.reports)) if len(two.reports) == 1 else ""
        yield ShadowPair(outcome=ShadowOutcome.ONLY_THEIRS, report_id=report_id, theirs=two)


Fits = Callable[[OurDocument, TheirDocument], bool]
OurKeys = Callable[[OurDocument], Iterable[Hashable]]
TheirKeys = Callable[[TheirDocument], Iterable[Hashable]]


@dataclass
class _Matching:
    """What is not matched yet, and what is."""

    ours: list[OurDocument]
    theirs: list[TheirDocument]
    pairs: list[tuple[OurDocument, TheirDocument]] = field(default_factory=list)

    def all_that(self, fits: Fits, of_ours: OurKeys, of_theirs: TheirKeys) -> None:
        """Takes together what fits, what is most alike first."""
        found = [(_likeness(self.ours[i], self.theirs[j]), -i, -j) for i, j in self._possible(fits, of_ours, of_theirs)]
        for _, i, j in sorted(found, reverse=True):
            self._take(-i, -j)
        self._leave()

    def only_choice(self, fits: Fits, of_ours: OurKeys, of_theirs: TheirKeys) -> None:
        """Takes together what fits, where it fits nothing else of either side."""
        found = self._possible(fits, of_ours, of_theirs)
        mine, his = (Counter(side) for side in zip(*found, strict=True)) if found else (Counter(), Counter())
        for i, j in sorted(found):
            if mine[i] == his[j] == 1:
                self._take(i, j)
        self._leave()

    def _possible(self, fits: Fits, of_ours: OurKeys, of_theirs: TheirKeys) -> set[tuple[int, int]]:
        """What has a key in common and fits; what names another report does not."""
        by_key: defaultdict[Hashable, list[int]] = defaultdict(list)
        for j, two in enumerate(self.theirs):
            for key in of_theirs(two):
                by_key[key].append(j)
        self._taken: tuple[set[int], set[int]] = set(), set()
        return {
            (i, j)
            for i, one in enumerate(self.ours)
            for key in of_ours(one)
            for j in by_key.get(key, ())
            if fits(one, self.theirs[j]) and not _is_anothers(one, self.theirs[j])
        }

    def _take(self, i: int, j: int) -> None:
        mine, his = self._taken
        if i not in mine and j not in his:
            mine.add(i)
            his.add(j)
            self.pairs.append((self.ours[i], self.theirs[j]))

    def _leave(self) -> None:
        mine, his = self._taken
        self.ours = [one for i, one in enumerate(self.ours) if i not in mine]
        self.theirs = [two for j, two in enumerate(self.theirs) if j not in his]


def _likeness(one: OurDocument, two: TheirDocument) -> tuple[bool, bool, bool, bool, int]:
    return (
        _is_named(one, two), _same_total(one, two), _same_object(one, two), _same_party(one, two), -_apart(one, two),
    )  # fmt: skip


def _is_named(one: OurDocument, two: TheirDocument) -> bool:
    return one.report_id in two.reports


def _is_anothers(one: OurDocument, two: TheirDocument) -> bool:
    return bool(two.reports) and one.report_id not in two.reports


def _same_object(one: OurDocument, two: TheirDocument) -> bool:
    return reader_of(one.document.kind) is two.reader


def _same_party(one: OurDocument, two: TheirDocument) -> bool:
    return _same_object(one, two) and one.document.payee_id == two.found.payee_id


def _same_total(one: OurDocument, two: TheirDocument) -> bool:
    """The total, and its currency where one is stated."""
    document, found = one.document, two.found
    if found.total is None or found.currency not in ("", document.currency):
        return False
    if not _same_object(one, two):
        return found.total == document.total
    return one.kind.as_ours(document, found).total == one.kind.total_to_state(document, found)


def _near_total(one: OurDocument, two: TheirDocument) -> bool:
    """Whether the totals differ by a tenth at most: with more, the same party and date may well be two things."""
    mine, theirs = abs(one.document.total), _sum(two)
    return _same_object(one, two) and theirs is not None and 10 * abs(mine - theirs) <= max(mine, theirs)


def _apart(one: OurDocument, two: TheirDocument) -> int:
    return abs((one.document.posting_date - (two.found.date or date.max)).days)


def _sums(one: OurDocument) -> set[Decimal]:
    """What the total of one like it may be stated as, whatever its sign: with its tax, or from lines that tell none."""
    document, net = one.document, sum((line.amount for line in one.document.lines), Decimal(0))
    stated = one.kind.stated_total(document)
    return {abs(document.total), abs(stated), abs(stated - document.total + net)}


def _sum(two: TheirDocument) -> Decimal | None:
    return None if two.found.total is None else abs(two.found.total)


def _differences(one: OurDocument, two: TheirDocument) -> list[Otherwise]:
    if two.found.unreadable:
        return [Otherwise("", "readable", "", two.found.unreadable)]
    if _same_object(one, two):
        return one.kind.told_apart(one.document, two.found)
    # Of another kind, party and lines are other things altogether.
    document, found = one.document, two.found
    told = [
        ("kind", one.kind.label, two.reader.label),
        ("total", *(_shown(total, document.currency) for total in (document.total, found.total))),
        ("currency", document.currency, found.currency or document.currency),
        ("date", document.posting_date.isoformat(), found.date.isoformat() if found.date else ""),
    ]
    return [Otherwise("", name, mine, theirs) for name, mine, theirs in told if mine != theirs]


def _shown(total: Decimal | None, currency: str) -> str:
    return "" if total is None else amount_text(total, currency)


def currency(pair: ShadowPair) -> str:
    """In which currency a pair is, as far as anybody says."""
    if pair.ours is not None:
        return pair.ours.document.currency
    return pair.theirs.found.currency if pair.theirs else ""


def worth(pair: ShadowPair) -> Decimal:
    """The money of the other connector's document."""
    if pair.theirs is None:
        return Decimal(0)
    if pair.ours is not None and _same_object(pair.ours, pair.theirs):
        return pair.ours.kind.worth(pair.ours.document, pair.theirs.found)
    return pair.theirs.found.total or Decimal(0)
