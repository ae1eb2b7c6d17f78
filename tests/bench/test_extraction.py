"""``make bench`` where the peer cannot be installed: its column says so, and the rest is measured."""

from __future__ import annotations

import os
import subprocess
import sys

from include.bench.surroundings import ROOT


def test_the_peer_is_no_requirement():
    # No index and no folder of packages: as without a network, but at once.
    environment = os.environ | {"PIP_NO_INDEX": "1", "PIP_CONFIG_FILE": os.devnull, "PIP_FIND_LINKS": ""}
    command = [sys.executable, "-m", "include.bench", "--rows", "50", "--rounds", "1"]
    result = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    headings, row = result.stdout.splitlines()
    assert headings.endswith("  sageintacctsdk==1.28.1")
    assert row.split()[0] == "50"
    assert all(float(figure) > 0 for figure in row.split()[:6])
    assert "  not installed: No matching distribution found for sageintacctsdk==1.28.1" in row
