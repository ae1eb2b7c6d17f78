"""The examples with tax, on the demo company: what the seed says is posted, each cent of tax under its detail."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import pytest

from certify_intacct.operators.reconcile import ReconcileOperator
from certify_intacct.rules.expenses import identity
from include.sandbox.seed import OWN
from tests.expense_company import Company

EXAMPLES = Path(__file__).parents[2] / "include" / "examples"
SOLUTIONS = {"130": "United Kingdom - VAT", "150": "Canadian Sales Tax - SYS"}
LINES = {"APBILL": "APBILLITEMS", "CCTRANSACTION": "CCTRANSACTIONENTRIES"}


def british(line: Mapping[str, Any]) -> tuple[str, int]:
    """The detail and the percent that uk_vat.yaml means for a line, told again."""
    if line["ExpenseReportGLD4Code"] == "FR" or line["ExpenseCategory"] == "Entertainment":
        return "VAT UK 20", 0
    return "VAT UK 20", 50 if line["ExpenseCategory"] == "Car Rental" else 100


def canadian(line: Mapping[str, Any]) -> tuple[str, int]:
    """The same of canada_hst.yaml."""
    return "HST CA 13", 50 if line["ExpenseCategory"] in ("Meals", "Entertainment") else 100


def taxes_in_intacct(company: Company) -> dict[str, dict[str, Decimal]]:
    """By token of a report the tax of all its documents by detail; every line of a taxed entity has a detail."""
    found: dict[str, dict[str, Decimal]] = {}
    for name, lines in LINES.items():
        for record in company.sandbox.state("intacct", name):
            token = (identity.parse_number(record["RECORDID"]) or ("",))[0]
            for item in record[lines]:
                if item["LOCATIONID"] in SOLUTIONS:
                    of_report = found.setdefault(token, {})
                    detail = item.get("DETAILID", "")
                    of_report[detail] = of_report.get(detail, Decimal(0)) + Decimal(item.get("TRX_TAX") or 0)
    return found


@pytest.mark.parametrize(
    ("example", "entity", "field", "means", "percents", "zero"),
    [
        ("uk_vat", "130", "VATAmount", british, {0, 50, 100}, "VAT UK 0"),
        ("canada_hst", "150", "HSTAmount", canadian, {50, 100}, "CA 0"),
    ],
)
def test_an_example_posts_its_taxed_entity_to_the_cent(company, example, entity, field, means, percents, zero):
    if example == "uk_vat":
        company.sandbox.settings(**OWN["brands"])
    company.sandbox.reset(seed=7, scale={"people": 60, "departments": 12, "reports_per_day": 150, "days": 1})
    company.sandbox.settings(entity_tax_solutions={entity: SOLUTIONS[entity]}, lines_without_tax_entry="refuse")
    company.config.write_text((EXAMPLES / f"{example}.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    cases = {row["report"]: row for row in company.sandbox.state("seed", "cases") if "report" in row}
    (day,) = {row["date"] for row in cases.values()}
    load, run = company.plan(date.fromisoformat(day), validate=True, refresh=True)
    held = {rule for rules in company.held(load).values() for rule in rules}
    assert not held & {"tax", "request"}
    company.load(load, run)
    posted = taxes_in_intacct(company)
    expected, told_apart = {}, set()
    for row in company.sandbox.state("certify", "expensereports"):
        if row["EmpGLD1Code"] != entity or cases.get(row["ID"], {"outcome": "post"})["outcome"] != "post":
            continue
        lines = [
            line
            for line in company.sandbox.state("certify", "expenses")
            if line["ExpenseReportID"] == row["ID"] and line["Status"] != "Disapproved"
        ]
        told_apart |= {means(line)[1] for line in lines if Decimal(line[field] or 0)}
        expected[identity.token("sandbox", row["ID"])] = claimed(lines, field, means)
    expected = {token: tax for token, tax in expected.items() if token in posted}
    assert len(expected) >= 3
    assert told_apart == percents, "each row of the example means a line"
    for token, tax in expected.items():
        assert {name: amount for name, amount in posted[token].items() if amount} == tax
        assert "" not in posted[token]
    assert zero in {detail for of_report in posted.values() for detail in of_report}
    assert ReconcileOperator(task_id="reconcile", load_id=load).execute(run)["holds"] is True
    assert company.sql("SELECT DISTINCT entity FROM ledger.reclaimable_tax") == [{"entity": entity}]


def claimed(lines: list[Mapping[str, Any]], field: str, means: Any) -> dict[str, Decimal]:
    """What of a report's tax is claimed, by detail."""
    found: dict[str, Decimal] = {}
    for line in lines:
        detail, percent = means(line)
        part = Decimal(line[field] or 0) * percent / 100
        tax = abs(part).quantize(Decimal("0.01"), ROUND_HALF_UP).copy_sign(part)
        if tax:
            found[detail] = found.get(detail, Decimal(0)) + tax
    return found
