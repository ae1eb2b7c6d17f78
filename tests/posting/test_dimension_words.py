"""A company that has renamed dimensions in Intacct reads its own words: in holds, in their cures, and in plans of lists."""

from __future__ import annotations

from certify_intacct.operators.preflight import PreflightOperator
from tests.expense_company import Company
from tests.organization_run import planned

RENAMED = {"DEPARTMENT": "Cost centre", "CLASS": "GL Unit", "PROJECT": "Job"}


def check(company: Company, direction: str = "expense") -> None:
    """As the first task of a run does; what it found is good for a day."""
    run = company.context(run_id=f"check-{direction}-{company.runs}")
    PreflightOperator(task_id="preflight", direction=direction, force=True).execute(run)


def told(company: Company, action: str = "hold") -> list[str]:
    rows = company.sql(
        "SELECT reason, cure FROM plan.change WHERE action = %s AND load_id = (SELECT max(load_id) FROM ops.load) ORDER BY key, rule",
        action,
    )
    return [f"{row['reason']} To do: {row['cure']}" for row in rows]


def use(company: Company) -> None:
    places = {"class": "report_gld/2", "project": "report_gld/3", "task": "report_gld/4"}
    required = {"class": {"required": True}}
    company.configure(dimensions={name: {"certify": place, **required.get(name, {})} for name, place in places.items()})
    company.sandbox.load("intacct", "CLASS", [{"CLASSID": "C1", "NAME": "One", "STATUS": "active"}])


def test_holds_and_cures_say_what_the_company_calls_them(company):
    use(company)
    line = {"Amount": "10", "ReimAmount": "10", "ExpenseReportGLD2Code": "C1"}
    company.report(1, {**line, "DepartmentCode": "77"})
    company.report(2, {**line, "ExpenseReportGLD2Code": ""})
    company.report(3, {**line, "ExpenseReportGLD4Code": "T1"})
    company.sync()
    before = told(company)
    company.sandbox.settings(dimension_terms=RENAMED)
    check(company)
    company.sync(refresh=True)
    by_label, by_term = (["Department '77' does not", "no class", "without its project"],
                         ["Cost centre '77' does not", "no GL Unit", "without its job"])  # fmt: skip
    for words, said in ((by_label, before), (by_term, told(company))):
        assert len(said) == 3
        assert all(word in text for word, text in zip(words, said, strict=True)), said
    assert "Choose the GL Unit on the expense" in told(company)[1]
    # Nothing but words is another: the fields of Intacct and the keys of connector.yaml are what they are.
    assert "(DEPARTMENTID, from Department)" in told(company)[0]
    assert "dimensions.department.map" in told(company)[0]
    company.sandbox.settings(dimension_terms={})
    check(company)
    company.sync(refresh=True)
    assert told(company) == before, "they are asked anew each day"


def test_what_is_not_told_changes_no_word_that_is_known(company):
    use(company)
    company.sandbox.settings(dimension_terms=RENAMED)
    check(company)
    company.sandbox.settings(dimensions_readable=False)
    check(company)
    company.sandbox.settings(dimensions_readable=True)
    company.sandbox.fault(side="intacct", match="getDimensions", kind="http_503_html", times=None)
    check(company)
    company.sandbox.clear_faults()
    company.report(1, {"Amount": "10", "ReimAmount": "10"})
    company.sync()
    assert "The line has no GL Unit" in told(company)[0]


def test_a_list_in_certify_is_kept_in_the_company_s_words(company):
    company.sandbox.settings(dimension_terms=RENAMED)
    employee = {
        "EMPLOYEEID": "E-1007",
        "PERSONALINFO.CONTACTNAME": "Ana Ruiz",
        "DEPARTMENTID": "30",
        "LOCATIONID": "100",
        "STATUS": "active",
    }
    company.sandbox.load("intacct", "EMPLOYEE", [employee])
    check(company, "organization")
    planned(company.context(run_id="lists"), judged=False)
    assert any(text.startswith("Cost centre 30 (Sales) is active in Intacct") for text in told(company, "create"))
