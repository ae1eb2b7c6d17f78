"""Section ``dimensions`` of connector.yaml: which dimensions of Intacct a company uses, and where in Certify they stand.

One place decides for both directions: the list that is filled from Intacct is the one that the codes on expenses come from.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import AfterValidator, PrivateAttr, ValidationError, create_model, model_validator
from pydantic_core import InitErrorDetails, PydanticCustomError

from certify_intacct.model.configuration.kept_lists import Joining, KeptList, NameTemplate, default_name, unknown_words
from certify_intacct.model.configuration.section import Name, NameOrNothing, Section
from certify_intacct.model.dimensions import (
    BY_NAME,
    DEPARTMENT,
    DIMENSIONS,
    ENTITY,
    LOCATION,
    OWN,
    OWN_LINE,
    CertifyPlace,
    Dimension,
    PlaceKind,
)


def _place(text: str) -> str:
    return str(CertifyPlace.parse(text))


def _object(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z]\w*", text, re.ASCII):
        raise ValueError(
            "it is the integration name of an object: letters, digits and underscores, as getDimensions tells it"
        )
    return text


class DimensionSettings(KeptList):
    """How a company uses a dimension.

    :param certify: where in Certify its values stand: ``department``, ``employee_gld/1`` to ``/5`` or ``report_gld/1`` to ``/5``
    :param sync: whether that list is kept as Intacct has the values; otherwise it is kept by hand
    :param map: codes that differ between the two services, Certify's on the left
    :param required: whether a line without it is held
    """

    certify: Annotated[str, AfterValidator(_place)]
    sync: bool = True
    map: Mapping[str, Name] = {}
    required: bool = False

    @cached_property
    def place(self) -> CertifyPlace:
        """Where in Certify it stands."""
        return CertifyPlace.parse(self.certify)

    def resolved(self, row: Dimension) -> Dimension:
        """The row of the table as this company has it."""
        return row

    def mapped(self, code: str) -> str:
        """Intacct's code for one of Certify's."""
        return self.map.get(code, code)


class WithinSettings(Joining, DimensionSettings):
    """How a company uses a dimension whose codes mean something only within another's (``Dimension.within``)."""


class UserDefinedSettings(DimensionSettings):
    """How a company uses a dimension that it made itself.

    :param object: the integration name of its object
    :param label: what people call one of its values; empty: the object's name
    :param codes: what of a value stands in Certify as its code: the name, or the ID
    """

    object: Annotated[Name, AfterValidator(_object)]
    label: NameOrNothing = ""
    codes: Literal["name", "id"] = "name"

    def resolved(self, row: Dimension) -> Dimension:
        """The row with the names that this object gives it."""
        line = f"{OWN_LINE}{self.object.upper()}"
        word = self.label or self.object
        return replace(row, object=self.object, code=self.codes, line=line, requires=f"REQUIRE{line}", word=word)


class EntitySettings(DimensionSettings):
    """How a company uses entities.

    :param by_department: the entity of a line that states none, by Intacct's code of its department
    :param default: the entity of a line for which nothing else says one; empty: it is held
    """

    certify: Annotated[str, AfterValidator(_place)] = ENTITY.default_place
    by_department: Mapping[str, Name] = {}
    default: NameOrNothing = ""

    def else_by(self, department: str) -> str:
        """The entity of a line of that department that states none; empty where nothing says one."""
        return self.by_department.get(department, self.default)

    @property
    def named(self) -> frozenset[str]:
        """The entities that stand here in the place of what expenses state."""
        return frozenset({*self.map.values(), *self.by_department.values(), self.default}) - {""}


@dataclass(frozen=True)
class Used:
    """A dimension that the company uses, and how."""

    dimension: Dimension
    settings: DimensionSettings

    @property
    def source_key(self) -> str:
        """What tells rows of its list from rows of the list that it had elsewhere before; empty where it stands by default."""
        return "" if self.settings.certify == self.dimension.default_place else self.settings.certify

    @property
    def told(self) -> tuple[str, ...]:
        """The fields of its object that the list in Certify asks for, beside code and name."""
        if not self.settings.sync:
            return ()
        fields = {self.dimension.field(word) for word in self.settings.words}
        return tuple(sorted(fields - {self.dimension.code, self.dimension.title}))

    @property
    def assigned(self) -> bool:
        """Whether users are given a value of it. What people choose on each expense they are not given."""
        if self.dimension.name == ENTITY.name:
            return self.settings.place.kind is PlaceKind.EMPLOYEE_GLD
        return self.dimension.name == DEPARTMENT.name


class Dimensions(Section):
    """What every section of dimensions can be asked, whichever rows there are."""

    _terms: Mapping[str, str] = PrivateAttr(default_factory=dict)

    def called_by(self, terms: Mapping[str, str]) -> Self:
        """The same in the company's own words.

        :param terms: by object what the company calls a dimension that it has renamed
        """
        worded = self.model_copy()
        # What was made of the other words went with it.
        for made in ("used", "known"):
            worded.__dict__.pop(made, None)
        worded._terms = terms
        return worded

    def noun(self, name: str) -> str:
        """What people of this company call a value of the dimension of that name."""
        return next((row.noun for row in self.known if row.name == name), BY_NAME[name].noun)

    def of(self, name: str) -> DimensionSettings | None:
        """How the company uses the dimension of that name; None when it does not."""
        found = getattr(self, name, None)
        return found if isinstance(found, DimensionSettings) else None

    # Asked for with every line of every report.
    @cached_property
    def used(self) -> tuple[Used, ...]:
        """The dimensions in use, in the table's order."""
        return tuple(
            Used(self._called(row, settings), settings)
            for row in (*DIMENSIONS, *OWN)
            if (settings := self.of(row.name)) is not None
        )

    def _called(self, row: Dimension, settings: DimensionSettings) -> Dimension:
        """A row as this company has it. What connector.yaml calls one of the company's own goes before Intacct's word for it."""
        resolved = settings.resolved(row)
        named = isinstance(settings, UserDefinedSettings) and settings.label
        return resolved if named else resolved.called_by(self._terms)

    @property
    def location(self) -> Dimension:
        """What stands in the entity's place in a company that has no entities."""
        return LOCATION.called_by(self._terms)

    @cached_property
    def known(self) -> tuple[Dimension, ...]:
        """All dimensions that an account may demand: those of every company, and those of its own that it uses."""
        rows = tuple(row.called_by(self._terms) for row in DIMENSIONS) if self._terms else DIMENSIONS
        return (*rows, *(used.dimension for used in self.used if used.dimension.own))

    @property
    def related(self) -> bool:
        """Whether values of one may name a value of another, which Intacct may fill in on a line."""
        return any(used.dimension.parent and not used.dimension.within_parent for used in self.used)

    @property
    def departments(self) -> DimensionSettings:
        """Departments are always used: every user of Certify has one."""
        return self._always(DEPARTMENT)

    @property
    def entities(self) -> EntitySettings:
        """Entities are always used: money belongs to one."""
        settings = self._always(ENTITY)
        assert isinstance(settings, EntitySettings)
        return settings

    def listed(self, *, entities: bool, single_entity: bool = False) -> tuple[Used, ...]:
        """The dimensions whose lists in Certify organization_sync works with: those it keeps, and those it assigns to users.

        :param entities: whether people are assigned entities (``people.entities.source``)
        :param single_entity: whether the company has no entities: then it is locations that people are assigned
        """
        return tuple(
            used
            for used in self.in_company(single_entity=single_entity)
            if (used.settings.sync or used.assigned) and (entities or used.dimension.name != ENTITY.name)
        )

    def in_company(self, *, single_entity: bool) -> tuple[Used, ...]:
        """The dimensions in use, with the location in the entity's place in a company that has no entities."""
        return tuple(
            replace(used, dimension=self.location) if single_entity and used.dimension.name == ENTITY.name else used
            for used in self.used
        )

    def read_for(self, listed: Iterable[Used]) -> tuple[Used, ...]:
        """Those whose values are read so that lists can be kept: the listed ones, and those within which their values lie."""
        names = {one.name for used in listed for one in (used.dimension, *used.dimension.within)}
        return tuple(used for used in self.used if used.dimension.name in names)

    def _always(self, row: Dimension) -> DimensionSettings:
        settings = self.of(row.name)
        assert settings is not None
        return settings

    @model_validator(mode="after")
    def _possible(self) -> Dimensions:
        if faults := list(self._faults()):
            raise ValidationError.from_exception_data("dimensions", faults)
        return self

    def _faults(self) -> Iterator[InitErrorDetails]:
        taken: dict[str, str] = {}
        for used in self.used:
            row, settings = used.dimension, used.settings
            if settings.place.kind not in row.places:
                kinds = " or ".join(sorted(row.places))
                yield _fault(row, "certify", settings.certify, f"the {row.name} cannot stand there, only in: {kinds}")
            elif settings.certify in taken:
                why = f"{settings.certify} holds the {taken[settings.certify]} already"
                yield _fault(row, "certify", settings.certify, why)
            taken.setdefault(settings.certify, row.name)
            if row.own and row.line in taken:
                yield _fault(row, "object", row.object, f"{row.object} is the object of {taken[row.line]} already")
            taken.setdefault(row.line, row.name)
            if settings.filter and not settings.sync:
                yield _fault(
                    row, "filter", "", "it says what is offered in a list that the sync keeps, and sync is false"
                )
            for key, word, why in unknown_words(row, settings):
                yield _fault(row, key, word, why)
            yield from self._without_parents(row)

    def _without_parents(self, row: Dimension) -> Iterator[InitErrorDetails]:
        if missing := [above.name for above in row.within if self.of(above.name) is None]:
            yield _fault(
                row, "certify", row.name, f"a {row.name} needs its {' and '.join(missing)} on the line: add it too"
            )


def needs_entities(dimensions: Dimensions, *, none: bool) -> Iterator[InitErrorDetails]:
    """What is wrong with the section in a company that has entities.

    :param none: whether connector.yaml says that it has none (``company.entities``)
    """
    if not none and not dimensions.entities.required:
        why = "every line needs an entity: write true, or company.entities: none for a company without entities"
        yield _fault(ENTITY, "required", False, why, "dimensions")


def _fault(row: Dimension, key: str, value: object, why: str, *section: str) -> InitErrorDetails:
    error = PydanticCustomError("value_error", "{error}", {"error": why})
    return InitErrorDetails(type=error, loc=(*section, row.name, key), input=value)


def _settings(row: Dimension) -> type[DimensionSettings]:
    """The settings of a row, with the row's own defaults."""
    fields: dict[str, Any] = {"required": (bool, row.required), "sync": (bool, not row.within_parent)}
    if row.default_place:
        fields["certify"] = (Annotated[str, AfterValidator(_place)], row.default_place)
    if row.within:
        fields["name"] = (NameTemplate, default_name(row))
    base = _base(row)
    return create_model(f"{row.name.title().replace(' ', '')}Settings", __base__=base, **fields)


def _base(row: Dimension) -> type[DimensionSettings]:
    if row is ENTITY:
        return EntitySettings
    if row.own:
        return UserDefinedSettings
    return WithinSettings if row.within else DimensionSettings


def _section() -> type[Dimensions]:
    fields: dict[str, Any] = {}
    for row in (*DIMENSIONS, *OWN):
        if not row.places:
            continue
        settings: Any = _settings(row)
        if row.default_place:
            fields[row.name] = (settings, settings())
        else:
            fields[row.name] = (settings | None, None)
    return create_model("DimensionsConfiguration", __base__=Dimensions, **fields)


if TYPE_CHECKING:
    DimensionsConfiguration = Dimensions
else:
    #: The section: a key for each row of the table.
    DimensionsConfiguration = _section()
