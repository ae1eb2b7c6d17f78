"""How custom fields are written and compared, whatever stands in them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from certify_intacct.documents import own_fields
from certify_intacct.model.documents import DocumentLine


def line(value: str) -> DocumentLine:
    return DocumentLine(expense_id="1", account="6220", amount=Decimal(1), custom_fields={"FIELD": value})


@given(st.text(min_size=1))
def test_a_value_is_sent_as_it_stands_and_found_again(value):
    sent = own_fields.codes_of(line(value))["FIELD"]
    assert sent == value or date.fromisoformat(value).strftime("%m/%d/") == sent[:6]
    assert own_fields.stated({"FIELD": sent}) == own_fields.stated_by(line(value))
    legacy = own_fields.legacy_codes_of(line(value))
    assert legacy == {"customfields": {"FIELD": sent}}


@given(st.dates(min_value=date(1000, 1, 1)))
def test_a_date_is_written_as_intacct_writes_dates(day):
    assert own_fields.codes_of(line(day.isoformat())) == {"FIELD": f"{day:%m/%d/}{day.year:04d}"}


@given(st.decimals(min_value=-9999, max_value=9999, places=3))
def test_a_number_is_the_same_however_many_zeros_end_it(number):
    assert own_fields.stated({"F": f"{number:f}"}) == own_fields.stated({"F": f"{number:f}0"})


def test_codes_that_differ_are_never_the_same():
    assert own_fields.stated({"F": "007"}) != own_fields.stated({"F": "7"})
    assert own_fields.stated({"F": "1.0.0"}) != own_fields.stated({"F": "1.0"})
