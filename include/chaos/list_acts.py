"""What people do to the lists that a company keeps, and to what users have of them, on both sides: each function words one act."""

# ruff: noqa: ARG001 (every act has the same signature)
from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Any

from include.chaos.people_acts import one_of
from include.chaos.varieties.kept import Kept, Variety
from include.chaos.worlds import World

#: What it is called, and the calls of the sandbox that do it.
ListAct = tuple[str, list[dict[str, Any]]]
# So many values of a list that many leave at once: more than any guard allows.
_MANY = 7
_CURRENCIES = ("USD", "EUR", "GBP", "CHF", "")


def rename(dice: random.Random, now: World, kept: Variety) -> ListAct:
    """A value has another name in Intacct."""
    one, value = _a_value(dice, now, kept)
    return f"rename {one.name}", [_edited(one, value, {one.title: f"Renamed {dice.randrange(10_000)}"})]


def switch(dice: random.Random, now: World, kept: Variety) -> ListAct:
    """A value that was offered is not any more, or the other way round."""
    one, value = _a_value(dice, now, kept)
    above = one.within or one
    if one.within:
        value = one_of(dice, now.values[above.object])
    return f"switch {above.name}", [_switched(dice, above, value, on=not above.offers(value, now.values))]


def many_leave(dice: random.Random, now: World, kept: Variety) -> ListAct:
    """So many values are offered no more that it must be a mistake, or a person has to say that it is none."""
    one = kept.lists[0]
    leaving = dice.sample(list(now.values[one.object]), _MANY)
    return f"many of {one.name} leave", [_switched(dice, one, value, on=False) for value in leaving]


def of_employee(dice: random.Random, now: World, kept: Variety) -> ListAct:
    """Intacct says something else of an employee, or nothing any more."""
    employee = one_of(dice, now.employees)
    classes = [*(f"CL{number:02}" for number in range(1, 13)), ""]
    changes = dice.choice([{"CLASSID": dice.choice(classes)}, {"CURRENCY": dice.choice(_CURRENCIES)}])
    body = {"action": "edit_document", "object": "EMPLOYEE", "record": employee["RECORDNO"], "changes": changes}
    return f"employee's {next(iter(changes))}", [body]


def row_by_hand(dice: random.Random, now: World, kept: Variety) -> ListAct:
    """Somebody edits a row of a list in Certify; none is there before the first run has made it."""
    one, value = _a_value(dice, now, kept)
    changes = dice.choice([{"Name": f"Byhand {dice.randrange(10_000)}"}, {"Active": 0}, {"Active": 1}])
    body = {"action": "edit_list", "object": one.place, "code": one.code_of(value), "changes": changes}
    return f"row of {one.name} by hand", [body]


def user_by_hand(dice: random.Random, now: World, kept: Variety) -> ListAct:
    """Somebody gives a user of Certify something else, or takes it away."""
    user = one_of(dice, [one for one in now.users if one.get("EmployeeID") and one.get("Active") in (1, True, "1")])
    changes = dice.choice([{"Currency": "SEK"}, {"Language": "fr"}, {"EmpGLD4ID": ""}, {"Culture": ""}])
    return "user's fields by hand", [{"action": "edit_user", "user": user["ID"], "changes": changes}]


LIST_ACTS: Sequence[Callable[[random.Random, World, Variety], ListAct]] = (
    rename,
    switch,
    switch,
    many_leave,
    of_employee,
    of_employee,
    row_by_hand,
    user_by_hand,
)


def _a_value(dice: random.Random, now: World, kept: Variety) -> tuple[Kept, dict[str, Any]]:
    one = dice.choice(list(kept.lists))
    return one, one_of(dice, now.values[one.object])


def _switched(dice: random.Random, one: Kept, value: dict[str, Any], *, on: bool) -> dict[str, Any]:
    """By its status, or by the field that a filter asks about."""
    if one.object == "PROJECT" and dice.random() < 0.7:
        return _edited(
            one, value, {"PROJECTTYPE": "Billable" if on else "Internal"} | ({"STATUS": "active"} if on else {})
        )
    return _edited(one, value, {"STATUS": "active" if on else "inactive"})


def _edited(one: Kept, value: dict[str, Any], changes: dict[str, str]) -> dict[str, Any]:
    return {"action": "edit_document", "object": one.object, "record": value["RECORDNO"], "changes": changes}
