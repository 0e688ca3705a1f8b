"""A signed address shows one workspace's file for about an hour, and no other spelling of it shows anything (R47)."""

from urllib.parse import parse_qs, urlsplit
from uuid import UUID, uuid4

import pytest

from spoonfeeder.core.key_ring import KeyRing
from spoonfeeder.core.signed_urls import Permit, SignedUrls

OLD = "old:8f3a1c5e9b2d4760e1f8a7b6c5d4e3f21029384756abcdef5566778899a0b1c2"
NEW = "new:1b7e4c92d8a05f36c4e19b83f72d6a50e8c1b49f03d7a6258e5b9c0f1a2d3e47"
PATH = "/api/media/0f4a52c2-9d0c-4a7e-8b57-5e9d3f6a1c11"
WORKSPACE = UUID("5e9d3f6a-1c11-4a7e-8b57-0f4a52c29d0c")
NOON = 1_800_000_100.0


class Clock:
    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def urls(clock: Clock) -> SignedUrls:
    return SignedUrls(KeyRing.parse(NEW), clock=clock)


def asked(urls: SignedUrls, address: str) -> Permit | None:
    """What a request for this address is permitted."""
    path, _, query = address.partition("?")
    return urls.permit({"type": "http", "raw_path": path.encode(), "query_string": query.encode()})


def changed(address: str, **parameters: str) -> str:
    """The address with other values of its parameters."""
    query = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()} | parameters
    return f"{urlsplit(address).path}?" + "&".join(f"{name}={value}" for name, value in query.items())


def test_a_signed_address_shows_its_file_for_an_hour_at_least(urls: SignedUrls, clock: Clock) -> None:
    address = urls.sign(PATH, WORKSPACE)
    permit = asked(urls, address)
    assert permit is not None
    assert permit.workspace_id == WORKSPACE
    assert 3600 <= permit.seconds_left <= 4500
    clock.now += permit.seconds_left - 1
    assert asked(urls, address) == Permit(WORKSPACE, 1)
    clock.now += 1
    assert asked(urls, address) is None


def test_it_stays_the_same_for_a_while_so_that_a_cache_finds_it(urls: SignedUrls, clock: Clock) -> None:
    addresses = set()
    for _ in range(90):
        clock.now += 10
        addresses.add(urls.sign(PATH, WORKSPACE))
    assert len(addresses) == 2, "fifteen minutes touch two steps"


def test_the_rest_of_the_query_is_free(urls: SignedUrls) -> None:
    address = urls.sign(f"{PATH}?n=3", WORKSPACE)
    assert address.startswith(f"{PATH}?n=3&w=")
    assert asked(urls, address) is not None
    assert asked(urls, f"{address}&download=true") is not None


def test_a_new_first_key_leaves_what_the_old_one_signed(clock: Clock) -> None:
    address = SignedUrls(KeyRing.parse(OLD), clock=clock).sign(PATH, WORKSPACE)
    assert asked(SignedUrls(KeyRing.parse(f"{NEW},{OLD}"), clock=clock), address) is not None
    assert asked(SignedUrls(KeyRing.parse(NEW), clock=clock), address) is None


def test_in_local_mode_addresses_stay_as_they_are_and_permit_nothing(urls: SignedUrls) -> None:
    local = SignedUrls(KeyRing.parse(NEW), active=False)
    assert local.sign(PATH, WORKSPACE) == PATH
    shown = {"url": PATH, "thumbnail_url": None, "bytes": 3}
    assert local.sign_fields(shown, WORKSPACE) == shown
    assert asked(local, urls.sign(PATH, WORKSPACE)) is None


def test_the_addresses_of_an_answer_are_signed_and_nothing_else(urls: SignedUrls) -> None:
    shown = {"filename": PATH, "url": PATH, "thumbnail_url": None, "text": PATH}
    signed = urls.sign_fields(shown, WORKSPACE)
    assert signed == {**shown, "url": urls.sign(PATH, WORKSPACE)}


EXPIRES = "1800004500"
CHANGES = {
    "another workspace": {"w": str(uuid4())},
    "upper case": {"w": str(WORKSPACE).upper()},
    "without hyphens": {"w": WORKSPACE.hex},
    "in braces": {"w": f"{{{WORKSPACE}}}"},
    "no workspace": {"w": ""},
    "later": {"e": "1800005400"},
    "much later": {"e": "9" * 4000},
    "a sign": {"e": f"%2b{EXPIRES}"},
    "a space": {"e": f"%20{EXPIRES}"},
    "an underscore": {"e": "1_800_004_500"},
    "other digits": {"e": "%D9%A1800004500"},
    "not a number": {"e": "soon"},
    "NaN": {"e": "NaN"},
    "no signature": {"s": ""},
    "not ASCII": {"s": "%C3%A9"},
    "broken UTF-8": {"s": "%FF%FE"},
    "another signature": {"s": "A" * 43},
}


@pytest.mark.parametrize("parameters", CHANGES.values(), ids=CHANGES)
def test_a_changed_permission_is_none(urls: SignedUrls, parameters: dict[str, str]) -> None:
    address = urls.sign(PATH, WORKSPACE)
    assert f"e={EXPIRES}&" in address
    assert asked(urls, changed(address)) is not None
    assert asked(urls, changed(address, **parameters)) is None


PATHS = [
    f"{PATH}/",
    f"{PATH}/thumbnail/thumbnail",
    f"/{PATH}",
    PATH.upper(),
    PATH.replace("/media/", "/media//"),
    PATH.replace("/media/", "%2fmedia/"),
    PATH.replace("/media/", "/%6dedia/"),
    f"{PATH}%20",
    f"{PATH};x",
    f"/api/../{PATH}",
    PATH[:-1] + "2",
    f"{PATH}%0a{WORKSPACE}",
]


@pytest.mark.parametrize("path", PATHS)
def test_another_spelling_of_the_path_is_another_address(urls: SignedUrls, path: str) -> None:
    query = urlsplit(urls.sign(PATH, WORKSPACE)).query
    assert asked(urls, f"{path}?{query}") is None


def test_a_file_and_its_thumbnail_have_one_permission(urls: SignedUrls) -> None:
    shown = urls.sign_fields({"url": PATH, "thumbnail_url": f"{PATH}/thumbnail"}, WORKSPACE)
    assert urlsplit(shown["url"]).query == urlsplit(shown["thumbnail_url"]).query
    assert asked(urls, shown["url"]) == asked(urls, shown["thumbnail_url"]) is not None


@pytest.mark.parametrize("name", ["w", "e", "s"])
def test_each_parameter_stands_once(urls: SignedUrls, name: str) -> None:
    address = urls.sign(PATH, WORKSPACE)
    query = parse_qs(urlsplit(address).query)
    assert asked(urls, f"{address}&{name}={query[name][0]}") is None
    assert asked(urls, f"{address}&{name}=") is None
    kept = "&".join(f"{other}={query[other][0]}" for other in query if other != name)
    assert asked(urls, f"{PATH}?{kept}") is None
    assert asked(urls, PATH) is None
