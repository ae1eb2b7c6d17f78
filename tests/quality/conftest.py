"""The company whose data are judged, and a browser of the pages that show it."""

from __future__ import annotations

from tests.expense_company import company  # noqa: F401 - a fixture
from tests.pages.conftest import browser, patient  # noqa: F401 - fixtures
