"""A large file on its way into a bucket, in parts: obstore asks us for them, and takes all back when we give up."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import TYPE_CHECKING

from spoonfeeder.storage.s3_errors import as_storage_errors

if TYPE_CHECKING:
    from obstore.store import S3Store

PART_BYTES = 8 * 1024 * 1024
"""S3 takes at least 5 MiB and at most 10,000 parts."""
PARTS_AT_ONCE = 2


class GivenUp(Exception):
    """Whoever reads the parts is to abort the upload."""


class Upload:
    """Completed where the context ends well, aborted where it does not: a cancelled obstore call would abort nothing.

    Raises StorageFull, StorageUnavailable.
    """

    def __init__(self, store: "S3Store", key: str, attributes: dict[str, str]) -> None:
        import obstore

        self._parts: asyncio.Queue[bytes] = asyncio.Queue(1)
        self._given_up = False
        options = {"chunk_size": PART_BYTES, "max_concurrency": PARTS_AT_ONCE, "use_multipart": True}
        sending = obstore.put_async(store, key, self._given(), attributes=attributes, **options)  # type: ignore[arg-type]
        self._sending = asyncio.ensure_future(sending)

    async def add(self, part: bytes) -> None:
        adding = asyncio.ensure_future(self._parts.put(part))
        try:
            await asyncio.wait({adding, self._sending}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            adding.cancel()
        if self._sending.done():
            with as_storage_errors(writing=True):
                self._sending.result()

    async def __aenter__(self) -> "Upload":
        return self

    async def __aexit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            try:
                with as_storage_errors(writing=True):
                    await self.add(b"")
                    await asyncio.shield(self._sending)
            except asyncio.CancelledError:
                await self._abort()
                raise
        else:
            await self._abort()

    async def _abort(self) -> None:
        self._given_up = True
        while not self._parts.empty():
            self._parts.get_nowait()
        self._parts.put_nowait(b"")
        with suppress(Exception):
            await asyncio.shield(self._sending)

    async def _given(self) -> AsyncIterator[bytes]:
        while part := await self._parts.get():
            yield part
        if self._given_up:
            raise GivenUp
