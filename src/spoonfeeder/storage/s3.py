"""Files in a bucket of an S3-compatible storage, through obstore, which signs, retries and sends large ones in parts.

Nobody but this server reads the bucket: files reach people through the API, as those of a disk do.
"""

import asyncio
import secrets
from collections.abc import AsyncIterable, AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from spoonfeeder.storage.drafts import DRAFT_LIFE_SECONDS, clean
from spoonfeeder.storage.protocol import Listed, StorageMissing, StorageUnavailable, Stored
from spoonfeeder.storage.receiving import KEY, Received, blocks, check_name, counted
from spoonfeeder.storage.s3_errors import as_storage_errors
from spoonfeeder.storage.s3_upload import PART_BYTES, Upload

if TYPE_CHECKING:
    from obstore.store import S3Store

READ_BYTES = 4 * 1024 * 1024
"""Each a request of its own, so that none stays open for as long as a slow client reads."""
ANSWER_SECONDS = 6.0
TRANSFER_SECONDS = 60.0
CLIENT = {"connect_timeout": timedelta(seconds=3), "timeout": timedelta(seconds=TRANSFER_SECONDS)}
RETRIES: Any = {
    "max_retries": 3,
    "retry_timeout": timedelta(seconds=30),
    "backoff": {"init_backoff": timedelta(milliseconds=100), "max_backoff": timedelta(seconds=3), "base": 2},
}


@dataclass(frozen=True, slots=True)
class Bucket:
    """`endpoint` None is that of Amazon; `virtual_host` puts the name of the bucket before that of the host."""

    name: str
    prefix: str
    endpoint: str | None
    region: str
    access_key_id: str
    secret_access_key: str = field(repr=False)
    virtual_host: bool = False


class S3Storage:
    """Implements `protocol.Storage`. `drafts` is a folder of this machine, for files while they are looked at."""

    def __init__(self, bucket: Bucket, drafts: Path) -> None:
        self.bucket = bucket
        self.drafts = drafts

    @cached_property
    def _store(self) -> "S3Store":
        from obstore.store import S3Store

        bucket, endpoint = self.bucket, {}
        if bucket.endpoint is not None:
            scheme, _, host = bucket.endpoint.partition("://")
            endpoint["endpoint"] = f"{scheme}://{bucket.name}.{host}" if bucket.virtual_host else bucket.endpoint
        options: Any = {**CLIENT, "allow_http": endpoint.get("endpoint", "").startswith("http://")}
        return S3Store(
            bucket.name,
            prefix=bucket.prefix or None,
            region=bucket.region,
            access_key_id=bucket.access_key_id,
            secret_access_key=bucket.secret_access_key,
            virtual_hosted_style_request=bucket.virtual_host,
            disable_bulk_delete=True,
            client_options=options,
            retry_config=RETRIES,
            **endpoint,  # type: ignore[arg-type]
        )

    async def put(self, chunks: AsyncIterable[bytes], *, name: str, limit_bytes: int) -> Stored:
        check_name(name)
        received = Received()
        parts = counted(received, blocks(chunks, limit_bytes, PART_BYTES))
        first = await anext(parts)
        stored = received.stored_as(name)
        attributes = {"Content-Type": stored.media_type}
        if len(first) < PART_BYTES:
            import obstore

            with as_storage_errors(writing=True):
                await obstore.put_async(self._store, stored.key, first, attributes=attributes, use_multipart=False)
            return stored
        async with Upload(self._store, stored.key, attributes) as upload:
            await upload.add(first)
            async for part in parts:
                await upload.add(part)
        return received.stored_as(name)

    async def size(self, key: str) -> int:
        import obstore

        with as_storage_errors():
            async with asyncio.timeout(ANSWER_SECONDS):
                return (await obstore.head_async(self._store, _checked(key)))["size"]

    async def open_range(self, key: str, start: int = 0, stop: int | None = None) -> AsyncIterator[bytes]:
        if stop is not None and start >= stop:
            await self.size(key)
            return
        version: str | None = None
        while stop is None or start < stop:
            until = start + READ_BYTES if stop is None else min(start + READ_BYTES, stop)
            try:
                block, size, version = await self._read(key, start, until, version)
            except StorageUnavailable:
                if await self.size(key) <= start:  # S3 calls it an error to begin at the end or behind
                    return
                raise
            yield block
            start, stop = start + len(block), size if stop is None else min(stop, size)

    async def _read(self, key: str, start: int, stop: int, version: str | None) -> tuple[bytes, int, str | None]:
        """The bytes, the size of the whole, and what tells whether it was replaced meanwhile."""
        import obstore

        with as_storage_errors():
            async with asyncio.timeout(TRANSFER_SECONDS):
                options: Any = {"range": (start, stop), **({"if_match": version} if version else {})}
                answer = await obstore.get_async(self._store, _checked(key), options=options)
                return bytes(await answer.bytes_async()), answer.meta["size"], answer.meta["e_tag"]

    @asynccontextmanager
    async def local_file(self, key: str) -> AsyncIterator[Path]:
        path = self.drafts / f"{secrets.token_hex(16)}{Path(key).suffix}"
        await asyncio.to_thread(path.parent.mkdir, parents=True, exist_ok=True)
        try:
            with await asyncio.to_thread(path.open, "xb") as file:
                async for block in self.open_range(key):
                    await asyncio.to_thread(file.write, block)
            yield path
        finally:
            await asyncio.to_thread(path.unlink, missing_ok=True)

    async def delete(self, key: str) -> None:
        import obstore

        if not KEY.fullmatch(key):
            return
        with suppress(StorageMissing), as_storage_errors():  # Google's says of a file that is gone that it is
            async with asyncio.timeout(ANSWER_SECONDS):
                await obstore.delete_async(self._store, key)

    async def clean(self, older_than_seconds: float = DRAFT_LIFE_SECONDS) -> int:
        return await asyncio.to_thread(clean, self.drafts, older_than_seconds)

    async def list_files(self, folder: str | None = None) -> AsyncIterator[Listed]:
        import obstore

        with as_storage_errors(writing=True):
            async for found in obstore.list(self._store, folder):
                for file in found:
                    if KEY.fullmatch(file["path"]):
                        yield Listed(file["path"], file["size"], file["last_modified"])

    async def free_bytes(self) -> int | None:
        import obstore

        with as_storage_errors(writing=True):
            async with asyncio.timeout(ANSWER_SECONDS):
                async for _ in obstore.list(self._store, chunk_size=1):
                    break
        return None


def _checked(key: str) -> str:
    if not KEY.fullmatch(key):
        raise StorageMissing
    return key
