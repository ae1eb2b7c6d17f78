"""``make whatif``: on a terminal and as CSV, and it ends like diff."""

from __future__ import annotations

import csv
import io
import sys
from datetime import timedelta
from pathlib import Path

import pytest
import structlog
import yaml

from certify_intacct.commands import whatif
from certify_intacct.operators.what_if import ExpenseWhatIfOperator
from tests.expense_company import DAY
from tests.pages.conftest import browser

__all__ = ["browser"]


@pytest.fixture
def changed(company) -> str:
    """One report is posted; another connector.yaml has another account for it."""
    company.report(1)
    company.sync()
    text = yaml.safe_load(Path(company.config).read_text(encoding="utf-8"))
    text["posting"]["accounts"]["map"] = {"Hotel": "6300"}
    path = Path(company.config).with_name("other.yaml")
    path.write_text(yaml.safe_dump(text), encoding="utf-8")
    return str(path)


@pytest.fixture
def ask(capsys, monkeypatch):
    def run(*arguments: str):
        monkeypatch.setattr(sys, "argv", ["whatif", *arguments])
        capsys.readouterr()
        status = whatif.main()
        return status, capsys.readouterr()

    return run


def test_it_ends_like_diff(company, changed, ask):
    day = str(DAY)
    assert ask(str(company.config), day, day)[0] == 0
    status, said = ask(changed, day, day)
    assert status == 1
    assert "1 otherwise; 0 alike." in said.out
    for wrong in ((changed, day, "tomorrow"), (changed, "2020-01-01", "2020-01-02"), ("nowhere.yaml", day, day)):
        status, said = ask(*wrong)
        assert (status, said.out) == (2, "")
        assert said.err.startswith("error: ")


def test_the_file_has_every_field(changed, ask):
    status, said = ask(changed, str(DAY), str(DAY), "--csv")
    (row,) = csv.DictReader(io.StringIO(said.out))
    assert status == 1
    assert {name: row[name] for name in ("approval_code", "turn", "payer", "what", "there", "here", "posted")} == {
        "approval_code": "104001", "turn": "otherwise", "payer": "employee", "what": "account", "there": "6220", "here": "6300",
        "posted": "6220",
    }  # fmt: skip


def test_the_page_that_it_names_shows_it_and_gives_the_same_file(changed, ask, browser):
    told = ask(changed, str(DAY), str(DAY))[1].out
    page = told.rpartition("The page: ")[2].strip()
    viewer = browser("viewer")
    text = viewer.get(page).text
    assert "Money, by account, entity and currency" in text
    assert "6220 → <strong>6300</strong>" in text
    assert "posted as" in text
    # Without saying with what, it is the other plan of the same run.
    assert f"load={page.rpartition('=')[2]}" in viewer.get(page.partition("?")[0]).text
    found = viewer.get(page.replace("against?", "against.csv?"))
    assert (found.status_code, found.headers["content-type"]) == (200, "text/csv; charset=utf-8")
    assert "account,6220,6300,6220" in found.text
    # What is not known is said there too.
    before = str(DAY - timedelta(days=1))
    told = ask(changed, before, str(DAY))[1].out
    note = f"Not in staging, and so not in this: {before}."
    assert note in told
    assert note in viewer.get(told.rpartition("The page: ")[2].strip()).text
    assert browser("").get(page.replace("against?", "against.csv?")).status_code == 403
    assert viewer.get(page.partition("?")[0].replace("against", "against.csv")).status_code == 404


def test_the_dag_says_the_same_in_its_log_and_leads_to_the_page(company, changed, context):
    task = ExpenseWhatIfOperator(task_id="what_if")
    run = context(period_start=str(DAY), period_end=str(DAY), configuration="other.yaml")
    with structlog.testing.capture_logs() as logs:
        found = task.execute(run)
    assert {name: found[name] for name in ("reports", "alike", "turns")} == {
        "reports": 1,
        "alike": 0,
        "turns": {"otherwise": 1},
    }
    assert any("1 otherwise; 0 alike." in str(entry) for entry in logs)
    assert task.load_id == found["load_id"]
