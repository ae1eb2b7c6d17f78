"""Accountants by a field of Intacct and by default."""

from __future__ import annotations

from tests.rules.people.world import acting, certify, intacct, link, only, person, plan, user

FIELD = {"sources": [{"kind": "employee", "accountant_field": "ACCOUNTANT"}]}
ACCOUNTANTS = user(8, role="Accountants"), user(9, role="Accountants")
DEFAULT = {"accountant": {"default": "E9"}}


def named(name: str) -> object:
    return intacct(person(further={"accountant": name}))


def test_the_field_says_it_by_employee_id_or_e_mail() -> None:
    for name in ("E8", "P8@example.com"):
        for mine in (user(), user(accountant_id="u9")):
            change = only(plan(named(name), certify(mine, *ACCOUNTANTS), link(), **FIELD, **DEFAULT))
            assert change.after == {"AccountantID": "u8"}
    assert plan(named("E8"), certify(user(accountant_id="u8"), *ACCOUNTANTS), link(), **FIELD) == []


def test_who_may_not_be_one_is_named_and_the_old_one_or_the_default_is_taken() -> None:
    for name in ("E7", "E2", "E1"):
        people = certify(user(), user(2), *ACCOUNTANTS)
        note, *acts = plan(named(name), people, link(), **FIELD, **DEFAULT)
        assert (note.rule, name in note.reason) == ("no_accountant", True)
        assert [change.after for change in acts] == [{"AccountantID": "u9"}]
        kept = certify(user(accountant_id="u8"), user(2), *ACCOUNTANTS)
        assert acting(plan(named(name), kept, link(), **FIELD, **DEFAULT)) == []
    assert acting(plan(named(""), certify(user(), *ACCOUNTANTS), link(), **FIELD)) == []
