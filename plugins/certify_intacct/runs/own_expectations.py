"""A company's own expectations (``expectations/*.yaml`` beside connector.yaml), against what the company reads."""

from __future__ import annotations

from certify_intacct.model.configuration import Configuration, config_path
from certify_intacct.quality.own.catalogue import ColumnContent
from certify_intacct.quality.own.files import FOLDER, OwnExpectation, OwnStream, load_folder
from certify_intacct.staging.own_expectations import LINES_WITH_REPORTS, columns_of, joined_columns, quarantines
from certify_intacct.staging.streams import STREAMS, configured, of_direction
from certify_intacct.staging.streams import Column as StagedColumn
from certify_intacct.staging.streams.expense import CERTIFY_EXPENSES

_HOLDS = {
    "integer": ColumnContent.INTEGER,
    "numeric": ColumnContent.AMOUNT,
    "date": ColumnContent.DATE,
    "timestamp": ColumnContent.DATE,
    "boolean": ColumnContent.BOOLEAN,
}


def own_expectations(settings: Configuration) -> tuple[OwnExpectation, ...]:
    """All of them, checked; none where there is no folder.

    :raises ConfigurationError: names file, line, key and what is allowed there, for every fault at once
    """
    read = dict.fromkeys(name for direction in ("organization", "expense") for name in _streams(settings, direction))
    return load_folder(config_path().parent / FOLDER, {name: of_stream(name) for name in (*read, LINES_WITH_REPORTS)})


def of_load(settings: Configuration, direction: str) -> dict[str, list[OwnExpectation]]:
    """Those of the streams that a direction reads, by stream."""
    streams = [*_streams(settings, direction), *([LINES_WITH_REPORTS] if direction == "expense" else [])]
    found: dict[str, list[OwnExpectation]] = {}
    for own in own_expectations(settings):
        if own.stream in streams:
            found.setdefault(own.stream, []).append(own)
    return found


def _streams(settings: Configuration, direction: str) -> list[str]:
    intacct, certify = of_direction(
        direction,
        settings.dimensions,
        settings.posting.kinds,
        settings.people,
        kept_categories=settings.expense_categories.source,
    )
    return [name for name in (*intacct, *certify) if configured(STREAMS[name], settings) is not None]


def of_stream(name: str) -> OwnStream:
    """What a company's own expectations may be about in a stream: its columns, and what each holds."""
    joined = name == LINES_WITH_REPORTS
    columns = joined_columns() if joined else columns_of(STREAMS[name])
    return OwnStream(
        columns={column: _holds(staged) for column, staged in columns.items()},
        judged_as=CERTIFY_EXPENSES.name if joined else name,
        quarantines=quarantines(name),
    )


def _holds(column: StagedColumn) -> ColumnContent:
    return _HOLDS.get(column.type, ColumnContent.TEXT)
