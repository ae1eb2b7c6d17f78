"""Who is told what after a run: the report, a digest for each owner, the escalation. Nothing here asks or sends."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

from certify_intacct.notifications.matters import FINDINGS, REPORTS
from certify_intacct.runs import addresses

if TYPE_CHECKING:
    from certify_intacct.model.configuration.notifications import NotificationsConfiguration
    from certify_intacct.notifications.facts import RunFacts
    from certify_intacct.notifications.matters import Matter
    from certify_intacct.staging.told import Key

#: Whose memory it is in ``ops.told``, beside those who can act by their own names; of an escalation each address has its own.
REPORT, ESCALATION = "report", "escalation"
_MOST = 50


@dataclass(frozen=True, kw_only=True)
class Letter:
    """What some addresses are told.

    :param audiences: whose memory it is
    :param matters: all that waits for them
    :param news: those of which none of the audiences was told
    :param told: what each audience is to be remembered to know, once it is sent
    :param link: the page that has all of it
    """

    name: str
    to: tuple[str, ...]
    audiences: tuple[str, ...]
    matters: tuple[Matter, ...]
    news: frozenset[Key]
    told: Mapping[str, frozenset[Key]]
    now: datetime
    link: str = ""
    findings: tuple[Matter, ...] = field(default=())

    @cached_property
    def shown(self) -> list[Matter]:
        """So many that a person reads them: what is new first, then what waits longest."""
        far = datetime.max.replace(tzinfo=self.now.tzinfo)
        ordered = sorted(self.matters, key=lambda one: (not self.is_new(one), one.since or far))
        return ordered[:_MOST]

    @property
    def more(self) -> int:
        return len(self.matters) - len(self.shown)

    @property
    def new(self) -> int:
        """How many reports, people and rows are news: a report whose two documents wait is one."""
        return len({one.of for one in (*self.matters, *self.findings) if self.is_new(one)})

    def is_new(self, matter: Matter) -> bool:
        return matter.key in self.news

    def days(self, matter: Matter) -> str:
        days = _days(matter, self.now)
        return f"{days} {'day' if days == 1 else 'days'}"


def letters(
    settings: NotificationsConfiguration, facts: RunFacts, told: Mapping[str, set[Key]], now: datetime
) -> list[Letter]:
    """The letters of a run; what is in none of them was told, or nobody wants to know it.

    :param told: what each audience was told before
    """
    found = [
        _report(settings, facts, told, now),
        *_digests(settings, facts, told, now),
        *_escalations(settings, facts, told, now),
    ]
    return [letter for letter in found if letter is not None]


def not_told(letter: Letter, reached: Collection[str]) -> Collection[str]:
    """Whose memory stays as it was after a letter: what nobody got is told again, and an escalation to whom it did not come.

    :param reached: the addresses for which the mail was taken
    """
    if letter.name != ESCALATION:
        return () if reached else letter.audiences
    return [_above(address) for address in letter.to if address not in reached]


def _report(
    settings: NotificationsConfiguration, facts: RunFacts, told: Mapping[str, set[Key]], now: datetime
) -> Letter | None:
    """All that there is to tell, for ``notifications.addresses``: what nobody else owns is among it."""
    every = (*facts.matters, *facts.findings)
    news = _news(every, told.get(REPORT, set()))
    trouble = bool(news or facts.report.uncovered)
    # A task that is cleared has told what its load did.
    did = facts.did_something and facts.key not in told.get(REPORT, set())
    wanted = settings.when == "always" or trouble or (settings.when == "something" and did)
    if not settings.addresses or not wanted:
        return None
    return Letter(
        name=REPORT, to=settings.addresses, audiences=(REPORT,), matters=facts.matters, findings=facts.findings, news=news,
        told={REPORT: news | {facts.key}}, now=now, link=addresses.page("waiting") if facts.report.waits else "",
    )  # fmt: skip


def _digests(
    settings: NotificationsConfiguration, facts: RunFacts, told: Mapping[str, set[Key]], now: datetime
) -> Iterable[Letter]:
    """To each address one, of what those can do something about whose it is. Whoever gets the report has it there."""
    owned: defaultdict[str, list[str]] = defaultdict(list)
    for desk, owners in settings.owners.items():
        for address in dict.fromkeys(owners):
            if address not in settings.addresses:
                owned[address].append(desk)
    alike: defaultdict[tuple[str, ...], list[str]] = defaultdict(list)
    for address, desks in owned.items():
        alike[tuple(desks)].append(address)
    for group, to in alike.items():
        matters = tuple(one for one in (*facts.matters, *facts.findings) if set(one.desks) & set(group))
        by_desk = {desk: _news([one for one in matters if desk in one.desks], told.get(desk, set())) for desk in group}
        news = frozenset(key for keys in by_desk.values() for key in keys)
        if news or (matters and settings.when == "always"):
            link = addresses.page("waiting", desk=group[0]) if len(group) == 1 else addresses.page("waiting")
            yield Letter(
                name=", ".join(group), to=tuple(to), audiences=group, matters=matters, news=news, told=by_desk, now=now,
                link=link if facts.report.waits else "",
            )  # fmt: skip


def _above(address: str) -> str:
    """Whose memory it is what one address was told of what waits for long: nothing tells it again later."""
    return f"{ESCALATION} {address}"


def _escalations(
    settings: NotificationsConfiguration, facts: RunFacts, told: Mapping[str, set[Key]], now: datetime
) -> Iterable[Letter]:
    """What has waited for so long since it was last looked: to each address once for each time that it began to wait."""
    days = settings.escalation.days
    every = (*facts.matters, *facts.findings)
    waited = {one.long_key: one for one in every if one.since and _days(one, now) >= days}
    alike: defaultdict[frozenset[Key], list[str]] = defaultdict(list)
    for address in dict.fromkeys(settings.escalation.addresses):
        # Before each address was remembered, all of them were as one.
        knows = told.get(ESCALATION, set()) | told.get(_above(address), set())
        alike[frozenset(waited.keys() - knows)].append(address)
    for crossed, to in alike.items():
        if crossed:
            audiences = tuple(_above(address) for address in to)
            yield Letter(
                name=ESCALATION, to=tuple(to), audiences=audiences, news=frozenset(), now=now,
                matters=tuple(waited[key] for key in sorted(crossed)), told=dict.fromkeys(audiences, crossed),
                link=_page_of({waited[key].category for key in crossed}, days),
            )  # fmt: skip


def _page_of(categories: Collection[str], days: int) -> str:
    """The page on which what is of these categories stands; of several, that of reports."""
    if REPORTS in categories:
        return addresses.page("waiting", days=str(days))
    return addresses.page("reconciliation" if FINDINGS in categories else "waiting")


def _news(matters: Iterable[Matter], told: set[Key]) -> frozenset[Key]:
    return frozenset(one.key for one in matters) - told


def _days(matter: Matter, now: datetime) -> int:
    return (now - matter.since).days if matter.since else 0
