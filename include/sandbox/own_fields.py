"""What a company made of its own: custom fields of any object, Smart Rules, user-defined dimensions, and how dimensions are related.

Intacct: Customization Services > Custom fields, Smart Rules; Platform Services > Dimensions.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class CustomField(BaseModel):
    """A field that the company added to an object; its name is the integration name.

    :param type: BOOLEAN is a checkbox, ENUM a pick-list with `values`, several of which are joined by ``#~#`` where it is `multiple`
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    type: Literal["TEXT", "INTEGER", "BOOLEAN", "DATE", "ENUM", "DECIMAL", "CURRENCY", "PERCENT"] = "TEXT"
    label: str = ""
    required: bool = False
    readonly: bool = False
    multiple: bool = False
    values: tuple[str, ...] = ()
    max_length: int | None = Field(None, ge=1)


class SmartRule(BaseModel):
    """A rule of the company that refuses a record: when `field` of the `object` is `like` this text, with % and _."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    number: str
    object: str
    field: str
    like: str


class UserDefinedDimension(BaseModel):
    """A custom object that is enabled as a dimension; its name is the object's integration name (`udd_test`)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    label: str = ""
    enabled_in_gl: bool = True
    demanded: bool = True


#: How a dimension is related to one other of its own: merely so, filling it in on a line where a line may say otherwise, or may not.
Related = Literal["related", "filled", "fixed"]
