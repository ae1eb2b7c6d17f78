"""Records the sandbox anew for the tests that replay a recording: ``python -m tests.recording.again``."""

from __future__ import annotations

import shutil
from pathlib import Path

from include.recording import beside, files
from include.recording.exchanges import EXCHANGES

FOLDER = Path(__file__).parents[1] / "recordings" / "sandbox"


def main() -> None:
    """Take the place of the recording that there is."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    with beside.running(EXCHANGES) as sandbox:
        for recorded in sandbox.play({"certify_page_size": 2}).values():
            files.keep(FOLDER, recorded)


if __name__ == "__main__":
    main()
