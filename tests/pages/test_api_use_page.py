"""What was asked of both services, on the pages: of a load beside its plan, by month beside Intacct's own meter, and the tier."""

from __future__ import annotations

import csv
import html
import io
import re

import yaml

from certify_intacct.operators.preflight import PreflightOperator
from certify_intacct.operators.run_report import RunReportOperator
from tests.expense_company import Company
from tests.pages.test_home_page import HOME, _require_whole, tiles

ADDRESS = "/connector/expense_sync/api-use"


def rows_of(text: str, part: str) -> dict[tuple[str, ...], list[str]]:
    """The rows of the table in a part of a page: first three cells to the others."""
    table = text.partition(f'id="{part}"')[2].partition("</table>")[0]
    found = [re.findall(r"<td[^>]*>(.*?)</td>", row, re.DOTALL) for row in table.split("<tr>")[1:]]
    return {tuple(row[:3]): row[3:] for row in found if row}


def set_company(company: Company, **values: object) -> None:
    content = yaml.safe_load(company.config.read_text())
    content["company"] |= values
    company.config.write_text(yaml.safe_dump(content))


def test_a_load_shows_what_was_expected_and_what_was_counted_by_function(company, browser, capfd):
    company.report(1, {"Amount": "10", "ReimAmount": "10", "ReceiptID": "r-1"})
    company.receipt("x", "r-1")
    company.sync(refresh=True)
    company.report(2, ("20", "5"), ("7", "7"))
    load, run = company.plan(refresh=True)
    (reads,) = company.sql("SELECT sum(pages) AS n FROM ops.api_use WHERE load_id = 1 AND service = 'intacct'")
    said = f"about {reads['n'] + 2}, 2 for what is written and {reads['n']} for what is read, as for load 1."
    assert said in capfd.readouterr().out
    planned = rows_of(browser("viewer").get(f"/connector/expense_sync/loads/{load}").text, "api-use")
    assert planned["Intacct", "create", "APBILL"][:2] == ["1", "0"]
    assert planned["Intacct", "record_cctransaction", ""][:2] == ["1", "0"]
    company.load(load, run)
    text = browser("viewer").get(f"/connector/expense_sync/loads/{load}").text
    _require_whole("load", text)
    done = rows_of(text, "api-use")
    assert done["Intacct", "create", "APBILL"][:3] == ["1", "1", "1"]
    assert done["Intacct", "record_cctransaction", ""][:3] == ["1", "1", "1"]
    assert done["Intacct", "query", "VENDOR"][:2] == ["1", "1"]
    assert done["Certify", "GET", "expensereports"][:2] == ["", ""]
    (billed,) = company.sql("SELECT sum(written + pages) AS n FROM ops.api_use WHERE load_id = %s", load)
    assert f"{billed['n']} calls billed by Intacct" in text
    first = rows_of(browser("viewer").get("/connector/expense_sync/loads/1").text, "api-use")
    assert first["Intacct", "create_supdoc", ""][:2] == ["1", "1"]


def test_a_preview_says_what_the_run_will_be_billed_and_was_not_yet(company, browser, capfd):
    company.report(1)
    company.sync(refresh=True)
    company.report(2)
    load, _ = company.plan(preview=True)
    assert "1 for what is written" in capfd.readouterr().out
    planned = rows_of(browser("viewer").get(f"/connector/expense_preview/loads/{load}").text, "api-use")
    assert planned["Intacct", "create", "APBILL"][:2] == ["1", "0"]


def test_the_month_is_shown_beside_intacct_s_own_meter_and_as_a_file(company, browser):
    company.report(1)
    company.sync()
    company.sandbox.load("certify", "empglds/1", [])
    # The sandbox's meter counts days in UTC.
    set_company(company, time_zone="UTC")
    company.sql("UPDATE ops.api_use SET day = (now() AT TIME ZONE 'UTC')::date")
    PreflightOperator(task_id="preflight", direction="expense").execute(company.context(run_id="check"))
    viewer = browser("viewer")
    text = viewer.get(ADDRESS).text
    _require_whole(ADDRESS, text)
    (row,) = company.sql(
        "SELECT sum(calls) AS calls, max(counted) AS counted FROM ops.api_metered WHERE whose = 'ours'"
    )
    assert row["calls"] == row["counted"]
    meter = " ".join(
        html.unescape(re.sub("<[^>]*>", " ", text.partition('id="meter"')[2].partition("</table>")[0])).split()
    )
    assert f"{row['counted']} {row['calls']} +0 0" in meter
    assert "query VENDOR" in text
    answer = viewer.get(f"{ADDRESS}.csv")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/csv; charset=utf-8")
    counted = list(csv.DictReader(io.StringIO(answer.text)))
    assert {(one["function"], one["billed"]) for one in counted if one["object"] == "APBILL" and one["function"] == "create"} == {
        ("create", "1")
    }  # fmt: skip
    for address in (ADDRESS, f"{ADDRESS}.csv"):
        assert browser("").get(address).status_code == 403
        assert browser(None).get(address).status_code == 401


def test_before_anything_was_asked_it_says_so(company, browser):
    text = browser("viewer").get(ADDRESS).text
    assert "Nothing was asked yet." in text
    assert "The first preflight of expense_sync will ask for it." in text


def test_the_first_page_and_the_log_warn_when_the_month_will_have_more_than_its_tier(company, browser, capfd):
    viewer = browser("viewer")
    company.report(1)
    load, run = company.plan()
    company.load(load, run)
    (billed,) = company.sql("SELECT sum(written + pages) AS n FROM ops.api_use")
    title = "API calls of Intacct this month"
    assert tiles(viewer.get(HOME).text)[title].startswith(f"{billed['n']} about ")
    set_company(company, api_tier=10**6)
    text = viewer.get(HOME).text
    assert "of 1,000,000 (company.api_tier)" in tiles(text)[title]
    assert f'<li class="good"><h2>{title}' in text
    assert 'href="expense_sync/api-use"' in text
    set_company(company, api_tier=1)
    assert f'<li class="bad"><h2>{title}' in viewer.get(HOME).text
    capfd.readouterr()
    RunReportOperator(task_id="report", load_id=load).execute(run)
    said = next(line for line in capfd.readouterr().out.splitlines() if "more than the 1 of company.api_tier" in line)
    assert "warning" in said.casefold()
