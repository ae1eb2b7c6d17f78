"""Section ``posting.custom_fields``: what the company's own fields in Intacct are filled with, by kind of document.

A value is a template of the fields that ``posting.texts`` knows, or a text as it stands. What lies in brackets may be empty; a line
whose value is empty otherwise waits, since nobody can tell what was meant.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import AfterValidator, BeforeValidator, create_model, field_validator

from certify_intacct.model import templates
from certify_intacct.model.configuration.section import Section
from certify_intacct.model.configuration.texts import LINE_FIELDS, REPORT_FIELDS
from certify_intacct.model.documents import DocumentKind

_INTEGRATION_NAME = re.compile(r"[A-Z][A-Z0-9_]*")


def _name(value: str) -> str:
    if not _INTEGRATION_NAME.fullmatch(value):
        raise ValueError(
            f"{value!r} is no integration name of a field: capital letters, digits and underscores, as Intacct shows it under "
            "Platform Services > Objects"
        )
    return value


def _text(value: object) -> object:
    """``true`` and ``3`` are written as they are meant; a fraction would not be."""
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int) else value


def _of_report(value: str) -> str:
    return templates.check(value, REPORT_FIELDS)


def _of_line(value: str) -> str:
    return templates.check(value, LINE_FIELDS)


_Field = Annotated[str, AfterValidator(_name)]


class FieldsOfKind(Section):
    """Of one kind of document.

    :param header: fields of the document, from its report
    :param line: fields of each line, from its expense and its report
    """

    header: Mapping[_Field, Annotated[str, BeforeValidator(_text), AfterValidator(_of_report)]] = {}
    line: Mapping[_Field, Annotated[str, BeforeValidator(_text), AfterValidator(_of_line)]] = {}


class FieldsOfLines(FieldsOfKind):
    """Of a kind whose header has no place for any."""

    @field_validator("header")
    @classmethod
    def _none(cls, header: Mapping[str, str]) -> Mapping[str, str]:
        if header:
            raise ValueError(
                "Intacct takes custom fields on the lines of this kind alone: move them to `line`, or take them out"
            )
        return header


class OfKinds(Section):
    """What the section can be asked, whichever kinds there are."""

    def of(self, kind: DocumentKind) -> FieldsOfKind:
        """The fields of a kind of document."""
        found = getattr(self, kind.value)
        assert isinstance(found, FieldsOfKind)
        return found


if TYPE_CHECKING:
    CustomFields = OfKinds
else:
    _SECTIONS = {kind.value: FieldsOfKind if kind.own_on_header else FieldsOfLines for kind in DocumentKind}
    _KINDS: dict[str, Any] = {kind: (section, section()) for kind, section in _SECTIONS.items()}
    #: The section: a key for each kind of document.
    CustomFields = create_model("CustomFields", __base__=OfKinds, **_KINDS)
