"""The page of a load: complete, escaped, and closed to strangers."""

from __future__ import annotations

import csv
import html
import io
import re
import time
from dataclasses import replace
from decimal import Decimal

import pytest
from starlette.testclient import TestClient

from certify_intacct.model.changes import Action, Change
from certify_intacct.model.dimensions import DEPARTMENT
from certify_intacct.model.verdicts import Severity, Verdict
from certify_intacct.pages.app import app
from certify_intacct.pages.listing import Paging
from certify_intacct.pages.loads import values_of
from certify_intacct.pages.rendering import rendered
from certify_intacct.staging.load_page import LoadPage, load_page
from certify_intacct.staging.plans import store_plan
from certify_intacct.staging.verdicts import store_verdicts

HOSTILE = "<script>alert('é')</script>"


@pytest.fixture
def page(store, new_load):
    load_id = new_load(preview=True)
    changes = [
        Change(
            subject=DEPARTMENT.subject, action=Action.CREATE, key="010", after={"Name": HOSTILE}, reason="It is new."
        ),
        Change(
            subject=DEPARTMENT.subject,
            action=Action.HOLD,
            key="020",
            reason="It is unclear.",
            rule="ambiguous",
            cure="Choose one.",
        ),
    ]
    verdict = Verdict(
        stream="things",
        rule="r",
        severity=Severity.WARNING,
        reason="No.",
        cure="Mend it.",
        checked=1,
        failed_keys=("1",),
    )
    with store.connection() as connection:
        store_plan(connection, load_id, changes)
        store_verdicts(connection, load_id, [verdict], {"things": {"1": HOSTILE}})
        return load_page(connection, "organization_sync", load_id)


def shown(page: LoadPage):
    """The page, as the route shows it."""
    first = Paging(number=1, address=str(page.load["load_id"]), filters={})
    return rendered("load.html", **values_of(page, first, first, {}))


def test_it_shows_plan_quarantine_and_that_it_is_a_preview(page):
    text = shown(page).body.decode()
    for words in ("Preview: nothing was sent.", "It is new.", "It is unclear. Choose one.", "No. Mend it."):
        assert words in text
    assert [change["key"] for change in page.changes] == ["020", "010"], "what asks for a person comes first"


def test_texts_of_others_are_escaped_and_nothing_may_run(page):
    answer = shown(page)
    assert HOSTILE not in answer.body.decode()
    assert "default-src 'none'" in answer.headers["content-security-policy"]


def test_a_load_of_another_dag_is_not_shown(store, new_load):
    load_id = new_load()
    with store.connection() as connection:
        assert load_page(connection, "expense_sync", load_id) is None


def test_a_stranger_sees_nothing():
    answer = TestClient(app).get("/organization_sync/loads/1")
    assert answer.status_code == 401


@pytest.mark.parametrize(
    ("url", "is_link"),
    [("https://www.intacct.com/ia/acct/ur.phtml?.r=1", True), ("javascript:alert(1)", False), (None, False)],
)
def test_a_document_links_to_its_record_in_intacct(page, url, is_link):
    document = {
        "number": "CX-1-B", "report_id": "a/report", "kind": "ap_bill", "entity": "100", "payee_id": "E1",
        "posting_date": "2026-11-20", "total": Decimal("10.00"),
        "currency": "USD", "state": "in_gl", "message": "", "record_no": "77", "record_url": url,
    }  # fmt: skip
    text = shown(replace(page, documents=[document])).body.decode()
    assert "CX-1-B" in text
    assert 'href="../reports/a%2Freport"' in text
    assert (f'<a href="{url}"' in text) is is_link


def test_a_page_is_never_larger_than_a_megabyte(store, new_load, browser, database, monkeypatch):
    monkeypatch.setenv("AIRFLOW_CONN_CONNECTOR_DB", database.loader_url)
    load_id = new_load()
    changes = [
        Change(
            subject=DEPARTMENT.subject, action=Action.HOLD, key=f"{number:04}", reason="é" * 3000, rule="r", cure="ü" * 3000,
            after={"Name": "<" * 3000, "List": ["&" * 90] * 30},
        )
        for number in range(1200)
    ]  # fmt: skip
    with store.connection() as connection:
        store_plan(connection, load_id, changes)
    began = time.monotonic()
    answer = browser("viewer").get(f"/connector/organization_sync/loads/{load_id}")
    assert answer.status_code == 200
    assert len(answer.content) <= 1_000_000
    assert "so this one is cut: texts after 600 characters, lists after 1000 rows" in answer.text
    assert "0000" in answer.text
    assert time.monotonic() - began < 10


def test_what_cannot_be_cut_to_a_page_is_said_in_a_sentence(page):
    many = replace(
        page, extracts=[page.load | {"stream": "x" * 500, "row_count": 0, "page_count": 0, "duplicates": 0}] * 3000
    )
    for row in many.extracts:
        row |= {"observed_at": page.load["opened_at"], "source_load_id": 0}
    answer = shown(many)
    assert answer.status_code == 413
    assert "Questions to the database" in answer.body.decode()


@pytest.fixture
def large(store, new_load, database, monkeypatch) -> int:
    """A load of 5,200 changes: the last 120 wait, 20 of them by another rule."""
    monkeypatch.setenv("AIRFLOW_CONN_CONNECTOR_DB", database.loader_url)
    load_id = new_load()
    changes = [
        Change(
            subject=DEPARTMENT.subject, action=Action.CREATE, key=f"D{number:04}", after={"Name": "N"}, reason="New.", billed_calls=1
        )
        for number in range(5080)
    ]  # fmt: skip
    changes += [
        Change(
            subject=DEPARTMENT.subject, action=Action.HOLD, key=f"H{number:03}", reason="=1+1", cure="Choose one.",
            rule="looks_like" if number < 20 else "ambiguous",
        )
        for number in range(120)
    ]  # fmt: skip
    with store.connection() as connection:
        store_plan(connection, load_id, changes)
    return load_id


def keys_of(text: str) -> list[str]:
    """The keys of the plan's rows, as they stand on the page."""
    plan = text.partition('id="plan"')[2].partition('id="extracts"')[0]
    return re.findall(r"<td[^>]*>([DH]\d+)</td>", plan)


def test_thousands_of_changes_are_counted_on_top_and_paged_what_is_held_first(large, browser):
    viewer = browser("viewer")
    text = viewer.get(f"/connector/organization_sync/loads/{large}").text
    tally = " ".join(re.sub("<[^>]*>", " ", text.partition('class="tally"')[2].partition("</ul>")[0]).split())
    assert "5,200 changes planned 120 held 5,080 not sent" in tally
    assert "5,080 calls that Intacct bills for it" in tally
    assert (
        text.index('class="tally"') < text.index("Held, by rule") < text.index('id="plan"') < text.index('id="quality"')
    )
    assert keys_of(text) == [f"H{number:03}" for number in range(50)]
    assert "Page 1 of 104" in text
    seen = []
    while True:
        seen += keys_of(text)
        following = re.search(r'rel="next" href="([^"]+)"', text)
        if following is None or len(seen) > 150:
            break
        text = viewer.get(f"/connector/organization_sync/loads/{html.unescape(following[1])}").text
    assert len(seen) == len(set(seen)) == 200
    assert seen[119:121] == ["H119", "D0000"]
    last = viewer.get(f"/connector/organization_sync/loads/{large}", params={"page": "9999"}).text
    assert keys_of(last) == [f"D{number:04}" for number in range(5030, 5080)]
    assert "Page 104 of 104" in last


@pytest.mark.parametrize(
    ("query", "count", "first"),
    [
        ({"state": "held"}, 120, "H000"),
        ({"rule": "looks_like"}, 20, "H000"),
        ({"state": "held", "rule": "ambiguous"}, 100, "H020"),
        ({"action": "create"}, 5080, "D0000"),
        ({"q": "H11"}, 10, "H110"),
        ({"q": "D0_00"}, 0, None),
        ({"q": "'; DROP TABLE x; --\x00", "state": "\x00", "page": "-1"}, 0, None),
        ({"subject": "user"}, 0, None),
    ],
)
def test_what_is_looked_for_stands_in_the_address_of_the_page_and_of_its_file(large, browser, query, count, first):
    viewer = browser("viewer")
    page = f"/connector/organization_sync/loads/{large}"
    text = viewer.get(page, params=query).text
    assert "5,200" in text, "the tally is of all of it"
    assert keys_of(text)[:1] == ([first] if first else [])
    assert (f"{count:,} rows, what asks for a person first" in text) is bool(count)
    file = list(csv.DictReader(io.StringIO(viewer.get(f"{page}/changes.csv", params=query).text)))
    assert len(file) == count
    assert [row["key"] for row in file[:1]] == ([first] if first else [])
    assert {row["reason"] for row in file if row["state"] == "held"} <= {"'=1+1"}, "a spreadsheet reads no formula"


def test_a_rule_of_the_tally_leads_to_what_it_holds(large, browser):
    viewer = browser("viewer")
    text = viewer.get(f"/connector/organization_sync/loads/{large}").text
    link = html.unescape(re.findall(r'<a href="(\d+\?rule=looks_like#plan)">', text)[0])
    assert "20 rows, what asks" in viewer.get(f"/connector/organization_sync/loads/{link}").text


def test_what_was_read_and_judged_is_folded_and_says_how_much_it_is(page):
    text = shown(page).body.decode()
    assert "<summary>Data quality: 1 rules judged, 1 failed</summary>" in text
    assert "<summary>Extracts: 0 rows of 0 streams</summary>" in text
    assert '<details id="quality">' in text
    stopped = shown(replace(page, load=page.load | {"state": "stopped"})).body.decode()
    assert '<details id="quality" open>' in stopped, "what stopped it is seen at once"


def test_a_file_of_a_load_is_for_its_readers_and_all_of_what_was_taken_out_is_in_one(
    page, browser, database, monkeypatch
):
    monkeypatch.setenv("AIRFLOW_CONN_CONNECTOR_DB", database.loader_url)
    load = f"/connector/organization_sync/loads/{page.load['load_id']}"
    (row,) = csv.DictReader(io.StringIO(browser("viewer").get(f"{load}/quarantine.csv").text))
    assert (row["stream"], row["label"], row["cure"]) == ("things", HOSTILE, "Mend it.")
    for file in ("changes.csv", "quarantine.csv"):
        assert browser(None).get(f"{load}/{file}").status_code == 401
        assert browser("").get(f"{load}/{file}").status_code == 403
        assert browser("viewer").get(f"/connector/expense_sync/loads/{page.load['load_id']}/{file}").status_code == 404


def test_what_was_taken_out_is_read_a_page_at_a_time_beside_the_plan(store, new_load, browser, database, monkeypatch):
    monkeypatch.setenv("AIRFLOW_CONN_CONNECTOR_DB", database.loader_url)
    load_id = new_load()
    keys = [f"Q{number:03}" for number in range(120)]
    verdict = Verdict(
        stream="things", rule="r", severity=Severity.WARNING, reason="No.", cure="Mend it.", checked=120, failed_keys=keys
    )  # fmt: skip
    with store.connection() as connection:
        store_verdicts(connection, load_id, [verdict], {"things": {key: f"row {key}" for key in keys}})
    viewer, page, seen = browser("viewer"), f"{load_id}?q=x&page=3", []
    for number in (1, 2, 3):
        text = viewer.get(f"/connector/organization_sync/loads/{page}").text
        taken = text.partition('id="quarantine"')[2].partition('id="quality"')[0]
        assert (f"Page {number} of 3" in taken, "120 rows" in taken) == (True, True)
        seen += re.findall(r"<td[^>]*>row (Q\d+)</td>", taken)
        if following := re.search(r'rel="next" href="([^"]+)"', taken):
            page = html.unescape(following[1])
            # What is looked for in the plan stays as it is.
            assert page == f"{load_id}?q=x&page=3&taken={number + 1}#quarantine"
    assert (seen, following) == (keys, None)
    beyond = viewer.get(f"/connector/organization_sync/loads/{load_id}", params={"taken": "99"}).text
    assert "Page 3 of 3" in beyond
    assert "row Q119" in beyond


def test_a_load_of_many_documents_leads_to_all_of_them_in_the_ledger(company, browser):
    for number in range(1, 4):
        company.report(number)
    assert company.sync() == {"applied": 3}
    company.report(4)
    assert company.sync() == {"applied": 1}
    viewer = browser("viewer")
    ledger = viewer.get("/connector/ledger", params={"load": "1"}).text
    assert ledger.count('data-label="Report"') == 3
    assert viewer.get("/connector/ledger", params={"load": "x\x00"}).text.count('data-label="Report"') == 4
    tally = " ".join(re.sub("<[^>]*>", " ", viewer.get("/connector/expense_sync/loads/1").text).split())
    assert "3 changes planned 3 done" in tally
    assert "stands in Intacct" in tally
