"""The sandbox as a part of the stack: how it is started, reached, and asked."""

from __future__ import annotations

from typing import Any

import requests

from include.local.errors import StackError
from include.local.ports import LOOPBACK
from include.local.settings import Settings


def command(settings: Settings) -> list[str]:
    """Return the command line of the sandbox: its data under the stack's folder, filled from the seed when it is new."""
    return [
        str(settings.bin / "python"),
        *("-m", "include.sandbox"),
        *("--port", str(settings.sandbox_port)),
        *("--state", str(settings.folder / "sandbox")),
        *("--seed", "7", "--scale", settings.sandbox_scale),
    ]


class SandboxClient:
    """The control routes of the sandbox on its port."""

    def __init__(self, settings: Settings) -> None:
        self.url = f"http://{LOOPBACK}:{settings.sandbox_port}"
        self._session = requests.Session()
        self._session.trust_env = False

    def answers(self) -> bool:
        """Say whether the sandbox serves."""
        try:
            return self._session.get(f"{self.url}/_sandbox/settings", timeout=5).status_code == 200
        except requests.RequestException:
            return False

    def state(self, side: str, name: str) -> list[dict[str, Any]]:
        """Return every record of one object of one service, lines inside their document."""
        records: list[dict[str, Any]] = self._ask("GET", f"state/{side}/{name}")["records"]
        return records

    def fault(self, side: str, match: str, kind: str, times: int = 1) -> None:
        """Let the next ``times`` matching calls meet a fault."""
        self._ask("POST", "faults", {"side": side, "match": match, "kind": kind, "times": times})

    def faults_struck(self) -> int:
        """Return how many faults have struck since they were last cleared."""
        return int(self._ask("GET", "faults")["fired"])

    def clear_faults(self) -> None:
        """Order no fault any more."""
        self._ask("DELETE", "faults")

    def calls(self) -> dict[str, Any]:
        """Return the counts of API calls by side and function."""
        return self._ask("GET", "calls")

    def _ask(self, verb: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        try:
            answer = self._session.request(verb, f"{self.url}/_sandbox/{path}", json=body, timeout=120)
        except requests.RequestException as error:
            raise StackError(f"The sandbox at {self.url} does not answer: {error}") from None
        if not answer.ok:
            raise StackError(f"The sandbox answered {answer.status_code} to {verb} {path}: {answer.text[:300]}")
        content: dict[str, Any] = answer.json()
        return content


def connections(url: str) -> dict[str, dict[str, Any]]:
    """Return the two connections that lead to the sandbox at ``url``, with the credentials that it knows by default."""
    return {
        "sage_intacct_default": {
            "conn_type": "sage_intacct",
            "host": f"{url}/ia/xml/xmlgw.phtml",
            "login": "xml_gateway",
            "password": "sandbox_user_password",
            "extra": {
                "company_id": "SANDBOX",
                "sender_id": "sandbox_sender",
                "sender_password": "sandbox_sender_password",
            },
        },
        "emburse_certify_default": {
            "conn_type": "emburse_certify",
            "host": f"{url}/v1/",
            "password": "sandbox-secret",
            "extra": {"api_key": "sandbox-key"},
        },
    }
