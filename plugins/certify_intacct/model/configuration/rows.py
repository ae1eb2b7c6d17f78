"""Rows of connector.yaml that mean some lines of expense: the first that fits a line decides about it."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence

from certify_intacct.model.configuration.section import Section


class Row(Section):
    """A row that fits the lines which every list has that it gives."""

    @property
    @abstractmethod
    def lists(self) -> tuple[tuple[str, ...], ...]:
        """What it lists, in the order of the traits that decide."""

    def fits(self, traits: Sequence[str]) -> bool:
        """Whether a line of these traits is one of them."""
        return all(not listed or value in listed for listed, value in zip(self.lists, traits, strict=True))
