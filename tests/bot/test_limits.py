from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.limits import INLINE_QUERIES_PER_QUESTION, Admission, Buckets, Limits

ADMITTED = Admission(admitted=True)
GROUP = -100


class Clock:
    """A clock that goes when it is told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def asked(limits: Limits, count: int, user_id: int = 1, chat_id: int = 1) -> list[bool]:
    return [limits.admit(user_id, chat_id).admitted for _ in range(count)]


def test_minutes_worth_may_be_asked_at_once() -> None:
    limits = Limits(12, 30, clock=Clock())
    assert asked(limits, 14) == [True] * 12 + [False] * 2


def test_first_excess_is_told_and_those_after_it_are_not() -> None:
    limits = Limits(12, 30, clock=Clock())
    asked(limits, 12)
    assert limits.admit(1, 1) == Admission(admitted=False, wait=5, tell=True)
    assert limits.admit(1, 1) == Admission(admitted=False, wait=5, tell=False)


def test_question_is_answered_after_the_wait_that_was_told() -> None:
    clock = Clock()
    limits = Limits(12, 30, clock=clock)
    asked(limits, 12)
    clock.now += 4.5
    refused = limits.admit(1, 1)
    assert refused.wait == 1
    clock.now += refused.wait
    assert limits.admit(1, 1) == ADMITTED


def test_next_excess_is_told_only_once_half_of_the_bucket_has_filled() -> None:
    clock = Clock()
    limits = Limits(12, 30, clock=clock)
    asked(limits, 13)
    clock.now += 29
    assert asked(limits, 5) == [True] * 5
    assert not limits.admit(1, 1).tell
    clock.now += 30
    assert asked(limits, 6) == [True] * 6
    assert limits.admit(1, 1).tell


def test_one_persons_excess_is_no_one_elses() -> None:
    limits = Limits(2, 30, clock=Clock())
    asked(limits, 3)
    assert limits.admit(2, 2) == ADMITTED


def test_person_has_one_bucket_wherever_they_ask() -> None:
    limits = Limits(2, 30, clock=Clock())
    assert asked(limits, 1, 1, 1) + asked(limits, 2, 1, GROUP) == [True, True, False]


def test_group_has_a_bucket_for_all_its_members() -> None:
    limits = Limits(12, 30, clock=Clock())
    answered = [limits.admit(user_id, GROUP).admitted for user_id in range(1, 34)]
    assert answered == [True] * 30 + [False] * 3
    assert limits.admit(50, -200) == ADMITTED


def test_full_groups_first_excess_is_told_once_whoever_asks() -> None:
    limits = Limits(12, 1, clock=Clock())
    assert [limits.admit(user_id, GROUP).tell for user_id in (1, 2, 3)] == [False, True, False]


def test_what_the_group_is_refused_costs_the_person_nothing() -> None:
    limits = Limits(2, 1, clock=Clock())
    limits.admit(9, GROUP)
    asked(limits, 5, 1, GROUP)
    assert asked(limits, 3) == [True, True, False]


def test_what_a_person_is_refused_costs_the_group_nothing() -> None:
    limits = Limits(1, 2, clock=Clock())
    asked(limits, 5, 1, GROUP)
    assert limits.admit(2, GROUP) == ADMITTED


def test_inline_query_is_a_twentieth_of_a_question() -> None:
    limits = Limits(2, 30, clock=Clock())
    queries = [limits.admit_inline(1).admitted for _ in range(2 * INLINE_QUERIES_PER_QUESTION + 1)]
    assert queries == [True] * 2 * INLINE_QUERIES_PER_QUESTION + [False]
    assert not limits.admit(1, 1).admitted


def test_typing_a_long_question_inline_is_no_excess() -> None:
    clock = Clock()
    limits = Limits(12, 30, clock=clock)
    for _ in range(256):
        assert limits.admit_inline(1) == ADMITTED
        clock.now += 0.1


def test_memory_is_bounded_and_forgets_who_was_silent_longest() -> None:
    clock = Clock()
    buckets = Buckets(1, clock=clock, most=3)
    for owner in (1, 2, 3, 1, 4):
        if buckets.has(owner, 1):
            buckets.take(owner, 1)
    assert len(buckets) == 3
    assert [buckets.has(owner, 1) for owner in (1, 3, 4)] == [False, False, False]
    assert buckets.has(2, 1)


@given(
    st.integers(1, 60),
    st.lists(st.floats(0, 90, allow_nan=False), min_size=1, max_size=200),
)
def test_no_minute_has_more_than_two_buckets_worth(per_minute: int, pauses: list[float]) -> None:
    clock = Clock()
    limits = Limits(per_minute, 1000, clock=clock)
    admitted: list[float] = []
    for pause in pauses:
        clock.now += pause
        if limits.admit(1, 1).admitted:
            admitted.append(clock.now)
    for first in admitted:
        assert sum(first <= moment <= first + 60 for moment in admitted) <= 2 * per_minute
