from __future__ import annotations

import json
import socket
from datetime import date
from decimal import Decimal

import pytest

from certify_intacct.certify.hook import CertifyHook
from certify_intacct.model import errors
from tests.transport.replay import Reply


def page(key: str, ids, number: int = 1, pages: int = 1, total: int | None = None, **changes) -> Reply:
    records = [{"ID": record_id} for record_id in ids]
    body = {
        "Page": number,
        "PageCount": pages,
        "Records": len(records),
        "RecordCount": len(records) if total is None else total,
        key: records,
    }
    return Reply(json.dumps(body | changes).encode(), headers={"Content-Type": "application/json"})


def ids(pages) -> list[str]:
    return [record["ID"] for found in pages for record in found.records]


def test_pages_are_read_up_to_the_last_and_not_beyond(server, hook):
    server.replies = [
        page("Users", "ab", 1, 3, 5),
        page("Users", "cd", 2, 3, 5),
        page("Users", "e", 3, 3, 5),
    ]
    pages = list(hook.pages("users", active=1, role="Managers & Co", username=None))

    assert ids(pages) == list("abcde")
    assert [(found.page, found.page_count, found.record_count) for found in pages] == [(1, 3, 5), (2, 3, 5), (3, 3, 5)]
    assert server.asked[0].path == "/v1/users?active=1&role=Managers%20%26%20Co&page=1"
    assert [asked.path[-1] for asked in server.asked] == ["1", "2", "3"]
    headers = server.asked[0].headers
    assert (headers["x-api-key"], headers["x-api-secret"]) == ("key-canary", "secret-canary")
    assert headers["Content-Type"] == "application/json"
    assert "Authorization" not in headers


def test_codes_with_a_pipe_and_dates_are_encoded(server, hook):
    server.replies = [Reply(b'{"ExpRptGLDs": []}'), Reply(b'{"ExpenseReports": []}')]
    list(hook.pages("exprptglds/1", code="10000|N000AA"))
    list(hook.pages("expensereports", startdate=date(2026, 3, 1), processed=2))
    assert server.asked[0].path == "/v1/exprptglds/1?code=10000%7CN000AA&page=1"
    assert server.asked[1].path == "/v1/expensereports?startdate=2026-03-01&processed=2&page=1"


def test_nothing_found_has_no_page_numbers(server, hook):
    server.replies = [Reply(b'{ "ExpRptGLDs": [] }')]
    pages = list(hook.pages("exprptglds/1"))
    assert [(found.records, found.record_count) for found in pages] == [([], 0)]
    assert len(server.asked) == 1


@pytest.mark.parametrize(("resource", "key"), [("expenses", "expenses"), ("expensereports/5d0f/expenses", "Expenses")])
def test_the_list_is_found_in_either_spelling(server, hook, resource, key):
    server.replies = [page(key, "a")]
    assert ids(hook.pages(resource)) == ["a"]


def test_numbers_come_digit_for_digit(server, hook):
    body = (
        b'{"Page":1,"PageCount":1,"Records":1,"RecordCount":1,"Expenses":[{"ID":"a","Amount":412.10,"ReimAmount":0.0,'
        b'"SubmittedAmount":1e2,"VATAmount":0,"Big":12345678901234567890.123456789,"Active":1,"Billable":false,"None":null}]}'
    )
    server.replies = [Reply(body)]
    (record,) = next(iter(hook.pages("expenses"))).records
    assert str(record["Amount"]) == "412.10"
    assert str(record["ReimAmount"]) == "0.0"
    assert record["SubmittedAmount"] == Decimal(100)
    assert str(record["Big"]) == "12345678901234567890.123456789"
    assert (record["VATAmount"], record["Active"], record["Billable"], record["None"]) == (0, 1, False, None)
    assert not any(isinstance(value, float) for value in record.values())


CHANGES = {
    "more at the end": [page("Users", "ab", 1, 2, 3), page("Users", "cd", 2, 2, 4)],
    "fewer at the end": [page("Users", "ab", 1, 2, 4), page("Users", "c", 2, 2, 3)],
    "one short": [page("Users", "ab", 1, 2, 4), page("Users", "c", 2, 2, 4)],
    "twice": [page("Users", "ab", 1, 2, 4), page("Users", "bc", 2, 2, 4)],
    "page gone": [page("Users", "ab", 1, 2, 3), Reply(b'{"errorCode":"403","errorValue":"Forbidden"}', status=403)],
    "page gone, as a web page": [page("Users", "ab", 1, 2, 3), Reply(b"<html>no</html>", status=403)],
    "page empty": [page("Users", "ab", 1, 2, 3), Reply(b'{"Users": []}')],
}


@pytest.mark.parametrize("replies", CHANGES.values(), ids=CHANGES.keys())
def test_changes_under_way_are_noticed(server, hook, replies):
    server.replies = list(replies)
    with pytest.raises(errors.IncompleteAnswer, match="Reading them again from the start"):
        list(hook.pages("users"))
    assert len(server.asked) == 2


@pytest.mark.parametrize(
    "reply",
    [
        page("Users", "ab", Records=3),
        page("Users", "ab", 2),
        page("Users", "ab", PageCount=None),
        page("Users", "ab", RecordCount="2"),
        page("Users", "ab", RecordCount=-1),
        page("Departments", "ab"),
        Reply(b'{"Users": [1]}'),
        Reply(b'{"Users": {}}'),
        Reply(b"[]"),
        Reply(b"null"),
        Reply(b"17"),
        Reply(b"<html>maintenance</html>"),
        Reply(b'{"Users": [{"ID": "a"'),
        Reply(b""),
        Reply(b"\xff\xfe"),
        Reply(b'{"Users": [{"A": NaN}]}'),
        Reply(b'{"Users": [{"A": 1e999999999}]}'),
        Reply(b"[" * 100_000),
        Reply(b'{"A": ' + b"9" * 5000 + b"}"),
        Reply(cut="before"),
        Reply(b"x" * 100, cut="within"),
    ],
)
def test_what_is_no_page_is_asked_again_and_then_unreadable(server, hook, reply):
    server.replies = [reply] * 3
    with pytest.raises(errors.AnswerUnreadable):
        list(hook.pages("users"))
    assert server.replies == []


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b'{"errorCode":"X7","errorValue":"Bad Request."}', "Bad Request. (X7)"),
        (b'{"errorCode":400,"errorMessage":"Bad Request."}', "Bad Request. (400)"),
        (b"<html><title>HTTP Error 400. The request has an invalid header name.</title></html>", "invalid header name"),
        (b"", "HTTP status 400"),
    ],
)
def test_both_spellings_of_errors_and_web_pages_are_understood(server, hook, body, words):
    server.replies = [Reply(body, status=400)]
    with pytest.raises(errors.RequestRefused) as caught:
        list(hook.pages("users"))
    assert words in str(caught.value)
    assert "GET users" in str(caught.value)


@pytest.mark.parametrize(
    ("status", "kind", "times"),
    [
        (401, errors.CredentialsRefused, 1),
        (403, errors.PermissionDenied, 1),
        (404, errors.ConfigurationError, 1),
        (405, errors.ConfigurationError, 1),
        (302, errors.ConfigurationError, 1),
        (429, errors.RateLimited, 3),
        (500, errors.ServiceUnavailable, 3),
        (503, errors.ServiceUnavailable, 3),
    ],
)
def test_refusals_by_status(server, hook, status, kind, times):
    server.replies = [
        Reply(b'{"errorCode":"1","errorValue":"no"}', status=status, headers={"Retry-After": "0"})
    ] * times
    with pytest.raises(kind):
        list(hook.pages("users"))
    assert len(server.asked) == times


def test_a_read_is_tried_again_until_it_works(server, hook):
    server.replies = [Reply(b"", status=502), Reply(cut="before"), page("Users", "a")]
    assert ids(hook.pages("users")) == ["a"]


def test_one_record_in_a_page_bare_or_absent(server, hook):
    server.replies = [
        page("Departments", "a"),
        Reply(b'{"ID": "b", "Name": "x"}'),
        Reply(b'{"Departments": []}'),
        Reply(b'{"errorCode":"404","errorValue":"x"}', status=404),
        page("Departments", "ab"),
        page("Departments", "ab"),
        page("Departments", "ab"),
    ]
    assert hook.get("departments", "a") == {"ID": "a"}
    assert hook.get("departments", "b") == {"ID": "b", "Name": "x"}
    assert hook.get("departments", "c") is None
    assert hook.get("departments", "d") is None
    with pytest.raises(errors.AnswerUnreadable, match="One record was asked for and 2 came"):
        hook.get("departments", "e")
    assert server.asked[0].path == "/v1/departments/a"


@pytest.mark.parametrize(
    "record_id", ["", "a/b", "..", "../users", "a?x=1", "a b", "%2e%2e", "a\x00", "\ud800", "\u202e"]
)
def test_an_id_that_no_address_can_hold_is_refused(server, hook, record_id):
    with pytest.raises(errors.BadInput, match="is not the ID of a record of receipts"):
        hook.get("receipts", record_id)
    assert server.asked == []


@pytest.mark.parametrize("resource", ["../users", "users?x=1", "users/..", "", "users//1", "users/%2e%2e", "users/a b"])
def test_names_that_are_no_resource_are_refused(server, hook, resource):
    with pytest.raises(errors.BadInput):
        list(hook.pages(resource))
    assert server.asked == []


def test_connection_in_plain_words(server, hook, connection, monkeypatch):
    server.replies = [page("Departments", "ab"), Reply(b'{"errorCode":"401","errorValue":"Unauthorized"}', status=401)]
    assert hook.test_connection() == (True, "Certify answered; it knows 2 departments.")
    worked, text = hook.test_connection()
    assert not worked
    assert "Check API key and API secret in the connection." in text

    monkeypatch.setenv("AIRFLOW_CONN_EMBURSE_CERTIFY_DEFAULT", connection(password="", extra={}))
    worked, text = CertifyHook().test_connection()
    assert not worked
    assert "lacks API key (api_key), API secret (password)" in text
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        host = f"http://127.0.0.1:{free.getsockname()[1]}/v1/"
    extra = {"api_key": "k", "attempts": 1}
    monkeypatch.setenv("AIRFLOW_CONN_EMBURSE_CERTIFY_DEFAULT", connection(host=host, extra=extra))
    worked, text = CertifyHook().test_connection()
    assert not worked
    assert "No connection to 127.0.0.1" in text


@pytest.mark.parametrize("secret", ["with\nbreak", " padded-key", "späce-key"])
def test_keys_that_cannot_be_headers_are_refused_without_showing_them(connection, monkeypatch, secret):
    monkeypatch.setenv("AIRFLOW_CONN_EMBURSE_CERTIFY_DEFAULT", connection(password=secret))
    worked, text = CertifyHook().test_connection()
    assert not worked
    assert "API secret holds characters" in text
    assert secret.strip() not in text


def test_plain_http_to_another_machine_is_refused(connection, monkeypatch):
    monkeypatch.setenv("AIRFLOW_CONN_EMBURSE_CERTIFY_DEFAULT", connection(host="http://api.certify.com/v1/"))
    with pytest.raises(errors.ConfigurationError, match="without encryption"):
        CertifyHook().get_conn()


def test_no_secret_is_in_any_error_or_log(server, hook, caplog):
    def echo(asked):
        return Reply(f"debug {asked.headers}".encode(), status=500)

    server.answer = echo
    with pytest.raises(errors.ServiceUnavailable) as caught:
        list(hook.pages("users"))
    with pytest.raises(errors.AnswerUnreadable) as again:
        hook.create("users", {"Email": "a@b.c"})
    seen = str(caught.value) + str(again.value) + caplog.text
    assert "debug" in seen
    assert "canary" not in seen


def test_airflow_finds_the_hook_by_the_type_of_the_connection(hook):
    assert CertifyHook.get_hook("emburse_certify_default").__class__ is CertifyHook
