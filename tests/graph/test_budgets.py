"""What an organisation may ask for: taken before, given back after, restored by time, apart from everybody else's."""

from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.http.budgets import Allowance, Budgets, ThrottleStatus
from schema.errors import RateLimitedError


class Clock:
    """A clock that the test moves."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def budgets(capacity: float = 100, restored: float = 10) -> tuple[Budgets, Clock]:
    clock = Clock()
    return Budgets(Allowance(capacity, restored), clock), clock


def test_what_is_asked_is_taken_and_what_is_not_used_comes_back() -> None:
    made, _ = budgets()
    one = uuid4()
    made.spend(one, 60)
    assert made.status(one) == ThrottleStatus(100, 40, 10)
    assert made.settle(one, 60, 15).as_extension() == {
        "maximumAvailable": 100,
        "currentlyAvailable": 85,
        "restoreRate": 10,
    }


def test_too_little_left_takes_nothing_and_says_when_there_is_enough() -> None:
    made, clock = budgets()
    one = uuid4()
    made.spend(one, 95)
    with pytest.raises(RateLimitedError) as refused:
        made.spend(one, 30)
    assert refused.value.retry_after == 3
    assert "3 s" in refused.value.sentence
    assert made.status(one).currently_available == 5
    clock.now += 2.5
    made.spend(one, 30)
    assert made.status(one).currently_available == 0


def test_time_restores_no_more_than_fits() -> None:
    made, clock = budgets()
    one = uuid4()
    made.spend(one, 10)
    clock.now += 3600
    assert made.status(one).currently_available == 100
    # Giving back cannot fill it beyond either.
    assert made.settle(one, 50, 0).currently_available == 100


def test_one_organisation_never_spends_anothers() -> None:
    made, _ = budgets()
    one, other = uuid4(), uuid4()
    made.spend(one, 100)
    with pytest.raises(RateLimitedError):
        made.check(one)
    made.check(other)
    assert made.status(other).currently_available == 100


def test_more_than_everything_passes_once_and_is_paid_back() -> None:
    made, clock = budgets()
    one = uuid4()
    made.spend(one, 250)
    assert made.status(one).currently_available == 0
    clock.now += 14.9
    with pytest.raises(RateLimitedError):
        made.check(one)
    clock.now += 0.3
    made.check(one)


@given(st.lists(st.tuples(st.floats(0, 300), st.floats(0, 20), st.floats(0, 1)), max_size=40))
def test_nobody_gets_more_than_the_capacity_and_what_time_restored(asked: list[tuple[float, float, float]]) -> None:
    made, clock = budgets()
    one = uuid4()
    began, used = clock.now, 0.0
    for cost, pause, share in asked:
        clock.now += pause
        try:
            made.spend(one, cost)
        except RateLimitedError:
            continue
        used += cost * share
        made.settle(one, cost, cost * share)
        # One request may go below nothing; the next waits until it is paid.
        assert used <= 100 + 10 * (clock.now - began) + max(0.0, cost - 100) + 1e-6
