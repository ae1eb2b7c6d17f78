"""The catalog is complete and consistent."""

from __future__ import annotations

from pathlib import Path

import pytest

from include.sandbox.intacct.catalog import FOLDER, load_catalog

NEEDED = [
    "USERINFO",
    "EMPLOYEE",
    "CONTACT",
    "VENDOR",
    "VENDTYPE",
    "DEPARTMENT",
    "LOCATION",
    "LOCATIONENTITY",
    "CLASS",
    "PROJECT",
    "CUSTOMER",
    "ITEM",
    "TASK",
    "COSTTYPE",
    "GLACCOUNT",
    "GLJOURNAL",
    "EEACCOUNTLABEL",
    "EXPENSEPAYMENTTYPE",
    "APACCOUNTLABEL",
    "TAXDETAIL",
    "TAXSOLUTION",
    "CREDITCARD",
    "REPORTINGPERIOD",
    "APTERM",
    "EXCHANGERATETYPES",
    "APADJUSTMENT",
    "APADJUSTMENTITEM",
    "APBILL",
    "APBILLITEM",
    "EEXPENSES",
    "EEXPENSESITEM",
    "EXPENSEADJUSTMENTS",
    "EXPENSEADJUSTMENTSITEM",
    "CCTRANSACTION",
    "CCTRANSACTIONENTRY",
    "GLBATCH",
    "GLENTRY",
    "SUPDOC",
    "SUPDOCFOLDER",
    "AFRSETUP",
    "AUDITHISTORY",
    "APPYMT",
    "APPYMTDETAIL",
    "EPPAYMENT",
    "EPPAYMENTREQUEST",
    "APPAYMENT",
    "APPAYMENTREQUEST",
    "ARPYMT",
    "APBILLBATCH",
    "GLDETAIL",
    "ROLES",
    "ROLEUSERS",
    "ROLEASSIGNMENT",
    "ROLEPOLICYASSIGNMENT",
    "USERROLES",
    "EMPLOYEETYPE",
    "PROJECTTYPE",
    "PROJECTSTATUS",
]


def test_every_object_is_described_under_its_own_name() -> None:
    catalog = load_catalog()
    assert set(NEEDED) <= set(catalog)
    assert {path.stem for path in FOLDER.glob("*.yaml")} == set(catalog)


def test_paths() -> None:
    catalog = load_catalog()
    hops, last = catalog.path("EMPLOYEE", "CONTACT.EMAIL1")
    assert [hop.object for hop in hops] == ["CONTACT"]
    assert last.name == "EMAIL1"
    assert catalog.path("EMPLOYEE", "PERSONALINFO.EMAIL1")[0] == []
    assert catalog.related("EMPLOYEE", "PERSONALINFO.EMAIL1")[1] == "EMAIL1"
    assert catalog.path("VENDOR", "PAYTOCONTACT.MAILADDRESS.ZIP")[1].name == "MAILADDRESS.ZIP"
    assert catalog.path("CUSTOMER", "PARENT.NAME")[1].name == "NAME"
    assert catalog.path("CUSTOMER", "PARENT.PARENT.NAME") is None
    assert catalog.path("DEPARTMENT", "NAME") is None


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("A: TEXTT", "type 'TEXTT' is none of"),
        ("A: TEXT big", "'big' is not a length"),
        ("B: TEXT", "key A is not among the fields"),
        ("A: {type: TEXT, refers: Z}", "refers to Z, which is not in the catalog"),
    ],
)
def test_a_mistake_names_the_file_and_the_field(tmp_path: Path, field: str, text: str) -> None:
    (tmp_path / "X.yaml").write_text(f"object: X\nlabel: X\nkeys: {{record: A, business: A}}\nfields:\n  {field}\n")
    with pytest.raises(ValueError, match=r"X\.yaml") as raised:
        load_catalog.__wrapped__(tmp_path)
    assert text in str(raised.value)
