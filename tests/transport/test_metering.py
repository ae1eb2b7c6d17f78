"""What is asked of a service is counted, whoever asks, and handed over whole."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from itertools import starmap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certify_intacct.model.errors import ServiceUnavailable
from certify_intacct.transport.metering import Asked, CallCount, Meter

QUERY, CREATE = Asked("intacct", "query", "APBILL"), Asked("intacct", "create", "APBILL")


class Kept:
    """What was handed over, added up."""

    def __init__(self) -> None:
        self.all: dict[Asked, CallCount] = {}
        self.times = 0

    def __call__(self, use: Mapping[Asked, CallCount]) -> None:
        self.times += 1
        for asked, count in use.items():
            self.all.setdefault(asked, CallCount()).add(count)


def test_what_was_answered_refused_or_never_sent():
    kept = Kept()
    meter = Meter(kept)
    meter.sent([QUERY, CREATE])
    meter.answered(QUERY, pages=1)
    meter.answered(CREATE, failed=True)
    meter.sent([QUERY])
    meter.refused([QUERY])
    meter.sent([QUERY])
    meter.never_sent([QUERY])
    meter.sent([CREATE])
    meter.hand_over()
    assert kept.all == {
        QUERY: CallCount(requests=2, functions=1, pages=1),
        CREATE: CallCount(requests=1, functions=2, failed=1, unanswered=1),
    }


def test_an_answer_that_comes_after_the_count_was_handed_over_is_added():
    kept = Kept()
    meter = Meter(kept, seconds=0)
    meter.sent([QUERY])
    assert kept.all == {QUERY: CallCount(requests=1, functions=1, unanswered=1)}
    meter.answered(QUERY, pages=1)
    meter.hand_over()
    assert kept.all == {QUERY: CallCount(requests=1, functions=1, pages=1)}


def test_nothing_is_written_for_nothing_and_not_at_every_request():
    kept = Kept()
    meter = Meter(kept)
    meter.hand_over()
    for _ in range(100):
        meter.sent([QUERY])
        meter.answered(QUERY, pages=1)
    assert kept.times == 0
    meter.hand_over()
    assert (kept.times, kept.all[QUERY].functions) == (1, 100)


def test_what_cannot_be_kept_just_now_stops_nothing_and_is_given_again():
    kept, down = Kept(), [True]

    def keep(use: Mapping[Asked, CallCount]) -> None:
        if down[0]:
            raise ServiceUnavailable("the database is away")
        kept(use)

    meter = Meter(keep)
    meter.sent([QUERY])
    meter.answered(QUERY, pages=1)
    meter.hand_over()
    assert kept.all == {}
    down[0] = False
    meter.sent([QUERY])
    meter.hand_over()
    assert kept.all == {QUERY: CallCount(requests=2, functions=2, pages=1, unanswered=1)}


def test_an_error_of_ours_is_none_of_the_services():
    def keep(use: Mapping[Asked, CallCount]) -> None:
        raise TypeError("a mistake")

    meter = Meter(keep)
    meter.sent([QUERY])
    with pytest.raises(TypeError):
        meter.hand_over()


@given(st.lists(st.tuples(st.sampled_from([QUERY, CREATE]), st.integers(0, 5)), max_size=60))
def test_several_threads_lose_nothing_however_often_it_is_handed_over(asked):
    kept = Kept()
    meter = Meter(kept, seconds=0)

    def ask(what: Asked, pages: int) -> int:
        meter.sent([what])
        meter.answered(what, pages=pages)
        return pages

    with ThreadPoolExecutor(4) as threads:
        pages = sum(threads.map(lambda one: ask(*one), asked))
    meter.hand_over()
    assert sum(count.pages for count in kept.all.values()) == pages == sum(starmap(lambda _, n: n, asked))
    assert sum(count.functions for count in kept.all.values()) == len(asked)
    assert sum(count.unanswered for count in kept.all.values()) == 0
