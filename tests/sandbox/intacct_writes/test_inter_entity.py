"""Which entities may share a transaction: INTERENTITYSETUP, where the company has one."""

from __future__ import annotations

import pytest

from tests.sandbox.intacct_writes.conftest import Client, bill, line
from tests.sandbox.intacct_writes.test_journals import entry, journal
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


def basic(company: RunningSandbox) -> None:
    company.load(
        "intacct", "GLACCOUNT", [{"ACCOUNTNO": "1610", "TITLE": "Due from"}, {"ACCOUNTNO": "2610", "TITLE": "Due to"}]
    )
    company.load("intacct", "INTERENTITYSETUP", [{"IEMAPPLAN": "BASIC"}])
    accounts = {"IEPAYABLEACCTNO": "2610", "IERECEIVABLEACCTNO": "1610"}
    company.load("intacct", "ENTITYACCTDEFAULT", [{"ENTITYID": one, **accounts} for one in ("US", "US2")])


@pytest.mark.parametrize(("owner", "status"), [("first_line", "success"), ("most", "failure"), ("least", "failure")])
def test_whose_a_bill_is_decides_which_accounts_it_needs(
    client: Client, company: RunningSandbox, owner, status
) -> None:
    """Here only the first line's entity has accounts towards each other."""
    company.load("intacct", "LOCATIONENTITY", [{"LOCATIONID": "US3", "NAME": "Acme East", "CURRENCY": "USD"}])
    company.load("intacct", "INTERENTITYSETUP", [{"IEMAPPLAN": "ADVANCED"}])
    sides = [("US", "US2"), ("US2", "US"), ("US", "US3"), ("US3", "US")]
    company.load(
        "intacct",
        "ENTITYACCTOVERRIDE",
        [{"SOURCEENTITYID": one, "TARGETENTITYID": other, **ACCOUNTS} for one, other in sides],
    )
    company.settings(bill_owner=owner)
    done = client.one(bill(line("20"), line("50", location="US2"), line("10", location="US3")))
    assert done.status == status, done.errors


def test_the_lines_between_entities_stand_in_the_entry_or_apart(client: Client, company: RunningSandbox) -> None:
    basic(company)
    across = journal(
        entry("10", "1"), entry("30", "1", "US2"), entry("40", "-1"), fields="<BASELOCATION_NO>US</BASELOCATION_NO>"
    )
    assert client.one(across).status == "success"
    company.settings(inter_entity_lines="in_the_entry")
    assert client.one(across).status == "success"
    apart, shown = (
        [(one["ACCOUNTNO"], one["LOCATION"], one["TR_TYPE"], one["TRX_AMOUNT"]) for one in kept["ENTRIES"]]
        for kept in company.state("intacct", "GLBATCH")
    )
    assert shown == [*apart, ("2610", "US2", "-1", "30.00"), ("1610", "US", "1", "30.00")]
    by_entity = {place: sum(int(s) * float(a) for _, p, s, a in shown if p == place) for place in ("US", "US2")}
    assert by_entity == {"US": 0, "US2": 0}


def test_a_bill_of_several_entities_leaves_what_they_owe_each_other_in_the_ledger(
    client: Client, company: RunningSandbox
) -> None:
    basic(company)
    company.settings(gl_trace=True)
    done = client.one(BOTH)
    assert done.status == "success", done.errors
    (trace,) = company.state("intacct", "GLBATCH")
    own = [one for one in trace["ENTRIES"] if one["ACCOUNTNO"] in ("1610", "2610")]
    assert [(one["ACCOUNTNO"], one["LOCATION"], one["TR_TYPE"], one["AMOUNT"]) for one in own] == [
        ("2610", "US2", "-1", "50.00"),
        ("1610", "US", "1", "50.00"),
    ]
