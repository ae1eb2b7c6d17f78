"""A company of Intacct that has no entities: lines carry locations, and everything else goes as it does elsewhere."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from certify_intacct.model.errors import BadInput, ConnectorError, GuardTripped
from certify_intacct.operators.plan_expenses import IntacctPlanOperator
from certify_intacct.operators.reconcile import ReconcileOperator
from tests.expense_company import DAY, INTACCT, Company, build, report_id
from tests.posting.test_gl_journals import JOURNAL, journals

LOCATIONS = [
    {"LOCATIONID": "NYC", "NAME": "New York", "STATUS": "active"},
    {"LOCATIONID": "BOS", "NAME": "Boston", "STATUS": "active"},
    {"LOCATIONID": "OLD", "NAME": "Closed", "STATUS": "inactive"},
]
SECTION = {"dimensions": {"entity": {"required": False}}}


@pytest.fixture
def bare(connections, database, fresh_sandbox, context, tmp_path, monkeypatch) -> Company:
    """The small company without entities and without locations."""
    records = {name: rows for name, rows in INTACCT.items() if name != "LOCATIONENTITY"}
    return build(records, database, fresh_sandbox, context, tmp_path, monkeypatch)


@pytest.fixture
def single(bare) -> Company:
    """The same with locations."""
    bare.sandbox.load("intacct", "LOCATION", LOCATIONS)
    return bare


def state(company: Company, **more: Any) -> None:
    """Says in connector.yaml that the company has no entities."""
    text = yaml.safe_load(company.config.read_text(encoding="utf-8"))
    text["company"]["entities"] = "none"
    for section, values in more.items():
        for name, value in values.items():
            text[section][name] = {**text[section][name], **value}
    company.config.write_text(yaml.safe_dump(text), encoding="utf-8")


def places(records: list[dict[str, Any]], container: str, field: str) -> set[str]:
    return {line.get(field, "") for record in records for line in record[container]}


def of(found: dict[str, list[dict[str, Any]]]) -> list[dict[str, Any]]:
    return [record for records in found.values() for record in records]


def balance(company: Company) -> list[tuple[Any, ...]]:
    """The newest reconciliation: entity, payer, bucket and amount."""
    rows = company.sql(
        "SELECT entity, payer, bucket, amount::text FROM ops.reconciliation"
        " WHERE load_id = (SELECT max(load_id) FROM ops.reconciliation) ORDER BY 1, 2, 3"
    )
    return [tuple(row.values()) for row in rows]


def test_a_run_for_some_entities_is_refused_where_there_are_none(single):
    single.report(1, EmpGLD1Code="NYC")
    with pytest.raises(BadInput, match="for 'NYC', and Intacct has no such entity") as refused:
        single.plan(entities=["NYC"])
    assert "or without any: for all." in refused.value.cure
    assert single.sync() == {"applied": 1}


def test_bills_and_card_transactions_carry_the_locations_that_certify_states(single):
    single.report(1, ("100.10", "100.10"), ("30.00", "0"), EmpGLD1Code="NYC")
    load, run = single.plan(validate=True)
    assert single.load(load, run) == {"applied": 1}
    assert places(of(single.bills()), "APBILLITEMS", "LOCATIONID") == {"NYC"}
    assert {line["LOCATIONID"] for line in single.sandbox.state("intacct", "CCTRANSACTIONENTRY")} == {"NYC"}
    (bill,) = of(single.bills())
    assert (bill["BASECURR"], bill["CURRENCY"]) == ("USD", "USD")
    assert single.states() == {"in_gl": 2}
    assert {row["entity"] for row in single.sql("SELECT entity FROM ledger.document")} == {""}
    assert single.sync() == {}
    findings = ReconcileOperator(task_id="reconcile", load_id=load).execute(run)
    assert findings == {"holds": True, "reports": 1}
    assert balance(single) == [("", "company", "in_gl", "30.00"), ("", "employee", "in_gl", "100.10")]


def test_lines_of_several_locations_share_a_document(single):
    """Where people choose the location on each expense."""
    single.configure(dimensions={"entity": {"certify": "report_gld/3"}})
    lines = [{"Amount": "10", "ReimAmount": "10", "ExpenseReportGLD3Code": code} for code in ("NYC", "BOS")]
    single.report(1, *lines)
    assert single.sync() == {"applied": 1}
    (bill,) = of(single.bills())
    assert [line["LOCATIONID"] for line in bill["APBILLITEMS"]] == ["NYC", "BOS"]


def test_journals_are_balanced_without_an_entity(single):
    single.sandbox.load("intacct", "GLJOURNAL", [{"SYMBOL": "EXP", "TITLE": "Expenses", "STATUS": "active"}])
    single.sandbox.load(
        "intacct", "GLACCOUNT", [{"ACCOUNTNO": "2055", "TITLE": "Clearing", "STATUS": "active", "REQUIRELOC": "true"}]
    )
    single.configure(company_paid=JOURNAL)
    single.report(1, ("30.00", "0"), ("-7.25", "0"), EmpGLD1Code="BOS")
    assert single.sync() == {"applied": 1}
    records = of(journals(single))
    assert places(records, "ENTRIES", "LOCATION") == {"BOS"}
    assert all("BASELOCATION_NO" not in record or not record["BASELOCATION_NO"] for record in records)
    assert single.states() == {"in_gl": 1}


def test_a_company_without_locations_needs_none(bare):
    bare.report(1, ("100.10", "100.10"), ("30.00", "0"), EmpGLD1Code="", EmpGLD1Name="")
    assert bare.sync() == {"applied": 1}
    assert places(of(bare.bills()), "APBILLITEMS", "LOCATIONID") == {""}
    assert bare.states() == {"in_gl": 2}


@pytest.mark.parametrize(
    ("code", "rule", "said"),
    [
        ("", "dimension_missing", "The line has no location: Employee GLD 1 is empty"),
        ("XXX", "dimension_unknown", "Location 'XXX' does not exist in Intacct"),
        ("nyc", "dimension_unknown", "It looks like 'NYC'."),
        ("OLD", "dimension_unknown", "Location 'OLD' is inactive in Intacct"),
    ],
)
def test_a_location_is_judged_like_any_dimension(single, code, rule, said):
    report = single.report(1, EmpGLD1Code=code)
    load, run = single.plan()
    single.load(load, run)
    (item,) = single.waiting(report, rule)
    assert said in item.reason
    assert single.posted() == []
    ReconcileOperator(task_id="reconcile", load_id=load).execute(run)
    assert balance(single) == [("", "employee", "held", "100.10")]
    # The cure: somebody corrects it in Certify.
    single.sandbox.act("edit_report", report=report, changes={"EmpGLD1Code": "NYC"})
    assert single.sync() == {"applied": 1}


def test_lines_may_be_without_where_connector_yaml_says_so(single):
    report = single.report(1, EmpGLD1Code="")
    single.sync()
    cures = single.sql("SELECT cure FROM plan.change WHERE rule = 'dimension_missing'")
    assert "set dimensions.entity.required: false and company.entities: none" in cures[0]["cure"]
    state(single, **SECTION)
    assert single.sync() == {"applied": 1}
    assert single.waiting(report) == []


def test_an_account_that_demands_a_location_holds_a_line_that_has_none(bare):
    bare.sandbox.load(
        "intacct", "GLACCOUNT", [{"ACCOUNTNO": "6500", "TITLE": "Fees", "REQUIRELOC": "true", "STATUS": "active"}]
    )
    bare.report(1, {"Amount": "5", "ReimAmount": "5", "ExpenseCategoryGLCode": "6500"}, EmpGLD1Code="")
    bare.sync()
    assert bare.held() == {report_id(1): {"dimension_required"}}
    (row,) = bare.sql("SELECT reason, cure FROM plan.change WHERE rule = 'dimension_required'")
    assert row["cure"].startswith("Fill Employee GLD 1 in Certify with the location")


@pytest.mark.parametrize("answer", ["nothing", "not_found", "not_permitted"])
def test_whatever_intacct_answers_to_a_question_for_entities(single, answer):
    """What is stated needs no answer. What is not stated is taken from an answer, and from no refusal."""
    single.sandbox.settings(entities_without=answer)
    single.report(1, EmpGLD1Code="NYC")
    if answer != "nothing":
        with pytest.raises(ConnectorError):
            single.sync()
        assert single.posted() == []
    state(single)
    assert single.sync() == {"applied": 1}


def test_what_was_stated_and_is_not_so_stops_the_plan(company):
    state(company)
    company.report(1)
    with pytest.raises(GuardTripped, match="locations lie in the entities 100, 200"):
        company.sync()
    assert company.posted() == []
    # The cure that the message names.
    company.configure()
    assert company.sync() == {"applied": 1}


def test_entities_that_the_user_does_not_see_are_not_taken_for_none(single):
    """One location that lies in an entity tells that there are some."""
    single.sandbox.load(
        "intacct", "LOCATION", [{"LOCATIONID": "PAR", "NAME": "Paris", "ENTITY": "300", "STATUS": "active"}]
    )
    single.report(1, EmpGLD1Code="NYC")
    single.sync()
    assert single.held() == {report_id(1): {"entity_unknown"}}


def test_a_list_that_came_with_doubles_proves_nothing(single):
    single.report(1, EmpGLD1Code="NYC")
    load, run = single.extract()
    single.sql("UPDATE ops.extract SET duplicates = 1 WHERE stream = 'intacct_locations'")
    IntacctPlanOperator(task_id="plan", load_id=load).execute(run)
    assert single.held() == {report_id(1): {"entity_unknown"}}


def test_without_a_base_currency_everything_waits_until_it_is_set(single):
    text = yaml.safe_load(single.config.read_text(encoding="utf-8"))
    del text["company"]["base_currency"]
    single.config.write_text(yaml.safe_dump(text), encoding="utf-8")
    single.report(1, EmpGLD1Code="NYC")
    single.sync()
    (row,) = single.sql("SELECT reason, cure FROM plan.change WHERE rule = 'currency'")
    assert row["reason"].endswith("nothing says which currency the company keeps its books in.")
    assert row["cure"] == "Write `base_currency: CURRENCY` into company in connector.yaml, with that of the books."
    single.configure()
    assert single.sync() == {"applied": 1}


def test_a_closed_period_of_the_company(single):
    single.configure(closed_periods={"closed_through": {"": {"AP": str(DAY)}}})
    single.report(1, EmpGLD1Code="NYC")
    single.sync()
    (row,) = single.sql("SELECT reason FROM plan.change WHERE rule = 'closed_period'")
    assert f"AP of the company is closed through {DAY}" in row["reason"]


def test_what_moves_money_from_one_location_to_another_is_posted_though_it_adds_up_to_nothing(single):
    """A cost that another location bears: same account, same department, nothing but the place is another."""
    single.configure(dimensions={"entity": {"certify": "report_gld/3"}})
    lines = [
        {"Amount": amount, "ReimAmount": amount, "ExpenseReportGLD3Code": code}
        for amount, code in (("500", "NYC"), ("-500", "BOS"))
    ]
    single.report(1, *lines)
    assert single.sync() == {"applied": 1}
    (bill,) = of(single.bills())
    assert [(line["LOCATIONID"], line["TRX_AMOUNT"]) for line in bill["APBILLITEMS"]] == [
        ("NYC", "500.00"),
        ("BOS", "-500.00"),
    ]
