"""Small files with a workflow inside, written by the libraries that ComfyUI and its nodes write them with."""

import json
from collections.abc import Callable
from functools import cache
from io import BytesIO
from typing import Any

import av
from PIL import ExifTags, Image
from PIL.PngImagePlugin import PngInfo

SEED = 2**64 - 1
PROMPT: dict[str, Any] = {
    "3": {"class_type": "KSampler", "inputs": {"seed": SEED, "cfg": 7.5, "model": ["4", 0]}, "_meta": {"title": "K"}},
    "4": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "Süßes 模型 🌊.safetensors"}},
    "__proto__": {"class_type": "Note", "inputs": {"text": "<img src=x onerror=alert(1)> javascript:alert(1)"}},
}
WORKFLOW: dict[str, Any] = {
    "nodes": [{"id": 3, "type": "KSampler", "widgets_values": [SEED, "fixed"], "title": "</script>"}],
    "links": [],
    "version": 0.4,
    "constructor": {"prototype": None},
}
BOTH = {"prompt": json.dumps(PROMPT), "workflow": json.dumps(WORKFLOW)}
AS_VIDEO_HELPER_SUITE = {"comment": json.dumps({"prompt": BOTH["prompt"], "workflow": WORKFLOW})}


def picture() -> Image.Image:
    return Image.new("RGB", (8, 6), "teal")


def png(kind: str = "tEXt", texts: dict[str, str] = BOTH) -> bytes:
    info = PngInfo()
    for name, text in texts.items():
        match kind:
            case "iTXt" | "iTXt packed":
                info.add_itxt(name, text, zip=kind == "iTXt packed")
            case "comf":
                info.add(b"comf", name.encode() + b"\0" + text.encode(), after_idat=True)
            case _:
                info.add_text(name, text, zip=kind == "zTXt")
    return _saved(picture(), "PNG", pnginfo=info)


def animated_png() -> bytes:
    info = PngInfo()
    for name, text in BOTH.items():
        info.add(b"comf", name.encode("latin-1") + b"\0" + text.encode("latin-1"), after_idat=True)
    return _saved(picture(), "PNG", pnginfo=info, save_all=True, append_images=[Image.new("RGB", (8, 6))])


def exif_of_comfyui() -> Image.Exif:
    exif = picture().getexif()
    exif[0x0110] = f"prompt:{BOTH['prompt']}"
    for tag, (key, value) in zip((0x010F, 0x010E), (("workflow", WORKFLOW), ("other", [])), strict=True):
        exif[tag] = f"{key}:{json.dumps(value)}"
    return exif


def user_comment(text: bytes) -> Image.Exif:
    exif = Image.Exif()
    exif.get_ifd(ExifTags.IFD.Exif)[0x9286] = text
    return exif


def webp(exif: Image.Exif | None = None, **how: Any) -> bytes:
    return _saved(picture(), "WEBP", exif=exif_of_comfyui() if exif is None else exif, **how)


def jpeg(exif: Image.Exif | None = None, **how: Any) -> bytes:
    return _saved(picture(), "JPEG", exif=exif_of_comfyui() if exif is None else exif, **how)


@cache
def video(container: str, codec: str, texts: tuple[tuple[str, str], ...], *, own_keys: bool = False) -> bytes:
    options = {"movflags": "use_metadata_tags"} if own_keys else {}
    file = BytesIO()
    with av.open(file, "w", format=container, options=options) as output:
        output.metadata.update(dict(texts))
        stream = output.add_stream(codec, rate=8)
        assert isinstance(stream, av.VideoStream)
        stream.width, stream.height, stream.pix_fmt = 16, 16, "yuv420p"
        black = av.VideoFrame.from_image(Image.new("RGB", (16, 16)))  # type: ignore[no-untyped-call]
        output.mux(stream.encode(black))
        output.mux(stream.encode())
    return file.getvalue()


@cache
def sound(container: str, codec: str) -> bytes:
    file = BytesIO()
    with av.open(file, "w", format=container) as output:
        output.metadata.update(BOTH)
        stream = output.add_stream(codec, rate=48_000, layout="mono")
        assert isinstance(stream, av.AudioStream)
        frame = av.AudioFrame("flt", "mono", 960)
        frame.planes[0].update(bytes(frame.planes[0].buffer_size))
        frame.sample_rate = 48_000
        output.mux(stream.encode(frame))
        output.mux(stream.encode(None))
    return file.getvalue()


def latent() -> bytes:
    header = json.dumps({"latent": {"dtype": "F32", "shape": [0], "data_offsets": [0, 0]}, "__metadata__": BOTH})
    return len(header).to_bytes(8, "little") + header.encode()


def model_3d() -> bytes:
    header = json.dumps({"asset": {"version": "2.0", "extras": BOTH}, "nodes": [{"mesh": 0}]}).encode()
    size = (12 + 8 + len(header)).to_bytes(4, "little")
    return b"glTF\2\0\0\0" + size + len(header).to_bytes(4, "little") + b"JSON" + header


def drawing() -> bytes:
    told = json.dumps({"prompt": PROMPT, "workflow": WORKFLOW}, indent=2)
    return f'<svg xmlns="">\n  <metadata>\n    <![CDATA[\n{told}\n  ]]>\n  </metadata>\n<path d=""/></svg>'.encode()


TAGS, COMMENT = tuple(BOTH.items()), tuple(AS_VIDEO_HELPER_SUITE.items())
FILES: dict[str, Callable[[], bytes]] = {
    "SaveImage": png,
    "PNG iTXt": lambda: png("iTXt"),
    "PNG iTXt packed": lambda: png("iTXt packed"),
    "PNG zTXt": lambda: png("zTXt"),
    "SaveAnimatedPNG": animated_png,
    "SaveAnimatedWEBP": lambda: webp(save_all=True, append_images=[Image.new("RGB", (8, 6))], lossless=True),
    "WebP lossy": webp,
    "WebP user comment": lambda: webp(user_comment(json.dumps(BOTH).encode())),
    "AVIF": lambda: _saved(picture(), "AVIF", exif=exif_of_comfyui()),
    "AVIF user comment": lambda: _saved(picture(), "AVIF", exif=user_comment(json.dumps(BOTH).encode()).tobytes()),
    "JPEG": jpeg,
    "JPEG user comment": lambda: jpeg(user_comment(b"UNICODE\0" + json.dumps(BOTH).encode("utf-16-be"))),
    "JPEG comment": lambda: jpeg(Image.Exif(), comment=json.dumps(BOTH).encode()),
    "SaveVideo": lambda: video("mp4", "mpeg4", TAGS, own_keys=True),
    "SaveVideo, MOV": lambda: video("mov", "mpeg4", TAGS, own_keys=True),
    "SaveVideo, Matroska": lambda: video("matroska", "mpeg4", TAGS),
    "SaveWEBM": lambda: video("webm", "libvpx", TAGS),
    "VideoHelperSuite, MP4": lambda: video("mp4", "mpeg4", COMMENT),
    "VideoHelperSuite, MOV": lambda: video("mov", "mpeg4", COMMENT),
    "VideoHelperSuite, WebM": lambda: video("webm", "libvpx", COMMENT),
    "SaveAudio": lambda: sound("flac", "flac"),
    "SaveAudioOpus": lambda: sound("ogg", "libopus"),
    "SaveAudioMP3": lambda: sound("mp3", "libmp3lame"),
    "SaveLatent": latent,
    "SaveGLB": model_3d,
    "SaveSVGNode": drawing,
}


def _saved(image: Image.Image, kind: str, **how: Any) -> bytes:
    file = BytesIO()
    image.save(file, kind, **how)
    return file.getvalue()
