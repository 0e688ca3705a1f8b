"""Pictures through Pillow: size, thumbnail, and whether every pixel is there. Raises whatever Pillow raises.

Only the named formats are tried, and nothing beyond the limit is decoded (R48).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageOps

FORMATS = {"image/png": "PNG", "image/jpeg": "JPEG", "image/webp": "WEBP", "image/gif": "GIF", "image/avif": "AVIF"}
LIMIT_PIXELS = 64_000_000
LIMIT_PIXELS_ALL_FRAMES = 8 * LIMIT_PIXELS
THUMBNAIL_SIDE = 512
THUMBNAIL_QUALITY = 80

Image.MAX_IMAGE_PIXELS = None  # Pillow's own limit only warns; ours is checked before any pixel is decoded


class TooManyPixels(ValueError):
    """The header promises more pixels than we decode."""


def size_of(path: Path, media_type: str) -> tuple[int, int]:
    """Width and height by the header alone, as stored (an EXIF rotation is not applied)."""
    with opened(path, media_type) as image:
        return image.size


def thumbnail_of(path: Path, media_type: str) -> bytes:
    """The first frame as WebP, at most 512 pixels on its longer side, upright."""
    with opened(path, media_type) as image:
        check_limit(image.width * image.height, LIMIT_PIXELS)
        image.draft("RGB", (THUMBNAIL_SIDE * 2, THUMBNAIL_SIDE * 2))
        image.load()
        return webp_of(ImageOps.exif_transpose(image))


def webp_of(image: Image.Image) -> bytes:
    has_alpha = image.has_transparency_data
    small = eight_bit(image).convert("RGBA" if has_alpha else "RGB")
    small.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE), Image.Resampling.LANCZOS, reducing_gap=2.0)
    file = BytesIO()
    small.save(file, "WEBP", quality=THUMBNAIL_QUALITY)
    return file.getvalue()


def decode_all(path: Path, media_type: str) -> None:
    """Decodes every frame; raises where one is broken, or where there are more pixels than we decode."""
    with opened(path, media_type) as image:
        frames = getattr(image, "n_frames", 1)
        check_limit(image.width * image.height, LIMIT_PIXELS)
        check_limit(image.width * image.height * frames, LIMIT_PIXELS_ALL_FRAMES)
        for frame in range(frames):
            image.seek(frame)
            image.load()


@contextmanager
def opened(path: Path, media_type: str) -> Iterator[Image.Image]:
    with Image.open(path, formats=[FORMATS[media_type]]) as image:
        yield image


def check_limit(pixels: int, limit: int) -> None:
    if pixels > limit:
        raise TooManyPixels(f"{pixels} pixels are more than {limit}")


def eight_bit(image: Image.Image) -> Image.Image:
    """16-bit grey is scaled; Pillow's own conversion would clip it to white."""
    if not image.mode.startswith("I;16"):
        return image
    return image.convert("I").point(lambda value: value * (1 / 257)).convert("L")
