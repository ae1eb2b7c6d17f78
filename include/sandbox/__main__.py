"""`python -m include.sandbox --port 8900 --state DIR`.

Serve a company's Sage Intacct and Emburse Certify on one port.
"""

from __future__ import annotations

import argparse
import socket
import sys
from pathlib import Path

import uvicorn

from include.sandbox import clock
from include.sandbox.app import application
from include.sandbox.core import Sandbox
from include.sandbox.seed.scale import NAMED

# Its control routes ask for no password.
LOOPBACK = "127.0.0.1"


def arguments(given: list[str] | None = None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m include.sandbox", description=__doc__)
    parser.add_argument(
        "--port", type=int, default=8900, help="port; 0 picks a free one, which the first line of output names"
    )
    parser.add_argument(
        "--state",
        type=Path,
        default=Path(".run/sandbox"),
        help="folder of the sandbox's data, which survives a restart",
    )
    parser.add_argument(
        "--seed", type=int, default=7, help="seed of the data that an empty state folder is filled with"
    )
    parser.add_argument(
        "--scale", choices=tuple(NAMED), default="empty", help="what an empty state folder is filled with"
    )
    parser.add_argument("--clock", type=Path, help="file that says what time it is, instead of the machine's clock")
    return parser.parse_args(given)


def main(given: list[str] | None = None) -> int:
    """Serve until interrupted. Returns the exit status."""
    options = arguments(given)
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((LOOPBACK, options.port))
    except OSError as error:
        print(
            f"Port {options.port} of {LOOPBACK} is not free: {error.strerror}. Choose another with --port.",
            file=sys.stderr,
        )
        return 2
    if options.clock:
        clock.follow(options.clock)
    sandbox = Sandbox(options.state)
    # A fill is one transaction: killed half-way it left nothing, not even its summary.
    if options.scale != "empty" and sandbox.store.get_meta("seed/summary") is None:
        from include.sandbox.seed import OWN, fill

        sandbox.change_settings(OWN.get(options.scale, {}))
        fill(sandbox, seed=options.seed, scale=options.scale)
    print(f"sandbox: http://{LOOPBACK}:{listener.getsockname()[1]}", flush=True)
    config = uvicorn.Config(
        application(sandbox),
        log_level="warning",
        access_log=False,
        server_header=False,
        date_header=True,
        timeout_graceful_shutdown=3,
        # Longer than clients pause between two requests: else a kept connection closes under their next write.
        timeout_keep_alive=120,
    )
    try:
        uvicorn.Server(config).run(sockets=[listener])
    except KeyboardInterrupt:
        pass
    finally:
        sandbox.store.close()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
