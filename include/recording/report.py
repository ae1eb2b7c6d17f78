"""What a comparison found, for people: text and Markdown are the same lines."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from include.recording.explaining import Explained
from include.recording.files import Recording
from include.recording.turned import NOT_SHOWN, Turn
from include.recording.writing_exchanges import WRITING

_MOST_NAMES = 12


def lines(mine: Recording, found: Sequence[Explained], folder: Path) -> list[str]:
    """The report, in Markdown."""
    missing = [one for one in mine.values() if one.missing]
    made = [
        "# What differs from the sandbox",
        "",
        f"{len(mine) - len(missing)} exchanges are recorded in {folder}, {len(missing)} could not be asked.",
        f"{_count(len(found), 'point')} in which they differ from the sandbox as it is shipped."
        if found
        else "No point differs.",
        "",
    ]
    known = [one for one in found if one.turn]
    unknown = [one for one in found if not one.turn]
    if known:
        made += ["## A setting of the sandbox explains it", "", *_by_turn(known), ""]
    if unknown:
        made += [
            "## No setting explains it: please report",
            "",
            "Each with the two files that it names: yours, and the sandbox's, under `sandbox/` in the same folder. Read both before",
            "you send them.",
            "",
            *_points(unknown),
            "",
        ]
    if missing:
        made += ["## Not asked", "", *(f"- `{one.place}`: {one.missing}" for one in missing), ""]
    reasons: defaultdict[str, list[str]] = defaultdict(list)
    for name, why in NOT_SHOWN.items():
        reasons[why].append(name)
    unwritten = {name for one in WRITING if one.place not in mine for name in one.settings}
    if unwritten:
        reasons["`WRITES=1` shows it, in a test company"] = sorted(unwritten)
    made += ["## What these exchanges do not show", ""]
    return [*made, *(f"- {why}: {', '.join(f'`{name}`' for name in sorted(names))}" for why, names in reasons.items())]


def _by_turn(known: Sequence[Explained]) -> Iterable[str]:
    by_turn: defaultdict[str, list[Explained]] = defaultdict(list)
    for one in known:
        by_turn[setting(one.turn)].append(one)
    for turn, points in by_turn.items():
        yield f"- {turn}"
        yield from (f"  {line}" for line in _points(points))


def setting(turn: Turn) -> str:
    """A turn as a person would make it."""
    return ", ".join(f"`{name}` = `{_short(value)}`" for name, value in turn.items())


def _short(value: object) -> str:
    if isinstance(value, Mapping) and len(value) > 3:
        return f"{', '.join(map(str, list(value)[:3]))} and {len(value) - 3} more"
    return str(value)


def _points(points: Sequence[Explained]) -> Iterable[str]:
    """A line a point; several fields or words of the same kind share one."""
    grouped: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    places: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for one in points:
        key = (one.difference.text, "" if one.difference.name else one.difference.text)
        if one.difference.name and one.difference.name not in grouped[key]:
            grouped[key].append(one.difference.name)
        if one.difference.place not in places[key]:
            places[key].append(one.difference.place)
    for key, found in places.items():
        names = grouped[key]
        shown = ", ".join(names[:_MOST_NAMES]) + (
            f" and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else ""
        )
        where = ", ".join(f"`{place}.txt`" for place in found[:3]) + (
            f" and {len(found) - 3} more" if len(found) > 3 else ""
        )
        yield f"- {key[0]}{f': {shown}' if names else ''} ({where})"


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
