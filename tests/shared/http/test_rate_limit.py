"""How many requests a caller may make: a window that moves, counted in two."""

from __future__ import annotations

from shared.http.admission import RateLimit


class Clock:
    def __init__(self) -> None:
        self.now = 1_000_000.0 * 60  # the first second of a minute

    def __call__(self) -> float:
        return self.now


def test_callers_are_counted_apart() -> None:
    limit = RateLimit("2/minute", clock=Clock())
    assert [limit.take("mercy", "ana").remaining for _ in range(3)] == [1, 0, 0]
    assert limit.take("mercy", "ben").remaining == 1


def test_the_window_before_counts_for_what_is_left_of_it() -> None:
    clock = Clock()
    limit = RateLimit("10/minute", clock=clock)
    assert sum(limit.take("mercy").admitted for _ in range(12)) == 10
    clock.now += 60 + 30  # half of the ten still count
    assert sum(limit.take("mercy").admitted for _ in range(12)) == 5
    clock.now += 30 + 60  # the ten no more at all, and of the five none
    assert sum(limit.take("mercy").admitted for _ in range(12)) == 10


def test_after_the_wait_that_is_told_a_request_is_admitted() -> None:
    clock = Clock()
    limit = RateLimit("3/minute", clock=clock)
    while (refused := limit.take("mercy")).admitted:
        clock.now += 1
    clock.now += refused.reset
    assert limit.take("mercy").admitted


def test_callers_of_the_past_are_forgotten() -> None:
    clock = Clock()
    limit = RateLimit("3/minute", clock=clock)
    for number in range(100):
        limit.take(str(number))
        clock.now += 60
    assert len(limit._counts) + len(limit._before) <= 2
