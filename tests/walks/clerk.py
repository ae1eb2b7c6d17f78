"""A clerk who knows nothing but what the product prints of a report, and does one thing that it says."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from certify_intacct.decisions.decide import Decider
from certify_intacct.model.configuration import load
from certify_intacct.model.decisions import Decision
from certify_intacct.pages.offers import Offer, offers
from certify_intacct.staging.database import Database
from certify_intacct.staging.decisions import OpenItem
from certify_intacct.staging.report_timeline import report_timeline
from certify_intacct.timeline.now import what_to_do
from tests.expense_company import Company
from tests.walks import acts
from tests.walks.people import Walk, documents_of, header_of, lines_of

Deed = Callable[[Company, Walk], None]


@dataclass(frozen=True)
class LastTold:
    """What the product prints of a report.

    :ivar sentences: what to do, of its page and of ``make why``
    :ivar offers: what waits, with the decisions that its page offers
    """

    sentences: tuple[str, ...]
    offers: tuple[Offer, ...]

    @property
    def case(self) -> str:
        """How it waits, without numbers: the same case again after something was done means that it did not help."""
        waits = [f"{item.item.state} {', '.join(item.item.rules)}" for item in self.offers]
        return "; ".join(sorted(waits)) or re.sub(r"\S*\d\S*", "#", " ".join(self.sentences))


def told(company: Company, walk: Walk) -> LastTold:
    """Reads the page of a report."""
    configuration = load(company.config)
    person = Decider(name="kim", user_id="kim")
    with Database(company.database.loader_url).connection() as connection:
        timeline = report_timeline(connection, walk.report)
    return LastTold(
        sentences=tuple(what_to_do(timeline)) if timeline else ("No run has read it.",),
        # What a person has taken out has ended; that it can be taken back is no way out of anything.
        offers=tuple(offers(waiting(company, walk), configuration, person)),
    )


def waiting(company: Company, walk: Walk) -> list[OpenItem]:
    """What waits of it, without what a person took out."""
    return [
        item for item in company.waiting(walk.report) if item.state not in (Decision.BOOKED_BY_HAND, Decision.NOT_OURS)
    ]


def ways(company: Company, walk: Walk, printed: LastTold) -> dict[str, Callable[[], None]]:
    """Everything that can be done by what is printed, by name."""
    found: dict[str, Callable[[], None]] = {}
    for offer in printed.offers:
        for way in offer.ways:
            what = f"decide {way.name} about {offer.item.state} {', '.join(offer.item.rules)}"
            found[what] = lambda offer=offer, way=way: _decide(company, walk, offer, way.name)  # type: ignore[misc]
    for sentence in printed.sentences:
        for pattern, name, deed in CURES:
            if re.search(pattern, sentence):
                found[name] = lambda deed=deed: deed(company, walk)  # type: ignore[misc]
    return found


def _decide(company: Company, walk: Walk, offer: Offer, way: str) -> None:
    record_no = ""
    if way == Decision.BOOKED_BY_HAND:
        total = str(offer.item.total if offer.item.total is not None else header_of(company, walk)["ReimAmount"])
        company.sandbox.load("intacct", "APBILL", [acts.hand_made(company, walk, total)])
        record_no = company.sandbox.state("intacct", "APBILL")[-1]["RECORDNO"]
    company.decide_one(offer.item, way, record_no=record_no)


def _act(name: str) -> Deed:
    def deed(company: Company, walk: Walk) -> None:
        acts.ACTS[name](company, walk)
        if name in acts.LISTED:
            company.stale = True  # type: ignore[attr-defined]

    return deed


def _release_vendor(company: Company, walk: Walk) -> None:
    employee = header_of(company, walk)["EmployeeID"]
    company.sandbox.act("hold_vendor", vendor=employee, on_hold=False)
    company.stale = True  # type: ignore[attr-defined]


def _activate(object_name: str, field: str) -> Deed:
    def deed(company: Company, walk: Walk) -> None:
        record = getattr(walk, field)
        company.sandbox.act("set_status", object=object_name, record=record, status="active")
        company.stale = True  # type: ignore[attr-defined]

    return deed


def _right_card(company: Company, walk: Walk) -> None:
    for line in lines_of(company, walk):
        if line.get("PaymentCardName") == "Card of nobody":
            changes = {"PaymentCardName": f"Card {walk.number}", "CCLast": ""}
            company.sandbox.act("edit_report", report=walk.report, line=line["ID"], line_changes=changes)


def _right_totals(company: Company, walk: Walk) -> None:
    line = lines_of(company, walk)[0]
    company.sandbox.act("edit_report", report=walk.report, line=line["ID"], line_changes={"Reason": line["Reason"]})


def _right_employee(company: Company, walk: Walk) -> None:
    acts._employee(company, walk, walk.employee)


def _right_category(company: Company, walk: Walk) -> None:
    for line in lines_of(company, walk):
        changes = {"ExpenseCategory": "Hotel", "ExpenseCategoryGLCode": walk.account}
        company.sandbox.act("edit_report", report=walk.report, line=line["ID"], line_changes=changes)


def _right_department(company: Company, walk: Walk) -> None:
    for line in lines_of(company, walk):
        company.sandbox.act("edit_report", report=walk.report, line=line["ID"], line_changes={"DepartmentCode": "30"})


def _submit_again(company: Company, walk: Walk) -> None:
    for name, record in documents_of(company, walk):
        if record.get("STATE") == "Declined":
            company.sandbox.act("edit_document", object=name, record=record["RECORDNO"], changes={"STATE": "Submitted"})


def _delete_declined(company: Company, walk: Walk) -> None:
    for name, record in documents_of(company, walk):
        if record.get("STATE") == "Declined":
            company.sandbox.act("delete", object=name, record=record["RECORDNO"])


def _free_the_number(company: Company, walk: Walk) -> None:
    for record in sorted(walk.strangers):
        company.sandbox.act("edit_document", object="APBILL", record=record, changes={"RECORDID": f"INV-{walk.number}"})


def _wait(company: Company, walk: Walk) -> None:
    """The next run does it."""


#: What a sentence says, what that is called here, and how it is done.
CURES: tuple[tuple[str, str, Deed], ...] = (
    (
        r"[Tt]he next run (of expense_sync|says)|Run expense_sync|Clear the whole run|[Nn]othing more:|reads it back|No run has",
        "let the next run do it",
        _wait,
    ),
    (r"Open (the|a) period in Intacct", "open the period", _act("open the period")),
    (r"Release the vendor in Intacct", "release the vendor", _release_vendor),
    (r"Activate the vendor in Intacct", "activate the vendor", _activate("VENDOR", "employee")),
    (r"[Aa]ctivate it in Intacct.*cards", "activate the card", _activate("CREDITCARD", "card")),
    (r"[Aa]ctivate it in Intacct", "activate the account", _activate("GLACCOUNT", "account")),
    (r"[Aa]ctivate it in Intacct.*dimensions.entity", "activate the entity", _activate("LOCATIONENTITY", "entity")),
    (r"Correct the report in Certify", "correct the totals", _right_totals),
    (r"Take the line out of the report", "take the line out", _act("remove the first line")),
    (r"Correct the category", "correct the category", _right_category),
    (r"Choose another in Certify", "choose another department", _right_department),
    (r"posting.company_paid.cards", "name the right card", _right_card),
    (r"EmployeeID", "correct the EmployeeID", _right_employee),
    (r"[Rr]everse it in Intacct|reverse it there", "reverse it", _act("reverse every document")),
    (r"submit again what was declined|[Ss]ubmit it again", "submit it again", _submit_again),
    (r"delete it there", "delete what was declined", _delete_declined),
    (r"another number", "give the other record another number", _free_the_number),
    (r"process it again|processed again", "process it again", _act("process again")),
    (r"unprocess the report", "unprocess it", _act("unprocess")),
)
