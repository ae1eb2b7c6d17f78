"""Who uses the rows of Certify's lists: what is in use stays active, whatever Intacct says of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from certify_intacct.model.configuration.dimensions import Used
from certify_intacct.model.dimensions import CertifyPlace, PlaceKind
from certify_intacct.model.people import CertifyItem, CertifyOrganization, CertifyUser
from certify_intacct.rules.likeness import compared

Uses = Mapping[str, str]


def uses(certify: CertifyOrganization, users: Iterable[CertifyUser], listed: Iterable[Used]) -> dict[str, Uses]:
    """By the name of each dimension: the ID of a row to a phrase such as ``2 active users, 1 unprocessed report``.

    :param users: the users, as they are or as a plan leaves them
    :param listed: the dimensions whose lists are asked about
    """
    active = [user for user in users if user.active]
    return {
        used.dimension.name: _of_list(
            certify.lists.get(used.dimension.name, ()), _users(used.settings.place, active), _reports(used, certify)
        )
        for used in listed
    }


def _users(place: CertifyPlace, active: Sequence[CertifyUser]) -> Counter[str]:
    """How many users have each row."""
    match place.kind:
        case PlaceKind.DEPARTMENT:
            return Counter(user.department_id for user in active)
        case PlaceKind.EMPLOYEE_GLD:
            return Counter(user.gld_id(place.number) for user in active)
        case PlaceKind.REPORT_GLD:
            return Counter()


def _reports(used: Used, certify: CertifyOrganization) -> Counter[str]:
    """How many unprocessed reports name each row.

    A report names its department by name only, so that every department of that name counts as used.
    """
    place, rows = used.settings.place, certify.lists.get(used.dimension.name, ())
    match place.kind:
        case PlaceKind.DEPARTMENT:
            named = Counter(compared(report.department_name) for report in certify.unprocessed)
            return Counter({row.id: named[compared(row.name)] for row in rows})
        case PlaceKind.EMPLOYEE_GLD:
            coded = Counter(report.gld_code(place.number) for report in certify.unprocessed)
        case PlaceKind.REPORT_GLD:
            lines = {(line.gld_code(place.number), line.report_id) for line in certify.unprocessed_lines}
            coded = Counter(code for code, _ in lines)
    return Counter({row.id: coded[row.code] for row in rows})


def _of_list(rows: Iterable[CertifyItem], users: Counter[str], reports: Counter[str]) -> Uses:
    said = {}
    for row in rows:
        counts = ((users[row.id], "active user"), (reports[row.id], "unprocessed report"))
        if phrases := [f"{count} {what}{'s' if count > 1 else ''}" for count, what in counts if count]:
            said[row.id] = ", ".join(phrases)
    return said
