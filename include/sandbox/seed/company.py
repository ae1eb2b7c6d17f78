"""The seeded company's set-up: entities, departments, accounts, cards and the like in Intacct, and their likes in Certify."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from include.sandbox.seed.pools import COUNTRIES, DEPARTMENT_NAMES, Pool, dice, guid
from include.sandbox.seed.scale import Scale

STAMP = "01/15/2024 08:00:00"
EMPLOYEE_TYPE, SUPPLIER_TYPE = "Employee", "Supplier"
LOCATIONS = 3  # of a company of one entity

# Certify category: (GL account or "", Certify's ExpenseTypeID, name of that type).
CATEGORIES: dict[str, tuple[str, int, str]] = {
    "Airfare": ("6210", 6, "Travel"),
    "Hotel": ("6220", 3, "Lodging"),
    "Meals": ("6230", 4, "Meals"),
    "Entertainment": ("6235", 4, "Meals"),
    "Taxi and Ride Share": ("6240", 6, "Travel"),
    "Train": ("6245", 6, "Travel"),
    "Car Rental": ("6250", 5, "Rentals"),
    "Mileage": ("6260", 2, "Mileage"),
    "Parking and Tolls": ("6265", 1, "Cash Expense"),
    "Office Supplies": ("6310", 1, "Cash Expense"),
    "Software": ("6320", 1, "Cash Expense"),
    "Training": ("6330", 1, "Cash Expense"),
    "Telephone": ("6340", 1, "Cash Expense"),
    "Postage": ("6350", 1, "Cash Expense"),
}
# Categories that hurt: no account, an account that does not exist, an inactive account, not to be posted.
UNMAPPED, UNKNOWN_ACCOUNT, INACTIVE_ACCOUNT = "Gifts", "Visa Fees", "Legacy Travel"
PERSONAL, CASH_ADVANCE = "Personal Expense", "Cash Advance"
TROUBLED_CATEGORIES: dict[str, tuple[str, int, str]] = {
    UNMAPPED: ("", 1, "Cash Expense"),
    UNKNOWN_ACCOUNT: ("6999", 1, "Cash Expense"),
    INACTIVE_ACCOUNT: ("6900", 1, "Cash Expense"),
    PERSONAL: ("", 1, "Cash Expense"),
    CASH_ADVANCE: ("1150", 1, "Cash Expense"),
}
OTHER_ACCOUNTS = {
    "1000": "Cash",
    "1150": "Employee Advances",
    "1610": "Due from Affiliates",
    "2000": "Accounts Payable",
    "2050": "Credit Cards Payable",
    "2300": "Sales Tax Payable",
    "2610": "Due to Affiliates",
    "6900": "Legacy Travel Expense",
}

# Certify's PaymentCardName and Intacct's CARDID of the company cards at top level.
CARDS = {"Corporate Visa": ("CORP-VISA", "Visa"), "Corporate Amex": ("CORP-AMEX", "American Express")}
UNMAPPED_CARD = "Petty Cash Card"


@dataclass(frozen=True)
class Entity:
    """A legal entity: Intacct's LOCATIONENTITY and Certify's Employee GLD 1; a location in a company that has no entities."""

    id: str
    name: str
    locale: str
    country: str
    currency: str
    gld: str
    trouble: str = ""
    offices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Department:
    """A department of both services; `certify` is its GUID there."""

    id: str
    title: str
    certify: str
    parent: str = ""
    trouble: str = ""


@dataclass
class SeededCompany:
    """What people and reports refer to. Of a company of one entity the `entities` are its locations.

    :param brands: whether it made its brands a dimension of its own
    """

    seed: int
    pools: dict[str, Pool]
    entities: list[Entity]
    departments: list[Department]
    projects: list[tuple[str, str]] = field(default_factory=list)
    single: bool = False
    brands: bool = False

    def entity(self, trouble: str = "") -> Entity | None:
        """The first entity with this trouble ("" is none)."""
        return next((entity for entity in self.entities if entity.trouble == trouble), None)

    def sound_entities(self) -> list[Entity]:
        """The entities to which anything can be posted."""
        return [entity for entity in self.entities if entity.trouble in ("", "renamed")]

    def department(self, trouble: str) -> Department | None:
        """The first department with this trouble."""
        return next((department for department in self.departments if department.trouble == trouble), None)

    def sound_departments(self) -> list[Department]:
        """The departments that are active in both services."""
        return [department for department in self.departments if department.trouble in ("", "renamed")]


def found(seed: int, scale: Scale, words: dict[str, Pool], *, brands: bool = False) -> SeededCompany:
    """The company of this seed and scale. Troubles are dealt to the last entities and departments, if there are enough."""
    rng = dice(seed, "company")
    entities = [_entity(number, scale.entities, words, rng) for number in range(scale.entities)]
    entities = entities or [_location(number, words, rng) for number in range(LOCATIONS)]
    departments = [_department(number, scale.departments, rng) for number in range(scale.departments)]
    projects = [(f"P-{number:03}", f"{rng.choice(words['en_US'].companies)} roll-out") for number in range(1, 13)]
    return SeededCompany(seed, words, entities, departments, projects, not scale.entities, brands)


ENTITY_TROUBLES = ("closed", "inactive", "missing_in_certify", "renamed")  # of the last entities, from the end
DEPARTMENT_TROUBLES = ("inactive", "inactive_in_certify", "missing_in_certify", "missing_in_certify", "renamed")


def _trouble(number: int, count: int, troubles: tuple[str, ...]) -> str:
    from_end = count - 1 - number
    return troubles[from_end] if from_end < len(troubles) and count >= 2 * len(troubles) + 2 else ""


def _entity(number: int, count: int, words: dict[str, Pool], rng: random.Random) -> Entity:
    locale, country, currency = COUNTRIES[number % len(COUNTRIES)]
    identity = str(100 + 10 * number) if count <= 80 else str(1000 + number)
    name = f"{rng.choice(words[locale].companies)} {country}"
    if number == 2:
        name = "Müller & Söhne <Holding> GmbH"
    office = f"{identity}-1"
    return Entity(
        identity,
        f"{name} {identity}",
        locale,
        country,
        currency,
        guid(rng),
        _trouble(number, count, ENTITY_TROUBLES),
        (office,),
    )


def _location(number: int, words: dict[str, Pool], rng: random.Random) -> Entity:
    """A place of a company of one entity, which keeps its books in one currency."""
    locale, country, currency = COUNTRIES[0]
    identity = str(100 + 10 * number)
    name = f"{rng.choice(words[locale].cities)} {identity}"
    return Entity(identity, name, locale, country, currency, guid(rng), "", (f"{identity}-1",))


def _department(number: int, count: int, rng: random.Random) -> Department:
    names = len(DEPARTMENT_NAMES)
    title = DEPARTMENT_NAMES[number] if number < names else f"{DEPARTMENT_NAMES[number % names]} {number // names + 1}"
    identity = "007" if number == 1 else str(100 + number)
    parent = "" if number < 4 else ("007" if number % 3 == 1 else str(100 + number % 3 * 2))
    return Department(identity, title, guid(rng), parent, _trouble(number, count, DEPARTMENT_TROUBLES))


def entity_card_of(entity: Entity) -> tuple[str, str]:
    """(PaymentCardName, CARDID) of a card that belongs to one entity and posts only in its session."""
    return f"Mastercard {entity.id}", f"MC-{entity.id}"
