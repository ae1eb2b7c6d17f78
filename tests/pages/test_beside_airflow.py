"""Pages are Airflow's guests: whatever becomes of their database, Airflow's own API answers, and a person reads a sentence."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Iterator

import pytest
from fastapi import FastAPI, HTTPException

from certify_intacct.pages import forms, work
from certify_intacct.pages.work import beside
from tests.pages.serving import Server
from tests.silence import Quiet, Silent

PENDING = 200


@pytest.fixture
def serve() -> Iterator:
    """Serves a heartbeat, as Airflow's own routes are made, and whatever is mounted beside it."""
    running: list[Server] = []

    def start(app: FastAPI) -> Server:
        app.add_api_route("/heartbeat", lambda: "alive")
        running.append(Server(app))
        return running[-1]

    yield start
    for server in running:
        server.stop()


@pytest.fixture
def silent() -> Iterator[Silent]:
    made = Silent()
    yield made
    made.stop()


def ask(server: Server, path: str, cookies: str) -> socket.socket:
    """Asks for a page without waiting for it."""
    asked = socket.create_connection(("127.0.0.1", server.port))
    asked.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\nCookie: {cookies}\r\nConnection: close\r\n\r\n".encode())
    return asked


def answer(asked: socket.socket) -> tuple[int, str]:
    with asked, asked.makefile("rb") as stream:
        text = stream.read().decode()
    return int(text.split()[1]), text


def heartbeat(server: Server) -> float:
    """How long one takes."""
    began = time.monotonic()
    code, text = answer(ask(server, "/heartbeat", ""))
    assert (code, "alive" in text) == (200, True)
    return time.monotonic() - began


@pytest.mark.parametrize(
    "path", ["expense_sync/loads/1", "expense_sync/reports?code=x", "expense_sync/reports/x", "decisions"]
)
def test_a_database_that_says_nothing_holds_no_heartbeat_up(browser, monkeypatch, silent, serve, path):
    monkeypatch.setenv("AIRFLOW_CONN_CONNECTOR_DB", silent.url)
    signed_in = browser("admin")
    cookies = "; ".join(f"{name}={text}" for name, text in signed_in.cookies.items())
    server = serve(signed_in.app)
    # What is imported at the first request is not what is measured.
    answer(ask(server, f"/connector/{path}", cookies))
    pages = [ask(server, f"/connector/{path}", cookies) for _ in range(PENDING)]
    taken = [heartbeat(server) for _ in range(20)]
    answers = [answer(page) for page in pages]
    assert max(taken) < 2
    assert {code for code, _ in answers} == {503}
    assert all("does not answer" in text or "at once" in text or "took too long" in text for _, text in answers)
    assert sum("at once" in text for _, text in answers) >= PENDING - 3 * work.PLACES
    assert len(silent.taken) <= 3 * work.PLACES


def test_a_database_that_falls_silent_is_left_in_time(company, browser, monkeypatch):
    quiet = Quiet(company.database.loader_url)
    monkeypatch.setenv("AIRFLOW_CONN_CONNECTOR_DB", quiet.url)
    company.report(1)
    company.sync()
    client = browser("admin")
    monkeypatch.setattr(work, "SECONDS", 20.0)
    assert client.get("/connector/decisions").status_code == 200
    monkeypatch.undo()
    monkeypatch.setenv("AIRFLOW_CONN_CONNECTOR_DB", quiet.url)
    quiet.hush()
    began = time.monotonic()
    assert browser("admin").get("/connector/decisions").status_code == 503
    assert time.monotonic() - began < 4
    quiet.stop()


def test_a_page_that_takes_too_long_is_given_up_with_a_sentence():
    over = threading.Event()
    slow = beside(lambda: over.wait(30))
    began = time.monotonic()
    with pytest.raises(HTTPException, match="took too long") as caught:
        asyncio.run(slow())
    over.set()
    assert (caught.value.status_code, time.monotonic() - began < 3) == (503, True)


def test_one_page_more_than_there_are_places_is_refused_at_once_and_places_come_back(serve):
    over = threading.Event()
    app, outer = FastAPI(), FastAPI()
    app.add_middleware(work.Turnstile)
    app.add_api_route("/slow", beside(lambda: over.wait(1.5) and "made"))
    outer.mount("/pages", app)
    server = serve(outer)
    for _ in range(2):
        over.clear()
        asked = [ask(server, "/pages/slow", "") for _ in range(work.PLACES)]
        time.sleep(0.3)
        code, text = answer(ask(server, "/pages/slow", ""))
        assert (code, "at once" in text) == (503, True)
        over.set()
        assert [answer(one)[0] for one in asked] == [200] * work.PLACES


def test_what_goes_wrong_in_a_page_is_told_as_ever():
    def wrong() -> None:
        raise HTTPException(status_code=404, detail="x")

    with pytest.raises(HTTPException) as caught:
        asyncio.run(beside(wrong)())
    assert caught.value.status_code == 404


def test_a_form_that_trickles_gives_its_place_back(browser, monkeypatch, serve):
    monkeypatch.setattr(forms, "SENT_SECONDS", 0.5)
    clerk = browser("user", "kim")
    cookies = "; ".join(f"{name}={text}" for name, text in clerk.cookies.items())
    server = serve(clerk.app)
    answer(ask(server, "/connector/decisions", cookies))
    began = time.monotonic()
    form = socket.create_connection(("127.0.0.1", server.port))
    kind = "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000"
    form.sendall(
        f"POST /connector/decisions HTTP/1.1\r\nHost: x\r\nOrigin: http://x\r\nCookie: {cookies}\r\n{kind}\r\n\r\nt".encode()
    )
    form.settimeout(20)
    told = form.recv(65536).decode()
    form.close()
    assert told.startswith("HTTP/1.1 408 ")
    assert time.monotonic() - began < 10
