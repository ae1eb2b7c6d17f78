"""What stops a run in the calm is a fault, unless it did all of its work and says that the books differ, as clerks made them."""

from __future__ import annotations

import pytest

from include.chaos.calm import done

DIFFER = "BooksDiffer: The books differ in 2 places:\naltered CDOFOL44YQG-1-001J"


@pytest.mark.parametrize(
    ("stopped", "clerks", "carried_out"),
    [
        ("", False, True),
        (DIFFER, True, True),
        (DIFFER, False, False),
        ("ServiceUnavailable: away", True, False),
    ],
)
def test_which_runs_were_carried_out(stopped, clerks, carried_out):
    assert done(stopped, clerks=clerks) is carried_out
