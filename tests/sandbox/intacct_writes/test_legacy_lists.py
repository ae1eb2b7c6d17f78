"""The legacy functions of lists, as their pages have them: made, changed by what an attribute names, deleted.

Each answers with the record number, and means what the generic function of the same object does (developer.intacct.com/api: Accounts
Payable > Account labels and Terms, Expenses > Expense types and Payment types, General Ledger > Accounts, Company > Locations,
Departments and Classes, Projects, Items, Customers).
"""

from __future__ import annotations

import pytest

from tests.sandbox.intacct_writes.conftest import Client
from tests.sandbox_fixture import RunningSandbox

TERM = "<due><dueday>30</dueday><duefrom>from invoice/bill date</duefrom></due>"
DISCOUNT = "<discount><discday>10</discday><discamount>2</discamount><discpercamn>%</discpercamn></discount>"
CONTACT = "<contactinfo><contact><contactname>Acme</contactname><printas>Acme</printas></contact></contactinfo>"
LISTS = [
    ("expensepaymenttype", "name", "EXPENSEPAYMENTTYPE", "NAME",
     "<name>X</name><description>D</description><nonreimbursable>true</nonreimbursable><offsetacctno>2100</offsetacctno>",
     "<description>E</description>", {"NONREIMBURSABLE": "true", "OFFSETACCTNO": "2100"}, ("DESCRIPTION", "D", "E")),
    ("expensetype", "expensetype", "EEACCOUNTLABEL", "ACCOUNTLABEL",
     "<glaccountno>6220</glaccountno><expensetype>X</expensetype><description>D</description><status>active</status>",
     "<glaccountno>6230</glaccountno>", {"DESCRIPTION": "D"}, ("GLACCOUNTNO", "6220", "6230")),
    ("apaccountlabel", "accountlabel", "APACCOUNTLABEL", "ACCOUNTLABEL",
     "<glaccountno>6220</glaccountno><accountlabel>X</accountlabel><description>D</description>",
     "<glaccountno>6230</glaccountno>", {"STATUS": "active"}, ("GLACCOUNTNO", "6220", "6230")),
    ("apterm", "name", "APTERM", "NAME", f"<name>X</name><description>D</description>{TERM}{DISCOUNT}", "<description>E</description>",
     {"DUEDATE": "30", "DUEFROM": "from invoice/bill date", "DISCAMOUNT": "2", "DISCPERCAMN": "%"}, ("DESCRIPTION", "D", "E")),
    ("glaccount", "glaccountno", "GLACCOUNT", "ACCOUNTNO",
     "<glaccountno>X</glaccountno><title>D</title><normalbalance>debit</normalbalance><requiredept>true</requiredept>",
     "<title>E</title>", {"REQUIREDEPT": "true"}, ("TITLE", "D", "E")),
    ("statglaccount", "glaccountno", "STATACCOUNT", "ACCOUNTNO", "<glaccountno>X</glaccountno><title>D</title>", "<title>E</title>",
     {}, ("TITLE", "D", "E")),
    ("location", "locationid", "LOCATION", "LOCATIONID", "<locationid>X</locationid><name>D</name><parentid>US</parentid>",
     "<name>E</name>", {"ENTITY": "US"}, ("NAME", "D", "E")),
    ("department", "departmentid", "DEPARTMENT", "DEPARTMENTID", "<departmentid>X</departmentid><title>D</title>", "<title>E</title>",
     {}, ("TITLE", "D", "E")),
    ("class", "key", "CLASS", "CLASSID", "<classid>X</classid><name>D</name>", "<name>E</name>", {}, ("NAME", "D", "E")),
    ("item", "itemid", "ITEM", "ITEMID", "<itemid>X</itemid><name>D</name><itemtype>Non-Inventory</itemtype>", "<name>E</name>",
     {"ITEMTYPE": "Non-Inventory"}, ("NAME", "D", "E")),
    ("customer", "customerid", "CUSTOMER", "CUSTOMERID", f"<customerid>X</customerid><name>D</name>{CONTACT}", "<name>E</name>",
     {"DISPLAYCONTACT.CONTACTNAME": "Acme"}, ("NAME", "D", "E")),
    ("project", "key", "PROJECT", "PROJECTID", "<projectid>X</projectid><name>D</name><projectcategory>Contract</projectcategory>",
     "<projectid>X</projectid><name>E</name><projectcategory>Contract</projectcategory>", {"PROJECTCATEGORY": "Contract"},
     ("NAME", "D", "E")),
]  # fmt: skip


@pytest.mark.parametrize(("name", "attribute", "object", "key", "made", "changes", "shown", "changed"), LISTS)
def test_a_list_is_made_changed_and_deleted(
    client: Client,
    company: RunningSandbox,
    name: str,
    attribute: str,
    object: str,
    key: str,
    made: str,
    changes: str,
    shown: dict[str, str],
    changed: tuple[str, str, str],
) -> None:
    def kept() -> list[dict[str, str]]:
        return [one for one in company.state("intacct", object) if one[key] == "X"]

    done = client.one(f"<create_{name}>{made}</create_{name}>")
    assert done.status == "success", done.errors
    (record,) = kept()
    field, before, after = changed
    assert (done.key, record[field]) == (record["RECORDNO"], before)
    assert shown.items() <= record.items()
    assert "already exists" in client.one(f"<create_{name}>{made}</create_{name}>").first
    done = client.one(f'<update_{name} {attribute}="X">{changes}</update_{name}>')
    assert (done.status, kept()[0][field]) == ("success", after), done.errors
    assert client.one(f'<update_{name} {attribute}="nobody">{changes}</update_{name}>').status == "failure"
    assert client.one(f'<delete_{name} {attribute}="X"></delete_{name}>').status == "success"
    assert kept() == []


def test_a_task_is_named_by_its_record_number(client: Client, company: RunningSandbox) -> None:
    made = "<taskname>Fly</taskname><projectid>P1</projectid><taskid>T9</taskid>"
    key = client.one(f"<create_task>{made}</create_task>").key
    assert client.one(f'<update_task key="{key}"><taskname>Sail</taskname></update_task>').status == "success"
    assert [one["NAME"] for one in company.state("intacct", "TASK")] == ["Land", "Sail"]
    assert client.one('<update_task key="99"><taskname>No</taskname></update_task>').status == "failure"
    assert client.one(f'<delete_task key="{key}"></delete_task>').status == "success"
