"""The log of a plan: whatever waits comes first, all of it, by rule; the changes that nobody has to look at are cut."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from certify_intacct.model.changes import Action, Change
from certify_intacct.model.rules import Rule
from certify_intacct.rules.texts import readable
from certify_intacct.runs.plan_table import plan_table


def change(number: int, action: Action, rule: str = "", **said: str) -> Change:
    text = {"reason": f"because of {number}.", "cure": "", **said}
    return Change(subject="report", action=action, key=f"r-{number}", rule=rule, after={"documents": "1"}, **text)


POSTED = [change(number, Action.POST) for number in range(1000, 1500)]
HELD = [
    change(number, Action.HOLD, Rule.PERSONAL if number % 3 else Rule.TAX, cure="Look at it.") for number in range(279)
]
SKIPPED = [change(number, Action.SKIP, Rule.DISAPPROVED) for number in range(2000, 2003)]


def text() -> str:
    mixed = [one for pair in zip(POSTED[:279], HELD, strict=True) for one in pair]
    counted = ((Action.POST, POSTED), (Action.HOLD, HELD), (Action.SKIP, SKIPPED))
    summary = [
        {"subject": "report", "action": action.value, "changes": len(all_of), "billed_calls": 0}
        for action, all_of in counted
    ]
    # Of what waits for nobody, only as many are handed in as are shown.
    return plan_table(summary, [*mixed[:400], *HELD[200:]])


def test_every_hold_is_shown_before_anything_else_and_by_its_rule():
    lines = text().splitlines()
    (head,) = [place for place, line in enumerate(lines) if line.startswith("Held: 279")]
    first_posted = next(place for place, line in enumerate(lines) if line.startswith("post "))
    rules = [place for place, line in enumerate(lines) if re.match(r"  (personal|tax) \(", line)]
    assert head < rules[0] < rules[1] < first_posted
    assert lines[rules[0]].strip() == "personal (accounts payable): 186"
    assert lines[rules[1]].strip() == "tax (owner of connector.yaml): 93"
    for one in HELD:
        place = next(place for place, line in enumerate(lines) if f" {one.key} " in f"{line} ")
        assert (rules[1] < place < first_posted) if one.rule == "tax" else (rules[0] < place < rules[1])
    assert text().count("Look at it.") == 2, "a cure is said once for all that it is for"
    assert "… and 303 more in plan.change" in lines


def test_a_plan_without_holds_says_nothing_of_them():
    assert "Held" not in plan_table([], POSTED[:2])


def test_what_a_person_wrote_never_looks_like_a_line_of_the_plan():
    forged = change(1, Action.HOLD, Rule.PERSONAL, reason="x\nHeld: 0", cure="y\n  tax: 5")
    lines = plan_table([], [forged]).splitlines()
    assert not [line for line in lines if line.startswith(("Held: 0", "  tax"))]


@given(st.text(max_size=400), st.text(max_size=400), st.text(max_size=200))
def test_every_line_fits_and_what_is_held_is_told_whole(reason, cure, key):
    held = Change(subject="report", action=Action.HOLD, key=key, rule=Rule.TAX, reason=reason, cure=cure, after={})
    sent = Change(subject="report", action=Action.POST, key=key, reason=reason, after={"documents": reason})
    text = plan_table([], [held, sent])
    assert not [line for line in text.split("\n") if len(line) > 120]
    told = "".join(text.split())
    for said in (reason, cure):
        assert "".join(readable(said, 1000).split()) in told
