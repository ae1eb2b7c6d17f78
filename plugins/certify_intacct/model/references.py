"""What a plan looks up: the parts of Intacct and Certify that decide where a line goes and whether it may.

Keys are the services' own codes, compared as exact text. Everything here is read once for a whole plan and never changes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True, kw_only=True)
class Vendor:
    """A vendor of Intacct. ``entity`` is its MEGAENTITYID: empty at top level, else the entity it is private to."""

    vendor_id: str
    record_no: str
    name: str = ""
    contact_name: str = ""
    email: str = ""
    vendor_type: str = ""
    active: bool = True
    on_hold: bool = False
    term: str = ""
    entity: str = ""


@dataclass(frozen=True, kw_only=True)
class Account:
    """A GL account or an AP account label. ``requires`` holds the dimensions it insists on (``DEPARTMENTID``, ``PROJECTID``)."""

    account_no: str
    title: str = ""
    active: bool = True
    requires: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class CardAccount:
    """A credit-card account of Intacct (CREDITCARD). ``entity`` is the entity that owns it, empty at top level."""

    card_id: str
    active: bool = True
    entity: str = ""


@dataclass(frozen=True, kw_only=True)
class PostingEntity:
    """An entity of Intacct (LOCATIONENTITY), or a location when the company has no entities."""

    entity_id: str
    name: str = ""
    active: bool = True
    currency: str = ""


@dataclass(frozen=True, kw_only=True)
class Category:
    """A Certify expense category."""

    name: str
    gl_code: str = ""
    personal: bool = False
    cash_advance: bool = False


@dataclass(frozen=True, kw_only=True)
class References:
    """Everything that a plan looks up.

    :param categories: by name; a name may stand more than once with different GL codes
    :param departments: active departments by code, with whether they are active
    :param dimensions: known active values by dimension (``PROJECTID``); a dimension that is absent here is not checked
    :param term_days: days until due by term name, for the terms that are so simple
    :param employee_id_uses: how many active Certify users carry an EmployeeID
    :param links: the Intacct RECORDNO of the vendor to which an EmployeeID was posted before
    :param closed_through: last day known to be closed, by entity and subledger
    """

    vendors: Mapping[str, Vendor] = field(default_factory=dict)
    accounts: Mapping[str, Account] = field(default_factory=dict)
    labels: Mapping[str, Account] = field(default_factory=dict)
    cards: Mapping[str, CardAccount] = field(default_factory=dict)
    entities: Mapping[str, PostingEntity] = field(default_factory=dict)
    departments: Mapping[str, bool] = field(default_factory=dict)
    dimensions: Mapping[str, frozenset[str]] = field(default_factory=dict)
    categories: Mapping[str, tuple[Category, ...]] = field(default_factory=dict)
    term_days: Mapping[str, int] = field(default_factory=dict)
    tax_details: Mapping[str, bool] = field(default_factory=dict)
    employee_id_uses: Mapping[str, int] = field(default_factory=dict)
    links: Mapping[str, str] = field(default_factory=dict)
    closed_through: Mapping[tuple[str, str], date] = field(default_factory=dict)
