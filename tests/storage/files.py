"""Small real files of every kind, made by the encoders that ComfyUI's nodes use too."""

from collections.abc import AsyncIterator
from fractions import Fraction
from io import BytesIO
from pathlib import Path

import av
from PIL import Image

PICTURES = {"image/png": "PNG", "image/jpeg": "JPEG", "image/webp": "WEBP", "image/gif": "GIF", "image/avif": "AVIF"}
VIDEOS = {"video/mp4": ("mp4", "libx264"), "video/webm": ("webm", "libvpx-vp9")}
SOUNDS = {
    "audio/wav": ("wav", "pcm_s16le"),
    "audio/mpeg": ("mp3", "libmp3lame"),
    "audio/flac": ("flac", "flac"),
    "audio/ogg": ("ogg", "libopus"),
}
MEDIA_TYPES = [*PICTURES, *VIDEOS, *SOUNDS]
FRAMES_PER_SECOND = 8
SAMPLES_PER_SECOND = 48_000


def picture(media_type: str = "image/png", size: tuple[int, int] = (640, 320), mode: str = "RGB") -> bytes:
    file = BytesIO()
    Image.effect_noise(size, 60).convert(mode).save(file, PICTURES[media_type])
    return file.getvalue()


def animation(colours: list[str], media_type: str = "image/webp") -> bytes:
    frames = [Image.new("RGB", (64, 32), colour) for colour in colours]
    file = BytesIO()
    frames[0].save(file, PICTURES[media_type], save_all=True, append_images=frames[1:], lossless=True)
    return file.getvalue()


def video(media_type: str = "video/mp4", frames: int = 16) -> bytes:
    container_format, codec = VIDEOS[media_type]
    file = BytesIO()
    with av.open(file, "w", format=container_format) as container:
        stream = container.add_stream(codec, rate=FRAMES_PER_SECOND)
        assert isinstance(stream, av.VideoStream)
        stream.width, stream.height, stream.pix_fmt = 320, 160, "yuv420p"
        for number in range(frames):
            shade = av.VideoFrame.from_image(Image.new("RGB", (320, 160), (200, 10 * number, 30)))  # type: ignore[no-untyped-call]
            container.mux(stream.encode(shade))
        container.mux(stream.encode(None))
    return file.getvalue()


def sound(media_type: str, seconds: int = 2) -> bytes:
    container_format, codec = SOUNDS[media_type]
    file = BytesIO()
    with av.open(file, "w", format=container_format) as container:
        stream = container.add_stream(codec, rate=SAMPLES_PER_SECOND)
        assert isinstance(stream, av.AudioStream)
        resampler = av.AudioResampler(
            stream.format, stream.layout, SAMPLES_PER_SECOND, stream.codec_context.frame_size or 1024
        )
        silence = av.AudioFrame(format="s16", layout="stereo", samples=SAMPLES_PER_SECOND * seconds)
        for plane in silence.planes:
            plane.update(bytes(plane.buffer_size))
        silence.sample_rate, silence.time_base, silence.pts = SAMPLES_PER_SECOND, Fraction(1, SAMPLES_PER_SECOND), 0
        for part in [*resampler.resample(silence), *resampler.resample(None)]:
            container.mux(stream.encode(part))
        container.mux(stream.encode(None))
    return file.getvalue()


def content_of(media_type: str) -> bytes:
    if media_type in PICTURES:
        return picture(media_type)
    return video(media_type) if media_type in VIDEOS else sound(media_type)


def saved(folder: Path, content: bytes) -> Path:
    path = folder / "file"
    path.write_bytes(content)
    return path


async def in_chunks(content: bytes, size: int = 64 * 1024) -> AsyncIterator[bytes]:
    for place in range(0, len(content), size):
        yield content[place : place + size]
