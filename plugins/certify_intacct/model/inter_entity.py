"""Between which entities Intacct books by itself what one owes the other."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import permutations

Pair = tuple[str, str]


@dataclass(frozen=True, kw_only=True)
class InterEntity:
    """The inter-entity accounts of a company, as far as Intacct shows them (INTERENTITYSETUP).

    Intacct XML gateway reference, Company > Inter-entity transaction configuration: a basic one gives each entity an account of what
    it owes to all others and one of what they owe it; an advanced one gives both to each side of a pair.

    :param everyone: entities that have theirs towards all others
    :param pairs: source and target of the sides that have theirs
    :param accounts: all of these accounts: on them Intacct writes lines of its own
    """

    everyone: frozenset[str] = frozenset()
    pairs: frozenset[Pair] = frozenset()
    accounts: frozenset[str] = frozenset()

    @classmethod
    def of(cls, sides: Iterable[tuple[str, str, str, str]]) -> InterEntity:
        """By source, target (empty for all others), payable and receivable account of each side."""
        found = [*sides]
        return cls(
            everyone=frozenset(source for source, target, *_ in found if not target),
            pairs=frozenset((source, target) for source, target, *_ in found if target),
            accounts=frozenset(account for _, _, *accounts in found for account in accounts),
        )

    def lacking(self, entities: Iterable[str], owner: str = "") -> list[Pair]:
        """The sides that lack their accounts, so that lines of these entities cannot stand in one document.

        :param owner: the entity whose document it is; empty where Intacct chooses one of them by a rule that nobody publishes
        """
        return [
            (source, target)
            for source, target in permutations(sorted(set(entities)), 2)
            if owner in ("", source, target) and not self._has(source, target)
        ]

    def _has(self, source: str, target: str) -> bool:
        return (source, target) in self.pairs or {source, target} <= self.everyone
