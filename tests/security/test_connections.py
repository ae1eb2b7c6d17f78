"""Where credentials are sent, and where they never are, whatever the connection, the service or the environment says."""

from __future__ import annotations

import json

import pytest
import yaml

from certify_intacct.certify.hook import CertifyHook
from certify_intacct.intacct.hook import SageIntacctHook
from certify_intacct.model.errors import ConfigurationError, ConnectorError
from tests.deployment import compose
from tests.transport.replay import ReplayServer, Reply

SECRETS = ("user-canary", "sender-canary", "key-canary", "secret-canary")
FAST = {"attempts": 1, "connect_timeout": 0.5, "read_timeout": 5}


@pytest.fixture
def servers():
    running = [ReplayServer(lambda _: Reply(b"elsewhere")) for _ in range(2)]
    yield running
    for server in running:
        server.stop()


def intacct(monkeypatch, url: str, **extra) -> SageIntacctHook:
    fields = {"company_id": "ACME", "sender_id": "s", "sender_password": "sender-canary", **FAST, **extra}
    connection = {"conn_type": "sage_intacct", "host": url, "login": "u", "password": "user-canary", "extra": fields}
    monkeypatch.setenv("AIRFLOW_CONN_SAGE_INTACCT_DEFAULT", json.dumps(connection))
    return SageIntacctHook()


def certify(monkeypatch, url: str, **extra) -> CertifyHook:
    fields = {"api_key": "key-canary", **FAST, **extra}
    connection = {"conn_type": "emburse_certify", "host": url, "password": "secret-canary", "extra": fields}
    monkeypatch.setenv("AIRFLOW_CONN_EMBURSE_CERTIFY_DEFAULT", json.dumps(connection))
    return CertifyHook()


BOTH = pytest.mark.parametrize("hook", [intacct, certify])


@BOTH
@pytest.mark.parametrize(
    "url", ["http://api.intacct.com/x", "http://api.certify.com/v1/", "http://10.0.0.1/", "http://127.0.0.1.nip.io/", "http://[::ffff:8.8.8.8]/"]
)  # fmt: skip
def test_plain_http_beyond_this_machine_is_refused(monkeypatch, hook, url):
    with pytest.raises(ConfigurationError) as caught:
        hook(monkeypatch, url).get_conn()
    assert "without encryption" in str(caught.value)
    assert not any(secret in str(caught.value) for secret in SECRETS)


@BOTH
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_nobody_is_sent_on_to_another_address(monkeypatch, hook, status, servers):
    here, elsewhere = servers
    here.answer = lambda _: Reply(b"", status=status, headers={"Location": elsewhere.url + "/x"})
    worked, text = hook(monkeypatch, here.url).test_connection()
    assert not worked
    assert len(here.asked) == 1
    assert elsewhere.asked == []
    assert not any(secret in text for secret in SECRETS)


@BOTH
def test_a_proxy_of_the_environment_sees_neither_this_machine_s_requests_nor_another_s_credentials(
    monkeypatch, hook, servers
):
    here, proxy = servers
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, proxy.url)
    hook(monkeypatch, here.url).test_connection()
    assert len(here.asked) == 1
    assert proxy.asked == []
    # To a real address the proxy is asked for a tunnel, and what goes through it is encrypted: this one refuses.
    url = {intacct: "https://api.intacct.com/x", certify: "https://api.certify.com/v1/"}[hook]
    worked, text = hook(monkeypatch, url).test_connection()
    assert not worked
    assert not any(secret in text or secret in repr(proxy.asked) for secret in SECRETS)


@BOTH
@pytest.mark.parametrize("extra", [{"verify": False}, {"ssl": False}, {"verify_ssl": "false"}])
def test_no_setting_switches_the_certificate_check_off(monkeypatch, hook, extra):
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "PYTHONHTTPSVERIFY"):
        monkeypatch.setenv(name, "")
    made = hook(monkeypatch, "", **extra).get_conn()
    client = made._client if hook is intacct else made._http
    assert client._session.verify is True
    assert client._session.merge_environment_settings("https://x", {}, True, None, None)["verify"] is True


@BOTH
def test_a_url_with_a_password_in_it_is_refused_without_showing_it(monkeypatch, hook):
    worked, text = hook(monkeypatch, "https://me:url-canary@api.intacct.com/").test_connection()
    assert not worked
    assert "canary" not in text


@BOTH
def test_errors_say_nothing_of_secrets_in_any_form(monkeypatch, hook, servers):
    here, _ = servers
    here.answer = lambda asked: Reply(f"{asked.headers} {asked.body!r}".encode(), status=500)
    conn = hook(monkeypatch, here.url)
    records = conn.query("DEPARTMENT", ["RECORDNO"]) if hook is intacct else conn.pages("users")
    with pytest.raises(ConnectorError) as caught:
        next(records)
    error = caught.value
    shown = " ".join(
        map(repr, (error, error.args, vars(error), str(error), error.__cause__, error.__suppress_context__))
    )
    assert not any(secret in shown for secret in SECRETS)


@pytest.mark.parametrize("service", sorted(set(compose.load()["services"]) - {"init", "postgres", "redis"}))
def test_only_the_init_step_of_compose_knows_the_owner(service):
    texts = " ".join(compose.texts(compose.load()["services"][service].get("environment", {})))
    assert "CONNECTOR_LOADER_PASSWORD" in texts
    for name in ("CONNECTOR_OWNER_PASSWORD", "CONNECTOR_ANALYST_PASSWORD", "POSTGRES_PASSWORD", "POSTGRES_URL"):
        assert name not in texts


@pytest.mark.parametrize("service", sorted(set(compose.load()["services"]) - {"init", "postgres", "redis"}))
def test_of_those_that_last_only_the_api_server_of_compose_knows_how_decisions_are_kept(service):
    texts = " ".join(compose.texts(compose.load()["services"][service]["environment"]))
    assert ("CONNECTOR_DECIDER_PASSWORD" in texts) == (service == "api-server")
    assert ("CONNECTOR_DECIDER_URL" in texts) == (service == "api-server")


def test_a_task_that_asks_the_api_server_by_name_is_not_told_how_decisions_are_kept(monkeypatch):
    """The api-server gives every connection of its own environment to every task: so this is no connection."""
    from airflow.api_fastapi.execution_api.routes.connections import get_connection
    from airflow.api_fastapi.execution_api.routes.variables import get_variable
    from fastapi import HTTPException

    url = "postgresql://connector_decider:a-secret@127.0.0.1:1/connector"
    monkeypatch.setenv("AIRFLOW_CONN_SOME_OTHER", url)
    assert get_connection("some_other", None).password == "a-secret"
    monkeypatch.setenv("CONNECTOR_DECIDER_URL", url)
    for name in ("connector_decider", "connector_decider_url", "CONNECTOR_DECIDER_URL"):
        for ask in (get_connection, get_variable):
            with pytest.raises(HTTPException) as caught:
                ask(name, None)
            assert caught.value.status_code == 404


def test_no_password_of_the_sandbox_is_one_of_the_deployment():
    text = (compose.ROOT / "docker-compose.yaml").read_text(encoding="utf-8")
    assert yaml.safe_load(text)
    for word in ("sandbox", "airflow:airflow", "admin:admin", "changeme", "postgres:postgres"):
        assert word not in text
