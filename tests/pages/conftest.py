"""A browser with a session of Airflow's own, and the company whose reports the pages show."""

from __future__ import annotations

from typing import Protocol

import pytest
from starlette.testclient import TestClient

from certify_intacct.pages import work
from tests.expense_company import company  # noqa: F401 - a fixture


@pytest.fixture(autouse=True)
def patient(request, monkeypatch) -> None:
    """A busy machine is no failure, where it is not the time of a page that is tested."""
    if "test_beside_airflow" not in request.node.nodeid:
        monkeypatch.setattr(work, "SECONDS", 30.0)


class Browser(Protocol):
    """Signs somebody in."""

    def __call__(self, role: str | None, name: str = "dana") -> TestClient: ...


@pytest.fixture
def decides(monkeypatch, database) -> None:
    """The api-server can keep decisions."""
    monkeypatch.setenv("CONNECTOR_DECIDER_URL", database.decider_url)


@pytest.fixture
def browser(monkeypatch) -> Browser:
    """Gives a client of the pages, mounted as Airflow mounts them, signed in with a role of Airflow's simple auth manager.

    A role of "" is a user without any right; None is somebody who never signed in.
    """
    monkeypatch.setenv(
        "AIRFLOW__API_AUTH__JWT_SECRET", "only-for-this-test-and-long-enough-for-a-signature-of-sha-512-bits"
    )
    from airflow import settings
    from airflow.api_fastapi.app import create_auth_manager
    from airflow.api_fastapi.auth.managers.base_auth_manager import COOKIE_NAME_JWT_TOKEN
    from airflow.api_fastapi.auth.managers.simple.user import SimpleAuthManagerUser
    from airflow.models.revoked_token import RevokedToken
    from fastapi import FastAPI

    from certify_intacct.pages.app import app
    from certify_intacct.pages.links import PREFIX

    RevokedToken.__table__.create(settings.engine, checkfirst=True)
    manager = create_auth_manager()
    airflow = FastAPI()
    airflow.mount(PREFIX, app)

    def sign_in(role: str | None, name: str = "dana") -> TestClient:
        client = TestClient(airflow)
        if role is not None:
            token = manager.generate_jwt(
                SimpleAuthManagerUser(username=name, role=role or None), expiration_time_in_seconds=600
            )
            client.cookies.set(COOKIE_NAME_JWT_TOKEN, token)
        return client

    return sign_in
