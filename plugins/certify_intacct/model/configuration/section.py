"""What every section of connector.yaml is: frozen, and strict about names."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field


class Section(BaseModel):
    """A section of connector.yaml: an unknown key is an error, and nothing changes after loading."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def _name(value: object) -> object:
    if isinstance(value, str) and (not value.strip() or value != value.strip()):
        raise ValueError("it is empty or has a blank at its start or end")
    return value


def _name_or_nothing(value: object) -> object:
    return value if value == "" else _name(value)


def _text(value: object) -> object:
    if value == "":
        raise ValueError("it is empty")
    return value


#: How many of something. A number that nothing can count would only end a run, in the middle of it.
Count = Annotated[int, Field(ge=0, le=1_000_000_000)]
#: The same, and at least one.
CountFromOne = Annotated[int, Field(ge=1, le=1_000_000_000)]
#: A name as Certify has it, which anybody may have typed: taken exactly as written, its blanks too.
CertifyName = Annotated[str, BeforeValidator(_text)]
#: A code or a name of one of the two services: taken exactly as written.
Name = Annotated[str, BeforeValidator(_name)]
#: The same, where there may be none: then it is empty.
NameOrNothing = Annotated[str, BeforeValidator(_name_or_nothing)]
