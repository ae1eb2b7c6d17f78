"""Records the sandbox anew for the tests that replay a recording: ``python -m tests.recording.again``."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from include.recording import beside, files
from include.recording.exchanges import EXCHANGES

FOLDER = Path(__file__).parents[1] / "recordings" / "sandbox"
# Definitions are long and all alike: those of a few objects are kept.
_DEFINED = "APTERM|AUDITHISTORY|CLASS|DEPARTMENT|GLJOURNAL|USERINFO|.*SUMMARY|.*BOOKS"


def is_kept(place: str) -> bool:
    """Whether an exchange is among the recorded ones that are kept with the tests."""
    defined = re.fullmatch(r"intacct/(?:lookup|inspect)_(\w+)", place)
    return defined is None or re.fullmatch(_DEFINED, defined[1]) is not None


def main() -> None:
    """Take the place of the recording that there is."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    with beside.running(EXCHANGES) as sandbox:
        for place, recorded in sandbox.play({"certify_page_size": 2}).items():
            if is_kept(place):
                files.keep(FOLDER, recorded)


if __name__ == "__main__":
    main()
