"""Which streams a DAG extracts: one task each, for what connector.yaml uses and for nothing else."""

from __future__ import annotations

from certify_intacct.model.configuration import DimensionsConfiguration, PeopleConfiguration, config_path, load
from certify_intacct.model.errors import ConfigurationError
from certify_intacct.staging.streams import of_direction


def streams(direction: str) -> tuple[list[str], list[str]]:
    """The streams of Intacct and of Certify that a direction reads, asked when a DAG file is parsed.

    A DAG is there even if connector.yaml cannot be read: its first task says what is wrong with it.

    :param direction: ``organization`` or ``expense``
    """
    try:
        settings = load(config_path())
    except ConfigurationError:
        return of_direction(direction, DimensionsConfiguration(), (), PeopleConfiguration())
    return of_direction(
        direction,
        settings.dimensions,
        settings.posting.kinds,
        settings.people,
        kept_categories=settings.expense_categories.source,
    )
