"""Thumbnails and measures of every kind of output; a bad file costs nothing but its thumbnail."""

import asyncio
import struct
import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from spoonfeeder.storage.disk import DiskStorage
from spoonfeeder.storage.inspection import Inspector, Measures
from spoonfeeder.storage.keeping import keep
from spoonfeeder.storage.protocol import is_kept
from tests.storage.files import MEDIA_TYPES, PICTURES, SOUNDS, VIDEOS, animation, content_of, in_chunks, picture, saved


@pytest.fixture
def inspector() -> Inspector:
    return Inspector()


def seen(thumbnail: bytes | None) -> Image.Image:
    assert thumbnail is not None
    image = Image.open(BytesIO(thumbnail))
    assert image.format == "WEBP"
    assert max(image.size) <= 512
    return image


def bomb(width: int, height: int) -> bytes:
    """A PNG whose header promises what its few bytes do not hold."""
    header = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = b"IDAT" + zlib.compress(bytes(1000))
    chunks = [struct.pack(">I", len(c) - 4) + c + struct.pack(">I", zlib.crc32(c)) for c in (header, data, b"IEND")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


@pytest.mark.parametrize("media_type", PICTURES)
async def test_a_picture_has_a_size_and_a_small_copy(inspector: Inspector, tmp_path: Path, media_type: str) -> None:
    path = saved(tmp_path, picture(media_type, (1200, 600)))
    assert await inspector.measure(path, media_type) == Measures(1200, 600, None)
    assert seen(await inspector.thumbnail(path, media_type)).size == (512, 256)


@pytest.mark.parametrize("media_type", VIDEOS)
async def test_a_video_has_size_duration_and_poster(inspector: Inspector, tmp_path: Path, media_type: str) -> None:
    path = saved(tmp_path, content_of(media_type))
    measures = await inspector.measure(path, media_type)
    assert (measures.width, measures.height) == (320, 160)
    assert measures.duration_seconds == pytest.approx(2.0, abs=0.2)
    poster = seen(await inspector.thumbnail(path, media_type)).convert("RGB")
    assert poster.size == (320, 160)
    colour = poster.getpixel((100, 80))
    assert isinstance(colour, tuple)
    assert colour == pytest.approx((200, 0, 30), abs=25)


@pytest.mark.parametrize("media_type", SOUNDS)
async def test_a_sound_has_a_duration_and_no_picture(inspector: Inspector, tmp_path: Path, media_type: str) -> None:
    path = saved(tmp_path, content_of(media_type))
    measures = await inspector.measure(path, media_type)
    assert (measures.width, measures.height) == (None, None)
    assert measures.duration_seconds == pytest.approx(2.0, abs=0.2)
    assert await inspector.thumbnail(path, media_type) is None


async def test_an_animation_shows_its_first_frame(inspector: Inspector, tmp_path: Path) -> None:
    path = saved(tmp_path, animation(["red", "blue", "green"]))
    assert seen(await inspector.thumbnail(path, "image/webp")).convert("RGB").getpixel((5, 5)) == pytest.approx(
        (255, 0, 0), abs=6
    )


async def test_transparency_stays(inspector: Inspector, tmp_path: Path) -> None:
    file = BytesIO()
    Image.new("RGBA", (100, 100), (255, 0, 0, 0)).save(file, "PNG")
    thumbnail = seen(await inspector.thumbnail(saved(tmp_path, file.getvalue()), "image/png"))
    assert thumbnail.convert("RGBA").getpixel((50, 50))[3] == 0  # type: ignore[index]


async def test_sixteen_bit_grey_is_not_burnt_out(inspector: Inspector, tmp_path: Path) -> None:
    file = BytesIO()
    Image.new("I;16", (64, 64), 32768).save(file, "PNG")
    thumbnail = seen(await inspector.thumbnail(saved(tmp_path, file.getvalue()), "image/png"))
    assert thumbnail.convert("L").getpixel((5, 5)) == pytest.approx(127, abs=3)


async def test_a_photo_stands_upright(inspector: Inspector, tmp_path: Path) -> None:
    file, exif = BytesIO(), Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (400, 200), "red").save(file, "JPEG", exif=exif)
    assert seen(await inspector.thumbnail(saved(tmp_path, file.getvalue()), "image/jpeg")).size == (200, 400)


async def test_a_picture_beyond_the_limit_is_measured_and_never_decoded(inspector: Inspector, tmp_path: Path) -> None:
    path = saved(tmp_path, bomb(50_000, 50_000))
    assert await inspector.measure(path, "image/png") == Measures(50_000, 50_000)
    assert await inspector.thumbnail(path, "image/png") is None
    assert not await inspector.decodes_fully(path, "image/png")


@pytest.mark.parametrize("media_type", MEDIA_TYPES)
async def test_a_file_that_is_not_what_it_says_is_no_error(
    inspector: Inspector, tmp_path: Path, media_type: str
) -> None:
    for content in (b"", b"<svg/>", content_of(media_type)[:20], b"#EXTM3U\n/etc/passwd"):
        path = saved(tmp_path, content)
        assert await inspector.thumbnail(path, media_type) is None
        assert await inspector.measure(path, media_type) in (Measures(), Measures(duration_seconds=0.0))
        assert not await inspector.decodes_fully(path, media_type)


async def test_the_named_format_is_the_only_one_tried(inspector: Inspector, tmp_path: Path) -> None:
    path = saved(tmp_path, picture("image/jpeg"))
    assert await inspector.thumbnail(path, "image/png") is None
    assert await inspector.thumbnail(path, "application/octet-stream") is None


@pytest.mark.parametrize("media_type", MEDIA_TYPES)
async def test_a_whole_file_decodes_fully(inspector: Inspector, tmp_path: Path, media_type: str) -> None:
    assert await inspector.decodes_fully(saved(tmp_path, content_of(media_type)), media_type)


@pytest.mark.parametrize("media_type", [*PICTURES, "video/mp4", "audio/wav"])
async def test_a_file_cut_off_anywhere_does_not(inspector: Inspector, tmp_path: Path, media_type: str) -> None:
    content = content_of(media_type)
    for length in (len(content) // 3, len(content) - 200, len(content) - 2):
        assert not await inspector.decodes_fully(saved(tmp_path, content[:length]), media_type)


async def test_damage_inside_a_picture_is_noticed(inspector: Inspector, tmp_path: Path) -> None:
    content = bytearray(picture())
    content[len(content) // 2] ^= 0xFF
    assert not await inspector.decodes_fully(saved(tmp_path, bytes(content)), "image/png")


async def test_more_files_than_places_are_all_served(inspector: Inspector, tmp_path: Path) -> None:
    path = saved(tmp_path, picture())
    found = await asyncio.gather(*(inspector.thumbnail(path, "image/png") for _ in range(12)))
    assert all(found)


async def test_keeping_a_picture_keeps_its_thumbnail_too(inspector: Inspector, tmp_path: Path) -> None:
    storage = DiskStorage(tmp_path)
    kept = await keep(storage, inspector, in_chunks(picture()), name="abc", limit_bytes=10**7)
    assert (kept.file.key, kept.thumbnail_key) == ("ab/abc.png", "ab/abc-thumbnail.webp")
    assert kept.measures == Measures(640, 320)
    assert await is_kept(storage, "ab/abc-thumbnail.webp")


async def test_what_has_no_picture_is_kept_all_the_same(inspector: Inspector, tmp_path: Path) -> None:
    storage = DiskStorage(tmp_path)
    kept = await keep(storage, inspector, in_chunks(b"A prompt, refined."), name="text", limit_bytes=100)
    assert (kept.file.key, kept.thumbnail_key, kept.measures) == ("te/text.bin", None, Measures())


class Watched(DiskStorage):
    """Tells when a file is looked at."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.is_opened = asyncio.Event()

    @asynccontextmanager
    async def local_file(self, key: str) -> AsyncIterator[Path]:
        self.is_opened.set()
        async with super().local_file(key) as path:
            yield path


async def test_who_leaves_while_a_file_is_looked_at_leaves_nothing(tmp_path: Path) -> None:
    storage, never = Watched(tmp_path), Inspector(at_once=0)
    keeping = asyncio.create_task(keep(storage, never, in_chunks(picture()), name="left", limit_bytes=10**7))
    await storage.is_opened.wait()
    assert (tmp_path / "le" / "left.png").exists()
    keeping.cancel()
    with pytest.raises(asyncio.CancelledError):
        await keeping
    assert not (tmp_path / "le" / "left.png").exists()
