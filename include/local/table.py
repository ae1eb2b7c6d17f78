"""The demo's closing table, and the same figures for summary.json."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from include.local.accounting import Accounts
from include.local.figures import Figures
from include.local.runs import Run


def summary(runs: Sequence[Run], found: Figures, *, set_up: float, run: float) -> dict[str, Any]:
    """Return everything that the demo found out; ``passed`` is its verdict. Times in seconds."""
    return {
        "passed": bool(runs)
        and all(r.state == "success" for r in runs)
        and found.accounts.hold
        and _all_attached(found),
        "seconds": {"set_up": round(set_up, 1), "runs": round(run, 1)},
        "runs": [r.as_json() for r in runs],
        **asdict(found),
    }


def _all_attached(found: Figures) -> bool:
    return found.receipts["attached"] == found.receipts["in_intacct"] and not found.receipts["waiting"]


def render(runs: Sequence[Run], failures: Mapping[Run, list[str]], found: Figures) -> str:
    """Return the table as text."""
    parts = [
        _section("Runs", ["DAG", "day", "started by", "state", "seconds"], [_run_row(r) for r in runs]),
        _section(
            "Synced",
            ["what", "change", "result", "count"],
            [[r["subject"], r["action"], r["result"], r["count"]] for r in found.changes],
        ),
        _section(
            "Posted to Intacct",
            ["kind", "currency", "documents", "total"],
            [[r["kind"], r["currency"], r["documents"], r["total"]] for r in found.posted],
        ),
        _section(
            "Held and skipped",
            ["what", "how", "rule", "count"],
            [[r["subject"], r["action"], r["rule"], r["count"]] for r in found.holds],
        ),
        _section(
            "Quarantined",
            ["stream", "rule", "records"],
            [[r["stream"], r["rule"], r["count"]] for r in found.quarantined],
        ),
        _section(
            "Reconciled: reports processed in Certify",
            ["day", "processed", "posted", "waiting", "in progress", "skipped", "unaccounted"],
            [[day, *counts.values()] for day, counts in found.accounts.by_day.items()],
        ),
        _books(found.accounts),
        _receipts(found.receipts),
        *[f"FAILED: {run.dag_id} {run.day}: {', '.join(tasks) or 'no task'}" for run, tasks in failures.items()],
        *[
            f"In doubt after a lost answer, looked up in Intacct, now {d['state']}: {_count(d['documents'], 'document')}"
            for d in found.recovered
        ],
        f"{_count(found.answers_lost, 'answer')} lost, {len(found.accounts.posted_twice)} posted twice",
    ]
    return "\n" + "\n\n".join(part for part in parts if part) + "\n"


def _books(accounts: Accounts) -> str:
    wrong = {
        "missing in Intacct": accounts.missing,
        "unknown to the ledger": accounts.orphans,
        "with another amount": accounts.different,
    }
    told = "; ".join(f"{len(numbers)} {what}: {', '.join(numbers[:5])}" for what, numbers in wrong.items() if numbers)
    return f"Ledger and Intacct agree on {_count(accounts.agreeing, 'document')}; {told or 'none differs'}"


def _receipts(receipts: Mapping[str, int]) -> str:
    return (
        f"Receipts: {receipts['attached']} attached, {receipts['in_intacct']} files in Intacct; {receipts['left_out']} left out, "
        f"{receipts['waiting']} waiting"
    )


def _run_row(run: Run) -> list[Any]:
    return [run.dag_id, run.day, run.run_type, run.state, f"{run.seconds:.0f}"]


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def _section(title: str, head: list[str], rows: list[list[Any]]) -> str:
    if not rows:
        return f"{title}: none"
    cells = [[str(cell) for cell in row] for row in rows]
    widths = [max(len(row[i]) for row in [head, *cells]) for i in range(len(head))]
    numeric = [
        all(row[i].replace(".", "").replace(",", "").lstrip("-").isdigit() for row in cells) for i in range(len(head))
    ]
    lines = [
        "  " + "  ".join(c.rjust(w) if n else c.ljust(w) for c, w, n in zip(row, widths, numeric, strict=True)).rstrip()
        for row in [head, ["-" * w for w in widths], *cells]
    ]
    return "\n".join([title, *lines])
