"""How seeded expenses are coded: projects with their tasks and customers on lines, class and item of each employee on headers.

A list of tasks in Certify has each code joined with its project's. A company that made brands a dimension of its own has the brand
that each employee works for on headers too. Which company uses which of these, its configuration says.
"""

from __future__ import annotations

from include.sandbox.seed.company import SeededCompany
from include.sandbox.seed.pools import dice
from include.sandbox.store import Record

#: Of each project.
TASKS = {"T-1": "Discovery", "T-2": "Build", "T-3": "Hand-over"}
ITEM = "EXP"
#: By ID the values of the dimension that a company made of its brands, and the object that it is.
BRAND = "brand"
BRANDS = {"10001": "Alder", "10002": "Birch & Co", "10003": "Cedar"}
#: In that company nobody books these without saying for which brand.
BRANDED_ACCOUNTS = frozenset({"6235", "6330"})
#: What a line states that is coded by nobody.
UNCODED: Record = {"ExpenseReportGLD1Code": "", "ExpenseReportGLD2Code": "", "ExpenseReportGLD5Code": ""}


def customer_of(number: int) -> str:
    """The customer of the project of that number."""
    return f"C-{number:03}"


def type_of(number: int, count: int) -> str:
    """The type of the project of that number: the last one is the company's own."""
    return "Internal" if number == count else "Billable"


def class_of(number: int) -> str:
    """The class of that number."""
    return f"CL{number:02}"


def class_of_employee(company: SeededCompany, person: int) -> str:
    """The class that an employee works for, by the employee's number; empty where the company has none."""
    return class_of(_given(company, person)) if company.projects else ""


def of_line(company: SeededCompany, expense: str) -> Record:
    """What people chose on an expense: two of three are for a project.

    :param expense: its ID
    """
    rng = dice(company.seed, "coding", expense)
    if not company.projects or rng.random() > 2 / 3:
        return {}
    number = rng.randint(1, len(company.projects))
    project, name = company.projects[number - 1]
    task = rng.choice(list(TASKS))
    return {
        "ExpenseReportGLD1Label": "Project",
        "ExpenseReportGLD1Name": name,
        "ExpenseReportGLD1Code": project,
        "ExpenseReportGLD2Label": "Customer",
        "ExpenseReportGLD2Name": name.removesuffix(" roll-out"),
        "ExpenseReportGLD2Code": customer_of(number),
        "ExpenseReportGLD5Label": "Task",
        "ExpenseReportGLD5Name": f"{name}: {TASKS[task]}",
        "ExpenseReportGLD5Code": f"{project}|{task}",
    }


def of_report(company: SeededCompany, person: int) -> Record:
    """What an employee was given, on every report.

    :param person: the employee's number
    """
    if not company.projects:
        return {}
    number = _given(company, person)
    brand = list(BRANDS.values())[person % len(BRANDS)] if company.brands else ""
    return {
        "EmpGLD2Name": f"Class {number}",
        "EmpGLD2Code": class_of(number),
        "EmpGLD3Name": "Rebillable expense",
        "EmpGLD3Code": ITEM,
        **({"EmpGLD5Name": brand, "EmpGLD5Code": brand} if brand else {}),
    }


def _given(company: SeededCompany, person: int) -> int:
    return person % len(company.projects) + 1
