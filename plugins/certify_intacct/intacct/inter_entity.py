"""Between which entities a company has inter-entity accounts, as far as Intacct shows it; what it does not show is never guessed.

Intacct XML gateway reference, Company > Inter-entity transaction configuration
(developer.intacct.com/api/company-console/iet-configuration): INTERENTITYSETUP has one record, number 1; its IEMAPPLAN says whether
the accounts stand in ENTITYACCTDEFAULT, for each entity, or in ENTITYACCTOVERRIDE, for each side of a pair.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from certify_intacct.intacct.functions import read as read_records
from certify_intacct.model.errors import BadInput, FunctionFailed, IncompleteAnswer, PermissionDenied, RequestRefused
from certify_intacct.model.inter_entity import InterEntity

if TYPE_CHECKING:
    from certify_intacct.intacct.hook import SageIntacctHook

log = logging.getLogger(__name__)

OBJECT = "INTERENTITYSETUP"
#: By the word of IEMAPPLAN: where the accounts stand, and the fields of the entity, and of the one towards which, empty for all.
_PLANS = {
    "BASIC": ("ENTITYACCTDEFAULTS", "ENTITYID", ""),
    "ADVANCED": ("ENTITYACCTOVERRIDES", "SOURCEENTITYID", "TARGETENTITYID"),
}
# Nothing follows from them but that nothing is known. A service that cannot be reached is another matter.
_NOT_KNOWN = (PermissionDenied, FunctionFailed, RequestRefused, IncompleteAnswer, BadInput)
_ACCOUNTS = ("IEPAYABLEACCTNO", "IERECEIVABLEACCTNO")


def read(hook: SageIntacctHook) -> list[dict[str, Any]]:
    """The sides that have both accounts, in the form of records of Intacct (``streams.reference.INTACCT_INTER_ENTITY``).

    None where Intacct refuses to show them, or shows something else than its page says.

    :raises ConnectorError: Intacct could not be asked (network, sign-in)
    """
    try:
        (result,) = hook.send([read_records(OBJECT, ["1"])])
        result.raise_for_failure(where=OBJECT)
        return [side for record in result.records for side in sides(record)]
    except _NOT_KNOWN as error:
        log.info("Nothing is known of inter-entity accounts: %s", error)
        return []


def shown(records: Iterable[Mapping[str, str]]) -> InterEntity:
    """The same as the rules ask for it."""
    return InterEntity.of((one["SOURCE"], one["TARGET"], one["PAYABLE"], one["RECEIVABLE"]) for one in records)


def sides(record: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The sides that have both accounts.

    :raises BadInput: the record is of another form
    """
    word = str(record.get("IEMAPPLAN") or "")
    if word not in _PLANS:
        raise BadInput(f"{OBJECT}: IEMAPPLAN is {word!r}, which is neither {' nor '.join(_PLANS)}.")
    name, source, target = _PLANS[word]
    for row in _rows(record.get(name)):
        side = [str(row.get(field) or "") for field in (source, target) if field]
        payable, receivable = (str(row.get(field) or "") for field in _ACCOUNTS)
        if not all(side):
            raise BadInput(f"{OBJECT}: a row of {name} names no {source}, or no {target or source}.")
        if payable and receivable:
            yield {
                "KEY": " > ".join(side),
                "SOURCE": side[0],
                "TARGET": side[1] if target else "",
                "PAYABLE": payable,
                "RECEIVABLE": receivable,
            }


def _rows(listed: Any) -> list[Mapping[str, Any]]:
    """The rows of a list that a record owns, under whatever name each has; one alone comes without a list around it."""
    if not listed:
        return []
    if not isinstance(listed, Mapping):
        raise BadInput(f"{OBJECT}: what it owns is no list of records.")
    rows = [
        row
        for name, value in listed.items()
        if name[:1] != "@"
        for row in (value if isinstance(value, list) else [value])
    ]
    if not all(isinstance(row, Mapping) for row in rows):
        raise BadInput(f"{OBJECT}: what it owns is no list of records.")
    return rows
