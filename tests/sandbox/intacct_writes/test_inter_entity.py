"""Which entities may share a transaction: INTERENTITYSETUP, where the company has one."""

from __future__ import annotations

from tests.sandbox.intacct_writes.conftest import Client, bill, line
from tests.sandbox_fixture import RunningSandbox

READ = "<read><object>INTERENTITYSETUP</object><keys>1</keys><fields>*</fields></read>"
BOTH = bill(line("100"), line("50", location="US2"))
ACCOUNTS = {"IEPAYABLEACCTNO": "6220", "IERECEIVABLEACCTNO": "6220"}


def test_by_the_accounts_of_each_entity(client: Client, company: RunningSandbox) -> None:
    company.load("intacct", "INTERENTITYSETUP", [{"IEMAPPLAN": "BASIC"}])
    company.load("intacct", "ENTITYACCTDEFAULT", [{"ENTITYID": "US", **ACCOUNTS}, {"ENTITYID": "US2"}])
    assert client.one(BOTH).first == "Inter-entity relationship is not set up between 'US' and 'US2'."
    company.load("intacct", "ENTITYACCTDEFAULT", [{"ENTITYID": "US2", **ACCOUNTS}])
    done = client.one(BOTH)
    assert done.status == "success", done.errors


def test_by_both_sides_of_a_pair(client: Client, company: RunningSandbox) -> None:
    one = {"SOURCEENTITYID": "US", "TARGETENTITYID": "US2", **ACCOUNTS}
    company.load("intacct", "INTERENTITYSETUP", [{"IEMAPPLAN": "ADVANCED"}])
    company.load("intacct", "ENTITYACCTOVERRIDE", [one])
    assert client.one(BOTH).status == "failure"
    company.load("intacct", "ENTITYACCTOVERRIDE", [one | {"SOURCEENTITYID": "US2", "TARGETENTITYID": "US"}])
    assert client.one(BOTH).status == "success"


def test_a_negative_line_across_entities_is_refused_though_they_are_related(
    client: Client, company: RunningSandbox
) -> None:
    refused = client.one(bill(line("100"), line("-5", location="US2")))
    assert refused.errors[0][0] == "BL03002073"


def test_it_is_read_as_the_vendor_s_page_shows_it(client: Client, company: RunningSandbox) -> None:
    company.load("intacct", "INTERENTITYSETUP", [{"IEMAPPLAN": "BASIC"}])
    company.load("intacct", "ENTITYACCTDEFAULT", [{"ENTITYID": "US", **ACCOUNTS}])
    data = client.one(READ).data
    assert data is not None
    (setup,) = data
    assert [element.tag for element in setup] == ["RECORDNO", "IEMAPPLAN", "ENTITYACCTDEFAULTS"]
    (own,) = setup.find("ENTITYACCTDEFAULTS")
    assert own.tag == "entityacctdefault"
    found = {element.tag: element.text for element in own}
    assert (
        found.items()
        >= {"ENTITYID": "US", "ENTITYNAME": "Acme US", "IEPAYABLEACCTNO": "6220", "ENTITYSTATUS": "T"}.items()
    )
    assert "SETUPKEY" not in found
