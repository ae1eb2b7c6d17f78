"""The sandbox that a recording is compared with: a process of its own on this machine, with a small company."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import requests

from certify_intacct.certify.hook import CertifyHook
from certify_intacct.intacct.hook import SageIntacctHook
from include.local import environment
from include.local.sandbox import connections
from include.recording.exchange import Exchange
from include.recording.files import Recording
from include.recording.recorder import Recorder
from include.recording.turned import REFILLED, Turn, TurnRefused

ROOT = Path(__file__).resolve().parents[2]
_SCALE = {"entities": 3, "departments": 6, "people": 60, "reports_per_day": 25, "days": 5, "lines": 2}
_SECONDS = 60
_ID = "recording_sandbox"


class Beside:
    """A sandbox at an address, with handles for what a comparison does to it.

    :param exchanges: the table
    """

    def __init__(self, url: str, exchanges: Iterable[Exchange]) -> None:
        self.url = url
        self.exchanges = tuple(exchanges)
        self._http = requests.Session()
        self._http.trust_env = False
        self._hooks: tuple[SageIntacctHook, CertifyHook] | None = None
        self._filled: Turn = {}
        for name, fields in connections(url).items():
            os.environ[f"AIRFLOW_CONN_{_connection(name).upper()}"] = json.dumps(fields)

    def wait(self) -> None:
        """Return as soon as it serves."""
        deadline = time.monotonic() + _SECONDS
        while True:
            try:
                self._http.get(f"{self.url}/_sandbox/alive", timeout=5).raise_for_status()
                return
            except requests.RequestException:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.05)

    def fill(self) -> None:
        """A company that has something of everything that is asked about."""
        self.close()
        self.control("POST", "reset", {"seed": 7, "scale": _SCALE})
        day = datetime.now(tz=UTC).date() - timedelta(days=90)
        self._load("SUPDOCFOLDER", {"NAME": "Receipts"})
        self._load("SUPDOC", {"SUPDOCID": "A1", "SUPDOCNAME": "A1", "FOLDERNAME": "Receipts", "ATTACHMENTS": []})
        self.control(
            "POST", "act", {"action": "close_period", "date": day.isoformat(), "entity": "*", "subledger": "*"}
        )
        self._documents(f"{day:%m/%d/%Y}")
        entity = self.control("GET", "state/intacct/LOCATIONENTITY")["records"][0]["LOCATIONID"]
        self._load("VENDOR", {"VENDORID": "PRIVATE", "NAME": "Private", "MEGAENTITYID": entity})
        reports = self.control("GET", "state/certify/expensereports")["records"]
        several = [report for report in reports if report.get("Processed") and len(report["Expenses"]) > 2]
        self.control("POST", "act", {"action": "disapprove_line", "report": several[0]["ID"]})

    def play(self, turn: Turn, places: Iterable[str] | None = None) -> Recording:
        """Play exchanges with settings turned, all of them by default; then the settings are as shipped again."""
        try:
            self.control("POST", "settings", dict(turn))
            of_records = {name: value for name, value in turn.items() if name in REFILLED}
            if of_records != self._filled:
                self._filled = of_records
                self.fill()
            recorder = Recorder(self.exchanges, *self._connected(), writing=True)
            return {place: recorder.play(place) for place in (recorder.exchanges if places is None else places)}
        finally:
            self.control("DELETE", "settings")

    def control(self, verb: str, path: str, body: Any = None) -> Any:
        """One of the sandbox's control routes. Raises TurnRefused."""
        answer = self._http.request(verb, f"{self.url}/_sandbox/{path}", json=body, timeout=120)
        if not answer.ok:
            raise TurnRefused(f"The sandbox refuses {verb} {path}: {answer.text[:500]}")
        return answer.json() if answer.content else None

    def close(self) -> None:
        """Leave the session: the next question signs in."""
        for hook in self._hooks or ():
            hook.close()
        self._hooks = None

    def _connected(self) -> tuple[SageIntacctHook, CertifyHook]:
        """One session for all that is played: Airflow remembers each for ever, to mask it."""
        if self._hooks is None:
            self._hooks = (
                SageIntacctHook(_connection("sage_intacct_default")),
                CertifyHook(_connection("emburse_certify_default")),
            )
        return self._hooks

    def _documents(self, day: str) -> None:
        """A document of each kind, with amounts that have no cents, a digit of them and two."""
        cents = self._filled.get("amount_format") == "two_decimals"

        def lines(*amounts: str) -> list[dict[str, str]]:
            shown = [f"{Decimal(amount):.2f}" if cents else amount for amount in amounts]
            return [
                {"TRX_AMOUNT": amount, "AMOUNT": amount, "LINE_NO": str(number)}
                for number, amount in enumerate(shown, 1)
            ]

        money = {"TRX_TOTALENTERED": "112.75", "TOTALENTERED": "112.75", "CURRENCY": "USD", "WHENCREATED": day}
        items = lines("100", "12.5", "0.25")
        self._load("APBILL", {"RECORDID": "B1", "STATE": "Posted", "APBILLITEMS": items, **money})
        self._load("APADJUSTMENT", {"RECORDID": "A1", "STATE": "Posted", "APADJUSTMENTITEMS": items, **money})
        self._load("CCTRANSACTION", {"RECORDID": "C1", "STATE": "Posted", "CCTRANSACTIONENTRIES": items, **money})
        self._load("EEXPENSES", {"RECORDID": "E1", "STATE": "Submitted", "EEXPENSESITEMS": items, **money})
        self._load(
            "EXPENSEADJUSTMENTS", {"RECORDID": "X1", "STATE": "Posted", "EXPENSEADJUSTMENTSITEMS": items, **money}
        )
        self._load(
            "GLBATCH", {"BATCH_TITLE": "J1", "STATE": "Posted", "BATCH_DATE": day, "ENTRIES": lines("100.5", "100.5")}
        )

    def _load(self, name: str, record: dict[str, Any]) -> None:
        body = {"side": "intacct", "object": name, "records": [record], "unknown_fields": "keep"}
        self.control("POST", "load", body)


@contextmanager
def running(exchanges: Iterable[Exchange]) -> Iterator[Beside]:
    """A sandbox that runs for the block, on a free port, in a folder that is gone after it."""
    with tempfile.TemporaryDirectory(prefix="recording-") as folder:
        command = [sys.executable, "-m", "include.sandbox", "--port", "0", "--state", folder]
        # No connection of the user's is among what it sees.
        seen = environment.allowed(os.environ)
        process = subprocess.Popen(command, cwd=ROOT, env=seen, stdout=subprocess.PIPE, text=True)
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            if not line.startswith("sandbox: http://"):
                raise RuntimeError("The sandbox did not start.")
            beside = Beside(line.removeprefix("sandbox: ").strip(), exchanges)
            beside.wait()
            beside.fill()
            yield beside
            beside.close()
        finally:
            process.terminate()
            process.wait(20)


def _connection(name: str) -> str:
    return f"{_ID}_{name}"
