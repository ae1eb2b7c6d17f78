"""Inter-entity transactions: between which entities there may be any, and the lines that Intacct writes for them itself.

Intacct XML gateway reference, Company > Inter-entity transaction configuration: a payable and a receivable account for each entity
(BASIC), or for each side of a pair (ADVANCED). Where an entity's lines do not balance, it owes the difference to the entity whose
transaction it is. Whether the transaction itself shows these lines is a setting (`inter_entity_lines`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal

from include.sandbox.intacct.company import SIDE, Company
from include.sandbox.intacct.records import Record
from include.sandbox.intacct.values import money

_OF_THE_CURRENCY = ("CURRENCY", "BASECURR", "EXCHANGE_RATE", "EXCH_RATE_DATE", "EXCH_RATE_TYPE_ID")


def related(company: Company, first: str, second: str) -> bool:
    """Whether two entities have inter-entity accounts.

    By INTERENTITYSETUP where the company has one, else by HAS_IE_RELATION of both.
    """
    if company.store.get(SIDE, "INTERENTITYSETUP", 1) is None:
        return all(company.entities.get(one).get("HAS_IE_RELATION") == "true" for one in (first, second))
    return all(_accounts(company, one, other) for one, other in ((first, second), (second, first)))


def lines(company: Company, source: str, rests: Mapping[str, Decimal], like: Record) -> Iterator[Record]:
    """The lines by which each entity balances: it owes its rest to the source entity, which it is owed there.

    :param rests: by entity what its debits exceed its credits by, in base currency
    :param like: a line of the transaction, for its currency
    """
    currency = {name: like[name] for name in _OF_THE_CURRENCY if name in like}
    for entity, rest in sorted(rests.items()):
        own, theirs = _accounts(company, entity, source), _accounts(company, source, entity)
        if entity == source or not rest or own is None or theirs is None:
            continue
        for place, account, side in (
            (entity, own["IEPAYABLEACCTNO" if rest > 0 else "IERECEIVABLEACCTNO"], "-1" if rest > 0 else "1"),
            (source, theirs["IERECEIVABLEACCTNO" if rest > 0 else "IEPAYABLEACCTNO"], "1" if rest > 0 else "-1"),
        ):
            found = company.find("GLACCOUNT", account) or {}
            amount = money(abs(rest), company.settings)
            yield currency | {
                "ACCOUNTNO": account,
                "ACCOUNTKEY": found.get("RECORDNO", ""),
                "ACCOUNTTITLE": found.get("TITLE", ""),
                "LOCATION": place,
                "TR_TYPE": side,
                "AMOUNT": amount,
                "TRX_AMOUNT": amount,
                "DESCRIPTION": f"Inter-entity {entity} {source}",
            }


def _accounts(company: Company, source: str, target: str) -> Record | None:
    """What has the accounts of an entity towards another one, both of them."""
    advanced = (company.store.get(SIDE, "INTERENTITYSETUP", 1) or {}).get("IEMAPPLAN") == "ADVANCED"
    name, field = ("ENTITYACCTOVERRIDE", "SOURCEENTITYID") if advanced else ("ENTITYACCTDEFAULT", "ENTITYID")
    return next(
        (
            record
            for record in company.store.find(SIDE, name, field, source)
            if record.get("IEPAYABLEACCTNO")
            and record.get("IERECEIVABLEACCTNO")
            and (not advanced or record.get("TARGETENTITYID") == target)
        ),
        None,
    )
