"""Charts as they are drawn: boxes and words at places, made on the server. The page gives each a description and its table."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

#: As many series as there are colours; what comes after is drawn with the last one.
COLOURS = 6
_LABEL, _ROW, _WIDTH = 165, 24, 440
_HEIGHT, _FOOT, _TOP = 150, 18, 16


@dataclass(frozen=True, kw_only=True)
class Bar:
    """A bar: a value for each series, as it is drawn and as it is read."""

    label: str
    values: tuple[Decimal, ...]
    texts: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Box:
    """A rectangle of a series; ``text`` is what it stands for."""

    series: int
    x: float
    y: float
    width: float
    height: float
    text: str


@dataclass(frozen=True, kw_only=True)
class Word:
    """A text at a place."""

    x: float
    y: float
    anchor: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Line:
    """A line from one place to another."""

    x1: float
    y1: float
    x2: float
    y2: float


@dataclass(frozen=True, kw_only=True)
class Chart:
    """A chart, drawn.

    :param name: what its parts are called on the page, once a page
    :param of: what a bar is
    :param summary: what it shows, in a sentence
    :param nothing: what is said when there is no bar
    """

    name: str
    title: str
    of: str
    series: tuple[str, ...]
    bars: tuple[Bar, ...]
    summary: str
    nothing: str
    height: float = 0
    boxes: tuple[Box, ...] = ()
    words: tuple[Word, ...] = ()
    lines: tuple[Line, ...] = ()

    @property
    def width(self) -> int:
        return _WIDTH


def rows(
    name: str, title: str, of: str, counted: Sequence[tuple[str, int]], *, unit: str, nothing: str, most: int = 12
) -> Chart:
    """Bars that lie, one under the other, each with its number: at most so many, the last of them for all others."""
    shown = list(counted)
    if len(shown) > most:
        rest = shown[most - 1 :]
        shown = [*shown[: most - 1], (f"{len(rest)} others", sum(number for _, number in rest))]
    bars = tuple(Bar(label=label, values=(Decimal(number),), texts=(f"{number:,}",)) for label, number in shown)
    if not any(number for _, number in shown):
        return Chart(name=name, title=title, of=of, series=(unit,), bars=(), summary="", nothing=nothing)
    largest = max(bar.values[0] for bar in bars)
    room = _WIDTH - _LABEL - 60
    boxes, words = [], []
    for place, bar in enumerate(bars):
        y = place * _ROW
        width = _scaled(bar.values[0], largest, room)
        boxes.append(
            Box(series=0, x=_LABEL, y=y + 4, width=width, height=_ROW - 8, text=f"{bar.label}: {bar.texts[0]} {unit}")
        )
        words.append(Word(x=_LABEL - 8, y=y + 16, anchor="end", text=_short(bar.label)))
        words.append(Word(x=_LABEL + width + 6, y=y + 16, anchor="start", text=bar.texts[0]))
    highest = max(bars, key=lambda bar: bar.values[0])
    return Chart(
        name=name, title=title, of=of, series=(unit,), bars=bars, nothing=nothing,
        summary=f"The longest bar is {highest.label}, with {highest.texts[0]} {unit}.",
        height=len(bars) * _ROW, boxes=tuple(boxes), words=tuple(words),
    )  # fmt: skip


def columns(
    name: str, title: str, of: str, series: Sequence[str], counted: Sequence[tuple[str, Sequence[Decimal]]], *,
    shown: Callable[[Decimal], str], nothing: str, stacked: bool = True,
) -> Chart:  # fmt: skip
    """Bars that stand, one beside the other: the series of each on top of each other, or side by side.

    What is below zero is drawn as nothing; the table says it.
    """
    bars = tuple(Bar(label=label, values=tuple(values), texts=tuple(map(shown, values))) for label, values in counted)
    sums = [_height(bar, stacked=stacked) for bar in bars]
    largest = max(sums, default=Decimal(0))
    if largest <= 0:
        return Chart(name=name, title=title, of=of, series=tuple(series), bars=(), summary="", nothing=nothing)
    floor, step = _TOP + _HEIGHT, _WIDTH / len(bars)
    boxes = [
        box for place, bar in enumerate(bars) for box in _column(bar, series, place * step, step * 0.8, largest, stacked=stacked)
    ]  # fmt: skip
    words = [Word(x=0, y=11, anchor="start", text=shown(largest))]
    # As many as there is room for below, the last one among them.
    for place in range(len(bars) - 1, 0 if len(bars) > 1 else -1, -((len(bars) + 4) // 5)):
        at, anchor = (_WIDTH, "end") if place == len(bars) - 1 else (round((place + 0.4) * step, 1), "middle")
        words.append(Word(x=at, y=floor + _FOOT - 4, anchor=anchor, text=bars[place].label[-5:]))
    highest = bars[sums.index(largest)]
    return Chart(
        name=name, title=title, of=of, series=tuple(series), bars=bars, nothing=nothing,
        summary=f"The highest bar is {highest.label}, with {shown(largest)}.", height=floor + _FOOT,
        boxes=tuple(boxes), words=tuple(words),
        lines=(Line(x1=0, y1=_TOP, x2=_WIDTH, y2=_TOP), Line(x1=0, y1=floor, x2=_WIDTH, y2=floor)),
    )  # fmt: skip


def _height(bar: Bar, *, stacked: bool) -> Decimal:
    values = [max(value, Decimal(0)) for value in bar.values] or [Decimal(0)]
    return sum(values, Decimal(0)) if stacked else max(values)


def _column(
    bar: Bar, series: Sequence[str], x: float, width: float, largest: Decimal, *, stacked: bool
) -> Iterator[Box]:  # fmt: skip
    floor = top = float(_TOP + _HEIGHT)
    wide = width if stacked else width / len(series)
    for number, value in enumerate(bar.values):
        height = _scaled(max(value, Decimal(0)), largest, _HEIGHT)
        top = (top if stacked else floor) - height
        if height:
            left = x if stacked else x + number * wide
            text = f"{bar.label}, {series[number]}: {bar.texts[number]}"
            colour = min(number, COLOURS - 1)
            yield Box(series=colour, x=round(left, 1), y=round(top, 1), width=round(wide, 1), height=height, text=text)


def _scaled(value: Decimal, largest: Decimal, room: float) -> float:
    """How long a value is; the money itself stays a Decimal. What is more than nothing is seen."""
    length = float(round(value * Decimal(room) / largest, 1))
    return max(length, 1.0) if value > 0 else 0.0


def _short(text: str, longest: int = 22) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1]}…"
