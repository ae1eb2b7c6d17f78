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
    }


LISTS = """
    departments locations employees accounts expense_types vendors bills projects customers items tasks
    expense_payment_types location_entities tax_details classes journal_entries cost_types contacts
    charge_card_accounts charge_card_transactions expense_reports tax_solutions
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
    "dimensions": client.dimensions.get_all()[0]["objectName"],
    "own": [(row["id"], row["name"]) for row in client.dimension_values.get_all("UDD_TEST")],
    "login": refused(lambda: SageIntacctSDK(*KNOWN, "wrong")),
    "sender": refused(lambda: SageIntacctSDK("sandbox_sender", "wrong", "xml_gateway", "SANDBOX", "x")),
}
print(json.dumps(seen))
