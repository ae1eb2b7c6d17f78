"""Lanes go on one at a time, in an order that is the seed's; a lane that waits for another one's lock stops nobody."""

from __future__ import annotations

import random
import threading
import time

import pytest

from include.chaos.turns import Turns


def walked(seed: int, steps: int = 40, lanes: int = 2) -> list[int]:
    """Which lane made each step, when each has so many to make and takes its own time for them."""
    turns, order, inside = Turns(random.Random(seed)), list[int](), set[int]()
    turns.expect(range(lanes))

    def walk(lane: int) -> None:
        for _ in range(steps):
            turns.wait(lane)
            inside.add(lane)
            assert inside == {lane}
            order.append(lane)
            time.sleep(random.random() / 1000)
            inside.discard(lane)
        turns.leave(lane)

    threads = [threading.Thread(target=walk, args=(lane,)) for lane in range(lanes)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    return order


def test_the_order_is_the_seeds():
    assert walked(1) == walked(1)
    assert walked(1) != walked(2)
    assert sorted(walked(1)) == [0] * 40 + [1] * 40


def test_nobody_waits_for_ever():
    order = walked(3, steps=200)
    both = order[: max(order.index(lane, 150) for lane in (0, 1))]
    runs = [len(run) for run in "".join(map(str, both)).replace("01", "0 1").replace("10", "1 0").split()]
    assert max(runs) <= 13


def test_who_waits_for_what_another_lane_holds_gives_its_turn_up():
    turns, held, done = Turns(random.Random(1), lambda: True), threading.Lock(), list[str]()
    turns.expect([0, 1])

    def first() -> None:
        turns.wait(0)
        with held:
            turns.wait(0)
        done.append("first")
        turns.leave(0)

    def second() -> None:
        turns.wait(1)
        with held:
            done.append("second")
        turns.leave(1)

    threads = [threading.Thread(target=walk) for walk in (first, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(done) == ["first", "second"]


def test_who_is_not_expected_goes_on_at_once():
    Turns(random.Random(1)).wait(0)


def test_a_turn_that_does_not_come_is_an_error():
    turns = Turns(random.Random(1))
    turns.expect([0, 1])
    with pytest.raises(RuntimeError, match="Lane 0 waits"):
        turns.wait(0, 1)
