from __future__ import annotations

import pytest

from tests.transport.replay import ReplayServer


@pytest.fixture
def server():
    running = ReplayServer()
    yield running
    running.stop()
