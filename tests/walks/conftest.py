"""The small company whose expenses are posted."""

from tests.expense_company import company

__all__ = ["company"]
