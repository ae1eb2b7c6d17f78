"""Logins, sessions that slide and survive a restart, entities, control IDs, transactions."""

from __future__ import annotations

from datetime import datetime

import pytest

from tests.sandbox.gateway_client import Answer, GatewayClient, compare, login, query
from tests.sandbox_fixture import RunningSandbox

PING = query("DEPARTMENT", "RECORDNO")
UNIQUE = "<uniqueid>true</uniqueid><dtdversion>3.0</dtdversion><includewhitespace>false</includewhitespace>"


def department(number: int) -> str:
    return (
        f"<create><DEPARTMENT><DEPARTMENTID>N{number}</DEPARTMENTID><TITLE>New {number}</TITLE></DEPARTMENT></create>"
    )


def entity_of(answer: Answer) -> str | None:
    return answer.text("operation/authentication/locationid")


class TestSessions:
    def test_get_api_session(self, gateway: GatewayClient) -> None:
        answer = gateway.send("<getAPISession/>")
        api = answer.root.find("operation/result/data/api")
        assert api is not None
        assert [child.tag for child in api] == ["sessionid", "endpoint", "locationid"]
        assert api.findtext("endpoint") == gateway.url
        gateway.session = api.findtext("sessionid") or ""
        assert gateway.send(PING).results[0].findtext("status") == "success"

    def test_endpoint_follows_the_host_or_the_setting(
        self, fresh_sandbox: RunningSandbox, gateway: GatewayClient
    ) -> None:
        body = gateway.body("<getAPISession/>")
        named = Answer(gateway.post(body, Host="sandbox.intacct.com:8900"))
        path = "operation/result/data/api/endpoint"
        assert named.text(path) == "http://sandbox.intacct.com:8900/ia/xml/xmlgw.phtml"
        fresh_sandbox.settings(endpoint="https://na12.intacct.com/ia/xml/xmlgw.phtml")
        assert Answer(gateway.post(body)).text(path) == "https://na12.intacct.com/ia/xml/xmlgw.phtml"

    def test_invalid_session_names_nobody(self, gateway: GatewayClient) -> None:
        gateway.session = "nonsense"
        answer = gateway.send(PING)
        assert answer.text("operation/authentication/status") == "failure"
        assert answer.text("operation/authentication/userid") == ""
        assert answer.text("operation/authentication/companyid") == ""
        ((errorno, text),) = answer.errors
        assert errorno == "XL03000006"
        assert text.startswith("Invalid session ")

    def test_sessions_slide_and_end(self, fresh_sandbox: RunningSandbox, gateway: GatewayClient) -> None:
        fresh_sandbox.settings(session_minutes=60)
        gateway.sign_in()
        for minutes in (50, 100, 150):
            fresh_sandbox.settings(clock_shift_seconds=minutes * 60)
            answer = gateway.send(PING)
            block = "operation/authentication/"
            ends = datetime.fromisoformat(answer.text(block + "sessiontimeout") or "")
            begins = datetime.fromisoformat(answer.text(block + "sessiontimestamp") or "")
            assert (ends - begins).total_seconds() == 3600
        fresh_sandbox.settings(clock_shift_seconds=150 * 60 + 3700)
        assert gateway.send(PING).errors[0][1].startswith("Invalid session ")

    def test_a_locked_out_user_cannot_sign_in(self, fresh_sandbox: RunningSandbox, gateway: GatewayClient) -> None:
        gateway.sign_in()
        user = {"LOGINID": "xml_gateway", "STATUS": "lockedout", "DESCRIPTION": "Gateway"}
        fresh_sandbox.load("intacct", "USERINFO", [user])
        assert gateway.send(PING).errors[0][1].startswith("Invalid session ")
        assert gateway.send(PING, authentication=login()).errors[0][1] == "Sign-in information is incorrect"


@pytest.mark.usefixtures("company")
class TestEntities:
    @pytest.mark.parametrize(
        ("signed", "entity"),
        [
            (login(), ""),
            (login(more="<locationid></locationid>"), ""),
            (login(more="<locationid>100-US</locationid>"), "100-US"),
            (login(company="SANDBOX|200-DE"), "200-DE"),
            (login(company="SANDBOX-CONSOLE", more="<clientid>SANDBOX</clientid>"), ""),
            (login(company="SANDBOX-CONSOLE|SANDBOX|100-US"), "100-US"),
        ],
    )
    def test_ways_in(self, gateway: GatewayClient, signed: str, entity: str) -> None:
        answer = gateway.send(PING, authentication=signed)
        assert answer.text("operation/authentication/status") == "success"
        assert entity_of(answer) == entity

    @pytest.mark.parametrize("entity", ["999", "300-XX"])
    def test_no_such_entity(self, gateway: GatewayClient, entity: str) -> None:
        refused = gateway.send(PING, authentication=login(more=f"<locationid>{entity}</locationid>"))
        assert refused.text("operation/authentication/status") == "failure"
        failed = gateway.send(f"<getAPISession><locationid>{entity}</locationid></getAPISession>")
        assert failed.errors[0][0] == "Get API Session Failed"

    def test_entity_sessions_and_back(self, gateway: GatewayClient) -> None:
        gateway.sign_in(authentication=login(more="<locationid>100-US</locationid>"))
        top = gateway.session
        assert entity_of(gateway.send(PING)) == "100-US"
        for wanted, expected in (("<locationid>200-DE</locationid>", "200-DE"), ("", "100-US"), ("<locationid/>", "")):
            gateway.session = top
            answer = gateway.send(f"<getAPISession>{wanted}</getAPISession>")
            assert answer.text("operation/result/data/api/locationid") == expected
            gateway.session = answer.text("operation/result/data/api/sessionid") or ""
            assert entity_of(gateway.send(PING)) == expected

    def test_entity_details_are_those_of_the_user(self, company: RunningSandbox, gateway: GatewayClient) -> None:
        rows = gateway.send("<readEntityDetails/>").records
        assert [(row["id"], row["currency"]) for row in rows] == [("100-US", "USD"), ("200-DE", "EUR")]
        assert rows[0]["firstfiscalmonth"] == "1"
        company.settings(user_entities={"xml_gateway": ["200-DE"]})
        assert [row["id"] for row in gateway.send("<readEntityDetails/>").records] == ["200-DE"]
        refused = gateway.send(PING, authentication=login(company="SANDBOX|100-US"))
        assert refused.text("operation/authentication/status") == "failure"


class TestControlIds:
    def test_a_completed_one_is_refused(self, gateway: GatewayClient) -> None:
        first = gateway.send(department(1), ids=["once"], control=UNIQUE)
        assert first.results[0].findtext("status") == "success"
        again = gateway.send(department(2), ids=["once"], control=UNIQUE)
        assert again.errors == [("XL03000006", "The control ID 'once' has already been used.")]
        assert gateway.send(PING).data.get("totalcount") == "1"
        assert gateway.send(department(2), ids=["once"]).results[0].findtext("status") == "success"

    def test_unique_is_the_default(self, gateway: GatewayClient) -> None:
        bare = "<dtdversion>3.0</dtdversion>"
        assert gateway.send(PING, ids=["x"], control=bare).results[0].findtext("status") == "success"
        assert gateway.send(PING, ids=["x"], control=bare).results[0].findtext("status") == "failure"

    def test_a_failed_one_may_be_used_again(self, gateway: GatewayClient) -> None:
        assert gateway.send(query("NOPE", "X"), ids=["again"], control=UNIQUE).errors
        assert gateway.send(department(1), ids=["again"], control=UNIQUE).results[0].findtext("status") == "success"

    def test_first_answer(self, fresh_sandbox: RunningSandbox, gateway: GatewayClient) -> None:
        fresh_sandbox.settings(replay_answer="first_answer")
        first = gateway.send(department(1), ids=["once"], control=UNIQUE)
        again = gateway.send(department(1), ids=["once"], control=UNIQUE)
        assert again.records == first.records
        assert gateway.send(PING).data.get("totalcount") == "1"

    def test_no_memory_at_all(self, fresh_sandbox: RunningSandbox, gateway: GatewayClient) -> None:
        fresh_sandbox.settings(replay_answer="executed")
        gateway.send(department(1), ids=["once"], control=UNIQUE)
        gateway.send(department(2), ids=["once"], control=UNIQUE)
        assert gateway.send(PING).data.get("totalcount") == "2"

    def test_retention(self, fresh_sandbox: RunningSandbox, gateway: GatewayClient) -> None:
        fresh_sandbox.settings(replay_retention_seconds=600)
        gateway.send(department(1), ids=["once"], control=UNIQUE)
        fresh_sandbox.settings(clock_shift_seconds=500)
        assert gateway.send(department(2), ids=["once"], control=UNIQUE).errors
        fresh_sandbox.settings(clock_shift_seconds=700)
        assert not gateway.send(department(2), ids=["once"], control=UNIQUE).errors

    def test_scope_of_a_session(self, fresh_sandbox: RunningSandbox, gateway: GatewayClient) -> None:
        fresh_sandbox.settings(replay_scope="session")
        gateway.sign_in()
        gateway.send(department(1), ids=["once"], control=UNIQUE)
        assert gateway.send(department(2), ids=["once"], control=UNIQUE).errors
        gateway.session = ""
        gateway.sign_in()
        assert not gateway.send(department(2), ids=["once"], control=UNIQUE).errors


class TestTransactions:
    def test_one_failure_undoes_all(self, gateway: GatewayClient) -> None:
        before = gateway.send(department(0))
        assert before.results[0].findtext("status") == "success"
        answer = gateway.send(
            department(1), department(0), department(2), transaction="true", control=UNIQUE, ids=["a", "b", "c"]
        )
        assert [r.findtext("status") for r in answer.results] == ["aborted", "failure", "aborted"]
        rolled = ("XL03000009", "The entire transaction in this operation has been rolled back due to an error.")
        by_result = [
            [(e.findtext("errorno"), e.findtext("description2")) for e in r.iter("error")] for r in answer.results
        ]
        assert by_result[0] == by_result[2] == [rolled]
        assert by_result[1][0][0] == "BL34000061"
        assert by_result[1][-1] == rolled
        assert gateway.send(PING).data.get("totalcount") == "1"
        again = gateway.send(department(1), department(2), transaction="true", control=UNIQUE, ids=["a", "c"])
        assert [r.findtext("status") for r in again.results] == ["success", "success"]

    def test_without_it_the_others_stay(self, gateway: GatewayClient) -> None:
        answer = gateway.send(department(1), department(1), department(2))
        assert [r.findtext("status") for r in answer.results] == ["success", "failure", "success"]
        assert gateway.send(PING).data.get("totalcount") == "2"


class TestLostAnswers:
    def test_committed_before_the_connection_is_cut(
        self, fresh_sandbox: RunningSandbox, gateway: GatewayClient
    ) -> None:
        fresh_sandbox.fault(side="intacct", match="create", kind="drop_after_commit")
        with pytest.raises(ConnectionError):
            raised(gateway, department(1))
        assert gateway.send(PING).data.get("totalcount") == "1"

    def test_late_commit(self, fresh_sandbox: RunningSandbox, gateway: GatewayClient) -> None:
        import time

        fresh_sandbox.settings(late_commit_seconds=1.5)
        fresh_sandbox.fault(side="intacct", match="create", kind="drop_after_commit")
        with pytest.raises(ConnectionError):
            raised(gateway, department(1))
        assert gateway.send(PING).data.get("totalcount") == "0"
        deadline = time.monotonic() + 20
        while gateway.send(PING).data.get("totalcount") == "0":
            assert time.monotonic() < deadline
            time.sleep(0.1)

    def test_partly_committed(self, fresh_sandbox: RunningSandbox, gateway: GatewayClient) -> None:
        for transaction, expected in (("false", "2"), ("true", "2")):
            fresh_sandbox.fault(side="intacct", match="create", kind="partial_commit", commit_first=2)
            numbers = (1, 2, 3) if transaction == "false" else (4, 5, 6)
            with pytest.raises(ConnectionError):
                raised(gateway, *map(department, numbers), transaction=transaction)
            assert gateway.send(PING).data.get("totalcount") == expected

    def test_expired_session(self, fresh_sandbox: RunningSandbox, gateway: GatewayClient) -> None:
        gateway.sign_in()
        fresh_sandbox.fault(side="intacct", match="*", kind="session_expired")
        assert gateway.send(PING).errors[0][1].startswith("Invalid session ")
        assert gateway.send(PING).errors[0][1].startswith("Invalid session ")


def raised(gateway: GatewayClient, *functions: str, **options: str) -> None:
    """Send, and turn the client's own kind of a cut connection into ConnectionError."""
    import requests

    try:
        gateway.send(*functions, **options)
    except requests.ConnectionError as error:
        raise ConnectionError from error


def test_a_restart_forgets_nothing(tmp_path_factory: pytest.TempPathFactory) -> None:
    running = RunningSandbox(tmp_path_factory.mktemp("restarted"), "--scale", "empty")
    try:
        gateway = GatewayClient(running.url)
        gateway.sign_in()
        running.settings(session_minutes=300)
        gateway.send(department(1), ids=["once"], control=UNIQUE)
        running.kill()
        running.start()
        found = gateway.send(query("DEPARTMENT", "TITLE", where=compare("equalto", "DEPARTMENTID", "N1")))
        assert found.records == [{"TITLE": "New 1"}]
        assert gateway.send(department(2), ids=["once"], control=UNIQUE).errors
        assert running.calls()["intacct"]["create DEPARTMENT"] == {"calls": 2, "read": 0, "written": 1}
    finally:
        running.stop()
