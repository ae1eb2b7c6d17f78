"""Whatever text and whatever amount: it arrives as it was given, in JSON and in XML."""

from __future__ import annotations

import json
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from include.sandbox.certify.resources import RESOURCES
from include.sandbox.certify.wire import AnswerWriter
from include.sandbox.fault_answers import written
from include.sandbox.settings import Settings

TEXT = st.text(st.characters(codec="utf-8"), max_size=60)
AMOUNT = st.decimals(allow_nan=False, allow_infinity=False, places=4).map(lambda amount: format(amount, "f"))


@given(reason=TEXT, amount=AMOUNT)
def test_json_gives_text_and_digits_back(reason, amount):
    record = {"ID": "a", "Reason": reason, "Amount": amount}
    page = AnswerWriter(RESOURCES["expenses"], Settings(), False).page([record], 1, 1, 1)
    line = json.loads(page.body, parse_float=str, parse_int=str)["Expenses"][0]
    assert line["Reason"] == reason
    assert line["Amount"] == amount


@given(reason=TEXT, amount=AMOUNT)
def test_xml_is_well_formed_and_gives_amounts_back(reason, amount):
    record = {"ID": "a", "Reason": reason, "Amount": amount}
    page = AnswerWriter(RESOURCES["expenses"], Settings(), True).page([record], 1, 1, 1)
    line = etree.fromstring(bytes(page.body)).find(".//Expense")
    assert line.findtext("Amount") == amount
    kept = "".join(
        letter for letter in reason if letter in "\t\n\r" or (letter >= " " and letter not in "\ufffe\uffff")
    )
    assert line.findtext("Reason").replace("\r", "\n") == kept.replace("\r\n", "\n").replace("\r", "\n")


@given(st.text(st.characters(codec="utf-8"), max_size=30).filter(lambda text: not text.replace(".", "").isdigit()))
def test_an_amount_that_is_no_number_is_written_as_text(text):
    page = AnswerWriter(RESOURCES["expensereports"], Settings(), False).page(
        [{"ID": "a", "TotalAmount": text}], 1, 1, 1
    )
    total = json.loads(page.body, parse_float=Decimal)["ExpenseReports"][0]["TotalAmount"]
    assert total == text or str(total) == text


JSON = st.recursive(
    st.none() | st.booleans() | TEXT | st.integers() | st.decimals(allow_nan=False, allow_infinity=False, places=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)


@given(JSON)
def test_spoilt_answers_are_written_with_exact_numbers(value):
    assert json.loads(written(value), parse_float=Decimal) == value
