"""Passwords: argon2id in few threads, and the same work for a user that does not exist (R46)."""

import asyncio
import base64
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Annotated, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from pydantic import AfterValidator, Field, SecretStr

from spoonfeeder.core.errors import Invalid, Unavailable

SHORTEST = 8  # characters
MOST_BYTES = 1024
MOST_WAITING = 50

T = TypeVar("T")


class PasswordRefused(Invalid):
    """A password must be text of at most 1,024 bytes in UTF-8."""


class TooManyPasswords(Unavailable):
    """Too many passwords are being checked at the moment; try again shortly."""


def _encoded(password: SecretStr) -> bytes:
    try:
        encoded = password.get_secret_value().encode()
    except UnicodeEncodeError:
        raise PasswordRefused from None
    if len(encoded) > MOST_BYTES:
        raise PasswordRefused
    return encoded


def _of_fitting_length(password: SecretStr) -> SecretStr:
    if len(password) < SHORTEST:
        raise ValueError(f"must have at least {SHORTEST} characters")
    try:
        _encoded(password)
    except PasswordRefused:
        raise ValueError(f"must have at most {MOST_BYTES:,} bytes in UTF-8") from None
    return password


Password = Annotated[
    SecretStr,
    AfterValidator(_of_fitting_length),
    Field(json_schema_extra={"minLength": SHORTEST, "maxLength": MOST_BYTES}),
]
"""A new password. Its length is the only rule: rules of composition make people choose worse ones (NIST 800-63B)."""


class Passwords:
    """Hashes and checks, `at_once` at a time over the whole process, each in `memory_kib`; some of the others wait.

    Both raise TooManyPasswords (503) where too many wait. Memory, time and parallelism are argon2's m, t and p:
    64 MiB, 3 and 1 take about 0.2 s.
    """

    def __init__(self, memory_kib: int = 65_536, time_cost: int = 3, parallelism: int = 1, at_once: int = 2) -> None:
        self._hasher = PasswordHasher(time_cost=time_cost, memory_cost=memory_kib, parallelism=parallelism)
        # The pool is the bound. A semaphore would be free again when a request is cancelled, its thread still at work.
        self._threads = ThreadPoolExecutor(at_once, thread_name_prefix="passwords")
        self._taken_in = 0
        self._most = at_once + MOST_WAITING
        self._nobodys = _unreachable_hash(self._hasher)

    async def hash(self, password: SecretStr) -> str:
        """What to store: algorithm, parameters, salt and hash in one text. Raises PasswordRefused (422)."""
        encoded = _encoded(password)
        return await self._in_thread(lambda: self._hasher.hash(encoded))

    async def verify(self, stored: str | None, password: SecretStr) -> bool:
        """Whether `stored` was made from the password. None, for nobody, costs the same and is always False.

        Raises PasswordRefused (422), and argon2's InvalidHashError or VerificationError where `stored` is no hash.
        """
        encoded = _encoded(password)
        matches = await self._in_thread(lambda: self._matches(stored or self._nobodys, encoded))
        return matches and stored is not None

    def needs_rehash(self, stored: str) -> bool:
        """Whether `stored` was made with other parameters than these; hash the password anew once it was verified."""
        return self._hasher.check_needs_rehash(stored)

    def _matches(self, stored: str, encoded: bytes) -> bool:
        try:
            return self._hasher.verify(stored, encoded)
        except VerifyMismatchError:
            return False

    async def _in_thread(self, work: Callable[[], T]) -> T:
        if self._taken_in >= self._most:
            raise TooManyPasswords
        self._taken_in += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        finally:
            self._taken_in -= 1


def _unreachable_hash(hasher: PasswordHasher) -> str:
    """A hash in form only, made of random bytes without any hashing; to check against it takes as long as any."""
    parameters = f"m={hasher.memory_cost},t={hasher.time_cost},p={hasher.parallelism}"
    salt, digest = (
        base64.b64encode(os.urandom(length)).decode().rstrip("=") for length in (hasher.salt_len, hasher.hash_len)
    )
    return f"$argon2id$v=19${parameters}${salt}${digest}"
