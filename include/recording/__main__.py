"""``make record``: what the company's services answer to what the connector asks, redacted, and in what the sandbox differs.

Reads only, unless told otherwise (``--writes``). 0 when nothing differs, 1 when something does, 2 when it cannot be recorded.
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
from certify_intacct.model.configuration import load
from certify_intacct.model.errors import ConnectorError, GuardTripped
from certify_intacct.preflight.places import check_places
from include.recording import beside, files, report
from include.recording.exchanges import ALL, EXCHANGES
from include.recording.explaining import explained
from include.recording.recorder import Recorder
from include.recording.writing_exchanges import WRITTEN

_SANDBOX = "sandbox"


def main(given: list[str] | None = None) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m include.recording", description=__doc__)
    parser.add_argument("--folder", type=Path, default=Path(".run/recording"), help="where the recording is kept")
    parser.add_argument("--only", default="", help="only exchanges with this in their name")
    parser.add_argument("--writes", action="store_true", help=f"write, in a test company alone: {WRITTEN}")
    parser.add_argument("--compare", action="store_true", help="ask nobody, compare what the folder holds")
    options = parser.parse_args(given)
    # Connections that were made in the UI stand in Airflow's database, which only its servers read by themselves.
    os.environ.setdefault("_AIRFLOW_PROCESS_CONTEXT", "server")
    os.umask(0o077)
    try:
        if not options.compare:
            record(options.folder, only=options.only, writing=options.writes)
        return compare(options.folder)
    except AirflowNotFoundException as error:
        print(
            f"error: {error}. Add it under Admin > Connections, or in the variable AIRFLOW_CONN_<ID>.", file=sys.stderr
        )
    except (ConnectorError, files.NoRecording) as error:
        print(f"error: {error}", file=sys.stderr)
    return 2


def record(folder: Path, *, only: str = "", writing: bool = False) -> None:
    """Ask both services, and keep what they answer.

    :param only: in the names of those exchanges that are played
    :param writing: play what writes too; connector.yaml and the connections must say that the companies are for tests
    :raises ConnectorError: one of them lets nobody in, or must not be written to; nothing was written
    """
    intacct, certify = SageIntacctHook(), CertifyHook()
    exchanges = [exchange for exchange in (ALL if writing else EXCHANGES) if only in exchange.place]
    try:
        for hook in (intacct, certify):
            hook.get_conn()
        intacct.get_conn().sign_in(intacct.entity_id)
        certify.get_conn().first_page("departments")
        if writing:
            _may_write(intacct, certify)
            print(f"It writes {WRITTEN}.", flush=True)
        recorder = Recorder(ALL, intacct, certify, keep=partial(files.keep, folder), writing=writing)
        for number, exchange in enumerate(exchanges, 1):
            recorded = recorder.play(exchange.place)
            said = recorded.missing or f"HTTP {recorded.status}"
            print(f"{number}/{len(exchanges)} {recorded.place}: {said}", flush=True)
    finally:
        intacct.close()
        certify.close()


def _may_write(intacct: SageIntacctHook, certify: CertifyHook) -> None:
    """Raises ConnectorError unless connector.yaml and both connections are of a test company."""
    file = Path(os.environ.get("CONNECTOR_CONFIG") or beside.ROOT / "include" / "connector.yaml")
    configuration = load(file)
    if configuration.company.environment != "test":
        raise GuardTripped(
            "Only a test company is written to.",
            where=str(file),
            cure="Set company.environment: test there if both companies are for tests, or record without WRITES=1.",
        )
    check_places(configuration, intacct_conn_id=intacct.intacct_conn_id, certify_conn_id=certify.certify_conn_id)


def compare(folder: Path) -> int:
    """Say in what the folder's recording differs from the sandbox. Raises NoRecording."""
    mine = files.read(folder)
    exchanges = {exchange.place: exchange for exchange in ALL}
    with beside.running(ALL) as sandbox:
        theirs = sandbox.play({}, [place for place in exchanges if place in mine])
        for recorded in theirs.values():
            files.keep(folder / _SANDBOX, recorded)
        found = explained(mine, theirs, exchanges, sandbox.play)
    made = "\n".join(report.lines(mine, found, folder)) + "\n"
    (folder / "report.md").write_text(made, encoding="utf-8")
    print(made, end="")
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main())
