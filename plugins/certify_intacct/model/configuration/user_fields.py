"""``fields`` of a source of people: what else of a Certify user comes from Intacct, from which field, and in which words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import AfterValidator, Field, model_validator

from certify_intacct.model.configuration.section import CertifyName, Section
from certify_intacct.model.dimensions import GLD_NUMBERS, CertifyPlace, PlaceKind

_FIELD = re.compile(r"[A-Za-z][A-Za-z0-9_]*(\.[A-Za-z][A-Za-z0-9_]*)*")
_BANNED = re.compile(
    r"SSN|BIRTH|GENDER|^ACH|BANK|TAXID|1099|FEDERALID|ROUTING|SALARY|EARNING|MAILADDRESS|PHONE", re.IGNORECASE
)


def _field(value: str) -> str:
    if value and not _FIELD.fullmatch(value):
        raise ValueError(
            f"{value!r} is no field name of Intacct: letters, digits and _, with dots between the parts of a path"
        )
    if _BANNED.search(value):
        raise ValueError(f"{value!r} holds personal data that this project never reads")
    return value


#: The integration name of an Intacct field, e.g. ``SYNC_TO_CERTIFY``; empty for none.
FieldName = Annotated[str, AfterValidator(_field)]

GLDS = {str(CertifyPlace(PlaceKind.EMPLOYEE_GLD, number)): number for number in GLD_NUMBERS}
CURRENCY = "currency"
#: Texts of a user that Certify's API shows; by the word of connector.yaml the attribute of ``CertifyUser``.
TEXTS = {CURRENCY: "currency", "language": "language", "culture": "culture"}
_ISO = re.compile(r"[A-Z]{3}")


def _known(value: str) -> str:
    if value not in GLDS and value not in TEXTS:
        raise ValueError(
            f"{value!r} is nothing that Certify's API has of a user; there are {', '.join((*GLDS, *TEXTS))}"
        )
    return value


#: What of a user: ``employee_gld/1`` to ``employee_gld/5``, ``currency``, ``language`` or ``culture``.
UserField = Annotated[str, AfterValidator(_known)]


def unusable(word: str, value: str) -> str:
    """Why a user cannot be given that value; empty when Certify has to judge it."""
    return "no currency by its three letters, such as EUR" if word == CURRENCY and not _ISO.fullmatch(value) else ""


class FieldSource(Section):
    """Where a field of a user comes from; the name of the field alone may stand in its place.

    :param field: the field of Intacct; empty where only the default counts
    :param map: its values and Certify's, where they differ; others are taken as they are
    :param default: what a user gets who has nothing in Certify, when the field is empty
    """

    field: FieldName = ""
    map: Mapping[str, CertifyName] = Field(default_factory=dict)
    default: str = ""

    @model_validator(mode="before")
    @classmethod
    def _named_alone(cls, given: Any) -> Any:
        return {"field": given} if isinstance(given, str) else given

    @model_validator(mode="after")
    def _says_something(self) -> FieldSource:
        if not self.field and not self.default:
            raise ValueError("it names neither a field of Intacct nor a default")
        return self

    def value(self, read: str) -> str:
        """What a user is to have where Intacct's field holds ``read``; empty where that is empty."""
        return self.map.get(read, read.strip())

    @property
    def values(self) -> tuple[str, ...]:
        """What the file itself names."""
        return tuple(filter(None, (*self.map.values(), self.default)))
