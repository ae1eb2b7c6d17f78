"""Clients that nobody here wrote, against the sandbox: the official JavaScript SDK and `sageintacctsdk`.

They are no part of this project's lock. PUBLISHED_CLIENTS names a folder made by:
    npm install --prefix FOLDER @intacct/intacct-sdk
    python -m venv FOLDER/venv && FOLDER/venv/bin/pip install sageintacctsdk
"""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests import needs
from tests.sandbox_fixture import RunningSandbox

HERE = Path(__file__).parent
pytestmark = needs.published_clients


@pytest.fixture
def clients() -> Path:
    """The folder of the clients."""
    return Path(os.environ["PUBLISHED_CLIENTS"]).resolve()


def seen(*command: str | Path, **environment: str) -> dict[str, Any]:
    done = subprocess.run(
        [str(part) for part in command],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
        env={**os.environ, "NO_PROXY": "*", **environment},
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def port_of(sandbox: RunningSandbox) -> str:
    return sandbox.url.rsplit(":", 1)[1]


@pytest.fixture
def company(fresh_sandbox: RunningSandbox) -> RunningSandbox:
    """A small company in which a bill and a card transaction can be posted."""
    load = fresh_sandbox.load
    load("intacct", "LOCATIONENTITY", [{"LOCATIONID": "100-US", "NAME": "United States", "CURRENCY": "USD"}])
    load("intacct", "DEPARTMENT", [{"DEPARTMENTID": str(n), "TITLE": f"Sales {n}"} for n in (1, 2, 3)])
    load("intacct", "GLACCOUNT", [{"ACCOUNTNO": "6000", "TITLE": "Travel"}])
    load("intacct", "GLACCOUNT", [{"ACCOUNTNO": "2000", "TITLE": "Accrued"}])
    load("intacct", "GLJOURNAL", [{"SYMBOL": "GJ", "TITLE": "General"}])
    load("intacct", "STATJOURNAL", [{"SYMBOL": "SJ", "TITLE": "Statistics"}])
    load("intacct", "STATACCOUNT", [{"ACCOUNTNO": "KM", "TITLE": "Kilometres"}])
    load("intacct", "APTERM", [{"NAME": "Net 30"}])
    load("intacct", "CREDITCARD", [{"CARDID": "CARD"}])
    load("intacct", "CHECKINGACCOUNT", [{"BANKACCOUNTID": "BOA", "BANKNAME": "Bank"}])
    load("intacct", "VENDOR", [{"VENDORID": "V1", "NAME": "Vendor"}])
    load("intacct", "CONTACT", [{"CONTACTNAME": "Ann", "PRINTAS": "Ann", "EMAIL1": "ann@example.org"}])
    employees = [{"EMPLOYEEID": f"E{n}", "PERSONALINFO.CONTACTNAME": "Ann"} for n in (1, 2)]
    fresh_sandbox.settings(user_defined_dimensions={"udd_test": {"label": "Campaign"}})
    load("intacct", "udd_test", [{"id": "10008", "name": "Spring"}, {"name": "Autumn"}])
    load("intacct", "EMPLOYEE", [*employees, {**employees[0], "EMPLOYEEID": "P", "MEGAENTITYID": "200"}])
    return fresh_sandbox


def test_the_official_javascript_sdk(clients: Path, company: RunningSandbox) -> None:
    found = seen(
        "node", "-r", HERE / "resolver.js", HERE / "sdk.js", port_of(company), NODE_PATH=str(clients / "node_modules")
    )
    assert found["endpoint"] == f"http://sandbox.intacct.com:{port_of(company)}/ia/xml/xmlgw.phtml"
    assert found["created"] == "JS"
    assert found["duplicate"]["kind"] == "ResultException"
    assert "BL34000061 Another Department with the given value(s) JS  already exists" in found["duplicate"]["message"]
    assert [row["DEPARTMENTID"] for row in found["queried"]] == ["JS", "3", "2", "1"]
    assert found["queried"][0]["TITLE"] == "Änderung & <more>"
    assert (found["total"], found["pages"]) == (4, [2, 2, 2, 0])
    assert (found["read"], found["lookup"]) == ("ann@example.org", "TASK")
    assert (found["folder"], found["card"], found["bill"]) == ("1", "1", "1")
    assert "XL03000009 The entire transaction in this operation has been rolled back" in found["batch"]["message"]
    assert "Sign-in information is incorrect" in found["login"]["message"]
    assert "Incorrect Intacct XML Partner ID or password." in found["sender"]["message"]
    assert [bill["TOTALENTERED"] for bill in company.state("intacct", "APBILL")] == ["76343.43"]
    departments = [record["DEPARTMENTID"] for record in company.state("intacct", "DEPARTMENT")]
    assert departments == ["1", "2", "3", "JS"]


def test_every_document_of_the_official_javascript_sdk(clients: Path, company: RunningSandbox) -> None:
    """Each of its functions that a connector of expenses uses, in the order and with the elements that it writes."""
    # The SDK has no word for a task's ID, and an expense report can be paid once it is approved.
    company.settings(numbering=["TASK"], expense_approval=False)
    found = seen(
        "node",
        "-r",
        HERE / "resolver.js",
        HERE / "documents.js",
        port_of(company),
        NODE_PATH=str(clients / "node_modules"),
    )
    assert {name: told for name, told in found.items() if " " in str(told)} == {}
    (bill,) = [one for one in company.state("intacct", "APBILL") if one["RECORDID"] == "B-1"]
    assert (bill["DESCRIPTION"], bill["TOTALENTERED"], bill["SUPDOCID"]) == ("Travel of Ann", "100.00", "A-1")
    (paid,) = [one for one in company.state("intacct", "APBILL") if one["RECORDID"] == "B-3"]
    assert (paid["STATE"], paid["TRX_TOTALPAID"], paid["TRX_TOTALDUE"]) == ("Paid", "100.10", "0.00")
    assert [one["STATE"] for one in company.state("intacct", "APPYMT")] == ["Voided", "Posted", "Posted"]
    assert [one["STATE"] for one in company.state("intacct", "EEXPENSES")] == ["Reversed", "Paid", "Reversal"]
    memos = [one.get("ENTRYDESCRIPTION", "") for one in bill["APBILLITEMS"]]
    assert memos == ["", "Refund of a fare"]
    assert [one["EMPLOYEEID"] for one in company.state("intacct", "EMPLOYEE")][-1] == "E9"
    assert {one["VENDORID"] for one in company.state("intacct", "VENDOR")} == {"V1"}


def test_sageintacctsdk(clients: Path, company: RunningSandbox) -> None:
    found = seen(clients / "venv/bin/python", HERE / "fyle.py", port_of(company))
    assert found["lists"]["departments"] == 3
    assert (found["lists"]["vendors"], found["lists"]["accounts"], found["lists"]["checking_accounts"]) == (1, 2, 1)
    assert found["pages"] == [["E1", "E2", "P"]]
    assert found["entity"] == ["E1", "E2"]
    assert (found["count"], found["created"], found["updated"]) == (3, "PY", "success")
    kind, text = found["duplicate"]
    assert (kind, text) == ("WrongParamsError", "Another Department with the given value(s) PY  already exists")
    assert (found["found"], found["folder"], found["dimensions"]) == ("A & B", "1", "DEPARTMENT")
    assert found["own"] == [["10008", "Spring"], ["10009", "Autumn"]]
    report = found["report"]
    assert (report["key"], report["attached"], report["read"]["SUPDOCID"]) == ("1", "success", "F-1")
    assert (report["reimbursed"], report["reimbursements"]) == ("1", [["E1", "12.55"]])
    assert (report["read"]["TOTALENTERED"], report["read"]["STATE"]) == ("12.55", "Submitted")
    documents = found["documents"]
    assert (documents["files"], documents["folder"], documents["folders"]) == (
        "success",
        "FyleAttachments",
        "FyleAttachments",
    )
    assert [held["attachmentname"] for held in documents["held"]] == ["receipt", "other"]
    assert documents["attached"] == ["success", "success"]
    assert (documents["bill"], documents["charge"]) == ("10.00", [{"RECORDNO": "1", "TOTALENTERED": "9.99"}])
    assert (documents["either"], documents["counted"], documents["since"]) == ([{"RECORDID": "B-1"}], 2, [1])
    assert documents["payments"] == [["9.50", "Posted"]]
    assert documents["paid"] == ["0.50", "Partially Paid"]
    assert documents["unknown"][1].startswith("The following fields cannot be queried: [\n\tAPBILL: [NOPE] ]")
    assert (documents["looked"], documents["gone"], documents["allocations"]) == ("APBILL", "success", ["SPLIT"])
    (entries,) = documents["entries"]
    assert [(one["ALLOCATIONID"], one["DEPARTMENTID"]) for one in entries] == [("SPLIT", "1"), ("SPLIT", "2")]
    kind, text = report["refused"]
    assert (kind, text.split(" [")[0]) == (
        "WrongParamsError",
        "Remove the extra line item in the request, then reclassify the bill.",
    )
    assert found["login"] == ["InvalidTokenError", "Sign-in information is incorrect"]
    assert found["sender"] == ["WrongParamsError", "Incorrect Intacct XML Partner ID or password."]
