"""A stored secret opens only with its key, at its place and for its server."""

import random
import re
import string
from pathlib import Path
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from spoonfeeder.core.crypto import Cipher, KeyUnreadable, binding, masked, open_cipher, origin_of
from spoonfeeder.core.key_ring import KeyRing, load_or_create_key
from spoonfeeder.core.settings import SettingsError, load_settings

OLD_KEY = "8f3a1c5e9b2d4760e1f8a7b6c5d4e3f21029384756abcdef5566778899a0b1c2"
NEW_KEY = "1b7e4c92d8a05f36c4e19b83f72d6a50e8c1b49f03d7a6258e5b9c0f1a2d3e47"
SECRET = "sk-proj-abcdefghijklmnopqrstuvwxyz-7890"
ROW, WORKSPACE = uuid4(), uuid4()
HOST = "https://api.openai.com:443"
PLACE = binding("profiles", "api_key", ROW, WORKSPACE, HOST)


def cipher_of(keys: str) -> Cipher:
    return Cipher(KeyRing.parse(keys))


@pytest.fixture(autouse=True)
def no_keys_around(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ENCRYPTION_KEY", "ENCRYPTION_KEYS"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def cipher() -> Cipher:
    return cipher_of(f"old:{OLD_KEY}")


def legacy_form(key: str, secret: str, iv: bytes) -> str:
    sealed = AESGCM(bytes.fromhex(key)).encrypt(iv, secret.encode(), None)
    return f"{iv.hex()}:{sealed[-16:].hex()}:{sealed[:-16].hex()}"


def test_a_secret_comes_back_and_is_not_visible_in_what_is_stored(cipher: Cipher) -> None:
    stored = cipher.encrypt(SECRET, PLACE)
    assert re.fullmatch(r"v2\.old\.[\w-]{16}\.[\w-]+", stored)
    assert cipher.decrypt(stored, PLACE) == SECRET
    assert cipher.encrypt(SECRET, PLACE) != stored
    assert SECRET[3:9] not in stored


@pytest.mark.parametrize(
    "elsewhere",
    [
        binding("provider_settings", "api_key", ROW, WORKSPACE, HOST),
        binding("profiles", "url", ROW, WORKSPACE, HOST),
        binding("profiles", "api_key", uuid4(), WORKSPACE, HOST),
        binding("profiles", "api_key", ROW, uuid4(), HOST),
        binding("profiles", "api_key", ROW, WORKSPACE, "https://evil.example:443"),
    ],
)
def test_a_cipher_text_moved_elsewhere_is_unreadable(cipher: Cipher, elsewhere: str) -> None:
    with pytest.raises(KeyUnreadable) as refused:
        cipher.decrypt(cipher.encrypt(SECRET, PLACE), elsewhere)
    assert (refused.value.status, refused.value.code) == (409, "KEY_UNREADABLE")


@pytest.mark.parametrize("form", ["v2", "legacy"])
def test_ten_thousand_mutations_never_yield_a_plaintext(cipher: Cipher, form: str) -> None:
    stored = cipher.encrypt(SECRET, PLACE) if form == "v2" else legacy_form(OLD_KEY, SECRET, bytes(range(16)))
    dice = random.Random(20261120)
    alphabet = string.printable + "é\x00"
    for _ in range(10_000):
        mutant = mutate(stored, dice, alphabet)
        if mutant != stored:
            with pytest.raises(KeyUnreadable):
                cipher.decrypt(mutant, PLACE)


def mutate(text: str, dice: random.Random, alphabet: str) -> str:
    place = dice.randrange(len(text))
    letter = dice.choice(alphabet)
    return dice.choice(
        [
            text[:place] + letter + text[place + 1 :],
            text[:place] + letter + text[place:],
            text[:place] + text[place + 1 :],
            text[:place],
            text[place:] + text[:place],
            text[:place] + text[place].swapcase() + text[place + 1 :],
        ]
    )


@pytest.mark.parametrize("iv_bytes", [12, 16])
def test_the_older_hex_form_is_read_and_asks_to_be_rewritten(cipher: Cipher, iv_bytes: int) -> None:
    stored = legacy_form(OLD_KEY, SECRET, bytes(range(iv_bytes)))
    assert cipher.decrypt(stored, PLACE) == SECRET
    assert not cipher.is_current(stored)


def test_a_new_first_key_encrypts_and_the_old_one_still_opens(cipher: Cipher) -> None:
    stored, legacy = cipher.encrypt(SECRET, PLACE), legacy_form(OLD_KEY, SECRET, bytes(16))
    rotated = cipher_of(f"new:{NEW_KEY}, old:{OLD_KEY}")
    assert rotated.decrypt(stored, PLACE) == SECRET == rotated.decrypt(legacy, PLACE)
    assert not rotated.is_current(stored)
    assert rotated.is_current(rotated.encrypt(SECRET, PLACE))
    with pytest.raises(KeyUnreadable):
        cipher_of(f"new:{NEW_KEY}").decrypt(stored, PLACE)


def test_the_canary_opens_only_with_the_right_keys(cipher: Cipher) -> None:
    canary = cipher.canary()
    cipher.check_canary(canary)
    with pytest.raises(KeyUnreadable):
        cipher_of(f"old:{NEW_KEY}").check_canary(canary)


@pytest.mark.parametrize(
    "keys",
    [
        "your-32-byte-hex-key",
        "",
        " , ",
        f"a:{OLD_KEY},a:{NEW_KEY}",
        f"bad id:{OLD_KEY}",
        f"a.b:{OLD_KEY}",
        f"a:{OLD_KEY[:-2]}",
        f"a:{OLD_KEY}00",
        f"a:{'0' * 64}",
        f"a:{'ab' * 32}",
        f"a:{'0123456789abcdef' * 4}",
        f"a:{bytes(range(32)).hex()}",
        f"a:{'deadbeef' * 8}",
        f"a:{'00112233445566778899aabbccddeeff' * 2}",
        f"a:{'0123456789abcdeffedcba9876543210' * 2}",
        "a:a1b2c3d4e5f6a7b8c9d0e1f2a3b4c5d6e7f8a9b0c1d2e3f4a5b6c7d8e9f0a1b2",
        f"a:{b'this is a secret key of 32 bytes'.hex()}",
        "a:<64 hex digits>",
        "a:change-me-to-a-random-32-byte-value",
    ],
)
def test_wrong_and_sample_keys_are_refused_in_one_sentence_without_the_key(keys: str) -> None:
    with pytest.raises(SettingsError) as refused:
        KeyRing.parse(keys)
    sentence = str(refused.value)
    assert sentence.startswith("ENCRYPTION_KEYS")
    assert sentence.endswith(".")
    assert OLD_KEY[:8] not in sentence


@pytest.mark.parametrize("key", ["your-32-byte-hex-key", "changeme", "f" * 64, "${ENCRYPTION_KEY}", OLD_KEY[:32]])
def test_a_lone_key_is_held_to_the_same_rules(key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ENCRYPTION_KEY", key)
    with pytest.raises(SettingsError, match="ENCRYPTION_KEY "):
        open_cipher(load_settings())


def test_the_first_start_makes_a_key_that_later_starts_use(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPOONFEEDER_HOME", str(tmp_path))
    stored = open_cipher(load_settings()).encrypt(SECRET, PLACE)
    assert open_cipher(load_settings()).decrypt(stored, PLACE) == SECRET
    files = list((tmp_path / "keys").iterdir())
    assert len(files) == 1
    assert files[0].stat().st_mode & 0o777 == 0o600
    moved = cipher_of(f"new:{NEW_KEY},default:{load_or_create_key(files[0])}")
    assert moved.decrypt(stored, PLACE) == SECRET


def test_a_ring_never_shows_its_keys() -> None:
    ring = KeyRing.parse(f"old:{OLD_KEY}")
    assert OLD_KEY not in repr(ring) + repr(Cipher(ring)) + str(ring)
    assert repr(ring.keys["old"]) not in repr(Cipher(ring))


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        (None, "default"),
        ("", "default"),
        ("https://API.OpenAI.com/v1", "https://api.openai.com:443"),
        ("https://api.openai.com:443/other?x=1", "https://api.openai.com:443"),
        ("http://localhost:8188", "http://localhost:8188"),
        ("http://[::1]:8188/x", "http://[::1]:8188"),
        ("http://user@host/", "http://host:80"),
    ],
)
def test_origin_is_scheme_host_and_port(url: str | None, origin: str) -> None:
    assert origin_of(url) == origin


@pytest.mark.parametrize("url", ["localhost", "http://", "ftp://host", "http://host:99999", "//host"])
def test_an_address_without_an_origin_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        origin_of(url)


def test_masks_show_at_most_the_last_four_of_a_long_key() -> None:
    assert masked(SECRET) == "sk-…7890"
    assert masked("x" * 15 + "12345") == "sk-…2345"
    assert masked("short-secret-123456") == "sk-…"
    assert masked("") == "sk-…"
