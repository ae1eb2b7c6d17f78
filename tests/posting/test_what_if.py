"""What another connector.yaml would have made of past dates: from staging alone, nothing sent, nothing written into the ledger."""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import psycopg
import pytest
import yaml

from certify_intacct.model.configuration import Configuration, load
from certify_intacct.model.errors import BadInput
from certify_intacct.model.periods import Period
from certify_intacct.posting import planner
from certify_intacct.posting.plan_differences import every_difference
from certify_intacct.posting.what_if import WhatIf, what_if
from certify_intacct.posting.what_if_report import WhatIfReport, what_if_lines, what_if_report
from certify_intacct.staging.database import Database
from tests import shipped_config
from tests.expense_company import COMPRESSED, DAY, Company, report_id

MEALS = {"ExpenseCategory": "Meals", "ExpenseCategoryGLCode": "6300"}


def other(company: Company, company_section: dict[str, str] | None = None, **posting: object) -> Configuration:
    """A changed connector.yaml beside the one in use."""
    text = shipped_config.content()
    text["company"] |= {"first_post_date": "2020-01-01"} | (company_section or {})
    text["posting"]["sending"] |= COMPRESSED
    for name, value in posting.items():
        text["posting"][name] = {**text["posting"].get(name, {}), **value} if isinstance(value, dict) else value
    path = Path(company.config).with_name("other.yaml")
    path.write_text(yaml.safe_dump(text), encoding="utf-8")
    return load(path)


def ask(company: Company, changed: Configuration, first=DAY, last=DAY) -> tuple[WhatIf, WhatIfReport]:
    database = Database(company.database.loader_url)
    found = what_if(database, load(company.config), changed, Period(first, last), run_id="test", actor="tests")
    with database.connection() as connection:
        return found, what_if_report(connection, load(company.config).company.certify_company, found)


def differences(company: Company, found: WhatIf) -> list[tuple[str, str, str, str, str]]:
    """Report number, field, today, changed, posted."""
    with Database(company.database.loader_url).connection() as connection:
        every = every_difference(
            connection, load(company.config).company.certify_company, found.changed, found.today, most=1000
        )
        return [(one.report_id[-2:], one.what, one.there, one.here, one.posted) for one in every]


def everything(company: Company, *schemas: str) -> dict[str, list[str]]:
    """All rows of all tables of some schemas."""
    with psycopg.connect(company.database.owner_url) as connection:
        tables = connection.execute(
            "SELECT schemaname || '.' || tablename FROM pg_tables WHERE schemaname = ANY(%s)", [list(schemas)]
        ).fetchall()
        assert tables
        return {
            name: sorted(text for (text,) in connection.execute(f"SELECT t::text FROM {name} t").fetchall())
            for (name,) in tables
        }


def test_each_kind_of_change_is_told_field_by_field_and_money_by_account(company):
    company.sandbox.load("certify", "expensecategories", [{"Name": "Taxi", "GLCode": "9999", "Active": 1}])
    company.report(1)
    company.report(2, {"Amount": "40", "ReimAmount": "40", **MEALS})
    company.report(3, ("60", "0"))
    company.report(4, {"Amount": "9", "ReimAmount": "9", "ExpenseCategory": "Taxi", "ExpenseCategoryGLCode": "9999"})
    company.sync()
    changed = other(
        company,
        accounts={"map": {"Hotel": "6300", "Taxi": "6220"}},
        employee_paid={"due": {"rule": "days_after", "days": 5}},
    )
    found, report = ask(company, changed)
    assert report.turns == {"held no more": 1, "otherwise": 3}
    assert report.held["account_unknown"] == (1, 0)
    told = differences(company, found)
    today, later = ((DAY + timedelta(days=days)).isoformat() for days in (14, 5))
    assert [one for one in told if one[0] == "01"] == [
        ("01", "due date", today, later, today), ("01", "account", "6220", "6300", "6220"),
    ]  # fmt: skip
    assert [one for one in told if one[0] == "02"] == [("02", "due date", today, later, today)]
    assert [one for one in told if one[0] == "03"] == [("03", "account", "6220", "6300", "6220")]
    held, document = (one for one in told if one[0] == "04")
    assert held[1] == "held by"
    assert held[2].startswith("account_unknown: ")
    assert held[3] == ""
    assert document[1:3] == ("document", "")
    assert document[3].startswith("AP bill 9.00 USD, E-1007")
    sums = {(row.account, row.entity, row.currency): (row.there, row.here) for row in report.accounts}
    assert sums == {
        ("6220", "100", "USD"): (Decimal("160.10"), Decimal("9.00")),
        ("6300", "100", "USD"): (Decimal("40.00"), Decimal("200.10")),
    }
    assert report.posted == (3, 0)


def test_nothing_is_asked_sent_or_written_but_two_plans(company):
    company.report(1)
    company.report(2, EmployeeID="E9")
    company.sync()
    before, documents = everything(company, "ledger", "staging", "quality"), company.posted()
    company.sandbox.clear_calls()
    found, _ = ask(company, other(company, accounts={"map": {"Hotel": "6300"}}))
    assert company.sandbox.calls() == {"intacct": {}, "certify": {}}
    assert company.posted() == documents
    assert everything(company, "ledger", "staging", "quality") == before
    assert company.sql("SELECT load_id, dry_run, state, run_type FROM ops.load WHERE dag_id = 'expense_whatif' ORDER BY 1") == [
        {"load_id": one, "dry_run": True, "state": "previewed", "run_type": "what_if"} for one in (found.today, found.changed)
    ]  # fmt: skip


def test_what_reads_could_not_write_if_it_tried(company, monkeypatch):
    """Not only does nobody write into the ledger: the database would refuse it to both transactions that a plan is made in."""
    company.report(1)
    company.plan()
    connect, plan = Database.connect, planner.ExpensePlanner.run
    opened, refused = [], []

    def noted(self, **options):
        opened.append(connect(self, **options))
        return opened[-1]

    def and_write(self, staged, quarantined):
        for connection in opened[:2]:
            with pytest.raises(psycopg.errors.ReadOnlySqlTransaction) as error, connection.transaction():
                connection.execute("UPDATE ledger.document SET message = 'x'")
            refused.append(error)
        return plan(self, staged, quarantined)

    monkeypatch.setattr(Database, "connect", noted)
    monkeypatch.setattr(planner.ExpensePlanner, "run", and_write)
    found = what_if(
        Database(company.database.loader_url),
        load(company.config),
        other(company),
        Period(DAY, DAY),
        run_id="test",
        actor="",
    )
    assert found.reports == 1
    assert len(refused) == 4
    # Of the three that were opened, the last one stores the plans, as plans, and writes nothing else.
    assert len(opened) == 3


def test_the_same_file_makes_no_difference_and_is_planned_in_any_portions(company, monkeypatch):
    for number in range(1, 6):
        company.report(number, ("10", "10"), ("20", "0"))
    company.sync()
    for at_once in (1, 2, 200):
        monkeypatch.setattr("certify_intacct.posting.what_if.AT_ONCE", at_once)
        found, report = ask(company, load(company.config))
        assert (report.turns, report.alike) == ({}, 5)
        assert "Nothing differs; 5 alike." in what_if_lines(found, report, "the same")
        assert report.posted == (5, 0)


def test_what_stands_otherwise_than_today_s_rules_is_a_column_of_its_own(company):
    company.report(1)
    company.sync()
    company.configure(accounts={"map": {"Hotel": "6300"}})
    found, report = ask(company, other(company, accounts={"map": {"Hotel": "2050"}}))
    assert report.posted == (1, 1)
    assert differences(company, found) == [("01", "account", "6300", "2050", "6220")]


def test_of_each_report_the_newest_reading_counts(company):
    company.report(1)
    gone = company.report(2)
    company.plan()
    company.sandbox.act("edit_report", report=report_id(1), line_changes={"Amount": "150.00", "ReimAmount": "150.00"})
    company.sandbox.act("edit_report", report=gone, changes={"ProcessedDate": str(DAY - timedelta(days=1))})
    newest, _ = company.plan()
    found, _ = ask(company, other(company, accounts={"map": {"Hotel": "6300"}}))
    assert found.report_ids == {report_id(1)}
    assert found.loads == [newest]
    assert company.sql("SELECT total FROM plan.document WHERE load_id = %s", found.today) == [
        {"total": Decimal("150.00")}
    ]


def test_dates_that_are_not_staged_are_named_and_none_at_all_is_refused(company):
    company.report(1)
    company.plan()
    found, report = ask(company, other(company), DAY - timedelta(days=1))
    assert found.notes == [f"Not in staging, and so not in this: {DAY - timedelta(days=1)}."]
    assert f"Not in staging, and so not in this: {DAY - timedelta(days=1)}." in what_if_lines(found, report, "x")
    company.sql("UPDATE ops.load SET staging_expired_at = now()")
    with pytest.raises(BadInput, match="Staging has no report"):
        ask(company, other(company))


def test_a_list_that_only_the_other_file_uses_is_named_until_a_run_has_read_it(company):
    """What it says to do, it is done with."""
    company.sandbox.load(
        "intacct", "EMPLOYEE", [{"EMPLOYEEID": "E-1007", "PERSONALINFO.CONTACTNAME": "Ana Ruiz", "STATUS": "active"}]
    )
    company.report(1)
    company.plan()
    changed = other(company, employee_paid={"target": "expense_report"})
    found, report = ask(company, changed)
    assert report.turns == {"held now": 1}
    (note,) = [one for one in found.notes if one.startswith("intacct_payee_employees ")]
    assert "was read by no load" in note
    used = Path(company.config).read_text(encoding="utf-8")
    Path(company.config).write_text(
        Path(company.config).with_name("other.yaml").read_text(encoding="utf-8"), encoding="utf-8"
    )
    read, _ = company.plan(DAY - timedelta(days=1), preview=True)
    Path(company.config).write_text(used, encoding="utf-8")
    found, report = ask(company, changed)
    assert [one for one in differences(company, found) if one[1] == "kind"] == [
        ("01", "kind", "AP bill", "Intacct expense report", "")
    ]
    (note,) = [one for one in found.notes if one.startswith("intacct_payee_employees ")]
    assert f"as load {read} read it" in note


@pytest.mark.parametrize(
    ("row", "code", "identity"),
    [({"object": "udd_other"}, "Spring", "777"), ({"object": "udd_test", "codes": "id"}, "10008", "10008")],
    ids=["another object", "other codes"],
)
def test_rows_of_another_object_or_by_another_code_are_none_of_a_dimension_of_ones_own(company, row, code, identity):
    """A campaign that has the name of another object's value is not it."""
    company.sandbox.settings(
        user_defined_dimensions={"udd_test": {"label": "Campaign"}, "udd_other": {"label": "Fair"}}
    )
    company.sandbox.load("intacct", "udd_test", [{"id": "10008", "name": "Spring"}])
    company.sandbox.load("intacct", "udd_other", [{"id": "777", "name": "Spring"}])
    own = {"user_defined_1": {"object": "udd_test", "certify": "report_gld/4"}}
    company.configure(dimensions=own)
    company.report(1, {"Amount": "9", "ReimAmount": "9", "ExpenseReportGLD4Code": code})
    company.plan()
    used = Path(company.config).read_text(encoding="utf-8")
    company.configure(dimensions={"user_defined_1": {**own["user_defined_1"], **row}})
    Path(company.config).with_name("changed.yaml").write_text(
        Path(company.config).read_text(encoding="utf-8"), encoding="utf-8"
    )
    changed = load(Path(company.config).with_name("changed.yaml"))
    Path(company.config).write_text(used, encoding="utf-8")
    found, report = ask(company, changed)
    assert report.held["dimension_unknown"][1] == 1
    (note,) = [one for one in found.notes if one.startswith("intacct_user_defined_1 ")]
    assert "was read by no load" in note
    # What it says to do, it is done with.
    Path(company.config).write_text(
        Path(company.config).with_name("changed.yaml").read_text(encoding="utf-8"), encoding="utf-8"
    )
    read, _ = company.plan(DAY - timedelta(days=1), preview=True, refresh=True)
    Path(company.config).write_text(used, encoding="utf-8")
    found, _ = ask(company, changed)
    (note,) = [one for one in found.notes if one.startswith("intacct_user_defined_1 ")]
    # The newest reading of a report that waits is the preview's, and then it is today's rules that need the other one.
    assert ("is as load 1 read it" if read in found.loads else f"is as load {read} read it") in note
    (planned,) = company.sql("SELECT canonical FROM plan.document WHERE load_id = %s", found.changed)
    line = json.loads(bytes(planned["canonical"]))["lines"][0]
    assert line["dimensions"] == {f"GLDIM{row['object'].upper()}": identity}


def test_a_file_of_another_company_is_refused(company):
    company.report(1)
    company.plan()
    with pytest.raises(BadInput, match=r"is of company\.certify_company 'acme-uk'"):
        ask(company, other(company, {"certify_company": "acme-uk"}))


def test_what_persons_decided_and_who_holds_a_charge_counts_in_both(company):
    company.report(1, EmpGLD1Code="777")
    company.sync()
    company.decide(report_id(1), "not_ours")
    charge = {"Amount": "60", "ReimAmount": "0", "CCTransactionID": "T-9"}
    company.report(2, charge)
    company.sync()
    company.report(3, charge)
    company.sync()
    found, report = ask(company, other(company, accounts={"map": {"Hotel": "6300"}}))
    assert report.held == {"same_charge": (1, 1)}
    assert [one[:3] for one in differences(company, found)] == [("02", "account", "6220")]
    assert company.sql("SELECT rule FROM plan.change WHERE load_id = %s AND action = 'skip'", found.today) == [
        {"rule": "not_ours"}
    ]


def test_the_text_fits_a_terminal(company):
    wide = {"ExpenseReportName": "x" * 300, "ApprovalCode": "9" * 60}
    company.report(1, {"Amount": "40", "ReimAmount": "40", "Reason": "y" * 500}, **wide)
    company.sync()
    found, report = ask(
        company, other(company, texts={"memo": "{reason} {category}"}, accounts={"map": {"Hotel": "6300"}})
    )
    lines = "\n".join(what_if_lines(found, report, "other.yaml")).splitlines()
    assert max(map(len, lines)) <= 120
    assert any(line.startswith("6300") and line.endswith("+40.00") for line in lines)


def test_a_report_s_own_timeline_has_nothing_of_it(company):
    from certify_intacct.staging.report_timeline import report_timeline

    company.report(1)
    company.sync()
    found, _ = ask(company, other(company, accounts={"map": {"Hotel": "6300"}}))
    with company.loader() as connection:
        timeline = report_timeline(connection, report_id(1))
    assert timeline is not None
    assert {found.today, found.changed}.isdisjoint(timeline.loads)
    assert {row["load_id"] for row in timeline.planned_documents}.isdisjoint({found.today, found.changed})
