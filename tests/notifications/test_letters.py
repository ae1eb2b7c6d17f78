"""Who is told what: nobody is told twice, nothing is forgotten, and each owner gets what is his and nothing else, whatever waits."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from certify_intacct.model.configuration.notifications import NotificationsConfiguration, Owner
from certify_intacct.model.periods import Period
from certify_intacct.model.rules import Desk
from certify_intacct.notifications.facts import RunFacts
from certify_intacct.notifications.letters import ESCALATION, REPORT, Letter, letters
from certify_intacct.notifications.matters import FINDINGS, REPORTS, Matter
from certify_intacct.staging.load_tally import Tally
from certify_intacct.staging.manifest import Load
from certify_intacct.staging.run_report import RunReport
from certify_intacct.staging.waiting import Waits

NOW = datetime(2026, 11, 30, 6, tzinfo=UTC)
DAY = date(2026, 11, 29)
DESKS = [desk.value for desk in Desk if desk is not Desk.NOBODY]
ADDRESSES = [f"{name}@example.com" for name in "abcd"]
RUN = RunReport(
    zone=ZoneInfo("UTC"),
    load=Load(
        load_id=7, dag_id="expense_sync", run_id="r", run_type="scheduled", direction="expense", period=Period(DAY, DAY),
        preview=False, entities=(), config_hash="c", state="loaded",
    ),
    counts={}, waits=Waits(),
)  # fmt: skip

some_addresses = st.lists(st.sampled_from(ADDRESSES), max_size=3)
matters = st.lists(
    st.builds(
        Matter, category=st.sampled_from([REPORTS, FINDINGS, "organization_sync"]),
        of=st.sampled_from([f"report {n}" for n in range(6)]), part=st.sampled_from(["", "p"]),
        name=st.just("n"), code=st.just("c"), rule=st.sampled_from(["x", "y"]), reason=st.just(""), cure=st.just(""),
        desks=st.lists(st.sampled_from(DESKS), max_size=2, unique=True).map(tuple),
        since=st.integers(0, 9).map(lambda days: NOW - timedelta(days=days)),
    ),
    unique_by=lambda one: one.key, max_size=8,
)  # fmt: skip
configured = st.builds(
    NotificationsConfiguration, addresses=some_addresses, when=st.sampled_from(["always", "something", "trouble"]),
    owners=st.dictionaries(st.sampled_from(DESKS), some_addresses),
    escalation=st.fixed_dictionaries({"days": st.integers(1, 9), "addresses": some_addresses}),
)  # fmt: skip


def remembered(told, sent: list[Letter]):
    """As `ops.told` keeps it."""
    kept = {audience: set(keys) for audience, keys in told.items()}
    for letter in sent:
        for audience, keys in letter.told.items():
            kept.setdefault(audience, set()).update(keys)
    return kept


def facts_of(waiting) -> RunFacts:
    """Findings count apart."""
    findings = tuple(one for one in waiting if one.category == FINDINGS)
    return RunFacts(
        report=RUN, tally=Tally(), matters=tuple(one for one in waiting if one not in findings), findings=findings
    )


def test_the_owners_are_those_who_can_act_in_the_words_of_the_rules():
    assert sorted(Owner.__args__) == sorted(DESKS)


@given(configured, matters)
def test_each_gets_what_is_his_and_all_that_is_his(settings, waiting):
    sent = letters(settings, facts_of(waiting), {}, NOW)
    digests = {address: letter for letter in sent if letter.name not in (REPORT, ESCALATION) for address in letter.to}
    for address in ADDRESSES:
        desks = {desk for desk, owners in settings.owners.items() if address in owners}
        his = {one.key for one in waiting if set(one.desks) & desks}
        wanted = his if his and address not in settings.addresses else None
        got = {one.key for one in digests[address].matters} if address in digests else None
        assert got == wanted
    whole = [letter for letter in sent if letter.name == REPORT]
    assert bool(whole) == bool(settings.addresses and (waiting or settings.when == "always"))
    for letter in whole:
        assert {one.key for one in (*letter.matters, *letter.findings)} == {one.key for one in waiting}
        assert letter.to == settings.addresses


@given(configured, matters)
def test_nobody_is_told_twice(settings, waiting):
    first = letters(settings, facts_of(waiting), {}, NOW)
    again = letters(settings, facts_of(waiting), remembered({}, first), NOW + timedelta(minutes=1))
    assert not [letter for letter in again if letter.new or letter.name == ESCALATION]
    if settings.when != "always":
        assert again == []


@given(configured, matters, matters, st.data())
def test_what_was_not_sent_is_told_later_and_what_is_new_is_marked(settings, waiting, more, data):
    first = letters(settings, facts_of(waiting), {}, NOW)
    arrived = [letter for letter in first if data.draw(st.booleans())]
    then = list({one.key: one for one in [*waiting, *more]}.values())
    second = letters(settings, facts_of(then), remembered({}, arrived), NOW)
    for letter in second:
        known = set().union(*(remembered({}, arrived).get(audience, set()) for audience in letter.audiences))
        if letter.name != ESCALATION and len(letter.audiences) == 1:
            assert letter.news == {one.key for one in (*letter.matters, *letter.findings)} - known
        new = [one for one in letter.shown if letter.is_new(one)]
        assert letter.shown[: len(new)] == new
    told = remembered(remembered({}, arrived), second)
    if settings.addresses:
        assert {one.key for one in then} <= told.get(REPORT, set())
    for desk, owners in settings.owners.items():
        if set(owners) - set(settings.addresses):
            assert {one.key for one in then if desk in one.desks} <= told.get(desk, set())


@given(configured, matters, st.lists(st.integers(0, 3), max_size=8))
def test_each_wait_is_escalated_once_on_the_day_on_which_it_crosses_or_the_next_run(settings, waiting, steps):
    told, now, seen = {}, NOW, []
    for step in steps:
        now += timedelta(days=step)
        sent = letters(settings, facts_of(waiting), told, now)
        told = remembered(told, sent)
        seen += [one.long_key for letter in sent if letter.name == ESCALATION for one in letter.matters]
    assert len(seen) == len(set(seen))
    crossed = {one.long_key for one in waiting if steps and (now - one.since).days >= settings.escalation.days}
    assert set(seen) == (crossed if settings.escalation.addresses else set())


def test_what_waits_for_another_rule_is_news_and_no_other_wait():
    (one,) = [
        Matter(
            category=REPORTS,
            of="report 1",
            part="p",
            name="n",
            code="c",
            rule="x",
            reason="",
            cure="",
            desks=(),
            since=NOW,
        )
    ]
    other = replace(one, rule="y")
    assert one.key != other.key
    assert one.long_key == other.long_key != replace(one, since=NOW + timedelta(seconds=1)).long_key
