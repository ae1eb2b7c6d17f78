"""What actors do while the connector is not looking: acts by name, each documented where it is defined."""

from include.sandbox.actors import expense_reports, invoice_reports, ledger, people
from include.sandbox.actors.registry import ACTS, CannotAct
from include.sandbox.actors.registry import perform as act

__all__ = ["ACTS", "CannotAct", "act", "expense_reports", "invoice_reports", "ledger", "people"]
