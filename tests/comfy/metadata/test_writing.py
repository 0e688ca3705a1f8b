"""A picture with both graphs inside: read back by us and by Pillow, its pixels untouched."""

from collections.abc import Mapping
from io import BytesIO
from os import devnull
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from spoonfeeder.comfy.metadata.reading import NoWorkflowInside, read
from spoonfeeder.comfy.metadata.source import UnreadableFile
from spoonfeeder.comfy.metadata.writing import NoPlaceForWorkflow, write
from tests.comfy.metadata.writers import BOTH, PROMPT, WORKFLOW, animated_png, jpeg, picture, png, video, webp

OTHER = {"1": {"class_type": "SaveImage", "inputs": {"filename_prefix": "Ünter"}}}


def saved(image: Image.Image, kind: str, **how: Any) -> bytes:
    file = BytesIO()
    image.save(file, kind, **how)
    return file.getvalue()


def turned() -> bytes:
    exif = Image.Exif()
    exif[0x0112] = 6
    return webp(exif)


def with_both(
    file: bytes, workflow: Mapping[str, Any] | None = WORKFLOW, prompt: Mapping[str, Any] | None = PROMPT
) -> bytes:
    target = BytesIO()
    write(file, target, workflow=workflow, prompt=prompt)
    return target.getvalue()


def frames(file: bytes) -> list[bytes]:
    with Image.open(BytesIO(file)) as image:
        found = []
        for number in range(getattr(image, "n_frames", 1)):
            image.seek(number)
            found.append(image.convert("RGBA").tobytes())
        return found


MOVING = {"save_all": True, "append_images": [Image.new("RGB", (8, 6), "red")]}
PICTURES = {
    "PNG": saved(picture(), "PNG"),
    "PNG with texts": png(texts=BOTH | {"workflow": '{"nodes": []}', "Title": "kept"}),
    "PNG packed": png("zTXt"),
    "APNG": animated_png(),
    "WebP lossy": saved(picture(), "WEBP"),
    "WebP lossless": saved(picture(), "WEBP", lossless=True),
    "WebP alpha": saved(Image.new("RGBA", (9, 5), (1, 2, 3, 4)), "WEBP", lossless=True),
    "WebP with EXIF": webp(),
    "WebP animated": saved(picture(), "WEBP", lossless=True, **MOVING),
}


@pytest.mark.parametrize("name", PICTURES)
def test_what_is_written_is_read_again_and_the_picture_stays(name: str) -> None:
    before = PICTURES[name]
    after = with_both(before)
    found = read(after)

    assert (found.workflow, found.prompt) == (WORKFLOW, PROMPT)
    assert frames(after) == frames(before)
    assert read(with_both(after, None, OTHER)).prompt == OTHER
    with pytest.raises(NoWorkflowInside):
        read(with_both(after, None, None))


def test_pillow_and_the_editor_find_each_text_once_and_before_the_pixels() -> None:
    after = with_both(PICTURES["PNG with texts"])
    with Image.open(BytesIO(after)) as image:
        texts = image.info

    assert {name: texts[name] for name in ("workflow", "prompt", "Title")} == BOTH | {"Title": "kept"}
    assert after.count(b"tEXtworkflow\0") == after.count(b"tEXtprompt\0") == 1
    assert after.index(b"tEXtworkflow") < after.index(b"IDAT")


def test_the_bytes_of_the_pixels_are_the_same() -> None:
    before, after = PICTURES["PNG"], with_both(PICTURES["PNG"])

    assert before[before.index(b"IDAT") - 4 :] == after[after.index(b"IDAT") - 4 :]


def test_webp_holds_the_texts_where_comfyui_puts_them_and_stays_turned() -> None:
    with Image.open(BytesIO(with_both(turned()))) as image:
        exif = image.getexif()

    assert exif[0x010F] == f"workflow:{BOTH['workflow']}"
    assert exif[0x0110] == f"prompt:{BOTH['prompt']}"
    assert exif[0x0112] == 6
    assert read(with_both(saved(picture(), "WEBP", exif=b"broken"))).prompt == PROMPT


@pytest.mark.parametrize(
    ("name", "flags"), [("WebP lossy", 0x08), ("WebP alpha", 0x18), ("WebP animated", 0x0A), ("WebP with EXIF", 0x08)]
)
def test_webp_tells_in_its_first_chunk_what_it_has(name: str, flags: int) -> None:
    after = with_both(PICTURES[name])

    assert after[12:16] == b"VP8X"
    assert after[20] == flags


@pytest.mark.parametrize("file", [jpeg(), video("mp4", "mpeg4", ()), b"{}", b""], ids=["jpeg", "mp4", "json", "empty"])
def test_other_files_have_no_place_for_it(file: bytes) -> None:
    with pytest.raises(NoPlaceForWorkflow, match="PNG or a WebP"):
        with_both(file)


@pytest.mark.parametrize("name", ["PNG", "WebP lossy", "WebP alpha"])
def test_a_picture_that_is_cut_off_is_refused(name: str) -> None:
    for length in range(12, len(PICTURES[name]) - 1):
        with pytest.raises(UnreadableFile):
            with_both(PICTURES[name][:length])


def test_a_picture_beyond_64_mib_is_refused(tmp_path: Path) -> None:
    whole, length = PICTURES["PNG"], 65 * 2**20
    path = tmp_path / "large.png"
    with path.open("wb") as file:
        file.write(whole[:33] + length.to_bytes(4) + b"IDAT")
        file.seek(length + 4, 1)
        file.write(whole[-12:])

    with Path(devnull).open("wb") as nowhere, pytest.raises(UnreadableFile, match="too many parts"):
        write(path, nowhere, workflow=WORKFLOW, prompt=None)
