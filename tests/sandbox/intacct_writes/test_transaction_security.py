"""Global transaction security: what is posted is edited and deleted no more, where the company says so."""

from __future__ import annotations

import pytest

from tests.sandbox.intacct_writes.conftest import Client, bill, line
from tests.sandbox.intacct_writes.test_cards import charge
from tests.sandbox.intacct_writes.test_expense_reports import report
from tests.sandbox_fixture import RunningSandbox

EDITED = "Global transaction security is on: posted transactions cannot be edited."
DELETED = "Global transaction security is on: posted transactions cannot be deleted."
READ = "<read><object>AFRSETUP</object><keys></keys><fields>*</fields></read>"
CHANGE = "<update><APBILL><RECORDNO>1</RECORDNO><DESCRIPTION>New</DESCRIPTION></APBILL></update>"
DELETE = "<delete><object>APBILL</object><keys>1</keys></delete>"


def setup(**switches: str) -> str:
    """A create of AFRSETUP."""
    return f"<create><AFRSETUP>{''.join(f'<{k}>{v}</{k}>' for k, v in switches.items())}</AFRSETUP></create>"


def test_the_setup_is_made_once_read_without_a_key_and_changed(client: Client, company: RunningSandbox) -> None:
    nothing = client.one(READ).data
    assert nothing is not None
    assert nothing.get("count") == "0"
    assert client.one(setup(DISABLEEDIT="true")).status == "success"
    assert client.one(setup()).status == "failure"
    kept = client.one(READ).data
    assert kept is not None
    assert (kept[0].findtext("DISABLEEDIT"), kept[0].findtext("DISABLEDELETE")) == ("true", "false")
    assert client.one("<update><AFRSETUP><DISABLEEDIT>false</DISABLEEDIT></AFRSETUP></update>").status == "success"
    client.one(bill())
    assert client.one(CHANGE).status == "success"


def test_what_is_posted_stays_and_drafts_can_still_be_changed(client: Client, company: RunningSandbox) -> None:
    client.send(bill(), bill(line("5"), number="R-2", ACTION="Draft"))
    client.one(setup(DISABLEEDIT="true"))
    assert client.one(CHANGE).first == EDITED
    assert client.one(CHANGE.replace("<RECORDNO>1", "<RECORDNO>2")).status == "success"
    assert client.one(DELETE).status == "success"
    client.one("<update><AFRSETUP><DISABLEDELETE>true</DISABLEDELETE></AFRSETUP></update>")
    client.one(bill(number="R-3"))
    assert client.one(DELETE.replace(">1<", ">3<")).first == DELETED
    assert client.one(DELETE.replace(">1<", ">2<")).status == "success"


def test_the_setup_of_an_entity_overrides_the_companys(client: Client, company: RunningSandbox) -> None:
    company.load("intacct", "AFRSETUP", [{"DISABLEEDIT": "true"}, {"DISABLEEDIT": "false", "MEGAENTITYID": "US"}])
    client.one(bill(), entity="US")
    assert client.one(CHANGE, entity="US").status == "success"
    client.one(bill(line(location="US2"), number="R-2"), entity="US2")
    assert client.one(CHANGE.replace("<RECORDNO>1", "<RECORDNO>2"), entity="US2").first == EDITED


def test_reads_and_updates_without_a_key_are_about_the_setup_that_holds(
    client: Client, company: RunningSandbox
) -> None:
    company.load("intacct", "AFRSETUP", [{"DISABLEEDIT": "false", "MEGAENTITYID": "US"}])
    assert shown(client) == []
    assert client.one(setup(DISABLEEDIT="true"), entity="US").status == "failure", "the entity has one"
    assert client.one(setup(DISABLEEDIT="true")).status == "success"
    assert client.one(setup()).status == "failure"
    assert client.one(setup(), entity="US2").status == "failure", "it would be the company's"
    assert (shown(client), shown(client, "US"), shown(client, "US2")) == (
        [("2", "true")],
        [("1", "false")],
        [("2", "true")],
    )
    assert client.one("<update><AFRSETUP><DISABLEEDIT>false</DISABLEEDIT></AFRSETUP></update>").status == "success"
    assert shown(client) == [("2", "false")]


def shown(client: Client, entity: str = "") -> list[tuple[str | None, str | None]]:
    """What a read without a key shows: record number and switch."""
    data = client.one(READ, entity=entity).data
    assert data is not None
    return [(one.findtext("RECORDNO"), one.findtext("DISABLEEDIT")) for one in data]


@pytest.mark.parametrize(
    ("made", "update"),
    [
        (charge(), '<update_cctransaction key="1"><payee>Costco</payee></update_cctransaction>'),
        (report(), '<update_expensereport key="1"><supdocid>S-1</supdocid></update_expensereport>'),
    ],
)
def test_legacy_updates_are_edits_too(client: Client, company: RunningSandbox, made: str, update: str) -> None:
    company.load("intacct", "SUPDOC", [{"SUPDOCID": "S-1"}])
    company.load("intacct", "AFRSETUP", [{"DISABLEEDIT": "true"}])
    company.settings(expense_approval=False)
    assert client.one(made).status == "success"
    assert client.one(update).first == EDITED
