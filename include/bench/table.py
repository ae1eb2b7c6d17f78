"""The figures of a day as text, and how they grow."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields

from include.bench.day import Day
from include.bench.measuring import Cost

COLUMNS = "{:<42} {:>9} {:>9} {:>13} {:>12} {:>8} {:>13} {:>13} {:>16}"
HEADINGS = (
    "task", "seconds", "CPU", "CPU Postgres", "CPU sandbox", "peak MiB", "Certify calls", "Intacct calls", "Intacct requests",
)  # fmt: skip
GROWN = "{:<42} {:>9} {:>9} {:>13} {:>13} {:>13} {:>16}"
# What costs less than this is noise, whatever it does when the day grows.
LEAST_SECONDS = 0.1
# Tasks that have requests side by side, and how many as shipped: posting.sending.requests_at_once, and that of Certify's connection.
SENDING, AT_ONCE = ("load_intacct", "attach_receipts"), 2


def headings() -> str:
    """The first line of a day's table."""
    return COLUMNS.format(*HEADINGS)


def row(cost: Cost) -> str:
    """A line of it: what a task cost."""
    return COLUMNS.format(
        cost.task,
        *(f"{value:.2f}" for value in (cost.seconds, cost.cpu, cost.postgres_cpu, cost.sandbox_cpu)),
        f"{cost.peak_mib:.0f}",
        cost.certify_calls,
        cost.intacct_calls,
        cost.intacct_requests,
    )


def end(day: Day, latency: float) -> str:
    """The last lines of it: the sum, and what day it was."""
    seeded = day.seeded
    about = (
        f"{seeded.reports} reports, {seeded.lines} lines, {seeded.receipts} receipts, {seeded.documents} documents; "
        f"{day.documents} posted; {latency:g} s latency"
    )
    return "\n".join([row(whole(day.costs)), about, *_waits(day, latency), ""])


def _waits(day: Day, latency: float) -> Iterator[str]:
    """How much longer the tasks that send took than their requests have to wait."""
    for cost in day.costs if latency else ():
        requests = cost.certify_calls + cost.intacct_requests
        if cost.task in SENDING and requests:
            wait = requests * latency / AT_ONCE
            yield (
                f"{cost.task}: {cost.seconds / wait:.2f} times the {wait:.1f} s that its {requests} requests of both services wait, "
                f"{AT_ONCE} at once"
            )


def whole(costs: Sequence[Cost]) -> Cost:
    """All tasks one after the other; the peak is that of the largest."""
    sums = [sum(getattr(cost, field.name) for cost in costs) for field in fields(Cost) if field.name != "task"]
    total = Cost("all", *sums)
    return Cost(**{**total.__dict__, "peak_mib": max(cost.peak_mib for cost in costs)})


_GROWING: tuple[tuple[str, Callable[[Cost], float], float], ...] = (
    ("seconds", lambda cost: cost.seconds, LEAST_SECONDS),
    ("CPU", lambda cost: cost.cpu, LEAST_SECONDS),
    ("CPU Postgres", lambda cost: cost.postgres_cpu, LEAST_SECONDS),
    ("Certify calls", lambda cost: cost.certify_calls, 1),
    ("Intacct calls", lambda cost: cost.intacct_calls, 1),
    ("Intacct requests", lambda cost: cost.intacct_requests, 1),
)


def growth_table(days: Sequence[Day]) -> str:
    """By task the exponents of growth: 1 is in proportion to the reports, 2 with their square; nothing where there is too little."""
    sizes = [day.seeded.reports for day in days]
    by_task = {cost.task: [cost] for cost in [*days[0].costs, whole(days[0].costs)]}
    for day in days[1:]:
        for cost in [*day.costs, whole(day.costs)]:
            by_task[cost.task].append(cost)
    rows = [GROWN.format("grows with the reports to the power of", *(name for name, _, _ in _GROWING))]
    for task, costs in by_task.items():
        exponents = [exponent(sizes, [of(cost) for cost in costs], least) for _, of, least in _GROWING]
        rows.append(GROWN.format(task, *("" if one is None else f"{one:.2f}" for one in exponents)))
    return "\n".join([*rows, ""])


def exponent(sizes: Sequence[int], values: Sequence[float], least: float) -> float | None:
    """The slope of the least squares of log(value) over log(size); None where the largest value is below ``least``.

    :param least: smaller values count as this
    """
    if max(values) < least:
        return None
    logs = [math.log(max(value, least)) for value in values]
    return statistics.linear_regression([math.log(size) for size in sizes], logs).slope
