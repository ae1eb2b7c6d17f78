"""`query`: operators, dotted fields, order, paging, private records, aggregates, formats, refusals."""

from __future__ import annotations

import csv
import io

import pytest

from tests.sandbox.gateway_client import GatewayClient, compare, query
from tests.sandbox_fixture import RunningSandbox

PRIVATE = "<showprivate>true</showprivate>"


def found(gateway: GatewayClient, where: str, *, key: str = "EMPLOYEEID", options: str = PRIVATE) -> list[str]:
    object_name = "EMPLOYEE" if key == "EMPLOYEEID" else "DEPARTMENT"
    return [row[key] for row in gateway.send(query(object_name, key, where=where, order=key, options=options)).records]


@pytest.mark.usefixtures("company")
class TestOperators:
    @pytest.mark.parametrize(
        ("where", "expected"),
        [
            (compare("equalto", "EMPLOYEEID", "E1"), ["E1"]),
            (compare("equalto", "EMPLOYEEID", "e1"), []),
            (compare("notequalto", "STATUS", "active"), ["e3"]),
            (compare("lessthan", "STARTDATE", "03/01/2019"), ["E2"]),
            (compare("lessthanorequalto", "STARTDATE", "03/01/2019"), ["E1", "E2"]),
            (compare("greaterthan", "RECORDNO", "2"), ["P4", "e3"]),
            (compare("greaterthanorequalto", "RECORDNO", "10"), []),
            (compare("between", "STARTDATE", "12/31/2018", "03/01/2019"), ["E1", "E2"]),
            (compare("in", "EMPLOYEEID", "E2", "e3", "X"), ["E2", "e3"]),
            (compare("notin", "EMPLOYEEID", "E2", "e3"), ["E1", "P4"]),
            (compare("like", "EMPLOYEEID", "E%"), ["E1", "E2"]),
            (compare("like", "EMPLOYEEID", "_3"), ["e3"]),
            (compare("notlike", "EMPLOYEEID", "E%"), ["P4", "e3"]),
            (compare("isnull", "STARTDATE"), ["P4", "e3"]),
            (compare("isnotnull", "STARTDATE"), ["E1", "E2"]),
            (compare("equalto", "TITLE", "O'Brien's &quot;boss&quot;"), ["e3"]),
            (compare("equalto", "DEPARTMENT.TITLE", "Sales &amp; Service"), ["E1"]),
            (compare("equalto", "PERSONALINFO.EMAIL1", "Bo@Example.org"), ["E2", "e3"]),
            (compare("like", "CONTACT.EMAIL1", "ann%"), ["E1", "P4"]),
            (compare("equalto", "MANAGER.EMPLOYEEID", "E1"), ["E2"]),
            (compare("equalto", "MELOCATION.LOCATIONID", "nowhere"), []),
        ],
    )
    def test_each(self, gateway: GatewayClient, where: str, expected: list[str]) -> None:
        assert found(gateway, where) == expected

    def test_and_or_nested(self, gateway: GatewayClient) -> None:
        where = (
            "<or>"
            + compare("equalto", "EMPLOYEEID", "P4")
            + "<and>"
            + compare("equalto", "STATUS", "active")
            + compare("isnotnull", "SUPERVISORID")
            + "</and></or>"
        )
        assert found(gateway, where) == ["E2", "P4"]

    def test_case_insensitive(self, gateway: GatewayClient) -> None:
        options = PRIVATE.replace("<show", "<caseinsensitive>true</caseinsensitive><show", 1)
        assert found(gateway, compare("equalto", "EMPLOYEEID", "E3"), options=options) == ["e3"]
        assert found(gateway, compare("like", "DEPARTMENT.TITLE", "entwicklung ü"), options=options) == ["E2"]
        assert found(gateway, compare("in", "EMPLOYEEID", "e1", "E3"), options=options) == ["E1", "e3"]

    def test_timestamps(self, gateway: GatewayClient) -> None:
        departments = {
            compare("greaterthanorequalto", "WHENMODIFIED", "02/01/2026 00:00:01"): ["20"],
            compare("greaterthanorequalto", "WHENMODIFIED", "02/01/2026"): ["20"],
            compare("lessthan", "WHENMODIFIED", "02/01/2026"): ["10"],
            compare("isnull", "WHENMODIFIED"): ["30"],
        }
        for where, expected in departments.items():
            assert found(gateway, where, key="DEPARTMENTID") == expected

    @pytest.mark.parametrize("value", ["2026-02-01", "yesterday", "13/40/2026"])
    def test_other_date_formats_are_refused(self, gateway: GatewayClient, value: str) -> None:
        answer = gateway.send(query("DEPARTMENT", "TITLE", where=compare("greaterthan", "WHENMODIFIED", value)))
        assert answer.text("operation/result/status") == "failure"
        errorno, text = answer.errors[0]
        assert (errorno, text.split(" [")[0]) == ("DL02000001", "There was an error processing the request.")


class TestAmounts:
    def test_exact_sums_and_order(self, fresh_sandbox: RunningSandbox, gateway: GatewayClient) -> None:
        amounts = ["0.10", "0.20", "-5.00", "1000000000000.01", "9.99", "10.00"]
        bills = [
            {"RECORDID": f"B{n}", "VENDORID": "V", "TOTALDUE": amount, "WHENCREATED": f"01/{n + 1:02}/2026"}
            for n, amount in enumerate(amounts)
        ]
        fresh_sandbox.load("intacct", "VENDOR", [{"VENDORID": "V", "NAME": "V"}])
        fresh_sandbox.load("intacct", "APBILL", bills)
        rows = gateway.send(query("APBILL", "TOTALDUE", order="-TOTALDUE")).records
        assert [row["TOTALDUE"] for row in rows] == ["1000000000000.01", "10.00", "9.99", "0.20", "0.10", "-5.00"]
        rows = gateway.send(query("APBILL", "TOTALDUE", where=compare("greaterthan", "TOTALDUE", "9.99"))).records
        assert {row["TOTALDUE"] for row in rows} == {"10.00", "1000000000000.01"}
        select = (
            "<field>VENDORID</field><sum>TOTALDUE</sum><count>RECORDNO</count><min>TOTALDUE</min><max>WHENCREATED</max>"
        )
        (row,) = gateway.send(f"<query><object>APBILL</object><select>{select}</select></query>").records
        assert row == {
            "VENDORID": "V",
            "TOTALDUE": "1000000000015.30",
            "COUNT.RECORDNO": "6",
            "MIN.TOTALDUE": "-5.00",
            "MAX.WHENCREATED": "01/06/2026",
        }

    def test_average_without_group(self, company: RunningSandbox, gateway: GatewayClient) -> None:
        select = "<count>RECORDNO</count><avg>RECORDNO</avg>"
        answer = gateway.send(f"<query><object>DEPARTMENT</object><select>{select}</select></query>")
        assert answer.records == [{"COUNT.RECORDNO": "3", "AVG.RECORDNO": "2"}]
        assert answer.data.get("totalcount") == "1"

    @pytest.mark.parametrize("select", ["<sum>TITLE</sum>", "<count>RECORDNO</count><avg>WHENMODIFIED</avg>"])
    def test_no_sum_and_no_average_of_what_is_no_number(
        self, company: RunningSandbox, gateway: GatewayClient, select: str
    ) -> None:
        answer = gateway.send(f"<query><object>DEPARTMENT</object><select>{select}</select></query>")
        ((number, text),) = answer.errors
        assert (answer.http.status_code, number, text.split(" [")[0]) == (
            200, "DL02000001", "There was an error processing the request.",
        )  # fmt: skip


class TestPages:
    def test_pages_hold_everything_once(self, fresh_sandbox: RunningSandbox, gateway: GatewayClient) -> None:
        departments = [{"DEPARTMENTID": f"D{n}", "TITLE": f"T{n % 7}"} for n in range(250)]
        fresh_sandbox.load("intacct", "DEPARTMENT", departments)
        seen: list[str] = []
        for offset in range(0, 300, 60):
            rest = f"<pagesize>60</pagesize><offset>{offset}</offset>"
            answer = gateway.send(query("DEPARTMENT", "DEPARTMENTID", order="TITLE RECORDNO", rest=rest))
            assert answer.data.get("totalcount") == "250"
            assert answer.data.get("offset") == str(offset)
            assert answer.data.get("count") == str(len(answer.records))
            assert answer.data.get("numremaining") == str(max(0, 250 - offset - 60))
            seen += [row["DEPARTMENTID"] for row in answer.records]
        assert sorted(seen) == sorted(d["DEPARTMENTID"] for d in departments)

    def test_default_page_and_limits(self, fresh_sandbox: RunningSandbox, gateway: GatewayClient) -> None:
        fresh_sandbox.load("intacct", "DEPARTMENT", [{"DEPARTMENTID": f"D{n}", "TITLE": "T"} for n in range(130)])
        assert gateway.send(query("DEPARTMENT", "RECORDNO")).data.get("count") == "100"
        fresh_sandbox.settings(query_page_maximum=20)
        answer = gateway.send(query("DEPARTMENT", "RECORDNO", rest="<pagesize>2000</pagesize>"))
        assert (answer.data.get("count"), answer.data.get("numremaining")) == ("20", "110")
        refused = gateway.send(query("DEPARTMENT", "RECORDNO", rest="<pagesize>2001</pagesize>"))
        assert refused.errors == [
            (
                "XL03000003",
                "XML Parse schema error: Error 1834: Element 'pagesize': [facet 'maxInclusive'] The value '2001' is greater"
                " than the maximum value allowed ('2000').. Line: 2, column: 0.",
            )
        ]

    def test_without_order_the_order_may_change(self, fresh_sandbox: RunningSandbox, gateway: GatewayClient) -> None:
        fresh_sandbox.load("intacct", "DEPARTMENT", [{"DEPARTMENTID": f"D{n}", "TITLE": "T"} for n in range(60)])
        ordered = [row["RECORDNO"] for row in gateway.send(query("DEPARTMENT", "RECORDNO")).records]
        assert ordered == [str(n) for n in range(1, 61)]
        fresh_sandbox.settings(default_order="shuffled")
        orders = {tuple(r["RECORDNO"] for r in gateway.send(query("DEPARTMENT", "RECORDNO")).records) for _ in range(5)}
        assert len(orders) > 1
        assert all(sorted(order) == sorted(ordered) for order in orders)
        by_number = gateway.send(query("DEPARTMENT", "RECORDNO", order="RECORDNO")).records
        assert [row["RECORDNO"] for row in by_number] == ordered


@pytest.mark.usefixtures("company")
class TestAnswers:
    def test_empty_values_and_order_of_fields(self, gateway: GatewayClient) -> None:
        answer = gateway.send(
            query("EMPLOYEE", "TITLE", "EMPLOYEEID", "ENDDATE", where=compare("equalto", "EMPLOYEEID", "E1"))
        )
        (record,) = answer.data
        assert record.tag == "EMPLOYEE"
        assert [child.tag for child in record] == ["TITLE", "EMPLOYEEID", "ENDDATE"]
        assert answer.records == [{"TITLE": "", "EMPLOYEEID": "E1", "ENDDATE": ""}]

    def test_nothing_found(self, gateway: GatewayClient) -> None:
        data = gateway.send(query("EMPLOYEE", "RECORDNO", where=compare("equalto", "EMPLOYEEID", "none"))).data
        assert dict(data.attrib) == {
            "listtype": "EMPLOYEE",
            "totalcount": "0",
            "offset": "0",
            "count": "0",
            "numremaining": "0",
        }

    def test_the_parent_of_a_related_record(self, company: RunningSandbox, gateway: GatewayClient) -> None:
        """CUSTOMER.PARENT.NAME is documented as possible, one level further is not."""
        customers = [{"CUSTOMERID": "C0", "NAME": "Group"}, {"CUSTOMERID": "C1", "NAME": "One", "PARENTID": "C0"}]
        company.load("intacct", "CUSTOMER", customers)
        company.load("intacct", "PROJECT", [{"PROJECTID": "P1", "NAME": "Moon", "CUSTOMERID": "C1"}])
        call = query("PROJECT", "CUSTOMER.PARENT.NAME", where=compare("equalto", "CUSTOMER.PARENT.NAME", "Group"))
        assert gateway.send(call).records == [{"CUSTOMER.PARENT.NAME": "Group"}]
        ((errorno, _),) = gateway.send(query("PROJECT", "CUSTOMER.PARENT.PARENT.NAME")).errors
        assert errorno == "XL03000006"

    def test_csv_and_json_have_no_envelope(self, gateway: GatewayClient) -> None:
        def body(form: str) -> bytes:
            call = query(
                "DEPARTMENT", "DEPARTMENTID", "TITLE", order="RECORDNO", options=f"<returnformat>{form}</returnformat>"
            )
            answer = gateway.post(gateway.body(call))
            assert form in answer.headers["Content-Type"]
            return answer.content

        rows = list(csv.reader(io.StringIO(body("csv").decode())))
        assert rows == [
            ["DEPARTMENTID", "TITLE"],
            ["10", "Sales & Service"],
            ["20", "Entwicklung Ü"],
            ["30", "100% <ops>"],
        ]
        assert body("json").decode() == (
            '[{"DEPARTMENTID": "10", "TITLE": "Sales & Service"}, {"DEPARTMENTID": "20", "TITLE": "Entwicklung Ü"},'
            ' {"DEPARTMENTID": "30", "TITLE": "100% <ops>"}]'
        )

    def test_calls_are_counted(self, company: RunningSandbox, gateway: GatewayClient) -> None:
        gateway.send(query("DEPARTMENT", "RECORDNO"))
        gateway.send(query("DEPARTMENT", "RECORDNO"))
        assert company.calls()["intacct"]["query DEPARTMENT"] == {"calls": 2, "read": 6, "written": 0}


@pytest.mark.usefixtures("company")
class TestPrivateRecords:
    def test_top_level_hides_them_unless_asked(self, gateway: GatewayClient) -> None:
        assert found(gateway, compare("isnotnull", "EMPLOYEEID"), options="") == ["E1", "E2", "e3"]
        assert found(gateway, compare("isnotnull", "EMPLOYEEID")) == ["E1", "E2", "P4", "e3"]

    def test_an_entity_sees_its_own_and_the_shared(self, gateway: GatewayClient) -> None:
        everybody = compare("isnotnull", "EMPLOYEEID")
        gateway.sign_in(authentication="")
        german = gateway.send("<getAPISession><locationid>200-DE</locationid></getAPISession>")
        gateway.session = german.text("operation/result/data/api/sessionid") or ""
        assert found(gateway, everybody, options="") == ["E1", "E2", "P4", "e3"]
        american = gateway.send("<getAPISession><locationid>100-US</locationid></getAPISession>")
        gateway.session = american.text("operation/result/data/api/sessionid") or ""
        assert found(gateway, everybody) == ["E1", "E2", "e3"]

    def test_a_user_of_one_entity(self, company: RunningSandbox, gateway: GatewayClient) -> None:
        company.settings(user_entities={"xml_gateway": ["100-US"]})
        assert found(gateway, compare("isnotnull", "EMPLOYEEID")) == ["E1", "E2", "e3"]


@pytest.mark.usefixtures("company")
class TestRefusals:
    def test_unknown_object(self, gateway: GatewayClient) -> None:
        assert gateway.send(query("VENDOR9", "RECORDNO")).errors == [
            ("Query Failed", "Object definition VENDOR9 not found")
        ]

    def test_fields_that_cannot_be_queried(self, company: RunningSandbox, gateway: GatewayClient) -> None:
        company.settings(support_id=False)
        answer = gateway.send(query("EMPLOYEE", "NAME", "EMPLOYEEID", "MANAGER.MANAGER.EMPLOYEEID"))
        text = "The following fields cannot be queried: [\n\tEMPLOYEE: [NAME, MANAGER.MANAGER.EMPLOYEEID] ]"
        assert answer.errors == [("XL03000006", text)]

    def test_names_are_answered_as_they_are_asked_for(self, company: RunningSandbox, gateway: GatewayClient) -> None:
        """V in the code of sageintacctsdk: it reads the rows, and the refusal, of `allocationentry`."""
        company.settings(support_id=False)
        found = gateway.send(query("employee", "EMPLOYEEID", where=compare("equalto", "EMPLOYEEID", "E1"))).data
        assert (found.get("listtype"), found[0].tag) == ("employee", "employee")
        answer = gateway.send(query("employee", "NOPE"))
        assert answer.errors[0][1] == "The following fields cannot be queried: [\n\temployee: [NOPE] ]"

    def test_unknown_field_in_a_filter(self, gateway: GatewayClient) -> None:
        answer = gateway.send(query("EMPLOYEE", "EMPLOYEEID", where=compare("equalto", "NAME", "x")))
        assert answer.errors[0][0] == "XL03000010"

    def test_no_permission(self, company: RunningSandbox, gateway: GatewayClient) -> None:
        company.settings(permissions_denied={"xml_gateway": {"EMPLOYEE": ["READ_BY_QUERY"]}})
        errorno, text = gateway.send(query("EMPLOYEE", "EMPLOYEEID")).errors[0]
        assert errorno == "PL04000005"
        assert text.startswith(
            "You do not have permission for API operation READ_BY_QUERY on objects of type employee [Support ID: "
        )
        assert gateway.send("<lookup><object>EMPLOYEE</object></lookup>").data is not None
        assert gateway.send(query("DEPARTMENT", "RECORDNO")).data.get("count") == "3"

    def test_audit_history_needs_a_permission_of_its_own(self, company: RunningSandbox, gateway: GatewayClient) -> None:
        company.settings(audit_history_permitted=False)
        ((errorno, text),) = gateway.send(query("AUDITHISTORY", "ID")).errors
        # A client of the live service looks for these words, and for no number.
        assert (errorno, text) == ("", "You do not have permission to view audit history")

    def test_an_operation_that_cannot_be_performed(self, company: RunningSandbox, gateway: GatewayClient) -> None:
        company.settings(unsubscribed_applications=["Accounts Payable"], unsubscribed_objects="not_performed")
        ((errorno, text),) = gateway.send(query("APBILL", "RECORDNO")).errors
        assert (errorno, text.split(" [")[0]) == (
            "PL04000005", "API operation READ_BY_QUERY cannot be performed on objects of type apbill",
        )  # fmt: skip


def test_a_new_record_may_stay_unseen(company: RunningSandbox, gateway: GatewayClient) -> None:
    company.settings(visibility_delay_seconds={"DEPARTMENT": {"query": 3600}})
    created = gateway.send(
        "<create><DEPARTMENT><DEPARTMENTID>99</DEPARTMENTID><TITLE>New</TITLE></DEPARTMENT></create>"
    )
    assert created.results[0].findtext("status") == "success"
    assert found(gateway, compare("isnotnull", "DEPARTMENTID"), key="DEPARTMENTID") == ["10", "20", "30"]
    by_name = "<readByName><object>DEPARTMENT</object><keys>99</keys><fields>TITLE</fields></readByName>"
    assert gateway.send(by_name).records == [{"TITLE": "New"}]
    company.settings(visibility_delay_seconds={})
    assert found(gateway, compare("isnotnull", "DEPARTMENTID"), key="DEPARTMENTID") == ["10", "20", "30", "99"]
