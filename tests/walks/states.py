"""How reports come into each state of the ledger: by runs, faults and deaths of workers, as in life."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from certify_intacct.model.errors import ConnectorError
from certify_intacct.posting.sender import DocumentSender
from tests.expense_company import Company
from tests.walks import acts
from tests.walks.people import Walk, asleep, hand_in, plan, sync

State = Callable[[Company, list[Walk]], None]
#: In the order in which they are built: what a further run would settle comes last, and sleeps until all are.
STATES: dict[str, State] = {}
SLEEPING: list[str] = []


class Died(BaseException):
    """The worker is gone; nobody catches that."""


def state(name: str, *, sleeps: bool = False) -> Callable[[State], State]:
    """Registers a state by the name under which a walk tells of it."""

    def keep(function: State) -> State:
        STATES[name] = function
        if sleeps:
            SLEEPING.append(name)
        return function

    return keep


def build(company: Company, name: str, walks: list[Walk]) -> None:
    """Brings reports, all of one day, into a state; the other document of a late one is posted before."""
    for walk in walks:
        hand_in(company, walk)
    early = [walk for walk in walks if walk.shape in ("bill late", "card late")]
    if early and name not in ("not read yet",):
        for walk in early:
            acts.perform(company, walk, "vendor on hold" if walk.shape == "bill late" else "card inactive")
        with _others_wait(company, walks, early):
            sync(company, early[0].day)
        for walk in early:
            _awake(company, walk)
            walk.told.clear()
    STATES[name](company, walks)


@contextmanager
def _others_wait(company: Company, walks: list[Walk], early: list[Walk]) -> Iterator[None]:
    """The reports of the other shapes are not posted by the run that posts a half."""
    others = [walk for walk in walks if walk not in early]
    with asleep(company, others):
        yield


def _awake(company: Company, walk: Walk) -> None:
    company.sandbox.act("hold_vendor", vendor=walk.employee, on_hold=False)
    company.sandbox.act("set_status", object="CREDITCARD", record=walk.card, status="active")


@state("posted")
def posted(company: Company, walks: list[Walk]) -> None:
    sync(company, walks[0].day)


@state("waiting for approval")
def accepted(company: Company, walks: list[Walk]) -> None:
    company.sandbox.settings(ap_approval=True)
    sync(company, walks[0].day)
    company.sandbox.settings(ap_approval=False)


@state("declined")
def declined(company: Company, walks: list[Walk]) -> None:
    accepted(company, walks)
    _all(company, walks, "decline")
    company.reconcile()


@state("altered")
def altered(company: Company, walks: list[Walk]) -> None:
    posted(company, walks)
    _all(company, walks, "edit a document's amount")
    company.reconcile()


@state("reversed")
def was_reversed(company: Company, walks: list[Walk]) -> None:
    posted(company, walks)
    _all(company, walks, "reverse a document")
    company.reconcile()


@state("deleted")
def deleted(company: Company, walks: list[Walk]) -> None:
    posted(company, walks)
    _all(company, walks, "delete every document")
    company.reconcile()


@state("held in doubt")
def held(company: Company, walks: list[Walk]) -> None:
    company.sandbox.fault(side="intacct", match="create", kind="drop_before", times=None)
    sync(company, walks[0].day)
    company.sandbox.clear_faults()
    sync(company, walks[0].day)
    sync(company, walks[0].day)


@state("refused")
def refused(company: Company, walks: list[Walk]) -> None:
    planned_load = plan(company, walks[0].day)
    _all(company, walks, "vendor inactive")
    _all(company, walks, "card inactive")
    company.load(*planned_load)


@state("refused as closed")
def refused_as_closed(company: Company, walks: list[Walk]) -> None:
    # Between the plan, which reads what is closed, and the sending.
    planned_load = plan(company, walks[0].day)
    _all(company, walks, "close the period")
    company.load(*planned_load)


@state("kept away by an outage")
def not_executed(company: Company, walks: list[Walk]) -> None:
    planned_load = plan(company, walks[0].day)
    company.sandbox.fault(side="intacct", match="create", kind="http_429", times=None)
    with pytest.raises(ConnectorError):
        company.load(*planned_load)
    company.sandbox.clear_faults()


@state("held by a rule that can be released")
def personal(company: Company, walks: list[Walk]) -> None:
    _all(company, walks, "make it personal")
    sync(company, walks[0].day)


@state("held by a rule")
def ruled(company: Company, walks: list[Walk]) -> None:
    _all(company, walks, "vendor on hold")
    _all(company, walks, "card inactive")
    sync(company, walks[0].day)


@state("held for what looks alike")
def alike(company: Company, walks: list[Walk]) -> None:
    _all(company, walks, "somebody books it by hand")
    sync(company, walks[0].day)


@state("somebody has our number")
def stranger(company: Company, walks: list[Walk]) -> None:
    for walk in walks:
        bill = acts.hand_made(company, walk, "5.55") | {"RECORDID": f"{walk.token}-1-001B"}
        company.sandbox.load("intacct", "APBILL", [bill])
        walk.strangers.add(company.sandbox.state("intacct", "APBILL")[-1]["RECORDNO"])
        walk.told.append("a bill of another total has its number")
    sync(company, walks[0].day)


@state("not read yet")
def unread(company: Company, walks: list[Walk]) -> None:
    pass


@state("planned", sleeps=True)
def planned(company: Company, walks: list[Walk]) -> None:
    plan(company, walks[0].day)


@state("in doubt, not there", sleeps=True)
def in_doubt_absent(company: Company, walks: list[Walk]) -> None:
    company.sandbox.fault(side="intacct", match="create", kind="drop_before", times=None)
    sync(company, walks[0].day)
    company.sandbox.clear_faults()


@state("in doubt, there", sleeps=True)
def in_doubt_there(company: Company, walks: list[Walk]) -> None:
    hidden = {"APBILL": {"query": 3600}, "CCTRANSACTION": {"query": 3600}}
    company.sandbox.settings(visibility_delay_seconds=hidden)
    company.sandbox.fault(side="intacct", match="create", kind="drop_after_commit", times=None)
    sync(company, walks[0].day)
    company.sandbox.clear_faults()
    company.sandbox.settings(visibility_delay_seconds={})


@state("died between claim and send", sleeps=True)
def claimed(company: Company, walks: list[Walk]) -> None:
    _dies(company, walks, "_patiently")


@state("died between send and answer", sleeps=True)
def sent(company: Company, walks: list[Walk]) -> None:
    _dies(company, walks, "_write")


def _dies(company: Company, walks: list[Walk], where: str) -> None:
    def dies(*_: object) -> None:
        raise Died

    planned_load = plan(company, walks[0].day)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DocumentSender, where, dies)
        with pytest.raises(Died):
            company.load(*planned_load)


def _all(company: Company, walks: list[Walk], name: str) -> None:
    for walk in walks:
        acts.perform(company, walk, name)
