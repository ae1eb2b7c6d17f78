"""Asks Emburse Certify what a run relies on: its lists and users. Nothing is written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from certify_intacct.certify.reports import INVOICE_RESOURCES
from certify_intacct.model.dimensions import CertifyPlace, PlaceKind
from certify_intacct.model.errors import ConfigurationError, CredentialsRefused, PermissionDenied, RequestRefused
from certify_intacct.model.people import CertifyUser
from certify_intacct.rules.preflight import facts

if TYPE_CHECKING:
    from certify_intacct.certify.hook import CertifyHook
    from certify_intacct.model.configuration import Configuration
    from certify_intacct.model.configuration.people import Accountant, Approvers
    from certify_intacct.model.preflight import PreflightRow


class CertifyProbes:
    """What Emburse Certify says about its lists and users."""

    def __init__(self, hook: CertifyHook, configuration: Configuration, direction: str) -> None:
        self.hook = hook
        self.configuration = configuration
        self.direction = direction

    def entities_used(self) -> set[str]:
        """Intacct codes of the active entities in the list where this direction finds them."""
        if self.direction == "organization" and self.configuration.people.entities.source == "none":
            return set()
        settings = self.configuration.dimensions.entities
        codes = {str(row.get("Code") or "") for row in self._rows(settings.place.resource, active=1) if _active(row)}
        return {settings.mapped(code) for code in codes if code}

    def rows(self) -> list[PreflightRow]:
        """All rows about Certify.

        :raises ConnectorError: Certify could not be asked (network, key)
        """
        organization = self.direction == "organization"
        rows: list[PreflightRow] = []
        if organization:
            assigned = self.configuration.people.entities.source != "none"
            none = self.configuration.company.entities == "none"
            for used in self.configuration.dimensions.listed(entities=assigned, single_entity=none):
                if used.settings.place.kind is not PlaceKind.DEPARTMENT:
                    rows.append(facts.gld_label(used, self._labels(used.settings.place)))
        if not organization:
            rows.append(facts.categories(self._categories_without_code()))
            rows += self._invoices()
        return rows + (self._default_users() if organization else [])

    def _invoices(self) -> list[PreflightRow]:
        if self.configuration.posting.invoices.read_since is None:
            return []
        today = datetime.now(tz=UTC).date()
        try:
            for resource in INVOICE_RESOURCES:
                next(iter(self.hook.pages(resource, startdate=today, enddate=today)))
        except (ConfigurationError, CredentialsRefused, PermissionDenied, RequestRefused) as error:
            # The key has opened other lists: whatever is said here is said of invoices.
            return [facts.invoices(f"{error.where}: {error.message}")]
        return [facts.invoices("")]

    def _labels(self, place: CertifyPlace) -> set[str]:
        page = next(iter(self.hook.pages(place.resource)))
        return {str(row[place.label_field]) for row in page.records if row.get(place.label_field)}

    def _categories_without_code(self) -> list[str]:
        accounts = self.configuration.posting.accounts
        return [
            str(row.get("Name") or row.get("ID"))
            for row in self._rows("expensecategories")
            if _active(row)
            and not _true(row.get("PersonalExpenses"))
            and not _true(row.get("CashAdvances"))
            and row.get("Name") not in accounts.map
            and (accounts.source == "map" or not str(row.get("GLCode") or "").strip())
        ]

    def _default_users(self) -> list[PreflightRow]:
        people = self.configuration.people
        sections: dict[str, Accountant | Approvers] = {"accountant": people.accountant, "approver": people.approvers}
        wanted = [(role, section.default, section.roles) for role, section in sections.items() if section.default]
        if people.approvers.second_default:
            wanted.append(("second approver", people.approvers.second_default, people.approvers.roles))
        if not wanted:
            return []
        users = [
            CertifyUser(
                id=str(row.get("ID") or ""),
                email=str(row.get("Email") or ""),
                employee_id=str(row.get("EmployeeID") or ""),
                role=str(row.get("Role") or ""),
            )
            for row in self._rows("users", active=1)
            if _active(row)
        ]
        return [facts.default_user(role, who, roles, users) for role, who, roles in wanted]

    def _rows(self, resource: str, **params: Any) -> Iterable[Mapping[str, Any]]:
        for page in self.hook.pages(resource, **params):
            yield from page.records


def _true(value: Any) -> bool:
    return str(value).strip().casefold() in {"1", "true"}


def _active(row: Mapping[str, Any]) -> bool:
    return "Active" not in row or _true(row["Active"])
