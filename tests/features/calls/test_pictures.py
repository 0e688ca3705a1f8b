"""Pictures that come along as `data:` URLs."""

from base64 import b64encode

import pytest

from spoonfeeder.core.errors import AppError
from spoonfeeder.features.calls.pictures import PIECE_LETTERS, picture_of

PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(range(256)) * 8
HEAD = "data:image/png;base64,"


@pytest.mark.parametrize("more", [0, 1, 2, PIECE_LETTERS * 3 // 4 - len(PNG), 2 * PIECE_LETTERS + 1])
async def test_what_was_encoded_comes_out_again(more: int) -> None:
    data = PNG + b"\xff" * more
    picture = await picture_of(HEAD + b64encode(data).decode(), "url")
    assert (picture.media_type, picture.data) == ("image/png", data)


@pytest.mark.parametrize("place", ["first", "last"])
@pytest.mark.parametrize("wrong", ["é", " ", "-", "\n", "A==="])
async def test_what_is_no_base64_is_refused_in_every_piece(place: str, wrong: str) -> None:
    good = b64encode(PNG).decode().ljust(PIECE_LETTERS, "A")
    encoded = good[: -len(wrong)] + wrong + good if place == "first" else good + good[:-4] + wrong
    with pytest.raises(AppError, match="not valid base64"):
        await picture_of(HEAD + encoded, "url")


async def test_nothing_stands_behind_the_padding() -> None:
    padded = b64encode(PNG).decode().ljust(PIECE_LETTERS - 1, "A") + "="
    with pytest.raises(AppError, match="not valid base64"):
        await picture_of(HEAD + padded + "AAAA", "url")
