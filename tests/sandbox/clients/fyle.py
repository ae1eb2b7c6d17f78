"""What `sageintacctsdk` sees of the sandbox. Prints one JSON object. Run by the Python that has the package."""

import json
import sys

import requests
from sageintacctsdk import SageIntacctSDK
from sageintacctsdk.apis import api_base

PORT = sys.argv[1]
KNOWN = ("sandbox_sender", "sandbox_sender_password", "xml_gateway", "SANDBOX")


class Local:
    """The package knows one address only: api.intacct.com."""

    @staticmethod
    def post(url: str, **options: object) -> requests.Response:
        local = url.replace("https://api.intacct.com", f"http://127.0.0.1:{PORT}")
        return requests.post(local, timeout=60, **options)  # type: ignore[arg-type]


def refused(work: object) -> list[str]:
    """The kind of the package's own exception and the first text of the answer."""
    try:
        work()  # type: ignore[operator]
    except Exception as error:
        errors = error.response["error"]  # type: ignore[attr-defined]
        return [type(error).__name__, (errors[0] if isinstance(errors, list) else errors)["description2"]]
    return []


api_base.requests = Local
client = SageIntacctSDK(*KNOWN, "sandbox_user_password", show_private=True)
entity = SageIntacctSDK(*KNOWN, "sandbox_user_password", entity_id="100-US")
EXPENSE = {"glaccountno": "6000", "amount": "12.5", "memo": "A & B", "locationid": "100-US", "departmentid": "1"}
REPORT = {
    "employeeid": "E1",
    "datecreated": {"year": 2026, "month": 11, "day": 15},
    "state": "Submitted",
    "description": "Visit",
    "basecurr": "USD",
    "currency": "USD",
    "expenses": {"expense": [EXPENSE, {**EXPENSE, "amount": "0.05"}]},
}


def reported() -> dict[str, object]:
    """Post an expense report, attach to it afterwards, and read it back, as the package's users do."""
    key = client.expense_reports.post(REPORT)["key"]
    receipt = {"attachmentname": "receipt", "attachmenttype": "png", "attachmentdata": "AAAA"}
    folder = {"supdocid": "F-1", "supdocfoldername": "FyleAttachments", "attachments": {"attachment": receipt}}
    client.attachments.post(folder)
    without = {**REPORT, "expenses": {"expense": [{"glaccountno": "6000", "locationid": "100-US"}]}}
    return {
        "key": key,
        "attached": client.expense_reports.update_attachment(key, "F-1")["status"],
        "read": client.expense_reports.get("RECORDNO", key)["eexpenses"],
        "refused": refused(lambda: client.expense_reports.post(without)),
        **reimbursed(key),
    }


BILL = {
    "WHENCREATED": "11/15/2026",
    "VENDORID": "V1",
    "RECORDID": "B-1",
    "WHENDUE": "12/15/2026",
    "BASECURR": "USD",
    "CURRENCY": "USD",
    "APBILLITEMS": {
        "APBILLITEM": [
            {"ACCOUNTNO": "6000", "TRX_AMOUNT": amount, "ENTRYDESCRIPTION": "Fare", "LOCATIONID": "100-US"}
            for amount in ("10.5", "-0.5")
        ]
    },
}
CHARGE = {
    "chargecardid": "CARD",
    "paymentdate": {"year": 2026, "month": 11, "day": 15},
    "referenceno": "C-1",
    "payee": "Hotel",
    "description": "Night",
    "ccpayitems": {
        "ccpayitem": [
            {
                "glaccountno": "6000",
                "description": "Room",
                "paymentamount": "9.99",
                "departmentid": "1",
                "locationid": "100-US",
            }
        ]
    },
}


def paid(bill: str) -> dict[str, object]:
    """Pay most of a bill, as a user of the package does, and read the payment and what is left."""
    client.ap_payments.post(
        {
            "FINANCIALENTITY": "BOA",
            "PAYMENTMETHOD": "Cash",
            "VENDORID": "V1",
            "DESCRIPTION": "Payment for Bill",
            "PAYMENTDATE": "9/28/2026",
            "CURRENCY": "USD",
            "BASECURR": "USD",
            "APPYMTDETAILS": {"APPYMTDETAIL": [{"RECORDKEY": bill, "TRX_PAYMENTAMOUNT": "9.5"}]},
        }
    )
    left = client.bills.get("RECORDNO", bill)["apbill"]
    made = client.ap_payments.get_all()
    return {
        "payments": [[one["TRX_TOTALENTERED"], one["STATE"]] for one in (made if isinstance(made, list) else [made])],
        "paid": [left["TRX_TOTALDUE"], left["STATE"]],
    }


def reimbursed(report: str) -> dict[str, object]:
    """Pay an expense report back, once somebody has approved it in Intacct."""
    approval = {"action": "approve", "object": "EEXPENSES", "record": report}
    requests.post(f"http://127.0.0.1:{PORT}/_sandbox/act", json=approval, timeout=60).raise_for_status()
    paid_on = {"year": "2026", "month": "11", "day": "20"}
    request = {
        "bankaccountid": "BOA",
        "employeeid": "E1",
        "memo": "Payment",
        "paymentmethod": "Cash",
        "paymentdate": paid_on,
        "eppaymentrequestitems": {"eppaymentrequestitem": [{"key": report, "paymentamount": "12.55"}]},
        "paymentdescription": "Payment",
    }
    key = client.reimbursements.post(request)["key"]
    made = client.reimbursements.get_all()
    return {
        "reimbursed": key,
        "reimbursements": [
            [one["EMPLOYEEID"], one["PAYMENTAMOUNT"]] for one in (made if isinstance(made, list) else [made])
        ],
    }


def documents() -> dict[str, object]:
    """Post a bill, a charge and an allocation, attach to them, read them by conditions, and take the bill back."""
    bill = client.bills.post(BILL)["data"]["apbill"]["RECORDNO"]
    charge = client.charge_card_transactions.post(CHARGE)["key"]
    receipt = {"attachmentname": "other", "attachmenttype": "png", "attachmentdata": "AAAA"}
    found = {
        "files": client.attachments.update({"supdocid": "F-1", "attachments": {"attachment": receipt}})["status"],
        "held": client.attachments.get_attachment("supdocid", "F-1")["data"]["supdoc"]["attachments"]["attachment"],
        "folder": client.attachments.get_folder("name", "FyleAttachments")["data"]["supdocfolder"]["name"],
        "folders": client.attachments.get_all_folders()["name"],
        "attached": [
            client.bills.update_attachment(bill, "F-1")["status"],
            client.charge_card_transactions.update_attachment(charge, "F-1")["status"],
        ],
        "bill": client.bills.get("RECORDNO", bill)["apbill"]["TOTALENTERED"],
        "charge": client.charge_card_transactions.get_by_query(
            ["RECORDNO", "TOTALENTERED"], and_filter=[("equalto", "RECORDNO", charge), ("like", "SUPDOCID", "F%")]
        ),
        "either": client.bills.get_by_query(
            ["RECORDID"], or_filter=[("in", "RECORDID", ["B-1", "B-9"]), ("like", "VENDORID", "X%")]
        ),
        "counted": client.departments.count(and_filter=[("between", "DEPARTMENTID", ["1", "2"])]),
        "looked": client.bills.get_lookup()["Type"]["@Name"],
        "since": [
            len(page) for page in client.bills.get_all_generator(
                "VENDORID", "V1", ["RECORDNO"], updated_at="01/01/2020", order_by_field="RECORDNO", order="ascending"
            )
        ],
        "unknown": refused(lambda: client.bills.get_by_query(["NOPE"])),
        "gone": client.bills.delete(bill)["status"],
        **paid(client.bills.post(BILL)["data"]["apbill"]["RECORDNO"]),
    }  # fmt: skip
    split = [{"VALUE": share, "LOCATIONID": "100-US", "DEPARTMENTID": one} for share, one in (("40", "1"), ("60", "2"))]
    client.allocations.post(
        {"ALLOCATIONID": "SPLIT", "TYPE": "Percentage", "ALLOCATIONENTRIES": {"ALLOCATIONENTRY": split}}
    )
    return found | {
        "allocations": [one["ALLOCATIONID"] for one in client.allocations.get_all()],
        "entries": list(client.allocation_entry.get_all_generator()),
    }


LISTS = """
    departments locations employees accounts expense_types vendors bills projects customers items tasks
    expense_payment_types location_entities tax_details classes journal_entries cost_types contacts
    charge_card_accounts charge_card_transactions expense_reports tax_solutions checking_accounts
"""
seen = {
    "lists": {name: len(getattr(client, name).get_all()) for name in LISTS.split()},
    "pages": [[row["EMPLOYEEID"] for row in page] for page in client.employees.get_all_generator()],
    "entity": [row["EMPLOYEEID"] for row in entity.employees.get_all()],
    "count": client.employees.count(),
    "created": client.departments.post({"DEPARTMENTID": "PY", "TITLE": "A & B"})["data"]["department"]["DEPARTMENTID"],
    "duplicate": refused(lambda: client.departments.post({"DEPARTMENTID": "PY", "TITLE": "A"})),
    "found": client.departments.get("DEPARTMENTID", "PY")["department"]["TITLE"],
    "updated": client.departments.update({"DEPARTMENTID": "PY", "TITLE": "C"})["status"],
    "folder": client.attachments.create_attachments_folder({"supdocfoldername": "FyleAttachments"})["key"],
    "report": reported(),
    "documents": documents(),
    "dimensions": client.dimensions.get_all()[0]["objectName"],
    "own": [(row["id"], row["name"]) for row in client.dimension_values.get_all("UDD_TEST")],
    "login": refused(lambda: SageIntacctSDK(*KNOWN, "wrong")),
    "sender": refused(lambda: SageIntacctSDK("sandbox_sender", "wrong", "xml_gateway", "SANDBOX", "x")),
}
print(json.dumps(seen))
