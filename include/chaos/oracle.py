"""Judges what both services hold after a round. It reads neither the plan nor the ledger of the connector.

What it compares with is worked out from Certify's reports (`include.chaos.books`), from what clerks did, and from what went over the
wire: a document that was sent, is not there, and whose answer nobody got cannot be decided where replays are not refused.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from include.chaos.books import BILL, CARD, Books, Expected, Posting, posted, token
from include.chaos.wire import Attempt

Record = Mapping[str, Any]
_OURS = re.compile(r"(C[A-Z2-7]{10})-\d+-\d+[BC]")
WRONGS = ("posted_twice", "lost", "altered", "wrong_period", "users_twice", "wrongly_deactivated")
# A lost answer is followed up so often, then a person decides whatever is known of replays.
MOST_ATTEMPTS = 3


@dataclass
class Told:
    """What the harness tells of a round.

    :param versions: report ID to the reports as they were, oldest first
    :param touched: RECORDNOs of documents that clerks changed, reversed or deleted, with the record as it was before
    :param attempts: everything that went over the wire
    :param kills: moments (monotonic) at which something was killed
    :param replays_refused: it was measured, and it is true
    :param days: the processed dates that were run, ISO
    :param waiting: reports that the connector itself says it has open: report ID to (state, rule)
    """

    certify_company: str
    versions: Mapping[str, Sequence[Record]]
    touched: Mapping[tuple[str, str], Record]
    attempts: Sequence[Attempt]
    kills: Sequence[float]
    replays_refused: bool
    days: Collection[str]
    waiting: Mapping[str, tuple[str, str]]


@dataclass
class Verdict:
    """What is wrong, by kind, each in words; and what is in doubt."""

    wrongs: dict[str, list[str]] = field(default_factory=lambda: {name: [] for name in WRONGS})
    undecidable: set[str] = field(default_factory=set)
    in_doubt: set[str] = field(default_factory=set)
    posted: int = 0
    held: int = 0

    @property
    def fine(self) -> bool:
        """Nothing is wrong, and exactly what cannot be decided is in doubt."""
        return not any(self.wrongs.values()) and self.undecidable == self.in_doubt


def judge_money(books: Books, told: Told, documents: Mapping[str, Iterable[Record]]) -> Verdict:
    """Every report against every document of Intacct.

    :param documents: object (APBILL, CCTRANSACTION) to the records that Intacct holds now
    """
    verdict = Verdict()
    standing: dict[str, list[tuple[str, Record]]] = defaultdict(list)
    for name, records in documents.items():
        for record in records:
            match = _OURS.fullmatch(str(record.get("RECORDID") or ""))
            if match and str(record.get("STATE")) != "Reversal":
                standing[match[1]].append((name, record))
    attempts: dict[str, list[Attempt]] = defaultdict(list)
    for attempt in told.attempts:
        attempts[attempt.number.split("-")[0]].append(attempt)
    for report_id, versions in told.versions.items():
        mark = token(told.certify_company, report_id)
        _Report(books, told, verdict, report_id, versions, standing.pop(mark, []), attempts[mark], standing).judge()
    for mark, strangers in standing.items():
        verdict.wrongs["altered"] += [
            f"{record['RECORDID']}: no report has the token {mark}" for _, record in strangers
        ]
    return verdict


class _Report:
    def __init__(
        self,
        books: Books,
        told: Told,
        verdict: Verdict,
        report_id: str,
        versions: Sequence[Record],
        standing: Sequence[tuple[str, Record]],
        attempts: Sequence[Attempt],
        _others: Any,
    ) -> None:
        self.told = told
        self.verdict = verdict
        self.id = report_id
        self.now = versions[-1]
        self.expected = [books.expected(version) for version in versions]
        self.attempts = attempts
        self.touched = [
            (name, record) for (name, number), record in told.touched.items() if self._is_ours(record, standing, number)
        ]
        hands_off = set(told.touched)
        self.standing = [
            (name, record) for name, record in standing if (name, str(record["RECORDNO"])) not in hands_off
        ]
        self.numbers = {str(record["RECORDID"]) for _, record in [*standing, *self.touched]}
        self.disturbed = bool(self.touched) or any(one != self.expected[0] for one in self.expected)

    def _is_ours(self, record: Record, _standing: Any, _number: str) -> bool:
        return str(record.get("RECORDID") or "").startswith(token(self.told.certify_company, self.id))

    def judge(self) -> None:
        """Compares, and adds to the verdict."""
        there = [posted(name, record) for name, record in self.standing]
        before = [posted(name, record) for name, record in self.touched]
        self.verdict.posted += len(there) + len(before)
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
        missing = list(left.elements())
        self._in_doubt(bool(missing))
        if missing and not self._excused(best, bool(there or before)):
            self._wrong("lost", f"{missing[0].object} over {missing[0].total} {missing[0].currency} is missing")
        if not best.postings:
            self.verdict.held += 1
        if (there or before) and best != self.expected[-1] and self.id not in self.told.waiting:
            self._wrong("altered", "the report changed after it was posted, and nobody is told")

    def _best(self, there: Sequence[Posting]) -> Expected:
        """The version of the report that was posted; the present one when nothing was."""
        if not there:
            return self.expected[-1]
        return max(reversed(self.expected), key=lambda one: sum((Counter(one.postings) & Counter(there)).values()))

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

    def _in_doubt(self, missing: bool) -> None:
        if self.disturbed:
            return
        state, rule = self.told.waiting.get(self.id, ("", ""))
        reported = state == "in_doubt" or "held_document" in rule
        if reported:
            self.verdict.in_doubt.add(self.id)
        if not missing:
            return
        newest: dict[str, list[Attempt]] = defaultdict(list)
        for attempt in self.attempts:
            if attempt.number not in self.numbers:
                newest[attempt.number].append(attempt)
        for tried in newest.values():
            lost = [attempt for attempt in tried if attempt.verdict == "lost"]
            decidable = self.told.replays_refused and len(lost) < MOST_ATTEMPTS
            certain = tried[-1].verdict == "lost" and not decidable
            # Whether the refusal was written down before its reader was killed is not to be seen from outside.
            if certain or (
                reported and not decidable and tried[-1].verdict == "refused" and self._killed_after(tried[-1])
            ):
                self.verdict.undecidable.add(self.id)

    def _killed_after(self, attempt: Attempt) -> bool:
        at = attempt.answered_at or attempt.at
        return any(at - 0.5 <= kill <= at + 5 for kill in self.told.kills)

    def _excused(self, best: Expected, begun: bool) -> bool:
        if self.id in self.verdict.undecidable:
            return True
        if str(self.now.get("ProcessedDate") or "")[:10] not in self.told.days:
            return True
        # Of a report that changed while it was posted, the rest waits for a person.
        return begun and best != self.expected[-1] and self.id in self.told.waiting

    def _wrong(self, kind: str, text: str) -> None:
        self.verdict.wrongs[kind].append(f"report {self.id} ({self.now.get('ApprovalCode')}): {text}")


def judge_people(
    verdict: Verdict,
    *,
    before: Iterable[Record],
    after: Iterable[Record],
    employees: Iterable[Record],
    lists_before: Iterable[Record],
    lists_after: Iterable[Record],
    today: str,
) -> None:
    """Nobody twice, and nobody deactivated whom Intacct does not call gone.

    :param lists_before: departments and first Employee GLDs of Certify
    """
    known, users = {user["ID"]: user for user in before}, list(after)
    for name in ("Email", "EmployeeID"):
        _twins(verdict, users, set(known), lambda user, name=name: str(user.get(name) or "").casefold())  # type: ignore[misc]
    _twins(
        verdict,
        [one for one in lists_after if _active(one)],
        {one["ID"] for one in lists_before},
        lambda one: f"{one.get('EmpGLDIndex', 'department')}/{one['Code']}" if one.get("Code") else "",
    )
    people = list(employees)
    for user in users:
        was = known.get(user["ID"])
        if was is None or not _active(was) or _active(user):
            continue
        same = [one for one in people if _same_person(one, user)]
        gone = [one for one in same if one.get("STATUS") == "inactive" or _ended(one, today)]
        if not gone or len(gone) < len(same):
            verdict.wrongs["wrongly_deactivated"].append(f"user {user.get('Email')} ({user.get('EmployeeID')})")


def _twins(verdict: Verdict, records: Iterable[Record], known: set[Any], mark: Any) -> None:
    groups: dict[str, list[Record]] = defaultdict(list)
    for record in records:
        if key := mark(record):
            groups[key].append(record)
    for key, group in groups.items():
        if len(group) > 1 and any(one["ID"] not in known for one in group):
            verdict.wrongs["users_twice"].append(f"{key} stands {len(group)} times in Certify")


def _same_person(employee: Record, user: Record) -> bool:
    email = str(employee.get("PERSONALINFO.EMAIL1") or "").strip().casefold()
    return (
        employee.get("EMPLOYEEID") == user.get("EmployeeID") or email == str(user.get("Email") or "").strip().casefold()
    )


def _ended(employee: Record, today: str) -> bool:
    text = str(employee.get("ENDDATE") or "")
    return len(text) == 10 and f"{text[6:]}-{text[:2]}-{text[3:5]}" <= today


def _active(record: Record) -> bool:
    return record.get("Active") in (True, 1, "1", "true", None)


def _take(left: Counter[Posting], posting: Posting, *, exactly: bool = False) -> bool:
    for one in left:
        if left[one] > 0 and (one == posting if exactly else one.undated == posting.undated):
            left[one] -= 1
            return True
    return False


DOCUMENTS = (BILL, CARD)
