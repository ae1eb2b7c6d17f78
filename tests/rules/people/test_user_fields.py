"""What users are given by the fields of Intacct that connector.yaml names, one rule at a time."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from certify_intacct.model.changes import Action
from certify_intacct.model.configuration.people import Source
from certify_intacct.model.configuration.user_fields import FieldSource
from certify_intacct.model.people import CertifyUser, LastTold
from certify_intacct.rules.people.given import texts
from tests.rules.people.world import acting, certify, intacct, link, only, person, plan, row, rules, user, value

TEAMS = {2: (row("t1", "T1", "Team 1"), row("t2", "T2", "Team 2"), row("t3", "T3", "Team 3", active=False))}


def fields(**given_: object) -> dict:
    """Settings with these fields; ``team`` is the second Employee GLD."""
    named = {("employee_gld/2" if word == "team" else word): how for word, how in given_.items()}
    return {"sources": [{"kind": "employee", "fields": named}]}


def test_an_employee_gld_is_given_by_its_code_from_any_field() -> None:
    settings = fields(team={"field": "CLASSID", "map": {"north": "T2"}})
    for read, found in (("T1", "t1"), ("north", "t2")):
        someone = person(further={"employee_gld/2": read})
        change = only(plan(intacct(someone), certify(user(), glds=TEAMS), link(), **settings))
        assert (change.subject, change.after) == ("user_fields", {"EmpGLD2ID": found})
    someone = person(further={"employee_gld/2": "T1"})
    assert plan(intacct(someone), certify(user(emp_gld2_id="t1"), glds=TEAMS), link(), **settings) == []
    create, further = plan(intacct(someone), certify(glds=TEAMS), **settings)
    assert (create.action, create.after.get("EmpGLD2ID")) == (Action.CREATE, None)
    assert (further.target_id, further.source_key, further.after) == (None, "employee/1", {"EmpGLD2ID": "t1"})


@pytest.mark.parametrize("code", ["nowhere", "t1", "T3"])
def test_a_code_that_certify_does_not_have_active_holds_the_person_until_it_is_cured(code: str) -> None:
    someone, settings = person(further={"employee_gld/2": code}), fields(team="CLASSID")
    for target, links in ((certify(glds=TEAMS), ()), (certify(user(last_name="Old"), glds=TEAMS), (link(),))):
        note = only(plan(intacct(someone), target, *links, **settings))
        assert (note.rule, code in note.reason, "Employee GLD 2" in note.reason) == ("gld_unknown", True, True)
        assert "CLASSID" in note.reason
    # Each of the cures that it names: the list in Certify, the record in Intacct, the map.
    listed = {2: (*TEAMS[2][:2], row("t4", code, "new"))}
    assert "user_fields" in [
        change.subject for change in plan(intacct(someone), certify(user(), glds=listed), link(), **settings)
    ]
    assert acting(
        plan(intacct(replace(someone, further={})), certify(user(last_name="Old"), glds=TEAMS), link(), **settings)
    )
    mapped = fields(team={"field": "CLASSID", "map": {code: "T1"}})
    assert only(plan(intacct(someone), certify(user(), glds=TEAMS), link(), **mapped)).after == {"EmpGLD2ID": "t1"}


def test_a_code_that_stands_twice_is_nobodys() -> None:
    twice = {2: (row("a", "T1", "one"), row("b", "T1", "other"))}
    someone = person(further={"employee_gld/2": "T1"})
    assert rules(plan(intacct(someone), certify(user(), glds=twice), link(), **fields(team="X"))) == ["gld_unknown"]


def test_a_leaver_goes_whatever_the_gld_says() -> None:
    gone = person(active=False, further={"employee_gld/2": "nowhere"})
    changes = plan(intacct(gone), certify(user(), glds=TEAMS), link(), **fields(team="CLASSID"))
    assert rules(changes) == ["left"]


def test_where_a_dimension_is_kept_its_values_are_given_new_ones_too() -> None:
    dimensions = {"class": {"certify": "employee_gld/2"}}
    source = intacct(person(further={"employee_gld/2": "C1"}), **{"class": (value("C1", "North"),)})
    create, further = plan(
        source, certify(user(), **{"class": ()}), link(), dimensions=dimensions, **fields(team="CLASSID")
    )
    assert (create.subject, create.action) == ("class", Action.CREATE)
    assert further.after == {"EmpGLD2ID": "@class:C1"}


def test_a_default_is_given_to_who_has_nothing_and_nobody_is_emptied() -> None:
    settings = fields(team={"field": "CLASSID", "default": "T2"}, language={"default": "de"})
    gld, text = plan(intacct(person()), certify(user(), glds=TEAMS), link(), **settings)
    assert (gld.after, text.after) == ({"EmpGLD2ID": "t2"}, {"Language": "de"})
    own = user(emp_gld2_id="t1", language="en")
    assert plan(intacct(person()), certify(own, glds=TEAMS), link(), **settings) == []


def test_what_intacct_says_is_kept_in_step() -> None:
    someone = person(further={"currency": "EUR", "culture": "German"})
    settings = fields(currency="CURRENCY", culture={"field": "LOCALE", "map": {"German": "de-DE"}})
    change = only(plan(intacct(someone), certify(user(currency="USD", culture="en-US")), link(), **settings))
    assert (change.before, change.after) == (
        {"Currency": "USD", "Culture": "en-US"},
        {"Currency": "EUR", "Culture": "de-DE"},
    )


def test_a_currency_that_is_none_is_named_and_the_rest_goes_on() -> None:
    someone = person(last_name="New", further={"currency": "Euro"})
    changes = plan(intacct(someone), certify(user(currency="USD")), link(), **fields(currency="CURRENCY"))
    assert [(change.rule, change.after) for change in changes] == [("", {"LastName": "New"}), ("user_field", {})]
    mapped = fields(currency={"field": "CURRENCY", "map": {"Euro": "EUR"}})
    assert {"Currency": "EUR"} in [change.after for change in plan(intacct(someone), certify(user()), link(), **mapped)]


def test_what_certify_took_and_does_not_show_is_not_sent_every_day() -> None:
    someone, settings = person(further={"currency": "EUR"}), fields(currency="CURRENCY")
    told = {("u1", "Currency"): LastTold("USD", "EUR")}
    note = only(plan(intacct(someone), certify(user(currency="USD")), link(), told=told, **settings))
    assert (note.action, note.rule) == (Action.HOLD, "not_kept")
    assert "is to have 'EUR' as currency in Certify, which accepted it before and still shows 'USD'" in note.reason
    team = person(further={"employee_gld/2": "T2"})
    told_team = {("u1", "EmpGLD2ID"): LastTold("", "t2")}
    said = only(plan(intacct(team), certify(user(), glds=TEAMS), link(), told=told_team, **fields(team="X"))).reason
    refused = {("u1", "EmpGLD2ID"): LastTold("", "t2", "EmpGLD2ID cannot be changed.")}
    note = only(plan(intacct(team), certify(user(), glds=TEAMS), link(), told=refused, **fields(team="X")))
    assert "which refused it: EmpGLD2ID cannot be changed." in note.reason
    assert "'T2' as Employee GLD 2 in Certify, which accepted it before and still shows nothing" in said
    # By hand, by the word that Certify shows, or left out: the cures.
    assert plan(intacct(someone), certify(user(currency="EUR")), link(), told=told, **settings) == []
    shown = fields(currency={"field": "CURRENCY", "map": {"EUR": "USD"}})
    assert plan(intacct(someone), certify(user(currency="USD")), link(), told=told, **shown) == []
    assert plan(intacct(someone), certify(user(currency="USD")), link(), told=told) == []
    # Another value of Intacct is tried once more.
    other = person(further={"currency": "CHF"})
    assert only(plan(intacct(other), certify(user(currency="USD")), link(), told=told, **settings)).after == {
        "Currency": "CHF"
    }


def test_the_welcome_mail_is_sent_where_it_is_asked_for() -> None:
    assert only(plan(intacct(person()), certify())).after["SendWelcomeEmail"] == 0
    assert only(plan(intacct(person()), certify(), welcome_mail=True)).after["SendWelcomeEmail"] == 1


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ({"fields": {"approval_limit": "X"}}, "nothing that Certify's API has of a user"),
        ({"fields": {"employee_gld/6": "X"}}, "nothing that Certify's API has of a user"),
        ({"fields": {"currency": {"default": "Euro"}}}, "no currency by its three letters"),
        ({"fields": {"currency": {"map": {"Euro": "EUR"}}}}, "neither a field of Intacct nor a default"),
        ({"fields": {"language": "PERSONALINFO.MAILADDRESS.COUNTRY"}}, "personal data"),
        ({"accountant_field": "A B"}, "no field name"),
    ],
)
def test_what_cannot_be_is_refused(source: dict, said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        plan(intacct(), certify(), sources=[{"kind": "employee", **source}])


WORDS = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=8)


@given(read=WORDS, mapped=st.dictionaries(WORDS, WORDS.filter(bool)), default=WORDS, now=WORDS)
def test_a_text_is_what_the_map_or_the_field_says_else_what_is_there_else_the_default(
    read, mapped, default, now
) -> None:
    source = Source.model_validate(
        {"kind": "employee", "fields": {"culture": FieldSource(field="LOCALE", map=mapped, default=default)}}
    )
    someone = person(further={"culture": read} if read else {})
    found = texts(someone, CertifyUser(id="u", email="", culture=now), source).get("culture", "")
    said = mapped.get(read, read.strip())
    assert found == (said or ("" if now else default))
