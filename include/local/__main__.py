"""``python -m include.local demo|up|sandbox|stop|run``: the stack on one machine."""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import time
from types import FrameType

import psutil

from include.local import environment, ports, sandbox, settings
from include.local.console import say
from include.local.demo import demo
from include.local.errors import StackError
from include.local.processes import Processes, holder, only_one
from include.local.settings import DEMO_FOLDER, ROOT, UP_FOLDER
from include.local.stack import environment_file, running


def main() -> int:
    """Run one command; returns the exit status (130 after Ctrl-C while something was still to do)."""
    parser = argparse.ArgumentParser(prog="python -m include.local", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    demo_command = commands.add_parser("demo", help="the main job against the sandbox")
    demo_command.add_argument("--check", action="store_true", help="end after the table; 0 only if everything holds")
    commands.add_parser("up", help="the same stack with the user's own connections")
    commands.add_parser("sandbox", help="only the local Sage Intacct and Certify")
    commands.add_parser("stop", help="end a stack that runs in another terminal, or what a killed one left behind")
    run_command = commands.add_parser("run", help="a command in the environment of the running stack")
    run_command.add_argument("arguments", nargs=argparse.REMAINDER, metavar="COMMAND", help="e.g. airflow dags list")
    record_command = commands.add_parser(
        "record", help="record what your own services answer, and compare it with the sandbox"
    )
    record_command.add_argument("--folder", default=f"{DEMO_FOLDER}/recording", help="where the recording is kept")
    record_command.add_argument("--only", default="", help="only exchanges with this in their name")
    record_command.add_argument(
        "--writes", action="store_true", help="write to a test company what no reading answer shows"
    )
    record_command.add_argument("--compare", action="store_true", help="ask nobody, compare what the folder holds")
    options = parser.parse_args()
    # Logs, task outputs and the sandbox's people are for the user alone.
    os.umask(0o077)
    signal.signal(signal.SIGTERM, _interrupt)
    signal.signal(signal.SIGHUP, _interrupt)
    try:
        environment.clean(own_services=options.command in ("up", "record"))
        if options.command == "demo":
            return demo(settings.read(DEMO_FOLDER), check=options.check)
        if options.command == "run":
            return _run(options.arguments)
        if options.command == "record":
            flags = [f"--{name}" for name in ("writes", "compare") if getattr(options, name)]
            return _record(["--folder", options.folder, "--only", options.only, *flags])
        return {"up": _up, "sandbox": _sandbox, "stop": _stop}[options.command]()
    except StackError as error:
        print(f"error: {error}", file=sys.stderr, flush=True)
        return 1
    except KeyboardInterrupt:
        return 130


def _up() -> int:
    chosen = settings.read(UP_FOLDER)
    with running(chosen, with_sandbox=False) as stack:
        for name in ("SAGE_INTACCT_DEFAULT", "EMBURSE_CERTIFY_DEFAULT"):
            if f"AIRFLOW_CONN_{name}" not in os.environ:
                say(f"AIRFLOW_CONN_{name} is not set: add the connection {name.lower()} under Admin > Connections")
        for line in stack.airflow.logins():
            say(line)
        say("Ctrl-C stops everything")
        try:
            stack.watch()
        except KeyboardInterrupt:
            say("stopping")
    return 0


def _sandbox() -> int:
    chosen = settings.read(DEMO_FOLDER)
    ports.require_free(chosen.sandbox_port, "the sandbox", "SANDBOX_PORT")
    say(
        f"sandbox on http://{ports.LOOPBACK}:{chosen.sandbox_port}, data in {chosen.folder / 'sandbox'}; Ctrl-C stops it"
    )
    command = sandbox.command(chosen)
    os.chdir(ROOT)
    os.execv(command[0], command)  # noqa: S606 - no shell, by intent


def _run(arguments: list[str]) -> int:
    """Replaces this process by a command that sees what the stack's own processes see: databases, connections, configuration."""
    if not arguments:
        raise StackError('Name the command, for example `make run COMMAND="airflow dags list"`.')
    variables = _of_the_stack(DEMO_FOLDER, UP_FOLDER)
    if variables is None:
        raise StackError("No stack runs here: start one with `make demo` or `make up` in another terminal.")
    try:
        os.execvpe(arguments[0], arguments, variables)  # noqa: S606 - no shell, by intent
    except OSError as error:
        raise StackError(f"{arguments[0]} cannot be run: {error.strerror}.") from None


def _record(arguments: list[str]) -> int:
    """Replaces this process by the recorder, with the connections of a running stack (`make up` before `make demo`) or the user's."""
    variables = _of_the_stack(UP_FOLDER, DEMO_FOLDER)
    if variables is None:
        names = [f"AIRFLOW_CONN_{name}" for name in ("SAGE_INTACCT_DEFAULT", "EMBURSE_CERTIFY_DEFAULT")]
        if "--compare" not in arguments and (missing := [name for name in names if name not in os.environ]):
            raise StackError(
                f"No stack runs here, and {' and '.join(missing)} {'is' if len(missing) == 1 else 'are'} not set: start `make up` in "
                "another terminal, or set both connections as .env.example shows them."
            )
        # Airflow writes its configuration where it is first imported.
        home = settings.read(UP_FOLDER).folder / "recording-airflow"
        variables = {"AIRFLOW_HOME": str(home), **os.environ}
    os.chdir(ROOT)
    os.execve(sys.executable, [sys.executable, "-m", "include.recording", *arguments], variables)  # noqa: S606 - likewise


def _of_the_stack(*folders: str) -> dict[str, str] | None:
    """The environment of a stack that runs; None when none does."""
    for chosen in map(settings.read, folders):
        file = environment_file(chosen)
        if file.exists():
            variables: dict[str, str] = json.loads(file.read_text(encoding="utf-8"))
            return variables
    return None


def _stop() -> int:
    for folder in (DEMO_FOLDER, UP_FOLDER) if "RUN_DIR" not in os.environ else (DEMO_FOLDER,):
        chosen = settings.read(folder)
        running_as = holder(chosen.folder)
        if running_as is not None:
            say(f"asking the stack over {chosen.folder} (process {running_as}) to stop")
            process = psutil.Process(running_as)
            process.send_signal(signal.SIGTERM)
            while process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
                time.sleep(0.2)
        elif chosen.folder.exists():
            with only_one(chosen.folder):
                Processes(chosen.folder, chosen.logs).end_leftovers()
    return 0


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
