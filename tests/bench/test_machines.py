"""``make bench MACHINES=55``: what it prints, and that its settings are what docs/deployment-scale.md advises for several workers.

It runs for half an hour; tests/deployment/test_celery.py runs the same deployment.
"""

from __future__ import annotations

import re

import yaml

from include.bench import machines
from include.bench.machines import Backfill
from include.bench.seeding import Seeded
from include.bench.surroundings import CONFIG, ROOT

ONE = Backfill(1, 700.0, 0.61, Seeded(600, 6000, 1800, 2520, 1), 2520, 1, 3, {"posting": 600.4, "sage_intacct": 300.0})
TWO = Backfill(2, 350.0, 0.92, Seeded(600, 6000, 1800, 2520, 1), 2520, 1, 4, {"posting": 610.0})


def test_a_row_has_seconds_documents_requests_and_pools() -> None:
    assert machines.row(ONE) == (
        "1 × 2 tasks: 700 s; the machine's CPU 61% busy; 2520 documents, each once; "
        "at most 3 requests at once at Intacct; seconds of tasks by pool: posting 600, sage_intacct 300"
    )


def test_the_last_line_has_the_ratio_and_the_settings() -> None:
    assert machines.conclusion([ONE, TWO], 60, 0.5) == (
        "10 days of 60 reports, 0.5 s latency, slots of `posting` 2, `receipts` 2, requests_at_once is 1: 2 workers 2.00 × 1"
    )


def test_its_settings_are_those_of_the_guide() -> None:
    guide = (ROOT / "docs" / "deployment-scale.md").read_text(encoding="utf-8")
    row = r"^\| several workers, many runs, two at once allowed \| \d \| (\d) \| (\d) \| (\d) \|"
    (advised,) = re.findall(row, guide, re.MULTILINE)
    used = (machines.SLOTS["posting"], machines.REQUESTS_AT_ONCE, machines.SLOTS["receipts"])
    assert tuple(map(int, advised)) == used


def test_its_connector_yaml_is_the_shipped_one_but_for_the_senders() -> None:
    shipped, used = (yaml.safe_load(text) for text in (CONFIG.read_text(encoding="utf-8"), machines.configuration()))
    shipped["posting"]["sending"]["requests_at_once"] = machines.REQUESTS_AT_ONCE
    assert used == shipped
