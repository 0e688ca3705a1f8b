"""The JSON door: A42, A43, A45."""

import asyncio
import gc
from typing import Any

import orjson
import pytest

from spoonfeeder.core.door.json_bodies import parse_json
from spoonfeeder.core.errors import AppError
from tests.core.door.raw_http import RunningServer, request

pytestmark = pytest.mark.asyncio(loop_scope="module")


Parsed = list[bool]
"""For each time that JSON was parsed: was the collector, which would take longer than that, switched off?"""


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> Parsed:
    times: Parsed = []
    loads = orjson.loads

    def watched(text: bytes) -> Any:
        times.append(not gc.isenabled())
        return loads(text)

    monkeypatch.setattr(orjson, "loads", watched)
    return times


def post(body: bytes) -> bytes:
    return request("POST", body=body)


@pytest.mark.parametrize(
    "body",
    [
        b'{"amount": NaN}',
        b'{"amount": Infinity}',
        b'{"amount": -Infinity}',
        b'{"name": "\\ud800"}',
        b'{"name": "\xff"}',
        b'\xef\xbb\xbf{"name": "bom"}',
        '{"name": "x"}'.encode("utf-16"),
        '{"name": "x"}'.encode("utf-32"),
        b'{"name": "x"} trailing',
        b'{"name": "x"',
        b"{'name': 'x'}",
        b'{"name": "a\x00b"}',
        b"name=x",
        b" ",
        b"\x00",
    ],
)
async def test_a43_what_is_not_json_gets_400(server: RunningServer, body: bytes) -> None:
    answer = await server.send(post(body))
    assert (answer.status, answer.code) == (400, "MALFORMED_JSON")


@pytest.mark.parametrize(
    ("body", "place"),
    [
        (b'{"name": "a\\u0000b"}', "name"),
        (b'{"settings": {"a": [1, {"b": "\\u0000"}]}}', "settings.a.1.b"),
        (b'{"settings": {"a\\u0000": 1}}', "settings"),
        (b'{"amount": 18446744073709551616}', "amount"),
        (b'{"amount": -18446744073709551616}', "amount"),
        (b'{"settings": {"seed": [1e300]}}', "settings.seed.0"),
    ],
)
async def test_a42_a43_what_could_not_be_stored_gets_422_and_is_named(
    server: RunningServer, body: bytes, place: str
) -> None:
    answer = await server.send(post(body))
    assert (answer.status, answer.code) == (422, "VALIDATION_ERROR")
    assert [detail["loc"] for detail in answer.json["details"]] == [place]
    assert "input" not in answer.json["details"][0]


@pytest.mark.parametrize("number", [b"1e999", b"-1e999", b"1" + b"0" * 4000])
async def test_a43_a_number_beyond_floats_is_refused(server: RunningServer, number: bytes) -> None:
    assert (await server.send(post(b'{"settings": {"seed": ' + number + b"}}"))).status in {400, 422}


@pytest.mark.parametrize("depth", [65, 300, 1000, 1025, 100_000])
@pytest.mark.parametrize(("opening", "closing"), [(b"[", b"]"), (b'{"a":', b"}")])
async def test_a43_deep_json_gets_422(server: RunningServer, depth: int, opening: bytes, closing: bytes) -> None:
    body = opening * depth + b"1" + closing * depth
    answer = await server.send(post(body[:256_000] if len(body) > 256_000 else body))
    assert answer.status == 422
    assert "64 levels" in answer.json["error"]


@pytest.mark.parametrize(
    "settings",
    [
        {"seed": 2**64 - 1},
        {"seed": 2**63},
        {"seed": -(2**63)},
        {"value": -0.0},
        {"value": 0.1},
        {"__proto__": {"constructor": 1}},
        {"🦄": "\U0001f984 \u2028\r\n\t"},
        {"": None, "nested": [[[[True, False]]]]},
    ],
)
async def test_a43_a45_what_is_accepted_comes_back_as_it_was(server: RunningServer, settings: dict[str, Any]) -> None:
    answer = await server.send(post(orjson.dumps({"settings": settings})))
    assert answer.status == 200
    assert orjson.loads(answer.body)["settings"] == settings


async def test_a45_a_hundred_thousand_nodes_get_422_unparsed(server: RunningServer, parsed: Parsed) -> None:
    node = b'"%d":{"class_type":"A","inputs":{"x":1}}'
    graph = b"{" + b",".join(node % number for number in range(100_000)) + b"}"
    answer = await server.send(request("POST", "/api/comfyui/workflows", body=b'{"settings":' + graph + b"}"))
    assert not parsed
    assert (answer.status, answer.code) == (422, "VALIDATION_ERROR")


async def test_too_many_values_get_422(server: RunningServer) -> None:
    assert (await server.send(post(b'{"settings": {"a": [' + b"1," * 20_000 + b"1]}}"))).status == 422
    assert (await server.send(post(b'{"settings": {"a": [' + b"[]," * 60_000 + b"[]]}}"))).status == 422


async def test_a44_a_hostile_body_of_eight_mebibytes_is_refused_unparsed(parsed: Parsed) -> None:
    """Nobody else gets a turn while one is parsed, and this one would take seconds."""
    with pytest.raises(AppError, match="too many objects"):
        await parse_json(b"[" + b"[]," * 2_700_000 + b"[]]", max_values=500_000)
    assert not parsed


async def test_a44_the_largest_graph_is_parsed_without_the_collector_and_checked_beside_others(parsed: Parsed) -> None:
    node = b'{"a":[1,2],"b":3.5,"text":"' + b"x" * 80 + b'"},'
    others = asyncio.create_task(asyncio.sleep(0))
    assert len(await parse_json(b"[" + node * 74_000 + b"{}]", max_values=500_000)) == 74_001
    assert others.done()
    assert parsed == [True]
    assert gc.isenabled()
