"""`readByQuery`, `readMore`, `read`, `readByName`, `get_list`, `get`."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from include.sandbox.intacct import sqllike
from tests.sandbox.gateway_client import GatewayClient
from tests.sandbox_fixture import RunningSandbox


def by_query(object_name: str, where: str, fields: str = "*", rest: str = "") -> str:
    escaped = where.replace("&", "&amp;").replace("<", "&lt;")
    return f"<readByQuery><object>{object_name}</object><fields>{fields}</fields><query>{escaped}</query>{rest}</readByQuery>"


@pytest.mark.usefixtures("company")
class TestReadByQuery:
    @pytest.mark.parametrize(
        ("where", "expected"),
        [
            ("", ["E1", "E2", "e3"]),
            ("STATUS = 'T'", ["E1", "E2"]),
            ("status = 'F'", ["e3"]),
            ("STATUS = 'active'", []),
            ("EMPLOYEEID like 'E%' AND STARTDATE >= '01/01/2019'", ["E1"]),
            ("EMPLOYEEID in ('E1', 'e3')", ["E1", "e3"]),
            ("EMPLOYEEID not in ('E1','e3')", ["E2"]),
            ("EMPLOYEEID NOT LIKE 'E%'", ["e3"]),
            ("TITLE is not null", ["e3"]),
            ("STARTDATE IS NULL", ["e3"]),
            ("NOT (STATUS = 'T' OR EMPLOYEEID = 'x')", ["e3"]),
            (r"TITLE = 'O\'Brien\'s " + '"boss"' + "'", ["e3"]),
            ("RECORDNO < 2 or RECORDNO = 3", ["E1", "e3"]),
            ("RECORDNO <> 2", ["E1", "e3"]),
            ("rownum < 3", ["E1", "E2"]),
            ("STATUS = 'T' and rownum > 1", ["E2"]),
        ],
    )
    def test_filters(self, gateway: GatewayClient, where: str, expected: list[str]) -> None:
        answer = gateway.send(by_query("EMPLOYEE", where, "EMPLOYEEID"))
        assert [row["EMPLOYEEID"] for row in answer.records] == expected
        assert [record.tag for record in answer.data] == ["employee"] * len(expected)

    @pytest.mark.parametrize(
        "where",
        [
            "STATUS = 'T' ORDER BY NAME",
            "NAME = 'x'",
            "STARTDATE > '2019-01-01'",
            "(",
            "STATUS",
            "STATUS = T",
            "1 = 1; --",
            "PERSONALINFO.EMAIL1 = 'ann@example.org'",
            "PERSONALINFO.EMAIL1 like 'ann%'",
            "PERSONALINFO.EMAIL1 is not null",
        ],
    )
    def test_refused(self, gateway: GatewayClient, where: str) -> None:
        errorno, text = gateway.send(by_query("EMPLOYEE", where)).errors[0]
        assert errorno == "DL02000001"
        assert text.startswith("There was an error processing the request.")

    def test_unknown_field_in_the_list(self, gateway: GatewayClient) -> None:
        assert gateway.send(by_query("EMPLOYEE", "", "EMPLOYEEID,NAME")).errors == [("Invalid fields list NAME", "")]

    def test_all_fields(self, gateway: GatewayClient) -> None:
        record = gateway.send(by_query("EMPLOYEE", "RECORDNO = 1")).records[0]
        assert list(record)[:4] == ["RECORDNO", "EMPLOYEEID", "SSN", "TITLE"]
        assert record["PERSONALINFO.EMAIL1"] == "ann@example.org"
        assert record["MEGAENTITYNAME"] == ""

    def test_a_login_has_no_code(self, gateway: GatewayClient) -> None:
        """`query` takes and shows the word where there is no code (Audit trails)."""
        gateway.send("<getAPISession/>")
        call = "<query><object>AUDITHISTORY</object><select><field>ACCESSMODE</field><field>OBJECTKEY</field></select>{}</query>"
        where = "<filter><equalto><field>ACCESSMODE</field><value>Login</value></equalto></filter>"
        expected = [{"ACCESSMODE": "Login", "OBJECTKEY": "xml_gateway"}]
        assert gateway.send(call.format(where)).records == expected
        rows = gateway.send(by_query("AUDITHISTORY", "ACCESSMODE = 'Login'", "ACCESSMODE,OBJECTKEY")).records
        assert rows == expected
        trail = gateway.send(
            "<getAuditTrail><object>USERINFO</object><objectKey>xml_gateway</objectKey></getAuditTrail>"
        ).data
        assert [row.findtext("accessMode") for row in trail] == ["login"]

    def test_audit_history_in_words(self, gateway: GatewayClient) -> None:
        gateway.send("<create><DEPARTMENT><DEPARTMENTID>1</DEPARTMENTID><TITLE>T</TITLE></DEPARTMENT></create>")
        rows = gateway.send(
            by_query("AUDITHISTORY", "OBJECTTYPE = 'department'", "OBJECTKEY,ACCESSMODE,SOURCE")
        ).records
        assert rows == [{"OBJECTKEY": rows[0]["OBJECTKEY"], "ACCESSMODE": "Create", "SOURCE": "api"}]
        select = "<field>ACCESSMODE</field><field>USERID</field>"
        queried = gateway.send(f"<query><object>AUDITHISTORY</object><select>{select}</select></query>").records
        assert queried == [{"ACCESSMODE": "C", "USERID": "xml_gateway"}]


class TestReadMore:
    def test_pages_until_nothing_remains(self, fresh_sandbox: RunningSandbox, gateway: GatewayClient) -> None:
        fresh_sandbox.load("intacct", "DEPARTMENT", [{"DEPARTMENTID": f"D{n}", "TITLE": "T"} for n in range(25)])
        gateway.sign_in()
        answer = gateway.send(by_query("DEPARTMENT", "", "RECORDNO", "<pagesize>10</pagesize>"))
        result_id = answer.data.get("resultId")
        pages = [answer]
        while pages[-1].data.get("numremaining") != "0":
            pages.append(gateway.send(f"<readMore><resultId>{result_id}</resultId></readMore>"))
        assert [page.data.get("count") for page in pages] == ["10", "10", "5"]
        assert {page.data.get("totalcount") for page in pages} == {"25"}
        assert {page.data.get("resultId") for page in pages} == {result_id}
        assert [row["RECORDNO"] for page in pages for row in page.records] == [str(n) for n in range(1, 26)]
        by_object = gateway.send(by_query("DEPARTMENT", "", "RECORDNO", "<pagesize>20</pagesize>"))
        assert by_object.data.get("count") == "20"
        assert gateway.send("<readMore><object>DEPARTMENT</object></readMore>").data.get("count") == "5"

    def test_a_result_belongs_to_its_session(self, fresh_sandbox: RunningSandbox, gateway: GatewayClient) -> None:
        fresh_sandbox.load("intacct", "DEPARTMENT", [{"DEPARTMENTID": f"D{n}", "TITLE": "T"} for n in range(3)])
        gateway.sign_in()
        answer = gateway.send(by_query("DEPARTMENT", "", "RECORDNO", "<pagesize>1</pagesize>"))
        more = f"<readMore><resultId>{answer.data.get('resultId')}</resultId></readMore>"
        gateway.session = ""
        gateway.sign_in()
        assert gateway.send(more).results[0].findtext("status") == "failure"

    def test_page_limits(self, fresh_sandbox: RunningSandbox, gateway: GatewayClient) -> None:
        fresh_sandbox.load("intacct", "DEPARTMENT", [{"DEPARTMENTID": f"D{n}", "TITLE": "T"} for n in range(1100)])
        assert gateway.send(by_query("DEPARTMENT", "", "RECORDNO")).data.get("count") == "100"
        most = gateway.send(by_query("DEPARTMENT", "", "RECORDNO", "<pagesize>5000</pagesize>"))
        assert (most.data.get("count"), most.data.get("numremaining")) == ("1000", "100")

    def test_private_records_by_setting(self, company: RunningSandbox, gateway: GatewayClient) -> None:
        assert gateway.send(by_query("EMPLOYEE", "", "RECORDNO")).data.get("totalcount") == "3"
        company.settings(read_by_query_private=True)
        assert gateway.send(by_query("EMPLOYEE", "", "RECORDNO")).data.get("totalcount") == "4"


@pytest.mark.usefixtures("company")
class TestByKey:
    def test_in_the_order_of_the_keys(self, gateway: GatewayClient) -> None:
        answer = gateway.send("<read><object>EMPLOYEE</object><keys>3, 1,77,x</keys><fields>EMPLOYEEID</fields></read>")
        assert answer.records == [{"EMPLOYEEID": "e3"}, {"EMPLOYEEID": "E1"}]
        assert dict(answer.data.attrib) == {"listtype": "EMPLOYEE", "count": "2"}

    def test_by_business_key(self, gateway: GatewayClient) -> None:
        call = (
            "<readByName><object>DEPARTMENT</object><keys>20,10,nix</keys><fields>TITLE,RECORDNO</fields></readByName>"
        )
        assert gateway.send(call).records == [
            {"TITLE": "Entwicklung Ü", "RECORDNO": "2"},
            {"TITLE": "Sales & Service", "RECORDNO": "1"},
        ]

    def test_not_found_is_a_success(self, gateway: GatewayClient) -> None:
        data = gateway.send("<read><object>USERINFO</object><keys>99</keys></read>").data
        assert dict(data.attrib) == {"listtype": "USERINFO", "count": "0"}

    def test_refusals(self, company: RunningSandbox, gateway: GatewayClient) -> None:
        unknown = gateway.send("<read><object>CLASS</object><keys>1</keys><fields>x</fields></read>")
        assert unknown.errors == [("Invalid fields list x", "")]
        keys = ",".join(map(str, range(101)))
        assert gateway.send(f"<read><object>CLASS</object><keys>{keys}</keys></read>").results[0].findtext(
            "status"
        ) == ("failure")
        company.settings(permissions_denied={"*": {"class": ["READ"]}})
        errorno, text = gateway.send("<read><object>CLASS</object><keys>1</keys></read>").errors[0]
        assert errorno == "PL04000005"
        assert "operation READ on objects of type class" in text

    def test_a_document_brings_its_lines(self, company: RunningSandbox, gateway: GatewayClient) -> None:
        lines = [{"ACCOUNTNO": "6000", "TRX_AMOUNT": "1.10"}, {"ACCOUNTNO": "6010", "TRX_AMOUNT": "2.20"}]
        company.load("intacct", "APBILL", [{"RECORDID": "B1", "APBILLITEMS": lines}])
        (bill,) = gateway.send("<read><object>APBILL</object><keys>1</keys></read>").data
        items = bill.findall("APBILLITEMS/apbillitem")
        assert [(item.findtext("ACCOUNTNO"), item.findtext("TRX_AMOUNT")) for item in items] == [
            ("6000", "1.10"),
            ("6010", "2.20"),
        ]
        (chosen,) = gateway.send("<read><object>APBILL</object><keys>1</keys><fields>RECORDID</fields></read>").data
        assert [child.tag for child in chosen] == ["RECORDID"]


def expression(field: str, operator: str, value: str) -> str:
    """A filter expression of get_list."""
    return f"<expression><field>{field}</field><operator>{operator}</operator><value>{value}</value></expression>"


def listed(name: str, where: str) -> str:
    """get_list of what fulfils an expression."""
    return f'<get_list object="{name}"><filter>{where}</filter></get_list>'


def files(company: RunningSandbox) -> None:
    """Eleven attachments, three of them described."""
    days = ["12/31/2025", "01/02/2026", "01/05/2026", *["05/01/2026"] * 8]
    words = ["a", "b", "c", *[""] * 8]
    company.load(
        "intacct", "SUPDOC",
        [
            {"SUPDOCID": f"S{n}", "CREATIONDATE": day, "DESCRIPTION": word}
            for n, (day, word) in enumerate(zip(days, words, strict=True), start=1)
        ],
    )  # fmt: skip


@pytest.mark.usefixtures("company")
class TestGetList:
    def test_pages_and_listtype(self, gateway: GatewayClient) -> None:
        answer = gateway.send('<get_list object="department" start="1" maxitems="1"/>')
        listtype = answer.results[0].find("listtype")
        assert listtype is not None
        assert (dict(listtype.attrib), listtype.text) == ({"start": "1", "end": "1", "total": "3"}, "department")
        assert answer.records == [
            {"departmentid": "20", "title": "Entwicklung Ü", "parentid": "10", "status": "active"}
        ]

    def test_filter_sort_fields(self, gateway: GatewayClient) -> None:
        expression = "<expression><field>status</field><operator>=</operator><value>active</value></expression>"
        answer = gateway.send(
            f'<get_list object="department"><filter>{expression}</filter>'
            '<sorts><sortfield order="desc">departmentid</sortfield></sorts><fields><field>title</field></fields></get_list>'
        )
        assert answer.records == [{"title": "Entwicklung Ü"}, {"title": "Sales & Service"}]

    @pytest.mark.parametrize(
        ("pattern", "found"),
        [("Sales%", ["10"]), ("%w%", ["20"]), ("___%ops>", ["30"]), ("ales", []), ("sales%", []), ("%", None)],
    )
    def test_like_is_a_pattern(self, gateway: GatewayClient, pattern: str, found: list[str] | None) -> None:
        answer = gateway.send(listed("department", expression("title", "like", pattern.replace(">", "&gt;"))))
        assert [row["departmentid"] for row in answer.records] == (["10", "20", "30"] if found is None else found)

    @pytest.mark.parametrize(
        ("field", "operator", "value", "found"),
        [
            ("recordno", ">", "9", ["10", "11"]),
            ("recordno", "<=", "2", ["1", "2"]),
            ("creationdate", "<", "02/01/2026", ["1", "2", "3"]),
            ("creationdate", "=", "1/5/2026", ["3"]),
            ("description", "is null", "", ["4", "5", "6", "7", "8", "9", "10", "11"]),
            ("description", "!=", "b", ["1", "3"]),
        ],
    )
    def test_numbers_and_dates_compare_as_such(
        self, company: RunningSandbox, gateway: GatewayClient, field: str, operator: str, value: str, found: list[str]
    ) -> None:
        files(company)
        answer = gateway.send(listed("supdoc", expression(field, operator.replace("<", "&lt;"), value)))
        assert [row["recordno"] for row in answer.records] == found

    @pytest.mark.parametrize(
        ("order", "first"), [("asc", ["12/31/2025", "01/02/2026"]), ("desc", ["05/01/2026", "05/01/2026"])]
    )
    def test_sorts_go_by_what_the_field_is(
        self, company: RunningSandbox, gateway: GatewayClient, order: str, first: list[str]
    ) -> None:
        files(company)
        sorts = f'<sorts><sortfield order="{order}">creationdate</sortfield><sortfield order="desc">recordno</sortfield></sorts>'
        answer = gateway.send(f'<get_list object="supdoc">{sorts}</get_list>')
        assert [row["creationdate"] for row in answer.records][:2] == first
        assert [row["recordno"] for row in answer.records if row["creationdate"] == "05/01/2026"][:2] == ["11", "10"]

    def test_what_a_filter_cannot_be(self, gateway: GatewayClient) -> None:
        for wrong in (
            expression("nothing", "=", "1"), expression("title", "~", "1"), expression("status", "between", "1"),
            '<sorts><sortfield order="asc">nothing</sortfield></sorts>',
        ):  # fmt: skip
            call = (
                listed("department", wrong)
                if "expression" in wrong
                else f'<get_list object="department">{wrong}</get_list>'
            )
            assert gateway.send(call).results[0].findtext("status") == "failure"
        assert (
            gateway.send(listed("supdoc", expression("creationdate", "=", "2026-01-05"))).errors[0][0] == "DL02000001"
        )

    def test_attachments_with_their_files(self, gateway: GatewayClient) -> None:
        gateway.send("<create_supdocfolder><supdocfoldername>Receipts</supdocfoldername></create_supdocfolder>")
        file = (
            "<attachment><attachmentname>a - 1</attachmentname><attachmenttype>pdf</attachmenttype>"
            "<attachmentdata>aGVsbG8=</attachmentdata></attachment>"
        )
        created = gateway.send(
            "<create_supdoc><supdocid>S1</supdocid><supdocfoldername>Receipts</supdocfoldername>"
            f"<attachments>{file}</attachments></create_supdoc>"
        )
        assert created.results[0].findtext("key") == "1"
        (found,) = gateway.send('<get object="supdoc" key="S1"/>').data
        assert found.findtext("supdocid") == "S1"
        assert found.findtext("folder") == "Receipts"
        assert found.findtext("attachments/attachment/attachmentdata") == "aGVsbG8="
        assert gateway.send('<get object="supdoc" key="S2"/>').results[0].findtext("status") == "failure"


@pytest.mark.usefixtures("company")
@pytest.mark.parametrize(
    ("where", "found"),
    [("STATUS = 'T'", 2), ("STATUS = 'F'", 1), ("STATUS = 'active'", 0), ("STATUS in ('T', 'F')", 3)],
)
def test_read_by_query_speaks_in_database_codes(gateway: GatewayClient, where: str, found: int) -> None:
    call = f"<readByQuery><object>DEPARTMENT</object><fields>STATUS</fields><query>{where}</query></readByQuery>"
    records = gateway.send(call).records
    assert len(records) == found
    assert {record["STATUS"] for record in records} <= {"active", "inactive"}


@pytest.mark.usefixtures("company")
def test_read_by_query_writes_booleans_with_one_letter(company: RunningSandbox, gateway: GatewayClient) -> None:
    company.load("intacct", "VENDOR", [{"VENDORID": "V1", "NAME": "Once", "ONETIME": "true"}])
    for where, found in (("ONETIME = 'T'", 1), ("ONETIME = 'F'", 0), ("ONETIME = 'true'", 0)):
        call = f"<readByQuery><object>VENDOR</object><fields>VENDORID</fields><query>{where}</query></readByQuery>"
        assert len(gateway.send(call).records) == found, where


DOCUMENTED_CODES = [
    (
        "USERINFO",
        {"LOGINID": "u"},
        "USERTYPE",
        {"C": "construction manager user", "S": "CRM user", "W": "writeup user"},
    ),
    ("GLACCOUNT", {"ACCOUNTNO": "1"}, "ACCOUNTTYPE", {"I": "incomestatement", "N": "balancesheet"}),
    ("GLBATCH", {"JOURNAL": "GJ"}, "STATE", {"I": "Draft", "P": "Posted", "Z": "Reversed", "L": "Reversal pending"}),
    ("TASK", {"TASKID": "t", "NAME": "t"}, "TASKSTATUS", {"L": "Planned", "P": "In Progress"}),
]


@pytest.mark.parametrize(("name", "fields", "field", "codes"), DOCUMENTED_CODES)
def test_the_documented_codes(
    fresh_sandbox: RunningSandbox,
    gateway: GatewayClient,
    name: str,
    fields: dict[str, str],
    field: str,
    codes: dict[str, str],
) -> None:
    records = [
        {**{k: f"{v}{number}" for k, v in fields.items()}, field: word} for number, word in enumerate(codes.values())
    ]
    fresh_sandbox.load("intacct", name, records)
    for code, word in codes.items():
        assert gateway.send(by_query(name, f"{field} = '{code}'", field)).records == [{field: word}]


@pytest.mark.usefixtures("company")
class TestDescriptions:
    def test_lookup(self, gateway: GatewayClient) -> None:
        kind = gateway.send("<lookup><object>EMPLOYEE</object></lookup>").data.find("Type")
        assert kind is not None
        assert dict(kind.attrib) == {"Name": "EMPLOYEE", "DocumentType": ""}
        fields = {field.findtext("ID"): field for field in kind.findall("Fields/Field")}
        assert [child.tag for child in fields["RECORDNO"]] == [
            "ID",
            "LABEL",
            "DESCRIPTION",
            "REQUIRED",
            "READONLY",
            "DATATYPE",
            "ISCUSTOM",
        ]
        assert fields["WHENMODIFIED"].findtext("DATATYPE") == "TIMESTAMP"
        assert [value.text for value in fields["STATUS"].findall("VALIDVALUES/VALIDVALUE")] == ["active", "inactive"]
        relations = {r.findtext("OBJECTPATH"): r.findtext("OBJECTNAME") for r in kind.iter("Relationship")}
        assert relations == {
            "LOCATION": "LOCATION",
            "DEPARTMENT": "DEPARTMENT",
            "CLASS": "CLASS",
            "MANAGER": "EMPLOYEE",
            "CONTACT": "CONTACT",
            "USERINFOCREATEDBY": "USERINFO",
            "USERINFOMODIFIEDBY": "USERINFO",
            "MELOCATION": "LOCATION",
        }

    def test_lookup_tells_words_as_recorded(self, gateway: GatewayClient, company: RunningSandbox) -> None:
        """Those of a truth too; what a company's own pick-list holds is ENUM, Intacct's own words mostly TEXT."""
        company.settings(custom_fields={"VENDOR": {"TIER": {"type": "ENUM", "values": ["A", "B"]}}})
        data = gateway.send("<lookup><object>VENDOR</object></lookup>").data
        told = {
            field.findtext("ID"): (field.findtext("DATATYPE"), [word.text for word in field.iter("VALIDVALUE")])
            for field in data.iter("Field")
        }
        assert told["ONETIME"] == ("BOOLEAN", ["true", "false"])
        assert told["STATUS"] == ("TEXT", ["active", "active non-posting", "inactive"])
        assert told["TIER"] == ("ENUM", ["A", "B"])
        described = {field.findtext("ID"): field.findtext("DESCRIPTION") for field in data.iter("Field")}
        assert described["NAME"] == "No description specified"
        assert described["CREATEDBY"] == "User who created this."
        card = gateway.send("<lookup><object>CREDITCARD</object></lookup>").data
        assert {f.findtext("ID"): f.findtext("DATATYPE") for f in card.iter("Field")}["CARDTYPE"] == "ENUM"

    def test_inspect_by_printable_name(self, gateway: GatewayClient) -> None:
        named = gateway.send('<inspect detail="1"><name>Expense Report</name></inspect>').data[0]
        assert named.get("Name") == "EEXPENSES"
        unknown = gateway.send("<inspect><name>Nothing</name></inspect>")
        assert unknown.errors == [("Query Failed", "Object definition Nothing not found")]

    def test_inspect(self, company: RunningSandbox, gateway: GatewayClient) -> None:
        every = gateway.send("<inspect><object>*</object></inspect>").data
        assert {"APBILL", "EMPLOYEE", "VENDOR"} <= {entry.get("typename") for entry in every}
        names = gateway.send("<inspect><object>DEPARTMENT</object></inspect>").data.findall("Type/Fields/Field")
        assert [name.text for name in names][:3] == ["DEPARTMENTID", "RECORDNO", "TITLE"]
        company.settings(field_lengths={"DEPARTMENT": {"TITLE": 33}})
        detailed = gateway.send('<inspect detail="1"><object>DEPARTMENT</object></inspect>').data
        lengths = {field.findtext("Name"): field.findtext("maxLength") for field in detailed.iter("Field")}
        assert lengths["TITLE"] == "33"

    def test_permissions_setup_preferences(self, company: RunningSandbox, gateway: GatewayClient) -> None:
        company.settings(
            permissions_denied={"xml_gateway": {"APBILL": ["CREATE", "UPDATE", "DELETE"]}}, ap_approval=True
        )
        data = gateway.send("<getUserPermissions><userId>xml_gateway</userId></getUserPermissions>").data
        rights = {policy.findtext("policyName"): policy.findtext("rights") for policy in data.iter("policy")}
        assert rights["Bills"] == "List|View|Post"
        assert rights["Vendors"] == "List|View|Add|Edit|Delete"
        setup = gateway.send("<getFinancialSetup/>").data.find("financialSetup")
        assert setup is not None
        assert (setup.findtext("baseCurrency"), setup.findtext("multiBaseCurrency")) == ("", "true")
        prefs = gateway.send('<get_companyprefs application="AP"/>').data
        values = {p.findtext("preference"): p.findtext("prefvalue") for p in prefs.iter("companypref")}
        assert values["APPROVAL"] == "Y"
        assert gateway.send("<getDimensions/>").data.find("dimensions/dimension/objectName") is not None
        formats = gateway.send("<readUserFormatting><userId>xml_gateway</userId></readUserFormatting>").data[0]
        assert (formats.findtext("dateformat"), formats.findtext("gmtoffset")) == ("/mdY", "+00:00")

    @pytest.mark.parametrize(
        ("application", "names"),
        [
            (
                "GEN",
                ["PRIMARY_ACCTNO_LENGTH", "ACCTNO_SEPARATOR", "SUBACCTNO_LENGTH", "FISCAL_FIRST_MONTH", "FISCAL_FIRST_MONTH_TAX",
                 "WEEK_START", "CUSTOM_ACCOUNTING_PERIODS", "PACKAGE_TYPE"],
            ),
            ("ME", []),
        ],
    )  # fmt: skip
    def test_the_documented_preferences_and_no_others(
        self, gateway: GatewayClient, application: str, names: list[str]
    ) -> None:
        data = gateway.send(f'<get_companyprefs application="{application}"/>').data
        assert [row.findtext("preference") for row in data] == names

    def test_the_ledger_tells_its_dimensions(self, gateway: GatewayClient) -> None:
        data = gateway.send('<get_companyprefs application="GL"/>').data
        told = {row.findtext("preference"): row.findtext("prefvalue") for row in data}
        assert told["EMPLOYEEDIMENSION"] == "T"

    @pytest.mark.parametrize(("setting", "application"), [("one", "Time & Expenses"), ("two", "Expenses")])
    def test_expenses_are_an_application_of_their_own_since_2025(
        self, company: RunningSandbox, gateway: GatewayClient, setting: str, application: str
    ) -> None:
        company.settings(expenses_application=setting)
        data = gateway.send("<getUserPermissions><userId>xml_gateway</userId></getUserPermissions>").data
        policies = {
            block.findtext("applicationName"): {one.findtext("policyName") for one in block.iter("policy")}
            for block in data.iter("appSubscription")
        }
        assert policies[application] == {
            "Expense Reports", "Expense Adjustments", "Expense Types", "Expense Payment Types",
        }  # fmt: skip
        assert {"Time & Expenses", "Expenses"} & policies.keys() == {application}

    def test_closed_books(self, company: RunningSandbox, gateway: GatewayClient) -> None:
        assert gateway.send("<get_closedbooksdate/>").data.findtext("closedbooksdate") == ""
        company.act("close_period", subledger="GL", date="2026-10-31")
        assert gateway.send("<get_closedbooksdate/>").data.findtext("closedbooksdate") == "10/31/2026"
        company.settings(closed_books_date_style="parts")
        data = gateway.send("<get_closedbooksdate/>").data
        assert [child.text for child in data[0]] == ["2026", "10", "31"], etree.tostring(data)


@given(st.text(max_size=60))
def test_no_text_is_understood_by_accident(text: str) -> None:
    """Whatever stands in a filter is tokens of the dialect or NotUnderstood, never another exception."""
    try:
        found = sqllike.tokens(text)
    except sqllike.NotUnderstood:
        return
    assert all(token.kind in {"string", "number", "operator", "sign", "word", "keyword"} for token in found)


@given(st.text(max_size=40))
def test_any_string_can_be_quoted(text: str) -> None:
    quoted = "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
    assert [token.text for token in sqllike.tokens(f"NAME = {quoted}")] == ["NAME", "=", text]
