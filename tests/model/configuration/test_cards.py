"""``posting.company_paid.cards`` of connector.yaml."""

from __future__ import annotations

import pytest

from certify_intacct.model.configuration import load
from tests.model.configuration.shipped import SHIPPED, TEXT, line_of, refused

CARDS = """    cards:
      - payment_card: Corporate Visa
        card_id: CORP-VISA
"""
BILLED = "        vendor_id: V-1\n        statement_day: 12\n"


@pytest.mark.parametrize(
    ("target", "date", "card", "place", "said"),
    [
        (
            "card_vendor_bill",
            "charge_date",
            "",
            "- payment_card: Corporate Visa",
            "give `card_id`, its card account, or `vendor_id`",
        ),
        (
            "gl_journal",
            "charge_date",
            "        card_id: X\n        statement_day: 3\n",
            "- payment_card: Corporate Visa",
            "give `vendor_id`",
        ),
        ("credit_card_transaction", "charge_date", BILLED, "- payment_card: Corporate Visa", "needs its `card_id`"),
        (
            "credit_card_transaction",
            "statement_date",
            f"        card_id: X\n{BILLED}",
            "date: statement_date",
            "has no statement",
        ),
        (
            "card_vendor_bill",
            "charge_date",
            "        vendor_id: V-1\n        statement_day: 32\n",
            "statement_day: 32",
            "31",
        ),
        (
            "card_vendor_bill",
            "charge_date",
            "        vendor_id: V-1\n        statement_day: 0\n",
            "statement_day: 0",
            "1",
        ),
        ("card_vendor_bill", "charge_date", "        vendor_id: ' V-1'\n", "vendor_id: ' V-1'", "blank at its start"),
    ],
)
def test_a_card_and_its_target_fit_or_their_line_is_named(tmp_path, target, date, card, place, said):
    assert CARDS in TEXT
    text = TEXT.replace(CARDS, CARDS.replace("        card_id: CORP-VISA\n", card))
    text = text.replace("    target: credit_card_transaction", f"    target: {target}")
    text = text.replace("    date: charge_date", f"    date: {date}")
    text = text.replace("    journal:\n", "    journal: {symbol: EXP, offset_account: '1'}\n")
    message = refused(tmp_path, text)
    assert f"line {line_of(text, place)}, posting.company_paid." in message
    assert said in message


@pytest.mark.parametrize("target", ["card_vendor_bill", "hold", "none", "gl_journal"])
def test_a_card_that_a_vendor_bills_needs_no_card_account_where_none_is_posted_to(tmp_path, target):
    text = TEXT.replace(CARDS, CARDS.replace("        card_id: CORP-VISA\n", BILLED))
    text = text.replace("    target: credit_card_transaction", f"    target: {target}")
    text = text.replace("    journal:\n", "    journal: {symbol: EXP, offset_account: '1'}\n")
    path = tmp_path / "connector.yaml"
    path.write_text(text)
    (card, _) = load(path).posting.company_paid.cards
    assert (card.card_id, card.vendor_id, card.statement_day, card.account) == ("", "V-1", 12, "vendor V-1")


def test_a_card_that_says_nothing_new_is_written_down_as_it_always_was():
    """Else the first run of this version would tell of cards that were taken out and put in, and a second person be asked why."""
    (visa, _) = load(SHIPPED).model_dump(mode="json")["posting"]["company_paid"]["cards"]
    assert visa == {"payment_card": "Corporate Visa", "last": "", "card_id": "CORP-VISA"}
