"""Which addresses may be called: A13, A14, A16, A17, A20."""

import re
from collections.abc import Sequence

import pytest

from spoonfeeder.core.settings import Settings, SettingsError
from spoonfeeder.core.targets import TargetNotAllowed, TargetPolicy, TargetUnknown

NAMES = {
    "comfy.example": ["93.184.215.14"],
    "both.example": ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"],
    "inside.example": ["10.1.2.3"],
    "127.0.0.1.nip.io": ["127.0.0.1"],
    "mixed.example": ["93.184.215.14", "127.0.0.1"],
    "studio.local": ["fe80::1%eth0", "192.168.1.20"],
    "api.internal": ["127.0.0.1"],
    "localhost": ["::1", "127.0.0.1"],
}


async def lookup(host: str, port: int) -> Sequence[str]:
    if host not in NAMES:
        raise OSError(f"{host} is unknown")
    return NAMES[host]


def policy(*, local: bool, private_targets: Sequence[tuple[str, int]] = ()) -> TargetPolicy:
    return TargetPolicy(
        local=local,
        private_targets=private_targets,
        own_listeners={("127.0.0.1", 3001), ("api.internal", 5432)},
        resolver=lookup,
    )


METADATA_AND_OWN = [
    "http://169.254.169.254/latest/meta-data/",
    "http://[fe80::1]:8188",
    "http://[fd00:ec2::254]/",
    "http://[fd20:ce::254]/",
    "http://100.100.100.200/",
    "http://168.63.129.16/",
    "http://metadata.google.internal/",
    "http://METADATA.google.internal./",
    "http://metadata/",
    "http://0.0.0.0:8188",
    "http://[::]:8188",
    "http://0.1.2.3:8188",
    "http://224.0.0.1",
    "http://[ff02::1]",
    "http://255.255.255.255",
    "http://240.1.1.1",
    "http://127.0.0.1:3001",
    "http://localhost:3001",
    "http://[::1]:3001",
    "http://127.0.0.2:3001",
    "http://[::ffff:127.0.0.1]:3001",
    "http://127.0.0.1:5432",
    "http://[::ffff:169.254.169.254]/",
    "http://[64:ff9b::a9fe:a9fe]/",
    "http://[2002:a9fe:a9fe::]/",
    "http://[::169.254.169.254]/",
    "http://127.0.0.1:0",
]
DISGUISES = [
    "http://0x7f000001/",
    "http://0x7f.0.0.1/",
    "http://2130706433/",
    "http://017700000001/",
    "http://0177.0.0.1/",
    "http://127.1/",
    "http://127.0.1/",
    "http://127.0.0.1.1/",
    "http://①②⑦.⓪.⓪.①/",
    "http://\uff11\uff12\uff17.0.0.1/",
    "http://127。0。0。1/",
    "http://user@93.184.215.14/",
    "http://user:pass@127.0.0.1:8188/",
    "http://93.184.215.14\\@127.0.0.1/",
    "http://%31%32%37.0.0.1/",
    "http://[fe80::1%25eth0]/",
    "http:///path",
    "//127.0.0.1/",
    "http://a b/",
    "http://-x.example/",
    "http://" + "a" * 300 + "/",
    "ftp://93.184.215.14/",
    "file:///etc/passwd",
    "gopher://93.184.215.14/",
    "unix:///run/postgres",
    "93.184.215.14:8188",
    "",
    "http://93.184.215.14:99999/",
]
PRIVATE = [
    "http://127.0.0.1:6379",
    "http://127.0.0.1.:6379",
    "http://localhost:8188",
    "http://[::1]:8188",
    "http://[::ffff:7f00:1]:8188",
    "http://[::7f00:1]:8188",
    "http://[64:ff9b::7f00:1]:8188",
    "http://[2002:7f00:1::]:8188",
    "http://10.0.0.8:8188",
    "http://172.16.3.4:8188",
    "http://192.168.1.5:8188",
    "http://100.64.1.1:8188",
    "http://198.18.0.1",
    "http://[fd12:3456::1]:8188",
    "http://inside.example:8188",
    "http://127.0.0.1.nip.io:8188",
]


@pytest.mark.parametrize("local", [True, False])
@pytest.mark.parametrize("url", METADATA_AND_OWN + DISGUISES)
async def test_a13_a14_never_a_target_in_any_mode(url: str, local: bool) -> None:
    with pytest.raises(TargetNotAllowed) as refusal:
        await policy(local=local).resolve(url)
    assert (refusal.value.status, refusal.value.code) == (422, "TARGET_NOT_ALLOWED")


@pytest.mark.parametrize("url", PRIVATE)
async def test_a13_a14_private_addresses_only_in_local_mode(url: str) -> None:
    assert (await policy(local=True).resolve(url)).ip
    with pytest.raises(TargetNotAllowed):
        await policy(local=False).resolve(url)


@pytest.mark.parametrize(
    ("url", "scheme", "port"),
    [
        ("http://comfy.example", "http", 80),
        ("https://comfy.example/path", "https", 443),
        ("ws://comfy.example:8188/ws?clientId=1", "ws", 8188),
        ("wss://both.example/ws", "wss", 443),
    ],
)
async def test_public_names_are_targets_in_both_modes(url: str, scheme: str, port: int) -> None:
    for local in (True, False):
        target = await policy(local=local).resolve(url)
        assert (target.scheme, target.port, target.ip) == (scheme, port, "93.184.215.14")


async def test_a_name_that_also_means_a_private_address_is_refused_with_logins() -> None:
    with pytest.raises(TargetNotAllowed):
        await policy(local=False).resolve("http://mixed.example")


async def test_a_local_name_is_called_at_its_ordinary_address() -> None:
    target = await policy(local=True).resolve("http://studio.local:8188")
    assert target.addresses == ("192.168.1.20",)
    assert (await policy(local=True).resolve("http://localhost:8188")).addresses == ("127.0.0.1", "::1")


async def test_an_unknown_name_is_told_apart_in_local_mode_only() -> None:
    with pytest.raises(TargetUnknown):
        await policy(local=True).resolve("http://nowhere.example")
    refusals = []
    for answer in ([], ["10.0.0.1"], ["127.0.0.1"], ["169.254.169.254"], ["93.184.215.14", "10.0.0.1"]):

        async def lookup_one(_: str, __: int, found: Sequence[str] = answer) -> Sequence[str]:
            return found

        served = TargetPolicy(local=False, own_listeners={("127.0.0.1", 8188)}, resolver=lookup_one)
        with pytest.raises(TargetNotAllowed) as refusal:
            await served.resolve("http://some.example:8188")
        refusals.append(refusal.value.envelope())
    assert all(told == refusals[0] for told in refusals)
    assert "no public address of it is known at the moment" in refusals[0]["error"]
    assert "PRIVATE_TARGETS: some.example:8188." in refusals[0]["error"]


async def test_an_address_is_said_to_be_none_that_is_public() -> None:
    served = TargetPolicy(local=False, own_listeners={("93.184.215.14", 3001)})
    for place in ("10.0.0.5:8188", "[fd12:3456::1]:8188"):
        with pytest.raises(TargetNotAllowed, match=re.escape(f"{place} was not called, as it is no public address. ")):
            await served.resolve(f"http://{place}")
    with pytest.raises(TargetNotAllowed) as own:
        await served.resolve("http://93.184.215.14:3001")
    assert "public" not in own.value.message


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("http://127.0.0.1:6379", "127.0.0.1:6379"),
        ("http://[fd12:3456::1]:8188", "[fd12:3456::1]:8188"),
        ("https://inside.example", "inside.example:443"),
    ],
)
async def test_with_logins_a_refusal_names_what_the_operator_may_list(url: str, place: str) -> None:
    with pytest.raises(TargetNotAllowed, match=re.escape(f"PRIVATE_TARGETS: {place}.")):
        await policy(local=False).resolve(url)
    settings = Settings(_env_file=None, auth="required", private_targets=(place,))
    assert (await TargetPolicy.from_settings(settings, resolver=lookup).resolve(url)).ip


@pytest.mark.parametrize("url", ["http://169.254.169.254", "http://[fe80::1]:8188", "http://metadata.google.internal"])
async def test_no_listing_is_advised_where_it_would_not_help(url: str) -> None:
    with pytest.raises(TargetNotAllowed) as refusal:
        await policy(local=False).resolve(url)
    assert "PRIVATE_TARGETS" not in refusal.value.message


async def test_a_listed_name_without_an_address_is_only_away() -> None:
    listed = policy(local=False, private_targets=[("nowhere.example", 8188), ("127.0.0.1", 3001)])
    with pytest.raises(TargetUnknown):
        await listed.resolve("http://nowhere.example:8188")
    with pytest.raises(TargetNotAllowed) as own:
        await listed.resolve("http://127.0.0.1:3001")
    assert "PRIVATE_TARGETS" not in own.value.message


async def test_a20_a_listed_pair_is_reached_and_its_neighbour_is_not() -> None:
    listed = policy(local=False, private_targets=[("127.0.0.1", 11434), ("inside.example", 8188)])
    assert (await listed.resolve("http://127.0.0.1:11434")).port == 11434
    assert (await listed.resolve("http://inside.example:8188")).ip == "10.1.2.3"
    for url in ("http://127.0.0.1:11435", "http://10.1.2.3:8188", "http://inside.example:8189"):
        with pytest.raises(TargetNotAllowed):
            await listed.resolve(url)


async def test_the_settings_name_own_ports_and_private_targets() -> None:
    settings = Settings(
        _env_file=None,
        auth="required",
        port=3005,
        ollama_url="http://localhost:11434",
        private_targets="10.0.0.8:8188,[::1]:8189",
        redis_url="redis://127.0.0.1:6379/0",
        database_url="postgresql://u:p@127.0.0.1/db",
        simulator_port=8199,
    )
    served = TargetPolicy.from_settings(settings, own_listeners={("127.0.0.1", 3006)}, resolver=lookup)
    for url in ("http://localhost:11434", "http://10.0.0.8:8188", "http://[::1]:8189", "http://127.0.0.1:8199"):
        assert (await served.resolve(url)).ip
    with pytest.raises(TargetNotAllowed):
        await served.resolve("http://127.0.0.1:8200")
    open_to_all = TargetPolicy.from_settings(settings.model_copy(update={"auth": "local"}), resolver=lookup)
    for port in (3005, 6379, 5432):
        with pytest.raises(TargetNotAllowed):
            await open_to_all.resolve(f"http://127.0.0.1:{port}")
    with pytest.raises(TargetNotAllowed):
        await served.resolve("http://127.0.0.1:3006")


async def test_a_listener_on_all_addresses_covers_this_machine_but_not_others() -> None:
    everywhere = TargetPolicy(local=True, own_listeners={("0.0.0.0", 3001)})
    with pytest.raises(TargetNotAllowed):
        await everywhere.resolve("http://127.0.0.1:3001")
    assert (await everywhere.resolve("http://192.0.2.77:3001")).ip == "192.0.2.77"


@pytest.mark.parametrize(
    "pair", ["localhost", "http://localhost:1", "localhost:x", "localhost:1/path", ":8188", "a@b:1"]
)
def test_a_wrong_private_target_is_named_in_one_sentence(pair: str) -> None:
    with pytest.raises(SettingsError, match="PRIVATE_TARGETS"):
        TargetPolicy.from_settings(Settings(_env_file=None, private_targets=(pair,)))
