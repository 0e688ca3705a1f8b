"""What follows a failed try of a task: a pure decision, by what went wrong and what was tried (R9, R10, R26)."""

from dataclasses import dataclass

from spoonfeeder.core.errors import AppError
from spoonfeeder.features.profiles.key_pool import KeysDisabled, NoKeyLeft
from spoonfeeder.providers.errors import (
    Broken,
    ConnectTimeout,
    NotSupported,
    Overloaded,
    ProviderError,
    RateLimited,
    StreamTruncated,
    Timeout,
    Unreachable,
)
from spoonfeeder.storage.protocol import StorageFull, StorageUnavailable

UNKNOWN_OUTCOME = "UNKNOWN_OUTCOME"
NOBODY_KNOWS = "Nobody knows whether it was carried out and is billed, so it is not repeated by itself."
FIRST_WAIT_SECONDS = 1.0
LONGEST_WAIT_SECONDS = 300.0
LONGEST_TOLD_SECONDS = 3_600.0
FIRST_AWAY_SECONDS = 2.0
LONGEST_AWAY_SECONDS = 30.0
MOST_DOUBLINGS = 16


@dataclass(frozen=True, slots=True)
class Again:
    """The same target in `seconds`; `burns_attempt` false is a wait for a provider that is away."""

    seconds: float
    burns_attempt: bool = True


@dataclass(frozen=True, slots=True)
class MoveOn:
    """The next target at once."""


@dataclass(frozen=True, slots=True)
class GiveUp:
    """Failed; whether somebody tries again is theirs to say."""

    code: str
    message: str


Decision = Again | MoveOn | GiveUp


@dataclass(frozen=True, slots=True)
class Situation:
    """`attempt` failures were counted before this one. `waited_seconds` is how long this target has been away.

    `is_paid`: a request may cost something each time it is carried out. `has_handle`: the provider's job goes on, and
    can be asked about again.
    """

    attempt: int = 0
    max_attempts: int = 3
    has_fallback: bool = False
    is_paid: bool = True
    has_handle: bool = False
    waited_seconds: float = 0.0
    away_seconds: float = 3_600.0


def decide(error: AppError, at: Situation, dice: float) -> Decision:
    """`dice` is from 0 up to 1."""
    if at.is_paid and not at.has_handle and getattr(error, "may_have_happened", False):
        return _of_unknown_outcome(error, at)
    if isinstance(error, StorageFull | StorageUnavailable) and not at.has_handle:
        return GiveUp(error.code, error.message)
    if _is_elsewhere_better(error) and at.has_fallback and not at.has_handle:
        return MoveOn()
    if _is_away(error):
        return _wait_for_it(error, at, dice)
    if not _is_passing(error) and not (at.has_handle and isinstance(error, Broken)):
        return GiveUp(error.code, error.message)
    return _try_again(error, at, dice)


def _of_unknown_outcome(error: AppError, at: Situation) -> Decision:
    """Who gave a fallback wants it after a time-out, whatever that one may cost beside."""
    if at.has_fallback and isinstance(error, Timeout):
        return MoveOn()
    if not _is_passing(error):
        return GiveUp(error.code, error.message)
    return GiveUp(UNKNOWN_OUTCOME, f"{error.message} {NOBODY_KNOWS}")


def _is_elsewhere_better(error: AppError) -> bool:
    """Rate-limited, overloaded, unavailable, timed out, or a server that has no such thing."""
    return isinstance(error, RateLimited | Overloaded | Unreachable | Timeout | NoKeyLeft | NotSupported)


def _is_away(error: AppError) -> bool:
    if isinstance(error, KeysDisabled):
        return False
    return isinstance(error, Unreachable | ConnectTimeout | Overloaded | NoKeyLeft | StorageFull | StorageUnavailable)


def _is_passing(error: AppError) -> bool:
    return isinstance(error, StreamTruncated) or (isinstance(error, ProviderError) and error.retryable)


def _wait_for_it(error: AppError, at: Situation, dice: float) -> Decision:
    if at.waited_seconds >= at.away_seconds:
        return GiveUp(error.code, error.message)
    told = told_seconds(error)
    if told is not None:
        return _as_told(error, told, dice, burns_attempt=False)
    longest = min(LONGEST_AWAY_SECONDS, FIRST_AWAY_SECONDS + at.waited_seconds)
    return Again(longest * (1 + dice) / 2, burns_attempt=False)


def _try_again(error: AppError, at: Situation, dice: float) -> Decision:
    if at.attempt + 1 >= at.max_attempts:
        return MoveOn() if at.has_fallback and not at.has_handle else GiveUp(error.code, error.message)
    told = told_seconds(error)
    if told is not None:
        return _as_told(error, told, dice, burns_attempt=True)
    longest = FIRST_WAIT_SECONDS * 2.0 ** min(at.attempt, MOST_DOUBLINGS)
    return Again(dice * min(LONGEST_WAIT_SECONDS, longest))


def _as_told(error: AppError, told: float, dice: float, *, burns_attempt: bool) -> Decision:
    """A little more than the provider says, so that not all who were told the same come back at once."""
    if told > LONGEST_TOLD_SECONDS:
        return GiveUp(error.code, error.message)
    return Again(told * (1 + 0.1 * dice), burns_attempt)


def told_seconds(error: AppError) -> float | None:
    """After how long the provider, or our pool of its keys, wants to be asked again."""
    told = error.headers.get("Retry-After")
    if isinstance(error, ProviderError):
        return error.retry_after_seconds
    return float(told) if told is not None else None
