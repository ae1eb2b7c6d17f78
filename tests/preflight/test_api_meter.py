"""Intacct's own meter of API calls: found by what its fields are and are called, and compared with what was counted here."""

from __future__ import annotations

import csv
import io
import sys
from datetime import UTC, date, datetime, timedelta
from typing import Any

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from psycopg.rows import dict_row

from certify_intacct.commands import api_use as command
from certify_intacct.intacct.api_meter import _found, _month
from certify_intacct.intacct.definitions import FieldDefinition, ObjectDefinition
from certify_intacct.rules.preflight.api_use import CALLS, METER

NOTHING = "Nothing needs it."


@pytest.fixture(autouse=True)
def utc(company):
    """The sandbox's meter counts days in UTC. Where the company's differ, what is asked between is another day's on each side."""
    company.configure(company__time_zone="UTC")


def sql(company, statement: str, *values: Any) -> list[dict[str, Any]]:
    with psycopg.connect(company.database.owner_url, row_factory=dict_row) as connection:
        cursor = connection.execute(statement, values or None)
        return cursor.fetchall() if cursor.description else []


def metered(company) -> dict[str, tuple[int, int]]:
    """By whose: what the meter told and what was counted by then, added up over all days."""
    rows = sql(company, "SELECT whose, sum(calls) AS calls, max(counted) AS counted FROM ops.api_metered GROUP BY 1")
    return {row["whose"]: (int(row["calls"]), int(row["counted"])) for row in rows}


def meter(company) -> dict[str, Any]:
    return company.rows()[METER]


@pytest.mark.parametrize("shown", [["APIUSAGESUMMARY"], ["APIUSAGEDETAIL"], ["APIUSAGEDETAIL", "APIUSAGESUMMARY"]])
@pytest.mark.parametrize("fields", ["published", "labelled", "monthly"])
def test_it_is_what_was_counted_whatever_the_fields_are_called(company, shown, fields):
    company.sandbox.settings(api_usage_shown=shown, api_usage_fields=fields)
    company.check()
    assert meter(company)["outcome"] == "present", meter(company)
    assert meter(company)["detail"].startswith(shown[-1])
    told, counted = metered(company)["ours"]
    assert told == counted > 10
    company.check("organization")
    company.check(force=True)
    told, counted = metered(company)["ours"]
    assert told == counted > 30, "what was asked since is added, once"


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"api_usage_shown": []}, "APIUSAGESUMMARY"),
        ({"permissions_denied": {"*": {"APIUSAGEDETAIL": ["*"], "APIUSAGESUMMARY": ["*"]}}}, "permission"),
        ({"api_usage_fields": "no_count"}, "APIUSAGESUMMARY shows no field that counts calls"),
        ({"api_usage_fields": "no_date"}, "APIUSAGEDETAIL shows no date and no month"),
        ({"unreadable_fields": {"APIUSAGEDETAIL": ["N_TRANS"], "APIUSAGESUMMARY": ["N_TRANS"]}}, "N_TRANS"),
    ],
)
def test_where_it_cannot_be_told_it_is_said_in_words_and_nothing_stops(company, settings, said):
    company.sandbox.settings(**settings)
    assert company.check()["stopping"] == 0
    row = meter(company)
    assert (row["outcome"], row["required"]) == ("cannot tell", False)
    assert said in row["detail"]
    assert row["where_to_click"].startswith(NOTHING)
    assert metered(company) == {}


def test_what_others_ask_is_not_ours(company):
    today = f"{datetime.now(tz=UTC):%m/%d/%Y}"
    company.sandbox.load(
        "intacct", "APIUSAGESUMMARY",
        [
            {"PARTNERID": "ExpenseTool", "LOGINID": "xml_gateway", "N_TRANS": "500", "CREATED_DATE": today},
            {"PARTNERID": "sandbox_sender", "LOGINID": "payroll", "N_TRANS": "70", "CREATED_DATE": today},
        ],
    )  # fmt: skip
    company.check()
    found = metered(company)
    assert found["others"][0] == 570
    assert found["ours"][0] == found["ours"][1]


def test_where_it_names_nobody_only_the_sum_of_all_is_shown(company):
    company.sandbox.settings(api_usage_fields="no_sender")
    company.check()
    row = meter(company)
    assert row["outcome"] == "cannot tell"
    assert "only the sum of all callers can be shown" in row["detail"]
    assert set(metered(company)) == {"all"}


def test_functions_that_it_bills_and_nobody_says_so_are_a_difference(company, capsys, monkeypatch):
    company.sandbox.settings(api_usage_billed="all")
    company.check()
    (row,) = printed(capsys, monkeypatch)
    assert int(row["intacct"]) - int(row["counted"]) == int(row["difference"]) > 0
    assert row["others"] == "0"


def printed(capsys, monkeypatch, *arguments: str) -> list[dict[str, str]]:
    monkeypatch.setattr(sys, "argv", ["api_use", *arguments])
    capsys.readouterr()
    assert command.main() == 0
    return list(csv.DictReader(io.StringIO(capsys.readouterr().out)))


def test_the_command_lists_months_and_functions(company, capsys, monkeypatch):
    company.sandbox.settings(api_usage_shown=[])
    company.check()
    (row,) = printed(capsys, monkeypatch)
    assert (row["month"], row["intacct"], row["difference"], row["read_at"]) == (
        f"{datetime.now(tz=UTC):%Y-%m}", "", "", "",
    )  # fmt: skip
    functions = printed(capsys, monkeypatch, "function")
    assert sum(int(one["billed"]) for one in functions) == int(row["counted"]) > 0
    assert {one["service"] for one in functions} == {"intacct", "certify"}
    assert all(one["billed"] == "0" for one in functions if one["service"] == "certify")


def test_a_month_that_is_told_by_days_and_then_as_a_whole_is_not_counted_twice(company):
    for fields in ("published", "monthly", "published"):
        company.sandbox.settings(api_usage_fields=fields)
        company.check(force=True)
        told, counted = metered(company)["ours"]
        assert told == counted > 10


def test_days_that_it_has_forgotten_stay_as_it_told_them(company):
    company.check()
    sql(company, "UPDATE ops.api_metered SET day = day - 90; UPDATE ops.api_use SET day = day - 90")
    company.check(force=True)
    rows = sql(company, "SELECT day FROM ops.api_metered WHERE whose = 'ours' ORDER BY day")
    assert rows[-1]["day"] - rows[0]["day"] == timedelta(days=90)


def test_a_month_that_will_have_more_than_its_tier_warns_before_a_run(company):
    company.configure(company__api_tier=1_000_000)
    company.check()
    row = company.rows()[CALLS]
    assert (row["outcome"], row["where_to_click"]) == ("present", "")
    assert "of the 1,000,000 of company.api_tier" in row["detail"]
    company.configure(company__api_tier=1)
    assert company.check()["stopping"] == 0
    row = company.rows()[CALLS]
    assert row["outcome"] == "missing"
    assert "more than the 1 of company.api_tier" in row["detail"]
    assert "performance tier" in row["where_to_click"]


FIELDS = st.lists(
    st.builds(
        FieldDefinition,
        name=st.text("ABCDENRSTU_", min_size=1, max_size=12),
        label=st.sampled_from(["", "Sender ID", "Number of transactions", "Created date", "Month", "User ID"]),
        datatype=st.sampled_from(["TEXT", "INTEGER", "DATE", "TIMESTAMP", "DECIMAL", ""]),
    ),
    max_size=8,
)


@given(FIELDS)
def test_whatever_fields_there_are_each_means_one_thing_or_it_is_said_what_is_missing(fields):
    found = _found(ObjectDefinition("APIUSAGESUMMARY", {field.name: field for field in fields}))
    if isinstance(found, str):
        assert found.startswith("shows no")
        return
    names = [found.count, *found.groups]
    assert len(set(names)) == len(names), "no field means two things"
    assert set(names) <= {field.name for field in fields}


@pytest.mark.parametrize(
    ("text", "month"),
    [("2026-11", date(2026, 11, 1)), ("11/2026", date(2026, 11, 1)), ("2026-13", None), ("0000-01", None), ("soon", None)],
)  # fmt: skip
def test_months_as_somebody_may_write_them(text, month):
    assert _month(text) == month
