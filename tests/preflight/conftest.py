"""A small company with everything that a run needs, and the check on it, as the first task of a sync runs it."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest
import yaml
from psycopg.rows import dict_row

from certify_intacct.operators.preflight import PreflightOperator
from tests import shipped_config

USER = "xml_gateway"


class Company:
    """Both services, connector.yaml, and what was found."""

    def __init__(
        self, sandbox: Any, database: Any, context: Callable[..., Any], config: Path, monkeypatch: Any
    ) -> None:
        self.sandbox = sandbox
        self.database = database
        self.context = context
        self.config = config
        self.monkeypatch = monkeypatch
        self.configure()

    def configure(self, **changes: Any) -> None:
        """Writes connector.yaml with other values, such as ``people__approvers__default="E-1"``."""
        content = shipped_config.content()
        for path, value in changes.items():
            *sections, key = path.split("__")
            place = content
            for name in sections:
                place = place[name]
            place[key] = value
        self.config.write_text(yaml.safe_dump(content), encoding="utf-8")

    def deny(self, **objects: list[str]) -> None:
        """Takes rights from the web services user, by object; ``everything`` is all objects."""
        denied = {("*" if name == "everything" else name): operations for name, operations in objects.items()}
        self.sandbox.settings(permissions_denied={USER: denied})

    def connection(self, name: str, login: str = "", **extra: Any) -> None:
        """Changes extras of a connection, and its login."""
        variable = f"AIRFLOW_CONN_{name.upper()}"
        content = json.loads(os.environ[variable])
        content["extra"] |= extra
        content["login"] = login or content.get("login")
        self.monkeypatch.setenv(variable, json.dumps(content))

    def check(self, direction: str = "expense", *, preview: bool = False, force: bool = False) -> dict[str, int]:
        """Runs the task."""
        task = PreflightOperator(task_id="preflight", direction=direction, preview=preview, force=force)
        return task.execute(self.context())

    def rows(self) -> dict[str, dict[str, Any]]:
        """The newest check's rows by item."""
        with psycopg.connect(self.database.analyst_url, row_factory=dict_row) as connection:
            rows = connection.execute(
                "SELECT * FROM ops.preflight_result WHERE check_id = (SELECT max(check_id) FROM ops.preflight) ORDER BY position"
            ).fetchall()
        return {row["item"]: row for row in rows}

    def outcomes(self) -> dict[str, str]:
        """The newest check's outcomes by item."""
        return {item: row["outcome"] for item, row in self.rows().items()}

    def asked(self) -> int:
        """How many calls both services have seen."""
        return sum(figures["calls"] for side in self.sandbox.calls().values() for figures in side.values())


@pytest.fixture
def company(fresh_sandbox, database, connections, context, tmp_path, monkeypatch) -> Company:
    monkeypatch.setenv("CONNECTOR_CONFIG", str(tmp_path / "connector.yaml"))
    fresh_sandbox.load(
        "intacct",
        "LOCATIONENTITY",
        [
            {"LOCATIONID": "100", "NAME": "Acme US", "CURRENCY": "USD", "STATUS": "active"},
            {"LOCATIONID": "200", "NAME": "Acme Canada", "CURRENCY": "CAD", "STATUS": "active"},
            {"LOCATIONID": "900", "NAME": "Acme Closed", "CURRENCY": "USD", "STATUS": "inactive"},
        ],
    )
    fresh_sandbox.load(
        "certify",
        "empglds/1",
        [{"Name": f"Entity {code}", "Code": code, "Active": 1} for code in ("100", "200")],
    )
    fresh_sandbox.load("certify", "expensecategories", [{"Name": "Hotel", "GLCode": "6220", "Active": 1}])
    fresh_sandbox.clear_calls()
    return Company(fresh_sandbox, database, context, tmp_path / "connector.yaml", monkeypatch)
