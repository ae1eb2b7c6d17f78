"""One report's whole timeline on a screen: ``python -m certify_intacct.commands.why 104233`` (or ``make why REPORT=104233``).

What was staged, which rules it failed, what was planned, every send and answer, its state in Intacct, who released what. The page
of a report in the Airflow UI tells the same (``certify_intacct.timeline``).
"""

from __future__ import annotations

import argparse
import shutil
import sys
import textwrap
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from airflow.sdk import BaseHook

from certify_intacct.model.errors import BadInput, ConnectorError
from certify_intacct.rules.texts import readable
from certify_intacct.timeline.story import Step, Story, Table, company_zone, when

if TYPE_CHECKING:
    from certify_intacct.staging.report_timeline import FoundReport

_INDENT = 21
# Texts of people must neither steer the terminal nor push everything else off it.
_LONGEST_CELL, _LONGEST_TEXT = 200, 2000


def story_lines(story: Story) -> Iterator[str]:
    """A story as text, oldest first, the present state last."""
    yield readable(story.title, _LONGEST_TEXT)
    yield from (f"  {note.label}: {readable(note.text, _LONGEST_TEXT)}" for note in story.about)
    for step in (*story.steps, story.now):
        yield ""
        yield from _step(step)
    yield ""
    yield "Next:"
    yield from (f"  {readable(sentence, _LONGEST_TEXT)}" for sentence in story.next)


def _step(step: Step) -> Iterator[str]:
    margin = " " * (_INDENT if step.at else 2)
    title = readable(step.title, _LONGEST_TEXT)
    links = ", ".join(link.text for link in step.links if link.to == "load")
    yield (f"{when(step.at, company_zone())}  {title}{f' ({links})' if links else ''}" if step.at else f"{title}:")
    for note in step.notes:
        yield f"{margin}{readable(note.label, _LONGEST_CELL)}: {readable(note.text, _LONGEST_TEXT)}"
    for table in step.tables:
        yield from (f"{margin}{line}" for line in _table(table))


def _table(table: Table) -> Iterator[str]:
    """Columns as wide as their widest cell, amounts to the right."""
    columns = [
        (
            heading,
            [readable(row[place].text, _LONGEST_CELL) for row in table.rows],
            any(row[place].amount for row in table.rows),
        )
        for place, heading in enumerate(table.headings)
    ]
    yield f"{table.caption}:"
    for line in zip(*(_column(*column) for column in columns), strict=True):
        yield f"  {'  '.join(line)}".rstrip()
    for row in table.rows:
        yield from (f"  {cell.link.text}: {cell.link.url}" for cell in row if cell.link)


def _column(heading: str, texts: Sequence[str], amount: bool) -> list[str]:
    width = max(map(len, (heading, *texts)))
    return [text.rjust(width) if amount else text.ljust(width) for text in (heading, *texts)]


def match_lines(text: str, matches: Sequence[FoundReport]) -> Iterator[str]:
    """Several reports with one approval code, and how to choose one of them."""
    yield f"{len(matches)} reports are known as {text}. Give the ID of one of them:"
    for match in matches:
        label = readable(match.label, _LONGEST_CELL)
        yield f"  {match.report_id}  processed {match.processed_date or 'unknown'}  {label}, last in load {match.last_load}"


def main() -> int:
    """The command line: 0 when one report was told, 1 when none or several were found."""
    from certify_intacct.staging.database import Database
    from certify_intacct.staging.report_timeline import find_reports, report_timeline
    from certify_intacct.timeline.report import tell

    parser = argparse.ArgumentParser(prog="python -m certify_intacct.commands.why", description=__doc__)
    parser.add_argument(
        "report", help="the report's ID or approval code in Certify, or a document number of it in Intacct"
    )
    options = parser.parse_args()
    try:
        with Database.of(BaseHook.get_connection("connector_db")).connection() as connection:
            matches = find_reports(connection, options.report)
            timeline = report_timeline(connection, matches[0].report_id) if len(matches) == 1 else None
        if not matches:
            raise BadInput(
                f"No run has read a report {options.report}.",
                cure="Give its ID or approval code; a report that is not processed, or whose date no run covered, is not known here.",
            )
    except ConnectorError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    if timeline is None:
        print("\n".join(match_lines(options.report, matches)))
        return 1
    print("\n".join(_wrapped(story_lines(tell(timeline)))))
    return 0


def _wrapped(lines: Iterator[str]) -> Iterator[str]:
    """Long lines folded to a person's terminal; left whole for a file or another program."""
    if not sys.stdout.isatty():
        yield from lines
        return
    width = max(shutil.get_terminal_size().columns, 80)
    for line in lines:
        margin = len(line) - len(line.lstrip())
        yield from textwrap.wrap(line, width, subsequent_indent=" " * (margin + 2), break_on_hyphens=False) or [""]


if __name__ == "__main__":
    sys.exit(main())
