"""A table as text, no wider than a terminal: what is too long is cut where it is widest."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from certify_intacct.rules.texts import readable

WIDTH = 120
_GAP = 2
_NARROWEST = 4


def text_table(headings: Sequence[str], rows: Sequence[Sequence[str]], *, right: Sequence[str] = ()) -> Iterator[str]:
    """The lines of a table.

    :param right: the headings of columns that stand to the right, such as amounts: they are never cut
    """
    cells = [list(headings), *([readable(cell, 2 * WIDTH) for cell in row] for row in rows)]
    widths = [max(len(row[place]) for row in cells) for place in range(len(headings))]
    while sum(widths) + _GAP * (len(widths) - 1) > WIDTH:
        place = max(range(len(widths)), key=lambda one: (headings[one] not in right, widths[one]))
        if headings[place] in right or widths[place] <= _NARROWEST:
            break
        widths[place] -= 1
    cells.insert(1, ["-" * one for one in widths])
    for row in cells:
        texts = (
            cell.rjust(widths[place])
            if headings[place] in right
            else readable(cell, widths[place]).ljust(widths[place])
            for place, cell in enumerate(row)
        )
        yield (" " * _GAP).join(texts).rstrip()
