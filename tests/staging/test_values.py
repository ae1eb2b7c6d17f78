"""Values of both services, read as their types."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certify_intacct.staging.values import Unreadable, read_value


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        ("text", "", ""),
        ("text", " 007 ", " 007 "),
        ("text", None, None),
        ("integer", "12.0", 12),
        ("integer", "", None),
        ("numeric", "412.10", Decimal("412.10")),
        ("numeric", Decimal("0.1"), Decimal("0.1")),
        ("numeric", Decimal("1E+2"), Decimal(100)),
        ("numeric", Decimal("1E-7"), Decimal("0.0000001")),
        ("numeric", "-.5", Decimal("-0.5")),
        ("numeric", "+5.", Decimal(5)),
        ("date", "02/29/2024", date(2024, 2, 29)),
        ("date", "2026-11-21", date(2026, 11, 21)),
        ("date", "2026-11-21T10:00:00", date(2026, 11, 21)),
        ("timestamp", "12/12/2025 19:29:55", datetime(2025, 12, 12, 19, 29, 55)),
        ("boolean", "true", True),
        ("boolean", 0, False),
        ("boolean", True, True),
    ],
)
def test_reads(kind, value, expected):
    assert read_value(kind, value) == expected


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("text", "a\x00b"),
        ("text", "a\ud800b"),
        ("text", {"nested": 1}),
        ("integer", "12.5"),
        ("integer", "9" * 30),
        ("numeric", "1,000.00"),
        ("numeric", "NaN"),
        ("numeric", "1e400"),
        ("numeric", "1_000"),
        ("numeric", "\uff11\uff10\uff10"),
        ("numeric", "\u0661\u0662"),
        ("numeric", "1.234,50"),
        ("numeric", "0x10"),
        ("numeric", "$5"),
        ("numeric", "(5.00)"),
        ("numeric", "5.00-"),
        ("numeric", "- 5"),
        ("numeric", "1 000"),
        ("numeric", "1e999999999999999999"),
        ("integer", "1_0"),
        ("date", "0000-00-00"),
        ("date", "\uff12\uff10\uff12\uff16-11-21"),
        ("date", "02/30/2024"),
        ("date", "21.11.2026"),
        ("timestamp", "yesterday"),
        ("boolean", "maybe"),
    ],
)
def test_refuses(kind, value):
    with pytest.raises(Unreadable):
        read_value(kind, value)


@given(st.sampled_from(["text", "integer", "numeric", "date", "timestamp", "boolean"]), st.text())
def test_any_text_is_read_or_refused_by_name(kind, text):
    try:
        value = read_value(kind, text)
    except Unreadable:
        return
    assert value is None or not isinstance(value, float)


@given(st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=-(10**12), max_value=10**12))
def test_amounts_keep_their_digits(amount):
    assert str(read_value("numeric", str(amount))) == str(amount)
