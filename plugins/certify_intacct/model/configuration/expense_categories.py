"""Section ``expense_categories`` of connector.yaml: whether expense categories of Certify are kept from Intacct, and from what."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field, model_validator

from certify_intacct.model.configuration.kept_lists import Condition
from certify_intacct.model.configuration.section import Section

#: By what categories are kept from: the object of Intacct.
OBJECTS: Mapping[str, str] = {"accounts": "GLACCOUNT", "expense_types": "EEACCOUNTLABEL"}


class ExpenseCategories(Section):
    """Which categories Certify shall have.

    :param source: ``accounts``: one for each GL account, by its number as the GL code. ``expense_types``: one for each expense type,
        by its name, with its account as the GL code. ``none``: people keep them
    :param filter: which of them, by fields of the object
    :param type_id: what new ones are (Certify's ExpenseTypeID; 1: Cash Expense)
    """

    source: Literal["none", "accounts", "expense_types"] = "none"
    filter: Mapping[str, Condition] = {}
    type_id: Annotated[int, Field(ge=1, le=9)] = 1

    @property
    def told(self) -> tuple[str, ...]:
        """The fields that the filter names, in the object's own spelling."""
        return tuple(sorted(self.filter)) if self.source != "none" else ()

    @model_validator(mode="after")
    def _says_which(self) -> ExpenseCategories:
        if self.source == "accounts" and not self.filter:
            raise ValueError(
                'not every account is an expense: say which ones, for example filter: {ACCOUNTNO: {begins: "6"}}'
            )
        if unknown := [name for name in self.filter if not (name == name.upper() and name.replace("_", "").isalnum())]:
            raise ValueError(f"filter: {unknown[0]} is no field; fields are named in capitals, such as ACCOUNTNO")
        return self
