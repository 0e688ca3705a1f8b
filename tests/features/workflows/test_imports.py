"""Any workflow in: both formats, bare or wrapped, as JSON or inside a file; the author's own is kept beside ours."""

import asyncio
import json
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from spoonfeeder.comfy import backends
from spoonfeeder.comfy.probe import with_probe
from tests.comfy.metadata import writers
from tests.fixtures.application import Application
from tests.fixtures.workflows import workflow

PATH = "/comfyui/workflows"
EDITOR = workflow("ui_txt2img_sd15")
API = workflow("txt2img_sd15")
BOTH = {"prompt": json.dumps(API), "workflow": json.dumps(EDITOR)}
TAGS = tuple(BOTH.items())
HISTORY = {"7": {"prompt": [0, "id", API, {"extra_pnginfo": {"workflow": EDITOR}}, ["9"]], "outputs": {}}}
FILES: dict[str, Callable[[], bytes]] = {
    "png": lambda: writers.png(texts=BOTH),
    "webp": lambda: writers.webp(exif()),
    "jpg": lambda: writers.jpeg(exif()),
    "mp4": lambda: writers.video("mp4", "mpeg4", TAGS, own_keys=True),
    "webm": lambda: writers.video("webm", "libvpx", TAGS),
    "file": lambda: b"<svg><metadata><![CDATA[" + json.dumps(BOTH).encode() + b"]]></metadata></svg>",
    "editor": lambda: json.dumps({"workflow": EDITOR}).encode(),
}


def exif() -> Any:
    made = writers.picture().getexif()
    made[0x010F], made[0x0110] = f"workflow:{BOTH['workflow']}", f"prompt:{BOTH['prompt']}"
    return made


def classes(row: dict[str, Any]) -> list[str]:
    return sorted(node["class_type"] for node in json.loads(row["workflow_json"]).values())


async def send(api: Application, content: bytes, filename: str, path: str = PATH, **fields: str) -> dict[str, Any]:
    files = {"file": (filename, content, "application/octet-stream")}
    made: dict[str, Any] = await api.json("POST", path, 201, files=files, data=fields)
    return made


async def test_files_of_every_kind_become_the_same_workflow(api: Application) -> None:
    profile_id = await api.profile()
    known: dict[str, Any] | None = None
    for kind, content in FILES.items():
        for path in (PATH, f"{PATH}/upload"):
            row = await send(api, content(), f"Harbour {kind}.{kind}", path, profile_id=profile_id)
            known = known or row
            assert (row["name"], row["source_kind"], row["has_original"]) == (f"Harbour {kind}", kind, True)
            assert json.loads(row["workflow_json"]) == json.loads(known["workflow_json"]), kind
            assert row["warnings"] == [], kind
            assert (row["duplicate_of"] or known)["id"] == known["id"]
            kept = await api.json("GET", f"{PATH}/{row['id']}/versions/1")
            assert json.loads(kept["original"]) == EDITOR, kind
            is_media = kind not in {"file", "editor"}
            assert (row["source_media_id"] is not None) is is_media
            if is_media:
                source = await api.http.get(f"/api/media/{row['source_media_id']}")
                assert source.content == content()
                assert (await api.http.get(row["thumbnail_url"])).headers["content-type"] == "image/webp", kind
    assert known is not None
    assert classes(known) == sorted(node["class_type"] for node in API.values())


async def test_a_picture_of_ours_brings_no_prefix_of_its_run(api: Application) -> None:
    """Files that a new run makes would else be called after the old one."""
    generation_id = uuid4()
    [saver] = [node_id for node_id, node in API.items() if node["class_type"] == "SaveImage"]
    for name in (str(generation_id), f"{generation_id}/2"):
        ran = json.dumps(with_probe(API, name))
        content = writers.png(texts={"prompt": ran})
        for row in (
            await send(api, content, "Ours.png"),
            await api.json("POST", PATH, 201, json={"name": "Ours", "workflow_json": ran}),
        ):
            graph = json.loads(row["workflow_json"])
            assert graph[saver]["inputs"].pop("filename_prefix") == "ComfyUI"
            assert str(generation_id)[:8] not in row["workflow_json"]
            assert graph.keys() == API.keys()
    own = {**API, saver: {**API[saver], "inputs": {**API[saver]["inputs"], "filename_prefix": "sf/mine"}}}
    kept = await api.json("POST", PATH, 201, json={"name": "Own", "workflow_json": json.dumps(own, indent=3)})
    assert kept["workflow_json"] == json.dumps(own, indent=3)


@pytest.mark.parametrize("form", ["object", "text", "wrapped", "history"])
async def test_the_editors_format_is_converted_and_kept(api: Application, form: str) -> None:
    await api.profile()
    text = json.dumps(EDITOR, indent=1)
    sent: Any = {"object": EDITOR, "text": text, "wrapped": {"workflow": EDITOR}, "history": json.dumps(HISTORY)}[form]
    row = await api.json("POST", PATH, 201, json={"workflow_json": sent})
    assert (row["source_kind"], row["has_original"], row["warnings"]) == ("editor", True, [])
    sampler = next(item for item in row["extracted_parameters"] if item["type"] == "seed")
    assert sampler["title"] == "KSampler"
    original = (await api.json("GET", f"{PATH}/{row['id']}/versions/1"))["original"]
    assert original == text if form == "text" else json.loads(original) == EDITOR
    shown = await api.json("GET", f"{PATH}/{row['id']}")
    assert shown["workflow_json"] == row["workflow_json"]
    sent_back = await api.json("PUT", f"{PATH}/{row['id']}", json=shown)
    assert (sent_back["version"], sent_back["has_original"]) == (1, True)


async def test_an_edit_may_be_in_either_format(api: Application) -> None:
    made = await api.json("POST", PATH, 201, json={"workflow_json": workflow("model_free_trivial")})
    await api.profile()
    edited = await api.json("PATCH", f"{PATH}/{made['id']}", json={"workflow_json": {"workflow": EDITOR}})
    assert (edited["version"], edited["has_original"], edited["source_kind"]) == (2, True, "api")
    assert classes(edited) == sorted(node["class_type"] for node in API.values())
    broken = await api.json("PATCH", f"{PATH}/{made['id']}", 422, json={"workflow_json": {"nodes": [5]}})
    assert broken["code"] == "WORKFLOW_FORMAT"
    assert (await api.json("GET", f"{PATH}/{made['id']}"))["version"] == 2


async def test_many_who_import_the_same_at_once_make_one(api: Application) -> None:
    async def send_one(body: dict[str, Any]) -> tuple[int, str]:
        answer = await api.http.post(f"/api{PATH}?unless_exists=true", **body)
        return answer.status_code, answer.json()["data"]["id"]

    file = {"files": {"file": ("a.png", writers.png(texts={"prompt": json.dumps(workflow("model_free_trivial"))}))}}
    for body in ({"json": {"workflow_json": API}}, file):
        answers = await asyncio.gather(*(send_one(body) for _ in range(8)))
        assert sorted(status for status, _ in answers) == [200] * 7 + [201]
        assert len({workflow_id for _, workflow_id in answers}) == 1


async def test_nodes_that_comfyui_does_not_have_are_named(api: Application) -> None:
    profile_id = await api.profile()
    await api.json("GET", f"/comfyui/options?profile_id={profile_id}")
    strange = json.loads(json.dumps(EDITOR))
    strange["nodes"][-1]["type"] = "NobodyHasThis"
    api_graph = workflow("invalid_unknown_class_type")
    named = {node["class_type"] for node in api_graph.values()} - {node["class_type"] for node in API.values()}
    for sent, expected in ((strange, {"NobodyHasThis"}), (api_graph, named)):
        row = await api.json("POST", PATH, 201, json={"workflow_json": sent, "profile_id": profile_id})
        assert {warning["class_type"] for warning in row["warnings"]} == expected
        assert all(warning["node_id"] in json.loads(row["workflow_json"]) for warning in row["warnings"])
    ran = {**API, "99": {"class_type": "NobodyHasThis", "inputs": {"exact": 1}}}
    texts = {"prompt": json.dumps(ran), "workflow": json.dumps(strange)}
    row = await send(api, writers.png(texts=texts), "a.png")
    assert json.loads(row["workflow_json"]) == ran, "what ran says more than a guess"
    assert [warning["class_type"] for warning in row["warnings"]] == ["NobodyHasThis"]


async def test_without_any_comfyui(api: Application) -> None:
    row = await api.json("POST", PATH, 201, json={"workflow_json": EDITOR})
    assert classes(row) == sorted(node["class_type"] for node in API.values())
    assert [warning["node_id"] for warning in row["warnings"]] == [None]
    row = await send(api, FILES["png"](), "a.png")
    assert json.loads(row["workflow_json"]) == API
    assert "ran" in row["warnings"][0]["message"]
    strange = json.loads(json.dumps(EDITOR))
    strange["nodes"][-1]["type"] = "NobodyHasThis"
    refused = await api.json("POST", PATH, 422, json={"workflow_json": strange})
    assert refused["code"] == "WORKFLOW_NEEDS_COMFYUI"
    assert "NobodyHasThis" in refused["error"]
    assert "Export (API)" in refused["error"]


async def test_a_comfyui_that_takes_long_for_its_first_answer_is_no_reason_to_refuse(
    api: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backends, "OBJECTS_WAIT_SECONDS", 0.2)
    api.simulator.faults.add("/object_info", "slow", seconds=1.0)
    custom = json.loads(json.dumps(EDITOR))
    custom["nodes"].append({"id": 50, "type": "ProbeSleep", "mode": 0, "widgets_values": [0.5, False, 7]})
    row = await api.json("POST", PATH, 201, json={"workflow_json": custom, "profile_id": await api.profile()})
    assert row["warnings"] == []
    inputs = json.loads(row["workflow_json"])["50"]["inputs"]
    assert inputs == {"seconds": 0.5, "interruptible": False, "nonce": 7}


async def test_what_cannot_be_a_workflow(api: Application) -> None:
    notes = {"nodes": [{"id": 1, "type": "Note", "widgets_values": ["x"]}], "links": []}
    wrong: list[Any] = [notes, {"workflow": notes}, {"nodes": [5]}, {"nodes": [{"id": 1}]}, {"nodes": []}]
    wrong += [{**EDITOR, "extra": {"x": "\x00"}}, {**EDITOR, "extra": {"x": 2**64}}, {"prompt": {}, "workflow": {}}]
    for sent in wrong:
        answer = await api.json("POST", PATH, 422, json={"workflow_json": json.dumps(sent)})
        assert answer["code"] == "WORKFLOW_FORMAT", sent
    assert "nothing to run" in (await api.json("POST", PATH, 422, json={"workflow_json": notes}))["error"]
    row = await api.json(
        "POST", PATH, 201, json={"workflow_json": json.dumps({**EDITOR, "extra": {"x": float("nan")}})}
    )
    assert json.loads((await api.json("GET", f"{PATH}/{row['id']}/versions/1"))["original"])["extra"] == {"x": None}
    assert (await api.http.get(f"/api{PATH}/{row['id']}/export?format=png")).status_code == 200
    ran = {"1": {"class_type": "KSampler", "inputs": {"cfg": float("nan")}}}
    row = await api.json("POST", PATH, 201, json={"workflow_json": json.dumps(ran)})
    assert json.loads(row["workflow_json"])["1"]["inputs"] == {"cfg": None}, "as of the editor's"
    strange: Any
    for strange in ([], 5, "[]", '{"name": "x"}', '{"prompt": null}'):
        told = (await api.json("POST", PATH, 422, json={"workflow_json": strange}))["error"]
        assert "workflow, " in told, told


async def test_the_same_again_is_told_or_taken(api: Application) -> None:
    first = await api.json("POST", PATH, 201, json={"workflow_json": API, "name": "First"})
    assert first["duplicate_of"] is None
    again = await api.json("POST", PATH, 201, json={"workflow_json": {"prompt": API}})
    assert again["duplicate_of"] == {"id": first["id"], "name": "First"}
    assert (await api.json("GET", f"{PATH}/{first['id']}"))["duplicate_of"] is None
    once = f"{PATH}?unless_exists=1"
    assert (await api.json("POST", once, 200, json={"workflow_json": API, "name": "Other"}))["id"] == first["id"]
    content = writers.png(texts={"prompt": json.dumps(API)})
    for path in (once, f"{PATH}/upload?unless_exists=1"):
        taken = await api.json("POST", path, 200, files={"file": ("a.png", content)})
        assert (taken["id"], taken["name"]) == (first["id"], "First")
    assert (await api.json("GET", "/stats"))["media_files"] == 0
    for row in (first, again):
        await api.json("DELETE", f"{PATH}/{row['id']}")
    key = {"Idempotency-Key": "a"}
    made = await api.json("POST", once, 201, json={"workflow_json": API}, headers=key)
    assert (await api.json("POST", once, 200, json={"workflow_json": API}, headers=key))["id"] == made["id"]
    assert made["duplicate_of"] is None
    assert len(await api.json("GET", PATH)) == 1
