"""Bodies, queries and ids that nobody should send, to every operation: A42-A46, A55, A56."""

import asyncio
from typing import Any

import orjson
import pytest

from tests.abuse.refusals import assert_refused
from tests.abuse.sampling import sampled
from tests.abuse.test_a35_addresses import ANY_ID, operations
from tests.fixtures.application import Application
from tests.fixtures.workflows import workflow

pytestmark = pytest.mark.asyncio(loop_scope="module")

JSON = {"Content-Type": "application/json"}
BODIES = {
    "nul": b'{"name": "a\\u0000b", "prompt_text": "a\\u0000b", "url": "\\u0000", "workflow_json": {"a\\u0000": 1}}',
    "nan": b'{"name": NaN}',
    "infinity": b'{"parameters": {"cfg_scale": Infinity}}',
    "huge": b'{"parameters": {"seed": 1e999}}',
    "2^64": b'{"parameters": {"seed": 18446744073709551616}}',
    "digits": b'{"parameters": {"seed": ' + b"9" * 4000 + b"}}",
    "surrogate": b'{"name": "\\udc00"}',
    "utf-16": '{"name": "x"}'.encode("utf-16"),
    "broken": b'{"name": ',
    "trailing": b"{} {}",
    "deep": b'{"options":' * 300 + b"1" + b"}" * 300,
    "deeper": b"[" * 100_000,
    "list": b"[]",
    "number": b"1",
    "null": b"null",
    "text": b'"x"',
    "wrong types": b'{"name": 1, "provider": [], "url": {}, "options": "x", "workflow_json": 1, "parameters": []}',
    "own fields": b'{"owner_id": 1, "workspace_id": "x", "fence": 1, "role": "admin"}',
    "20 MB": b'{"name": "' + b"x" * 20_000_000 + b'"}',
}


NO_IDS = ("x", "0", "-1", "%27%20or%201=1", "3F0E2A52", "a" * 1500, "%F0%9F%A6%84")


@pytest.mark.parametrize("name", BODIES)
async def test_a42_a43_a44_every_operation_answers_with_a_usable_4xx(api: Application, name: str) -> None:
    for method, path, operation in await operations(api):
        if "application/json" not in operation.get("requestBody", {}).get("content", {}):
            continue
        if name not in sampled(list(BODIES), f"{method} {path}", 2):
            continue
        answer = await api.http.request(method, path, content=BODIES[name], headers=JSON)
        assert_refused(answer, method, path)
        assert "input" not in str(answer.json().get("details", [{}])[0].keys())


async def test_a42_a46_queries_and_ids(api: Application) -> None:
    queries = [
        "limit=-1",
        "limit=0",
        "limit=1000000000",
        "page=1000000000000000000",
        "page=0",
        "offset=-1",
        "sort=;drop table",
        "q=%00",
        "profile_id=x",
        "profile_id=%00",
        "cursor=" + "a" * 5000,
        "q=" + "a" * 7000,
        "limit=1e3",
        "limit=²",
    ]
    for method, path, operation in await operations(api):
        if method != "GET":
            continue
        known = {parameter["name"] for parameter in operation.get("parameters", []) if parameter["in"] == "query"}
        for query in sampled(queries, path, 3):
            answer = await api.http.get(f"{path}?{query}")
            assert answer.status_code < 500 or path.startswith("/api/health"), (path, query, answer.text)
            if query.partition("=")[0] in known and query.startswith(("limit=", "page=", "offset=")):
                assert answer.status_code in {404, 422}, (path, query, answer.status_code)
        for bad in sampled(NO_IDS, path, 1):
            answer = await api.http.get(path.replace(ANY_ID, bad))
            assert answer.status_code < 500 or path.startswith("/api/health"), (path, bad, answer.text)


async def test_a43_numbers_come_back_as_they_were_sent(api: Application) -> None:
    options = {"a": 2**53 - 1, "b": -0.0, "c": 0.1, "d": 1e-300, "e": "🦄\u2028\t\n", "f": [[], {}], "": None}
    body = {"name": "Zahlen", "provider": "openai", "type": "text", "options": options}
    made = await api.json("POST", "/profiles", 201, json=body)
    read = await api.http.get(f"/api/profiles/{made['id']}")
    assert orjson.loads(read.content)["data"]["options"] == options


GRAPHS: dict[str, Any] = {
    "cycle": {
        "1": {"class_type": "A", "inputs": {"x": ["2", 0]}},
        "2": {"class_type": "B", "inputs": {"x": ["1", 0]}},
    },
    "self": {
        "1": {"class_type": "KSampler", "inputs": {"model": ["1", 0], "positive": ["1", 0], "latent_image": ["1", 0]}}
    },
    "unknown class": {"1": {"class_type": "NoSuchNode", "inputs": {}}},
    "prototype": {"__proto__": {"class_type": "constructor", "inputs": {"__proto__": 1, "constructor": "x"}}},
    "emoji": {"🦄": {"class_type": "🦄", "inputs": {"🦄": "🦄"}, "_meta": {"title": "<script>alert(1)</script>"}}},
    "links": {"1": {"class_type": "A", "inputs": {"a": ["9", 0], "b": ["1", -1], "c": ["", ""], "d": [1, 2, 3]}}},
    "many": {str(number): {"class_type": "KSampler", "inputs": {"seed": number}} for number in range(20_000)},
    "too many": {str(number): {"class_type": "A", "inputs": {}} for number in range(100_000)},
    "long prompt": {"1": {"class_type": "CLIPTextEncode", "inputs": {"text": "x" * 7_000_000}}},
    "empty": {},
    "editor": {"nodes": [], "links": []},
}


@pytest.mark.parametrize("name", GRAPHS)
async def test_a45_odd_graphs_are_refused_or_kept_to_the_letter(api: Application, name: str) -> None:
    body = {"profile_id": await api.profile(), "name": name, "workflow_json": GRAPHS[name]}
    answer = await api.http.post("/api/comfyui/workflows", json=body)
    assert answer.status_code in {201, 413, 422}, answer.text[:300]
    if answer.status_code == 201:
        read = await api.json("GET", f"/comfyui/workflows/{answer.json()['data']['id']}")
        assert orjson.loads(read["workflow_json"]) == GRAPHS[name]


async def test_a55_an_idempotency_key_has_one_effect(api: Application) -> None:
    session_id = await api.session(workflow("txt2img_sd15"))
    path = f"/api/comfyui/sessions/{session_id}/generate"

    async def post(key: str, **body: Any) -> Any:
        return await api.http.post(path, json=body, headers={"Idempotency-Key": key})

    answers = await asyncio.gather(*[post("same", prompt_text="one") for _ in range(20)])
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert len({answer.json()["data"]["id"] for answer in answers if answer.status_code == 201}) == 1
    assert (await post("same", prompt_text="other")).status_code == 422
    assert (await post("k" * 10_000)).status_code in {422, 431}
    listed = await api.json("GET", f"/comfyui/sessions/{session_id}")
    assert listed["generation_count"] == 1


async def test_a56_many_at_once_leave_nothing_half_done(api: Application) -> None:
    session_id = await api.session(workflow("txt2img_sd15"))
    made = await api.generate(session_id)
    of_it = f"/api/comfyui/generations/{made['id']}"
    calls = [api.http.post(f"{of_it}/cancel") for _ in range(15)]
    calls += [api.http.delete(of_it) for _ in range(10)]
    calls += [api.http.post(f"{of_it}/rerun") for _ in range(10)]
    calls += [api.http.delete(f"/api/comfyui/sessions/{session_id}") for _ in range(10)]
    calls += [api.http.post(f"{of_it}/rerun") for _ in range(10)]
    answers = await asyncio.gather(*calls)
    assert {answer.status_code for answer in answers} <= {200, 201, 404, 409}
    await api.json("GET", f"/comfyui/sessions/{session_id}", 404)
    assert [item["id"] for item in await api.json("GET", "/active") if item["session_id"] == session_id] == []
