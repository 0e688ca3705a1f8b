"""Passwords are hashed a few at a time, and nobody's password costs what anybody's does."""

import asyncio
import threading
from collections.abc import Callable
from typing import Any

import pytest
from argon2 import low_level
from argon2.exceptions import InvalidHashError
from pydantic import SecretStr, TypeAdapter, ValidationError

from spoonfeeder.core.passwords import MOST_WAITING, Password, PasswordRefused, Passwords, TooManyPasswords
from spoonfeeder.core.schema import Input

SECRET = SecretStr("correct horse battery")


class Watch:
    """Sees each check that argon2 makes; holds it a moment to let more begin than may, and until `may_end`."""

    def __init__(self, check: Callable[..., bool], most: int = 0) -> None:
        self._check, self._most = check, most
        self._changed = threading.Condition()
        self.parameters: list[str] = []
        self.running = self.most_at_once = 0
        self.may_end = threading.Event()
        self.may_end.set()

    def __call__(self, stored: bytes, *rest: Any) -> bool:
        self._moved(1)
        try:
            self.parameters.append(stored.decode().rsplit("$", 2)[0])
            if self._most:
                self.until(lambda: self.most_at_once >= self._most, seconds=30)
                self.until(lambda: self.running > self._most, seconds=0.15)
            self.may_end.wait(30)
            return self._check(stored, *rest)
        finally:
            self._moved(-1)

    def until(self, reached: Callable[[], bool], seconds: float) -> bool:
        with self._changed:
            return self._changed.wait_for(reached, seconds)

    def _moved(self, by: int) -> None:
        with self._changed:
            self.running += by
            self.most_at_once = max(self.most_at_once, self.running)
            self._changed.notify_all()


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Watch:
    watch = Watch(low_level.verify_secret, getattr(request, "param", 0))
    monkeypatch.setattr("argon2._password_hasher.verify_secret", watch)
    return watch


@pytest.fixture
def passwords() -> Passwords:
    return Passwords(memory_kib=8, time_cost=1)


async def test_only_the_right_password_matches(passwords: Passwords) -> None:
    stored = await passwords.hash(SECRET)
    assert stored.startswith("$argon2id$v=19$m=8,t=1,p=1$")
    assert await passwords.verify(stored, SECRET)
    for wrong in ("correct horse batterY", "", "correct horse battery ", "correct horse battery\x00"):
        assert not await passwords.verify(stored, SecretStr(wrong))
    assert await passwords.hash(SECRET) != stored


async def test_the_parameters_are_those_of_the_house_when_none_are_given() -> None:
    assert (await Passwords().hash(SECRET)).startswith("$argon2id$v=19$m=65536,t=3,p=1$")


async def test_right_wrong_and_nobodys_passwords_cost_the_same(passwords: Passwords, watch: Watch) -> None:
    stored = await passwords.hash(SECRET)
    answers = [await passwords.verify(hash_, SECRET) for hash_ in (None, stored, None)]
    answers.append(await passwords.verify(stored, SecretStr("wrong")))
    assert answers == [False, True, False, False]
    assert watch.parameters == ["$argon2id$v=19$m=8,t=1,p=1"] * 4


@pytest.mark.parametrize("watch", [2], indirect=True)
async def test_no_more_than_two_run_at_once_even_when_callers_go_away(passwords: Passwords, watch: Watch) -> None:
    gone = [asyncio.create_task(passwords.verify(None, SECRET)) for _ in range(2)]
    assert await asyncio.to_thread(watch.until, lambda: watch.most_at_once == 2, 30)
    for task in gone:
        task.cancel()
    await asyncio.gather(*(passwords.verify(None, SECRET) for _ in range(3)), *gone, return_exceptions=True)
    assert watch.most_at_once == 2
    assert len(watch.parameters) == 5


@pytest.mark.parametrize("watch", [2], indirect=True)
async def test_only_some_wait_and_the_others_are_told_at_once_to_come_back(passwords: Passwords, watch: Watch) -> None:
    watch.may_end.clear()
    crowd = [asyncio.create_task(passwords.verify(None, SECRET)) for _ in range(2 + MOST_WAITING)]
    assert await asyncio.to_thread(watch.until, lambda: watch.most_at_once == 2, 30)
    with pytest.raises(TooManyPasswords) as refused:
        await passwords.verify(None, SECRET)
    watch.may_end.set()
    assert (refused.value.status, refused.value.headers) == (503, {"Retry-After": "2"})
    for task in crowd[2:]:
        task.cancel()
    await asyncio.gather(*crowd, return_exceptions=True)
    assert not await passwords.verify(None, SECRET)


async def test_other_parameters_ask_for_a_new_hash_and_still_verify(passwords: Passwords) -> None:
    stored = await passwords.hash(SECRET)
    assert not passwords.needs_rehash(stored)
    for stronger in (Passwords(memory_kib=16, time_cost=1), Passwords(memory_kib=8, time_cost=2)):
        assert stronger.needs_rehash(stored)
        assert await stronger.verify(stored, SECRET)


@pytest.mark.parametrize(
    "text", ["é" * 513, "x" * 1025, "lone \ud800 surrogate"], ids=["1,026 bytes", "1,025 letters", "no text"]
)
async def test_what_is_too_long_or_no_text_is_refused_before_any_hashing(
    passwords: Passwords, watch: Watch, text: str
) -> None:
    for asked in (passwords.hash(SecretStr(text)), passwords.verify(None, SecretStr(text))):
        with pytest.raises(PasswordRefused) as refused:
            await asked
        assert refused.value.status == 422
        assert text[:4] not in str(refused.value)
    assert watch.parameters == []


async def test_a_stored_value_that_is_no_hash_is_our_fault_and_says_so(passwords: Passwords) -> None:
    with pytest.raises(InvalidHashError):
        await passwords.verify("md5:0123", SECRET)


class NewUser(Input):
    password: Password


@pytest.mark.parametrize("text", ["12345678", "é" * 512, "        ", "密码密码密码密码"])
def test_a_new_password_may_be_anything_of_eight_characters_to_1024_bytes(text: str) -> None:
    given = NewUser.model_validate({"password": text})
    assert given.password.get_secret_value() == text
    assert text not in repr(given)


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ("1234567", "at least 8 characters"),
        ("", "at least 8 characters"),
        ("é" * 513, "at most 1,024 bytes"),
        ("lone \ud800 surrogate", "valid string"),
        (12345678, "valid string"),
        (None, "valid string"),
    ],
)
def test_other_new_passwords_are_refused_with_the_reason(value: Any, sentence: str) -> None:
    with pytest.raises(ValidationError) as refused:
        NewUser.model_validate({"password": value})
    assert sentence in refused.value.errors()[0]["msg"]


def test_clients_read_the_rule_from_the_schema() -> None:
    schema = TypeAdapter(Password).json_schema()
    assert (schema["format"], schema["minLength"], schema["maxLength"]) == ("password", 8, 1024)
