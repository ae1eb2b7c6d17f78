"""What a plan looks up: the parts of Intacct and Certify that decide where a line goes and whether it may.

Keys are the services' own codes, compared as exact text. Everything here is read once for a whole plan and never changes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from certify_intacct.model.dimensions import ENTITY
from certify_intacct.model.inter_entity import InterEntity


@dataclass(frozen=True, kw_only=True)
class Vendor:
    """A vendor of Intacct.

    :param entity: its MEGAENTITYID: empty at top level, else the entity it is private to
    :param top_level_only: whether it may be named at top level alone
    :param locations: where it may be named, and nowhere else; None for everywhere, or when Intacct does not say
    :param one_time: whether it was made for one bill alone
    """

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
    top_level_only: bool = False
    locations: frozenset[str] | None = None
    one_time: bool = False


@dataclass(frozen=True, kw_only=True)
class Employee:
    """An employee of Intacct as one who is paid. ``entity`` as of a vendor."""

    employee_id: str
    record_no: str
    name: str = ""
    email: str = ""
    active: bool = True
    start_date: date | None = None
    entity: str = ""


@dataclass(frozen=True, kw_only=True)
class PaymentType:
    """A payment type of expenses (EXPENSEPAYMENTTYPE).

    :param reimbursable: whether what is paid by it is owed to the employee; None when Intacct does not say
    """

    name: str
    active: bool = True
    reimbursable: bool | None = None


@dataclass(frozen=True, kw_only=True)
class Account:
    """A GL account, AP account label or expense type.

    :param requires: the names of the dimensions that it demands on every line
    :param direct_posting: whether journal entries may name it; true also when Intacct does not say
    """

    account_no: str
    title: str = ""
    active: bool = True
    requires: frozenset[str] = frozenset()
    direct_posting: bool = True


@dataclass(frozen=True, kw_only=True)
class LedgerJournal:
    """A journal of the general ledger (GLJOURNAL).

    :param direct_posting: whether others than Intacct itself may enter into it; true also when Intacct does not say
    """

    symbol: str
    direct_posting: bool = True


@dataclass(frozen=True, kw_only=True)
class CardAccount:
    """A credit-card account of Intacct (CREDITCARD).

    :param entity: the entity that owns it, empty at top level
    :param expires: the last day on which it can be used; None when Intacct does not say
    """

    card_id: str
    active: bool = True
    entity: str = ""
    expires: date | None = None


@dataclass(frozen=True, kw_only=True)
class DimensionValue:
    """A value of a dimension of Intacct: an entity, a department, a class.

    :param status: Intacct's word; only what is ``active`` may be used
    :param parent: the code of what it belongs to, empty for none
    :param more: what else is known of it, by the names of its row (``currency`` of an entity)
    :param prevented: the subledgers whose documents its status prevents, as far as Intacct shows it
    """

    code: str
    name: str = ""
    status: str = "active"
    parent: str = ""
    more: Mapping[str, str] = field(default_factory=dict)
    prevented: frozenset[str] = frozenset()

    @property
    def active(self) -> bool:
        """Whether documents may name it."""
        return self.status == "active"

    @property
    def currency(self) -> str:
        """The base currency of an entity, empty where Intacct states none."""
        return self.more.get("currency", "")


@dataclass(frozen=True, kw_only=True)
class Category:
    """A Certify expense category.

    :param readable: whether all of its row could be read; of one that could not, nobody knows what it marks
    """

    name: str
    gl_code: str = ""
    personal: bool = False
    cash_advance: bool = False
    readable: bool = True


@dataclass(frozen=True, kw_only=True)
class ClosedThrough:
    """The last closed day of an entity's books, as Intacct says.

    :param source: what of Intacct says so
    """

    day: date
    source: str


@dataclass(frozen=True, kw_only=True)
class TaxDetail:
    """A tax detail (TAXDETAIL). ``solution`` is the TAXSOLUTIONID to which it belongs, empty where Intacct states none."""

    detail_id: str
    solution: str = ""
    active: bool = True


@dataclass(frozen=True, kw_only=True)
class References:
    """Everything that a plan looks up.

    :param categories: by name; a name may stand more than once with different GL codes
    :param dimensions: by the name of a dimension what Intacct has of it, active or not, by its codes: one code, or those within which
        it means something before it (project and task)
    :param filled: the dimensions that fill in another one of theirs on a line, by the names of both
    :param term_days: days until due by term name, for the terms that are so simple
    :param single_entity: the company has no entities; what stands in their place in ``dimensions`` are its locations
    :param employee_id_uses: how many active Certify users carry an EmployeeID
    :param employees: of the expense reports that are made in Intacct, with ``expense_types`` and ``payment_types``
    :param links: by object (VENDOR, EMPLOYEE) and EmployeeID the RECORDNO of the payee to which the ID was posted before
    :param released_links: other records than these that persons released: object, EmployeeID, RECORDNO
    :param closed_through: through which day the books are closed, by entity and subledger, as far as Intacct said when it was read
    :param inter_entity: between which entities lines of both may stand in one document, as far as Intacct shows it
    :param closed_days: days that Intacct refused because their period is closed, by entity and subledger
    """

    vendors: Mapping[str, Vendor] = field(default_factory=dict)
    accounts: Mapping[str, Account] = field(default_factory=dict)
    labels: Mapping[str, Account] = field(default_factory=dict)
    cards: Mapping[str, CardAccount] = field(default_factory=dict)
    journals: Mapping[str, LedgerJournal] = field(default_factory=dict)
    employees: Mapping[str, Employee] = field(default_factory=dict)
    expense_types: Mapping[str, Account] = field(default_factory=dict)
    payment_types: Mapping[str, PaymentType] = field(default_factory=dict)
    dimensions: Mapping[str, Mapping[tuple[str, ...], DimensionValue]] = field(default_factory=dict)
    filled: frozenset[tuple[str, str]] = frozenset()
    categories: Mapping[str, tuple[Category, ...]] = field(default_factory=dict)
    term_days: Mapping[str, int] = field(default_factory=dict)
    tax_details: Mapping[str, TaxDetail] = field(default_factory=dict)
    single_entity: bool = False
    employee_id_uses: Mapping[str, int] = field(default_factory=dict)
    links: Mapping[tuple[str, str], str] = field(default_factory=dict)
    released_links: frozenset[tuple[str, str, str]] = frozenset()
    inter_entity: InterEntity = field(default_factory=InterEntity)
    closed_through: Mapping[tuple[str, str], ClosedThrough] = field(default_factory=dict)
    closed_days: Mapping[tuple[str, str], frozenset[date]] = field(default_factory=dict)

    @cached_property
    def entities(self) -> Mapping[str, DimensionValue]:
        """The entities by their code."""
        if self.single_entity:
            return {}
        return {codes[-1]: value for codes, value in self.dimensions.get(ENTITY.name, {}).items()}

    def link_to_ask(self, name: str, employee_id: str, record_no: str) -> str:
        """The RECORDNO to which an EmployeeID was posted before, where a person must say that the new one is the same; else empty.

        :param name: the object, VENDOR or EMPLOYEE
        """
        known = self.links.get((name, employee_id), record_no)
        return "" if known == record_no or (name, employee_id, record_no) in self.released_links else known

    def joined(self, name: str, separator: str) -> Mapping[str, tuple[tuple[str, ...], ...]]:
        """What a list of Certify has as the codes of a dimension within others: by each joined code the values that have it.

        :param name: of the dimension
        :param separator: what stands between the codes
        """
        if (name, separator) not in self._joined:
            found: dict[str, list[tuple[str, ...]]] = {}
            for place in self.dimensions.get(name, {}):
                found.setdefault(separator.join(place), []).append(place)
            self._joined[name, separator] = {code: tuple(places) for code, places in found.items()}
        return self._joined[name, separator]

    @cached_property
    def _joined(self) -> dict[tuple[str, str], Mapping[str, tuple[tuple[str, ...], ...]]]:
        return {}

    @cached_property
    def entity_currencies(self) -> frozenset[str]:
        """The base currencies of the entities; empty stands for what Intacct does not state."""
        return frozenset(entity.currency for entity in self.entities.values())
