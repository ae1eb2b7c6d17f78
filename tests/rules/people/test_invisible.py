"""What cannot be seen makes no difference: a zero-width blank in an address is neither a second person nor a new login."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from certify_intacct.model.changes import Action
from certify_intacct.model.people import UnprocessedReport
from tests.rules.people.world import acting, certify, intacct, link, only, person, plan, rules, user, value

MARKS = [
    "\u200b",
    "\ufeff",
    "\u00ad",
    "\u2060",
    "\u200e",
    "\u200f",
    "\u202a",
    "\u202e",
    "\u2066",
    "\u2069",
    "\u200d",
    "\ufe0f",
    "\u034f",
]
INVISIBLE = st.sampled_from(MARKS)
BY_EMAIL = {"adoption": {"policy": "agreeing"}}


@st.composite
def variants(draw: st.DrawFn, text: str) -> str:
    """The text as somebody copied it from somewhere: with marks in it, blanks around it, other capitals."""
    for mark in draw(st.lists(INVISIBLE, min_size=1, max_size=3)):
        place = draw(st.integers(0, len(text)))
        text = text[:place] + mark + text[place:]
    return draw(st.sampled_from(["", " ", "\u00a0"])) + draw(st.sampled_from([text, text.upper(), text.title()]))


@given(variants("p1@example.com"), st.booleans())
def test_an_invisible_variant_of_an_address_is_the_same_address(address: str, in_intacct: bool) -> None:
    mine, theirs = (address, "p1@example.com") if in_intacct else ("p1@example.com", address)
    assert plan(intacct(person(email=mine)), certify(user(email=theirs)), link()) == [], "the login is not overwritten"
    stranger = user(email=theirs, employee_id="", first_name="Ana", last_name="Ruiz 1")
    adopted = only(plan(intacct(person(email=mine)), certify(stranger), **BY_EMAIL))
    assert (adopted.action, adopted.after) == (Action.ADOPT, {"EmployeeID": "E1"})


@given(variants("p1@example.com"))
def test_two_people_never_get_one_address(address: str) -> None:
    changes = plan(intacct(person(1), person(2, email=address)), certify(), max_creates=9)
    assert rules(changes) == ["contested", "contested"]
    assert rules(plan(intacct(person(1), person(2, email=address)), certify(user(1)), link(1))) == ["contested"]


@pytest.mark.parametrize("mark", MARKS, ids=ascii)
def test_what_is_written_is_clean(mark: str) -> None:
    new = person(email=f" {mark}p1@exa{mark}mple.com", first_name=f"{mark}Zoe\u0308 ", last_name=f"Ruiz{mark} 1")
    after = only(plan(intacct(new), certify())).after
    assert after["Email"] == "p1@example.com"
    joined = mark if mark in "\u200d\ufe0f" else ""  # they give letters their form in some scripts
    assert (after["FirstName"], after["LastName"]) == (f"{joined}Zo\u00eb", f"Ruiz{joined} 1")
    changed = only(
        plan(intacct(replace(new, email=f"new@exam{mark}ple.com")), certify(user(first_name="Zo\u00eb")), link())
    )
    assert changed.after == {"Email": "new@example.com"}, "a name that looks the same is no change"


def test_what_is_all_invisible_is_missing() -> None:
    for field in ("email", "employee_id", "first_name"):
        assert rules(plan(intacct(person(**{field: "\u200b\ufeff"})), certify())) == ["quarantined"]


@given(variants("Sales"))
def test_a_list_does_not_follow_what_cannot_be_seen(name: str) -> None:
    assume(name.casefold() != name or name.isupper() or name.istitle())
    changes = acting(plan(intacct(department=(value("10", name), value("20", "Support"))), certify()))
    wanted = name.strip().translate({ord(mark): None for mark in MARKS}).strip()
    assert [change.after for change in changes] == ([{"Name": changes[0].after["Name"]}] if wanted != "Sales" else [])
    assert not [change for change in changes if set(change.after["Name"]) & {*MARKS} - set("\u200d\ufe0f")]


def test_a_report_names_its_department_and_its_employee_with_other_marks() -> None:
    source = intacct(department=(value("10", "Sales", active=False), value("20", "Support")))
    reported = certify(unprocessed=(UnprocessedReport(id="r", employee_id="E9", department_name="Sa\u200bles "),))
    assert rules(plan(source, reported)) == ["in_use"]
    report = UnprocessedReport(id="r", first_name="A\u00adna", last_name="RUIZ 1")
    assert rules(plan(intacct(person(active=False)), certify(user(), unprocessed=(report,)), link())) == [
        "unprocessed_reports"
    ]


def test_a_default_of_connector_yaml_is_found() -> None:
    chief = user(9, role="Executives", email="P9@exam\u200bple.com")
    changes = plan(intacct(person()), certify(user(), chief), link(), approvers={"default": "p9@example.com"})
    assert [change.after for change in changes] == [{"FirstApproverID": "u9"}]
