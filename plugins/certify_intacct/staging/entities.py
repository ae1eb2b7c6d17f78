"""Whether a company of Intacct has entities, as a load shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from certify_intacct.model.dimensions import ENTITY, LOCATION
from certify_intacct.model.errors import GuardTripped
from certify_intacct.staging import company_facts
from certify_intacct.staging.database import Connection
from certify_intacct.staging.reference import rows_of

if TYPE_CHECKING:
    from certify_intacct.model.configuration import CompanyConfiguration

#: The fact under which the last plan of a company wrote down what it saw, for a reconciliation that reads no lists.
SINGLE_ENTITY = "single_entity"
_SHOWN = 5


def is_single(connection: Connection, load_id: int, company: CompanyConfiguration) -> bool:
    """Whether the company has no entities: connector.yaml says so, or both lists were read whole and neither shows one.

    Nothing follows from a list that was not read, or that came with a record twice: then another record may not have come at all.

    :raises GuardTripped: connector.yaml says that it has none, and it has
    """
    located = sorted(
        {entity for row in rows_of(connection, load_id, LOCATION.stream) if (entity := row.text("entity_id"))}
    )
    if company.entities == "none":
        if located:
            some = ", ".join(located[:_SHOWN])
            raise GuardTripped(
                f"connector.yaml says that the company of Intacct has no entities, and locations lie in the entities {some}.",
                where=f"load {load_id}, nothing was sent",
                cure="Write company.entities: found in connector.yaml.",
            )
        return True
    if company.intacct_entity or located or rows_of(connection, load_id, ENTITY.stream):
        return False
    row = connection.execute(
        """
        SELECT count(*) AS n FROM ops.extract x
        JOIN ops.extract was_read ON was_read.load_id = x.source_load_id AND was_read.stream = x.stream
        WHERE x.load_id = %s AND x.stream = ANY(%s) AND was_read.page_count > 0 AND was_read.duplicates = 0
        """,
        [load_id, [ENTITY.stream, LOCATION.stream]],
    ).fetchone()
    return row is not None and row["n"] == len({ENTITY.stream, LOCATION.stream})


def remember(connection: Connection, intacct_company: str, *, single: bool) -> None:
    """Writes down what a plan saw."""
    company_facts.store(connection, intacct_company, SINGLE_ENTITY, single)


def was_single(connection: Connection, company: CompanyConfiguration) -> bool:
    """Whether the company has no entities, by connector.yaml or as the last plan for it saw."""
    return company.entities == "none" or bool(company_facts.fact(connection, company.intacct_company_id, SINGLE_ENTITY))
