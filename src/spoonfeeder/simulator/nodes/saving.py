"""Nodes whose outputs people see: pictures, latents, texts, and pictures over the WebSocket."""

import json
import random
import string
from io import BytesIO
from typing import Any

from PIL import Image
from PIL.PngImagePlugin import PngInfo

from spoonfeeder.simulator import frames
from spoonfeeder.simulator.files import SavePlace, entry
from spoonfeeder.simulator.node_run import NodeRun
from spoonfeeder.simulator.nodes.registry import Inputs, Result, node
from spoonfeeder.simulator.values import Pictures, Token

COMPRESS_LEVEL = 4


def png_metadata(run: NodeRun) -> PngInfo:
    info = PngInfo()
    for keyword, value in metadata_of(run).items():
        info.add_text(keyword, json.dumps(value))
    return info


def metadata_of(run: NodeRun) -> dict[str, Any]:
    """What ComfyUI writes into files: the graph, and whatever the client gave as extra_pnginfo."""
    return {"prompt": run.prompt, **(run.extra_data.get("extra_pnginfo") or {})}


def temp_prefix() -> str:
    return "ComfyUI_temp_" + "".join(random.choice(string.ascii_lowercase) for _ in range(5))


@node("SaveImage")
def save(run: NodeRun, inputs: Inputs) -> Result:
    place = run.folders.save_place("output", inputs["filename_prefix"], inputs["images"])
    return _save(run, inputs["images"], place, "output")


@node("PreviewImage", "MaskPreview")
def preview(run: NodeRun, inputs: Inputs) -> Result:
    pictures: Pictures = inputs.get("images") or inputs["mask"]
    place = run.folders.save_place("temp", temp_prefix(), pictures)
    return _save(run, pictures, place, "temp")


def _save(run: NodeRun, pictures: Pictures, place: SavePlace, kind: str) -> Result:
    info = png_metadata(run)
    saved = []
    for index, frame in enumerate(pictures.frames):
        name = f"{place.stem.replace('%batch_num%', str(index))}_{place.counter + index:05}_.png"
        frame.save(place.folder / name, pnginfo=info, compress_level=COMPRESS_LEVEL if kind == "output" else 1)
        saved.append(entry(place, name, kind))
    return Result((pictures,), {"images": saved})


@node("SaveImageWebsocket", cached=False)
def send(run: NodeRun, inputs: Inputs) -> Result:
    pictures: Pictures = inputs["images"]
    for index, frame in enumerate(pictures.frames):
        run.step(index, len(pictures.frames), png_bytes(frame), frames.PNG)
    return Result()


def png_bytes(frame: Image.Image) -> bytes:
    file = BytesIO()
    frame.save(file, "PNG", compress_level=1)
    return file.getvalue()


@node("SaveLatent")
def save_latent(run: NodeRun, inputs: Inputs) -> Result:
    place = run.folders.save_place("output", inputs["filename_prefix"])
    name = f"{place.stem}_{place.counter:05}_.latent"
    metadata = {keyword: json.dumps(value) for keyword, value in metadata_of(run).items()}
    head = json.dumps({"__metadata__": metadata, "latent_format_version_0": {"dtype": "F32", "shape": [0]}}).encode()
    (place.folder / name).write_bytes(len(head).to_bytes(8, "little") + head)
    return Result((inputs["samples"],), {"latents": [entry(place, name, "output")]})


@node("PreviewAny")
def preview_any(run: NodeRun, inputs: Inputs) -> Result:
    source = inputs["source"]
    text = source if isinstance(source, str) else _as_text(source)
    return Result((text,), {"text": [text]})


def _as_text(value: Any) -> str:
    if isinstance(value, Token):
        return f"{value.kind} {value.text}".strip()
    try:
        return json.dumps(value)
    except TypeError:
        return type(value).__name__


@node("PrimitiveString", "PrimitiveStringMultiline", "PrimitiveInt", "PrimitiveFloat", "PrimitiveBoolean")
def primitive(run: NodeRun, inputs: Inputs) -> Result:
    return Result((inputs["value"],))


@node("StringConcatenate")
def concatenate(run: NodeRun, inputs: Inputs) -> Result:
    return Result((inputs["delimiter"].join((inputs["string_a"], inputs["string_b"])),))
