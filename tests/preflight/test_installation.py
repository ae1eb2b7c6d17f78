"""The page about the vendor's installation, step by step: each row is undone, seen by its row of preflight, and carried out."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from certify_intacct.model.errors import ConnectorError

PAGE = Path(__file__).parents[2] / "docs" / "operations.md"
MAIL = "E-mail address of the web services user"
EARLIER = "Disable Earlier Processing Date"
RIGHTS = {"Bills: Add": {"APBILL": ["CREATE"]}, "Tax Details: List, View": {"TAXDETAIL": ["READ_BY_QUERY"]}}
Act = Callable[[Any], Any]


def rows() -> list[tuple[str, str]]:
    """Step and row of preflight, as the page has them."""
    section = (
        PAGE.read_text(encoding="utf-8").split("### The vendor's installation, step by step", 1)[1].split("\n#", 1)[0]
    )
    cells = [
        [cell.strip() for cell in line.strip("|").split(" | ")] for line in section.splitlines() if line[:2] == "| "
    ]
    return [(step, item) for step, item, _ in cells[1:]]


def sender(authorized: bool) -> Act:
    return lambda company: company.sandbox.settings(sender_authorized=authorized)


def signs_in_as(login: str) -> Act:
    return lambda company: company.connection("sage_intacct_default", login=login)


def reads_mail_at(address: str) -> Act:
    def act(company: Any) -> None:
        there = [one for one in company.sandbox.state("intacct", "USERINFO") if one["LOGINID"] == "robot"]
        fields = {"LOGINID": "robot", "DESCRIPTION": "Connector", "CONTACTINFO.EMAIL1": address}
        if there:
            company.sandbox.act("edit_document", object="USERINFO", record=there[0]["RECORDNO"], changes=fields)
        else:
            company.sandbox.load("intacct", "USERINFO", [fields])
        company.sandbox.settings(other_users={"robot": "sandbox_user_password"})
        company.connection("sage_intacct_default", login="robot")

    return act


def lacks(*items: str) -> Act:
    return lambda company: company.deny(**{name: rights for item in items for name, rights in RIGHTS[item].items()})


def subscribes(*, lacking: list[str]) -> Act:
    return lambda company: company.sandbox.settings(unsubscribed_applications=lacking)


def nothing(company: Any) -> None:
    """Nothing is to be done."""


#: By the first words of a step: how it is undone, the rows that say so and what, how it is carried out, and what they say then.
STEPS: dict[str, tuple[Act, list[str], str, Act, str]] = {
    # Whether it is enabled is seen in reports alone: tests/posting/test_earlier_dates.py has one of each.
    "*Disable Earlier Processing Date*": (nothing, [EARLIER], "cannot tell", nothing, "cannot tell"),
    # With which words Intacct refuses who does not subscribe to it, nobody publishes: the sign-in fails.
    "Subscription to Web Services": (sender(False), ["Sign-in"], "missing", sender(True), "present"),
    "A web services user": (signs_in_as("nobody"), ["Sign-in"], "missing", signs_in_as("xml_gateway"), "present"),
    "Its e-mail address": (reads_mail_at("connector at acme"), [MAIL], "missing", reads_mail_at("c@acme-books.com"), "present"),
    "Permissions": (lacks(*RIGHTS), [*RIGHTS], "missing", lacks(), "present"),
    "The applications themselves": (
        subscribes(lacking=["Accounts Payable"]), ["Subscription: Accounts Payable"], "missing", subscribes(lacking=[]), "present",
    ),
    "Senders `Ajax` and `Certify`": (sender(False), ["Sign-in"], "missing", sender(True), "present"),
}  # fmt: skip
#: What the vendor's own connector needs and this one does not.
NOT_NEEDED = {
    "Subscription to Platform Services": "Platform",
    "The application *Emburse Certify*": "Emburse",
    "Sign out": "Sign out",
}


@pytest.mark.parametrize(("step", "item"), rows())
def test_each_step_is_seen_where_the_page_says_so_and_passes_once_it_is_carried_out(company, step, item):
    begins = [words for words in {**STEPS, **NOT_NEEDED} if step.startswith(words)]
    assert begins, "a step that the page has and no test carries out"
    if item == "none":
        assert company.check()["stopping"] == 0
        assert not [name for name in company.rows() if NOT_NEEDED[begins[0]] in name]
        return
    undo, items, undone, carry_out, done = STEPS[begins[0]]
    named = [name.rstrip(" …") for name in re.findall(r"\*(.+?)\*", item)]
    assert all(one.startswith(name) for name in named for one in items), "the page names another row"
    undo(company)
    with contextlib.suppress(ConnectorError):
        company.check(force=True)
    found = company.rows()
    assert {found[one]["outcome"] for one in items} == {undone}
    assert all(found[one]["where_to_click"] or found[one]["detail"] for one in items)
    carry_out(company)
    assert company.check(force=True)["stopping"] == 0
    assert {company.outcomes()[one] for one in items} == {done}


def test_the_page_has_every_step():
    """Seven rows of preflight or none: none of them is read away."""
    assert len(rows()) == len(STEPS) + len(NOT_NEEDED)
