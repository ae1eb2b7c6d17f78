"""Two clicks, two people, or a page from before: a decision is kept once, and none is overruled by who has not seen it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.expense_company import DAY, report_id
from tests.pages.forms import Form, forms_of, send

WAITING = "/connector/waiting"
REPORT = f"/connector/expense_sync/reports/{report_id(1)}"


@pytest.fixture
def held(company, decides):
    """Two reports that were reimbursed already."""
    company.report(1, Reimbursed=True)
    company.report(2, Reimbursed=True)
    company.sync()
    return company


def kept(company) -> list[tuple[str, str]]:
    rows = company.sql("SELECT decided_by, decision FROM ledger.decision ORDER BY decision_id")
    return [(row["decided_by"], row["decision"]) for row in rows]


def confirmed(clerk, *items: int, decision: str = "release") -> Form:
    """The form of the page that says what will happen, of rows of the page of what waits."""
    (rows,) = [form for form in forms_of(clerk.get(WAITING).text) if form.action == "waiting/confirm"]
    chosen = [rows.choices["item"][item] for item in items]
    shown = send(clerk, WAITING, rows, item=chosen, decision=decision)
    (form,) = forms_of(shown.text)
    return form


@pytest.mark.parametrize("at_once", [False, True])
def test_a_second_click_keeps_nothing_a_second_time_and_says_the_same(held, browser, at_once):
    clerk = browser("user", "kim")
    form = confirmed(clerk, 0, 1)

    def press(_: int):
        return send(clerk, f"{WAITING}/confirm", form, reason="Asked the bank")

    with ThreadPoolExecutor(2 if at_once else 1) as pressing:
        answers = list(pressing.map(press, range(3)))
    assert [answer.status_code for answer in answers] == [303] * 3
    for answer in answers:
        assert (
            clerk.get(f"/connector/{answer.headers['location']}").text.count(
                "released. The next run of expense_sync posts it"
            )
            == 2
        )
    assert kept(held) == [("kim", "release")] * 2


def test_a_second_click_on_what_is_taken_back_is_one_too(held, browser):
    held.decide(report_id(1), "not_ours")
    held.sync()
    clerk = browser("user", "kim")
    (form,) = forms_of(clerk.get(REPORT).text)
    for _ in range(2):
        answer = send(clerk, REPORT, form, decision="retry", reason="It is ours after all")
        assert answer.status_code == 303
        assert "It is ours after all" in clerk.get(f"/connector/expense_sync/reports/{answer.headers['location']}").text
    assert kept(held) == [("kim", "not_ours"), ("kim", "retry")]


def test_who_has_not_seen_what_another_decided_decides_nothing_and_learns_what(held, browser):
    kim, lee = browser("user", "kim"), browser("user", "lee")
    of_lee, (on_its_page,) = confirmed(lee, 0, 1, decision="not_ours"), forms_of(lee.get(REPORT).text)
    assert send(kim, f"{WAITING}/confirm", confirmed(kim, 0), reason="Asked the bank").status_code == 303
    for page, form, typed in ((f"{WAITING}/confirm", of_lee, {}), (REPORT, on_its_page, {"decision": "not_ours"})):
        answer = send(lee, page, form, reason="A private trip", **typed)
        assert answer.status_code == 409
        assert "kim decided about approval code 104001 (Ana Ruiz) since this was shown: release" in answer.text
        assert "Asked the bank" in answer.text
        assert f"expense_sync/reports/{report_id(1)}" in answer.text, "there they look, and decide"
    assert kept(held) == [("kim", "release")]
    # Who has seen it, decides otherwise: what was decided last counts.
    (again,) = forms_of(lee.get(REPORT).text)
    assert send(lee, REPORT, again, decision="not_ours", reason="A private trip").status_code == 303
    held.sync()
    assert (kept(held), held.posted()) == ([("kim", "release"), ("lee", "not_ours")], [])


def test_a_page_from_before_says_so_before_anything_is_confirmed(held, browser):
    """As a browser shows it that is sent back."""
    kim = browser("user", "kim")
    (rows,) = [form for form in forms_of(kim.get(WAITING).text) if form.action == "waiting/confirm"]
    assert send(kim, f"{WAITING}/confirm", confirmed(kim, 0), reason="Asked the bank").status_code == 303
    shown = send(kim, WAITING, rows, item=rows.choices["item"], decision="not_ours")
    assert "Somebody decided about it since, or it waits in another way by now, or not any more" in shown.text
    assert len(forms_of(shown.text)[0].hidden["item"]) == 1, "the other one is still to be decided"


def test_the_same_words_about_what_a_run_held_again_are_another_decision(held, browser):
    clerk = browser("user", "kim")
    for amount in ("", "5.00"):
        if amount:
            held.sandbox.act("reprocess", report=report_id(1), amount=amount)
            held.sync()
        (form,) = forms_of(clerk.get(REPORT).text)
        assert send(clerk, REPORT, form, decision="release", reason="Asked the bank").status_code == 303
    assert kept(held) == [("kim", "release")] * 2


def test_an_approval_that_is_sent_twice_allows_no_more_than_one(company, decides, browser):
    clerk = browser("user", "kim")
    (form,) = [one for one in forms_of(clerk.get("/connector/decisions").text) if {"first", "amounts"} <= one.named]
    asked = {"first": str(DAY), "last": str(DAY), "amounts": "USD 250"}
    for reason in ("The last quarter", "The last quarter", "As much again"):
        answer = send(clerk, "/connector/decisions", form, reason=reason, **asked)
        assert answer.status_code == 303
        assert (
            "USD 250.00 were sent under it"
            in clerk.get(f"/connector/{answer.headers['location'].removeprefix('../')}").text
        )
    rows = company.sql("SELECT reason FROM ledger.backfill_approval ORDER BY backfill_id")
    assert [row["reason"] for row in rows] == ["The last quarter", "As much again"]
