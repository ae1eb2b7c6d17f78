"""Which card of Certify is which card account, or whose vendor bills it, by ``posting.company_paid.cards``."""

from __future__ import annotations

from certify_intacct.model.configuration.paid import Card, CompanyPaid
from certify_intacct.model.references import CardAccount, References
from certify_intacct.model.report_plans import Hold
from certify_intacct.model.reports import ExpenseLine
from certify_intacct.model.rules import Rule
from certify_intacct.rules.likeness import outline
from certify_intacct.rules.near_misses import is_blank, looks_like
from certify_intacct.rules.texts import in_yaml

#: What a row of ``posting.company_paid.cards`` leads to, by the key that names it: for a person, and as a hold prints it.
_LEADS_TO = {
    "card_id": ("Intacct card account", "CARDID", "CARDID of its account"),
    "vendor_id": ("vendor that bills it", "VENDORID", "VENDORID of the card company"),
}


def card_row(line: ExpenseLine, company_paid: CompanyPaid) -> Card | Hold:
    """The row of ``posting.company_paid.cards`` for the card on which a company-paid line was charged."""
    if is_blank(line.card_name):
        return Hold.on_line(
            line,
            Rule.CARD_MISSING,
            "The company paid it, but no card is named.",
            "Attach the card charge to the line in Certify.",
        )
    by_key = {(card.payment_card, card.last): card for card in company_paid.cards}
    found = by_key.get((line.card_name, line.card_last)) or by_key.get((line.card_name, ""))
    # Its own row, spelled in another way, is not passed over for the row of all cards of the name.
    like = next((key for key in by_key if key[1] and _looks_like_card(line, key)), None)
    if found is None or like:
        what, code, named = _LEADS_TO[company_paid.card_key]
        row = f"- {_row(line.card_name, line.card_last)}, {company_paid.card_key}: {code}}}"
        cure = f"Add `{row}` to posting.company_paid.cards in connector.yaml, with the {named} in Intacct."
        names = [card.payment_card for card in company_paid.cards]
        reason = f"The card {line.card_name!r} {line.card_last!r} has no {what}."
        hint = f" It looks like {like[0]!r} {like[1]!r}." if like else looks_like(line.card_name, names)
        return Hold.on_line(line, Rule.CARD_UNMAPPED, f"{reason}{hint}", cure)
    return found


def card_with_vendor(line: ExpenseLine, company_paid: CompanyPaid) -> Card | Hold:
    """The same row, with the vendor that bills the card."""
    found = card_row(line, company_paid)
    if isinstance(found, Hold) or found.vendor_id:
        return found
    row = f"- {_row(found.payment_card, found.last)}, card_id: {in_yaml(found.card_id)}, vendor_id: VENDORID}}"
    return Hold.on_line(
        line,
        Rule.CARD_VENDOR_MISSING,
        f"Nothing says which vendor bills the card {line.card_name!r} {line.card_last!r}.",
        f"Write `{row}` in the place of its row in posting.company_paid.cards in connector.yaml, with the VENDORID of the card "
        "company in Intacct.",
    )


def _row(payment_card: str, last: str) -> str:
    """How a row of ``posting.company_paid.cards`` begins."""
    return f"{{payment_card: {in_yaml(payment_card)}, last: {in_yaml(last)}"


def card_of(line: ExpenseLine, company_paid: CompanyPaid, references: References) -> CardAccount | Hold:
    """The Intacct card account on which a company-paid line was charged."""
    found = card_row(line, company_paid)
    if isinstance(found, Hold):
        return found
    card_id = found.card_id
    card = references.cards.get(card_id)
    if card is None or not card.active:
        state = "is inactive" if card else "does not exist"
        row = f"- {_row(found.payment_card, found.last)}, card_id: CARDID}}"
        write = "Activate it in Intacct, or write" if card else "Write"
        cure = f"{write} `{row}` in the place of its row in posting.company_paid.cards in connector.yaml, with the CARDID in Intacct."
        return Hold.on_line(
            line,
            Rule.CARD_UNKNOWN,
            f"The card account {card_id!r} {state} in Intacct.{looks_like(card_id, references.cards) if card is None else ''}",
            cure,
        )
    return card


def _looks_like_card(line: ExpenseLine, key: tuple[str, str]) -> bool:
    """Whether a mapped card is not the line's, and nobody could see the difference."""
    stated = (line.card_name, line.card_last)
    return stated != key and all(outline(ours) == outline(theirs) for ours, theirs in zip(stated, key, strict=True))
