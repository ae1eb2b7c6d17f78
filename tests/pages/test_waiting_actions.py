"""What can be done about a row of the page of what waits: offered is what fits, first it is said what will happen, then it happens."""

from __future__ import annotations

import html
import re

import pytest

from certify_intacct.model.outcomes import OpenState
from certify_intacct.model.rules import Desk, Rule
from certify_intacct.pages import listing
from certify_intacct.rules.decisions import ways
from tests.expense_company import report_id
from tests.pages.forms import ORIGIN, Form, forms_of, send

PAGE, CONFIRM = "/connector/waiting", "/connector/waiting/confirm"


def rows_form(client, query: str = "") -> Form:
    """The form around the rows."""
    return next(form for form in forms_of(client.get(PAGE + query).text) if form.action == "waiting/confirm")


def buttons(text: str) -> list[str]:
    """What the buttons of the rows send, in their order."""
    return [html.unescape(value) for value in re.findall(r'<button name="one" value="([^"]+)"', text)]


def offered(text: str) -> list[str]:
    return [button.partition(" ")[0] for button in buttons(text)]


def confirmed(client, form: Form, **chosen):
    """The page that says what will happen."""
    return send(client, PAGE, form, **chosen)


def kept(company):
    return company.sql(
        "SELECT report_id, decision, reason, decided_by, record_no FROM ledger.decision ORDER BY decision_id"
    )


@pytest.fixture
def several(company, decides):
    """Two reports that were reimbursed already, and one with an entity that Intacct does not have."""
    company.report(1, Reimbursed=True)
    company.report(2, Reimbursed=True)
    company.report(3, EmpGLD1Code="777")
    company.sync()


def reimbursed(company):
    company.report(1, Reimbursed=True)
    company.sync()


def never_found(company):
    company.report(1)
    company.sandbox.fault(side="intacct", match="create", kind="drop_before", times=1)
    for _ in range(3):
        company.sync()


def reversed_in_intacct(company):
    company.report(1)
    company.sync()
    (record,) = company.bills()["C5NFCLGNOVB-1-001B"]
    company.sandbox.act("reverse", object="APBILL", record=record["RECORDNO"])
    company.sync()
    company.reconcile()
    company.sync()


def changed_after_posting(company):
    company.report(1)
    company.sync()
    company.sandbox.act("reprocess", report=report_id(1), amount="5.00")
    company.sync()


#: How something came to wait, the decision, what is promised, and what stands afterwards: documents by state, and what still waits.
SITUATIONS = [
    (reimbursed, "release", "The next run of expense_sync posts it", {"in_gl": 1}, 0),
    (reimbursed, "booked_by_hand", "The next run of expense_sync compares it with Intacct", {}, 0),
    (reimbursed, "not_ours", "It is not posted, and counted as such", {}, 0),
    (never_found, "retry", "the next run of expense_sync plans it afresh", {"in_gl": 1}, 0),
    (reversed_in_intacct, "post_again", "posts it again, under a new number", {"in_gl": 1, "reversed": 1}, 0),
    (changed_after_posting, "accept_as_posted", "The difference stays visible", {"in_gl": 1}, 0),
]


@pytest.mark.parametrize(("arrange", "decision", "promise", "documents", "waiting"), SITUATIONS)
def test_what_is_offered_is_said_done_and_acted_on(
    company, decides, browser, arrange, decision, promise, documents, waiting
):
    arrange(company)
    clerk = browser("user", "kim")
    (button,) = [one for one in buttons(clerk.get(PAGE).text) if one.startswith(f"{decision} ")]
    page = confirmed(clerk, rows_form(clerk), one=button)
    assert page.status_code == 200
    assert (promise in page.text, kept(company)) == (True, []), "said, and not done yet"
    (form,) = forms_of(page.text)
    assert (form.hidden["decision"], len(form.hidden["item"]), "record_no" in form.named) == (
        [decision], 1, decision == "booked_by_hand",
    )  # fmt: skip
    record = {"record_no": "4711"} if decision == "booked_by_hand" else {}
    done = send(clerk, CONFIRM, form, reason="Asked the bank", **record)
    assert done.status_code == 303
    after = clerk.get(f"/connector/{done.headers['location']}").text
    assert promise in after
    assert "kim decided; the next run acts on it." in after
    assert offered(after) == []
    assert [(row["decision"], row["reason"], row["decided_by"]) for row in kept(company)] == [
        (decision, "Asked the bank", "kim")
    ]
    company.sync()
    assert (company.states(), len(company.open_items())) == (documents, waiting)


def test_several_rows_are_decided_at_once_and_each_is_answered(company, several, browser):
    clerk = browser("user", "kim")
    form = rows_form(clerk)
    assert len(form.choices["item"]) == 3
    page = confirmed(clerk, form, item=form.choices["item"], decision="release")
    assert page.status_code == 200
    left = page.text.partition("<h2>Left as it is</h2>")[2]
    assert ("104003" in left, "It cannot be decided so. Possible: booked by hand, not ours." in left) == (True, True)
    assert "or none of them" in page.text
    (both,) = forms_of(page.text)
    done = send(clerk, CONFIRM, both, reason="Asked the bank")
    after = clerk.get(f"/connector/{done.headers['location']}").text
    assert after.count(": released. The next run of expense_sync posts it") == 2
    assert [row["report_id"] for row in kept(company)] == [report_id(1), report_id(2)]
    company.sync()
    assert (company.states(), list(company.open_items())) == ({"in_gl": 2}, [report_id(3)])


def test_when_one_of_them_changed_meanwhile_none_is_decided(company, several, browser):
    clerk = browser("user", "kim")
    form = rows_form(clerk)
    (both,) = forms_of(confirmed(clerk, form, item=form.choices["item"], decision="release").text)
    company.sandbox.act("reprocess", report=report_id(2), amount="5.00")
    company.sync()
    assert (send(clerk, CONFIRM, both, reason="x").status_code, kept(company)) == (409, [])
    page = confirmed(clerk, form, item=form.choices["item"], decision="release")
    assert page.text.count("or it waits in another way by now") == 1
    assert len(forms_of(page.text)[0].hidden["item"]) == 1
    stale = confirmed(clerk, form, item=both.hidden["item"][1], decision="release")
    assert (stale.status_code, forms_of(stale.text)) == (409, [])


def test_a_page_of_rows_is_the_most_at_once(company, several, browser):
    clerk = browser("user", "kim")
    form = rows_form(clerk)
    many = [f"{number}:{'0' * 64}:0:{'0' * 16}" for number in range(listing.MOST + 1)]
    answer = confirmed(clerk, form, item=many, decision="release")
    assert (answer.status_code, "more than a page" in answer.text) == (400, True)
    for chosen, words in (
        ({"decision": "release"}, "No row is ticked"),
        ({"item": "x", "decision": "release"}, "names nothing that could wait"),
        ({"item": many[0]}, "No decision is chosen"),
        ({"one": f"everything {many[0]}"}, "No decision is chosen"),
    ):
        answer = confirmed(clerk, form, **chosen)
        assert (answer.status_code, words in answer.text) == (400, True), chosen


def test_what_was_looked_for_is_shown_again_and_nothing_else_of_the_address(company, several, browser):
    clerk = browser("user", "kim")
    form = rows_form(clerk, "?q=104001&desk=accounts+payable")
    assert form.hidden["back"] == ["q=104001&desk=accounts+payable"]
    form.hidden["back"] = ["q=104001&desk=accounts+payable&said=x&page=1&to=https://evil.example"]
    (second,) = forms_of(confirmed(clerk, form, item=form.choices["item"], decision="not_ours").text)
    location = send(clerk, CONFIRM, second, reason="x").headers["location"]
    assert location.startswith("waiting?q=104001&desk=accounts+payable&page=1&said=")
    assert "evil" not in location


def test_who_may_not_decide_sees_no_button_and_is_refused(company, several, browser):
    clerk = browser("user", "kim")
    form = rows_form(clerk)
    (second,) = forms_of(confirmed(clerk, form, item=form.choices["item"][0], decision="release").text)
    viewer, mine = browser("viewer", "vic"), browser("admin", "tests")
    for somebody, words in ((viewer, "right to edit the DAG decisions"), (mine, "tests triggered the run")):
        text = somebody.get(PAGE).text
        assert (buttons(text), words in text) == ([], True)
    assert forms_of(viewer.get(PAGE).text) == []
    for page, sent in ((PAGE, form), (CONFIRM, second)):
        chosen = {"item": form.choices["item"][0], "decision": "release", "reason": "x"}
        assert send(viewer, page, sent, **chosen).status_code == 403
        assert send(browser("user", "lee"), page, sent, **chosen).status_code == 403, "the token is kim's"
        assert send(clerk, page, sent, headers={}, **chosen).status_code == 403
        assert send(clerk, page, sent, headers={"Origin": "https://evil.example"}, **chosen).status_code == 403
        assert send(clerk, page, sent, **{**chosen, "token": "x"}).status_code == 403
    # Who triggered the run is told so about each row, and with a form of their own nothing is kept.
    own = Form("waiting/confirm", {"token": rows_form(mine).hidden["token"]})
    told = confirmed(mine, own, item=form.choices["item"], decision="release")
    assert (told.status_code, forms_of(told.text), "triggered the run" in told.text) == (409, [], True)
    own.action, chosen = "/connector/waiting", {"item": form.choices["item"][0], "decision": "release", "reason": "x"}
    assert send(mine, CONFIRM, own, **chosen).status_code == 403
    assert kept(company) == []


def test_nothing_is_done_by_an_address(company, several, browser):
    clerk = browser("user", "kim")
    form = rows_form(clerk)
    query = {"token": form.hidden["token"][0], "item": form.choices["item"][0], "decision": "release", "reason": "x"}
    assert clerk.get(CONFIRM, params=query, headers={"Origin": ORIGIN}).status_code in (404, 405)
    assert clerk.get(PAGE, params=query, headers={"Origin": ORIGIN}).status_code == 200
    assert kept(company) == []


HELD_BY = [rule for rule in Rule if rule.desk is not Desk.NOBODY]
STATES = (OpenState.HELD, OpenState.QUARANTINED, OpenState.REJECTED, OpenState.ALARM)


@pytest.mark.parametrize("state", STATES)
def test_every_rule_leads_to_a_decision_that_can_be_made_or_to_its_cure(company, decides, browser, state):
    company.report(1)
    company.sync()
    for number, rule in enumerate(HELD_BY):
        company.sql(
            """
            INSERT INTO ledger.open_item (certify_company, report_id, label, state, rule, reason, source_hash, load_id)
            VALUES ('sandbox', %s, %s, %s, %s, 'x', 'h', 1)
            """,
            f"r{number}", f"approval code r{number}", state.value, rule.value,
        )  # fmt: skip
    clerk = browser("user", "kim")
    text = "".join(clerk.get(PAGE, params={"q": "code r", "page": str(page)}).text for page in (1, 2, 3))
    rows = {found[1]: row for row in text.split("<tr>") if (found := re.search(r"reports/r(\d+)\"", row))}
    made: dict[tuple[str, ...], Rule] = {}
    for number, rule in enumerate(HELD_BY):
        row, expected = rows[str(number)], tuple(way.value for way in ways(state, [rule.value]))
        assert tuple(offered(row)) == expected, rule
        assert (rule.desk.value in row, bool(re.search(r'data-label="Cure">\s*\w', row))) == (True, True), rule
        assert ("Only the cure helps" in row) is (not expected)
        if expected in made:
            continue
        made[expected] = rule
        for button in buttons(row):
            # Whoever decides otherwise has seen what was decided before.
            (last,) = company.sql(
                "SELECT coalesce(max(decision_id), 0) AS id FROM ledger.decision WHERE report_id = %s", f"r{number}"
            )
            button = button.replace(":h:0:", f":h:{last['id']}:")
            (second,) = forms_of(confirmed(clerk, rows_form(clerk), one=button).text)
            record = {"record_no": "1"} if "record_no" in second.named else {}
            assert send(clerk, CONFIRM, second, reason="x", **record).status_code == 303, (rule, button)
    assert [row["decision"] for row in kept(company)] == [way for expected in made for way in expected]


def test_from_the_first_page_reason_and_cure_are_one_click_away_and_the_decision_three(company, several, browser):
    clerk = browser("user", "kim")
    (first,) = set(re.findall(r'href="(waiting)" aria-label="What waits', clerk.get("/connector/").text))
    text = clerk.get(f"/connector/{first}").text
    assert "already_reimbursed" in text
    assert 'data-label="Cure"' in text
    second = confirmed(clerk, rows_form(clerk), one=buttons(text)[0])
    (form,) = forms_of(second.text)
    assert send(clerk, CONFIRM, form, reason="x").status_code == 303
    assert len(kept(company)) == 1
