"""Where credentials are sent, and where they never are, whatever the connection, the service or the environment says."""

from __future__ import annotations

import json

import pytest
import yaml

from certify_intacct.certify.hook import CertifyHook
from certify_intacct.intacct.hook import SageIntacctHook
from certify_intacct.model.errors import ConfigurationError, ConnectorError, GuardTripped
from include.deployment import compose
from tests.intacct import gateway as g
from tests.transport.internet import Internet, certificate
from tests.transport.replay import ReplayServer, Reply
from tests.transport.test_addresses import ATTACKS, shown

SECRETS = ("user-canary", "sender-canary", "key-canary", "secret-canary")
FAST = {"attempts": 1, "connect_timeout": 0.5, "read_timeout": 5}


@pytest.fixture
def servers():
    running = [ReplayServer(lambda _: Reply(b"elsewhere")) for _ in range(2)]
    yield running
    for server in running:
        server.stop()


@pytest.fixture
def internet(monkeypatch, tmp_path):
    """What lies beyond this machine, for whoever asks; a gateway of Intacct answers for all of it."""
    gateway = g.Gateway()
    pem = certificate(tmp_path, "*.intacct.com", "api.certify.com", "gateway.example")
    running = Internet(gateway.url, pem)
    running.gateway = gateway
    monkeypatch.setenv("HTTPS_PROXY", running.url)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(pem))
    yield running
    running.stop()
    gateway.server.stop()


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
    "url", ["http://api.intacct.com/x", "http://api.certify.com/v1/", "http://10.0.0.1/", "http://127.0.0.1.nip.io/"]
)  # fmt: skip
def test_plain_http_beyond_this_machine_is_refused(monkeypatch, hook, url):
    with pytest.raises(ConfigurationError) as caught:
        hook(monkeypatch, url).get_conn()
    assert "without encryption" in str(caught.value)
    assert not any(secret in str(caught.value) for secret in SECRETS)


@BOTH
@pytest.mark.parametrize(
    "url", [*ATTACKS, "https://evil.example/x", "https://10.0.0.1/v1/", "https://localhost.evil.example/"], ids=shown
)
def test_no_credential_leaves_for_an_address_that_only_looks_right(monkeypatch, hook, internet, url):
    if hook is certify:
        url = url.replace("api.intacct.com", "api.certify.com").replace("intacct.com", "certify.com")
    worked, text = hook(monkeypatch, url).test_connection()
    assert not worked
    # What is a name with a blank after it, or one without "https://", is that service after all.
    assert set(internet.hosts) <= {"api.intacct.com:443", "api.certify.com:443"}
    assert not any(secret in text for secret in SECRETS)


@BOTH
@pytest.mark.parametrize("host", ["HOST", "https://HOST/x"])
def test_the_hosts_that_an_administrator_lists_are_spoken_to(monkeypatch, hook, internet, host):
    where = host.replace("HOST", "gateway.example")
    assert "[certify_intacct] hosts" in hook(monkeypatch, where).test_connection()[1]
    assert internet.hosts == []
    monkeypatch.setenv("AIRFLOW__CERTIFY_INTACCT__HOSTS", "gateway.example")
    hook(monkeypatch, where).test_connection()
    assert internet.hosts[0] == "gateway.example:443"


@pytest.mark.parametrize(
    "endpoint", [*ATTACKS, "http://127.0.0.1:8900/x", "https://localhost/x", "https://gateway.example/x"], ids=shown
)
def test_a_session_of_intacct_is_used_at_intacct_alone(monkeypatch, internet, endpoint):
    """Not at this machine either, nor at what an administrator lists: nobody sent it there."""
    monkeypatch.setenv("AIRFLOW__CERTIFY_INTACCT__HOSTS", "gateway.example")
    internet.gateway.endpoint = "".join(c if c.isprintable() else "\\" for c in endpoint)
    with pytest.raises(GuardTripped, match="not an address of Intacct"):
        intacct(monkeypatch, "").query_all("DEPARTMENT", ["RECORDNO"])
    assert internet.hosts == ["api.intacct.com:443"]
    assert internet.gateway.requests == []


def test_a_session_of_intacct_is_used_where_intacct_says(monkeypatch, internet):
    internet.gateway.endpoint = "https://www-p07.intacct.com/x"
    internet.gateway.answers = [
        lambda request: g.response(request, g.result(request.functions[0].get("controlid"), "query"))
    ]
    with pytest.raises(ConnectorError):
        intacct(monkeypatch, "").query_all("DEPARTMENT", ["RECORDNO"])
    assert internet.hosts == ["api.intacct.com:443", "www-p07.intacct.com:443"]


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
