"""How currencies are called and how many decimals their amounts have, by ISO 4217; two where the table says nothing else."""

from __future__ import annotations

import re
from decimal import Decimal

#: How a currency is called.
CODE = r"^[A-Z]{3}$"

# Intacct rounds a third decimal away (developer.intacct.com, multi-currency).
_INTACCT_KEEPS = 2
_DECIMALS = {
    **dict.fromkeys(
        ("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF"), 0
    ),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
    **dict.fromkeys(("CLF", "UYW"), 4),
}  # fmt: skip


def is_code(text: str) -> bool:
    """Whether a currency can be called so: three capital letters. By anything else no limit, rate or number of decimals is found."""
    return re.fullmatch(CODE, text) is not None


def decimals(currency: str) -> int:
    """The decimals that amounts of a currency have."""
    return _DECIMALS.get(currency, 2)


def amount_text(amount: Decimal, currency: str | None, separator: str = "") -> str:
    """An amount with as many decimals as its currency has (``1200`` of JPY, ``1.250`` of KWD), and more where it has them.

    :param separator: of thousands
    """
    exact = amount.quantize(Decimal(1).scaleb(-decimals(currency or "")))
    return f"{exact if exact == amount else amount.normalize():{separator}f}"


def money(amount: Decimal | None, currency: str | None) -> str:
    """An amount as a person reads it, with its currency."""
    shown = "unknown" if amount is None else amount_text(amount, currency, ",")
    return f"{shown} {currency or ''}".strip()


def posted_unit(currency: str) -> Decimal:
    """The smallest amount of a currency that can be posted: its own smallest one, and no less than what Intacct keeps."""
    return Decimal(1).scaleb(-min(decimals(currency), _INTACCT_KEEPS))
