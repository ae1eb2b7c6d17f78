"""Who approves for whom, as a graph: loops in it, and what would close one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Wish:
    """Whom a person's user is to have as an approver."""

    approver: str
    why: str


def approvers_of(wishes: Mapping[str, Wish]) -> dict[str, str]:
    """User to the approver wished for."""
    return {user_id: wish.approver for user_id, wish in wishes.items()}


def loops(edges: Mapping[str, str], wishes: Mapping[str, str]) -> dict[str, list[str]]:
    """Which wishes must be given up so that none of them closes a loop, each with the loop that it would close.

    :param edges: user to first approver, as it is
    :param wishes: user to first approver, where it shall change

    Wishes are judged together: two people may change places. Loops that exist already and that no wish touches are left alone.
    """
    granted = dict(wishes)
    given_up: dict[str, list[str]] = {}
    while True:
        graph = {**edges, **granted}
        found = [loop for loop in cycles_of(graph) if any(one in granted for one in loop)]
        if not found:
            return given_up
        for loop in found:
            for user_id in loop:
                if granted.pop(user_id, None) is not None:
                    given_up[user_id] = [*loop, loop[0]]


def closes_loop(edges: Mapping[str, str], user_id: str, approver_id: str) -> bool:
    """Whether a user would, by this approver, come to approve for themselves."""
    seen = set()
    current = approver_id
    while current and current not in seen:
        if current == user_id:
            return True
        seen.add(current)
        current = edges.get(current, "")
    return False


def cycles_of(graph: Mapping[str, str]) -> list[list[str]]:
    """The cycles of a graph in which every node has at most one edge."""
    state: dict[str, int] = {}
    cycles = []
    for turn, start in enumerate(sorted(graph)):
        path = []
        node = start
        while node in graph and node not in state:
            state[node] = turn
            path.append(node)
            node = graph[node]
        if state.get(node) == turn and node in path:
            cycles.append(path[path.index(node) :])
    return cycles


def leads_to(graph: Mapping[str, Iterable[str]], start: str, user_id: str) -> bool:
    """Whether a way leads from an approver back to a user, where anybody may have several approvers."""
    seen: set[str] = set()
    open_ = [start]
    while open_:
        current = open_.pop()
        if current == user_id:
            return True
        if current not in seen:
            seen.add(current)
            open_ += graph.get(current, ())
    return False


def depth(edges: Mapping[str, str], user_id: str) -> int:
    """How many approvers stand above a user; those at the top are assigned first, so that no loop exists on the way."""
    seen = {user_id}
    while (user_id := edges.get(user_id, "")) and user_id not in seen:
        seen.add(user_id)
    return len(seen)
