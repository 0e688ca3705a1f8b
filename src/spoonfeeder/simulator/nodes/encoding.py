"""Video and sound files through FFmpeg."""

import math
import random
from array import array
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
from av.audio.stream import AudioStream
from av.video.stream import VideoStream
from PIL import Image

from spoonfeeder.simulator.values import Clip, Sound

_SOUND_CODECS = {"flac": "flac", "mp3": "libmp3lame", "opus": "libopus"}
_OPUS_RATE = 48_000
_CHUNK_SAMPLES = 1024


def write_video(path: Path, clip: Clip, codec: str, tags: dict[str, str]) -> None:
    first = clip.pictures.frames[0]
    options = {"movflags": "use_metadata_tags"} if path.suffix == ".mp4" else {}
    with av.open(str(path), mode="w", options=options) as file:
        file.metadata.update(tags)
        stream = file.add_stream(codec, rate=Fraction(clip.frames_per_second).limit_denominator(1000))
        assert isinstance(stream, VideoStream)
        stream.width, stream.height = first.width - first.width % 2, first.height - first.height % 2
        stream.pix_fmt = "yuv420p"
        if codec == "libvpx-vp9":
            stream.options = {"deadline": "realtime", "cpu-used": "8"}
        for picture in clip.pictures.frames:
            file.mux(stream.encode(_video_frame(picture)))
        file.mux(stream.encode())


def write_sound(path: Path, sound: Sound, suffix: str, tags: dict[str, str]) -> None:
    rate = _OPUS_RATE if suffix == "opus" else sound.sample_rate
    layout = "mono" if sound.channels == 1 else "stereo"
    with av.open(str(path), mode="w", format="ogg" if suffix == "opus" else suffix) as file:
        file.metadata.update(tags)
        stream = file.add_stream(_SOUND_CODECS[suffix], rate=rate, layout=layout)
        assert isinstance(stream, AudioStream)
        for chunk in _chunks(sound, rate):
            frame = av.AudioFrame(format="s16", layout=layout, samples=len(chunk) // sound.channels)
            frame.sample_rate = rate
            frame.planes[0].update(chunk.tobytes())
            file.mux(stream.encode(frame))
        file.mux(stream.encode(None))


def _video_frame(picture: Image.Image) -> av.VideoFrame:
    frame = av.VideoFrame(picture.width, picture.height, "rgb24")
    plane = frame.planes[0]
    rows = picture.convert("RGB").tobytes()
    width = picture.width * 3
    padding = bytes(plane.line_size - width)
    plane.update(b"".join(rows[start : start + width] + padding for start in range(0, len(rows), width)))
    return frame


def _chunks(sound: Sound, rate: int) -> Iterator["array[int]"]:
    """Silence, or a soft chord that the digest chooses; its tones are whole hertz, so one second of it repeats."""
    second = _second(sound, rate)
    left = max(1, round(sound.seconds * rate)) * sound.channels
    while left > 0:
        for start in range(0, len(second), _CHUNK_SAMPLES * sound.channels):
            chunk = second[start : start + _CHUNK_SAMPLES * sound.channels][:left]
            left -= len(chunk)
            if chunk:
                yield chunk


def _second(sound: Sound, rate: int) -> "array[int]":
    samples = array("h", bytes(2 * rate * sound.channels))
    if sound.silent:
        return samples
    chance = random.Random(sound.digest)
    tones = chance.sample((220, 262, 294, 330, 392, 440, 523), 3)
    for index in range(rate):
        wave = sum(math.sin(math.tau * tone * index / rate) for tone in tones)
        for channel in range(sound.channels):
            samples[index * sound.channels + channel] = round(4000 * wave)
    return samples
