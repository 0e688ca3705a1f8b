"""The verdict is of what is seen and heard, not of the file around it."""

import random
import subprocess
import sys
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageDraw
from PIL.PngImagePlugin import PngInfo

from spoonfeeder.simulator.drawing import paint
from spoonfeeder.storage.comparison import MOST_PIXELS, compare
from spoonfeeder.storage.images import TooManyPixels
from spoonfeeder.storage.media_types import sniff
from spoonfeeder.storage.verdicts import Compared, File
from tests.storage.files import SOUNDS, VIDEOS, animation, sound, video
from tests.storage.test_inspection import bomb

PICTURE = paint(256, 192, "a pier at dusk", "7")


def png(image: Image.Image, **options: object) -> bytes:
    file = BytesIO()
    image.save(file, "PNG", **options)
    return file.getvalue()


def with_metadata() -> bytes:
    told = PngInfo()
    told.add_text("prompt", '{"3": {}}')
    return png(PICTURE, pnginfo=told, compress_level=9)


def with_noise(size: int) -> Image.Image:
    values = random.Random(3).choices((0, size), k=3 * PICTURE.width * PICTURE.height)
    return ImageChops.add(PICTURE, Image.frombytes("RGB", PICTURE.size, bytes(values)))


def with_a_thing() -> Image.Image:
    """So small that the mean alone would call it near."""
    changed = PICTURE.copy()
    ImageDraw.Draw(changed).rectangle((100, 100, 125, 117), fill=(255, 0, 255))
    return changed


def with_a_hole(alpha: int) -> Image.Image:
    changed = PICTURE.convert("RGBA")
    ImageDraw.Draw(changed).rectangle((0, 0, 128, 128), fill=(0, 0, 0, alpha))
    return changed


def compared(folder: Path, before: bytes, now: bytes) -> Compared:
    files = []
    for name, content in (("before", before), ("now", now)):
        path = folder / name
        path.write_bytes(content)
        files.append(File(path, sniff(content)))
    return compare(*files)


@pytest.mark.parametrize(
    ("before", "now", "verdict", "way"),
    [
        pytest.param(png(PICTURE), with_metadata(), "same", "pixels", id="metadata and packing"),
        pytest.param(png(PICTURE), png(PICTURE.convert("RGBA")), "same", "pixels", id="opaque"),
        pytest.param(png(PICTURE), png(with_noise(1)), "near", "pixels", id="one level of noise"),
        pytest.param(png(PICTURE), png(with_noise(30)), "different", "pixels", id="much noise"),
        pytest.param(png(PICTURE), png(with_a_thing()), "different", "pixels", id="a thing more"),
        pytest.param(png(with_a_hole(0)), png(with_a_hole(255)), "different", "pixels", id="transparency"),
        pytest.param(png(PICTURE), png(paint(256, 192, "a pier at dusk", "8")), "different", "pixels", id="seed"),
        pytest.param(png(PICTURE), png(PICTURE.resize((255, 192))), "different", "pixels", id="size"),
        pytest.param(png(PICTURE), animation(["red"]), "different", "pixels", id="another format and size"),
        pytest.param(animation(["red", "blue"]), animation(["red", "blue"]), "same", "pixels", id="animation"),
        pytest.param(animation(["red", "blue"]), animation(["red", "lime"]), "different", "pixels", id="2nd frame"),
        pytest.param(animation(["red", "blue"]), animation(["red"]), "different", "pixels", id="a frame less"),
        pytest.param(png(PICTURE), sound("audio/flac"), "different", "bytes", id="another kind"),
        pytest.param(b"three cats", b"three cats", "same", "bytes", id="text"),
        pytest.param(b"three cats", b"three cat", "different", "bytes", id="another text"),
        *(pytest.param(video(kind, 4), video(kind, 4), "same", "pixels", id=kind) for kind in VIDEOS),
        *(pytest.param(video(kind, 4), video(kind, 3), "different", "pixels", id=f"short {kind}") for kind in VIDEOS),
        *(pytest.param(sound(kind, 1), sound(kind, 1), "same", "samples", id=kind) for kind in SOUNDS),
        pytest.param(sound("audio/wav", 1), sound("audio/flac", 1), "same", "samples", id="packed sound"),
        pytest.param(sound("audio/wav", 1), sound("audio/wav", 2), "different", "samples", id="a longer sound"),
    ],
)
def test_what_is_the_same(tmp_path: Path, before: bytes, now: bytes, verdict: str, way: str) -> None:
    found = compared(tmp_path, before, now)
    assert (found.verdict, found.compared) == (verdict, way), found


def test_the_figures_are_those_of_the_pictures(tmp_path: Path) -> None:
    before, now = Image.new("RGB", (10, 10)), Image.new("RGB", (10, 10))
    now.putpixel((3, 3), (51, 0, 0))
    found = compared(tmp_path, png(before), png(now))
    assert (found.mean_difference, found.max_difference, found.differing_share) == (0.17, 51, 0.01)
    assert found.psnr_db == pytest.approx(38.75, abs=0.01)  # 10 log10(255² · 300 / 51²)
    nothing = compared(tmp_path, png(before), png(before))
    assert (nothing.mean_difference, nothing.max_difference, nothing.psnr_db) == (0, 0, None)


def test_grey_of_16_bits_is_compared(tmp_path: Path) -> None:
    pictures = [Image.new("I;16", (8, 8), shade) for shade in (20_000, 20_000, 50_000)]
    assert compared(tmp_path, png(pictures[0]), png(pictures[1])).verdict == "same"
    assert compared(tmp_path, png(pictures[0]), png(pictures[2])).verdict == "different"


def test_frames_beyond_the_limit_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("spoonfeeder.storage.comparison.MOST_PIXELS", 2 * 64 * 32)
    found = compared(tmp_path, animation(["red", "blue", "lime"]), animation(["red", "blue", "white"]))
    assert (found.verdict, found.frames) == ("same", 2)
    assert found.reason == "Only the first 2 frames were compared."


def test_what_is_too_large_or_broken_is_no_verdict(tmp_path: Path) -> None:
    assert MOST_PIXELS < 200_000_000
    with pytest.raises(TooManyPixels):
        compared(tmp_path, bomb(60_000, 60_000), png(PICTURE))
    with pytest.raises(OSError, match="truncated"):
        compared(tmp_path, png(PICTURE)[:-2000], png(PICTURE))


def test_two_large_pictures_take_little_more_than_themselves(tmp_path: Path) -> None:
    path = tmp_path / "large.png"
    path.write_bytes(png(Image.new("RGB", (4_000, 4_000)), compress_level=1))
    program = (
        "import resource, sys; from pathlib import Path;"
        "from spoonfeeder.storage.comparison import compare; from spoonfeeder.storage.verdicts import File;"
        "at = File(Path(sys.argv[1]), 'image/png'); before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss;"
        "assert compare(at, at).verdict == 'same';"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)"
    )
    ran = subprocess.run([sys.executable, "-c", program, str(path)], capture_output=True, text=True, check=True)
    pictures_mib = 2 * 4 * 4_000 * 4_000 / 2**20
    assert int(ran.stdout) / 1024 < 1.6 * pictures_mib
