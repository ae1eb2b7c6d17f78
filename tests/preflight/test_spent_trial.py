"""What verify_company makes in a test company to see what becomes of an amount beside what was spent in another currency."""

from __future__ import annotations

from decimal import Decimal

import pytest

from certify_intacct.model.errors import BadInput, ConnectorError
from tests.posting.test_expense_reports import ANA
from tests.preflight.test_adjustment_trial import configured, measuring

__all__ = ["measuring"]
TRIAL = {"employee": "E-1007", "account": "6220", "location": "100", "currency": "EUR"}


@pytest.fixture
def trying(measuring):
    measuring.sandbox.load("intacct", "EMPLOYEE", [ANA])
    return measuring


@pytest.mark.parametrize("decimals", [4, 5, 7])
@pytest.mark.parametrize(
    ("amount", "found"),
    [("required", "kept"), ("optional", "kept"), ("recomputed", "recomputed"), ("checked", "refused")],
)
def test_what_becomes_of_the_amount_is_measured(trying, amount, found, decimals):
    trying.sandbox.settings(expense_amount=amount, expense_rate_decimals=decimals)
    measured = trying.measure(spent_trial=TRIAL)
    assert (measured["spent_amount"], measured["spent_rate_decimals"]) == (found, decimals)
    assert (trying.fact("spent_amount"), trying.fact("spent_rate_decimals")) == (found, decimals)
    # Nothing that anybody is paid by.
    made = trying.sandbox.state("intacct", "EEXPENSES")
    assert {one["STATE"] for one in made} == {"Draft"}
    assert [Decimal(one["TRX_TOTALENTERED"]) for one in made][:1] == [Decimal("112.35")]


def test_where_no_rate_is_shown_its_decimals_are_not_known(trying):
    trying.sandbox.settings(hidden_fields={"EEXPENSESITEM": ["ORG_EXCHRATE"]})
    assert trying.measure(spent_trial=TRIAL)["spent_rate_decimals"] is None


def test_nobody_who_does_not_ask_for_it_gets_one(trying):
    assert "spent_amount" not in trying.measure()
    assert trying.sandbox.state("intacct", "EEXPENSES") == []


def test_a_live_company_is_left_alone(trying, monkeypatch, tmp_path):
    configured(monkeypatch, tmp_path, environment="live")
    trying.sandbox.clear_calls()
    with pytest.raises(BadInput, match="no test company"):
        trying.measure(spent_trial=TRIAL)
    assert trying.sandbox.calls()["intacct"] == {}


def test_what_cannot_be_tried_is_told(trying):
    with pytest.raises(BadInput, match="is not of the form"):
        trying.measure(spent_trial={"employee": "E-1007"})
    with pytest.raises(ConnectorError, match="XAU"):
        trying.measure(spent_trial={**TRIAL, "currency": "XAU"})
    assert trying.sandbox.state("intacct", "EEXPENSES") == []
