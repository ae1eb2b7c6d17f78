"""On a telephone nothing is scrolled sideways: no page, and no table on one, whatever people and companies are called."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from certify_intacct.pages.links import PREFIX
from tests import needs
from tests.expense_company import report_id
from tests.pages import year
from tests.pages.test_every_route import routes

pytestmark = needs.chromium
DAYS = 14
TELEPHONE = {"width": 390, "height": 844}
#: A word that nothing breaks, one that is written from the right, and one without blanks.
LONG, ARABIC, CHINESE = (
    "Pneumonoultramicroscopicsilicovolcanoconiosis" * 6,
    "محمد بن عبد العزيز الفيصل " * 4,
    "株式会社東京国際出張費精算" * 8,
)
NAMED = {"FirstName": ARABIC.strip(), "LastName": CHINESE, "ExpenseReportName": LONG}
#: What is not there, which the browser tells of.
NOWHERE, NOT_FOUND = (
    ("/expense_sync/loads/999", "/no/such/page"),
    "Failed to load resource: the server responded with a status of 404 (Not Found)",
)
#: What is wider than it is shown: by the text of its beginning.
WIDER = """() => [document.documentElement, ...document.querySelectorAll('main *, nav')]
    .filter(one => one.scrollWidth > one.clientWidth + 1 && one.clientWidth > 1
        && (one === document.documentElement || getComputedStyle(one).overflowX !== 'visible'))
    .map(one => `${one.tagName} ${one.className} ${one.scrollWidth} > ${one.clientWidth}: ${one.textContent.slice(0, 80)}`)"""


@pytest.fixture
def done(company, decides):
    """What runs really did with reports of people with long names."""
    company.report(
        1, {"Amount": "100.10", "ReimAmount": "100.10", "Vendor": LONG, "Reason": ARABIC}, Reimbursed=True, **NAMED
    )
    company.report(2, ("310.00", "310.00"), ("42.10", "0"), **NAMED)
    company.report(3, EmpGLD1Code="7" * 90, **NAMED)
    company.report(4, ("100.00", "100.00"), TotalAmount="99.00", **NAMED)
    company.sync(validate=True)
    company.sql("UPDATE ledger.open_item SET reason = reason || %s", LONG)
    company.sql(
        """
        INSERT INTO staging.shadow_document (load_id, position, outcome, report_id, approval_code, kind, number, payee_id, entity,
            currency, ours, object, record_no, their_number, record_url, theirs, differences, note)
        VALUES (1, 1, 'same', 'r-1', %s, 'ap_bill', 'CAAAAAAAAAA-1-001B', %s, '100', 'USD', 100, 'APBILL', '71', %s, '', 100,
                '[]', %s)
        """,
        LONG, LONG, LONG, CHINESE,
    )  # fmt: skip


@pytest.fixture
def fortnight(company, decides):
    """A fortnight of everything."""
    year.fill(company.database.owner_url, 40 * DAYS, days=DAYS)
    company.sql("UPDATE staging.certify_expense_report SET last_name = %s, employee_id = %s", LONG, LONG)
    company.sql(
        "UPDATE ops.reconciliation_finding SET text = %s, label = %s, number = number || %s", CHINESE, LONG, LONG
    )


def shown(person: Any, at: str) -> list[str]:
    """What of a page, with all that can be unfolded, is wider than a telephone."""
    expect(person.page.locator("main h1")).to_be_visible()
    person.page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
    return [f"{at}: {one}" for one in person.page.evaluate(WIDER)]


def pages() -> list[str]:
    """Each page of ours, those that somebody adds later too; Data Docs are Great Expectations' own."""
    found = [address for _, address in routes("GET") if not address.endswith(".csv") and "data-docs" not in address]
    return [
        *(address.replace("/reports/x", f"/reports/{report_id(1)}") for address in found),
        f"{PREFIX}/recheck?report={report_id(1)}", f"{PREFIX}/expense_sync/reports/{report_id(2)}",
        *(f"{PREFIX}{nowhere}" for nowhere in NOWHERE),
    ]  # fmt: skip


def test_no_page_and_no_table_is_wider_than_a_telephone(done, someone):
    kim = someone("user", "kim", viewport=TELEPHONE)
    wider, told = [], {}
    for address in pages():
        kim.opens(address)
        wider += shown(kim, address)
        if kim.trouble:
            told[address] = kim.trouble[:]
            kim.trouble.clear()
    assert told == {f"{PREFIX}{nowhere}": [NOT_FOUND] for nowhere in NOWHERE}
    kim.opens(f"{PREFIX}/waiting")
    kim.button("Release")
    assert wider + shown(kim, "what is confirmed") == []


def test_nor_is_any_that_is_full(fortnight, someone):
    kim = someone("user", "kim", viewport=TELEPHONE)
    wider = []
    for address in dict.fromkeys(path.partition("?")[0] for path in year.pages(DAYS) if ".csv" not in path):
        kim.opens(address)
        wider += shown(kim, address)
    kim.opens(f"{PREFIX}/waiting?rule=not_adopted")
    kim.button("Adopt")
    assert wider + shown(kim, "who is adopted") == []


def test_what_is_wider_is_seen(someone):
    """Else the test above could not fail."""
    vic = someone("viewer", "vic", viewport=TELEPHONE)
    vic.page.set_content(
        "<main><h1>x</h1><div style='overflow-x: auto'><p style='width: 500px'>in it</p></div><p style='width: 900px'>page</p></main>"
    )
    assert len(shown(vic, "it")) == 2
