"""``make record``: what the company's services answer to what the connector asks, redacted, and in what the sandbox differs.

Reads only. 0 when nothing differs, 1 when something does, 2 when it cannot be recorded.
"""

from __future__ import annotations

import argparse
import os
import sys
from functools import partial
from pathlib import Path

from airflow.sdk.exceptions import AirflowNotFoundException

from certify_intacct.certify.hook import CertifyHook
from certify_intacct.intacct.hook import SageIntacctHook
from certify_intacct.model.errors import ConnectorError
from include.recording import beside, files, report
from include.recording.exchanges import EXCHANGES
from include.recording.explaining import explained
from include.recording.recorder import Recorder

_SANDBOX = "sandbox"


def main(given: list[str] | None = None) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m include.recording", description=__doc__)
    parser.add_argument("--folder", type=Path, default=Path(".run/recording"), help="where the recording is kept")
    parser.add_argument("--compare", action="store_true", help="ask nobody, compare what the folder holds")
    options = parser.parse_args(given)
    # Connections that were made in the UI stand in Airflow's database, which only its servers read by themselves.
    os.environ.setdefault("_AIRFLOW_PROCESS_CONTEXT", "server")
    os.umask(0o077)
    try:
        if not options.compare:
            record(options.folder)
        return compare(options.folder)
    except AirflowNotFoundException as error:
        print(
            f"error: {error}. Add it under Admin > Connections, or in the variable AIRFLOW_CONN_<ID>.", file=sys.stderr
        )
    except (ConnectorError, files.NoRecording) as error:
        print(f"error: {error}", file=sys.stderr)
    return 2


def record(folder: Path) -> None:
    """Ask both services, and keep what they answer. Raises ConnectorError when one of them lets nobody in."""
    intacct, certify = SageIntacctHook(), CertifyHook()
    try:
        for hook in (intacct, certify):
            hook.get_conn()
        intacct.get_conn().sign_in(intacct.entity_id)
        certify.get_conn().first_page("departments")
        recorder = Recorder(EXCHANGES, intacct, certify, keep=partial(files.keep, folder))
        for number, recorded in enumerate(recorder.all(), 1):
            said = recorded.missing or f"HTTP {recorded.status}"
            print(f"{number}/{len(EXCHANGES)} {recorded.place}: {said}", flush=True)
    finally:
        intacct.close()
        certify.close()


def compare(folder: Path) -> int:
    """Say in what the folder's recording differs from the sandbox. Raises NoRecording."""
    mine = files.read(folder)
    with beside.running(EXCHANGES) as sandbox:
        theirs = sandbox.play({})
        for recorded in theirs.values():
            files.keep(folder / _SANDBOX, recorded)
        found = explained(mine, theirs, {exchange.place: exchange for exchange in EXCHANGES}, sandbox.play)
    made = "\n".join(report.lines(mine, found, folder)) + "\n"
    (folder / "report.md").write_text(made, encoding="utf-8")
    print(made, end="")
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main())
