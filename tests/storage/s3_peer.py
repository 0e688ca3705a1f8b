"""A small S3 server on loopback: objects in memory, multipart uploads, and whatever can go wrong on the way."""

import asyncio
import hashlib
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.utils import format_datetime
from itertools import count
from pathlib import Path
from typing import Any
from xml.etree import ElementTree
from xml.sax.saxutils import escape

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from spoonfeeder.storage.s3 import Bucket, S3Storage
from tests.serving import served

BUCKET, KEY_ID, SECRET = "pictures", "AKIDEXAMPLE", "wJalrXUtnFEMI"
SIGNED = re.compile(rf"AWS4-HMAC-SHA256 Credential={KEY_ID}/\d{{8}}/[^/]+/s3/aws4_request, SignedHeaders=\S+, Sig")
LISTED_AT_ONCE = 3


@dataclass
class Object:
    content: bytes
    modified_at: datetime = field(default_factory=lambda: datetime.now(UTC))

    @property
    def headers(self) -> dict[str, str]:
        return {
            "ETag": f'"{hashlib.md5(self.content, usedforsecurity=False).hexdigest()}"',
            "Last-Modified": format_datetime(self.modified_at.astimezone(UTC), usegmt=True),
            "Accept-Ranges": "bytes",
        }


class S3Peer:
    """`refuse` answers an operation with a status and an error code; `break_after` ends bodies after so many bytes."""

    def __init__(self) -> None:
        self.url = ""
        self.objects: dict[str, Object] = {}
        self.uploads: dict[str, dict[int, bytes]] = {}
        self.seen: list[str] = []
        self.refuse: dict[str, tuple[int, str]] = {}
        self.refuse_once: list[tuple[str, int]] = []
        self.silent: set[str] = set()
        self.may_speak = asyncio.Event()
        self.break_after: int | None = None
        self._numbers = count(1)

    async def answer(self, request: Request) -> Response:
        body = await request.body()
        key = request.path_params.get("key", "")
        operation = _operation(request, key)
        self.seen.append(operation)
        if not SIGNED.match(request.headers.get("authorization", "")):
            return _error(403, "AccessDenied")
        if request.path_params["bucket"] != BUCKET:
            return _error(404, "NoSuchBucket")
        if operation in self.silent:
            with suppress(TimeoutError):
                await asyncio.wait_for(self.may_speak.wait(), 60)
        if operation in self.refuse:
            return _error(*self.refuse[operation])
        if self.refuse_once and self.refuse_once[0][0] == operation:
            return _error(self.refuse_once.pop(0)[1], "InternalError")
        reply: Response = getattr(self, f"_{operation}")(request, key, body)
        return reply

    def _put(self, request: Request, key: str, body: bytes) -> Response:
        if "if-match" in request.headers:
            return _error(501, "NotImplemented")
        if (declared := request.headers["x-amz-content-sha256"]) != "UNSIGNED-PAYLOAD":
            assert declared == hashlib.sha256(body).hexdigest()
        self.objects[key] = Object(body)
        return Response(headers=self.objects[key].headers)

    def _get(self, request: Request, key: str, body: bytes) -> Response:
        if key not in self.objects:
            return _error(404, "NoSuchKey")
        if (wanted_tag := request.headers.get("if-match")) and wanted_tag != self.objects[key].headers["ETag"]:
            return _error(412, "PreconditionFailed")
        content, headers, status = self.objects[key].content, self.objects[key].headers, 200
        if wanted := re.fullmatch(r"bytes=(\d+)-(\d*)", request.headers.get("range", "")):
            start, stop = int(wanted[1]), min(int(wanted[2] or len(content)) + 1, len(content))
            if start >= len(content):
                return _error(416, "InvalidRange")
            headers["Content-Range"] = f"bytes {start}-{stop - 1}/{len(content)}"
            content, status = content[start:stop], 206
        headers["Content-Length"] = str(len(content))
        if self.break_after is None or request.method == "HEAD":
            return Response(content, status, headers)
        return StreamingResponse(_broken(content[: self.break_after]), status, headers)

    _head = _get

    def _delete(self, request: Request, key: str, body: bytes) -> Response:
        self.objects.pop(key, None)
        return Response(status_code=204)

    def _list(self, request: Request, key: str, body: bytes) -> Response:
        after = request.query_params.get("continuation-token") or request.query_params.get("start-after", "")
        prefix = request.query_params.get("prefix", "")
        most = min(int(request.query_params.get("max-keys", LISTED_AT_ONCE)), LISTED_AT_ONCE)
        keys = sorted(name for name in self.objects if name.startswith(prefix) and name > after)
        rows = "".join(
            f"<Contents><Key>{escape(name)}</Key><Size>{len(self.objects[name].content)}</Size><LastModified>"
            f"{self.objects[name].modified_at.isoformat()}</LastModified><ETag>x</ETag></Contents>"
            for name in keys[:most]
        )
        token = f"<NextContinuationToken>{escape(keys[most - 1])}</NextContinuationToken>" if len(keys) > most else ""
        more = str(bool(token)).lower()
        return _xml(f"<ListBucketResult><IsTruncated>{more}</IsTruncated>{token}{rows}</ListBucketResult>")

    def _begin(self, request: Request, key: str, body: bytes) -> Response:
        upload_id = f"upload-{next(self._numbers)}"
        self.uploads[upload_id] = {}
        return _xml(f"<R><Bucket>{BUCKET}</Bucket><Key>{escape(key)}</Key><UploadId>{upload_id}</UploadId></R>")

    def _part(self, request: Request, key: str, body: bytes) -> Response:
        if request.query_params["uploadId"] not in self.uploads:
            return _error(404, "NoSuchUpload")
        number = int(request.query_params["partNumber"])
        self.uploads[request.query_params["uploadId"]][number] = body
        return Response(headers={"ETag": f'"{number}"'})

    def _complete(self, request: Request, key: str, body: bytes) -> Response:
        parts = self.uploads.pop(request.query_params["uploadId"])
        wanted = [int(part.text or "") for part in ElementTree.fromstring(body).iterfind("{*}Part/{*}PartNumber")]
        self.objects[key] = Object(b"".join(parts[number] for number in wanted))
        return _xml(f"<R><Key>{escape(key)}</Key><ETag>x</ETag></R>")

    def _abort(self, request: Request, key: str, body: bytes) -> Response:
        self.uploads.pop(request.query_params["uploadId"], None)
        return Response(status_code=204)


def _operation(request: Request, key: str) -> str:
    if not key:
        return "list"
    if "uploads" in request.query_params:
        return "begin"
    if "uploadId" in request.query_params:
        return {"PUT": "part", "POST": "complete", "DELETE": "abort"}[request.method]
    return request.method.lower()


async def _broken(content: bytes) -> AsyncIterator[bytes]:
    yield content
    raise ConnectionResetError("the peer breaks off")


def _xml(body: str, status: int = 200) -> Response:
    return Response(f'<?xml version="1.0" encoding="UTF-8"?>{body}', status, media_type="application/xml")


def _error(status: int, code: str) -> Response:
    return _xml(f"<Error><Code>{code}</Code><Message>no</Message></Error>", status)


@asynccontextmanager
async def s3_peer() -> AsyncIterator[S3Peer]:
    peer = S3Peer()
    methods = ["GET", "PUT", "POST", "DELETE"]
    routes = [Route(path, peer.answer, methods=methods) for path in ("/{bucket}", "/{bucket}/{key:path}")]
    async with served(Starlette(routes=routes), timeout_graceful_shutdown=0) as peer.url:
        yield peer


class PeerStorage(S3Storage):
    """A storage whose tests can look behind it."""

    peer: S3Peer


def bucket_storage(peer: S3Peer, drafts: Path, **changes: Any) -> PeerStorage:
    bucket = Bucket(BUCKET, "our/files", peer.url, "eu-central-1", KEY_ID, SECRET)
    storage = PeerStorage(replace(bucket, **changes), drafts)
    storage.peer = peer
    return storage
