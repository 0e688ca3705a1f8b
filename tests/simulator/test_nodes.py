"""Every listed class runs on what its inputs are by default, and the media files are what their names say."""

import threading
from io import BytesIO
from pathlib import Path
from typing import Any

import av
import httpx2
import pytest
from PIL import Image

from spoonfeeder.simulator import Faults, Options, Simulator
from spoonfeeder.simulator.catalogue import Catalogue, options_of
from spoonfeeder.simulator.files import Folders
from spoonfeeder.simulator.node_run import NodeRun, Surroundings
from spoonfeeder.simulator.nodes import FUNCTIONS, pass_through
from spoonfeeder.simulator.nodes.passing import stand_in
from spoonfeeder.simulator.progress import NodeIds, Progress
from spoonfeeder.simulator.sockets import Sockets
from tests.simulator.conftest import run, saved

PLAIN = {"INT": 1, "FLOAT": 1.0, "STRING": "", "BOOLEAN": False}


def default(name: str, spec: list[Any]) -> Any:
    listed = options_of(spec)
    limits = spec[1] if len(spec) > 1 else {}
    if listed is not None:
        return listed[0] if listed else "picture.png"
    if spec[0] == "COMFY_DYNAMICCOMBO_V3":
        return limits["options"][0]["key"]
    if spec[0] in PLAIN:
        return "picture.png" if name == "image" else limits.get("default", PLAIN[spec[0]])
    return stand_in(spec[0], name, "words")


@pytest.mark.parametrize("version", ["0.33.0", "0.3.64"])
async def test_every_listed_class_runs(version: str, tmp_path: Path) -> None:
    options = Options(version=version, probes=False)
    folders = Folders(tmp_path)
    for folder in folders.by_type.values():
        Image.new("RGB", (64, 64)).save(folder / "picture.png")
    catalogue = Catalogue(options, folders)
    catalogue.object_info()
    around = Surroundings(options, folders, catalogue, threading.Event(), threading.Event())
    progress = Progress(Sockets({}, dict, Faults()), "prompt", limits_rate=False)
    progress.start(NodeIds("1"))

    for class_type, definition in catalogue.classes.items():
        inputs = {name: default(name, spec) for name, spec in definition["input"].get("required", {}).items()}
        if class_type in ("EmptyAudio", "LoadImageOutput"):
            inputs |= {"duration": 0.1, "image": "picture.png"}
        node = NodeRun(NodeIds("1"), class_type, "digest", {}, {}, around, progress, print)
        result = FUNCTIONS.get(class_type, pass_through)(node, inputs)
        assert len(result.outputs) >= len(definition["output"]), class_type


async def test_media_files_are_what_they_are_called(simulator: Simulator, http: httpx2.AsyncClient) -> None:
    pictures: dict[str, Any] = {"images": ["1", 0], "filename_prefix": "m"}
    sound: dict[str, Any] = {"audio": ["2", 0], "filename_prefix": "s"}
    graph = {
        "1": {"class_type": "EmptyImage", "inputs": {"width": 33, "height": 48, "batch_size": 4, "color": 255}},
        "2": {"class_type": "EmptyAudio", "inputs": {"duration": 0.5, "sample_rate": 44100, "channels": 2}},
        "3": {"class_type": "SaveWEBM", "inputs": {**pictures, "codec": "vp9", "fps": 8.0, "crf": 32.0}},
        "4": {"class_type": "CreateVideo", "inputs": {"images": ["1", 0], "fps": 8.0}},
        "5": {
            "class_type": "SaveVideo",
            "inputs": {"video": ["4", 0], "filename_prefix": "v", "format": "auto", "codec": "auto"},
        },
        "6": {"class_type": "SaveAudio", "inputs": sound},
        "7": {"class_type": "SaveAudioMP3", "inputs": {**sound, "quality": "V0"}},
        "8": {"class_type": "SaveAudioOpus", "inputs": {**sound, "quality": "128k"}},
    }
    entry = await run(simulator, http, graph)

    assert entry["status"]["status_str"] == "success", entry["status"]
    for node_id, codec in (("3", "vp9"), ("5", "h264")):
        (content,) = await saved(http, entry, node_id)
        with av.open(BytesIO(content), "r") as file:
            assert file.streams.video[0].codec_context.name.removeprefix("lib") in (codec, "vpx-vp9")
            assert len(list(file.decode(file.streams.video[0]))) == 4
    for node_id, codec in (("6", "flac"), ("7", "mp3float"), ("8", "opus")):
        (content,) = await saved(http, entry, node_id, "audio")
        with av.open(BytesIO(content), "r") as file:
            assert file.streams.audio[0].codec_context.name == codec
            assert sum(frame.samples for frame in file.decode(file.streams.audio[0])) >= 22049


async def test_too_large_a_picture_is_out_of_memory(simulator: Simulator, http: httpx2.AsyncClient) -> None:
    graph = {
        "1": {"class_type": "EmptyLatentImage", "inputs": {"width": 16384, "height": 16384, "batch_size": 4}},
        "2": {"class_type": "VAELoader", "inputs": {"vae_name": "sdxl_vae.safetensors"}},
        "3": {"class_type": "VAEDecode", "inputs": {"samples": ["1", 0], "vae": ["2", 0]}},
        "4": {"class_type": "PreviewImage", "inputs": {"images": ["3", 0]}},
    }
    entry = await run(simulator, http, graph)

    failure = entry["status"]["messages"][-1][1]
    assert failure["exception_type"] == "torch.OutOfMemoryError"
    assert "ran out of memory" in failure["exception_message"]
