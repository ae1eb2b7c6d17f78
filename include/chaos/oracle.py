"""Judges what Intacct holds after a round. It reads neither the plan nor the ledger of the connector.

What it compares with is worked out from Certify's reports (`include.chaos.books`) in all their versions and in all the worlds of the
round: what was right at any moment of it is not called wrong, what never was is. A document that was sent, is not there, and whose
answer nobody got is undecidable where replays are not refused, or not for long enough (`include.chaos.oracle_recovery`), or where no
other document shows that a look-up finds anything. What the connector itself says (in doubt, waiting, findings) is only compared
with that.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from include.chaos.books import Books, Expected, token
from include.chaos.kinds import LETTERS, kind_of_number, reader_of
from include.chaos.oracle_charges import Charges
from include.chaos.oracle_recovery import Calendar, InDoubt, Memory, guesses
from include.chaos.postings import Posting, Record
from include.chaos.wire import Attempt

_OURS = re.compile(rf"(C[A-Z2-7]{{10}})-\d+-\d+[{LETTERS}]")
WRONGS = ("posted_twice", "lost", "altered", "wrong_period", "users_twice", "wrongly_deactivated", "receipts")
# A lost answer is followed up so often, then a person decides whatever is known of replays.
MOST_ATTEMPTS = 3
# Between the ledger's note of a claim and the relay's of its request their clocks differ by so much at most.
_SAME_MOMENT = 0.05
# What of a report's header, and of its lines, is asked for once more before anything of it is sent.
_HEADER = ("Processed", "ProcessedDate", "ReimAmount", "TotalAmount", "Reimbursed", "ReimbursementTransactionID")
_LINE = ("ID", "Amount", "ReimAmount", "ExpenseCategory", "ExpenseCategoryGLCode", "DepartmentCode", "Reason", "Status")


@dataclass
class Told:
    """What the harness tells of a round.

    :param versions: report ID to the reports as they were, oldest first
    :param touched: RECORDNOs of documents that actors changed, reversed or deleted, with the record as it was before
    :param attempts: everything that went over the wire
    :param kills: moments (monotonic) at which something was killed
    :param memory: what Intacct remembers of control IDs, and what was measured of it
    :param days: the processed dates that were run, ISO
    :param waiting: reports that the connector itself lists as open, with the rules that hold any of it
    :param in_doubt: by report, the numbers of documents of which the connector itself says that it cannot know
    :param calendar: what was undisturbed after the storm
    :param noticed: numbers of documents of which the connector itself says that somebody changed, reversed or deleted them
    :param again: reports in which nothing but a card charge, or an invoice, of another report was handed in again, to that one
    """

    certify_company: str
    versions: Mapping[str, Sequence[Record]]
    touched: Mapping[tuple[str, str], Record]
    attempts: Sequence[Attempt]
    kills: Sequence[float]
    memory: Memory
    days: Collection[str]
    waiting: Mapping[str, Collection[str]]
    in_doubt: Mapping[str, Mapping[str, InDoubt]] = field(default_factory=dict)
    calendar: Calendar = field(default_factory=Calendar)
    noticed: Collection[str] = ()
    again: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Verdict:
    """What is wrong, by the kind of wrong, each in words; and what is in doubt.

    `documents` is how many were posted, by object of Intacct. `broken` is what was done against the rules though nothing came of it:
    guesses, and a second deployment that was not refused.
    """

    wrongs: dict[str, list[str]] = field(default_factory=lambda: {name: [] for name in WRONGS})
    broken: list[str] = field(default_factory=list)
    undecidable: set[str] = field(default_factory=set)
    in_doubt: set[str] = field(default_factory=set)
    documents: Counter[str] = field(default_factory=Counter)
    held: int = 0
    several_entities: int = 0

    @property
    def posted(self) -> int:
        """How many documents were posted."""
        return self.documents.total()

    @property
    def fine(self) -> bool:
        """Nothing is wrong, no rule was broken, and exactly what cannot be decided is in doubt."""
        return not any(self.wrongs.values()) and not self.broken and self.undecidable == self.in_doubt


def judge_money(worlds: Sequence[Books], told: Told, documents: Mapping[str, Iterable[Record]]) -> Verdict:
    """Every report against every document of Intacct.

    :param worlds: the lists of both services as they were, oldest first
    :param documents: by object of Intacct the records that Intacct holds now
    """
    verdict = Verdict(broken=guesses(told.memory, told.attempts))
    standing: dict[str, list[tuple[str, Record]]] = defaultdict(list)
    for name, records in documents.items():
        for record in records:
            match = _OURS.fullmatch(reader_of(name).number_of(record))
            if match and not reader_of(name).is_counter_entry(record):
                standing[match[1]].append((name, record))
    attempts: dict[str, list[Attempt]] = defaultdict(list)
    for attempt in told.attempts:
        attempts[attempt.number.split("-")[0]].append(attempt)
    witnesses = Counter(
        worlds[-1].place_of(worlds[-1].read(name, record))
        for of_report in standing.values()
        for name, record in of_report
        if (name, str(record["RECORDNO"])) not in told.touched
    )
    numbers = {attempt.number for attempt in told.attempts} | {number for of in told.in_doubt.values() for number in of}
    charges = Charges(worlds[-1], told.again, told.versions, told.certify_company, standing, told.touched, numbers)
    verdict.wrongs["posted_twice"] += charges.twice()
    for report_id, versions in told.versions.items():
        mark = token(told.certify_company, report_id)
        one = _Report(worlds, told, verdict, report_id, versions, standing.pop(mark, []), attempts[mark], witnesses)
        one.judge(charges)
    for mark, strangers in standing.items():
        verdict.wrongs["altered"] += [
            f"{reader_of(name).number_of(record)}: no report has the token {mark}" for name, record in strangers
        ]
    return verdict


class _Report:
    def __init__(
        self,
        worlds: Sequence[Books],
        told: Told,
        verdict: Verdict,
        report_id: str,
        versions: Sequence[Record],
        standing: Sequence[tuple[str, Record]],
        attempts: Sequence[Attempt],
        witnesses: Mapping[tuple[str, str], int],
    ) -> None:
        self.worlds = worlds
        self.told = told
        self.verdict = verdict
        self.id = report_id
        self.now = versions[-1]
        self.versions = versions
        self.expected = [books.expected(version) for version in versions for books in worlds]
        # Whether it was paid is no part of what was posted.
        unpaid = {**self.now, "Reimbursed": False, "ReimbursementTransactionID": ""}
        self.latest = [books.expected(version) for version in (self.now, unpaid) for books in worlds]
        self.attempts = attempts
        self.witnesses = witnesses
        mark = token(told.certify_company, report_id)
        self.touched = [
            (name, record)
            for (name, _), record in told.touched.items()
            if reader_of(name).number_of(record).startswith(mark)
        ]
        self.standing = [
            (name, record) for name, record in standing if (name, str(record["RECORDNO"])) not in told.touched
        ]
        self.here = {reader_of(name).number_of(record) for name, record in standing}
        self.numbers = self.here | {reader_of(name).number_of(record) for name, record in self.touched}

    def judge(self, charges: Charges) -> None:
        """Compares, and adds to the verdict."""
        there = [part for name, record in self.standing for part in self.worlds[-1].parts(name, record)]
        before = [part for name, record in self.touched for part in self.worlds[-1].parts(name, record)]
        self.verdict.documents.update(name for name, _ in (*self.standing, *self.touched))
        self._of_several_entities()
        best = self._best([*there, *before])
        left = Counter(best.postings)
        for posting in before:
            _take(left, posting)
        matched: list[Posting] = list(before)
        strange: list[Posting] = []
        for posting in there:
            (matched if _take(left, posting, exactly=True) else strange).append(posting)
        for posting in strange:
            self._strange(posting, left, matched, best)
        self._worded([posting for posting in there if posting not in strange])
        # Whether Intacct takes a document of nothing differs from company to company; refused, it waits.
        missing = [posting for posting in left.elements() if posting.total or self.id not in self.told.waiting]
        if self.id in self.told.waiting:
            missing = [posting for posting in missing if not charges.waits(self.id, posting)]
        missing = [posting for posting in missing if not self._waits_for_the_first(posting)]
        self._in_doubt(missing)
        if missing and not self._excused(best, bool(there or before)):
            self._wrong("lost", f"{missing[0].object} over {missing[0].total} {missing[0].currency} is missing")
        if not best.postings:
            self.verdict.held += 1
        changed = all(one.postings != best.postings for one in self.latest)
        # What was posted is gone from Intacct, and the report has nothing to post any more: there is nothing to tell.
        agree = not there and any(not one.postings and not one.hold for one in self.latest)
        if (there or before) and changed and not agree and self.id not in self.told.waiting:
            self._wrong("altered", "the report changed after it was posted, and nobody is told")
        for name, record in self.touched:
            number = reader_of(name).number_of(record)
            told = number in self.told.noticed or self.id in self.told.waiting
            if not told and self._to_be_seen(name, record):
                self._wrong("altered", f"somebody changed {number} in Intacct, and nobody is told")

    def _of_several_entities(self) -> None:
        """Lines of several entities share a document only where that was asked for, and none of them is below zero."""
        for name, record in (*self.standing, *self.touched):
            entries = self.worlds[-1].read(name, record).entries
            if len({entry.location for entry in entries}) < 2:
                continue
            self.verdict.several_entities += 1
            if not self.worlds[-1].choices.by_department:
                self._wrong("altered", f"{reader_of(name).number_of(record)} holds lines of several entities")
            if any(entry.amount < 0 for entry in entries):
                self._wrong(
                    "altered", f"{reader_of(name).number_of(record)} has a line below zero among several entities"
                )

    def _worded(self, there: Sequence[Posting]) -> None:
        """Whether the texts of what stands are those of some version of the report."""
        if self.worlds[-1].varieties.texts is None:
            return
        for posting in there:
            words = [one.words for expected in self.expected for one in expected.postings if one == posting]
            if posting.words not in words:
                self._wrong(
                    "altered", f"{posting.object} over {posting.total} says {posting.words}, and not {words[-1:]}"
                )

    def _waits_for_the_first(self, posting: Posting) -> bool:
        """Whether it waits for the first of its kind, of which nobody knows that it stands as it was sent.

        Somebody changed it, the answer was lost, or a run that was killed had said that it would send it.
        """
        kind = kind_of_number(posting.letter)
        if not kind.first or kind.first not in self.told.waiting.get(self.id, ()):
            return False
        changed = any(name == kind.object for name, _ in self.told.touched)
        doubtful = [number for entries in self.told.in_doubt.values() for number in entries]
        return (
            changed
            or any(self._may_be_unread(one) for one in self.told.attempts if kind_of_number(one.number) is kind)
            or any(kind_of_number(number) is kind for number in doubtful)
        )

    def _to_be_seen(self, name: str, record: Record) -> bool:
        """Whether a change can be noticed. That the only document of a place is gone cannot: whoever lost a right sees none either."""
        now = self.worlds[-1]
        return reader_of(name).number_of(record) in self.here or bool(
            self.witnesses[now.place_of(now.read(name, record))]
        )

    def _best(self, there: Sequence[Posting]) -> Expected:
        """What the report came to when it was posted; what it comes to now when nothing was."""
        if not there:
            return self.expected[-1]
        days = Counter(posting.undated for posting in there)

        def likeness(one: Expected) -> tuple[int, int]:
            exact = Counter(one.postings) & Counter(there)
            return exact.total(), (Counter(posting.undated for posting in one.postings) & days).total()

        return max(reversed(self.expected), key=likeness)

    def _strange(self, posting: Posting, left: Counter[Posting], matched: list[Posting], best: Expected) -> None:
        what = f"{posting.object} over {posting.total} {posting.currency} for {posting.payee} on {posting.day}"
        other_day = next((one for one in left if left[one] > 0 and one.undated == posting.undated), None)
        if other_day is not None:
            left[other_day] -= 1
            self._wrong("wrong_period", f"{what} instead of {other_day.day}")
        elif any(one.undated == posting.undated for one in matched):
            self._wrong("posted_twice", what)
        elif best.hold:
            self._wrong("altered", f"{what} was posted although it must wait: {best.hold}")
        else:
            self._wrong("altered", f"{what} is nothing of the report")
        matched.append(posting)

    def _in_doubt(self, missing: Sequence[Posting]) -> None:
        in_doubt = self.told.in_doubt.get(self.id, {})
        reported = bool(in_doubt) and self.id in self.told.waiting
        newest: dict[str, list[Attempt]] = defaultdict(list)
        for attempt in self.attempts:
            if attempt.number not in self.numbers:
                newest[attempt.number].append(attempt)
        for number, tried in newest.items():
            entry = in_doubt.get(number)
            decidable = self._decidable(kind_of_number(number).object, tried, entry)
            # A control ID that is used up, and a document that is not there: it was lost, or what failed uses it up too.
            certain = (tried[-1].verdict == "lost" and not decidable) or tried[-1].verdict == "repeated"
            unread = self._may_be_unread(tried[-1]) or any(claim > tried[-1].at for claim in self._unsent(tried, entry))
            if certain or (reported and not decidable and unread):
                self.verdict.undecidable.add(self.id)
        # Nor whether a run that was killed before it sent anything had said that it would.
        if reported and self.told.kills and self._claimed_only(missing, in_doubt, newest):
            self.verdict.undecidable.add(self.id)
        # What is held because somebody changed it meanwhile is no doubt of the connector's.
        if reported and (self.id in self.verdict.undecidable or not self._changed()):
            self.verdict.in_doubt.add(self.id)

    def _claimed_only(
        self, missing: Sequence[Posting], in_doubt: Mapping[str, InDoubt], tried: Mapping[str, Sequence[Attempt]]
    ) -> bool:
        """Whether of a document that is missing, or was given up though it would have to wait by now, no more is known than that it
        was claimed, and nothing can be decided of it."""
        sent_kinds = {kind_of_number(number).object for number in tried}
        for name in {one.object for one in missing} | {kind_of_number(number).object for number in in_doubt}:
            unsent: list[InDoubt | None] = [
                entry
                for number, entry in in_doubt.items()
                if number not in tried and kind_of_number(number).object == name
            ]
            if not unsent and name not in sent_kinds:
                unsent = [None]
            if any(not self._decidable(name, (), entry) for entry in unsent):
                return True
        return False

    def _unsent(self, tried: Sequence[Attempt], entry: InDoubt | None) -> list[float]:
        return entry.unsent(tried, self.told.kills) if entry else []

    def _changed(self) -> bool:
        """Whether actors changed the report, or a document of it, so that what was sent may not be sent again."""
        return bool(self.touched) or any(_asked(version) != _asked(self.versions[0]) for version in self.versions)

    def _decidable(self, name: str, tried: Sequence[Attempt], entry: InDoubt | None) -> bool:
        """Whether the absence of a document could be proven, and sending it again was shown to be safe for long enough.

        :param tried: its attempts, oldest first
        :param entry: what the connector itself says of it
        """
        places = {self.worlds[-1].place_of(posting) for one in self.expected for posting in one.postings}
        seen = all(self.witnesses[place] for place in places if place[0] == name)
        # Who dies before it sends what it claimed leaves as little behind as an answer that was lost.
        unread = sum(self._may_be_unread(attempt) for attempt in tried) + len(self._unsent(tried, entry))
        if not seen or not self.told.memory.refused or unread >= MOST_ATTEMPTS:
            return False
        revision = [attempt for attempt in tried if attempt.control_id == tried[-1].control_id]
        if entry and entry.claims:
            revision = [attempt for attempt in revision if attempt.at >= entry.sent_at - _SAME_MOMENT]
        if not revision and entry is None:
            return True
        return self.told.calendar.chance(self.told.memory, revision, entry)

    def _may_be_unread(self, attempt: Attempt) -> bool:
        """Whether its sender may not know what came of it.

        Whether a refusal was written down before its reader was killed is not to be seen from outside.
        """
        return attempt.verdict == "lost" or (attempt.verdict == "refused" and self._killed_after(attempt))

    def _killed_after(self, attempt: Attempt) -> bool:
        at = attempt.answered_at or attempt.at
        return any(at - 0.5 <= kill <= at + 5 for kill in self.told.kills)

    def _excused(self, best: Expected, begun: bool) -> bool:
        if self.id in self.verdict.undecidable:
            return True
        if str(self.now.get("ProcessedDate") or "")[:10] not in self.told.days:
            return True
        if self.id not in self.told.waiting:
            return False
        # What was lost on the way, or may have been as far as its sender lived to tell, is not sent again for a report that is
        # another one by now.
        if self._changed() and (
            any(attempt.verdict == "lost" for attempt in self.attempts) or self.told.in_doubt.get(self.id)
        ):
            return True
        # What Intacct refused once for a closed period waits for a person, who may have opened it since.
        if any(books.is_closed(posting) for books in self.worlds for posting in best.postings):
            return True
        # Of a report that changed while it was posted, the rest waits for a person.
        return begun and (self._changed() or best.postings != self.expected[-1].postings)

    def _wrong(self, kind: str, text: str) -> None:
        self.verdict.wrongs[kind].append(f"report {self.id} ({self.now.get('ApprovalCode')}): {text}")


def _asked(report: Record) -> list[object]:
    lines = sorted([[str(line.get(name)) for name in _LINE] for line in report.get("Expenses", ())])
    return [*(report.get(name) for name in _HEADER), lines]


def _take(left: Counter[Posting], posting: Posting, *, exactly: bool = False) -> bool:
    for one in left:
        if left[one] > 0 and (one == posting if exactly else one.undated == posting.undated):
            left[one] -= 1
            return True
    return False
