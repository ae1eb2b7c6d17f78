"""What expense categories of Certify are kept from, where a company asks for it: streams that expenses read too."""

from __future__ import annotations

from dataclasses import replace

from certify_intacct.model.configuration.expense_categories import ExpenseCategories
from certify_intacct.staging.streams.dimensions import told
from certify_intacct.staging.streams.reference import CERTIFY_CATEGORIES, INTACCT_EXPENSE_TYPES, INTACCT_GL_ACCOUNTS
from certify_intacct.staging.streams.stream import Column, Stream

#: By ``expense_categories.source``.
KEPT_FROM = {"accounts": INTACCT_GL_ACCOUNTS.name, "expense_types": INTACCT_EXPENSE_TYPES.name}
IN_CERTIFY = CERTIFY_CATEGORIES.name


def with_filter(stream: Stream, settings: ExpenseCategories) -> Stream:
    """The stream with the fields that the filter names, where categories are kept from it."""
    if KEPT_FROM.get(settings.source) != stream.name:
        return stream
    return replace(stream, columns=(*stream.columns, *(Column(told(name), name) for name in settings.told)))
