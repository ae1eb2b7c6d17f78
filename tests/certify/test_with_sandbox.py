"""The hook against the sandbox: reads, writes and every fault, as it would go with the real service."""

from __future__ import annotations

import json
import time

import pytest

from certify_intacct.certify.hook import CertifyHook
from certify_intacct.model.errors import AnswerUnreadable, ConnectorError, RateLimited


@pytest.fixture
def hook(fresh_sandbox, monkeypatch):
    pace = {"attempts": 3, "wait_initial": 0.01, "wait_max": 0.1, "read_timeout": 20}
    fields = {
        "conn_type": "emburse_certify",
        "host": f"{fresh_sandbox.url}/v1/",
        "password": "sandbox-secret",
        "extra": {"api_key": "sandbox-key"} | pace,
    }
    monkeypatch.setenv("AIRFLOW_CONN_EMBURSE_CERTIFY_DEFAULT", json.dumps(fields))
    made = CertifyHook()
    yield made
    made.close()


def departments(count: int) -> list[dict[str, object]]:
    return [{"Name": f"Abteilung {n} & <ü>", "Code": f"D{n:05}", "Active": 1} for n in range(count)]


def test_all_records_over_several_pages(hook, fresh_sandbox):
    fresh_sandbox.load("certify", "departments", departments(60))
    pages = list(hook.pages("departments"))
    assert len(pages) > 1
    assert {record["Code"] for page in pages for record in page.records} == {
        record["Code"] for record in departments(60)
    }


@pytest.mark.parametrize("kind", ["http_429", "http_503_html", "drop_before", "truncate_body"])
def test_pages_side_by_side_come_in_their_order(hook, fresh_sandbox, kind):
    fresh_sandbox.settings(certify_page_size=5)
    fresh_sandbox.load("certify", "departments", departments(60))
    fresh_sandbox.fault(side="certify", match="*", kind=kind, times=2, skip=4, retry_after=0)
    read = list(hook.pages("departments"))
    assert [page.page for page in read] == list(range(1, 13))
    assert len({record["ID"] for page in read for record in page.records}) == 60


def test_no_more_pages_at_once_than_the_connection_says(hook, fresh_sandbox):
    """Two by default: a service that bears two says no to nothing, and one that bears one does."""
    fresh_sandbox.load("certify", "departments", departments(60))
    refused = []
    for limit in (2, 1):
        fresh_sandbox.settings(certify_page_size=5, concurrency_limit=limit, latency_ms=50)
        read = hook.pages("departments")
        try:
            assert sum(len(page.records) for page in read) == 60
        except RateLimited:
            refused.append(limit)
    assert refused == [1]


def test_whoever_stops_reading_leaves_nothing_under_way(hook, fresh_sandbox):
    fresh_sandbox.settings(certify_page_size=5, latency_ms=50)
    fresh_sandbox.load("certify", "departments", departments(60))
    pages = hook.pages("departments")
    next(pages), next(pages)
    pages.close()
    calls = fresh_sandbox.calls()["certify"]["GET departments"]["calls"]
    time.sleep(0.3)
    assert fresh_sandbox.calls()["certify"]["GET departments"]["calls"] == calls <= 5


def test_nothing_there(hook):
    assert [page.records for page in hook.pages("exprptglds/2")] == [[]]


@pytest.mark.parametrize(
    "kind",
    [
        "http_429",
        "http_500",
        "http_502_html",
        "http_503_html",
        "drop_before",
        "drop_after_commit",
        "truncate_body",
        "html_200",
    ],
)
def test_reads_get_over_every_passing_fault(hook, fresh_sandbox, kind):
    fresh_sandbox.load("certify", "departments", departments(3))
    fresh_sandbox.fault(side="certify", match="*", kind=kind, times=1, retry_after=0)
    assert sum(len(page.records) for page in hook.pages("departments")) == 3


def test_create_update_get(hook, fresh_sandbox):
    made = hook.create("departments", {"Name": "Vertrieb & <ü>", "Code": "30", "Active": 1})
    unknown = "00000000-0000-4000-8000-000000000000"
    first, second = hook.update("departments", [{"ID": made, "Name": "Vertrieb"}, {"ID": unknown, "Name": "x"}])
    assert first.succeeded
    assert not second.succeeded
    assert second.message
    record = hook.get("departments", made)
    assert record is not None
    assert (record["Name"], record["Code"]) == ("Vertrieb", "30")
    assert hook.get("departments", unknown) is None


@pytest.mark.parametrize(
    "settings",
    [
        {"certify_page_size": 1},
        {"certify_empty_page_has_paging": True},
        {"certify_unknown_id": "empty", "certify_unknown_id_in_post": "http_404"},
        {"certify_error_style": "message", "certify_unknown_id_in_post": "http_404"},
        {"certify_time_in_dates": True, "certify_approval_code_type": "number"},
    ],
    ids=str,
)
def test_whatever_certify_does_where_nobody_knows(hook, fresh_sandbox, settings):
    fresh_sandbox.settings(**settings)
    assert [page.records for page in hook.pages("departments")] == [[]]
    test_create_update_get(hook, fresh_sandbox)
    hook.create("departments", {"Name": "Einkauf", "Code": "40", "Active": 1})
    assert sum(len(page.records) for page in hook.pages("departments")) == 2


@pytest.mark.parametrize(
    ("kind", "there"),
    [
        ("drop_before", 0),
        ("http_500", 0),
        ("html_200", 0),
        ("http_502_html", 0),
        ("drop_after_commit", 1),
        ("truncate_body", 1),
        ("http_524_after_commit", 1),
    ],
)
def test_a_create_without_a_clear_answer_is_in_doubt_and_sent_once(hook, fresh_sandbox, kind, there):
    fresh_sandbox.fault(side="certify", match="PUT departments", kind=kind, times=1)
    with pytest.raises(AnswerUnreadable):
        hook.create("departments", {"Name": "Vertrieb", "Code": "30"})
    assert len(fresh_sandbox.state("certify", "departments")) == there


@pytest.mark.parametrize("kind", ["http_400", "http_401", "http_403", "http_429"])
def test_a_create_refused_in_so_many_words_is_not_in_doubt(hook, fresh_sandbox, kind):
    fresh_sandbox.fault(side="certify", match="PUT departments", kind=kind, times=1)
    with pytest.raises(ConnectorError) as caught:
        hook.create("departments", {"Name": "Vertrieb", "Code": "30"})
    assert not isinstance(caught.value, AnswerUnreadable)
    assert len(fresh_sandbox.state("certify", "departments")) == 0


def test_connection_in_plain_words(hook, fresh_sandbox):
    fresh_sandbox.load("certify", "departments", departments(2))
    assert hook.test_connection() == (True, "Certify answered; it knows 2 departments.")
