"""The schema that requests are held against: the vendor's where INTACCT_XSD names it, otherwise the sandbox's own part of it."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

from lxml import etree

from include.sandbox import intacct

SANDBOX_SCHEMA = Path(intacct.__path__[0]) / "requests.xsd"


@cache
def schema() -> etree.XMLSchema:
    """Return the compiled schema."""
    return etree.XMLSchema(etree.parse(os.environ.get("INTACCT_XSD") or str(SANDBOX_SCHEMA)))
