"""Only what we signed, for now and for this purpose, is an access token (A32)."""

import base64
import hmac
import json
import time
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given, settings
from hypothesis import strategies as st

from spoonfeeder.core.access_tokens import AccessTokens, InvalidToken
from spoonfeeder.core.key_ring import KeyRing
from spoonfeeder.core.sub_keys import sub_key

OLD = "old:8f3a1c5e9b2d4760e1f8a7b6c5d4e3f21029384756abcdef5566778899a0b1c2"
NEW = "new:1b7e4c92d8a05f36c4e19b83f72d6a50e8c1b49f03d7a6258e5b9c0f1a2d3e47"
RING = KeyRing.parse(f"{NEW},{OLD}")
TOKENS = AccessTokens(RING)
KEY = sub_key(RING, "new", "access token")
USER, LOGIN = uuid4(), uuid4()
SECOND = timedelta(seconds=1)
"""A token's times are whole ones."""
HEADER = {"alg": "HS256", "kid": "new", "typ": "JWT"}
STRANGER = generate_private_key(SECP256R1())
STRANGERS_PEM = STRANGER.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
DAY = 86_400  # the table is made when the suite begins, and must be good for as long as that runs
GOOD, _ = AccessTokens(RING, life_seconds=DAY).issue(USER, LOGIN, 7)


def claims(**changed: Any) -> dict[str, Any]:
    now = int(time.time())
    good = {
        "iss": "spoonfeeder",
        "aud": "spoonfeeder",
        "typ": "access",
        "sub": str(USER),
        "sid": str(LOGIN),
        "epoch": 7,
        "iat": now,
        "exp": now + DAY,
    }
    return good | changed


def without(name: str) -> dict[str, Any]:
    return {key: value for key, value in claims().items() if key != name}


def part(value: Any) -> str:
    raw = value if isinstance(value, bytes) else json.dumps(value, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def signed(payload: Any, header: Any = HEADER, key: bytes = KEY, digest: str = "sha256") -> str:
    """A token as we would sign it, with whatever header and payload."""
    text = f"{part(header)}.{part(payload)}"
    return f"{text}.{part(hmac.digest(key, text.encode(), digest))}"


def unsigned(alg: str) -> str:
    return f"{part(HEADER | {'alg': alg})}.{part(claims())}."


FORGERIES = {
    "alg none": unsigned("none"),
    "alg None": unsigned("None"),
    "alg NONE": unsigned("NONE"),
    "alg nOnE": unsigned("nOnE"),
    "alg empty": unsigned(""),
    "alg none, signed": signed(claims(), HEADER | {"alg": "none"}),
    "alg missing": signed(claims(), {"kid": "new", "typ": "JWT"}),
    "alg null": signed(claims(), HEADER | {"alg": None}),
    "alg a list": signed(claims(), HEADER | {"alg": ["HS256"]}),
    "alg lower case": signed(claims(), HEADER | {"alg": "hs256"}),
    "alg HS512 of our key": signed(claims(), HEADER | {"alg": "HS512"}, digest="sha512"),
    "alg RS256 over an HMAC": signed(claims(), HEADER | {"alg": "RS256"}),
    "alg ES256 of a stranger": jwt.encode(claims(), STRANGER, "ES256", headers={"kid": "new"}),
    "HMAC by a public key": signed(claims(), key=STRANGERS_PEM),
    "HMAC by the empty key": signed(claims(), key=b""),
    "HMAC by another key": signed(claims(), key=sub_key(RING, "old", "access token")),
    "HMAC by the key of another purpose": signed(claims(), key=sub_key(RING, "new", "media url")),
    "HMAC by the ring's key itself": signed(claims(), key=RING.keys["new"]),
    "signature missing": GOOD.rpartition(".")[0] + ".",
    "signature shorter": GOOD[:-1],
    "signature padded": GOOD + "=",
    "crit unknown": signed(claims(), HEADER | {"crit": ["x"], "x": 1}),
    "crit b64": signed(claims(), HEADER | {"crit": ["b64"], "b64": True}),
    "crit empty": signed(claims(), HEADER | {"crit": []}),
    "b64 false": signed(claims(), HEADER | {"crit": ["b64"], "b64": False}),
    "jwk": signed(claims(), HEADER | {"jwk": {"kty": "oct", "k": part(bytes(32))}}, key=bytes(32)),
    "jku": signed(claims(), HEADER | {"jku": "http://127.0.0.1:9/keys"}),
    "x5u": signed(claims(), HEADER | {"x5u": "http://127.0.0.1:9/chain"}),
    "kid missing": signed(claims(), {"alg": "HS256", "typ": "JWT"}),
    "kid unknown": signed(claims(), HEADER | {"kid": "older"}),
    "kid a path": signed(claims(), HEADER | {"kid": "../../../../dev/null"}, key=b""),
    "kid SQL": signed(claims(), HEADER | {"kid": "x' UNION SELECT 'a'; --"}, key=b"a"),
    "kid NUL": signed(claims(), HEADER | {"kid": "new\x00"}),
    "kid a number": signed(claims(), HEADER | {"kid": 0}),
    "kid a list": signed(claims(), HEADER | {"kid": ["new"]}),
    "kid twice": signed(claims(), b'{"alg":"HS256","kid":"older","kid":"new","typ":"JWT"}'),
    "header a list": signed(claims(), ["HS256"]),
    "header no JSON": signed(claims(), b"{"),
    "typ of the header": signed(claims(), HEADER | {"typ": "at+jwt"}),
    "exp missing": signed(without("exp")),
    "exp null": signed(claims(exp=None)),
    "exp past": signed(claims(exp=int(time.time()) - 1)),
    "exp now": signed(claims(exp=int(time.time()))),
    "exp text": signed(claims(exp=str(int(time.time()) + DAY))),
    "exp a fraction": signed(claims(exp=time.time() + DAY)),
    "exp infinite": signed(claims(exp=float("inf"))),
    "exp no number": signed(claims(exp=float("nan"))),
    "exp beyond the calendar": signed(claims(exp=10**15)),
    "exp beyond the machine": signed(claims(exp=10**30)),
    "exp of 4,000 digits": signed(b'{"exp":' + b"9" * 2000 + b"}"),
    "iat missing": signed(without("iat")),
    "iat in the future": signed(claims(iat=int(time.time()) + DAY // 2)),
    "iat text": signed(claims(iat="soon")),
    "nbf in the future": signed(claims(nbf=int(time.time()) + DAY // 2)),
    "aud missing": signed(without("aud")),
    "aud wrong": signed(claims(aud="another")),
    "aud a list": signed(claims(aud=["spoonfeeder"])),
    "aud a number": signed(claims(aud=1)),
    "iss missing": signed(without("iss")),
    "iss wrong": signed(claims(iss="spoonfeeder.evil.example")),
    "iss a list": signed(claims(iss=["spoonfeeder"])),
    "typ missing": signed(without("typ")),
    "typ refresh": signed(claims(typ="refresh")),
    "typ a list": signed(claims(typ=["access"])),
    "sub missing": signed(without("sub")),
    "sub no id": signed(claims(sub="admin")),
    "sub a number": signed(claims(sub=1)),
    "sid missing": signed(without("sid")),
    "sid no id": signed(claims(sid="' OR 1=1 --")),
    "sid a number": signed(claims(sid=1)),
    "epoch missing": signed(without("epoch")),
    "epoch text": signed(claims(epoch="7")),
    "epoch a fraction": signed(claims(epoch=7.0)),
    "epoch true": signed(claims(epoch=True)),
    "payload a list": signed([claims()]),
    "payload no JSON": signed(b"\xff\xfe"),
    "payload deep": signed(b"[" * 1500),
    "100 kB": signed(claims(more="x" * 75_000)),
    "5 kB": signed(claims(more="x" * 3_000)),
    "empty": "",
    "two parts": ".".join(GOOD.split(".")[:2]),
    "four parts": f"{GOOD}.{GOOD.rpartition('.')[2]}",
    "five parts, as of JWE": "a.b.c.d.e",
    "dots": "..",
    "not ASCII": GOOD[:-1] + "é",
    "lone surrogate": GOOD[:-1] + "\ud800",
    "a line feed after it": GOOD + "\n",
    "a NUL before it": "\x00" + GOOD,
    "JSON form": json.dumps(dict(zip(("protected", "payload", "signature"), GOOD.split("."), strict=True))),
    "an API key": "sf_" + "a" * 43,
}


@pytest.mark.parametrize("name", FORGERIES)
def test_no_forgery_is_read(name: str) -> None:
    with pytest.raises(InvalidToken) as refused:
        TOKENS.read(FORGERIES[name])
    assert "eyJ" not in str(refused.value)


def test_the_forger_of_these_tests_makes_a_good_token_when_nothing_is_wrong() -> None:
    assert TOKENS.read(signed(claims())).user_id == TOKENS.read(GOOD).user_id == USER


def test_a_token_says_who_it_is_for_ten_minutes() -> None:
    before = datetime.now(UTC)
    token, expires_at = TOKENS.issue(USER, LOGIN, 7)
    read = TOKENS.read(token)
    assert (read.user_id, read.login_id, read.epoch, read.expires_at) == (USER, LOGIN, 7, expires_at)
    assert before - SECOND <= expires_at - timedelta(minutes=10) <= datetime.now(UTC)
    assert len(token) < 600


def test_the_life_may_be_another() -> None:
    before = datetime.now(UTC)
    _, expires_at = AccessTokens(RING, life_seconds=60).issue(USER, LOGIN, 0)
    assert before - SECOND <= expires_at - timedelta(minutes=1) <= datetime.now(UTC)


def test_tokens_outlive_a_new_first_key_and_die_with_their_own() -> None:
    token, _ = AccessTokens(KeyRing.parse(OLD)).issue(USER, LOGIN, 1)
    assert TOKENS.read(token).login_id == LOGIN
    with pytest.raises(InvalidToken):
        AccessTokens(KeyRing.parse(NEW)).read(token)


@settings(max_examples=200, deadline=None)
@given(st.integers(0, len(GOOD) - 1), st.integers(0, 7))
def test_no_flipped_bit_goes_unseen(place: int, bit: int) -> None:
    changed = GOOD[:place] + chr(ord(GOOD[place]) ^ 1 << bit) + GOOD[place + 1 :]
    with pytest.raises(InvalidToken):
        TOKENS.read(changed)


any_text = st.text(st.characters(exclude_categories=())) | st.text(st.sampled_from("eyJ-_.=0"), max_size=200)
any_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.uuids().map(str),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


@settings(max_examples=100, deadline=None)
@given(any_text)
def test_any_text_is_an_invalid_token_and_nothing_else(text: str) -> None:
    for token in (text, f"{GOOD.partition('.')[0]}.{text}", text + GOOD[20:]):
        with pytest.raises(InvalidToken):
            TOKENS.read(token)


@settings(max_examples=100, deadline=None)
@given(st.dictionaries(st.sampled_from(sorted(claims())), any_json, min_size=1))
def test_any_claims_are_read_or_an_invalid_token_even_under_our_signature(changed: dict[str, Any]) -> None:
    try:
        read = TOKENS.read(signed(claims(**changed)))
    except InvalidToken:
        return
    assert isinstance(read.user_id, UUID)
    assert read.expires_at > datetime.now(UTC)
