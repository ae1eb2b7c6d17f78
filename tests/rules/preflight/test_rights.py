"""What is said about rights and facts, without any service."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certify_intacct.documents import KINDS
from certify_intacct.model.configuration import load
from certify_intacct.model.dimensions import ENTITY
from certify_intacct.model.errors import ConfigurationError, PermissionDenied
from certify_intacct.model.preflight import Outcome, PreflightRow
from certify_intacct.rules.preflight import entities, facts, rights, verdict
from certify_intacct.rules.preflight.rights import Need
from certify_intacct.rules.replays import Replay, told

CONFIGURATION = load(Path(__file__).parents[3] / "include" / "connector.yaml")
ALL = frozenset({"List", "View", "Add", "Edit"})


def bills(right: str = rights.READ) -> Need:
    """A right of a policy that only a kind of document knows."""
    return Need("APBILL", right, policy=("Accounts Payable", "Bills"))


def outcome(need, permissions, readable=None):
    (row,) = rights.judge([need], permissions, {need.object: readable}, user="ws")
    return row.outcome


@pytest.mark.parametrize(
    ("permissions", "readable", "expected"),
    [
        ({"Accounts Payable": {"Bills": ALL}}, True, Outcome.PRESENT),
        ({"AP": {"bill": ALL}}, True, Outcome.PRESENT),
        ({"Accounts Payable": {"Bills": ALL - {"Add"}}}, True, Outcome.MISSING),
        ({"Accounts Payable": {"Bills": ALL - {"Add"}}, "Other": {"Bills": ALL}}, True, Outcome.MISSING),
        ({"Accounts Payable": {"Vendors": ALL}}, True, Outcome.UNKNOWN),
        ({"Accounts Payable": {"Vendors": ALL}}, False, Outcome.MISSING),
        ({}, None, Outcome.UNKNOWN),
        (None, True, Outcome.UNKNOWN),
    ],
)
def test_the_right_to_add(permissions, readable, expected):
    assert outcome(bills("Add"), permissions, readable) is expected


@pytest.mark.parametrize(
    ("permissions", "readable", "expected"),
    [
        ({"Accounts Payable": {"Bills": ALL}}, False, Outcome.MISSING),
        ({}, True, Outcome.PRESENT),
        (None, None, Outcome.UNKNOWN),
        ({"Accounts Payable": {"Bills": frozenset({"View"})}}, None, Outcome.PRESENT),
        ({"Accounts Payable": {"Bills": frozenset({"Add"})}}, None, Outcome.MISSING),
    ],
)
def test_the_right_to_read(permissions, readable, expected):
    assert outcome(bills(), permissions, readable) is expected


def test_a_word_that_intacct_never_uses_proves_nothing():
    held = {"Accounts Payable": {"Bills": ALL}}
    assert outcome(bills("Post"), held, True) is Outcome.UNKNOWN
    assert outcome(bills("Post"), held | {"General Ledger": {"Journals": frozenset({"Post"})}}, True) is Outcome.MISSING


def test_policies_that_merely_sound_like_paying_are_no_excess():
    harmless = {"Time & Expenses": {"Expense Payment Types": ALL}, "Accounts Payable": {"Payment Terms": ALL}}
    assert rights.excess(harmless, "Off", user="ws") == []
    (row,) = rights.excess({"Accounts Payable": {"Approve Bills": frozenset({"List"})}}, None, user="ws")
    assert row.outcome is Outcome.EXCESS
    assert not row.stops


@given(st.sampled_from(["organization", "expense"]), st.booleans())
def test_every_missing_right_has_a_way_to_its_cure_and_no_fine_row_has_one(direction, all_rights):
    wanted = rights.needs(CONFIGURATION, direction, [need for kind in KINDS for need in kind.needs()])
    granted: dict[str, dict[str, frozenset[str]]] = {}
    for application, policy in {need.place for need in wanted}:
        granted.setdefault(application, {})[policy] = ALL | {"Post"}
    for row in rights.judge(
        wanted, granted if all_rights else {}, dict.fromkeys((need.object for need in wanted), all_rights), user="ws"
    ):
        assert bool(row.where_to_click) is not row.fine


@given(
    st.sets(st.text(min_size=1, max_size=3)),
    st.sets(st.text(min_size=1, max_size=3)),
    st.none() | st.sets(st.text(min_size=1, max_size=3)),
    st.sets(st.text(min_size=1, max_size=3)),
)
def test_each_entity_in_use_that_the_user_may_not_enter_is_named_once(configured, used, existing, visible):
    rows = entities.codes(ENTITY, configured, used, existing, visible, "Click.")
    named = [row.item for row in rows if row.outcome is Outcome.MISSING]
    assert sorted(named) == sorted(f"Entity {code}" for code in (configured | used) - visible)
    stopping = {row.item for row in rows if row.stops}
    assert stopping == {
        f"Entity {code}" for code in (configured | used) - visible if code in configured or code in (existing or set())
    }


@given(st.integers(1, 3000), st.integers(1, 3000))
def test_a_field_is_too_short_exactly_when_less_fits_than_is_sent(sent, held):
    (row,) = facts.lengths(
        {("APBILL", "DESCRIPTION"): (sent, "posting.lengths.description")}, {("APBILL", "DESCRIPTION"): held}
    )
    assert row.stops is (held < sent)


def test_the_error_names_all_that_is_missing_once_and_how_to_cure_it():
    def missing(area, item, required=True):
        return PreflightRow(
            area=area, item=item, outcome=Outcome.MISSING, required=required, where_to_click="Click there."
        )

    right, fact, warning = (
        missing(rights.AREA, "Bills: Add"),
        missing(facts.INTACCT, "Company"),
        missing("x", "y", False),
    )
    assert verdict.error([warning], "expense") is None
    assert isinstance(verdict.error([right, warning], "expense"), PermissionDenied)
    both = verdict.error([right, fact], "expense")
    assert type(both) is ConfigurationError
    assert str(both).count("Click there.") == 1
    assert "Bills: Add; Company" in str(both)


@pytest.mark.parametrize(
    ("succeeded", "exists", "makeable"), [(s, e, m) for s in (0, 1) for e in (0, 1) for m in (None, False, True)]
)
def test_a_replay_is_refused_only_when_nothing_else_explains_it(succeeded, exists, makeable):
    answer = told(succeeded=bool(succeeded), exists=bool(exists), makeable=makeable)
    assert (answer is Replay.REFUSED) is (not succeeded and not exists and makeable is True)
