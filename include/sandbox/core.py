"""One running sandbox: its store, settings, counters and clock, shared by the routes of both services."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from include.sandbox import clock
from include.sandbox import settings as settings_module
from include.sandbox.calls import Calls
from include.sandbox.faults import Faults
from include.sandbox.settings import Settings
from include.sandbox.store import Store
from include.sandbox.under_way import UnderWay


class Sandbox:
    """What routes work with. `state` is a folder (the file in it is state.sqlite) or None for memory only."""

    def __init__(self, state: Path | None = None) -> None:
        self.store = Store(state / "state.sqlite" if state else ":memory:")
        self.settings: Settings = settings_module.load(self.store)
        self.calls = Calls(self.store)
        self.faults = Faults(self.store)
        self.under_way = UnderWay()

    def change_settings(self, changes: dict[str, Any]) -> Settings:
        """Change some settings. Raises UnknownSetting."""
        self.settings = settings_module.change(self.store, changes)
        return self.settings

    def reset_settings(self) -> Settings:
        """Back to the default settings."""
        self.settings = settings_module.reset(self.store)
        return self.settings

    def forget(self) -> None:
        """Forget all records, sessions, counters, sequences and the replay memory; settings stay."""
        with self.store.transaction():
            self.store.clear()
            for prefix in ("sequence/", "session/", "replay/", "calls/", "result/", "usage/"):
                self.store.delete_meta(prefix)

    def now(self) -> datetime:
        """The sandbox's time, in UTC."""
        return datetime.fromtimestamp(clock.time() + self.settings.clock_shift_seconds, UTC)
