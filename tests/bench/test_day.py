"""``make bench DAY=5``: every task is measured by its own operator, and what was seeded is what stands in Intacct."""

from __future__ import annotations

import re
from contextlib import redirect_stdout
from dataclasses import replace
from io import StringIO

import pytest

from include.bench.day import Day, TaskFailed, days
from include.bench.measuring import Cost
from include.bench.seeding import CHARGES, LINES
from include.bench.surroundings import ROOT
from include.bench.table import exponent, growth_table
from include.chaos.worker import dag_named, steps

REPORTS = 5


@pytest.fixture(scope="module")
def printed():
    """The one day that was run, and what was printed of it."""
    with redirect_stdout(StringIO()) as text:
        (day,) = days([REPORTS], latency=0.01)
    return day, text.getvalue()


@pytest.fixture(scope="module")
def day(printed) -> Day:
    return printed[0]


@pytest.fixture(scope="module")
def costs(day) -> dict[str, Cost]:
    return {cost.task: cost for cost in day.costs}


def test_what_stands_in_intacct_is_what_was_seeded(day):
    assert day.seeded.lines == REPORTS * LINES
    assert day.seeded.documents == REPORTS * (1 + CHARGES) + 1
    assert (day.documents, day.cents) == (day.seeded.documents, day.seeded.cents)


def test_the_table_has_a_row_for_each_task_of_the_dag(printed):
    headings, *rows, about, loaded, attached, _ = printed[1].splitlines()
    assert [row.split()[0] for row in rows] == [*(name for name, _ in steps(dag_named("expense_sync"))), "all"]
    assert len({len(row) for row in [headings, *rows]}) == 1
    assert about == "5 reports, 50 lines, 12 receipts, 21 documents; 21 posted; 0.01 s latency"
    assert re.fullmatch(r"load_intacct: \d+\.\d\d times the 0\.\d s that its \d+ requests .*, 2 at once", loaded)
    assert attached.startswith("attach_receipts: ")


def test_calls_are_those_of_the_task(day, costs):
    assert costs["extract_certify[certify_expenses]"].certify_calls == 2  # 25 lines a page
    assert costs["extract_certify[certify_expenses]"].intacct_calls == 0
    assert costs["plan"].certify_calls == costs["plan"].intacct_calls == costs["plan"].intacct_requests == 0
    loaded = costs["load_intacct"]
    # Each document is a function; several of them share a request.
    assert loaded.intacct_calls > day.seeded.documents
    assert loaded.intacct_calls > loaded.intacct_requests > 0
    # Receipts come after it, each by a call of its own.
    assert loaded.certify_calls < day.seeded.receipts
    assert costs["attach_receipts"].certify_calls == day.seeded.receipts


def test_latency_is_waited_for(costs):
    """By each task that asks anything, at least once; how much of it is waited for side by side is the task's business."""
    asking = [cost for cost in costs.values() if cost.certify_calls + cost.intacct_requests]
    assert len(asking) > 10
    assert all(cost.seconds >= 0.01 for cost in asking)


def test_cpu_and_memory_are_told(costs):
    assert all(cost.cpu > 0 and cost.peak_mib > 0 for cost in costs.values())
    assert costs["load_intacct"].postgres_cpu > 0
    assert costs["load_intacct"].sandbox_cpu > 0


def test_a_task_that_fails_is_named_with_its_error(monkeypatch, tmp_path):
    """As after a change of connector.yaml that the day does not fit."""
    config = tmp_path / "connector.yaml"
    config.write_text(
        (ROOT / "include" / "connector.yaml").read_text().replace("documents_per_run: 50000", "documents_per_run: 2")
    )
    monkeypatch.setattr("include.bench.surroundings.CONFIG", config)
    with redirect_stdout(StringIO()) as text, pytest.raises(TaskFailed, match=r"^approve: "):
        days([1], latency=0)
    assert text.getvalue().splitlines()[-1].startswith("plan ")


def test_growth_is_told_by_task(day):
    twice = replace(day, seeded=replace(day.seeded, reports=2 * REPORTS))
    rows = growth_table([day, twice]).splitlines()
    assert rows[-1].split() == ["all", *["0.00"] * 6]
    assert [row.split()[0] for row in rows[1:]] == [*(cost.task for cost in day.costs), "all"]


@pytest.mark.parametrize("power", [0.5, 1, 2])
def test_exponent_is_the_slope_of_the_logarithms(power):
    sizes = [300, 1_000, 3_000, 10_000]
    assert exponent(sizes, [0.002 * size**power for size in sizes], 0.01) == pytest.approx(power, abs=0.01)


def test_what_is_too_small_to_measure_does_not_grow():
    assert exponent([300, 1_000], [0.01, 0.09], 0.1) is None
    assert exponent([300, 1_000], [0.0, 0.2], 0.1) == pytest.approx(0.576, abs=0.001)
