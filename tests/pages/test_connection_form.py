"""The forms of both connection types, as Airflow's own API gives them to its UI, and what its button Test says of an empty one."""

from __future__ import annotations

import pytest

from tests.pages.airflow_app import served

__all__ = ["served"]

REQUIRED = {
    "sage_intacct": ["company_id", "sender_id", "sender_password"],
    "emburse_certify": ["api_key"],
}
MISSING = {
    "sage_intacct": [
        "Web services user ID",
        "Web services user password",
        "Company ID",
        "Sender ID",
        "Sender password",
    ],
    "emburse_certify": ["API key", "API secret"],
}


@pytest.fixture
def admin(served):
    return served.browser("admin", "admin")


@pytest.fixture
def form(admin):
    kinds = {kind["connection_type"]: kind for kind in admin.get("/ui/connections/hook_meta").json()}
    return kinds.__getitem__


def may_be_empty(field) -> bool:
    """As the UI decides it: a field with a star is one whose type is no list with null in it."""
    return isinstance(field["schema"]["type"], list) and "null" in field["schema"]["type"]


@pytest.mark.parametrize("kind", REQUIRED)
def test_what_must_be_filled_has_a_star_and_its_folded_section_says_so(form, kind):
    fields = form(kind)["extra_fields"]
    required = [name for name, field in fields.items() if not may_be_empty(field)]
    assert required == REQUIRED[kind]
    # In the order of the file, what is required first.
    assert [*fields][: len(required)] == required
    for name, field in fields.items():
        section = field["schema"]["section"]
        label = field["schema"]["title"].removesuffix(" (optional)")
        assert section.startswith("Required: " if name in required else "Optional: ")
        assert label in section.split(": ", 1)[1].split(", ")
        assert field.get("description") or field["schema"].get("description"), name


@pytest.mark.parametrize("kind", REQUIRED)
def test_the_fields_that_are_seen_at_once_say_which_are_required(form, kind):
    standard = form(kind)["standard_fields"]
    shown = {name: field for name, field in standard.items() if field and not field["hidden"] and name != "description"}
    assert shown
    for name, field in shown.items():
        assert field["title"].endswith(("(required)", "(optional)")), name
        assert field["placeholder"], name


@pytest.mark.parametrize("kind", MISSING)
def test_the_button_test_names_every_field_that_is_missing(admin, kind, monkeypatch):
    monkeypatch.setenv("AIRFLOW__CORE__TEST_CONNECTION", "Enabled")
    answer = admin.post("/api/v2/connections/test", json={"connection_id": "new", "conn_type": kind})
    assert answer.status_code == 200, answer.text
    said = answer.json()
    assert said["status"] is False
    for label in MISSING[kind]:
        assert label in said["message"]
    assert "Admin > Connections" in said["message"]
