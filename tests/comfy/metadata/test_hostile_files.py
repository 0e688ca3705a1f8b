"""Files made to hurt: each ends in a sentence, soon and in little memory (RELIABILITY A9, A10, A45)."""

import tracemalloc
import zlib
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spoonfeeder.comfy.metadata.reading import NoWorkflowInside, read
from spoonfeeder.comfy.metadata.source import UnreadableFile
from tests.comfy.metadata.attacks import FTYP, UNREADABLE, packed, picture_of
from tests.comfy.metadata.writers import BOTH, FILES, PROMPT, WORKFLOW, video

MUCH = 50 * 2**20


@cache
def small(kind: str) -> bytes:
    return FILES[kind]()


@pytest.mark.parametrize("name", UNREADABLE)
def test_what_cannot_be_read_is_said_in_one_sentence(name: str) -> None:
    with pytest.raises(UnreadableFile) as raised:
        read(UNREADABLE[name]())

    assert raised.value.status == 422
    assert raised.value.message.endswith(".")


def test_texts_that_nobody_asked_for_are_not_unpacked() -> None:
    bomb = zlib.compress(bytes(5 * 2**20))
    bombs = [b"zTXtsoftware%d\0\0" % number + bomb for number in range(64)]
    file = picture_of(*bombs, *[b"tEXtworkflow\0{}"] * 10_000, b"tEXtprompt\0" + BOTH["prompt"].encode())

    assert _most_memory(file) < MUCH
    assert read(file).prompt == PROMPT


def test_bombs_end_within_little_memory() -> None:
    bombs = [packed(bytes(5 * 2**20))] * 64

    assert _most_memory(picture_of(*bombs)) < MUCH
    assert _most_memory(UNREADABLE["PNG, bomb"]()) < MUCH


def test_a_bomb_is_called_too_large() -> None:
    with pytest.raises(UnreadableFile, match="larger than 8 MiB"):
        read(UNREADABLE["PNG, bomb"]())


def test_a_video_of_a_gibibyte_is_never_in_memory(tmp_path: Path) -> None:
    written = video("mp4", "mpeg4", tuple(BOTH.items()), own_keys=True)
    moov = written.index(b"moov") - 4
    path = tmp_path / "long.mp4"
    with path.open("wb") as file:
        file.write(FTYP + b"\0\0\0\1mdat" + (2**30).to_bytes(8))
        file.seek(2**30 - 16, 1)
        file.write(written[moov:])

    tracemalloc.start()
    found = read(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert (found.workflow, found.prompt) == (WORKFLOW, PROMPT)
    assert peak < 2**20


def test_a_live_recording_without_lengths_is_read() -> None:
    written = video("webm", "libvpx", tuple(BOTH.items()))
    segment = written.index(b"\x18\x53\x80\x67") + 4
    endless = written[:segment] + b"\x01" + b"\xff" * 7 + written[segment + 8 :]

    assert read(endless).prompt == PROMPT


@settings(max_examples=300, deadline=None)
@given(
    kind=st.sampled_from(sorted(FILES)),
    flips=st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(1, 255)), max_size=4),
    kept=st.floats(0, 1),
)
def test_damage_of_any_kind_gives_a_workflow_or_a_sentence(
    kind: str, flips: list[tuple[float, int]], kept: float
) -> None:
    file = bytearray(small(kind))
    for place, change in flips:
        file[int(place * len(file))] ^= change
    damaged = bytes(file) if kept > 0.5 else bytes(file[: int(2 * kept * len(file))])

    try:
        found = read(damaged)
    except (UnreadableFile, NoWorkflowInside):
        return
    assert found


def _most_memory(file: bytes) -> int:
    """Bytes; whether there was a workflow or not."""
    tracemalloc.start()
    try:
        read(file)
    except UnreadableFile:
        pass
    finally:
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    return peak
