"""What verify_company makes in a test company to see which sign of an AP adjustment lowers a debt."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
import yaml

from certify_intacct.model.errors import BadInput, ConnectorError
from tests import shipped_config
from tests.expense_company import INTACCT
from tests.preflight.test_verify_company import Measuring

TRIAL = {"vendor": "E-1007", "account": "6220", "location": "100"}


@pytest.fixture
def measuring(fresh_sandbox, database, connections, context, monkeypatch, tmp_path):
    for name, records in INTACCT.items():
        fresh_sandbox.load("intacct", name, records)
    configured(monkeypatch, tmp_path)
    return Measuring(fresh_sandbox, database, context)


def configured(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, **company: object) -> None:
    text = shipped_config.content()
    text["company"] |= company
    text["posting"]["limits"] |= {"day_amount": 100000}
    path = tmp_path / "connector.yaml"
    path.write_text(yaml.safe_dump(text), encoding="utf-8")
    monkeypatch.setenv("CONNECTOR_CONFIG", str(path))


def balance(measuring: Measuring) -> Decimal:
    (vendor,) = [one for one in measuring.sandbox.state("intacct", "VENDOR") if one["VENDORID"] == "E-1007"]
    return Decimal(vendor.get("TOTALDUE") or 0)


@pytest.mark.parametrize("shown", ["as_entered", "owed"])
@pytest.mark.parametrize("lowers", ["negative", "positive"])
def test_the_sign_that_lowers_what_is_owed_is_measured_and_the_balance_is_as_it_was(measuring, lowers, shown):
    measuring.sandbox.load("intacct", "VENDOR", [{"VENDORID": "OTHER", "NAME": "Other", "TOTALDUE": "5"}])
    measuring.sandbox.settings(adjustment_lowers=lowers, adjustment_amounts=shown)
    (vendor,) = [one for one in measuring.sandbox.state("intacct", "VENDOR") if one["VENDORID"] == "E-1007"]
    measuring.sandbox.act("edit_document", object="VENDOR", record=vendor["RECORDNO"], changes={"TOTALDUE": "12.50"})
    assert measuring.measure(adjustment_trial=TRIAL)["adjustment_sign"] == lowers
    assert measuring.fact("adjustment_sign") == lowers
    made = measuring.sandbox.state("intacct", "APADJUSTMENT")
    assert sorted(abs(Decimal(one["TRX_TOTALENTERED"])) for one in made) == [Decimal("0.01")] * 2
    assert balance(measuring) == Decimal("12.50")


def test_where_the_balance_does_not_move_nobody_can_tell(measuring):
    measuring.sandbox.settings(vendor_total_due="kept")
    assert measuring.measure(adjustment_trial=TRIAL)["adjustment_sign"] is None
    assert len(measuring.sandbox.state("intacct", "APADJUSTMENT")) == 2


def test_nobody_who_does_not_ask_for_it_gets_one(measuring):
    assert "adjustment_sign" not in measuring.measure()
    assert measuring.sandbox.state("intacct", "APADJUSTMENT") == []


def test_a_live_company_is_left_alone(measuring, monkeypatch, tmp_path):
    configured(monkeypatch, tmp_path, environment="live")
    measuring.sandbox.clear_calls()
    with pytest.raises(BadInput, match="no test company"):
        measuring.measure(adjustment_trial=TRIAL)
    assert measuring.sandbox.calls()["intacct"] == {}


@pytest.mark.parametrize(
    "trial", [{"vendor": "E-1007"}, {**TRIAL, "amount": "5"}, {**TRIAL, "account": 6220}, "E-1007"]
)
def test_what_is_not_said_whole_is_not_tried(measuring, trial):
    with pytest.raises(BadInput, match="is not of the form"):
        measuring.measure(adjustment_trial=trial)


def test_what_intacct_refuses_is_told_and_nothing_else_is_made(measuring):
    with pytest.raises(BadInput, match="no vendor 'NOBODY'"):
        measuring.measure(adjustment_trial={**TRIAL, "vendor": "NOBODY"})
    measuring.sandbox.settings(adjustment_credits="refuse")
    with pytest.raises(ConnectorError, match="cannot lower what the vendor is owed"):
        measuring.measure(adjustment_trial=TRIAL)
    assert measuring.sandbox.state("intacct", "APADJUSTMENT") == []
