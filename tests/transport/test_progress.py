"""What the log of a task says while long work is done."""

from __future__ import annotations

import re
import threading
import time

import pytest

from certify_intacct.transport.progress import Progress


@pytest.fixture(autouse=True)
def heard(caplog):
    caplog.set_level("INFO", logger="certify_intacct.transport.progress")


@pytest.fixture
def every(monkeypatch):
    """Sets the seconds between two lines."""
    return lambda seconds: monkeypatch.setattr("certify_intacct.transport.progress.EVERY_SECONDS", seconds)


def test_how_many_of_how_many_and_how_long_the_rest_takes(caplog, every):
    every(0.05)
    progress = Progress("Receipts", 4000)
    progress.step(999)
    time.sleep(0.06)
    progress.step(pages=3)
    (line,) = caplog.messages
    assert re.fullmatch(r"Receipts: 1,000 of 4,000, 25 %, 3 pages, about 0:00:0\d left\.", line)


def test_what_nobody_knows_the_end_of_has_no_rest(caplog, every):
    every(0)
    progress = Progress("intacct_vendors")
    progress.step(2000, pages=1)
    progress.step(2000, pages=1)
    assert caplog.messages[-1] == "intacct_vendors: 4,000 so far, 2 pages, since 0:00:00."


def test_work_that_is_done_by_then_says_nothing_and_its_end_is_not_progress(caplog, every):
    quick = Progress("Receipts", 3)
    for _ in range(3):
        quick.step()
    every(0)
    Progress("Receipts", 1).step()
    assert caplog.messages == []


@pytest.mark.parametrize("threads", [1, 8])
def test_one_line_each_few_seconds_however_many_threads_count(caplog, every, threads):
    every(0.2)
    progress = Progress("Documents", 10_000)
    begun = time.monotonic()

    def work() -> None:
        while time.monotonic() - begun < 0.9:
            progress.step()
            time.sleep(0.001)

    workers = [threading.Thread(target=work) for _ in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert 1 <= len(caplog.messages) <= 4
    counted = [int(re.findall(r"[\d,]+", line)[0].replace(",", "")) for line in caplog.messages]
    assert counted == sorted(counted)
    assert counted[-1] <= progress.done
