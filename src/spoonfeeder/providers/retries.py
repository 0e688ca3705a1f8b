"""When a failed call is made again: after how long, how often, and when nobody is asked for a while (R26)."""

import asyncio
import random
import time
from collections import OrderedDict, deque
from collections.abc import Awaitable, Callable, Hashable

from spoonfeeder.providers.errors import Overloaded, ProviderError, RateLimited

MOST_TRIES = 3
FIRST_WAIT_SECONDS = 1.0
LONGEST_WAIT_SECONDS = 60.0
FAILURES = 5
FAILURES_WITHIN_SECONDS = 30.0
OPEN_SECONDS = 15.0
SHARE_OF_CALLS = 0.2
MOST_SAVED = 10.0
MOST_CIRCUITS = 1_000
FAILED_JUST_NOW = "This provider failed several times just now; wait a moment before it is asked again."


def is_trouble(error: ProviderError) -> bool:
    """The provider itself is in trouble; one that counts requests or refuses them is well."""
    return error.retryable and not isinstance(error, RateLimited)


class Circuit:
    """What is remembered of one profile in this process: it opens after 5 failures within 30 s, for 15 s.

    Then one call is let through to try; another one only 15 s later, unless that one succeeds. At most a fifth of the
    calls are made again, with ten in reserve.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._failures: deque[float] = deque(maxlen=FAILURES)
        self._opened_at: float | None = None
        self._saved = MOST_SAVED

    def enter(self, *, again: bool = False) -> None:
        """A try is about to be made, `again` for the same call. Raises Overloaded while the circuit is open."""
        if self._opened_at is not None:
            left = self._opened_at + OPEN_SECONDS - self._clock()
            if left > 0:
                raise Overloaded(
                    "This provider failed several times just now; wait a moment.", retry_after_seconds=left
                )
            self._opened_at = self._clock()
        if not again:
            self._saved = min(MOST_SAVED, self._saved + SHARE_OF_CALLS)

    def answered(self) -> None:
        """The provider is well."""
        if self._opened_at is not None:
            self._failures.clear()
        self._opened_at = None

    def failed(self) -> None:
        now = self._clock()
        self._failures.append(now)
        is_full = len(self._failures) == FAILURES and now - self._failures[0] <= FAILURES_WITHIN_SECONDS
        if is_full or self._opened_at is not None:
            self._opened_at = now

    @property
    def is_open(self) -> bool:
        return self._opened_at is not None and self._clock() < self._opened_at + OPEN_SECONDS

    def spend_retry(self) -> bool:
        """Whether a call may be made again; counts it."""
        if self._saved < 1:
            return False
        self._saved -= 1
        return True


class Retries:
    """One for each process; tests give their own clock, sleep and dice."""

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        dice: Callable[[], float] = random.random,
    ) -> None:
        self.clock = clock
        self.sleep = sleep
        self._dice = dice
        self._circuits: OrderedDict[Hashable, Circuit] = OrderedDict()

    def throw(self) -> float:
        """The dice: from 0 up to 1."""
        return self._dice()

    def circuit(self, subject: Hashable) -> Circuit:
        found = self._circuits.setdefault(subject, Circuit(self.clock))
        self._circuits.move_to_end(subject)
        if len(self._circuits) > MOST_CIRCUITS:
            self._circuits.popitem(last=False)
        return found

    def wait_after(self, error: ProviderError, tries: int) -> float | None:
        """Seconds until the next try after so many, None where another is no use: full jitter, or as the provider says.

        A little is added to what it says, so that not all who were told the same come back at once.
        """
        if not error.retryable or tries >= MOST_TRIES:
            return None
        told = error.retry_after_seconds
        if told is None:
            return self._dice() * FIRST_WAIT_SECONDS * 2.0 ** (tries - 1)
        return None if told > LONGEST_WAIT_SECONDS else told * (1 + 0.1 * self._dice())
