"""What the templates write between the items of a list."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from certify_intacct.pages import rendering

FOLDER = Path(rendering.__file__).parent / "templates"


@pytest.mark.parametrize("template", sorted(FOLDER.glob("*.html")), ids=lambda path: path.name)
def test_what_stands_between_two_items_is_no_expression(template):
    """What an expression gives is a value, whose blanks at both ends are taken off: `1.00 CAD,2.00 USD`."""
    assert re.findall(r"\{\{[^{}]*loop\.last[^{}]*\}\}", template.read_text(encoding="utf-8")) == []
