"""Answers element by element as the vendor documents them, or as clients of the live service need them."""

from __future__ import annotations

import re
from datetime import datetime

import pytest

from tests.sandbox.gateway_client import Element, GatewayClient, compare, query
from tests.sandbox_fixture import RunningSandbox


def tags(element: Element | None) -> list[str]:
    """The tags of the children, in order."""
    assert element is not None
    return [child.tag for child in element]


@pytest.mark.usefixtures("company")
class TestCompany:
    def test_how_a_user_sees_dates(self, company: RunningSandbox, gateway: GatewayClient) -> None:
        call = "<readUserFormatting><userId>xml_gateway</userId></readUserFormatting>"
        shown = gateway.send(call).data[0]
        assert tags(shown) == ["recordno", "locale", "dateformat", "gmtoffset", "clock"]
        assert [shown.findtext(tag) for tag in tags(shown)[1:]] == ["en_US", "/mdY", "+00:00", "24"]
        company.settings(timestamp_zone="Australia/Darwin")
        assert gateway.send(call).data[0].findtext("gmtoffset") == "+09:30"
        company.settings(timestamp_zone="America/Phoenix")
        offset = gateway.send(call).data[0].findtext("gmtoffset") or ""
        assert datetime.strptime(offset, "%z").tzinfo is not None
        assert offset == "-07:00"

    def test_preferences_stand_alone_and_name_their_application(self, gateway: GatewayClient) -> None:
        data = gateway.send('<get_companyprefs application="AP"/>').data
        assert {child.tag for child in data} == {"companypref"}
        assert tags(data[0]) == ["application", "preference", "prefvalue"]
        assert data[0].findtext("application") == "AP"

    def test_the_trail_of_a_record(self, gateway: GatewayClient) -> None:
        created = gateway.send(
            "<create><VENDOR><VENDORID>V1</VENDORID><NAME>One</NAME>"
            "<DISPLAYCONTACT><PRINTAS>One</PRINTAS></DISPLAYCONTACT></VENDOR></create>"
        )
        number = created.text("operation/result/data/vendor/RECORDNO")
        gateway.send("<update><VENDOR><VENDORID>V1</VENDORID><NAME>Two</NAME></VENDOR></update>")
        for key in (f"<recordNo>{number}</recordNo>", "<objectKey>V1</objectKey>"):
            trail = gateway.send(f"<getAuditTrail><object>VENDOR</object>{key}</getAuditTrail>").data
            assert [entry.findtext("accessMode") for entry in trail] == ["create", "modify"]
            assert {entry.tag for entry in trail} == {"auditTrailDetail"}
            assert tags(trail[0]) == [
                "userId",
                "object",
                "objectKey",
                "accessTime",
                "accessMode",
                "workflowAction",
                "webServer",
                "trackingId",
                "ipAddress",
                "source",
            ]
            assert (trail[0].findtext("userId"), trail[0].findtext("object")) == ("xml_gateway", "vendor")
            assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", trail[0].findtext("accessTime") or "")


@pytest.mark.usefixtures("company")
class TestDefinitions:
    def test_all_objects(self, gateway: GatewayClient) -> None:
        data = gateway.send("<inspect><object>*</object></inspect>").data
        assert dict(data.attrib) == {"listtype": "All", "count": "1"}
        assert {"APBILL", "EMPLOYEE"} <= {entry.get("typename") for entry in data}

    def test_the_details_of_an_object(self, gateway: GatewayClient) -> None:
        kind = gateway.send('<inspect detail="1"><object>EMPLOYEE</object></inspect>').data[0]
        assert tags(kind) == ["Attributes", "Fields"]
        assert tags(kind.find("Attributes")) == ["SingularName", "PluralName", "Description"]
        field = kind.find("Fields/Field")
        assert tags(field) == [
            "Name",
            "GroupName",
            "dataName",
            "externalDataName",
            "isRequired",
            "isReadOnly",
            "maxLength",
            "DisplayLabel",
            "Description",
            "id",
        ]
        assert field is not None
        assert [field.findtext(tag) for tag in ("Name", "dataName", "externalDataName")] == [
            "RECORDNO",
            "Pt_FieldInt",
            "integer",
        ]


@pytest.mark.usefixtures("company")
def test_json_is_named_as_such_and_knows_null(gateway: GatewayClient) -> None:
    """A live client compares the header with application/json and takes a missing time stamp for null, not for a text."""
    call = query(
        "DEPARTMENT",
        "DEPARTMENTID",
        "WHENMODIFIED",
        where=compare("equalto", "DEPARTMENTID", "30"),
        options="<returnformat>json</returnformat>",
    )
    answer = gateway.post(gateway.body(call))
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.json() == [{"DEPARTMENTID": "30", "WHENMODIFIED": None}]


def test_headers_of_the_proxies_in_front(gateway: GatewayClient) -> None:
    headers = gateway.post(gateway.body("<getAPISession/>")).headers
    assert headers["Content-Type"] == 'text/xml; encoding="UTF-8";charset=UTF-8'
    assert headers["X-Envoy-Upstream-Service-Time"].isdigit()
    assert (headers["X-Xss-Protection"], headers["Vary"]) == ("1; mode=block", "Origin,Origin")


@pytest.mark.usefixtures("company")
def test_additional_information_has_a_target_for_each_message(gateway: GatewayClient) -> None:
    control = "<dtdversion>3.0</dtdversion><includewhitespace>false</includewhitespace>"
    call = "<create><DEPARTMENT><DEPARTMENTID>X</DEPARTMENTID><TITLE>X</TITLE><PARENTID>nope</PARENTID></DEPARTMENT></create>"
    extra = "<showadditionalerrorinfo>true</showadditionalerrorinfo>"
    answer = gateway.send(call, control=f"<uniqueid>false</uniqueid>{control}{extra}")
    error = answer.root.find("operation/result/errormessage/error")
    assert error is not None
    support = re.search(r"\[Support ID: (\S+)\]", error.findtext("description2") or "")
    assert support is not None
    info = error.find("additionalinfo")
    assert info is not None
    assert tags(info) == ["errorid", "category", "target", "description", "cdescription", "correction"]
    assert dict(info.find("target").attrib) == {  # type: ignore[union-attr]
        "domain": "",
        "requestinfo": support[1],
        "object": "",
        "field": "",
        "businessinfo": "",
    }
    assert tags(info.find("description")) == ["messageid", "category", "target", "placeholders"]
    told = info.find("cdescription")
    assert tags(told) == ["messageid", "target", "placeholders"]
    assert told is not None
    assert (told.findtext("messageid") or "").startswith("IA.")
    target = told.find("target")
    assert target is not None
    assert dict(target.attrib)["requestinfo"] == support[0]


@pytest.mark.usefixtures("company")
def test_read_shows_a_contact_as_an_element_of_its_own(company: RunningSandbox, gateway: GatewayClient) -> None:
    call = "<readByName><object>EMPLOYEE</object><keys>E1</keys>{}</readByName>"
    (employee,) = gateway.send(call.format("")).data
    block = employee.find("PERSONALINFO")
    assert block is not None
    assert (block.findtext("EMAIL1"), block.findtext("MAILADDRESS/CITY")) == ("ann@example.org", "")
    assert tags(employee).count("PERSONALINFO") == 1
    assert not [tag for tag in tags(employee) if "." in tag]
    (chosen,) = gateway.send(call.format("<fields>EMPLOYEEID,PERSONALINFO.EMAIL1</fields>")).data
    assert [(child.tag, child.text) for child in chosen] == [("EMPLOYEEID", "E1"), ("PERSONALINFO", None)]
    company.settings(read_structure="dotted")
    (employee,) = gateway.send(call.format("")).data
    assert employee.findtext("PERSONALINFO.EMAIL1") == "ann@example.org"


# Fields of recorded queries of 2026, as far as other tests do not name them.
RECORDED = {
    "CREDITCARD": "RECORDNO CARDID CARDNUM CARDTYPE MAILADDRESS.CITY LIABACCTKEY LIABACCT# DEPT DEPT# LOCATION LOCATION#"
    " LOCATIONNAME FINANCIALDATA.JOURNAL CURRENCY_R USEDINEMPEXPENSE RECORD_URL",
    "GLBATCH": "RECORDNO BATCHNO JOURNAL_ENABLEEREPORTING STATISTICAL MODULE USERINFO.LOGINID JOURNALSEQNO RECORD_URL",
    "GLENTRY": "RECORDNO BATCHNO USERNO BATCH_NUMBER BATCHTITLE STATISTICAL CLEARED ADJ RECON_DATE CLASSDIMKEY RECORD_URL",
    "LOCATION": "LOCATIONID RECORDNO SHIPTO.FAX SHIPTO.MAILADDRESS.COUNTRYCODE IEPAYABLEACCTKEY VENDENTITY SIRET RECORD_URL",
    "VENDOR": "RECORDNO DISPLAYCONTACT.TAXID PAYTO.TAXID",
    "LOCATIONENTITY": "RECORDNO WHENMODIFIED",
    "CLASS": "RECORDNO CREATEDBYLOGINID MODIFIEDBYLOGINID MEGAENTITYID",
}


@pytest.mark.parametrize("name", RECORDED)
def test_the_fields_of_recorded_queries(fresh_sandbox: RunningSandbox, gateway: GatewayClient, name: str) -> None:
    keys = {
        "CREDITCARD": "CARDID",
        "GLBATCH": "JOURNAL",
        "GLENTRY": "ACCOUNTNO",
        "VENDOR": "VENDORID",
        "CLASS": "CLASSID",
    }
    fresh_sandbox.load("intacct", name, [{keys.get(name, "LOCATIONID"): "1"}])
    fields = RECORDED[name].split()
    call = query(name, *fields, options="<showprivate>true</showprivate>")
    assert tags(gateway.send(call).data[0]) == [field.replace("#", "") for field in fields]


def test_attachments_and_folders_as_listed(fresh_sandbox: RunningSandbox, gateway: GatewayClient) -> None:
    gateway.send("<create_supdocfolder><supdocfoldername>Bills</supdocfoldername></create_supdocfolder>")
    gateway.send("<create_supdoc><supdocid>A1</supdocid><supdocfoldername>Bills</supdocfoldername></create_supdoc>")
    (supdoc,) = gateway.send('<get_list object="supdoc"/>').data
    first = ["recordno", "supdocid", "supdocname", "folder", "description", "creationdate", "createdby"]
    assert tags(supdoc)[:7] == first
    assert tags(supdoc)[-1] == "attachments"
    (folder,) = gateway.send('<get_list object="supdocfolder"/>').data
    assert tags(folder) == [
        "name",
        "description",
        "parentfolder",
        "creationdate",
        "createdby",
        "lastmodified",
        "lastmodifiedby",
        "status",
    ]
    assert (folder.findtext("name"), folder.findtext("status")) == ("Bills", "active")
    fresh_sandbox.settings(folder_record_numbers=True)
    (folder,) = gateway.send('<get_list object="supdocfolder"/>').data
    assert folder.findtext("recordno") == "1"


def test_empty_elements_have_both_tags(gateway: GatewayClient, company: RunningSandbox) -> None:
    """V: so in the recordings of 2020 and 2026, for a value that is not there and for a list without records."""
    asked = query("DEPARTMENT", "DEPARTMENTID", "PARENTID", where=compare("in", "DEPARTMENTID", "10"))
    text = gateway.send(asked).http.text
    assert "<DEPARTMENT><DEPARTMENTID>10</DEPARTMENTID><PARENTID></PARENTID></DEPARTMENT>" in text
    nothing = gateway.send(query("DEPARTMENT", "TITLE", where=compare("equalto", "DEPARTMENTID", "no"))).http.text
    assert ' totalcount="0" offset="0" count="0" numremaining="0"></data>' in nothing
    assert "/>" not in text + nothing


def test_the_documented_definition_of_a_journal_entry(gateway: GatewayClient) -> None:
    """V: Queries, "Finding an object's queryable fields": the record number, the state, and the journal by its other name."""
    kind = gateway.send("<lookup><object>GLBATCH</object></lookup>").data[0]
    fields = {field.findtext("ID"): [child.text or "" for child in field] for field in kind.iterfind("Fields/Field")}
    assert fields["RECORDNO"] == ["RECORDNO", "Record number", "Record Number", "false", "false", "INTEGER", "false"]
    assert fields["STATE"][3:6] == ["true", "false", "TEXT"]
    relation = kind.find("Relationships/Relationship")
    assert relation is not None
    assert [child.text or "" for child in relation] == ["JOURNAL", "JOURNAL", "", "MANY2ONE", "JOURNAL"]
    journal = gateway.send("<lookup><object>JOURNAL</object></lookup>").data[0]
    assert journal.get("Name") == "JOURNAL"
    assert "SYMBOL" in [field.findtext("ID") for field in journal.iterfind("Fields/Field")]
    assert gateway.send(query("JOURNAL", "SYMBOL")).data.get("listtype") == "JOURNAL"


def test_the_recorded_details_of_a_record_number(gateway: GatewayClient) -> None:
    """V: PsIntacct, Get-Object.Object.Details.xml."""
    kind = gateway.send('<inspect detail="1"><object>CLASS</object></inspect>').data[0]
    assert kind.findtext("Attributes/PluralName") == "Classes"
    field = kind.find("Fields/Field")
    assert field is not None
    shown = {child.tag: child.text or "" for child in field}
    assert (shown["isReadOnly"], shown["maxLength"]) == ("true", "8")
    assert (shown["DisplayLabel"], shown["Description"]) == ("Record number", "Record Number")


def test_the_documented_refusal_of_an_account(gateway: GatewayClient) -> None:
    """V: Requests, "showadditionalerrorinfo": both errors, text by text."""
    account = "<create><GLACCOUNT><ACCOUNTNO>5000.11</ACCOUNTNO><TITLE>Sales</TITLE></GLACCOUNT></create>"
    gateway.send(account)
    control = (
        "<uniqueid>false</uniqueid><dtdversion>3.0</dtdversion><showadditionalerrorinfo>true</showadditionalerrorinfo>"
    )
    first, second = gateway.send(account, control=control).results[0].iterfind("errormessage/error")
    support = re.search(r"\[Support ID: (\S+)\]$", first.findtext("description2") or "")
    assert support is not None
    assert [child.text or "" for child in first][:4] == [
        "BL01001973",
        "Duplicate account number",
        f"The account number '5000.11' already exists {support[0]}",
        "Enter unique account number",
    ]
    assert [child.text or "" for child in second][:4] == ["BL01001973", "", "Could not create GL Account record.", ""]
    info = first.find("additionalinfo")
    assert info is not None
    assert [info.findtext(tag) for tag in ("errorid", "category")] == ["GL-0493", "Duplication Prevention"]
    assert [info.findtext(f"{tag}/messageid") for tag in ("description", "cdescription", "correction")] == [
        "IA.DUPLICATE_ACCOUNT_NUMBER",
        "IA.THE_ACCOUNT_NUMBER_ALREADY_EXISTS",
        "IA.ENTER_UNIQUE_ACCOUNT_NUMBER",
    ]
    place = info.find("cdescription/placeholders/placeholder")
    assert place is not None
    assert dict(place.attrib) == {"name": "ACCOUNTNO", "value": "5000.11"}
    behind = second.find("additionalinfo")
    assert behind is not None
    assert [behind.findtext(tag) for tag in ("errorid", "category")] == ["GL-0504", "Unable to create record."]
    assert behind.findtext("cdescription/messageid") == "IA.COULD_NOT_CREATE_GL_ACCOUNT_RECORD"


def test_a_result_of_one_page_has_no_id(gateway: GatewayClient, company: RunningSandbox) -> None:
    """V: answers in the tests of the official SDKs (JS, .NET, PHP) and of jfcote87/intacct: resultId is empty, or kept to the end."""
    asked = "<readByQuery><object>DEPARTMENT</object><fields>TITLE</fields><query>{}</query><pagesize>{}</pagesize></readByQuery>"
    gateway.sign_in()
    for call in (asked.format("", 100), asked.format("DEPARTMENTID = 'no'", 2)):
        assert gateway.send(call).data.get("resultId") == ""
    first = gateway.send(asked.format("", 2)).data
    last = gateway.send(f"<readMore><resultId>{first.get('resultId')}</resultId></readMore>").data
    assert (last.get("numremaining"), last.get("resultId")) == ("0", first.get("resultId"))


def test_the_applications_of_the_company(gateway: GatewayClient) -> None:
    """V: Subscriptions, "List subscriptions": application elements and nothing else."""
    data = gateway.send("<get_applications/>").data
    assert {child.tag for child in data} == {"application"}
    assert {"CO", "CM", "GL", "AP"} <= {child.text for child in data}
