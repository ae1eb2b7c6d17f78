"""What clerks do while the connector is not looking: acts by name, each documented where it is defined."""

from include.sandbox.clerks import expense_reports, ledger, people
from include.sandbox.clerks.registry import ACTS, CannotAct
from include.sandbox.clerks.registry import perform as act

__all__ = ["ACTS", "CannotAct", "act", "expense_reports", "ledger", "people"]
