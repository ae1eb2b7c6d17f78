"""Which report a text names that somebody else wrote into Intacct: by its approval code, or its ID."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

# Shorter ones are found anywhere: the last digits of a card, a year.
_SHORTEST_CODE = 5
# Words with what may stand within an ID, words without, and numbers by themselves.
_WORDS = tuple(map(re.compile, (r"[\w-]+", r"\w+", r"\d+")))


class ReportNames:
    """The reports by what others may call them.

    :param codes: by report ID its approval code
    """

    def __init__(self, codes: Mapping[str, str]) -> None:
        self._by_name: dict[str, set[str]] = {}
        for report_id, code in codes.items():
            for name in {report_id.casefold(), code.strip().casefold()}:
                if len(name) >= _SHORTEST_CODE:
                    self._by_name.setdefault(name, set()).add(report_id)

    def named(self, texts: Iterable[str]) -> frozenset[str]:
        """The reports that some texts name."""
        words = {word.casefold() for text in texts for pattern in _WORDS for word in pattern.findall(text)}
        return frozenset(report_id for word in words for report_id in self._by_name.get(word, ()))
