"""People who wait, on the page of what waits: a release is said first, kept with a reason, and the next run acts on it."""

from __future__ import annotations

import html
import re
from typing import Any
from urllib.parse import urljoin

import psycopg
import pytest
from psycopg.rows import dict_row

from tests.organization_run import loaded, planned
from tests.pages.forms import ORIGIN, Form, forms_of, send
from tests.people_company import configured, contact, employee, load_lists, load_people

PAGE, CONFIRM, DECISIONS = "/connector/waiting", "/connector/waiting/people/confirm", "/connector/decisions"


class People:
    """A company whose people go to Certify, and organization_sync on it."""

    def __init__(self, sandbox: Any, database: Any, context: Any, config: Any) -> None:
        self.sandbox, self._database, self._context, self._config = sandbox, database, context, config
        self._runs = 0

    def settings(self, **people: Any) -> None:
        configured(self._config, **people)

    def sync(self) -> dict[str, int]:
        self._runs += 1
        run = self._context(run_id=f"run {self._runs}")
        return loaded(planned(run, judged=False), run)

    def sql(self, query: str) -> list[dict[str, Any]]:
        with psycopg.connect(self._database.loader_url, row_factory=dict_row) as connection:
            return connection.execute(query.encode()).fetchall()


@pytest.fixture
def people(connections, context, fresh_sandbox, database, tmp_path, monkeypatch, decides) -> People:
    config = tmp_path / "connector.yaml"
    monkeypatch.setenv("CONNECTOR_CONFIG", str(config))
    load_lists(fresh_sandbox)
    made = People(fresh_sandbox, database, context, config)
    made.settings()
    return made


def the_form(client, query: str = "") -> Form:
    return next(form for form in forms_of(client.get(PAGE + query).text) if form.action == "waiting/people/confirm")


def buttons(text: str) -> list[tuple[str, str]]:
    """What the buttons beside people say and send, in their order."""
    found = re.findall(r'<button name="about" value="(\d+)">(.*?)</button>', text)
    return [(label, about) for about, label in found]


def too_many(people):
    load_people(people.sandbox, *range(1, 9))


def gone(people):
    people.settings(deactivation={"guard_floor": 0, "guard_share": 0})
    load_people(people.sandbox, 1, 2)
    people.sync()
    people.sandbox.act("terminate", employee="E1")


def there_already(people):
    load_people(people.sandbox, 1)
    _in_certify(people, "p1@example.com", "E1")


def left_and_there_already(people):
    load_people(people.sandbox, 1, 2)
    _in_certify(people, "p1@example.com", "E1")
    people.sandbox.act("terminate", employee="E1")


def alike(people):
    load_people(people.sandbox, 1)
    _in_certify(people, "other@example.com", "E1 ")


def twice(people):
    load_people(people.sandbox, 1)
    for email in ("p1@example.com", "other@example.com"):
        _in_certify(people, email, "E1")


def _in_certify(people, email: str, employee_id: str) -> None:
    user = {
        "Email": email,
        "FirstName": "Ana",
        "LastName": "Ruiz",
        "EmployeeID": employee_id,
        "Role": "Employee",
        "Active": 1,
    }
    people.sandbox.load("certify", "users", [user])


def linked(people) -> dict[str, tuple[str, bool]]:
    """EmployeeIDs with the e-mail of their user, and whether we deactivated it."""
    emails = {row["ID"]: row["Email"] for row in people.sandbox.state("certify", "users")}
    return {
        row["employee_id"]: (emails[row["certify_id"]], row["deactivated"])
        for row in people.sql("SELECT * FROM ledger.user_link WHERE certify_id IS NOT NULL")
    }


#: How people come to wait, what the button says, how many, what is promised, what is typed, and how links stand after the next run.
SITUATIONS = [
    (too_many, "Allow creates", 3, "creates a user for each", {}, {f"E{n}": (f"p{n}@example.com", False) for n in range(1, 9)}),
    (gone, "Allow deactivations", 1, "deactivates the users", {}, {"E1": ("p1@example.com", True), "E2": ("p2@example.com", False)}),
    (there_already, "Adopt", 1, "takes that user", {}, {"E1": ("p1@example.com", False)}),
    (left_and_there_already, "Adopt", 1, "takes that user", {}, {"E1": ("p1@example.com", True), "E2": ("p2@example.com", False)}),
    (alike, "Link", 1, "takes that user", {}, {"E1": ("p1@example.com", False)}),
    (twice, "Link", 1, "takes that user", {"user": "p1@example.com"}, {"E1": ("p1@example.com", False)}),
]  # fmt: skip


@pytest.mark.parametrize(("arrange", "label", "many", "promise", "typed", "after"), SITUATIONS)
def test_what_is_offered_is_said_kept_and_acted_on(people, browser, arrange, label, many, promise, typed, after):
    arrange(people)
    people.sync()
    clerk = browser("user", "kim")
    found = buttons(clerk.get(PAGE).text)
    assert [said for said, _ in found] == [label] * many
    page = send(clerk, PAGE, the_form(clerk), about=found[0][1])
    assert (page.status_code, promise in page.text, people.sql("SELECT FROM ledger.people_release")) == (200, True, [])
    assert page.text.count('data-label="Why"') == many, "whom it is about"
    (form,) = forms_of(page.text)
    told = typed | {name: value for name, value in filled(page.text).items() if name not in typed}
    nameless = send(clerk, CONFIRM, form, reason=" ", **told)
    assert (nameless.status_code, "needs a reason" in nameless.text) == (400, True)
    done = send(clerk, CONFIRM, form, reason="Looked at <them>", **told)
    assert (done.status_code, done.headers["location"].endswith("#people")) == (303, True)
    shown = clerk.get(urljoin(f"{ORIGIN}{PAGE}/people", done.headers["location"])).text
    assert "Released: " in shown
    assert "Looked at &lt;them&gt;" in clerk.get(DECISIONS).text, "the entry under Decisions"
    people.sync()
    assert linked(people) == after
    assert buttons(clerk.get(PAGE).text) == []


def test_who_comes_back_under_a_new_record_is_linked_where_they_wait(people, browser):
    load_people(people.sandbox, 1)
    people.sync()
    people.sandbox.act("terminate", employee="E1")
    people.sandbox.load("intacct", "CONTACT", [contact(9, EMAIL1="p1@example.com")])
    people.sandbox.load("intacct", "EMPLOYEE", [employee(9)])
    people.sync()
    clerk = browser("user", "kim")
    text = clerk.get(f"{PAGE}?rule=contested").text
    ((label, about),) = buttons(text)
    assert (label, "release the link to it" in text) == ("Link", True)
    page = send(clerk, PAGE, the_form(clerk), about=about)
    told = filled(page.text)
    assert "as it stands here: p1@example.com" in page.text
    (form,) = forms_of(page.text)
    send(clerk, CONFIRM, form, reason="She is back", **told)
    people.sync()
    people.sync()
    assert linked(people)["E9"] == ("p1@example.com", False)
    assert "E1" not in linked(people)
    known = [(row["Email"], row["EmployeeID"]) for row in people.sandbox.state("certify", "users")]
    assert [one for one in known if "p1@example.com" in one or "E9" in one] == [("p1@example.com", "E9")]
    assert buttons(clerk.get(PAGE).text) == []


def test_two_of_intacct_with_one_address_are_told_the_cure_and_no_link(people, browser):
    load_people(people.sandbox, 1)
    people.sandbox.load("intacct", "CONTACT", [contact(9, EMAIL1="p1@example.com")])
    people.sandbox.load("intacct", "EMPLOYEE", [employee(9)])
    people.sync()
    text = browser("user", "kim").get(f"{PAGE}?rule=contested").text.partition('id="people"')[2]
    assert (text.count("<code>contested</code>"), buttons(text)) == (2, [])
    assert "Only the cure helps." in text
    # As the cure says: the one that is wrong is corrected.
    (nine,) = [
        row for row in people.sandbox.state("intacct", "CONTACT") if row["CONTACTNAME"] == contact(9)["CONTACTNAME"]
    ]
    people.sandbox.act("edit_document", object="CONTACT", record=nine["RECORDNO"], changes={"EMAIL1": "p9@example.com"})
    people.sync()
    assert linked(people) == {"E1": ("p1@example.com", False), "E9": ("p9@example.com", False)}


def filled(text: str) -> dict[str, str]:
    """What stands in the fields of the form that is confirmed."""
    fields = re.findall(r'<input id="(\w+)" type="\w+" name="\w+" value="([^"]*)"', text)
    return {name: html.unescape(value) for name, value in fields}


def test_a_hold_that_only_a_cure_ends_says_so_and_all_is_found_by_what_is_looked_for(people, browser):
    too_many(people)
    load_people(people.sandbox, 9, DEPARTMENTID="99")
    people.sync()
    clerk = browser("user", "kim")
    text = clerk.get(PAGE).text.partition('id="people"')[2]
    assert "no_department" in text
    assert "Only the cure helps." in text
    for query, rules in (
        ("?rule=max_creates", {"max_creates"}), ("?desk=Intacct+administrator", {"no_department"}), ("?q=e8", {"max_creates"}),
        ("?entity=100", set()), ("?state=held", set()), ("?q=nobody", set()),
    ):  # fmt: skip
        found = clerk.get(PAGE + query).text.partition('id="people"')[2]
        assert set(re.findall(r"<code>(\w+)</code>", found)) == rules, query
    form = the_form(clerk, "?rule=max_creates")
    (_, about), *_ = buttons(clerk.get(f"{PAGE}?rule=max_creates").text)
    (second,) = forms_of(send(clerk, PAGE, form, about=about).text)
    location = send(clerk, CONFIRM, second, reason="x").headers["location"]
    assert location.startswith("../waiting?rule=max_creates&said="), "what was looked for is shown again"


def test_who_may_not_decide_sees_no_button_and_is_refused(people, browser):
    there_already(people)
    people.sync()
    clerk, viewer = browser("user", "kim"), browser("viewer", "vic")
    form, ((_, about),) = the_form(clerk), buttons(clerk.get(PAGE).text)
    (second,) = forms_of(send(clerk, PAGE, form, about=about).text)
    text = viewer.get(PAGE).text
    assert ("not_adopted" in text, buttons(text), forms_of(text)) == (True, [], [])
    typed = {"about": about, "reason": "x", "person": "E1", "user": "p1@example.com", "days": "1"}
    for page, sent in ((PAGE, form), (CONFIRM, second)):
        assert send(viewer, page, sent, **typed).status_code == 403
        assert send(browser("user", "lee"), page, sent, **typed).status_code == 403, "the token is kim's"
        assert send(clerk, page, sent, headers={}, **typed).status_code == 403
        assert send(clerk, page, sent, headers={"Origin": "https://evil.example"}, **typed).status_code == 403
        assert send(clerk, page, sent, **{**typed, "token": "x"}).status_code == 403
        assert send(clerk, page, sent, **{**typed, "about": "x"}).status_code == 409
    assert send(clerk, CONFIRM, second, **{**typed, "kind": "creates"}).status_code == 409, "another than was confirmed"
    for path in ("/people", "/people/confirm"):
        assert clerk.get(PAGE + path, params=typed, headers={"Origin": ORIGIN}).status_code in (404, 405)
    assert people.sql("SELECT FROM ledger.people_release") == []


def test_what_a_newer_plan_does_not_hold_is_not_released(people, browser):
    there_already(people)
    people.sync()
    clerk = browser("user", "kim")
    form, ((_, about),) = the_form(clerk), buttons(clerk.get(PAGE).text)
    (second,) = forms_of(send(clerk, PAGE, form, about=about).text)
    people.settings(adoption={"employee_ids": ["E1"]})
    people.sync()
    for page, sent in ((PAGE, form), (CONFIRM, second)):
        stale = send(clerk, page, sent, about=about, reason="x", person="E1", user="p1@example.com", days="1")
        assert (stale.status_code, "in another way, or not any more" in stale.text) == (409, True)
    assert people.sql("SELECT FROM ledger.people_release") == []


def test_rows_of_a_list_are_released_where_they_wait(people, browser):
    load_people(people.sandbox, 1)
    configured(people._config, {"department": {"guard_share": 0, "guard_floor": 0}})
    people.sync()
    people.sandbox.act("set_status", object="DEPARTMENT", record="20")
    people.sync()
    clerk = browser("user", "kim")
    ((label, about),) = buttons(clerk.get(PAGE).text)
    assert label == "Allow deactivations"
    page = send(clerk, PAGE, the_form(clerk), about=about)
    assert "deactivates all rows of that list" in page.text
    (form,) = forms_of(page.text)
    send(clerk, CONFIRM, form, reason="Support was closed", days="1")
    assert {row["stream"] for row in people.sql("SELECT stream FROM ledger.people_release")} == {"certify_departments"}
    people.sync()
    active = {row["Code"] for row in people.sandbox.state("certify", "departments") if row["Active"]}
    assert ("20" in active, "10" in active) == (False, True)
    assert buttons(clerk.get(PAGE).text) == []
