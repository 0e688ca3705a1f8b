"""Pictures out of nothing but text: the words choose palette and scene, the seed the composition."""

import colorsys
import math
import random
from io import BytesIO

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from spoonfeeder.simulator.values import digest_of

PREVIEW_SIDE = 512
_CANVAS_SIDE = 768

Color = tuple[int, int, int]


def paint(width: int, height: int, words: str, seed: str) -> Image.Image:
    """A calm landscape of hills, a sun and mist; equal arguments give equal pixels."""
    scale = min(1.0, _CANVAS_SIDE / max(width, height))
    size = (max(8, round(width * scale)), max(8, round(height * scale)))
    palette = _palette(words)
    chance = random.Random(digest_of(seed, words))
    picture = _sky(size, palette, chance)
    _sun(picture, palette, chance)
    _hills(picture, palette, chance)
    _ornaments(picture, palette, chance)
    picture = picture.filter(ImageFilter.GaussianBlur(max(size) / 700))
    return picture if size == (width, height) else picture.resize((width, height), Image.Resampling.BICUBIC)


def preview(picture: Image.Image, done: float, seed: str) -> bytes:
    """The picture as it looks after that share of the steps, JPEG, long side 512 as ComfyUI's latent previews."""
    scale = PREVIEW_SIDE / max(picture.size)
    size = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
    coarse = max(8, round(PREVIEW_SIDE / 8 * (0.35 + 0.65 * done)))
    small = picture.resize((max(1, coarse * size[0] // PREVIEW_SIDE), max(1, coarse * size[1] // PREVIEW_SIDE)))
    noise = _noise(small.size, random.Random(digest_of(seed, coarse)))
    mixed = Image.blend(noise, small, min(1.0, 0.15 + 0.85 * done))
    file = BytesIO()
    mixed.resize(size, Image.Resampling.BILINEAR).save(file, "JPEG", quality=88)
    return file.getvalue()


def rework(origin: Image.Image, painted: Image.Image, strength: float, mask: Image.Image | None) -> Image.Image:
    """img2img: the painting laid over the origin as far as `strength` (denoise) and the mask let it."""
    base = origin.convert("RGB").resize(painted.size, Image.Resampling.LANCZOS)
    mixed = Image.blend(base, ImageChops.soft_light(painted, base), min(1.0, strength))
    mixed = Image.blend(mixed, painted, min(1.0, strength * strength))
    if mask is None:
        return mixed
    return Image.composite(mixed, base, mask.convert("L").resize(painted.size))


def _palette(words: str) -> list[Color]:
    chance = random.Random(digest_of("palette", words.strip().lower()))
    hue = chance.random()
    spread = chance.choice((0.06, 0.1, 0.42, 0.5))
    tones = ((0.0, 0.35, 0.97), (0.02, 0.55, 0.86), (spread, 0.6, 0.7), (spread, 0.65, 0.5), (spread + 0.04, 0.7, 0.3))
    return [_rgb(hue + shift, saturation, value) for shift, saturation, value in tones]


def _rgb(hue: float, saturation: float, value: float) -> Color:
    red, green, blue = colorsys.hsv_to_rgb(hue % 1.0, saturation, value)
    return round(red * 255), round(green * 255), round(blue * 255)


def _mix(one: Color, two: Color, share: float) -> Color:
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, two, strict=True))
    return red, green, blue


def _sky(size: tuple[int, int], palette: list[Color], chance: random.Random) -> Image.Image:
    column = Image.new("RGB", (1, 64))
    bend = chance.uniform(0.7, 1.5)
    for row in range(64):
        column.putpixel((0, row), _mix(palette[1], palette[0], (row / 63) ** bend))
    return column.resize(size, Image.Resampling.BICUBIC)


def _sun(picture: Image.Image, palette: list[Color], chance: random.Random) -> None:
    width, height = picture.size
    radius = min(width, height) * chance.uniform(0.08, 0.16)
    x, y = width * chance.uniform(0.2, 0.8), height * chance.uniform(0.18, 0.42)
    glow = Image.new("L", picture.size, 0)
    pen = ImageDraw.Draw(glow)
    for ring, light in ((2.6, 40), (1.7, 80), (1.0, 235)):
        reach = radius * ring
        pen.ellipse((x - reach, y - reach, x + reach, y + reach), fill=light)
    glow = glow.filter(ImageFilter.BoxBlur(radius / 6))
    picture.paste(Image.new("RGB", picture.size, _mix(palette[0], (255, 255, 255), 0.6)), mask=glow)


def _hills(picture: Image.Image, palette: list[Color], chance: random.Random) -> None:
    width, height = picture.size
    pen = ImageDraw.Draw(picture)
    layers = chance.randint(4, 6)
    for layer in range(layers):
        depth = layer / (layers - 1)
        base = height * (0.46 + 0.42 * depth)
        waves = [(chance.uniform(0.6, 4.2), chance.uniform(0, math.tau), chance.uniform(0.02, 0.07)) for _ in range(3)]
        color = _mix(palette[1], palette[4], 0.25 + 0.75 * depth)
        ridge = [
            (x, base - height * sum(high * math.sin(often * math.pi * x / width + at) for often, at, high in waves))
            for x in range(0, width + 4, 4)
        ]
        pen.polygon([(0, height), *ridge, (width + 4, height)], fill=color)


def _ornaments(picture: Image.Image, palette: list[Color], chance: random.Random) -> None:
    width, height = picture.size
    pen = ImageDraw.Draw(picture)
    kind = chance.choice(("birds", "stars", "trees"))
    for _ in range(chance.randint(5, 14)):
        x, size = width * chance.random(), min(width, height) * chance.uniform(0.006, 0.02)
        if kind == "trees":
            y = height * chance.uniform(0.8, 0.98)
            pen.polygon(
                [(x, y - size * 6), (x - size * 1.5, y), (x + size * 1.5, y)], fill=_mix(palette[4], (0, 0, 0), 0.35)
            )
        elif kind == "stars":
            y = height * chance.uniform(0.02, 0.3)
            pen.ellipse((x - size / 4, y - size / 4, x + size / 4, y + size / 4), fill=(255, 255, 255))
        else:
            y = height * chance.uniform(0.1, 0.4)
            pen.arc((x - size * 2, y, x, y + size), 200, 340, fill=palette[4], width=2)
            pen.arc((x, y, x + size * 2, y + size), 200, 340, fill=palette[4], width=2)


def _noise(size: tuple[int, int], chance: random.Random) -> Image.Image:
    return Image.frombytes("RGB", size, chance.randbytes(size[0] * size[1] * 3))


def pan(picture: Image.Image, share: float) -> Image.Image:
    """The picture as a slow camera sees it after that share of a shot."""
    margin = max(1, round(min(picture.size) * 0.06))
    left = round(margin * share)
    return picture.crop((left, 0, picture.width - margin + left, picture.height)).resize(picture.size)
