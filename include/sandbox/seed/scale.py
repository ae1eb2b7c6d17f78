"""How big the seeded company is."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields, replace
from typing import Any

LARGEST = {
    "entities": 2_000,
    "departments": 5_000,
    "people": 200_000,
    "reports_per_day": 100_000,
    "days": 1_500,
    "lines": 200,
}


class BadScale(ValueError):
    """The scale names something unknown or impossible; the text says what is allowed."""


@dataclass(frozen=True)
class Scale:
    """Numbers of things. `days` is how many days before today have reports, `lines` the average lines of a report.

    Without entities it is a company of one entity: Intacct has locations and no LOCATIONENTITY.
    """

    entities: int = 12
    departments: int = 40
    people: int = 600
    reports_per_day: int = 30
    days: int = 14
    lines: int = 3

    @property
    def empty(self) -> bool:
        """Only what login needs."""
        return not self.people

    def asdict(self) -> dict[str, int]:
        """The numbers by name."""
        return asdict(self)


DEMO = Scale()
EMPTY = Scale(0, 0, 0, 0, 0, 0)
#: Those that have a name.
NAMED = {"demo": DEMO, "single_entity": Scale(entities=0), "brands": DEMO, "empty": EMPTY}
#: What companies of some names made of their own, as settings of the sandbox.
OWN: dict[str, dict[str, Any]] = {"brands": {"user_defined_dimensions": {"brand": {"label": "Brand"}}}}


def scale_of(value: Any, days: Any = None) -> Scale:
    """The scale that a name (of `NAMED`) or an object with numbers means. Raises BadScale.

    Numbers that an object leaves out are those of the demo, but people 0 is the empty company.
    """
    if isinstance(value, Scale):
        scale = value
    elif isinstance(value, str) and value in NAMED:
        scale = NAMED[value]
    elif isinstance(value, dict):
        unknown = sorted(set(value) - set(LARGEST))
        if unknown:
            raise BadScale(f"scale has no {', '.join(unknown)}; it has {', '.join(LARGEST)}.")
        scale = Scale(
            **{field.name: _number(field.name, value.get(field.name, field.default)) for field in fields(Scale)}
        )
    else:
        names = ", ".join(f'"{name}"' for name in NAMED)
        raise BadScale(f'scale must be {names} or {{"entities": 12, "departments": 40, "people": 600, …}}.')
    if days is not None and not scale.empty:
        scale = replace(scale, days=_number("days", days))
    return EMPTY if scale.empty else scale


def _number(name: str, value: Any) -> int:
    least = 0 if name in ("entities", "people", "reports_per_day", "days") else 1
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= LARGEST[name]:
        raise BadScale(f"{name} is {value!r}; it must be a whole number from {least} to {LARGEST[name]}.")
    return value
