"""AP adjustments: what lowers the debt to an employee whose part of a report is below zero (docs/posting-rules.md, rule 16).

Intacct XML gateway reference, Accounts Payable > AP adjustments: the lines are all positive or all negative, and no attachment has a
place. Which sign lowers a debt is the company's (`include.chaos.varieties`); here it is below zero.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from include.chaos.kinds.ap_bill import ApBill
from include.chaos.kinds.base import Member
from include.chaos.lists import Lists
from include.chaos.postings import Record


class ApAdjustment(ApBill):
    """For the vendor, and of the day, of which the bill would be."""

    target = "ap_adjustment"
    lowers = ApBill.target
    first = "first_credit"
    settings: ClassVar[Mapping[str, Any]] = {"employee_paid": "adjustment"}
    sign, shows = "adjustment_sign", "adjustment_amounts"
    object = "APADJUSTMENT"
    lines = "APADJUSTMENTITEMS"
    letter = "A"
    tag = "adjustmentno"
    function = "create_apadjustment"

    def hold(self, report: Record, members: Sequence[Member], lists: Lists, day: str) -> str:
        """As of the bill, and never lines of both signs."""
        both = any(amount > 0 for _, amount in members)
        return "lines of both signs" if both else super().hold(report, members, lists, day)
