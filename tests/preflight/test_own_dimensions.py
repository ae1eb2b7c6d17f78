"""Dimensions that a company made itself: whether they are there and lines may have them is known before a run."""

from __future__ import annotations

import pytest

from certify_intacct.model.errors import ConnectorError


@pytest.fixture(autouse=True)
def _dimensions(company) -> None:
    company.sandbox.settings(user_defined_dimensions={"udd_test": {}, "udd_off": {"enabled_in_gl": False}})


def use(company, name: str) -> None:
    company.configure(dimensions__user_defined_1={"object": name, "certify": "report_gld/4", "label": "campaign"})


@pytest.mark.parametrize("direction", ["organization", "expense"])
def test_one_that_is_there_passes_with_the_right_to_read_it(company, direction):
    use(company, "udd_test")
    assert company.check(direction)["stopping"] == 0, company.rows()
    assert company.outcomes()["User-defined dimension udd_test"] == "present"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("udd_tast", "Intacct has no such dimension; the company defined UDD_OFF, UDD_TEST"),
        ("udd_off", "It is not enabled in the General Ledger"),
    ],
)
def test_one_that_lines_cannot_have_stops_the_run(company, name, text):
    use(company, name)
    with pytest.raises(ConnectorError) as caught:
        company.check()
    assert text in str(caught.value)
    assert "connector.yaml: dimensions.user_defined_1.object" in str(caught.value)


def test_where_nobody_may_ask_it_is_not_known_and_stops_nothing(company):
    use(company, "udd_test")
    company.sandbox.settings(dimensions_readable=False)
    assert company.check()["stopping"] == 0
    assert company.outcomes()["User-defined dimension udd_test"] == "cannot tell"
