"""A sandbox of the comparison's own, and what it answers as it is shipped."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from include.recording import beside
from include.recording.beside import Beside
from include.recording.exchanges import ALL, EXCHANGES
from include.recording.files import Recording


@pytest.fixture(scope="session")
def company() -> Iterator[Beside]:
    """The sandbox with its small company."""
    with beside.running(ALL) as running:
        yield running


@pytest.fixture(scope="session")
def shipped(company: Beside) -> Recording:
    """All exchanges with the sandbox as it is shipped."""
    return company.play({}, [exchange.place for exchange in EXCHANGES])
