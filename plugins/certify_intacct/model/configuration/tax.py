"""Section ``tax`` of ``posting``: what becomes of the VAT, HST and PST that Certify states on a line.

Which countries there are nobody says here: a solution is whatever the company has in Intacct, by its ID.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Literal, NamedTuple

from pydantic import AfterValidator, Field, SerializerFunctionWrapHandler, model_serializer, model_validator

from certify_intacct.model.configuration.rows import Row
from certify_intacct.model.configuration.section import CertifyName, Name, Section
from certify_intacct.model.dimensions import CertifyPlace, PlaceKind

#: The taxes of Certify, each an amount of a line.
TAXES = ("VAT", "HST", "PST")
_ALL = Decimal(100)
Percent = Annotated[Decimal, Field(ge=0, le=100, allow_inf_nan=False)]
#: How much of a tax is claimed: of each tax, or by tax, and of one that is not named all of it.
Reclaim = Percent | dict[Literal["VAT", "HST", "PST"], Percent]

#: The word for the text of the expense's Location.
BY_LOCATION = "location"


def _place_of_country(text: str) -> str:
    if text in ("", BY_LOCATION):
        return text
    try:
        place = CertifyPlace.parse(text)
    except ValueError:
        place = None
    if place is None or place.kind is PlaceKind.DEPARTMENT:
        raise ValueError(
            f"{text!r} is no place of a country in Certify: report_gld/1 to report_gld/5, employee_gld/1 to employee_gld/5, or "
            f"{BY_LOCATION}"
        )
    return text


class TaxTraits(NamedTuple):
    """What may decide about the tax of a line.

    :param category: its Certify category, and ``country`` as ``posting.tax.country`` finds it
    :param department: Intacct's code
    """

    category: str
    country: str
    department: str


@dataclass(frozen=True, kw_only=True)
class Treatment:
    """What becomes of each tax of a line.

    :param details: TAXDETAIL.DETAILID by tax, and ``accounts`` the account that takes it; empty for none
    :param zero_detail: the detail of a line that carries no tax; empty for none
    :param shares: by tax how many percent of it are claimed
    """

    details: Mapping[str, str]
    accounts: Mapping[str, str]
    zero_detail: str
    shares: Mapping[str, Decimal]


class TaxRow(Row):
    """Lines whose tax becomes something else: those that fit every list that is given. What it leaves out is as for other lines.

    :param categories: names of Certify categories
    :param countries: as ``posting.tax.country`` finds them
    :param departments: codes of Intacct
    """

    categories: tuple[CertifyName, ...] = ()
    countries: tuple[CertifyName, ...] = ()
    departments: tuple[Name, ...] = ()
    vat_detail: str = ""
    hst_detail: str = ""
    pst_detail: str = ""
    zero_detail: str = ""
    reclaim: Reclaim | None = None

    @model_validator(mode="after")
    def _narrow(self) -> TaxRow:
        if not (self.categories or self.countries or self.departments):
            raise ValueError(
                "it must name categories, countries or departments; what is true of all lines stands beside `details`"
            )
        if not (any(self.details) or self.reclaim is not None):
            raise ValueError("it says nothing: give vat_detail, hst_detail, pst_detail, zero_detail or reclaim")
        return self

    @property
    def lists(self) -> tuple[tuple[str, ...], ...]:
        """What it lists, in the order of :class:`TaxTraits`."""
        return self.categories, self.countries, self.departments

    @property
    def details(self) -> tuple[str, ...]:
        """The details that it names."""
        return tuple(filter(None, (self.vat_detail, self.hst_detail, self.pst_detail, self.zero_detail)))


class Tax(Section):
    """What happens to lines that carry VAT, HST or PST.

    :param mode: ``hold``, ``gross`` (post the whole amount as expense) or ``map``
    :param solution: TAXSOLUTIONID of the entity, any that the company has; its lines carry tax entries
    :param vat_detail: TAXDETAIL.DETAILID for VATAmount; likewise ``hst_detail`` and ``pst_detail``
    :param hst_account: GL account that takes HSTAmount where no detail does; likewise ``pst_account``
    :param zero_detail: the detail of a line without tax
    :param untaxed_lines: whether a line without tax carries an entry of ``zero_detail``, or none
    :param reclaim: how many percent of a tax are claimed; the rest stays in the expense
    :param details: lines of which that is otherwise; the first row that fits decides
    """

    mode: Literal["hold", "gross", "map"] = "hold"
    solution: str = ""
    vat_detail: str = ""
    hst_account: str = ""
    pst_account: str = ""
    hst_detail: str = ""
    pst_detail: str = ""
    zero_detail: str = ""
    untaxed_lines: Literal["zero_detail", "no_entry"] = "zero_detail"
    reclaim: Reclaim = _ALL
    details: tuple[TaxRow, ...] = ()

    @model_validator(mode="after")
    def _something_to_map(self) -> Tax:
        somewhere = self.named_details or self.hst_account or self.pst_account or self.details
        if self.mode == "map" and not somewhere:
            raise ValueError(
                "`mode: map` needs vat_detail, hst_detail or pst_detail (with solution), or hst_account or pst_account"
            )
        if bool(self.named_details) != bool(self.solution):
            raise ValueError("details, such as vat_detail, and solution belong together")
        for tax in ("hst", "pst"):
            detail, account = getattr(self, f"{tax}_detail"), getattr(self, f"{tax}_account")
            if account and (detail or any(getattr(row, f"{tax}_detail") for row in self.details)):
                raise ValueError(f"{tax}_detail and {tax}_account are two places for one tax: take one of them out")
        return self

    @property
    def named_details(self) -> tuple[str, ...]:
        """Every detail that it names, each once."""
        own = (self.vat_detail, self.hst_detail, self.pst_detail, self.zero_detail)
        return tuple(dict.fromkeys([*filter(None, own), *(detail for row in self.details for detail in row.details)]))

    def treatment(self, traits: TaxTraits) -> Treatment:
        """What becomes of the tax of a line."""
        row = next((one for one in self.details if one.fits(traits)), None)
        return Treatment(
            details={tax: self._detail(f"{tax.lower()}_detail", row) for tax in TAXES},
            accounts={"HST": self.hst_account, "PST": self.pst_account},
            zero_detail=self._detail("zero_detail", row),
            shares={tax: self._share(tax, row) for tax in TAXES},
        )

    def _detail(self, name: str, row: TaxRow | None) -> str:
        return str((row and getattr(row, name)) or getattr(self, name))

    def _share(self, tax: str, row: TaxRow | None) -> Decimal:
        for said in (row.reclaim if row else None, self.reclaim):
            found = said.get(tax) if isinstance(said, dict) else said  # type: ignore[call-overload]
            if found is not None:
                return Decimal(found)
        return _ALL

    @model_serializer(mode="wrap")
    def _said(self, whole: SerializerFunctionWrapHandler) -> dict[str, object]:
        """As it was written down before it could say more: a policy of which nothing new is said has not changed."""
        later = ("hst_detail", "pst_detail", "zero_detail", "untaxed_lines", "reclaim", "details")
        unsaid = {name for name in later if getattr(self, name) == type(self).model_fields[name].default}
        return {name: value for name, value in whole(self).items() if name not in unsaid}


class Taxes(Section):
    """Tax policy by entity; ``default`` where an entity is not named.

    :param country: where Certify states the country of an expense, for rows with ``countries``: one of its GLDs, or ``location``,
        the text of the expense's Location as it stands
    """

    default: Tax = Tax()
    entities: Mapping[str, Tax] = {}
    country: Annotated[str, AfterValidator(_place_of_country)] = ""

    @model_validator(mode="after")
    def _country_named(self) -> Taxes:
        policies = (self.default, *self.entities.values())
        if not self.country and any(row.countries for policy in policies for row in policy.details):
            raise ValueError(
                "rows of `details` name countries, and nothing says where Certify states one: give `country`, such as report_gld/4"
            )
        return self

    @property
    def solutions(self) -> frozenset[str]:
        """The tax solutions that it names."""
        return frozenset(policy.solution for policy in (self.default, *self.entities.values())) - {""}

    def of(self, entity: str) -> Tax:
        """The tax policy of an entity."""
        return self.entities.get(entity, self.default)

    @model_serializer(mode="wrap")
    def _said(self, whole: SerializerFunctionWrapHandler) -> dict[str, object]:
        return {name: value for name, value in whole(self).items() if name != "country" or value}
