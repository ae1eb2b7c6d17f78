"""Pages over a year of reports: no query reads more than what there is, and no page is too large. ``year.py`` measures them."""

from __future__ import annotations

from dataclasses import replace

import psycopg

from certify_intacct.pages import databases
from certify_intacct.staging.listings import MOST_BEGINNING
from tests.pages import year
from tests.posting.test_queries import Explaining, quadratic

REPORTS = 365 * 40
#: Documents, changes and headers together, and what is staged beside them: a few times the reports, a thousandth of their square.
MOST = 10 * REPORTS


def test_no_page_turns_quadratic_or_too_large(company, browser, monkeypatch):
    year.fill(company.database.owner_url, REPORTS)
    with psycopg.connect(company.database.owner_url, autocommit=True) as owner:
        owner.execute("ANALYZE")
    # How long it takes says year.py.
    for name in ("LIMITS", "FILE_LIMITS"):
        monkeypatch.setattr(databases, name, replace(databases.LIMITS, statement_timeout=60))
    Explaining.seen = []
    monkeypatch.setattr(psycopg.Cursor, "execute", Explaining.execute)
    clerk = browser("user")
    for page in year.pages():
        answer = clerk.get(page)
        assert answer.status_code == 200, page
        assert len(answer.content) < 1_000_000, page
    assert len(Explaining.seen) > 60
    assert quadratic(MOST) == {}
    # What is looked for by an index goes through no ledger: neither for payments that differ (at most through the narrow table of all
    # payments), nor for one document.
    for words, allowed in (("differing_payment", REPORTS), ("WHERE token =", 3 * MOST_BEGINNING)):
        touched = [most for most, text in Explaining.seen if words in text]
        assert touched
        assert max(touched) < allowed, words
    # What waits is read once, however it is looked for.
    for page in ("waiting", "waiting?q=Ruiz&page=20"):
        Explaining.seen = []
        assert clerk.get(f"/connector/{page}").status_code == 200
        assert [text.count("ledger.waiting") for _, text in Explaining.seen if "ledger.waiting" in text] == [1], page
    # What is rare there, or the beginning of too much, is not looked for in all of the ledger either.
    for asked in year.RARE:
        Explaining.seen = []
        assert clerk.get(f"/connector/ledger?{asked}").status_code == 200
        assert max(most for most, _ in Explaining.seen) <= 3 * MOST_BEGINNING, asked
