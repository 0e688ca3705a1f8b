"""Video and sound through FFmpeg (PyAV): size, duration, first picture, and whether all of it decodes.

Raises whatever PyAV raises. The container is named, never guessed: a playlist that names other files is not opened.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import av
from av.container import InputContainer

from spoonfeeder.storage.images import LIMIT_PIXELS, TooManyPixels, webp_of

CONTAINERS = {
    "video/mp4": "mp4",
    "video/webm": "webm",
    "audio/wav": "wav",
    "audio/mpeg": "mp3",
    "audio/flac": "flac",
    "audio/ogg": "ogg",
}


@dataclass(frozen=True, slots=True)
class Recording:
    width: int | None
    height: int | None
    duration_seconds: float | None


def measures_of(path: Path, media_type: str) -> Recording:
    with opened(path, media_type) as container:
        seconds = container.duration / av.time_base if container.duration else None
        if not container.streams.video or not media_type.startswith("video/"):
            return Recording(None, None, seconds)
        picture = container.streams.video[0]
        return Recording(picture.width, picture.height, seconds)


def poster_of(path: Path, media_type: str) -> bytes:
    """The first picture of a video as a WebP thumbnail."""
    with opened(path, media_type) as container:
        check_pixels(container)
        frame = next(container.decode(video=0))
        return webp_of(frame.to_image())  # type: ignore[no-untyped-call]


def decode_all(path: Path, media_type: str) -> None:
    """Decodes every stream to its end; raises where something is broken or cut off."""
    with opened(path, media_type) as container:
        check_pixels(container)
        frames = sum(1 for packet in container.demux() for _ in packet.decode())
        promised = sum(stream.frames for stream in container.streams)
    if frames == 0 or frames < promised:
        raise EOFError(f"{frames} of {promised} frames")


@contextmanager
def opened(path: Path, media_type: str) -> Iterator[InputContainer]:
    with av.open(str(path), mode="r", format=CONTAINERS[media_type], metadata_errors="replace") as container:
        yield container


def check_pixels(container: InputContainer) -> None:
    for stream in container.streams.video:
        if stream.width * stream.height > LIMIT_PIXELS:
            raise TooManyPixels(f"{stream.width} x {stream.height}")
