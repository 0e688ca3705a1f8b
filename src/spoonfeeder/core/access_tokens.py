"""Access tokens: short-lived JWTs that name a login session, signed and read with one algorithm only (R45)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

import jwt

from spoonfeeder.core.key_ring import KeyRing
from spoonfeeder.core.sub_keys import sub_keys

PURPOSE = "access token"
ALGORITHM = "HS256"
ISSUER = AUDIENCE = "spoonfeeder"
KIND = "access"
LIFE_SECONDS = 600
LONGEST_TOKEN = 4096
CLAIMS = ("exp", "iat", "aud", "iss", "sub", "typ", "sid", "epoch")
FORM = re.compile(r"(?P<header>[A-Za-z0-9_-]+)\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]{43}")


class InvalidToken(ValueError):
    """Not a token of ours, or no longer valid."""


@dataclass(frozen=True, slots=True)
class Claims:
    """What a token says of its bearer; whether it still holds (session, epoch, user) is the database's to say."""

    user_id: UUID
    login_id: UUID
    epoch: int
    expires_at: datetime


class AccessTokens:
    """Signs with the first key of the ring and reads those of all its keys.

    The header of a token must be letter for letter one of ours, and tells by its `kid` the key to check with. So none
    is parsed that somebody else wrote: no other algorithm, no `crit`, no `jwk`, `jku` or `x5u`.
    """

    def __init__(self, ring: KeyRing, life_seconds: int = LIFE_SECONDS) -> None:
        self._ring = ring
        self._life = timedelta(seconds=life_seconds)

    def issue(self, user_id: UUID, login_id: UUID, epoch: int) -> tuple[str, datetime]:
        """The token and when it expires, to the second."""
        now = datetime.now(UTC).replace(microsecond=0)
        expires_at = now + self._life
        claims = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "typ": KIND,
            "sub": str(user_id),
            "sid": str(login_id),
            "epoch": epoch,
            "iat": now,
            "exp": expires_at,
        }
        key_id, key = next(iter(sub_keys(self._ring, PURPOSE).items()))
        return _signed(claims, key_id, key), expires_at

    def read(self, token: str) -> Claims:
        """What a valid token says; raises InvalidToken for every other text."""
        claims = _verified(token, tuple(sub_keys(self._ring, PURPOSE).items()))
        if claims.expires_at <= datetime.now(UTC):
            raise InvalidToken("expired")
        return claims


@lru_cache(maxsize=1_000)
def _verified(token: str, keys: tuple[tuple[str, bytes], ...]) -> Claims:
    """A token comes with every request of its ten minutes; that it is well signed does not change, only its expiry."""
    form = FORM.fullmatch(token) if len(token) <= LONGEST_TOKEN else None
    key = _keys_by_header(keys).get(form["header"]) if form else None
    if key is None:
        raise InvalidToken("not in the form of our tokens, or signed with a key that is not ours")
    try:
        return _claims(
            jwt.decode(
                token,
                key,
                algorithms=[ALGORITHM],
                audience=AUDIENCE,
                issuer=ISSUER,
                options={"require": list(CLAIMS), "strict_aud": True, "enforce_minimum_key_length": True},
            )
        )
    except (jwt.PyJWTError, ValueError, OverflowError) as error:
        raise InvalidToken(str(error)) from None


@lru_cache(maxsize=4)
def _keys_by_header(keys: tuple[tuple[str, bytes], ...]) -> Mapping[str, bytes]:
    return {_signed({}, key_id, key).partition(".")[0]: key for key_id, key in keys}


def _signed(claims: dict[str, Any], key_id: str, key: bytes) -> str:
    return jwt.encode(claims, key, ALGORITHM, headers={"kid": key_id})


def _claims(payload: Mapping[str, Any]) -> Claims:
    if payload["typ"] != KIND or type(payload["epoch"]) is not int or type(payload["exp"]) is not int:
        raise InvalidToken("not an access token")
    return Claims(
        user_id=UUID(payload["sub"]),
        login_id=UUID(str(payload["sid"])),
        epoch=payload["epoch"],
        expires_at=datetime.fromtimestamp(payload["exp"], UTC),
    )
