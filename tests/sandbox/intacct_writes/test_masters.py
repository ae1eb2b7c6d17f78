"""People, vendors, dimensions: generic create, update and delete, and the legacy creates."""

from __future__ import annotations

import pytest

from tests.sandbox.intacct_writes.conftest import Client, refused
from tests.sandbox_fixture import RunningSandbox


def create(name: str, **fields: str) -> str:
    """<create><NAME>…, nested blocks as their XML."""
    return f"<create><{name}>" + "".join(f"<{k}>{v}</{k}>" for k, v in fields.items()) + f"</{name}></create>"


def found(company: RunningSandbox, name: str, field: str, value: str) -> dict:
    """The one record whose field has this value."""
    (one,) = [record for record in company.state("intacct", name) if record.get(field) == value]
    return one


def test_a_vendor_brings_its_contact(client: Client, company: RunningSandbox) -> None:
    done = client.one(
        create(
            "VENDOR",
            VENDORID="30000",
            NAME="Café &amp; Söhne",
            VENDTYPE="Employee",
            DISPLAYCONTACT="<PRINTAS>Café</PRINTAS><EMAIL1>c@example.com</EMAIL1>"
            "<MAILADDRESS><CITY>Graz</CITY></MAILADDRESS>",
        )
    )
    assert done.status == "success", done.errors
    assert [(cell.tag, cell.text) for cell in done.data[0]][:2] == [("RECORDNO", "6"), ("VENDORID", "30000")]
    vendor = found(company, "VENDOR", "VENDORID", "30000")
    assert vendor["DISPLAYCONTACT.CONTACTNAME"] == "Café & Söhne(V30000)"
    assert (vendor["STATUS"], vendor["ONHOLD"], vendor["ENTITY"]) == ("active", "false", "V30000")
    contact = found(company, "CONTACT", "CONTACTNAME", "Café & Söhne(V30000)")
    assert (contact["EMAIL1"], contact["MAILADDRESS.CITY"]) == ("c@example.com", "Graz")


def test_an_employee_needs_an_existing_contact(client: Client, company: RunningSandbox) -> None:
    who = "<CONTACTNAME>Bo Lind</CONTACTNAME>"
    made = create("EMPLOYEE", EMPLOYEEID="E7", LOCATIONID="US", DEPARTMENTID="D300", PERSONALINFO=who)
    assert client.one(made).first == "The contact 'Bo Lind' is invalid."
    results = client.send(create("CONTACT", CONTACTNAME="Bo Lind", PRINTAS="Bo Lind", EMAIL1="bo@example.com"), made)
    assert [one.status for one in results] == ["success", "success"]
    employee = found(company, "EMPLOYEE", "EMPLOYEEID", "E7")
    assert (employee["CONTACT_NAME"], employee["DEPARTMENTKEY"], employee["CREATEDBYLOGINID"]) == (
        "Bo Lind",
        "1",
        "xml_gateway",
    )
    assert "PERSONALINFO.EMAIL1" not in employee
    done = client.one(made)
    assert done.errors[0][0] == "PL05000104"
    assert done.first == "Another Employee with the given value(s) E7  already exists"


def test_a_changed_contact_shows_through_its_employee_which_is_not_modified(
    client: Client, company: RunningSandbox
) -> None:
    company.load(
        "intacct",
        "EMPLOYEE",
        [
            {
                "EMPLOYEEID": "E8",
                "PERSONALINFO.CONTACTNAME": "Ann Smith",
                "PERSONALINFO.EMAIL1": "ann@example.com",
                "WHENMODIFIED": "01/01/2025 10:00:00",
            }
        ],
    )
    done = client.one(
        "<update><CONTACT><CONTACTNAME>Ann Smith</CONTACTNAME><EMAIL1>new@example.com</EMAIL1></CONTACT></update>"
    )
    assert done.status == "success", done.errors
    employee = found(company, "EMPLOYEE", "EMPLOYEEID", "E8")
    assert (employee["PERSONALINFO.EMAIL1"], employee["WHENMODIFIED"]) == ("new@example.com", "01/01/2025 10:00:00")


def test_duplicates_have_two_spaces_and_three_errors(client: Client) -> None:
    done = client.one(create("DEPARTMENT", DEPARTMENTID="D300", TITLE="Other"))
    assert done.errors == [
        ("BL34000061", "Another Department with the given value(s) D300  already exists"),
        ("BL01001973", "Could not create department record!"),
        ("BL01001973", "Error while saving the Department info"),
    ]
    assert done.corrections[0] == "Use a unique value instead."


REFUSALS = [
    (create("DEPARTMENT", DEPARTMENTID="D1"), "Required field Title is missing"),
    (create("DEPARTMENT", DEPARTMENTID="D1", TITLE="T", PARENTID="D7"), "The department 'D7' is invalid."),
    (
        create("DEPARTMENT", DEPARTMENTID="D" * 21, TITLE="T"),
        "Department : Departmentid may have at most 20 characters.",
    ),
    (create("DEPARTMENT", DEPARTMENTID="D1", TITLE="T", STATUS="open"), "Illegal format for Department : Status open"),
    (create("VENDOR", VENDORID="1", NAME="N"), "Required field Print as is missing"),
    (create("VENDOR", NAME="N", DISPLAYCONTACT="<PRINTAS>N</PRINTAS>"), "Required field Vendor ID is missing"),
    (
        create("EMPLOYEE", EMPLOYEEID="E7", PERSONALINFO="<CONTACTNAME>Ann Smith</CONTACTNAME>"),
        "Required field Location ID is missing",
    ),
    (create("EMPLOYEE", EMPLOYEEID="E7", STARTDATE="2026-01-01"), "The transaction date '2026-01-01' is invalid."),
    (create("NOTHING", A="1"), "Object definition NOTHING not found"),
    (
        create("LOCATIONENTITY", LOCATIONID="X", NAME="X"),
        "API operation CREATE is not supported on objects of type locationentity",
    ),
    (
        "<update><DEPARTMENT><DEPARTMENTID>D7</DEPARTMENTID><TITLE>x</TITLE></DEPARTMENT></update>",
        "Oops, we can't find this transaction; enter a valid transaction and try again.",
    ),
    (
        "<delete><object>DEPARTMENT</object><keys>1</keys></delete>",
        "Department 'D300' cannot be deleted: it is used by a Bill Line.",
    ),
    (
        "<delete><object>CONTACT</object><keys>1</keys></delete>",
        "Contact 'Ann Smith' cannot be deleted: it is used by a Employee.",
    ),
]


def test_refusals(client: Client, company: RunningSandbox) -> None:
    company.load(
        "intacct",
        "APBILL",
        [{"VENDORID": "20000", "RECORDID": "X", "APBILLITEMS": [{"ACCOUNTNO": "6220", "DEPARTMENTID": "D300"}]}],
    )
    answers = [client.one(function) for function, _ in REFUSALS]
    assert [(one.status, one.errors and one.first) for one in answers] == [("failure", text) for _, text in REFUSALS]


def test_numbering(client: Client, company: RunningSandbox) -> None:
    company.settings(numbering=["VENDOR"])
    assert client.one(create("VENDOR", NAME="N", DISPLAYCONTACT="<PRINTAS>N</PRINTAS>")).status == "success"
    assert found(company, "VENDOR", "NAME", "N")["VENDORID"] == "V-00001"


def test_update_and_delete_of_an_unused_record(client: Client, company: RunningSandbox) -> None:
    client.one(create("CLASS", CLASSID="K1", NAME="One"))
    done = client.one("<update><class><RECORDNO>1</RECORDNO><NAME>Uno</NAME><STATUS>inactive</STATUS></class></update>")
    assert (done.status, done.data[0].tag, done.data[0].findtext("CLASSID")) == ("success", "class", "K1")
    assert found(company, "CLASS", "CLASSID", "K1")["STATUS"] == "inactive"
    assert client.one("<delete><object>CLASS</object><keys>1</keys></delete>").status == "success"
    assert company.state("intacct", "CLASS") == []


def test_an_employee_s_contact_is_changed_through_the_employee(client: Client, company: RunningSandbox) -> None:
    change = (
        "<update><EMPLOYEE><EMPLOYEEID>E1</EMPLOYEEID><TITLE>Boss</TITLE>"
        "<PERSONALINFO><EMAIL1>boss@example.com</EMAIL1></PERSONALINFO></EMPLOYEE></update>"
    )
    assert client.one(change).status == "success"
    assert found(company, "CONTACT", "CONTACTNAME", "Ann Smith")["EMAIL1"] == "boss@example.com"
    employee = found(company, "EMPLOYEE", "EMPLOYEEID", "E1")
    assert (employee["TITLE"], employee["PERSONALINFO.CONTACTNAME"]) == ("Boss", "Ann Smith")


@pytest.mark.parametrize(
    ("operation", "function"),
    [
        ("UPDATE", "<update><DEPARTMENT><DEPARTMENTID>D300</DEPARTMENTID><TITLE>x</TITLE></DEPARTMENT></update>"),
        ("DELETE", "<delete><object>DEPARTMENT</object><keys>2</keys></delete>"),
        ("CREATE", "<create_department><departmentid>D1</departmentid><title>One</title></create_department>"),
    ],
)
def test_permissions_by_user_object_and_operation(
    client: Client, company: RunningSandbox, operation: str, function: str
) -> None:
    company.settings(permissions_denied={"xml_gateway": {"DEPARTMENT": [operation]}})
    done = client.one(function)
    assert done.errors[0][0] == "PL04000005"
    assert done.first == f"You do not have permission for API operation {operation} on objects of type department"
    company.settings(permissions_denied={"somebody": {"DEPARTMENT": ["*"]}})
    assert client.one(function).status == "success"


def test_only_administrators_make_users(client: Client, company: RunningSandbox) -> None:
    user = create(
        "USERINFO",
        LOGINID="bo",
        USERTYPE="employee user",
        CONTACTINFO="<FIRSTNAME>Bo</FIRSTNAME><LASTNAME>Lind</LASTNAME><EMAIL1>bo@example.com</EMAIL1>",
    )
    assert client.one(user).status == "success"
    made = found(company, "USERINFO", "LOGINID", "bo")
    assert (made["CONTACTINFO.CONTACTNAME"], made["DESCRIPTION"]) == ("Bo Lind", "Bo Lind")
    company.settings(administrators=[])
    assert client.one(user.replace("bo<", "bob<")).errors[0][0] == "PL04000005"


def test_private_records_belong_to_the_entity_session(client: Client, company: RunningSandbox) -> None:
    assert client.one(create("CLASS", CLASSID="K1", NAME="One"), entity="CA").status == "success"
    assert found(company, "CLASS", "CLASSID", "K1")["MEGAENTITYID"] == "CA"
    change = "<update><CLASS><CLASSID>K1</CLASSID><NAME>Uno</NAME></CLASS></update>"
    assert client.one(change, entity="US").status == "failure"
    assert client.one(change, entity="CA").status == "success"


def test_a_vendor_of_the_top_level_is_changed_there_only(client: Client, company: RunningSandbox) -> None:
    change = "<update><VENDOR><VENDORID>{}</VENDORID><COMMENTS>Asked</COMMENTS></VENDOR></update>"
    refused(client, change.format("20000"), "You cannot update a root level vendor from an entity.", entity="CA")
    assert client.one(change.format("20003"), entity="CA").status == "success"
    assert client.one(change.format("20000")).status == "success"
    assert {found(company, "VENDOR", "VENDORID", one)["COMMENTS"] for one in ("20000", "20003")} == {"Asked"}


def test_legacy_creates(client: Client, company: RunningSandbox) -> None:
    done = client.send(
        "<create_department><departmentid>D1</departmentid><title>One</title></create_department>",
        '<create_department ignoreduplicates="true"><departmentid>D1</departmentid><title>Two</title></create_department>',
        "<create_department><departmentid>D1</departmentid><title>Two</title></create_department>",
        "<create_class><classid>K1</classid><name>One</name></create_class>",
        "<create_employee><employeeid>E7</employeeid><locationid>US</locationid><startdate><year>2026</year><month>1</month>"
        "<day>5</day></startdate><personalinfo><contactname>Ann Smith</contactname></personalinfo></create_employee>",
        "<create_vendor><vendorid>30000</vendorid><name>Hotel</name><contactinfo><contact><contactname>Hotel</contactname>"
        "<printas>Hotel</printas></contact></contactinfo></create_vendor>",
    )
    assert [one.status for one in done] == ["success", "success", "failure", "success", "success", "success"], [
        d.errors for d in done
    ]
    assert done[0].key == done[1].key == "3"
    assert found(company, "DEPARTMENT", "DEPARTMENTID", "D1")["TITLE"] == "One"
    assert found(company, "EMPLOYEE", "EMPLOYEEID", "E7")["STARTDATE"] == "01/05/2026"


def test_legacy_updates(client: Client, company: RunningSandbox) -> None:
    """The samples of their pages; an unknown one is refused, and so is an element out of its place."""
    made = (
        "<create_contact><contactname>Hello</contactname><printas>World</printas>"
        "<mailaddress><city>Oslo</city></mailaddress></create_contact>"
    )
    assert client.one(made).status == "success"
    assert client.one(made).first == "Another Contact with the given value(s) Hello  already exists"
    done = client.send(
        '<update_contact contactname="Hello"><printas>Earth</printas><email1>a@example.org</email1></update_contact>',
        '<update_vendor vendorid="20000"><name>SaaS Company Inc</name><comments>Asked</comments></update_vendor>',
        '<update_employee employeeid="E1"><title>CEO</title><personalinfo><contactname>Hello</contactname></personalinfo>'
        "</update_employee>",
        '<update_vendor vendorid="nobody"><name>X</name></update_vendor>',
    )
    assert [one.status for one in done] == ["success"] * 3 + ["failure"], [one.errors for one in done]
    disordered = '<update_vendor vendorid="20000"><comments>X</comments><name>X</name></update_vendor>'
    assert client.one(disordered).errors[0][0] == "XL03000003"
    contact = found(company, "CONTACT", "CONTACTNAME", "Hello")
    assert [contact[name] for name in ("PRINTAS", "EMAIL1", "MAILADDRESS.CITY")] == ["Earth", "a@example.org", "Oslo"]
    vendor = found(company, "VENDOR", "VENDORID", "20000")
    assert [vendor[name] for name in ("NAME", "COMMENTS", "STATUS")] == ["SaaS Company Inc", "Asked", "active"]
    employee = found(company, "EMPLOYEE", "EMPLOYEEID", "E1")
    assert [employee[name] for name in ("TITLE", "PERSONALINFO.CONTACTNAME")] == ["CEO", "Hello"]


def test_a_vendor_is_made_with_the_lists_of_its_page(client: Client) -> None:
    contacts = "".join(
        f"<VENDORENTITYCONTACTS><CATEGORYNAME>{name}</CATEGORYNAME><CONTACT><NAME>Ann Smith</NAME></CONTACT></VENDORENTITYCONTACTS>"
        for name in ("Mobile", "Fax")
    )
    made = create(
        "VENDOR", VENDORID="V1", NAME="ACME", DISPLAYCONTACT="<PRINTAS>ACME</PRINTAS>", VENDORCONTACTS=contacts
    )
    assert client.one(made).status == "success"
    emptied = "<update><VENDOR><VENDORID>V1</VENDORID><VENDORCONTACTS></VENDORCONTACTS><VENDOREMAILTEMPLATES/></VENDOR></update>"
    assert client.one(emptied).status == "success"


def test_an_empty_contact_block_changes_nothing(client: Client, company: RunningSandbox) -> None:
    """As the official SDKs write an update that names no contact."""
    done = client.one("<update><VENDOR><VENDORID>20000</VENDORID><NAME>New</NAME><DISPLAYCONTACT/></VENDOR></update>")
    assert done.status == "success", done.errors
    assert company.state("intacct", "VENDOR")[0]["NAME"] == "New"


def test_a_vendor_may_hide_its_contact(client: Client) -> None:
    """Documented for create, though no read shows it."""
    fields = "<VENDORID>V9</VENDORID><NAME>N</NAME><DISPLAYCONTACT><PRINTAS>N</PRINTAS></DISPLAYCONTACT>"
    done = client.one(f"<create><VENDOR>{fields}<HIDEDISPLAYCONTACT>false</HIDEDISPLAYCONTACT></VENDOR></create>")
    assert done.status == "success", done.errors


def test_a_customer_has_the_fields_of_its_page(client: Client, company: RunningSandbox) -> None:
    """V: the vendor's sample of <create><CUSTOMER>, but for what other lists have to hold."""
    given = {
        "CUSTOMERID": "C1234",
        "NAME": "SaaS Company Inc",
        "DISPLAYCONTACT": "<PRINTAS>SaaS Company Inc</PRINTAS><TAXABLE>true</TAXABLE>",
        "ONETIME": "false",
        "HIDEDISPLAYCONTACT": "false",
        "CUSTTYPE": "SaaS",
        "PARENTID": "C1",
        "TERRITORYID": "NE",
        "TERMNAME": "N30",
        "OFFSETGLACCOUNTNO": "2100",
        "SHIPPINGMETHOD": "USPS",
        "RESALENO": "123",
        "TAXID": "12-3456789",
        "CREDITLIMIT": "1234.56",
        "DELIVERY_OPTIONS": "Print",
        "COMMENTS": "my comment",
        "OBJECTRESTRICTION": "Restricted",
        "RESTRICTEDLOCATIONS": "US#~#US2",
        "RESTRICTEDDEPARTMENTS": "D300",
    }
    done = client.one(create("CUSTOMER", **given))
    assert done.status == "success", done.errors
    kept = found(company, "CUSTOMER", "CUSTOMERID", "C1234")
    assert {name: kept[name] for name in given if name != "DISPLAYCONTACT"} == {
        name: value for name, value in given.items() if name != "DISPLAYCONTACT"
    }


def test_a_task_without_an_id_is_numbered_where_numbering_is_on(client: Client, company: RunningSandbox) -> None:
    task = create("TASK", NAME="Fly", PROJECTID="P1")
    assert client.one(task).status == "failure"
    company.settings(numbering=["TASK"])
    assert client.one(task).status == "success"
    assert found(company, "TASK", "NAME", "Fly")["TASKID"]


def test_a_warehouse_is_written_under_another_name_than_it_is_read(client: Client, company: RunningSandbox) -> None:
    """As the official SDKs write it: its own ID, and inside LOC the location where it stands."""
    done = client.one(
        "<create><WAREHOUSE><WAREHOUSEID>W-1</WAREHOUSEID><NAME>Dock</NAME><LOC><LOCATIONID>NYC</LOCATIONID></LOC></WAREHOUSE></create>"
    )
    assert done.status == "success", done.errors
    (kept,) = company.state("intacct", "WAREHOUSE")
    assert (kept["LOCATIONID"], kept["NAME"], kept["LOC.LOCATIONID"]) == ("W-1", "Dock", "NYC")
    change = "<update><WAREHOUSE><WAREHOUSEID>W-1</WAREHOUSEID><NAME>Pier</NAME></WAREHOUSE></update>"
    assert client.one(change).status == "success"
    assert company.state("intacct", "WAREHOUSE")[0]["NAME"] == "Pier"
    place = "<LOC><LOCATIONID>NO</LOCATIONID></LOC>"
    nowhere = f"<create><WAREHOUSE><WAREHOUSEID>W-2</WAREHOUSEID><NAME>N</NAME>{place}</WAREHOUSE></create>"
    assert client.one(nowhere).first == "The location 'NO' is invalid."


def test_items_and_statistical_accounts_are_deleted_by_their_legacy_functions(
    client: Client, company: RunningSandbox
) -> None:
    company.load("intacct", "ITEM", [{"ITEMID": "I-1", "NAME": "Lamp"}])
    company.load("intacct", "STATACCOUNT", [{"ACCOUNTNO": "KM", "TITLE": "Kilometres"}])
    assert client.one('<delete_item itemid="I-1"/>').status == "success"
    assert client.one('<delete_statglaccount glaccountno="KM"/>').status == "success"
    assert company.state("intacct", "ITEM") == company.state("intacct", "STATACCOUNT") == []


@pytest.mark.parametrize(
    ("setting", "text"),
    [
        ("object", "Another Vendor with the given value(s) 20000  already exists"),
        ("record", "Another record with the value 20000 already exists"),
    ],
)
def test_a_vendor_that_is_there_already_is_told_in_both_known_ways(
    client: Client, company: RunningSandbox, setting: str, text: str
) -> None:
    company.settings(duplicate_vendor_text=setting)
    vendor = "<VENDORID>20000</VENDORID><NAME>A</NAME><DISPLAYCONTACT><PRINTAS>A</PRINTAS></DISPLAYCONTACT>"
    assert client.one(f"<create><VENDOR>{vendor}</VENDOR></create>").errors[0] == ("BL34000061", text)
