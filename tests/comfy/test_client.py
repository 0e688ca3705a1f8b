"""The calls of the client against a real loopback server: what is sent, and what becomes of every kind of answer."""

import asyncio
import json
from pathlib import Path
from uuid import uuid4

import httpx2
import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from spoonfeeder.comfy.client import ComfyClient
from spoonfeeder.comfy.errors import Broken, ComfyError, OutputGone, Refused, Unreachable, UnreadableEntry
from spoonfeeder.comfy.locate import Absent, Finished, Pending, Running
from spoonfeeder.comfy.outputs import OutputFile
from tests.comfy.loopback import TROUBLE, Loopback, answer_with, success
from tests.comfy.recorded import VERSIONS, document, refusals, trace

GRAPH = {"1": {"class_type": "EmptyImage", "inputs": {"seed": 2**64 - 1}}}
PICTURE = OutputFile("9", "images", "a b_00001_.png", "sf/x", "output", "image")


async def test_submit_sends_our_id_and_nothing_that_changes_the_order(server: Loopback, client: ComfyClient) -> None:
    prompt_id = str(uuid4())
    accepted = await client.submit(GRAPH, prompt_id=prompt_id, client_id="me", extra_data={"extra_pnginfo": {}})
    assert accepted.prompt_id == prompt_id
    assert accepted.refused == []
    [body] = server.submitted
    assert body == {
        "prompt": {node_id: {"_meta": {}, **node} for node_id, node in GRAPH.items()},
        "prompt_id": prompt_id,
        "client_id": "me",
        "extra_data": {"preview_method": "auto", "extra_pnginfo": {}},
    }


@pytest.mark.parametrize(
    "prompt_id",
    ["", "Job 1", "{0e8718c8-c253-4784-81dd-74076590e599}", "0E8718C8-C253-4784-81DD-74076590E599X"],
)
async def test_submit_takes_canonical_uuids_only(server: Loopback, client: ComfyClient, prompt_id: str) -> None:
    with pytest.raises(ValueError, match="canonical"):
        await client.submit(GRAPH, prompt_id=prompt_id, client_id="me")
    assert server.submitted == []


async def test_an_old_server_keeps_its_own_id(server: Loopback, client: ComfyClient) -> None:
    server.answers["POST /prompt"] = answer_with(200, {"prompt_id": "server-made", "number": 1})
    accepted = await client.submit(GRAPH, prompt_id=str(uuid4()), client_id="me")
    assert accepted.prompt_id == "server-made"


@pytest.mark.parametrize("version", VERSIONS)
async def test_left_out_outputs_of_an_accepted_prompt_are_told(
    server: Loopback, client: ComfyClient, version: str
) -> None:
    recorded = trace(version, "partly_invalid_accepted")["submissions"][0]
    server.answers["POST /prompt"] = answer_with(200, recorded["reply"])
    accepted = await client.submit(recorded["graph"], prompt_id=str(uuid4()), client_id="me")
    [fault] = accepted.refused
    assert fault["node_id"] == "11"
    assert fault["message"] == "The image 'no_such_upload.png' is not on this ComfyUI."


@pytest.mark.parametrize("version", VERSIONS)
async def test_a_400_is_a_final_refusal_in_words(server: Loopback, client: ComfyClient, version: str) -> None:
    [case] = [case for case in refusals(version) if case["what"] == "invalid_unknown_checkpoint"]
    server.answers["POST /prompt"] = answer_with(400, case["body"])
    with pytest.raises(Refused) as refused:
        await client.submit(case["graph"], prompt_id=str(uuid4()), client_id="me")
    assert refused.value.message.endswith(
        "Load Checkpoint (node 4): The checkpoint 'does_not_exist.safetensors' is not on this ComfyUI."
    )
    assert refused.value.maybe_done is False


async def _hang(request: Request) -> Response:
    await asyncio.sleep(30)
    return Response()


async def _cut(request: Request) -> Response:
    return Response(b"{}", headers={"content-length": "100"})


UNUSABLE = {
    "500": (answer_with(500, text=TROUBLE), Broken, True),
    "502 of a proxy": (answer_with(502, text="<html>Bad Gateway</html>"), Unreachable, True),
    "503 of a proxy": (answer_with(503, text=""), Unreachable, True),
    "200 with HTML": (answer_with(200, text="<html>Hello</html>"), Broken, True),
    "200 with nothing": (answer_with(200, text=""), Broken, True),
    "200 with a list": (answer_with(200, []), Broken, True),
    "no answer": (_hang, Unreachable, True),
    "403": (answer_with(403, text=""), Broken, False),
    "404": (answer_with(404, text="not here"), Broken, False),
    "redirect": (answer_with(302, text=""), Broken, False),
    "413": (answer_with(413, text="too large"), Refused, False),
    "400 without JSON": (answer_with(400, text="no"), Broken, False),
}


@pytest.mark.parametrize("case", UNUSABLE)
async def test_what_a_bad_answer_to_a_submit_means(server: Loopback, client: ComfyClient, case: str) -> None:
    server.answers["POST /prompt"], kind, maybe_done = UNUSABLE[case]
    patience = 0.3 if case == "no answer" else 20
    with pytest.raises(ComfyError) as told:
        await client.submit(GRAPH, prompt_id=str(uuid4()), client_id="me", timeout_seconds=patience)
    assert type(told.value) is kind
    assert told.value.maybe_done is maybe_done
    assert server.url in told.value.message or kind is Refused


async def test_nobody_listening_is_unreachable_and_surely_not_done(server: Loopback, client: ComfyClient) -> None:
    await server.stop()
    with pytest.raises(Unreachable, match="cannot be reached") as told:
        await client.submit(GRAPH, prompt_id=str(uuid4()), client_id="me")
    assert told.value.maybe_done is False


@pytest.mark.parametrize("version", VERSIONS)
async def test_abilities_are_read_from_the_recorded_servers(
    server: Loopback, client: ComfyClient, version: str
) -> None:
    server.answers["GET /system_stats"] = answer_with(200, document(f"system_stats_{version}.json"))
    server.answers["GET /features"] = answer_with(200, document(f"features_{version}.json"))
    server.has_jobs = newer = version == "v0.33.0"
    info = await client.system()
    able = info.capabilities
    assert info.version == version.removeprefix("v")
    assert (able.takes_prompt_id, able.interrupts_by_id, able.previews_with_metadata) == (True, True, True)
    assert (able.lists_jobs, able.cancels_jobs, able.previews_per_prompt) == (newer, newer, newer)
    assert info.devices[0].vram_total == 25276514304
    assert await client.system() is info
    assert await client.system(fresh=True) is not info


async def test_an_unknown_server_is_trusted_with_nothing(server: Loopback, client: ComfyClient) -> None:
    server.has_jobs = False
    server.answers["GET /system_stats"] = answer_with(200, {"system": {"comfyui_version": ["odd"]}, "devices": "none"})
    server.answers["GET /features"] = answer_with(404, text="")
    able = (await client.system()).capabilities
    assert not any((able.takes_prompt_id, able.interrupts_by_id, able.cancels_jobs, able.previews_with_metadata))


async def test_a_prompt_is_located_wherever_it_is(server: Loopback, client: ComfyClient) -> None:
    server.running, server.pending = ["theirs"], ["early", "late"]
    server.history["done"] = success("done")
    assert await client.locate("theirs") == Running()
    assert await client.locate("late") == Pending(ahead=2, running=("theirs",))
    assert await client.locate("done") == Finished(success("done"))
    assert await client.locate("never") == Absent()


async def test_one_reading_of_the_queue_serves_everybody_who_waits(server: Loopback, client: ComfyClient) -> None:
    server.running = ["1"]
    server.history = {str(number): success(str(number)) for number in range(2, 50)}
    await client.locate("1")
    places = await asyncio.gather(*(client.locate(str(number)) for number in range(1, 50)))
    assert places[0] == Running()
    assert all(isinstance(place, Finished) for place in places[1:])
    assert server.count("GET /queue") == 2


async def test_a_failed_reading_is_shared_too(server: Loopback, client: ComfyClient) -> None:
    server.answers["GET /queue"] = answer_with(500, text=TROUBLE)
    failed = await asyncio.gather(*(client.locate(str(number)) for number in range(20)), return_exceptions=True)
    assert {type(error) for error in failed} == {Broken}
    assert server.count("GET /queue") <= 2


async def test_a_waiter_that_is_cancelled_leaves_the_reading_to_the_others(
    server: Loopback, client: ComfyClient
) -> None:
    server.running = ["1"]
    await client.locate("1")
    first = asyncio.create_task(client.locate("1"))
    others = [asyncio.create_task(client.locate("1")) for _ in range(3)]
    await asyncio.sleep(0)
    first.cancel()
    assert await asyncio.gather(*others) == [Running()] * 3


async def test_a_history_with_bare_nan_and_nul_is_read(server: Loopback, client: ComfyClient) -> None:
    for version in VERSIONS:
        recorded = trace(version, "nan_in_outputs")
        [prompt_id] = recorded["history"]
        assert "NaN" in recorded["raw_history_text"]
        server.answers["GET /history/{id}"] = answer_with(200, text=recorded["raw_history_text"])
        entry = await client.history(prompt_id)
        assert entry is not None
        assert entry["outputs"]["2"] == {"score": [None, None], "text": ["ab"]}


async def test_an_endless_history_entry_is_given_up(server: Loopback, client: ComfyClient) -> None:
    huge = json.dumps({"p": {"outputs": {"9": {"images": ["x" * 1_000_000] * 34}}}})
    server.answers["GET /history/{id}"] = answer_with(200, text=huge)
    with pytest.raises(UnreadableEntry, match="larger than"):
        await client.history("p")


async def test_a_queue_of_foreign_shapes_is_broken_not_a_crash(server: Loopback, client: ComfyClient) -> None:
    bodies: list[object] = [[], {"queue_running": 5, "queue_pending": []}, {"queue_running": []}]
    for body in bodies:
        server.answers["GET /queue"] = answer_with(200, body)
        with pytest.raises(Broken):
            await client.queue()
    odd = {"queue_running": [[1], None, ["x", "y"], [1, 2]], "queue_pending": [[2, "b"], [1.5, "a"], [True]]}
    server.answers["GET /queue"] = answer_with(200, odd)
    view = await client.queue()
    assert (view.running, view.pending) == ((), ("a", "b"))


async def test_queue_remaining_is_the_cheap_sign_of_life(server: Loopback, client: ComfyClient) -> None:
    server.running = ["a"]
    assert await client.queue_remaining() == 1
    server.answers["GET /prompt"] = answer_with(200, {"hello": "I am another server"})
    with pytest.raises(Broken, match="does not behave like ComfyUI"):
        await client.queue_remaining()


async def test_outputs_are_streamed_and_missing_ones_named(server: Loopback, client: ComfyClient) -> None:
    server.files["sf/x/a b_00001_.png"] = b"P" * 300_000
    async with client.stream_output(PICTURE) as chunks:
        assert b"".join([chunk async for chunk in chunks]) == b"P" * 300_000
    assert await client.probe_output(PICTURE) is True
    server.files.clear()
    assert await client.probe_output(PICTURE) is False
    with pytest.raises(OutputGone, match=r"a b_00001_\.png"):
        async with client.stream_output(PICTURE):
            pass


async def test_an_output_cut_short_is_an_error_not_a_short_file(server: Loopback, client: ComfyClient) -> None:
    server.answers["GET /view"] = _cut

    async def read() -> None:
        async with client.stream_output(PICTURE) as chunks:
            async for _ in chunks:
                pass

    with pytest.raises(Unreachable):
        await read()


async def test_an_upload_uses_the_name_that_the_server_gave(
    server: Loopback, client: ComfyClient, tmp_path: Path
) -> None:
    source = tmp_path / "cat.png"
    source.write_bytes(b"meow")
    assert await client.upload("sf_1.png", source, "image/png") == "sf_1.png"
    assert server.files == {"/sf_1.png": b"meow"}

    async def renamed(request: Request) -> Response:
        return JSONResponse({"name": "sf_1 (1).png", "subfolder": "kept", "type": "input"})

    server.answers["POST /upload/image"] = renamed
    assert await client.upload("sf_1.png", source) == "kept/sf_1 (1).png"
    server.answers["POST /upload/image"] = answer_with(200, {"name": None})
    with pytest.raises(Broken):
        await client.upload("sf_1.png", source)


async def test_extra_headers_go_with_every_call(server: Loopback, http: httpx2.AsyncClient) -> None:
    seen: list[str | None] = []

    async def queue(request: Request) -> Response:
        seen.append(request.headers.get("authorization"))
        return JSONResponse({"queue_running": [], "queue_pending": []})

    server.answers["GET /queue"] = queue
    await ComfyClient(server.url, http, headers={"Authorization": "Bearer k"}).queue()
    assert seen == ["Bearer k"]
