"""Fixtures for all tests."""

from __future__ import annotations

pytest_plugins = ["tests.postgres_fixture", "tests.sandbox_fixture"]
