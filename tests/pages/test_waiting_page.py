"""The page of what waits: a row a report or document, looked for in the address, paged on the server, and as a file."""

from __future__ import annotations

import csv
import html
import io
import re
from datetime import UTC, datetime, timedelta

from tests.expense_company import report_id
from tests.staging.test_waiting import waiting

__all__ = ["waiting"]

PAGE = "/connector/waiting"


def rows_of(text: str) -> list[str]:
    """The rows of its table, as a person reads them."""
    body = text.partition("<tbody>")[2].partition("</tbody>")[0]
    return [" ".join(html.unescape(re.sub("<[^>]*>", " ", row)).split()) for row in body.split("<tr>")[1:]]


def test_each_report_and_document_is_a_row_with_its_cure_and_who_can_act(waiting, browser):
    text = browser("viewer").get(PAGE).text
    rows = rows_of(text)
    assert len(rows) == 4
    assert "3 reports wait: 229.10 USD." in text
    (card,) = [row for row in rows if "card_unmapped" in row]
    for words in (
        "104003",
        "company part",
        "Bo Öst",
        "E-9",
        "100",
        "20.00 USD",
        "owner of connector.yaml",
        "posting.company_paid.cards",
    ):
        assert words in card
    (quarantined,) = [row for row in rows if "104002" in row]
    for words in ("quarantined", "99.00 USD", "Certify administrator"):
        assert words in quarantined
    for report in (1, 2, 3):
        assert f'href="expense_sync/reports/{report_id(report)}"' in text


LOOKED_FOR = [
    ({"q": "bo"}, ["104003", "104003"]),
    ({"q": "E-9"}, ["104003", "104003"]),
    ({"q": "4002"}, ["104002"]),
    ({"q": "100.1"}, ["104001"]),
    ({"q": "20.00 "}, ["104003"]),
    ({"desk": "accounts payable"}, ["104001"]),
    ({"desk": "accounts payable", "rule": "vendor_missing"}, []),
    ({"rule": "vendor_missing"}, ["104003"]),
    ({"state": "quarantined"}, ["104002"]),
    ({"entity": "100", "q": "Ana"}, ["104001"]),
    ({"days": "30"}, []),
    ({"q": "'; DROP TABLE x; --\x00"}, []),
    ({"q": "NaN"}, []),
    ({"q": "1e99999"}, []),
    ({"q": "1e9999999"}, []),
    ({"q": "1e-9999999"}, []),
    ({"q": "2e1"}, []),
    ({"rule": "no such", "page": "-7"}, []),
]


def test_what_is_looked_for_stands_in_the_address(waiting, browser):
    viewer = browser("viewer")
    for query, codes in LOOKED_FOR:
        text = viewer.get(PAGE, params=query).text
        assert [row.split()[0] for row in rows_of(text)] == codes, query
        file = list(csv.DictReader(io.StringIO(viewer.get(f"{PAGE}.csv", params=query).text)))
        assert [row["approval_code"] for row in file] == codes, query
        assert "3 reports wait" in text, "how much waits in all does not depend on what is looked for"


def test_fifty_rows_are_a_page_and_the_next_keeps_what_is_looked_for(waiting, browser):
    many(waiting, 120)
    viewer = browser("viewer")
    first = viewer.get(PAGE, params={"q": "many"})
    assert len(rows_of(first.text)) == 50
    assert "Page 1 of 3" in first.text
    seen, text = [], first.text
    while True:
        seen += [row.split()[0] for row in rows_of(text)]
        following = re.search(r'rel="next" href="([^"]+)"', text)
        if following is None:
            break
        text = viewer.get(f"/connector/{html.unescape(following[1])}").text
    assert sorted(seen) == sorted(f"m{number:03}" for number in range(120))
    assert len(rows_of(viewer.get(PAGE, params={"q": "many", "page": "99"}).text)) == 20
    assert len(viewer.get(f"{PAGE}.csv", params={"q": "many"}).text.splitlines()) == 121
    old = viewer.get(PAGE, params={"q": "many", "days": "7"}).text
    assert "Page 1 of 2" in old


def many(company, count: int) -> None:
    """So many more reports that wait, every second one for ten days."""
    since = datetime.now(tz=UTC) - timedelta(days=10)
    company.sql(
        """
        INSERT INTO ledger.open_item (certify_company, report_id, label, state, rule, reason, source_hash, load_id, opened_at)
        SELECT 'sandbox', 'm' || n, 'approval code m' || lpad(n::text, 3, '0') || ' (Many)', 'held', 'closed_period', 'x', 'h', 1,
               CASE WHEN n %% 2 = 0 THEN now() ELSE %s END
        FROM generate_series(0, %s - 1) n
        """,
        since,
        count,
    )


def test_a_file_opens_in_a_spreadsheet_without_harm(waiting, browser):
    waiting.sql(
        "UPDATE ledger.open_item SET reason = '=HYPERLINK(\"http://evil.example\")' WHERE state = 'quarantined'"
    )
    answer = browser("viewer").get(f"{PAGE}.csv")
    assert answer.headers["content-type"].startswith("text/csv")
    assert answer.headers["content-disposition"] == 'attachment; filename="waiting.csv"'
    (quarantined,) = [row for row in csv.DictReader(io.StringIO(answer.text)) if row["state"] == "quarantined"]
    assert quarantined["reason"].startswith("'=")
    assert (quarantined["amount"], quarantined["currency"], quarantined["who_can_act"]) == (
        "99.00",
        "USD",
        "Certify administrator",
    )


def test_nobody_else_sees_it(waiting, browser):
    for role, status in ((None, 401), ("", 403)):
        for page in (PAGE, f"{PAGE}.csv"):
            answer = browser(role).get(page)
            assert (answer.status_code, "Öst" in answer.text) == (status, False)
