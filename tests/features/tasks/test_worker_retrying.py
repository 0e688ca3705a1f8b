"""The decision after a failed try, as a table."""

from dataclasses import replace

import pytest

from spoonfeeder.core.errors import AppError, Invalid
from spoonfeeder.features.profiles.key_pool import KeysDisabled, NoKeyLeft
from spoonfeeder.features.tasks.retrying import Again, Decision, GiveUp, MoveOn, Situation, decide
from spoonfeeder.features.usage.rows import BudgetExceeded
from spoonfeeder.providers.errors import (
    Broken,
    ConnectTimeout,
    ContentPolicy,
    Failed,
    FirstByteTimeout,
    IdleTimeout,
    NotSupported,
    Overloaded,
    QuotaExceeded,
    RateLimited,
    StreamTruncated,
    Unauthorized,
    Unreachable,
)
from spoonfeeder.storage.protocol import StorageFull

PAID = Situation()
FREE = Situation(is_paid=False)
LAST = Situation(attempt=2)
FALLBACK = Situation(has_fallback=True)
JOB = Situation(has_handle=True)
AWAY = Situation(waited_seconds=4_000)
UNKNOWN = "UNKNOWN_OUTCOME"

TABLE: list[tuple[AppError, Situation, Decision | str]] = [
    (Failed(), PAID, Again(0.5)),
    (Failed(), replace(PAID, attempt=1), Again(1.0)),
    (Failed(), replace(PAID, attempt=90, max_attempts=100), Again(150.0)),
    (Failed(), LAST, "PROVIDER_FAILED"),
    (Failed(), replace(LAST, has_fallback=True), MoveOn()),
    (Failed(), FALLBACK, Again(0.5)),
    (Failed(may_have_happened=True), PAID, UNKNOWN),
    (RateLimited(retry_after_seconds=60), PAID, Again(63.0)),
    (RateLimited(retry_after_seconds=60), FALLBACK, MoveOn()),
    (RateLimited(retry_after_seconds=7_200), PAID, "PROVIDER_RATE_LIMITED"),
    (Overloaded(), PAID, Again(1.5, burns_attempt=False)),
    (Overloaded(), replace(LAST, waited_seconds=60), Again(22.5, burns_attempt=False)),
    (Overloaded(retry_after_seconds=10), LAST, Again(10.5, burns_attempt=False)),
    (Overloaded(), AWAY, "PROVIDER_OVERLOADED"),
    (Overloaded(), FALLBACK, MoveOn()),
    (Unreachable(), LAST, Again(1.5, burns_attempt=False)),
    (Unreachable(may_have_happened=True), PAID, UNKNOWN),
    (Unreachable(may_have_happened=True), FALLBACK, UNKNOWN),
    (Unreachable(may_have_happened=True), FREE, Again(1.5, burns_attempt=False)),
    (Unreachable(may_have_happened=True), JOB, Again(1.5, burns_attempt=False)),
    (ConnectTimeout(), LAST, Again(1.5, burns_attempt=False)),
    (ConnectTimeout(), FALLBACK, MoveOn()),
    (FirstByteTimeout(), PAID, UNKNOWN),
    (IdleTimeout(), PAID, UNKNOWN),
    (FirstByteTimeout(), FALLBACK, MoveOn()),
    (FirstByteTimeout(), FREE, Again(0.5)),
    (StreamTruncated(), PAID, UNKNOWN),
    (StreamTruncated(), FREE, Again(0.5)),
    (Broken(), PAID, "PROVIDER_BROKEN"),
    (Broken(), JOB, Again(0.5)),
    (Unauthorized(), JOB, "PROVIDER_UNAUTHORIZED"),
    (NotSupported(), PAID, "PROVIDER_NOT_SUPPORTED"),
    (NotSupported(), FALLBACK, MoveOn()),
    (Unauthorized(), FALLBACK, "PROVIDER_UNAUTHORIZED"),
    (QuotaExceeded(), FALLBACK, "PROVIDER_QUOTA"),
    (ContentPolicy(), FALLBACK, "PROVIDER_CONTENT_POLICY"),
    (BudgetExceeded(), FALLBACK, "BUDGET_EXCEEDED"),
    (Invalid(), PAID, "VALIDATION_ERROR"),
    (NoKeyLeft(headers={"Retry-After": "20"}), PAID, Again(21.0, burns_attempt=False)),
    (NoKeyLeft(), FALLBACK, MoveOn()),
    (KeysDisabled(), PAID, "PROFILE_KEYS_DISABLED"),
    (StorageFull(), PAID, "STORAGE_FULL"),
    (StorageFull(), JOB, Again(1.5, burns_attempt=False)),
]


@pytest.mark.parametrize("number", range(len(TABLE)))
def test_what_follows(number: int) -> None:
    error, situation, expected = TABLE[number]
    decided = decide(error, situation, dice=0.5)
    if isinstance(decided, GiveUp):
        assert decided.code == expected
        assert decided.message
    else:
        assert decided == expected


def test_the_dice_spread_the_tries_over_the_whole_wait() -> None:
    waits = [decide(Failed(), replace(PAID, attempt=1), dice) for dice in (0.0, 0.25, 0.999)]
    assert waits == [Again(0.0), Again(0.5), Again(1.998)]
