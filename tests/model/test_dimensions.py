"""The table of dimensions: what each row says is so at Intacct, as the sandbox's catalogue and the models of lines know it."""

from __future__ import annotations

import pytest

from certify_intacct.intacct.content_models import ADJUSTED_EXPENSE_LINE, ADJUSTMENT_LINE, CARD_LINE, EXPENSE_LINE
from certify_intacct.model.dimensions import BY_NAME, DIMENSIONS, PLACES, CertifyPlace, legacy_field
from include.sandbox.intacct.catalog import load_catalog as catalog

each = pytest.mark.parametrize("row", DIMENSIONS, ids=lambda row: row.name)


@each
def test_intacct_has_the_object_and_its_fields(row):
    fields = catalog()[row.object].fields
    parents = [BY_NAME[row.parent].code] if row.parent else []
    for field in (row.code, row.title, *filter(None, [row.status]), *parents, *row.more.values()):
        assert field in fields, field
    assert (row.status != "") == ("STATUS" in fields), "a status that exists is read"


@each
def test_a_line_takes_it_in_both_spellings(row):
    for name in ("APADJUSTMENTITEM", "APBILLITEM", "CCTRANSACTIONENTRY", "EEXPENSESITEM", "EXPENSEADJUSTMENTSITEM"):
        assert row.line in catalog()[name].fields
    assert row.legacy in CARD_LINE.fields
    assert row.legacy in EXPENSE_LINE.fields
    assert row.legacy in ADJUSTMENT_LINE.fields
    assert row.legacy in ADJUSTED_EXPENSE_LINE.fields
    assert legacy_field(row.line) == row.legacy


def test_accounts_can_demand_all_but_cost_types():
    assert [row.name for row in DIMENSIONS if not row.requires] == ["cost_type"]


@pytest.mark.parametrize("row", [row for row in DIMENSIONS if row.requires], ids=lambda row: row.name)
def test_accounts_can_demand_it(row):
    assert row.requires in catalog()["GLACCOUNT"].fields


@each
def test_it_stands_where_it_may(row):
    assert not row.default_place or CertifyPlace.parse(row.default_place).kind in row.places
    assert not row.parent or row.parent in BY_NAME
    assert not row.within_parent or row.within[-1].name == row.parent


def test_no_two_rows_are_the_same():
    for field in ("name", "plural", "object", "line", "legacy", "requires", "stream", "certify_stream"):
        values = [getattr(row, field) for row in DIMENSIONS]
        assert len({*values}) == len(values), field


def test_what_belongs_to_something_comes_with_it():
    assert [above.name for above in BY_NAME["task"].within] == ["project"]
    assert BY_NAME["project"].within == ()


@pytest.mark.parametrize("place", PLACES, ids=str)
def test_a_place_is_read_as_it_is_written(place):
    assert CertifyPlace.parse(str(place)) == place
    assert place.label
    assert place.menu.startswith("Configuration > ")


@pytest.mark.parametrize("text", ["", "gld/1", "employee_gld", "employee_gld/0", "report_gld/6", "department/1"])
def test_what_is_no_place_is_told(text):
    with pytest.raises(ValueError, match="no place in Certify"):
        CertifyPlace.parse(text)
