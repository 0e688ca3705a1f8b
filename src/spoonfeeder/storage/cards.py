"""Small PNG pictures to put something into: a thumbnail of ours, or a plain card with a name."""

from io import BytesIO
from pathlib import Path
from textwrap import wrap

from PIL import Image, ImageDraw, ImageFont

SIDE = 512
MARGIN = 40
LETTERS_A_LINE = 22
MOST_LINES = 8
BACKGROUND, INK = (24, 26, 32), (232, 234, 240)


def png_of(thumbnail: Path) -> bytes:
    """Of a WebP that we made ourselves. Raises OSError."""
    with Image.open(thumbnail, formats=["WEBP"]) as image:
        return _saved(image)


def card(name: str) -> bytes:
    image = Image.new("RGB", (SIDE, SIDE), BACKGROUND)
    lines = wrap(name, LETTERS_A_LINE)[:MOST_LINES]
    ImageDraw.Draw(image).multiline_text(
        (MARGIN, MARGIN), "\n".join(lines), INK, ImageFont.load_default(36), spacing=12
    )
    return _saved(image)


def _saved(image: Image.Image) -> bytes:
    file = BytesIO()
    image.save(file, "PNG")
    return file.getvalue()
