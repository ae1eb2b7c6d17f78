"""Nothing of the sandbox is forgotten by the storm."""

from __future__ import annotations

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
