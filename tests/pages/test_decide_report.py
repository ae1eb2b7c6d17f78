"""A person decides on the page of a report: what is offered, as the user whom Airflow signed in, and nothing else is believed."""

from __future__ import annotations

import pytest

from certify_intacct.pages import forms as pages_forms
from tests.expense_company import report_id
from tests.pages.forms import ORIGIN, forms_of, send

PAGE = f"/connector/expense_sync/reports/{report_id(1)}"
SCRIPT = "<script>alert(1)</script>"


@pytest.fixture
def waiting(company, decides):
    """A report that was reimbursed already, so a rule holds it; the run was started by `tests`."""
    report = company.report(1, Reimbursed=True)
    company.sync()
    return report


def kept(company):
    return company.sql("SELECT decision, rules, record_no, reason, decided_by, user_id, number FROM ledger.decision")


def test_who_may_decide_is_told_to_do_it_below_and_others_where_it_is_done(waiting, browser):
    below, elsewhere = "decide below: release, booked by hand, not ours", "decide on its page in Airflow"
    for role, told in (("user", (True, False)), ("viewer", (False, True))):
        text = browser(role, "kim").get(PAGE).text
        assert (below in text, elsewhere in text) == told, role


def test_a_decision_is_kept_told_and_acted_on(company, waiting, browser):
    clerk = browser("user", "kim")
    (form,) = forms_of(clerk.get(PAGE).text)
    assert form.choices["decision"] == ["release", "booked_by_hand", "not_ours"]
    answer = send(clerk, PAGE, form, decision="release", reason="  Asked the bank.\r\nIt came back. ")
    assert answer.status_code == 303
    assert answer.headers["location"].startswith(f"{waiting}?said=")
    after = clerk.get(PAGE.rsplit("/", 1)[0] + "/" + answer.headers["location"]).text
    assert "approval code 104001 (Ana Ruiz): released. The next run of expense_sync posts it" in after
    assert "kim released already_reimbursed" in after
    assert "Asked the bank. It came back." in after
    top = after.partition("What happened</h2>")[0]
    assert "kim decided at" in top.partition('id="now"')[2], (
        "how it stands and what comes next is told first, with the decision"
    )
    assert "The next run of expense_sync acts on it." in top
    assert kept(company) == [
        {
            "decision": "release", "rules": ["already_reimbursed"], "record_no": "", "reason": "Asked the bank.\nIt came back.",
            "decided_by": "kim", "user_id": "kim", "number": "",
        }
    ]  # fmt: skip
    # Nobody but the person reads it a second time, and nobody writes words there.
    assert (
        "The next run of expense_sync posts it"
        not in browser("user", "lee").get(PAGE.rsplit("/", 1)[0] + "/" + answer.headers["location"]).text
    )
    assert "Pay me" not in clerk.get(f"{PAGE}?said=Pay%20me").text
    assert company.sync() == {"applied": 1}
    done = clerk.get(PAGE).text
    assert forms_of(done) == []
    assert "Decided so far" in done


def test_what_is_closed_by_a_person_is_kept_with_its_record(company, waiting, browser):
    clerk = browser("user", "kim")
    for decision, typed in (("booked_by_hand", {"record_no": " 4711 "}), ("not_ours", {})):
        (form,) = forms_of(clerk.get(PAGE).text)
        assert send(clerk, PAGE, form, decision=decision, reason="See the file", **typed).status_code == 303
    assert [(row["decision"], row["record_no"], row["rules"]) for row in kept(company)] == [
        ("booked_by_hand", "4711", []),
        ("not_ours", "", []),
    ]
    assert "booked by hand (record 4711)" in clerk.get(PAGE).text
    assert company.sync() == {}
    assert (company.open_items(), company.posted()) == ({}, [])


def test_a_document_that_was_never_found_is_planned_afresh(company, decides, browser):
    company.report(2)
    company.sync()
    company.report(1)
    company.sandbox.fault(side="intacct", match="create", kind="drop_before", times=1)
    for _ in range(3):
        company.sync()
    clerk = browser("user", "kim")
    (form,) = forms_of(clerk.get(PAGE).text)
    assert form.choices["decision"][0] == "retry"
    assert send(clerk, PAGE, form, decision="retry", reason="Not in Intacct").status_code == 303
    assert company.sync() == {"applied": 1}
    assert company.states() == {"in_gl": 2}


def test_what_was_reversed_is_posted_again_under_a_new_number(company, decides, browser):
    company.report(1)
    company.sync()
    (record,) = company.bills()["C5NFCLGNOVB-1-001B"]
    company.sandbox.act("reverse", object="APBILL", record=record["RECORDNO"])
    company.sync()
    company.reconcile()
    company.sync()
    clerk = browser("user", "kim")
    (form,) = forms_of(clerk.get(PAGE).text)
    assert form.choices["decision"][0] == "post_again"
    assert send(clerk, PAGE, form, decision="post_again", reason="It was right").status_code == 303
    company.sync()
    assert "C5NFCLGNOVB-2-001B" in company.bills()


def test_what_was_changed_after_posting_is_accepted(company, decides, browser):
    company.report(1)
    company.sync()
    company.sandbox.act("reprocess", report=report_id(1), amount="5.00")
    company.sync()
    clerk = browser("user", "kim")
    (form,) = forms_of(clerk.get(PAGE).text)
    assert form.choices["decision"] == ["accept_as_posted"]
    assert send(clerk, PAGE, form, decision="accept_as_posted", reason="Told by phone").status_code == 303
    assert [row["decision"] for row in kept(company)] == ["accept_as_posted"]
    company.sync()
    assert company.open_items() == {}


def test_what_only_a_cure_helps_is_offered_to_be_closed_and_nothing_else(company, decides, browser):
    company.report(1, EmpGLD1Code="777")
    company.sync()
    clerk = browser("user", "kim")
    (form,) = forms_of(clerk.get(PAGE).text)
    assert form.choices["decision"] == ["booked_by_hand", "not_ours"]
    refused = send(clerk, PAGE, form, decision="release", reason="I want to")
    assert (refused.status_code, "cannot be decided by release" in refused.text) == (400, True)
    assert kept(company) == []


PEOPLE = (
    (None, "kim", 401, "Sign in to Airflow"),
    ("", "kim", 403, "You may not read expense_sync"),
    ("viewer", "kim", 403, "Deciding takes the right to edit the DAG decisions"),
    ("admin", "tests", 403, "tests triggered the run: the right to trigger is not the right to post"),
    ("user", " Tests ", 403, "triggered the run"),
    ("admin", "Owner", 403, "edits connector.yaml"),
    ("user", "lee", 303, ""),
    ("op", "lee", 303, ""),
    ("admin", "lee", 303, ""),
)


def test_who_may_decide(company, waiting, browser):
    company.config.write_text(
        company.config.read_text().replace("configuration_owners: []", "configuration_owners: [owner]")
    )
    (form,) = forms_of(browser("user", "lee").get(PAGE).text)
    for role, name, status, words in PEOPLE:
        somebody = browser(role, name)
        page = somebody.get(PAGE).text
        assert len(forms_of(page)) == (status == 303), "what a person may not do is not offered"
        assert words in page
        # With a token of their own, which nobody gives them, it is refused all the same.
        form.hidden["token"] = [pages_forms.token(_User(name))]
        answer = send(somebody, PAGE, form, decision="release", reason="I may")
        assert (answer.status_code, words in answer.text) == (status, True), (role, name)
    assert [row["decided_by"] for row in kept(company)] == ["lee"], "one form, sent three times"


class _User:
    def __init__(self, name: str) -> None:
        self.name = name

    def get_id(self) -> str:
        return self.name


def test_only_those_whom_connector_yaml_names_decide(company, waiting, browser):
    company.config.write_text(company.config.read_text().replace("deciders: []", "deciders: [Kim]"))
    assert "lee is not among company.deciders" in browser("user", "lee").get(PAGE).text
    assert forms_of(browser("user", "lee").get(PAGE).text) == []
    clerk = browser("user", "kim")
    (form,) = forms_of(clerk.get(PAGE).text)
    assert send(clerk, PAGE, form, decision="release", reason="I may").status_code == 303


def test_a_name_in_the_form_is_not_believed(company, waiting, browser):
    clerk = browser("user", "kim")
    (form,) = forms_of(clerk.get(PAGE).text)
    names = {"by": "boss", "user": "boss", "decided_by": "boss", "user_id": "boss", "name": "boss", "username": "boss"}
    assert send(clerk, PAGE, form, decision="release", reason="x", **names).status_code == 303
    assert [(row["decided_by"], row["user_id"]) for row in kept(company)] == [("kim", "kim")]


def test_nobody_decides_where_airflow_asks_nobody_who_they_are(company, waiting, browser, monkeypatch):
    clerk = browser("user", "kim")
    (form,) = forms_of(clerk.get(PAGE).text)
    monkeypatch.setenv("AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS", "True")
    assert "asks nobody who they are" in clerk.get(PAGE).text
    assert send(clerk, PAGE, form, decision="release", reason="x").status_code == 403
    assert kept(company) == []


OURS = (
    {"Origin": ORIGIN},
    {"Origin": "http://testserver:80"},
    {"Referer": f"{ORIGIN}{PAGE}"},
    {"Origin": "https://airflow.example.com", "Host": "internal:8080"},
    {"Referer": "https://airflow.example.com/team/connector/x", "Host": "internal:8080"},
)
NOT_OURS = (
    {},
    {"Origin": "null"},
    {"Origin": "https://evil.example"},
    {"Origin": "http://testserver.evil.example"},
    {"Origin": "http://testserver@evil.example"},
    {"Origin": "http://testserver:8081"},
    {"Origin": "http://[broken"},
    {"Origin": "https://evil.example", "Referer": f"{ORIGIN}{PAGE}"},
    {"Referer": f"https://evil.example/{ORIGIN}"},
)


def test_a_form_comes_from_a_page_of_this_airflow(company, waiting, browser, monkeypatch):
    monkeypatch.setenv("AIRFLOW__API__BASE_URL", "https://airflow.example.com/team/")
    clerk = browser("user", "kim")
    (form,) = forms_of(clerk.get(PAGE).text)
    for headers in NOT_OURS:
        answer = send(clerk, PAGE, form, headers=headers, decision="release", reason="x")
        assert (answer.status_code, "did not come from a page of this Airflow" in answer.text) == (403, True), headers
    assert kept(company) == []
    for headers in OURS:
        answer = send(clerk, PAGE, form, headers=headers, decision="release", reason="x")
        assert answer.status_code == 303, headers
    assert len(kept(company)) == 1, "one form, sent several times"


def test_a_form_carries_a_token_that_was_made_for_this_person_lately(company, waiting, browser, monkeypatch):
    clerk, other = browser("user", "kim"), browser("user", "lee")
    (form,), (of_other,) = forms_of(clerk.get(PAGE).text), forms_of(other.get(PAGE).text)
    good = form.hidden["token"][0]
    said = pages_forms.told(_User("kim"), ["kim"])
    for wrong in ("", "x", good[:-1], good + "x", of_other.hidden["token"][0], said, '"kim"'):
        form.hidden["token"] = [wrong]
        answer = send(clerk, PAGE, form, decision="release", reason="x")
        assert (answer.status_code, "was not made for you" in answer.text) == (403, True), wrong
    form.hidden["token"] = [good]
    monkeypatch.setattr(pages_forms, "OPEN_SECONDS", -1)
    late = send(clerk, PAGE, form, decision="release", reason="x")
    assert (late.status_code, "stood open for more than an hour" in late.text) == (403, True)
    assert kept(company) == []


WRONG = (
    ({"decision": "release", "reason": " "}, "needs a reason"),
    ({"decision": "release", "reason": "x" * 1001}, "longer than 1000"),
    ({"decision": "release", "reason": "a\x00b"}, "no text"),
    ({"decision": "release", "reason": "x", "record_no": "7"}, "Booked by hand names the record"),
    ({"decision": "booked_by_hand", "reason": "x"}, "Give its RECORDNO"),
    ({"decision": "booked_by_hand", "reason": "x", "record_no": SCRIPT}, "is no RECORDNO"),
    ({"decision": "everything", "reason": "x"}, "No decision is chosen"),
    ({"reason": "x"}, "No decision is chosen"),
    ({"decision": "release", "reason": "x", "item": []}, "Nothing is ticked"),
    ({"decision": "release", "reason": "x", "item": "nonsense"}, "names nothing that could wait"),
    ({"decision": "release", "reason": "x", "item": "a:b:\u0663:d"}, "names nothing that could wait"),
    ({"decision": "release", "reason": "x", "item": "another:hash:0:seen"}, "about another report"),
)


def test_what_cannot_be_decided_is_said_in_words(company, waiting, browser):
    clerk = browser("user", "kim")
    (form,) = forms_of(clerk.get(PAGE).text)
    for typed, words in WRONG:
        answer = send(clerk, PAGE, form, **typed)
        assert (answer.status_code, words in answer.text, "Nothing was decided" in answer.text) == (400, True, True), (
            typed
        )
        assert SCRIPT not in answer.text
    assert kept(company) == []


def test_a_page_that_is_older_than_the_last_run_decides_nothing(company, waiting, browser):
    clerk = browser("user", "kim")
    (form,) = forms_of(clerk.get(PAGE).text)
    company.sandbox.act("reprocess", report=waiting, amount="5.00")
    company.sync()
    answer = send(clerk, PAGE, form, decision="release", reason="x")
    assert (answer.status_code, "does not wait any more as the page showed it" in answer.text) == (409, True)
    # The same content, held by another rule beside the first: that one nobody has looked at.
    (form,) = forms_of(clerk.get(PAGE).text)
    company.configure(limits={"document_amount": "1.00"})
    company.sync()
    answer = send(clerk, PAGE, form, decision="release", reason="x")
    assert (answer.status_code, "waits in another way by now" in answer.text) == (409, True)
    assert kept(company) == []


NO_FORMS = (
    (b"reason=" + b"x" * (pages_forms.LARGEST + 1), None, 413),
    (b"{}", "application/json", 400),
    (b"--x\r\n\r\n", "multipart/form-data; boundary=x", 400),
    (b"reason=%ff%fe", None, 400),
    (b"reason=\xff", None, 400),
    (b"a=1&" * (pages_forms.MOST_FIELDS + 1), None, 400),
)


def test_what_is_no_form_of_ours_is_refused(connections, decides, browser):
    clerk = browser("user", "kim")
    for content, kind, status in NO_FORMS:
        headers = {"Origin": ORIGIN, "Content-Type": kind or "application/x-www-form-urlencoded"}
        answer = clerk.post("/connector/decisions", content=content, headers=headers)
        assert (answer.status_code, "Nothing was decided" in answer.text) == (status, True), content[:20]


def test_without_the_role_the_page_says_so_and_offers_nothing(company, waiting, browser, monkeypatch):
    clerk = browser("user", "kim")
    (form,) = forms_of(clerk.get(PAGE).text)
    monkeypatch.setenv("CONNECTOR_DECIDER_URL", company.database.loader_url)
    refused = send(clerk, PAGE, form, decision="release", reason="x")
    assert (refused.status_code, "a role that may not keep decisions" in refused.text) == (503, True)
    monkeypatch.setenv("CONNECTOR_DECIDER_URL", "postgresql://decider:a-secret@127.0.0.1:1/connector")
    away = send(clerk, PAGE, form, decision="release", reason="x")
    assert (away.status_code, "CONNECTOR_DECIDER_URL" in away.text, "a-secret" in away.text) == (503, True, False)
    for driver, odd in (("+psycopg2", ""), ("", "%"), ("", "@"), ("", "/"), ("", " "), ("", "[")):
        url = f"postgresql{driver}://decider:a-secret{odd}more-secret@127.0.0.1:1/connector"
        monkeypatch.setenv("CONNECTOR_DECIDER_URL", url)
        wrong = send(clerk, PAGE, form, decision="release", reason="x")
        assert (wrong.status_code, "-secret" in wrong.text) == (503, False), url
        assert "postgresql://USER:PASSWORD@HOST" in wrong.text, url
        assert "-secret" not in clerk.get(PAGE).text, url
    monkeypatch.delenv("CONNECTOR_DECIDER_URL")
    page = clerk.get(PAGE).text
    assert "Nothing can be decided here" in page
    assert "CONNECTOR_DECIDER_URL" in page
    assert forms_of(page) == []
    assert send(clerk, PAGE, form, decision="release", reason="x").status_code == 503
    assert kept(company) == []


def test_a_report_is_decided_on_the_pages_of_its_own_dag(company, waiting, browser):
    clerk = browser("user", "kim")
    (form,) = forms_of(clerk.get(PAGE).text)
    answer = send(clerk, PAGE, form, decision="release", reason="x")
    assert answer.status_code == 303
    for path in (f"/connector/organization_sync/reports/{waiting}", "/connector/expense_sync/reports/unknown"):
        form.action = path
        assert send(clerk, path, form, decision="release", reason="x").status_code == 404
    assert len(kept(company)) == 1


def test_texts_of_others_are_shown_as_texts(company, decides, browser):
    company.report(1, Reimbursed=True, FirstName=SCRIPT, LastName='"><img src=x onerror=alert(2)>')
    company.sync()
    clerk = browser("user", "kim")
    (form,) = forms_of(clerk.get(PAGE).text)
    answer = send(clerk, PAGE, form, decision="not_ours", reason=f"{SCRIPT}\u202e")
    assert answer.status_code == 303
    for page in (
        clerk.get(f"/connector/expense_sync/reports/{answer.headers['location']}"),
        clerk.get("/connector/decisions"),
    ):
        assert SCRIPT not in page.text
        assert "<img" not in page.text
        assert "\u202e" not in page.text
        assert "&lt;script&gt;" in page.text
        policy = page.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "form-action 'self'" in policy
        # A browser under no-referrer sends a form from nowhere.
        assert page.headers["referrer-policy"] == "same-origin"
