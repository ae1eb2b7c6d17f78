"""The example with six dimensions, both ways on the seeded company: lists in Certify, codes on the lines in Intacct."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from certify_intacct.operators.preflight import PreflightOperator
from tests.organization_run import loaded, planned

EXAMPLE = Path(__file__).parents[2] / "include" / "examples" / "six_dimensions.yaml"
FIELDS = ("DEPARTMENTID", "LOCATIONID", "CLASSID", "ITEMID", "PROJECTID", "CUSTOMERID", "TASKID")


def listed(company, name: str, number: int) -> dict[str, tuple[str, int]]:
    field = {"empglds": "EmpGLDIndex", "exprptglds": "ExpRptGLDIndex"}[name]
    rows = [row for row in company.sandbox.state("certify", name) if row[field] == number]
    return {row["Code"]: (row["Name"], row["Active"]) for row in rows}


def test_both_syncs_fill_the_lists_and_code_the_lines(company):
    company.sandbox.reset(
        seed=7, scale={"entities": 2, "departments": 12, "people": 40, "reports_per_day": 12, "days": 2}
    )
    company.config.write_text(EXAMPLE.read_text(encoding="utf-8"), encoding="utf-8")
    for direction in ("organization", "expense"):
        checked = PreflightOperator(task_id="preflight", direction=direction).execute(company.context(run_id=direction))
        assert checked["stopping"] == 0
    run = company.context(run_id="lists")
    loaded(planned(run), run)
    projects, tasks = listed(company, "exprptglds", 1), listed(company, "exprptglds", 5)
    names = {row["PROJECTID"]: row["NAME"] for row in company.sandbox.state("intacct", "PROJECT")}
    assert projects["P-001"] == (f"{names['P-001']} (P-001)", 1)
    assert tasks["P-001|T-2"] == (f"{names['P-001']}: Build", 1)
    assert len(tasks) == 3 * (len(names) - 1), "the project that is left out has no tasks either"
    assert not [code for code in tasks if code.startswith("P-012")]
    assert len(listed(company, "exprptglds", 2)) == len(listed(company, "empglds", 2)) == len(names)
    assert listed(company, "empglds", 3) == {"EXP": ("Rebillable expense", 1)}

    day = max(row["date"] for row in company.sandbox.state("seed", "cases") if "report" in row)
    load, expense_run = company.plan(date.fromisoformat(day), refresh=True, validate=True)
    assert company.load(load, expense_run)["applied"] > 3
    wrong = {rule for rules in company.held().values() for rule in rules if rule.startswith("dimension")}
    assert wrong == set()
    lines = company.sandbox.state("intacct", "APBILLITEM") + company.sandbox.state("intacct", "CCTRANSACTIONENTRY")
    full = [line for line in lines if all(line.get(name) for name in FIELDS)]
    assert len(full) > 5
    stated = {row["ID"]: row for row in company.sandbox.state("certify", "expenses")}
    codes = {(row["ExpenseReportGLD1Code"], row["ExpenseReportGLD5Code"]) for row in stated.values()}
    assert {(line["PROJECTID"], f"{line['PROJECTID']}|{line['TASKID']}") for line in full} <= codes
    assert any(line["PROJECTID"] == "P-012" for line in full), "what the filter does not offer is posted all the same"
