"""Airflow on this machine: its environment, its processes, and a client of its REST API."""

from __future__ import annotations

import base64
import json
import os
import secrets
from collections.abc import Mapping
from typing import Any

import requests

from include.local import databases
from include.local.errors import StackError
from include.local.passwords import kept_secrets, new_password, write_private
from include.local.ports import LOOPBACK
from include.local.postgres import PostgresServer
from include.local.settings import ROOT, Settings

ADMIN = "admin"
# The second of four eyes: nobody decides about what a run holds that they triggered themselves.
CLERK = "clerk"
_ROLES = {ADMIN: "admin", CLERK: "user"}
LOOPBACK_NAMES = "127.0.0.1,localhost"


class Airflow:
    """What every Airflow process of one stack shares."""

    def __init__(self, settings: Settings, server: PostgresServer) -> None:
        self.settings = settings
        self.home = settings.folder / "airflow"
        self.url = f"http://{LOOPBACK}:{settings.ui_port}"
        self._server = server
        self._keys = kept_secrets(
            self.home / "keys.json",
            {"fernet": _fernet_key, "jwt": _long_key, "session": _long_key, **dict.fromkeys(_ROLES, new_password)},
        )

    @property
    def user(self) -> str:
        """The name of the user who may do everything."""
        return ADMIN

    @property
    def password(self) -> str:
        """The generated password of the user ``admin``."""
        return self._keys[ADMIN]

    def logins(self) -> list[str]:
        """Who can sign in, a line for each."""
        admin = f"Airflow: {self.url}  user {ADMIN}  password {self._keys[ADMIN]}"
        return [
            admin,
            f"a second person, who decides what runs of {ADMIN} hold: user {CLERK}  password {self._keys[CLERK]}",
        ]

    def environment(self, outer: Mapping[str, str], connections: Mapping[str, dict[str, Any]]) -> dict[str, str]:
        """Return the environment of every Airflow process.

        :param outer: the variables that the stack passes on from its user.
        :param connections: connection ID to what ``AIRFLOW_CONN_ID`` holds as JSON.
        """
        passwords = self.home / "simple_auth_manager_passwords.json"
        write_private(passwords, json.dumps({user: self._keys[user] for user in _ROLES}))
        server = self._server
        metadata = server.url(databases.AIRFLOW, databases.AIRFLOW).replace(
            "postgresql://", "postgresql+psycopg2://", 1
        )
        options = {
            "CORE__DAGS_FOLDER": ROOT / "dags",
            "CORE__PLUGINS_FOLDER": ROOT / "plugins",
            "CORE__LOAD_EXAMPLES": False,
            "CORE__EXECUTOR": "LocalExecutor",
            "CORE__PARALLELISM": 4,
            # The button Test of a connection's form: who may press it may add connections, on a machine of their own.
            "CORE__TEST_CONNECTION": "Enabled",
            "CORE__DEFAULT_TIMEZONE": self.settings.time_zone,
            "CORE__FERNET_KEY": self._keys["fernet"],
            "CORE__EXECUTION_API_SERVER_URL": f"{self.url}/execution/",
            "CORE__SENSITIVE_VAR_CONN_NAMES": "sender_id,sender_password,sessionid,session_id,api_key,api_secret",
            "CORE__SIMPLE_AUTH_MANAGER_USERS": ",".join(f"{user}:{role}" for user, role in _ROLES.items()),
            "CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": passwords,
            "DATABASE__SQL_ALCHEMY_CONN": metadata,
            "DATABASE__SQL_ALCHEMY_POOL_SIZE": 5,
            "API__HOST": LOOPBACK,
            "API__PORT": self.settings.ui_port,
            "API__BASE_URL": outer.get("AIRFLOW__API__BASE_URL") or self.url,
            "API__WORKERS": 1,
            "API__SECRET_KEY": self._keys["session"],
            "API_AUTH__JWT_SECRET": self._keys["jwt"],
            # A busy laptop answers late; the default of 5 seconds then fails a task that did nothing wrong.
            "WORKERS__EXECUTION_API_TIMEOUT": 60,
            "DAG_PROCESSOR__REFRESH_INTERVAL": 10,
            # A file that changed is read at once all the same; reading all others twice a minute takes a tenth of a core.
            "DAG_PROCESSOR__MIN_FILE_PROCESS_INTERVAL": 300,
            "DAG_PROCESSOR__PARSING_PROCESSES": 2,
            "LOGGING__BASE_LOG_FOLDER": self.settings.logs / "tasks",
            "LOGGING__DAG_PROCESSOR_CHILD_PROCESS_LOG_DIRECTORY": self.settings.logs / "dag_processor",
            "LOGGING__COLORED_CONSOLE_LOG": False,
        }
        return {
            **outer,
            "AIRFLOW_HOME": str(self.home),
            "PATH": os.pathsep.join([str(self.settings.bin), outer.get("PATH", os.defpath)]),
            "CONNECTOR_CONFIG": str(self.settings.config_file),
            "NO_PROXY": ",".join(filter(None, [outer.get("NO_PROXY"), LOOPBACK_NAMES])),
            "no_proxy": ",".join(filter(None, [outer.get("no_proxy"), LOOPBACK_NAMES])),
            **{f"AIRFLOW__{name}": str(value) for name, value in options.items()},
            **{f"AIRFLOW_CONN_{name.upper()}": json.dumps(value) for name, value in connections.items()},
        }

    def only_for(self, process: str) -> dict[str, str]:
        """Return what one of the processes knows and no other: the api-server, where people decide, how decisions are kept."""
        if process != "api-server":
            return {}
        return {"CONNECTOR_DECIDER_URL": self._server.url(databases.CONNECTOR, databases.DECIDER)}

    def command(self, *arguments: str) -> list[str]:
        """Return the command line of ``airflow ARGUMENTS`` in this environment's Python."""
        return [str(self.settings.bin / "python"), "-m", "airflow", *arguments]

    def processes(self) -> dict[str, list[str]]:
        """Return name and command line of each process of the stack, in the order of their start."""
        return {
            "api-server": self.command("api-server"),
            # Its log server would listen on all addresses; the api-server reads the task logs from the disk anyway.
            "scheduler": self.command("scheduler", "--skip-serve-logs"),
            "dag-processor": self.command("dag-processor"),
            "triggerer": self.command("triggerer", "--skip-serve-logs"),
        }


class Api:
    """Airflow's REST API at ``url`` as one user."""

    def __init__(self, url: str, user: str, password: str) -> None:
        self.url = url
        self._login = {"username": user, "password": password}
        self._session = requests.Session()
        # A proxy of the user's environment is not for 127.0.0.1.
        self._session.trust_env = False

    def healthy(self) -> bool:
        """Say whether api-server, scheduler and dag-processor all report healthy."""
        try:
            answer = self._session.get(f"{self.url}/api/v2/monitor/health", timeout=5)
        except requests.RequestException:
            return False
        if answer.status_code != 200:
            return False
        parts = answer.json()
        return all(parts[name]["status"] == "healthy" for name in ("metadatabase", "scheduler", "dag_processor"))

    def get(self, path: str, **params: Any) -> dict[str, Any]:
        """GET ``/api/v2/PATH``."""
        return self._ask("GET", path, params=params)

    def patch(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """PATCH ``/api/v2/PATH``."""
        return self._ask("PATCH", path, json=body)

    def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """POST ``/api/v2/PATH``."""
        return self._ask("POST", path, json=body)

    def put(self, path: str) -> dict[str, Any]:
        """PUT ``/api/v2/PATH``."""
        return self._ask("PUT", path)

    def set_pools(self, pools: Mapping[str, Mapping[str, Any]]) -> None:
        """Make the pools, or set them to these slots: what `airflow pools import` does, without starting a Python for it."""
        entities = [{"name": name, **pool} for name, pool in pools.items()]
        action = {"action": "create", "action_on_existence": "overwrite", "entities": entities}
        errors = self.patch("pools", {"actions": [action]})["create"]["errors"]
        if errors:
            raise StackError(f"Airflow did not take the pools of include/pools.json: {errors[0]}")

    def _ask(self, verb: str, path: str, **arguments: Any) -> dict[str, Any]:
        if "Authorization" not in self._session.headers:
            self._log_in()
        answer = self._send(verb, path, **arguments)
        if answer.status_code == 401:
            self._log_in()
            answer = self._send(verb, path, **arguments)
        if not answer.ok:
            raise StackError(f"Airflow answered {answer.status_code} to {verb} {path}: {answer.text[:300]}")
        content: dict[str, Any] = answer.json()
        return content

    def _send(self, verb: str, path: str, **arguments: Any) -> requests.Response:
        try:
            return self._session.request(verb, f"{self.url}/api/v2/{path}", timeout=60, **arguments)
        except requests.RequestException as error:
            raise StackError(f"Airflow's API at {self.url} does not answer: {error}") from None

    def _log_in(self) -> None:
        answer = self._session.post(f"{self.url}/auth/token", json=self._login, timeout=60)
        if answer.status_code != 201:
            raise StackError(f"Airflow refused its own user {self._login['username']}: {answer.status_code}")
        self._session.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"


def _fernet_key() -> str:
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()


def _long_key() -> str:
    return secrets.token_urlsafe(64)
