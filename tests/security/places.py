"""Where a secret could turn up after a run, as text."""

from __future__ import annotations

import email
import email.policy
import io
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import psycopg
import pytest

from certify_intacct.commands import why
from include.local.postgres import binaries
from tests.postgres_fixture import Database
from tests.security.mail import MailServer
from tests.security.relay import Relay


@dataclass
class Run:
    """What a run left behind, and which secrets it worked with.

    :param served: address and answer of everything that the api-server was asked for
    :param output: what the commands printed
    """

    folder: Path
    sandbox: Any
    relay: Relay
    mail: MailServer
    database: Database
    metadata_url: str
    secrets: dict[str, str]
    personal: dict[str, str]
    environment: dict[str, str] = field(default_factory=dict)
    output: str = ""
    served: dict[str, str] = field(default_factory=dict)

    @cached_property
    def places(self) -> dict[str, str]:
        """Everything that a person, a colleague or a backup may get to see: name and text of each place."""
        logs = (path for path in sorted(self.folder.rglob("*.log*")) if path.is_file())
        return {
            "output of the commands": self.output,
            **{str(path.relative_to(self.folder)): path.read_text(errors="replace") for path in logs},
            "connector database": dump(self.database.owner_url),
            "metadata database": dump(self.metadata_url),
            **{f"mail {number}": text for number, text in enumerate(self.mails())},
            **self.served,
            **{f"why {report}": self.why(report) for _, report in self.reports()},
        }

    def mails(self) -> list[str]:
        """Each mail as it went over the wire, and its text as a person reads it."""
        read = (email.message_from_bytes(raw, policy=email.policy.default) for raw in self.mail.messages)
        texts = (
            "".join(str(part.get_content()) for part in mail.walk() if part.get_content_maintype() == "text")
            for mail in read
        )
        return [raw.decode(errors="replace") + text for raw, text in zip(self.mail.messages, texts, strict=True)]

    def loads(self) -> list[tuple[str, int]]:
        """DAG and number of each load."""
        return self.rows("SELECT dag_id, load_id FROM ops.load ORDER BY load_id")

    def reports(self) -> list[tuple[str, str]]:
        """DAG and ID of each expense report that a load has met."""
        return self.rows(
            "SELECT DISTINCT dag_id, report_id FROM ops.load JOIN ("
            "  SELECT load_id, id AS report_id FROM staging.certify_expense_report UNION SELECT load_id, report_id FROM plan.report"
            "  UNION SELECT load_id, report_id FROM ledger.report"
            ") met USING (load_id) ORDER BY 2"
        )

    def rows(self, query: str) -> list[Any]:
        """What the connector's database answers its owner."""
        with psycopg.connect(self.database.owner_url) as connection:
            return connection.execute(query).fetchall()

    def why(self, report: str) -> str:
        """What `make why` prints."""
        said = io.StringIO()
        with pytest.MonkeyPatch.context() as patch, redirect_stdout(said), redirect_stderr(said):
            patch.setenv("AIRFLOW_CONN_CONNECTOR_DB", self.environment["AIRFLOW_CONN_CONNECTOR_DB"])
            patch.setattr(sys, "argv", ["why", report])
            assert why.main() == 0, said.getvalue()
        return said.getvalue()


def dump(url: str) -> str:
    """All rows of a database as text."""
    command = [str(binaries() / "pg_dump"), "--data-only", "--inserts", url]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout
