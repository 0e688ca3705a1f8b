"""Moving pictures and sound, written as real small files."""

import json
from typing import Any

from PIL import Image
from PIL.PngImagePlugin import PngInfo

from spoonfeeder.simulator.files import entry
from spoonfeeder.simulator.node_run import NodeRun
from spoonfeeder.simulator.nodes import encoding
from spoonfeeder.simulator.nodes.registry import Inputs, Result, node
from spoonfeeder.simulator.nodes.saving import metadata_of, temp_prefix
from spoonfeeder.simulator.values import Clip, Pictures, Sound

_WEBP_METHODS = {"default": 4, "fastest": 0, "slowest": 6}


@node("SaveAnimatedWEBP")
def save_webp(run: NodeRun, inputs: Inputs) -> Result:
    place = run.folders.save_place("output", inputs["filename_prefix"], inputs["images"])
    name = f"{place.stem}_{place.counter:05}_.webp"
    first, *rest = inputs["images"].frames
    first.save(
        place.folder / name,
        save_all=True,
        append_images=rest,
        duration=int(1000 / inputs["fps"]),
        lossless=inputs["lossless"],
        quality=inputs["quality"],
        method=_WEBP_METHODS.get(inputs["method"], 4),
        exif=_exif(run, first),
    )
    pictures: Pictures = inputs["images"]
    return Result((pictures,), {"images": [entry(place, name, "output")], "animated": [len(pictures.frames) != 1]})


def _exif(run: NodeRun, frame: Image.Image) -> Image.Exif:
    """ComfyUI puts the graph into EXIF tag 0x0110 (Model), the rest into the tags below."""
    exif = frame.getexif()
    tags = range(0x0110, 0x0100, -1)
    for tag, (keyword, value) in zip(tags, metadata_of(run).items(), strict=False):
        exif[tag] = f"{keyword}:{json.dumps(value)}"
    return exif


@node("SaveAnimatedPNG")
def save_png(run: NodeRun, inputs: Inputs) -> Result:
    place = run.folders.save_place("output", inputs["filename_prefix"], inputs["images"])
    name = f"{place.stem}_{place.counter:05}_.png"
    first, *rest = inputs["images"].frames
    first.save(
        place.folder / name,
        pnginfo=_own_chunks(run),
        compress_level=inputs["compress_level"],
        save_all=True,
        duration=int(1000 / inputs["fps"]),
        append_images=rest,
    )
    return Result((inputs["images"],), {"images": [entry(place, name, "output")], "animated": [True]})


def _own_chunks(run: NodeRun) -> PngInfo:
    """ComfyUI writes the texts of an animation behind the pixels, in chunks of its own."""
    info = PngInfo()
    for keyword, value in metadata_of(run).items():
        info.add(b"comf", f"{keyword}\0{json.dumps(value)}".encode("latin-1"), after_idat=True)
    return info


@node("CreateVideo")
def create_video(run: NodeRun, inputs: Inputs) -> Result:
    return Result((Clip(inputs["images"], inputs["fps"], inputs.get("audio"), run.digest),))


@node("GetVideoComponents")
def video_components(run: NodeRun, inputs: Inputs) -> Result:
    clip: Clip = inputs["video"]
    return Result((clip.pictures, clip.sound, clip.frames_per_second, 8, "auto"))


@node("SaveVideo")
def save_video(run: NodeRun, inputs: Inputs) -> Result:
    clip: Clip = inputs["video"]
    place = run.folders.save_place("output", inputs["filename_prefix"], clip.pictures)
    suffix = "mp4" if inputs["format"] == "auto" else inputs["format"]
    name = f"{place.stem}_{place.counter:05}_.{suffix}"
    codec = "libvpx-vp9" if suffix == "webm" else "libx264"
    encoding.write_video(place.folder / name, clip, codec, _tags(run))
    return Result((clip,), {"images": [entry(place, name, "output")], "animated": [True]})


@node("SaveWEBM")
def save_webm(run: NodeRun, inputs: Inputs) -> Result:
    pictures: Pictures = inputs["images"]
    place = run.folders.save_place("output", inputs["filename_prefix"], pictures)
    name = f"{place.stem}_{place.counter:05}_.webm"
    clip = Clip(pictures, inputs["fps"], None, run.digest)
    encoding.write_video(place.folder / name, clip, "libvpx-vp9", _tags(run))
    return Result((pictures,), {"images": [entry(place, name, "output")], "animated": [True]})


@node("EmptyAudio")
def empty_audio(run: NodeRun, inputs: Inputs) -> Result:
    rate, channels = inputs.get("sample_rate", 44100), inputs.get("channels", 2)
    return Result((Sound(float(inputs["duration"]), rate, channels, run.digest),))


@node("LoadAudio")
def load_audio(run: NodeRun, inputs: Inputs) -> Result:
    run.folders.annotated(inputs["audio"])
    return Result((Sound(1.0, 44100, 2, run.digest, silent=False),))


@node("SaveAudio", "SaveAudioMP3", "SaveAudioOpus")
def save_audio(run: NodeRun, inputs: Inputs) -> Result:
    suffix = {"SaveAudio": "flac", "SaveAudioMP3": "mp3", "SaveAudioOpus": "opus"}[run.class_type]
    return _save_audio(run, inputs["audio"], inputs["filename_prefix"], "output", suffix)


@node("PreviewAudio")
def preview_audio(run: NodeRun, inputs: Inputs) -> Result:
    return _save_audio(run, inputs["audio"], temp_prefix(), "temp", "flac")


def _save_audio(run: NodeRun, sound: Sound, prefix: str, kind: str, suffix: str) -> Result:
    place = run.folders.save_place(kind, prefix)
    name = f"{place.stem}_{place.counter:05}.{suffix}"
    encoding.write_sound(place.folder / name, sound, suffix, _tags(run))
    return Result((sound,), {"audio": [entry(place, name, kind)]})


def _tags(run: NodeRun) -> dict[str, Any]:
    return {keyword: json.dumps(value) for keyword, value in metadata_of(run).items()}
