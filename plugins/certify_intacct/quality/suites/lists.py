"""Suites of the lists that are looked up by a code: of the dimensions one for each row of their table, and of the plain ones."""

from __future__ import annotations

from certify_intacct.model.configuration.dimensions import Used
from certify_intacct.model.dimensions import CertifyPlace, Dimension
from certify_intacct.model.verdicts import Severity
from certify_intacct.quality.suite import Suite
from certify_intacct.quality.suites.common import false, once, readable


def looked_up(stream: str, what: str, where: str, *, fewest: int = 0) -> Suite:
    """A list that a plan looks codes up in: a row that fails is as good as absent.

    :param what: what a row is called
    :param where: where in Intacct it is kept
    """
    return Suite(
        stream=stream,
        minimum_rows=fewest,
        rules=(
            readable(),
            false("code_present", "code_missing", f"The {what} has no ID.", f"Give it one ({where}).", Severity.INFO),
            once(
                "code_unique",
                "code_count",
                f"Two of this {what} came with the same ID, so it is unclear which one is meant.",
                f"Keep one of them ({where}).",
            ),
        ),
    )


def values(row: Dimension) -> Suite:
    """The values of a dimension as expenses look them up. Only their codes count: one without a name may be posted to."""
    return looked_up(row.stream, row.noun, f"Intacct, {row.menu}", fewest=row.fewest)


def kept_values(row: Dimension) -> Suite:
    """The values of a dimension whose list in Certify is kept: code and name are taken from them."""
    return Suite(
        stream=row.stream,
        minimum_rows=row.fewest,
        rules=(
            readable(),
            false(
                "code_present",
                "code_missing",
                f"The {row.name} has no ID.",
                f"Give it an ID in Intacct ({row.menu}): Certify's Code is taken from it.",
            ),
            false(
                "name_present",
                "name_missing",
                f"The {row.name} has no name.",
                f"Fill in its name in Intacct ({row.menu}).",
            ),
            once(
                "code_unique",
                "code_count",
                f"Two {row.plural} of Intacct came with the same ID.",
                "Run again; if it stays, ask Sage support how one ID can stand twice.",
            ),
        ),
    )


def list_in_certify(used: Used) -> Suite:
    """The list of a dimension in Certify: its codes are IDs of Intacct."""
    row, rows = used.dimension, used.settings.place.rows
    return _in_certify(
        row.certify_stream,
        rows,
        f"A row of {rows} has no code, so it matches no {row.name} of Intacct and is left alone.",
        f"Give it the ID of the {row.name} in Intacct as its code, if it should be kept in step.",
    )


def gld_by_hand(place: CertifyPlace) -> Suite:
    """An Employee GLD that users are given by its codes, whatever these mean."""
    return _in_certify(
        place.stream,
        place.rows,
        f"A row of {place.rows} has no code, so nobody is given it.",
        "Give it a code, if people should be given it.",
    )


def _in_certify(stream: str, rows: str, codeless: str, cure: str) -> Suite:
    return Suite(
        stream=stream,
        rules=(
            readable(),
            false("code_present", "code_missing", codeless, cure, Severity.INFO),
            once(
                "code_unique",
                "active_code_count",
                f"Two active rows of {rows} have the same code, so it is unclear which one is meant.",
                "Deactivate one of them in Certify, or give it another code.",
            ),
        ),
    )


LOCATIONS = Suite(stream="intacct_locations", rules=(readable(),))
# Category names may stand twice, with different GL codes or department filters.
CATEGORIES = Suite(stream="certify_categories", rules=(readable(),))

_ACCOUNTS = looked_up("intacct_gl_accounts", "GL account", "Intacct, General Ledger > Accounts")
LOOKED_UP = (
    CATEGORIES,
    looked_up("intacct_vendors", "vendor", "Intacct, Accounts Payable > Vendors"),
    _ACCOUNTS,
    looked_up("intacct_ap_account_labels", "AP account label", "Intacct, Accounts Payable > Setup"),
    looked_up("intacct_cards", "card account", "Intacct, Cash Management > Credit cards"),
    looked_up("intacct_terms", "term", "Intacct, Accounts Payable > Terms"),
    looked_up("intacct_tax_details", "tax detail", "Intacct, Taxes > Tax details"),
    looked_up("intacct_closed_books", "state of the books", "Intacct, General Ledger > Books > Close"),
    looked_up(
        "intacct_inter_entity", "inter-entity account", "Intacct, Company > Setup > Inter-entity account mapping"
    ),
)
#: Where a company uses a dimension that may fill in another.
FILLED = looked_up(
    "intacct_filled_dimensions", "dimension that fills in another", "Intacct, Platform Services > Objects"
)
#: Those that are read for one kind of document alone, by the name of the stream.
OF_KINDS = {
    suite.stream: suite
    for suite in (
        looked_up("intacct_payee_employees", "employee", "Intacct, Company > Employees"),
        looked_up("intacct_journals", "journal", "Intacct, General Ledger > Setup > Journals"),
        looked_up("intacct_expense_types", "expense type", "Intacct, Expenses > Setup > Expense types"),
        looked_up("intacct_expense_payment_types", "payment type", "Intacct, Expenses > Setup > Payment types"),
    )
}
#: By ``expense_categories.source``: what expense categories are kept from, and the categories.
OF_CATEGORIES = {
    "accounts": (_ACCOUNTS, CATEGORIES),
    "expense_types": (OF_KINDS["intacct_expense_types"], CATEGORIES),
}
