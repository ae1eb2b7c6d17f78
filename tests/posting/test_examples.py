"""Each shipped example on the company that it is for: lists in Certify, six dimensions on lines, and what waits for one.

What lists and lines must hold is told again here, from the company and not from the connector.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from certify_intacct.operators.preflight import PreflightOperator
from tests.expense_company import Company
from tests.organization_run import loaded, planned

EXAMPLES = Path(__file__).parents[2] / "include" / "examples"
Record = Mapping[str, Any]

#: What lines call a dimension, and which record of Intacct holds a value: object, code and name.
FIELDS = {
    "department": "DEPARTMENTID", "entity": "LOCATIONID", "class": "CLASSID", "item": "ITEMID", "project": "PROJECTID",
    "customer": "CUSTOMERID", "task": "TASKID", "brand": "GLDIMBRAND",
}  # fmt: skip
OF_JOURNALS = {"department": "DEPARTMENT", "entity": "LOCATION"}
VALUES = {
    "class": ("CLASS", "CLASSID", "NAME"), "item": ("ITEM", "ITEMID", "NAME"), "project": ("PROJECT", "PROJECTID", "NAME"),
    "customer": ("CUSTOMER", "CUSTOMERID", "NAME"), "task": ("TASK", "TASKID", "NAME"), "brand": ("BRAND", "NAME", "NAME"),
}  # fmt: skip
PLACES = {"class": "empglds/2", "item": "empglds/3", "brand": "empglds/5", "project": "exprptglds/1", "customer": "exprptglds/2",
          "task": "exprptglds/5"}  # fmt: skip
LINES = {
    "APBILL": "APBILLITEM",
    "CCTRANSACTION": "CCTRANSACTIONENTRY",
    "EEXPENSES": "EEXPENSESITEM",
    "GLBATCH": "GLENTRY",
}
#: Where Certify states a code that stands on lines as it is: header or line, field.
STATED = {
    "class": "EmpGLD2Code",
    "item": "EmpGLD3Code",
    "project": "ExpenseReportGLD1Code",
    "customer": "ExpenseReportGLD2Code",
}


def plain(row: Record, code: str, name: str) -> tuple[str, str]:
    return row[code], row[name]


def with_code(row: Record, code: str, name: str) -> tuple[str, str]:
    return row[code], f"{row[name]} ({row[code]})"


def task_by_name(row: Record, code: str, name: str) -> tuple[str, str]:
    return f"{row['PROJECTID']}|{row[code]}", f"{row['PROJECTNAME']}: {row[name]}"


def task_by_code(row: Record, code: str, name: str) -> tuple[str, str]:
    return f"{row['PROJECTID']}|{row[code]}", f"{row['PROJECTID']} {row[name]}"


@dataclass(frozen=True)
class Lack:
    """What a report is left without, the rule that holds it, and what its reason and its cure say."""

    rule: str
    reason: str
    cure: str
    report: Record = field(default_factory=dict)
    line: Record = field(default_factory=dict)


@dataclass(frozen=True)
class Example:
    """An example.

    :param objects: what its documents are in Intacct
    :param lists: how a value is called in each list that it keeps, but for departments and entities
    """

    name: str
    scale: Record
    dimensions: tuple[str, ...]
    objects: tuple[str, ...]
    lists: Mapping[str, Callable[[Record, str, str], tuple[str, str]]]
    lack: Lack
    settings: Record = field(default_factory=dict)


SMALL = {"entities": 2, "departments": 12, "people": 40, "reports_per_day": 16, "days": 1}
NO_CLASS = Lack(
    "dimension_missing", "The line has no class: Employee GLD 2 is empty", "Choose the class of the user in Certify",
    {"EmpGLD2Code": "", "EmpGLD2Name": ""},
)  # fmt: skip
SHOWN = (
    Example(
        "single_entity_us", {**SMALL, "entities": 0}, ("department", "entity", "class", "item", "project", "customer"),
        ("APBILL", "CCTRANSACTION"), dict.fromkeys(("class", "item", "project", "customer"), plain), NO_CLASS,
    ),
    Example(
        "multi_entity_group", SMALL, ("department", "entity", "class", "project", "customer", "task"), ("EEXPENSES", "GLBATCH"),
        {"class": plain, "project": with_code, "customer": plain, "task": task_by_name},
        Lack(
            "dimension_parent", "The task 'T-1' (TASKID) means nothing without its project", "Choose the project in Certify",
            line={"ExpenseReportGLD1Code": "", "ExpenseReportGLD5Code": "T-1"},
        ),
    ),
    Example(
        "uk_vat", {**SMALL, "entities": 4}, ("department", "entity", "class", "project", "customer", "brand"),
        ("APBILL", "CCTRANSACTION"), dict.fromkeys(("class", "project", "customer", "brand"), plain),
        Lack(
            "dimension_required", "Account '6330' requires GLDIMBRAND", "Fill Employee GLD 5 in Certify with the brand",
            {"EmpGLD5Code": "", "EmpGLD5Name": ""}, {"ExpenseCategory": "Training", "ExpenseCategoryGLCode": "6330"},
        ),
        settings={"user_defined_dimensions": {"brand": {"label": "Brand"}}},
    ),
    Example(
        "canada_hst", {**SMALL, "entities": 6}, ("department", "entity", "item", "project", "customer", "task"),
        ("APBILL", "CCTRANSACTION"), {"project": plain, "customer": plain, "task": task_by_code},
        Lack(
            "dimension_missing", "The line has no item: Employee GLD 3 is empty", "Choose the item of the user in Certify",
            {"EmpGLD3Code": "", "EmpGLD3Name": ""},
        ),
    ),
    Example(
        "every_kind", {**SMALL, "reports_per_day": 40}, ("department", "entity", "class", "item", "project", "customer"),
        ("APBILL", "CCTRANSACTION", "EEXPENSES", "GLBATCH"), dict.fromkeys(("class", "item", "project", "customer"), plain),
        Lack(
            "department_missing", "The line has no department", "Choose the department of the user in Certify",
            line={"DepartmentCode": "", "DepartmentName": ""},
        ),
    ),
)  # fmt: skip
each = pytest.mark.parametrize("example", SHOWN, ids=lambda one: one.name)


def made(company: Company, example: Example) -> None:
    """The company of an example, and its connector.yaml."""
    company.sandbox.settings(**example.settings)
    company.sandbox.reset(seed=7, scale=dict(example.scale))
    company.config.write_text((EXAMPLES / f"{example.name}.yaml").read_text(encoding="utf-8"), encoding="utf-8")


def rows_of(company: Company, place: str) -> dict[str, tuple[str, int]]:
    """Code to name and whether it is active, of a list in Certify."""
    name, number = place.split("/")
    index = {"empglds": "EmpGLDIndex", "exprptglds": "ExpRptGLDIndex"}[name]
    rows = [row for row in company.sandbox.state("certify", name) if row[index] == int(number)]
    return {row["Code"]: (row["Name"], row["Active"]) for row in rows}


def processed_day(company: Company) -> str:
    """The newest day of which the seed tells."""
    return str(max(row["date"] for row in company.sandbox.state("seed", "cases") if "report" in row))


def in_order(company: Company, day: str) -> list[Record]:
    """The reports of a day that carry no case."""
    cases = {row["report"] for row in company.sandbox.state("seed", "cases") if "report" in row}
    reports = company.sandbox.state("certify", "expensereports")
    return [row for row in reports if row["ID"] not in cases and str(row["ProcessedDate"])[:10] == day]


def test_every_shipped_example_is_here():
    assert sorted(example.name for example in SHOWN) == sorted(path.stem for path in EXAMPLES.glob("*.yaml"))
    assert all(len(set(example.dimensions)) >= 6 for example in SHOWN)
    used = {name for example in SHOWN for name in example.dimensions}
    assert used == set(FIELDS)


@each
def test_both_syncs_fill_the_lists_and_code_the_lines(example, company):
    made(company, example)
    for direction in ("organization", "expense"):
        checked = PreflightOperator(task_id="preflight", direction=direction).execute(company.context(run_id=direction))
        assert checked["stopping"] == 0
    run = company.context(run_id="lists")
    loaded(planned(run), run)
    assert_lists(company, example)

    day = processed_day(company)
    load, expense_run = company.plan(date.fromisoformat(day), refresh=True, validate=True)
    assert company.load(load, expense_run)["applied"] > 3
    held = company.held(load)
    wrong = {rule for row in in_order(company, day) for rule in held.get(row["ID"], ()) if rule.startswith("dimension")}
    assert wrong == set(), "what the company states fits what it asks for"
    for name in example.objects:
        lines = company.sandbox.state("intacct", LINES[name])
        names = {**FIELDS, **(OF_JOURNALS if name == "GLBATCH" else {})}
        for dimension in example.dimensions:
            assert [line for line in lines if line.get(names[dimension])], f"no {dimension} on any line of {name}"
        assert [line for line in lines if all(line.get(names[one]) for one in example.dimensions)], name
        assert_stated(company, example, lines)


def assert_lists(company: Company, example: Example) -> None:
    """Each list has every value that is offered, by the name that the example gives it."""
    offered = {row["PROJECTID"] for row in company.sandbox.state("intacct", "PROJECT")}
    if example.name == "multi_entity_group":
        internal = {
            row["PROJECTID"]
            for row in company.sandbox.state("intacct", "PROJECT")
            if row["PROJECTTYPE"] not in ("Billable", "T&M")
        }
        assert internal
        offered -= internal
    for dimension, called in example.lists.items():
        name, code, title = VALUES[dimension]
        wanted = dict(
            called(row, code, title)
            for row in company.sandbox.state("intacct", name)
            if dimension not in ("project", "task") or row["PROJECTID"] in offered
        )
        found = rows_of(company, PLACES[dimension])
        active = {key: text for key, (text, on) in found.items() if on}
        assert wanted
        assert {key: active.get(key) for key in wanted} == wanted, dimension
        in_use = {
            code
            for line in company.sandbox.state("certify", "expenses")
            if not line["Processed"]
            for code in (line.get("ExpenseReportGLD1Code"), line.get("ExpenseReportGLD5Code"))
        }
        assert set(active) - set(wanted) <= in_use, "what is not offered is there only while somebody uses it"


def assert_stated(company: Company, example: Example, lines: list[Record]) -> None:
    """What stands on lines is what Certify states, together: no line has the class of one report and the item of another."""
    headers = {row["ID"]: row for row in company.sandbox.state("certify", "expensereports")}
    names = [name for name in STATED if name in example.dimensions]
    customers = {row["PROJECTID"]: row["CUSTOMERID"] for row in company.sandbox.state("intacct", "PROJECT")}
    stated = set()
    for row in company.sandbox.state("certify", "expenses"):
        codes = {name: (headers[row["ExpenseReportID"]] | row).get(STATED[name]) or "" for name in names}
        # What is billed on has its project's customer, where it states none.
        billed = {"customer": customers[codes["project"]]} if row["Billable"] and codes["project"] else {}
        stated |= {tuple(codes.values()), tuple({**codes, **billed}.values())}
    found = {tuple(line.get(FIELDS[name]) or "" for name in names) for line in lines}
    assert found - {("",) * len(names)} <= stated
    if "task" in example.dimensions:
        joined = {row.get("ExpenseReportGLD5Code") for row in company.sandbox.state("certify", "expenses")}
        assert {f"{line['PROJECTID']}|{line['TASKID']}" for line in lines if line.get("TASKID")} <= joined
    if "brand" in example.dimensions:
        ids = {row["ID"]: row["NAME"] for row in company.sandbox.state("intacct", "BRAND")}
        brands = {row["EmpGLD5Code"] for row in headers.values()}
        assert {ids[str(line["GLDIMBRAND"])] for line in lines if line.get("GLDIMBRAND")} <= brands


def test_what_a_filter_does_not_offer_is_posted_all_the_same(company):
    """In the group internal projects are in no list; whoever has one on an expense is paid."""
    example = next(one for one in SHOWN if one.name == "multi_entity_group")
    made(company, example)
    internal = {
        row["PROJECTID"] for row in company.sandbox.state("intacct", "PROJECT") if row["PROJECTTYPE"] == "Internal"
    }
    day = processed_day(company)
    report = in_order(company, day)[0]
    (project,) = internal
    customer = next(
        row["CUSTOMERID"] for row in company.sandbox.state("intacct", "PROJECT") if row["PROJECTID"] == project
    )
    coded = {
        "ExpenseReportGLD1Code": project,
        "ExpenseReportGLD2Code": customer,
        "ExpenseReportGLD5Code": f"{project}|T-1",
    }
    company.sandbox.act("edit_report", report=report["ID"], line_changes=coded)
    load, run = company.plan(date.fromisoformat(day), refresh=True)
    company.load(load, run)
    assert company.outcomes()[report["ID"]] == "applied"
    lines = company.sandbox.state("intacct", "EEXPENSESITEM") + company.sandbox.state("intacct", "GLENTRY")
    assert any((line.get("PROJECTID"), line.get("TASKID")) == (project, "T-1") for line in lines)


@each
def test_a_line_without_a_required_dimension_waits_and_its_cure_posts_it(example, company):
    made(company, example)
    day = processed_day(company)
    # Paid by the employee alone, so that it is one document.
    report = next(
        row for row in in_order(company, day) if Decimal(row["TotalAmount"]) == Decimal(row["ReimAmount"]) > 0
    )
    line = next(row for row in company.sandbox.state("certify", "expenses") if row["ExpenseReportID"] == report["ID"])
    lack = example.lack
    acts = {"action": "edit_report", "report": report["ID"], "line": line["ID"]}
    company.sandbox.act(**acts, changes=dict(lack.report), line_changes=dict(lack.line))
    load, run = company.plan(date.fromisoformat(day), refresh=True)
    company.load(load, run)
    assert company.held(load)[report["ID"]] == {lack.rule}
    told = company.sql(
        "SELECT reason, cure FROM plan.change WHERE load_id = %s AND key = %s AND action = 'hold'", load, report["ID"]
    )
    assert any(lack.reason in row["reason"] and lack.cure in row["cure"] for row in told), told

    before = {key: report.get(key) or "" for key in lack.report}
    of_line = {key: line.get(key) or "" for key in lack.line}
    if lack.rule == "dimension_parent":
        of_line = {"ExpenseReportGLD1Code": "P-001", "ExpenseReportGLD2Code": "C-001", "ExpenseReportGLD5Code": "T-1"}
    company.sandbox.act(**acts, changes=before, line_changes=of_line)
    load, run = company.plan(date.fromisoformat(day))
    assert report["ID"] not in company.held(load)
    company.load(load, run)
    assert company.outcomes()[report["ID"]] == "applied"
