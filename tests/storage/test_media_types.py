"""Only the bytes decide what a file is, and only harmless types have a name."""

import pytest

from spoonfeeder.storage.media_types import EXTENSIONS, UNKNOWN, modality_of, sniff
from tests.storage.files import MEDIA_TYPES, content_of


@pytest.mark.parametrize("media_type", MEDIA_TYPES)
def test_real_files_are_recognised(media_type: str) -> None:
    assert sniff(content_of(media_type)[:4096]) == media_type
    kind = modality_of(media_type)
    assert kind is not None
    assert media_type.startswith(kind)


def test_a_bare_mp3_stream_without_tags_is_recognised() -> None:
    assert sniff(b"\xff\xfb\x90\x64" + bytes(400)) == "audio/mpeg"


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"\x89",
        b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        b'<?xml version="1.0"?><svg/>',
        b"<!doctype html><script>alert(1)</script>",
        b"%PDF-1.7",
        b"PK\x03\x04",
        b"#EXTM3U\n/etc/passwd",
        b"RIFF\x00\x00\x00\x00AVI LIST",
        b"RIFF",
        b"\x00\x00\x00\x18ftypqt  \x00\x00\x00\x00isom",
        b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic",
        b"\x00\x00\x00\x18ftyp",
        b"\x1a\x45\xdf\xa3\x01\x00\x00\x00\x00\x00\x00\x23\x42\x82\x88matroska",
        b"\xff\xfe<\x00s\x00v\x00g\x00",
        b"\xff\xff\xff\xff",
        b"\xff\xf1\x50\x80",
        b'{"3": {"class_type": "KSampler"}}',
        b"glTF\x02\x00\x00\x00",
    ],
)
def test_everything_else_is_only_bytes(head: bytes) -> None:
    assert sniff(head) == UNKNOWN
    assert modality_of(UNKNOWN) is None


def test_a_picture_that_is_also_a_page_stays_a_picture() -> None:
    assert sniff(b"\x89PNG\r\n\x1a\n<html><script>alert(1)</script>") == "image/png"


def test_every_type_has_one_extension() -> None:
    assert set(EXTENSIONS) == {*MEDIA_TYPES, UNKNOWN}
    assert len(set(EXTENSIONS.values())) == len(EXTENSIONS)
