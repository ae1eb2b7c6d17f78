"""The streams of dimensions: for each row of the table its values in Intacct, and its list in Certify."""

from __future__ import annotations

from dataclasses import replace

from certify_intacct.model.configuration import DimensionsConfiguration
from certify_intacct.model.configuration.dimensions import Used
from certify_intacct.model.dimensions import BY_NAME, DIMENSIONS, LOCATION, OWN, CertifyPlace, Dimension
from certify_intacct.staging.streams.reference import certify_list, intacct_list
from certify_intacct.staging.streams.stream import Column, Stream


def _values(row: Dimension) -> Stream:
    columns = [Column("code", row.code, "code"), Column("name", row.title)]
    if row.status:
        columns.append(Column("status", row.status))
    if row.parent:
        columns.append(Column("parent", BY_NAME[row.parent].code))
    columns += [Column(name, source) for name, source in row.more.items()]
    columns += [Column(f"prevented_{name}", source, label=label) for name, (source, label) in row.prevented.items()]
    return intacct_list(row.stream, row.object, *columns, within=tuple(above.code for above in row.within), key=row.key)


#: With it begins the column of a field that a list in Certify asks for.
TOLD = "told_"

_LISTED = [row for row in (*DIMENSIONS, *OWN) if row.places]
#: By the name of the stream the dimension that it holds; the vendors are read with all that makes them payees.
VALUES = {row.stream: row for row in _LISTED}
LISTS = {row.certify_stream: row for row in _LISTED}

# Where in Certify a list stands, the configuration says.
STREAMS = (
    *(_values(row) for row in VALUES.values()),
    *(
        certify_list(name, row.default_place and CertifyPlace.parse(row.default_place).resource)
        for name, row in LISTS.items()
    ),
)


def configured(stream: Stream, settings: DimensionsConfiguration) -> Stream | None:
    """The stream of a dimension as a company uses it; None when it does not."""
    row = VALUES.get(stream.name) or LISTS[stream.name]
    used = next((one for one in settings.used if one.dimension.name == row.name), None)
    if used is None:
        return None
    if stream.name in VALUES:
        return with_told(_values(used.dimension) if row.own else stream, used)
    return replace(stream, source=used.settings.place.resource)


def with_told(stream: Stream, used: Used, *, sure: bool = True) -> Stream:
    """The stream of a dimension's values with the fields that its list in Certify asks for.

    :param sure: whether the object has them; else they are read where it does, and nothing is known of them where it does not
    """
    columns = (Column(told(name), name, label="" if sure else name) for name in used.told)
    return replace(stream, columns=(*stream.columns, *columns))


def told(field: str) -> str:
    """The column of a field that a list in Certify asks for."""
    return f"{TOLD}{field}"


def of_locations(stream: Stream, settings: DimensionsConfiguration, *, none: bool) -> Stream:
    """The stream of locations: in a company without entities its list in Certify is the entity's.

    :param none: whether connector.yaml says that the company has none; else only these rows tell whether it has, and the fields that
        connector.yaml names may be those of an entity alone
    """
    return next(
        with_told(stream, used, sure=none)
        for used in settings.in_company(single_entity=True)
        if used.dimension.name == LOCATION.name
    )


def demanded(accounts: Stream, settings: DimensionsConfiguration) -> Stream:
    """The stream of accounts with the flags by which they demand dimensions that the company made."""
    own = [used for used in settings.used if used.dimension.own]
    flags = [
        Column(
            BY_NAME[used.dimension.name].requires.lower(),
            used.dimension.requires,
            label=f"Require {used.dimension.noun}",
        )
        for used in own
    ]
    return replace(accounts, columns=(*accounts.columns, *flags)) if flags else accounts
