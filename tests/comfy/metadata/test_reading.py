"""Every kind of file that holds a workflow gives it back as it was."""

import json
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import Any

import pytest
from PIL import Image

from spoonfeeder.comfy import graph
from spoonfeeder.comfy.metadata.reading import NoWorkflowInside, read
from spoonfeeder.comfy.metadata.source import UnreadableFile
from tests.comfy.metadata.writers import BOTH, FILES, PROMPT, WORKFLOW, jpeg, picture, png, user_comment, video, webp

DATA = Path(__file__).parents[2] / "data" / "metadata"
NODES_OF_THE_CORPUS = 9
A1111 = "a red bird\nNegative prompt: blurry\nSteps: 20, Sampler: Euler a, CFG scale: 7, Seed: 5, Size: 512x512"


@pytest.mark.parametrize("kind", FILES)
def test_both_graphs_come_out_of_what_comfyui_and_its_nodes_save(kind: str) -> None:
    found = read(FILES[kind]())

    assert (found.workflow, found.prompt) == (WORKFLOW, PROMPT)


@pytest.mark.parametrize(
    ("name", "workflow", "prompt"),
    [
        ("saved_by_comfyui", False, True),
        ("broken_json", False, True),
        ("prompt_only_nan", False, True),
        ("text_raw_utf8", True, False),
        ("text_after_idat", True, True),
        ("itxt_compressed", True, False),
        ("ztxt", True, False),
    ],
)
def test_pictures_of_the_wild(name: str, workflow: bool, prompt: bool) -> None:
    found = read(DATA / f"{name}.png")

    assert (found.workflow is not None, found.prompt is not None) == (workflow, prompt)
    if found.prompt:
        assert graph.parse(found.prompt)
    else:
        assert found.workflow
        assert len(found.workflow["nodes"]) == NODES_OF_THE_CORPUS


def shapes() -> Iterator[tuple[str, Any]]:
    item = [5, "0f0e", PROMPT, {"client_id": "c", "extra_pnginfo": {"workflow": WORKFLOW}}, ["9"]]
    yield "history", {"0f0e": {"prompt": item, "outputs": {}, "status": {"completed": True}}}
    yield "history entry", {"prompt": item, "outputs": {}}
    yield "body", {"prompt": PROMPT, "extra_data": {"extra_pnginfo": {"workflow": WORKFLOW}}}
    yield "job", {"id": "0f0e", "workflow": {"prompt": PROMPT, "extra_data": item[3]}}
    yield "pnginfo", {"extra_pnginfo": {"workflow": WORKFLOW}, "prompt": PROMPT}
    yield "metadata", {"workflow": WORKFLOW, "prompt": PROMPT}
    yield "metadata as texts", BOTH
    yield "thrice encoded", json.dumps(json.dumps(json.dumps(BOTH)))


def test_json_is_read_in_all_its_wrappings() -> None:
    assert read(json.dumps(PROMPT).encode()).prompt == PROMPT
    assert read(b"\xef\xbb\xbf \n" + json.dumps(WORKFLOW).encode()).workflow == WORKFLOW
    assert read(json.dumps({"prompt": PROMPT}, indent=2).encode("utf-16")).prompt == PROMPT
    for name, shape in shapes():
        found = read(json.dumps(shape).encode())
        assert (found.workflow, found.prompt) == (WORKFLOW, PROMPT), name


def test_old_files_with_nan_become_null_and_their_texts_stay() -> None:
    text = (
        '{"1": {"class_type": "X\\"", "is_changed": [NaN], "inputs": {"a": -Infinity, "b": "NaN, Infinity", "c": NaN}}}'
    )

    assert read(text.encode()).prompt == {
        "1": {"class_type": 'X"', "is_changed": [None], "inputs": {"a": None, "b": "NaN, Infinity", "c": None}}
    }


def test_a_workflow_that_is_broken_gives_way_to_the_prompt_and_else_is_told() -> None:
    cut = BOTH | {"workflow": BOTH["workflow"][:-1]}

    assert read(png(texts=cut)).prompt == PROMPT
    assert read(json.dumps(cut).encode()).prompt == PROMPT
    assert read(png(texts=BOTH | {"prompt": "{"})).workflow == WORKFLOW
    with pytest.raises(UnreadableFile, match="not valid JSON"):
        read(png(texts={"workflow": cut["workflow"]}))


def test_of_two_texts_with_one_name_the_later_counts_as_in_the_editor() -> None:
    older, newer = png(texts={"prompt": '{"1": {"class_type": "Old"}}'}), png()
    end_of_older, after_header = len(older) - 12, 8 + 25

    assert read(older[:end_of_older] + newer[after_header:]).prompt == PROMPT


def test_what_has_a_name_goes_before_any_comment() -> None:
    comment = json.dumps({"1": {"class_type": "FromTheComment"}})

    assert read(png(texts={"Comment": comment})).prompt == json.loads(comment)
    assert read(png(texts={"Comment": comment, "workflow": BOTH["workflow"]})).prompt is None


def test_the_last_box_of_a_video_may_have_no_length() -> None:
    written = video("mp4", "mpeg4", tuple(BOTH.items()), own_keys=True)
    moov = written.index(b"moov") - 4

    assert read(written[moov:] + b"\0\0\0\0mdat" + bytes(99)).prompt == PROMPT


@pytest.mark.parametrize(
    "file",
    [
        png(texts={"parameters": A1111}),
        jpeg(user_comment(b"UNICODE\0" + A1111.encode("utf-16-be"))),
        webp(user_comment(b"ASCII\0\0\0" + A1111.encode())),
    ],
    ids=["png", "jpeg", "webp"],
)
def test_generation_parameters_of_others_are_found(file: bytes) -> None:
    found = read(file)

    assert (found.parameters, found.workflow, found.prompt) == (A1111, None, None)


def test_uploads_on_disk_and_in_memory_are_read_alike(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(png())
    with SpooledTemporaryFile[bytes](max_size=16) as upload:
        upload.write(png())

        assert read(upload).prompt == read(tmp_path / "a").prompt == read(BytesIO(png())).prompt == PROMPT  # type: ignore[arg-type]
        assert not upload.closed


def test_a_file_without_a_workflow_says_what_to_do() -> None:
    plain = BytesIO()
    Image.new("RGB", (4, 4)).save(plain, "WEBP")
    sent = BytesIO()
    picture().save(sent, "JPEG", comment=b"{made} by hand")
    empty = [png(texts={}), png(texts={"Comment": "hello"}), b'{"a": [1, {"b": 2}]}', b"[]", b'"a"', b'"{}"', b"<svg/>"]

    for file in (*empty, plain.getvalue(), sent.getvalue(), video("mp4", "mpeg4", ()), video("webm", "libvpx", ())):
        with pytest.raises(NoWorkflowInside, match="the file that ComfyUI itself saved, or export"):
            read(file)
