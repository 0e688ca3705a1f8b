"""The built files, read once: a request costs one look into a dict, and no path leads out of it."""

import gzip
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path

from starlette.datastructures import Headers
from starlette.responses import Response

DIST = Path(__file__).with_name("dist")
FOR_A_YEAR = "public, max-age=31536000, immutable"
ASK_EACH_TIME = "no-cache"
PACKED = ".gz"

# Not by `mimetypes`: that reads the tables of the machine.
MEDIA_TYPES = {
    ".css": "text/css",
    ".html": "text/html",
    ".ico": "image/x-icon",
    ".js": "text/javascript",
    ".json": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain",
    ".webmanifest": "application/manifest+json",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
}


@dataclass(frozen=True)
class File:
    """`kept` is gzip where the build left such a file: a third of the memory, unpacked for the few who take no gzip."""

    kept: bytes
    is_packed: bool
    media_type: str
    cache_control: str

    @cached_property
    def etag(self) -> str:
        """Weak, as both encodings have it."""
        return f'W/"{sha256(self.kept).hexdigest()[:20]}"'

    def answer(self, asked: Headers, extra: Mapping[str, str]) -> Response:
        headers = {"Cache-Control": self.cache_control, "ETag": self.etag, "Vary": "Accept-Encoding", **extra}
        if self.etag.removeprefix("W/") in _tags(asked):
            return Response(status_code=304, headers=headers)
        if self.is_packed and _takes_gzip(asked):
            headers["Content-Encoding"] = "gzip"
            return Response(self.kept, media_type=self.media_type, headers=headers)
        body = gzip.decompress(self.kept) if self.is_packed else self.kept
        return Response(body, media_type=self.media_type, headers=headers)


def read_files(folder: Path) -> dict[str, File]:
    """By path of the address; empty where nothing is built. `name.gz` beside `name` is the same, packed."""
    paths = [path for path in folder.rglob("[!.]*") if path.is_file() and path.suffix != PACKED]
    return {f"/{path.relative_to(folder).as_posix()}": _read(path) for path in paths}


def _read(path: Path) -> File:
    packed = path.with_name(path.name + PACKED)
    is_packed = packed.is_file()
    return File(
        (packed if is_packed else path).read_bytes(),
        is_packed,
        MEDIA_TYPES.get(path.suffix, "application/octet-stream"),
        FOR_A_YEAR if path.parent.name == "assets" else ASK_EACH_TIME,
    )


def _tags(asked: Headers) -> Iterator[str]:
    return (tag.strip().removeprefix("W/") for tag in asked.get("if-none-match", "").split(","))


def _takes_gzip(asked: Headers) -> bool:
    return any(name in {"gzip", "*"} and quality > 0 for name, quality in weighed(asked.get("accept-encoding", "")))


def weighed(header: str) -> Iterator[tuple[str, float]]:
    """What an Accept header names, with its quality; one that cannot be read is 0."""
    for part in header.lower().split(","):
        name, _, parameters = part.partition(";")
        quality = parameters.replace(" ", "").partition("q=")[2].partition(";")[0] or "1"
        yield name.strip(), float(quality) if quality.replace(".", "", 1).isdecimal() else 0.0
