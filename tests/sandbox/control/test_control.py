"""The sandbox's own routes: reset, load, state, calls, settings."""

from __future__ import annotations

import pytest
import requests


def refused(sandbox, method, path, body=None):
    answer = requests.request(method, f"{sandbox.url}/_sandbox/{path}", json=body, timeout=30)
    assert answer.status_code == 400, answer.text
    return answer.json()["error"]


def test_load_and_state_of_intacct_with_lines_and_defaults(fresh_sandbox):
    fresh_sandbox.load("intacct", "VENDTYPE", [{"NAME": "Employee"}])
    fresh_sandbox.load("intacct", "VENDOR", [{"VENDORID": "E1", "NAME": "Ana & Co", "VENDTYPE": "Employee"}])
    loaded = fresh_sandbox.load(
        "intacct",
        "apbill",
        [
            {
                "VENDORID": "E1",
                "RECORDID": "B-1",
                "STATE": "Posted",
                "WHENCREATED": "03/07/2026",
                "TOTALENTERED": 10.25,
                "APBILLITEMS": [
                    {"ACCOUNTNO": "6220", "TRX_AMOUNT": "10.25"},
                    {"ACCOUNTNO": "6230", "TRX_AMOUNT": "0.00"},
                ],
            }
        ],
    )
    bill = fresh_sandbox.state("intacct", "APBILL")[0]
    assert loaded == {"count": 1, "ids": [bill["RECORDNO"]]}
    assert bill["VENDORNAME"] == "Ana & Co"
    assert bill["RAWSTATE"] == "A"
    assert bill["TOTALENTERED"] == "10.25"
    assert [line["ACCOUNTNO"] for line in bill["APBILLITEMS"]] == ["6220", "6230"]
    assert {line["RECORDKEY"] for line in bill["APBILLITEMS"]} == {bill["RECORDNO"]}
    assert fresh_sandbox.state("intacct", "VENDOR")[0]["STATUS"] == "active"


def test_an_entity_is_a_location_too(fresh_sandbox):
    fresh_sandbox.load("intacct", "LOCATIONENTITY", [{"LOCATIONID": "100", "NAME": "US", "CURRENCY": "USD"}])
    location = fresh_sandbox.state("intacct", "LOCATION")[0]
    assert (location["LOCATIONID"], location["ENTITY"], location["STATUS"]) == ("100", "100", "active")


def test_nested_contact_fields_are_dotted_ones(fresh_sandbox):
    fresh_sandbox.load(
        "intacct", "EMPLOYEE", [{"EMPLOYEEID": "E1", "PERSONALINFO": {"CONTACTNAME": "Ana", "EMAIL1": "a@b.c"}}]
    )
    assert fresh_sandbox.state("intacct", "EMPLOYEE")[0]["PERSONALINFO.EMAIL1"] == "a@b.c"


def test_load_and_state_of_certify_with_lines(fresh_sandbox):
    fresh_sandbox.load(
        "certify",
        "expensereports",
        [
            {
                "EmployeeID": "E1",
                "TotalAmount": 10.10,
                "ProcessedDate": "2026-03-07",
                "Expenses": [{"Amount": 10.10}],
            }
        ],
    )
    report = fresh_sandbox.state("certify", "expensereports")[0]
    line = report["Expenses"][0]
    assert report["TotalAmount"] == "10.1"
    assert report["Processed"] is True
    assert report["ApprovalCode"] == ""
    assert line["ExpenseReportID"] == report["ID"]
    assert line["ProcessedDate"] == "2026-03-07"
    assert line["EmployeeID"] == "E1"


def test_hundreds_of_records_at_once_and_all_or_nothing(fresh_sandbox):
    people = [{"EMPLOYEEID": f"E{number}"} for number in range(700)]
    assert fresh_sandbox.load("intacct", "EMPLOYEE", people)["count"] == 700
    error = refused(
        fresh_sandbox,
        "POST",
        "load",
        {
            "side": "intacct",
            "object": "EMPLOYEE",
            "records": [{"EMPLOYEEID": "X"}, {"EMPLOYEID": "Y"}],
        },
    )
    assert "EMPLOYEID" in error
    assert "EMPLOYEEID" in error
    assert len(fresh_sandbox.state("intacct", "EMPLOYEE")) == 700


@pytest.mark.parametrize(
    ("body", "hint"),
    [
        ({"side": "intact", "object": "VENDOR", "records": []}, "intacct or certify"),
        ({"side": "intacct", "object": "VENDORS", "records": [{}]}, "VENDOR"),
        ({"side": "certify", "object": "user", "records": [{}]}, "users"),
        ({"side": "certify", "object": "users", "records": [{"Emial": "x"}]}, "Email"),
        ({"side": "certify", "object": "empglds/7", "records": [{}]}, "empglds"),
        ({"side": "certify", "object": "users", "records": {}}, "list"),
        ({"side": "certify", "object": "users", "record": []}, "records"),
    ],
)
def test_wrong_loads_say_what_is_right(fresh_sandbox, body, hint):
    assert hint in refused(fresh_sandbox, "POST", "load", body)


def test_unknown_fields_can_be_kept_and_go_over_the_wire(fresh_sandbox):
    body = {
        "side": "certify",
        "object": "users",
        "records": [{"Email": "a@b.c", "Hat": "blue"}],
        "unknown_fields": "keep",
    }
    requests.post(f"{fresh_sandbox.url}/_sandbox/load", json=body, timeout=30).raise_for_status()
    headers = {"x-api-key": "sandbox-key", "x-api-secret": "sandbox-secret"}
    assert (
        requests.get(f"{fresh_sandbox.url}/v1/users", headers=headers, timeout=30).json()["Users"][0]["Hat"] == "blue"
    )


def test_reset_gives_the_demo_and_its_notes(fresh_sandbox):
    summary = fresh_sandbox.reset(scale="demo", today="2026-03-20")
    assert summary["scale"]["people"] == 600
    assert summary["today"] == "2026-03-20"
    cases = fresh_sandbox.state("seed", "cases")
    reports = {report["ID"] for report in fresh_sandbox.state("certify", "expensereports")}
    assert {case["report"] for case in cases if "report" in case} <= reports
    assert fresh_sandbox.state("seed", "summary")["meanings"]["two_cards"]
    fresh_sandbox.reset(scale="empty")
    assert fresh_sandbox.state("certify", "expensereports") == []
    assert fresh_sandbox.state("seed", "cases") == []


def test_reset_refuses_what_it_does_not_know(fresh_sandbox):
    assert "people" in refused(fresh_sandbox, "POST", "reset", {"scale": {"persons": 3}})
    assert "YYYY-MM-DD" in refused(fresh_sandbox, "POST", "reset", {"today": "tomorrow"})
    assert "seed" in refused(fresh_sandbox, "POST", "reset", {"sede": 7})
    assert "JSON" in requests.post(f"{fresh_sandbox.url}/_sandbox/reset", data="{", timeout=30).json()["error"]


def test_settings_are_named_described_and_checked(fresh_sandbox):
    assert (
        fresh_sandbox.settings(certify_page_size=7, visibility_delay_seconds={"APBILL": {"query": 1.5}})[
            "certify_page_size"
        ]
        == 7
    )
    assert "certify_page_size" in refused(fresh_sandbox, "POST", "settings", {"certify_pagesize": 7})
    assert "certify_page_size" in refused(fresh_sandbox, "POST", "settings", {"certify_page_size": 0})
    described = requests.get(f"{fresh_sandbox.url}/_sandbox/settings?describe=1", timeout=30).json()
    assert described["certify_page_size"]["value"] == 7
    assert described["certify_page_size"]["default"] == 25
    assert all(one["meaning"] for one in described.values())


def test_settings_records_and_faults_survive_a_kill(tmp_path):
    from tests.sandbox_fixture import RunningSandbox

    running = RunningSandbox(tmp_path / "state")
    try:
        running.settings(certify_page_size=7)
        running.load("certify", "users", [{"Email": "a@b.c"}])
        running.fault(side="certify", kind="http_500", times=3)
        headers = {"x-api-key": "sandbox-key", "x-api-secret": "sandbox-secret"}
        assert requests.get(f"{running.url}/v1/users", headers=headers, timeout=30).status_code == 500
        running.kill()
        running.start()
        faults = requests.get(f"{running.url}/_sandbox/faults", timeout=30).json()
        assert faults["counts"] == {"certify http_500": 1}
        assert faults["active"][0]["fired"] == 1
        assert requests.get(f"{running.url}/_sandbox/settings", timeout=30).json()["certify_page_size"] == 7
        assert [user["Email"] for user in running.state("certify", "users")] == ["a@b.c"]
    finally:
        running.stop()


def test_a_start_fills_an_empty_state_once(tmp_path):
    from tests.sandbox_fixture import RunningSandbox

    running = RunningSandbox(tmp_path / "state", "--scale", "demo", "--seed", "11")
    try:
        first = {user["ID"] for user in running.state("certify", "users")}
        assert len(first) > 500
        assert running.state("seed", "summary")["seed"] == 11
        running.load("certify", "users", [{"ID": "11111111-0000-4000-8000-000000000000", "Email": "a@b.c"}])
        running.stop()
        running.start()
        assert {user["ID"] for user in running.state("certify", "users")} == first | {
            "11111111-0000-4000-8000-000000000000"
        }
    finally:
        running.stop()


def test_the_books_say_through_which_day_they_are_closed(fresh_sandbox):
    def books():
        return requests.get(f"{fresh_sandbox.url}/_sandbox/books", timeout=30).json()["closed"]

    fresh_sandbox.load("intacct", "LOCATIONENTITY", [{"LOCATIONID": "100", "NAME": "US", "CURRENCY": "USD"}])
    assert books() == {}
    fresh_sandbox.act("close_period", date="2026-03-31", entity="100", subledger="AP")
    assert books() == {"100": {"AP": "03/31/2026"}}
    fresh_sandbox.act("open_period", entity="100")
    assert books() == {}
