"""Where a task spends its time: functions of Python, statements as the task waits for them, and PostgreSQL's functions and scans."""

from __future__ import annotations

import cProfile
import io
import pstats
import re
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

#: Settings of the server under which it counts the calls of its functions, triggers among them.
POSTGRES = {"track_functions": "all"}
_SHOWN = 25
_FUNCTIONS = "SELECT funcname::text, calls, self_time FROM pg_stat_user_functions"
_SCANS = """
SELECT schemaname || '.' || relname, seq_scan, seq_tup_read + coalesce(idx_tup_fetch, 0) FROM pg_stat_user_tables
"""


@contextmanager
def profiled(folder: Path, task: str) -> Iterator[None]:
    """Within it everything of this process counts; then `<task>.txt` is written, and `<task>.prof` for other tools."""
    statements: defaultdict[str, list[float]] = defaultdict(list)
    _time_statements(statements)
    profile = cProfile.Profile()
    profile.enable()
    try:
        yield
    finally:
        profile.disable()
        profile.dump_stats(folder / f"{task}.prof")
        text = io.StringIO()
        for order in ("tottime", "cumulative"):
            pstats.Stats(profile, stream=text).sort_stats(order).print_stats(_SHOWN)
        waits = sorted(statements.items(), key=lambda item: -sum(item[1]))[:_SHOWN]
        lines = [f"{sum(found):9.3f} s {len(found):7} times  {statement}" for statement, found in waits]
        (folder / f"{task}.txt").write_text(text.getvalue() + "\n".join(["SQL, as the task waits for it", *lines, ""]))


def _time_statements(statements: defaultdict[str, list[float]]) -> None:
    def timed(original: Callable[..., Any]) -> Callable[..., Any]:
        def execute(self: Any, query: Any, *given: Any, **named: Any) -> Any:
            began = time.perf_counter()
            try:
                return original(self, query, *given, **named)
            finally:
                statements[_short(query)].append(time.perf_counter() - began)

        return execute

    for name in ("execute", "executemany"):
        setattr(psycopg.Cursor, name, timed(getattr(psycopg.Cursor, name)))
    ended = psycopg.Transaction.__exit__

    def end(self: Any, *given: Any) -> Any:
        began = time.perf_counter()
        try:
            return ended(self, *given)
        finally:
            statements["(end of a transaction)"].append(time.perf_counter() - began)

    psycopg.Transaction.__exit__ = end  # type: ignore[method-assign]


def _short(query: Any) -> str:
    text = query.decode() if isinstance(query, bytes) else query
    text = text if isinstance(text, str) else text.as_string(None)
    return re.sub(r"\s+", " ", text).strip()[:160]


class ServerCounts:
    """What PostgreSQL counts by function and by table, between two moments."""

    def __init__(self, url: str) -> None:
        """:param url: the connector's database, as the administrator"""
        self._url = url
        self._before = self._now()

    def write(self, path: Path) -> None:
        """Adds to the task's file what was counted since."""
        time.sleep(1)  # a session that ends tells its counts a moment later
        lines = []
        for title, before, after in zip(("calls, ms", "scans, rows read"), self._before, self._now(), strict=True):
            since = {
                name: [b - a for a, b in zip(before.get(name, (0, 0)), now, strict=True)] for name, now in after.items()
            }
            most = sorted(since.items(), key=lambda item: -item[1][1])[:_SHOWN]
            lines += [f"PostgreSQL: {title}", *(f"{a:12.0f} {b:14.0f}  {name}" for name, (a, b) in most if a or b)]
        with path.open("a", encoding="utf-8") as file:
            file.write("\n".join([*lines, ""]))

    def _now(self) -> list[dict[str, tuple[float, float]]]:
        with psycopg.connect(self._url) as connection:
            return [
                {
                    name: (float(calls or 0), float(much or 0))
                    for name, calls, much in connection.execute(sql).fetchall()
                }
                for sql in (_FUNCTIONS, _SCANS)
            ]
