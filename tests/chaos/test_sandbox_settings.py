"""Nothing of the sandbox is forgotten by the storm."""

from __future__ import annotations

import random

from include.chaos import sandbox_settings
from include.chaos.sandbox_settings import CHOICES, FIXED
from include.sandbox.settings import Settings


def test_every_setting_of_the_sandbox_is_turned_or_says_why_not():
    assert not CHOICES.keys() & FIXED.keys()
    assert CHOICES.keys() | FIXED.keys() == set(Settings.model_fields)


def test_a_setting_can_have_every_value_that_it_is_turned_to():
    for name, values in CHOICES.items():
        for value in values:
            Settings.model_validate({name: value})
        assert len(values) > 1, name


def test_one_more_setting_turns_no_other(monkeypatch):
    """Or every round that somebody names by its seed and number would be another one."""
    drawn = [sandbox_settings.settings(lambda name, n=n: random.Random(f"{n}/{name}")) for n in range(50)]
    monkeypatch.setattr(sandbox_settings, "CHOICES", {"yet_another": (1, 2), **CHOICES})
    for number, before in enumerate(drawn):
        after = sandbox_settings.settings(lambda name, n=number: random.Random(f"{n}/{name}"))
        after.pop("yet_another", None)
        assert after == before
    assert {name for chosen in drawn for name in chosen} > CHOICES.keys()
