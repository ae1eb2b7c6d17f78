"""Does things side by side and gives what comes of them in their order; never more are begun than there is room for."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from queue import SimpleQueue
from threading import Event
from typing import TypeVar

Given = TypeVar("Given")
Tool = TypeVar("Tool")
Got = TypeVar("Got")


def in_order(
    do: Callable[[Given], Got], given: Iterable[Given], at_once: int, *, over: Event | None = None
) -> Generator[Got, None, None]:
    """What ``do`` makes of each of ``given``, in their order; whoever stops in between closes the generator.

    :param at_once: so many are under way, or done and not yet taken
    :param over: is set as soon as nobody takes anything any more: what is under way then, and waited for, may end early
    :raises Exception: what ``do`` raised, when its turn comes; nothing more is begun
    """
    left = iter(given)
    if at_once == 1:
        yield from map(do, left)
        return
    with ThreadPoolExecutor(at_once) as pool:
        begun: deque[Future[Got]] = deque(pool.submit(do, one) for one in islice(left, at_once))
        try:
            while begun:
                got = begun.popleft().result()
                begun.extend(pool.submit(do, one) for one in islice(left, 1))
                yield got
        finally:
            if over is not None:
                over.set()
            for future in begun:
                future.cancel()


def with_each(
    tools: Sequence[Tool], do: Callable[[Tool, Given], Got], given: Iterable[Given], *, over: Event | None = None
) -> Generator[Got, None, None]:
    """As :func:`in_order`, each of ``given`` with whichever of ``tools`` is free; none is used by two at a time."""
    free: SimpleQueue[Tool] = SimpleQueue()
    for tool in tools:
        free.put(tool)

    def do_one(one: Given) -> Got:
        tool = free.get()
        try:
            return do(tool, one)
        finally:
            free.put(tool)

    return in_order(do_one, given, len(tools), over=over)
