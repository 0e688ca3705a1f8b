"""When a failed call is made again, and when a provider is left alone for a while (R26)."""

import pytest

from spoonfeeder.providers.errors import (
    Broken,
    ContextWindow,
    NotPermitted,
    Overloaded,
    ProviderError,
    RateLimited,
    Rejected,
    StreamTruncated,
    Timeout,
    Unauthorized,
    Unreachable,
)
from spoonfeeder.providers.retries import MOST_CIRCUITS, Circuit, Retries

RETRYABLE = (Unreachable, Overloaded, Timeout, RateLimited)
FINAL = (Unauthorized, NotPermitted, Rejected, ContextWindow, Broken, StreamTruncated)


class Time:
    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def time() -> Time:
    return Time()


def is_open(circuit: Circuit) -> bool:
    try:
        circuit.enter()
    except Overloaded as error:
        return error.retry_after_seconds is not None
    return False


@pytest.mark.parametrize("kind", RETRYABLE)
@pytest.mark.parametrize("dice", [0.0, 0.25, 0.999])
def test_waits_are_spread_over_a_time_that_doubles(kind: type[ProviderError], dice: float) -> None:
    retries = Retries(dice=lambda: dice)

    waits = [retries.wait_after(kind(), tries) for tries in (1, 2, 3)]

    assert waits == [dice, dice * 2, None]


@pytest.mark.parametrize("kind", FINAL)
def test_what_the_provider_decided_is_not_asked_again(kind: type[ProviderError]) -> None:
    assert Retries().wait_after(kind(retry_after_seconds=1), 1) is None


@pytest.mark.parametrize("dice", [0.0, 0.5, 0.999])
@pytest.mark.parametrize("told", [0.0, 2.0, 60.0])
def test_the_provider_may_say_when(told: float, dice: float) -> None:
    wait = Retries(dice=lambda: dice).wait_after(RateLimited(retry_after_seconds=told), 1)

    assert wait is not None
    assert told <= wait <= told * 1.2


def test_an_hour_is_not_waited_for() -> None:
    assert Retries().wait_after(RateLimited(retry_after_seconds=3600), 1) is None


def test_five_failures_open_the_circuit_and_one_success_closes_it(time: Time) -> None:
    circuit = Circuit(time)
    for _ in range(4):
        circuit.failed()
    assert not is_open(circuit)

    circuit.failed()
    assert is_open(circuit)
    time.now += 14.9
    assert is_open(circuit)

    time.now += 0.2
    assert not is_open(circuit), "one is let through"
    assert is_open(circuit), "only one"
    circuit.answered()
    assert not is_open(circuit)
    circuit.failed()
    assert not is_open(circuit), "the old failures are forgotten"


def test_a_failed_trial_opens_it_again_and_a_lost_one_does_not_close_it_for_ever(time: Time) -> None:
    circuit = Circuit(time)
    for _ in range(5):
        circuit.failed()
    time.now += 15.1
    assert not is_open(circuit)
    time.now += 5
    circuit.failed()
    time.now += 14.9
    assert is_open(circuit)
    time.now += 0.2
    assert not is_open(circuit)
    time.now += 15.1
    assert not is_open(circuit), "the one before never came back"


def test_failures_far_apart_do_not_count_together(time: Time) -> None:
    circuit = Circuit(time)
    for _ in range(20):
        circuit.failed()
        time.now += 8

    assert not is_open(circuit)


def test_a_fifth_of_the_calls_may_be_made_again(time: Time) -> None:
    circuit = Circuit(time)
    for _ in range(10):
        assert circuit.spend_retry()
    assert not circuit.spend_retry(), "the reserve is used up"

    granted = 0
    for _ in range(100):
        circuit.enter()
        granted += circuit.spend_retry()
    assert granted in {19, 20}


def test_circuits_are_kept_by_profile_and_not_for_ever() -> None:
    retries = Retries()
    first = retries.circuit("a")
    assert retries.circuit("a") is first
    assert retries.circuit("b") is not first

    for number in range(MOST_CIRCUITS):
        retries.circuit(number)
    assert retries.circuit("a") is not first
