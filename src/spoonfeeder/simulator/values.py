"""What travels along the links of a graph: stand-ins for models and tensors, each with a digest of all that made it."""

import hashlib
import json
from dataclasses import dataclass, replace
from typing import Any

from PIL import Image


@dataclass(frozen=True)
class Token:
    """A model, an encoder, a sampler…: nothing but its kind and what it was made from. `text` is a prompt's words."""

    kind: str
    digest: str
    text: str = ""


@dataclass(frozen=True)
class Pictures:
    """IMAGE and MASK: a batch of pictures (RGB, RGBA, or L for a mask)."""

    frames: tuple[Image.Image, ...]
    digest: str


@dataclass(frozen=True)
class Latent:
    """LATENT: width and height in pixels of the decoded picture; `length` frames for a video; `seconds` for sound."""

    width: int
    height: int
    batch_size: int
    digest: str
    length: int = 1
    seconds: float = 0.0
    text: str = ""
    origin: Pictures | None = None
    mask: Pictures | None = None
    strength: float = 0.0

    def resized(self, width: int, height: int, digest: str) -> "Latent":
        return replace(self, width=max(8, width), height=max(8, height), digest=digest)


@dataclass(frozen=True)
class Sound:
    """AUDIO"""

    seconds: float
    sample_rate: int
    channels: int
    digest: str
    silent: bool = True


@dataclass(frozen=True)
class Clip:
    """VIDEO"""

    pictures: Pictures
    frames_per_second: float
    sound: Sound | None
    digest: str


def digest_of(*parts: Any) -> str:
    """The same for equal parts in every process and on every machine."""
    text = json.dumps(parts, sort_keys=True, default=_plain)
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()


def _plain(value: Any) -> str:
    return str(getattr(value, "digest", None) or repr(value))
