"""Reads a company's own expectations: ``expectations/*.yaml`` beside connector.yaml, each a list, checked before anything runs."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, RootModel, ValidationError

from certify_intacct.model.configuration import lines as yaml_lines
from certify_intacct.model.configuration.faults import faults_of, place_of, without_nothing
from certify_intacct.model.configuration.section import Name, Section
from certify_intacct.model.errors import ConfigurationError
from certify_intacct.model.rules import OWN
from certify_intacct.model.verdicts import Severity
from certify_intacct.quality.own.arguments import Wrong, read_arguments
from certify_intacct.quality.own.catalogue import KNOWN, NOT_TAKEN, ColumnContent, Known, snake

FOLDER = "expectations"


@dataclass(frozen=True, kw_only=True)
class OwnStream:
    """A stream about which something may be expected.

    :param columns: what each of its columns holds
    :param judged_as: the stream under which verdicts are kept and rows quarantined
    :param quarantines: whether a row that fails is taken out of the run
    """

    columns: Mapping[str, ColumnContent]
    judged_as: str
    quarantines: bool


class _Written(Section):
    """An expectation as it is written."""

    stream: Name
    expectation: Name
    arguments: dict[str, Any] = {}
    severity: Literal["critical", "warning", "info"]
    reason: Annotated[str, Field(min_length=1, max_length=500, pattern=r"\S")]
    cure: Annotated[str, Field(min_length=1, max_length=500, pattern=r"\S")]
    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,59}$")] = ""


class _File(RootModel[tuple[_Written, ...]]):
    """What stands in a file."""


@dataclass(frozen=True, kw_only=True)
class OwnExpectation:
    """An expectation of a company's own, as it is judged.

    :param rule: its name as verdicts, holds and decisions have it
    :param expectation: the library's own name
    :param arguments: under the library's own names, each of the type of its column; ``row_condition`` a condition
    :param where: file and line
    """

    rule: str
    stream: str
    expectation: str
    arguments: Mapping[str, Any]
    severity: Severity
    reason: str
    cure: str
    where: str
    about: OwnStream

    @property
    def known(self) -> Known:
        return KNOWN[self.expectation]

    @property
    def columns(self) -> list[str]:
        """The columns that it judges by, those of its condition too."""
        from certify_intacct.quality.own.arguments import columns_of

        return list(dict.fromkeys(columns_of(self.arguments)))


def load_folder(folder: Path, streams: Mapping[str, OwnStream]) -> tuple[OwnExpectation, ...]:
    """All expectations of a folder, by file; none when there is no such folder.

    :param streams: what may be spoken of
    :raises ConfigurationError: names file, line, key and what is allowed there, for every fault of all files at once
    """
    found: list[OwnExpectation] = []
    faults: list[str] = []
    for path in sorted(folder.glob("*.yaml")) if folder.is_dir() else ():
        try:
            found += _read(path, streams)
        except ConfigurationError as error:
            faults.append(str(error) if error.where else error.message)
    for rule, times in Counter(one.rule for one in found).items():
        if times > 1:
            places = " and ".join(one.where for one in found if one.rule == rule)
            faults.append(f"{places}: {times} expectations are called {rule.removeprefix(OWN)!r}: give each a `name`.")
    if faults:
        raise ConfigurationError("\n".join(faults), cure="Correct the file; nothing was started.")
    return tuple(found)


def _read(path: Path, streams: Mapping[str, OwnStream]) -> Iterator[OwnExpectation]:
    where = str(path)
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise ConfigurationError(f"The expectations cannot be read: {reason}.", where=where) from None
    data, line_of = yaml_lines.read_yaml(text, where)
    if not data:  # nothing but comments
        return
    if not isinstance(data, list):
        raise ConfigurationError("The file must be a list of expectations: each begins with a dash.", where=where)
    try:
        written = _File.model_validate(without_nothing(data)).root
    except ValidationError as error:
        raise ConfigurationError("\n".join(faults_of(error, tuple[_Written, ...], line_of, where))) from None
    read: list[OwnExpectation] = []
    faults: list[str] = []
    for index, one in enumerate(written):
        try:
            read.append(_checked(one, f"{where}, line {line_of[(index,)]}", streams))
        except Wrong as wrong:
            faults.append(f"{place_of((index, *wrong.path), line_of, where)}: {wrong}")
    if faults:
        raise ConfigurationError("\n".join(faults))
    yield from read


def _checked(one: _Written, where: str, streams: Mapping[str, OwnStream]) -> OwnExpectation:
    about = streams.get(one.stream)
    if about is None:
        raise Wrong(f"no stream {one.stream!r} is read. {_nearest(one.stream, streams)}", "stream")
    name = snake(one.expectation)
    if name in NOT_TAKEN:
        raise Wrong(f"{one.expectation} cannot be taken: {NOT_TAKEN[name]}.", "expectation")
    if name not in KNOWN:
        raise Wrong(
            f"Great Expectations has no {one.expectation!r}. {_nearest(name, KNOWN, all_of_them=False)}", "expectation"
        )
    severity = Severity(one.severity)
    if severity is Severity.WARNING and not KNOWN[name].by_row:
        raise Wrong(
            f"{name} judges all rows together, so no row can be quarantined. Allowed: 'critical' or 'info'", "severity"
        )
    if severity is Severity.WARNING and not about.quarantines:
        raise Wrong(f"no row of {one.stream} is ever taken out of a run. Allowed: 'critical' or 'info'", "severity")
    arguments = read_arguments(name, one.arguments, about.columns)
    return OwnExpectation(
        rule=OWN + (one.name or _name(name, arguments)),
        stream=one.stream,
        expectation=name,
        arguments=arguments,
        severity=severity,
        reason=one.reason.strip(),
        cure=one.cure.strip(),
        where=where,
        about=about,
    )


def _name(expectation: str, arguments: Mapping[str, Any]) -> str:
    """What it is called when nobody named it: what is expected, and of which columns."""
    columns = [arguments[key] for key in ("column", "column_A", "column_B") if key in arguments]
    return "_".join([expectation.removeprefix("expect_"), *columns, *arguments.get("column_list", ())])


def _nearest(name: str, known: Iterable[str], *, all_of_them: bool = True) -> str:
    near = difflib.get_close_matches(name, known, n=3, cutoff=0.5)
    if near:
        return f"Did you mean {' or '.join(near)}?"
    return (
        f"Allowed: {', '.join(sorted(known))}."
        if all_of_them
        else "docs/data-quality.md lists those that can be taken."
    )
