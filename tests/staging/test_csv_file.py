"""A file of CSV: no text in it is a formula, whatever separator the country of whoever opens it has."""

from __future__ import annotations

import csv
import io
import unicodedata
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certify_intacct.staging.csv_file import Money, as_csv

FORMULA = tuple("=+-@\uff1d\uff0b\uff0d\uff20")
NASTY = st.text(st.sampled_from("=+-@\uff1d\uff0b\uff0d\uff20;,\t\r\n\"' ab1|"), max_size=12)


@given(st.lists(st.tuples(NASTY, NASTY), min_size=1, max_size=4), st.sampled_from(",;\t"))
def test_no_cell_begins_as_a_formula_whatever_separates_them(rows, separator):
    cells = [
        cell
        for row in csv.reader(io.StringIO(as_csv(["a", "b"], rows), newline=""), delimiter=separator)
        for cell in row
    ]
    assert [cell for cell in cells if cell.strip(" \t\r\n").startswith(FORMULA)] == []


@given(st.text(st.sampled_from("=a\t\r\n\x00\x07\x08\x1b\x7f\x85\x9b]52;[31m"), max_size=12))
def test_a_file_that_is_printed_commands_no_terminal(text):
    written = as_csv(["a"], [[text]])
    printed = written.replace("\r\n", "\n")
    assert [sign for sign in printed if unicodedata.category(sign) == "Cc" and sign not in "\t\n"] == []


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("a\r\nb", "a\nb"),
        ("a\rb", "a b"),
        ("a\r", "a "),
        ("\r=1", "' =1"),
        ("a\r\r\n=1", "a \n'=1"),
        ("a\n\r=1", "a\n' =1"),
    ],
)
def test_no_row_writes_over_itself_where_it_is_printed(text, cell):
    """Behind a carriage return a terminal writes where the line began: one row would show another's amount."""
    assert [*csv.reader(io.StringIO(as_csv(["a"], [[text]]), newline=""))][1] == [cell]


@pytest.mark.parametrize(
    "text", ["Trip 1; Client visit", "O'Hara", "a-b", "5 = 5", "half\nanother", "", "Ünïon; Ölüdeniz"]
)
def test_other_texts_stay_as_they_are(text):
    assert [*csv.reader(io.StringIO(as_csv(["a"], [[text, 1]]), newline=""))][1] == [text, "1"]


def test_amounts_and_dates_are_no_texts():
    written = as_csv(["a", "b", "c"], [[Decimal("-5.1"), date(2026, 3, 7), None]])
    assert written.splitlines()[1] == "-5.10,2026-03-07,"


def test_an_amount_has_the_decimals_of_its_currency_and_no_separator_of_thousands():
    cells = [Money(Decimal(text), currency) for text, currency in (("-1200.00", "JPY"), ("12500.5", "KWD"), ("7", ""))]
    assert as_csv("abcd", [[*cells, Money(None, "JPY")]]).splitlines()[1] == "-1200,12500.500,7.00,"
