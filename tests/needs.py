"""What some tests need and no package of the lock brings. They are skipped without it, and named in one line; CI then fails."""

from __future__ import annotations

import os
import shutil
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pytest

_PREFIX = "for want of "
_VENDOR_SCHEMA = os.environ.get("INTACCT_XSD", "")


def _needs(what: str, how: str, is_there: bool) -> pytest.MarkDecorator:
    return pytest.mark.skipif(not is_there, reason=f"{_PREFIX}{what} ({how})")


redis = _needs("redis-server", "on Debian, apt install redis-server", shutil.which("redis-server") is not None)
redis_tls = _needs(
    "a redis-server with TLS and openssl", "on Debian, apt install redis-server openssl",
    shutil.which("openssl") is not None and shutil.which("redis-server") is not None,
)  # fmt: skip
vendor_schema = _needs(
    "the vendor's request schema", "INTACCT_XSD=FILE, api.xsd of github.com/intacct/intacct_dtd", bool(_VENDOR_SCHEMA)
)
#: The folders of programs of PostgreSQL that Debian installs; that of the wheel has no TLS.
DEBIAN_POSTGRES = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
debian_postgres = _needs(
    "a PostgreSQL with TLS",
    "on Debian, apt install postgresql openssl",
    bool(DEBIAN_POSTGRES) and shutil.which("openssl") is not None,
)
#: Debian's Chromium, with which the pages are tried; Playwright brings no browser.
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or ""
chromium = _needs("chromium", "on Debian, apt install chromium", bool(CHROMIUM))
published_clients = _needs(
    "published Intacct clients",
    "PUBLISHED_CLIENTS=FOLDER, see tests/sandbox/clients",
    "PUBLISHED_CLIENTS" in os.environ,
)
root = pytest.mark.skipif(
    os.geteuid() != 0, reason="for root alone: who else runs PostgreSQL changes to no other account"
)


def summary(reasons: Iterable[str]) -> str:
    """Return one line about the skipped tests, from their reasons; empty when none was skipped."""
    counts = Counter(reason.removeprefix("Skipped: ") for reason in reasons)
    parts = [f"{count} {'test' if count == 1 else 'tests'} {reason}" for reason, count in sorted(counts.items())]
    return "skipped: " + "; ".join(parts) if parts else ""


def lacking(reasons: Iterable[str]) -> bool:
    """Say whether something was skipped that this machine could have had."""
    return any(reason.removeprefix("Skipped: ").startswith(_PREFIX) for reason in reasons)
