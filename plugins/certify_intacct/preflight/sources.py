"""Stops a run whose data are not of the company, or not of the shape, that they were until now. Asked before anything is planned."""

from __future__ import annotations

from typing import TYPE_CHECKING

from certify_intacct.model.errors import GuardTripped
from certify_intacct.staging import known_sources
from certify_intacct.staging.manifest import advance

if TYPE_CHECKING:
    from certify_intacct.model.configuration import Configuration
    from certify_intacct.staging.database import Database

_OTHER_COMPANY = (
    "Correct the connection to Certify. A new company of Certify has a name of its own: company.certify_company in "
    "connector.yaml."
)
_OTHER_SHAPE = (
    "Compare the service's documentation and look at a row in staging (column raw). A renamed field is corrected in "
    "certify_intacct.staging.streams. Nothing is planned from missing values."
)


def check_sources(database: Database, configuration: Configuration, load_id: int) -> None:
    """Compares what a load read with what earlier loads have shown.

    :raises GuardTripped: another company of Certify, a field that vanished or changed its type, or a stream that was not read;
        nothing was sent
    """
    with database.connection() as connection:
        stranger = known_sources.strange_company(connection, load_id, configuration.company.certify_company)
        changed = known_sources.changed_shapes(connection, load_id, configuration)
        unread = known_sources.unread(connection, load_id, configuration)
        if stranger or changed or unread:
            advance(connection, load_id, "stopped")
    if unread:
        raise GuardTripped(
            f"This run did not read all that connector.yaml asks for: {', '.join(unread)}.",
            where=f"load {load_id}, nothing was sent",
            cure="connector.yaml was changed while the run was going on. Trigger it anew, so that all is read by the same file.",
        )
    if stranger or changed:
        raise GuardTripped(
            " ".join(filter(None, [stranger, *changed])),
            where=f"load {load_id}, nothing was sent",
            cure=_OTHER_COMPANY if stranger else _OTHER_SHAPE,
        )
