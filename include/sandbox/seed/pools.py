"""Words for the seeded company, drawn once from Faker in several locales, so that a million lines cost no more than ten."""

from __future__ import annotations

import random
import unicodedata
import uuid
from dataclasses import dataclass

from faker import Faker

# Country by country: Faker's locale, ISO country, currency.
COUNTRIES = (
    ("en_US", "US", "USD"),
    ("en_US", "US", "USD"),
    ("de_DE", "DE", "EUR"),
    ("en_GB", "GB", "GBP"),
    ("fr_FR", "FR", "EUR"),
    ("en_CA", "CA", "CAD"),
    ("es_ES", "ES", "EUR"),
    ("pl_PL", "PL", "PLN"),
    ("sv_SE", "SE", "SEK"),
    ("en_AU", "AU", "AUD"),
    ("it_IT", "IT", "EUR"),
    ("da_DK", "DK", "DKK"),
)
CURRENCIES = tuple(dict.fromkeys(currency for _, _, currency in COUNTRIES))
WORDS_OF_A_LOCALE = 160


def dice(*parts: object) -> random.Random:
    """Randomness of its own for each part of the seed: what one part draws does not move another."""
    return random.Random(":".join(map(str, parts)))


def guid(rng: random.Random) -> str:
    """A GUID as Certify writes it: lower case."""
    return str(uuid.UUID(int=rng.getrandbits(128), version=4))


def ascii_of(text: str) -> str:
    """Lower-case letters a to z of a name, for an e-mail address."""
    plain = unicodedata.normalize("NFKD", text.replace("ß", "ss").replace("ø", "o").replace("ł", "l").replace("Ł", "L"))
    return "".join(letter for letter in plain.lower() if "a" <= letter <= "z")


@dataclass(frozen=True)
class Pool:
    """Words of one locale."""

    first_names: list[str]
    last_names: list[str]
    cities: list[str]
    companies: list[str]
    streets: list[str]


def pools(seed: int) -> dict[str, Pool]:
    """A pool of words for each locale, the same for the same seed."""
    return {locale: _pool(locale, seed) for locale in dict.fromkeys(locale for locale, _, _ in COUNTRIES)}


def _pool(locale: str, seed: int) -> Pool:
    fake = Faker(locale)
    fake.seed_instance(f"{seed}:{locale}")
    count = WORDS_OF_A_LOCALE
    return Pool(
        first_names=[fake.first_name() for _ in range(count)],
        last_names=[fake.last_name() for _ in range(count)],
        cities=[fake.city() for _ in range(count)],
        companies=[fake.company() for _ in range(count)],
        streets=[fake.street_address() for _ in range(count)],
    )


REASONS = (
    "Client visit",
    "Conference",
    "Team offsite",
    "Training",
    "Project kick-off",
    "Quarterly review",
    "Recruiting",
    "Site survey",
    "Support on site",
    "Trade fair",
    "Workshop",
    "Audit",
    "Sales call",
    "Equipment for the office",
    "Supplier meeting",
)
REPORT_NAMES = ("trip", "week", "workshop", "visit", "expenses", "conference", "month end")
DEPARTMENT_NAMES = (
    "Executive Office",
    "Finance",
    "Accounting",
    "Sales",
    "Sales EMEA",
    "Sales Americas",
    "Marketing",
    "Research & Development",
    "Engineering",
    "Quality",
    "Qualité et Sécurité",
    "Human Resources",
    "Legal",
    "Procurement",
    "Logistics",
    "Warehouse",
    "Customer Support",
    "Field Service",
    "Consulting",
    "Training",
    "Facilities",
    "IT Operations",
    "IT Security",
    "Data",
    "Design",
    "Product Management",
    "Manufacturing",
    "Maintenance",
    "Entwicklung Süd",
    "Export <Asia>",
    "Investor Relations",
    "Treasury",
    "Tax",
    "Internal Audit",
    "Communications",
    "Events",
    "Travel Desk",
    "Partnerships",
    "Pre-Sales",
    "Business Operations",
)
