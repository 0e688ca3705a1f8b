"""Kept files by the name ComfyUI's clients know; ComfyUI is asked only for one of ours whose copy is missing (A4)."""

from contextlib import suppress
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from spoonfeeder.comfy.client import ComfyClient
from spoonfeeder.comfy.outputs import OutputFile, media_kind
from spoonfeeder.core.actor import User
from spoonfeeder.db.comfyui import Generation
from spoonfeeder.db.media import Media
from spoonfeeder.db.profile import Profile
from spoonfeeder.features.auth.access import visible
from spoonfeeder.features.media.service import MediaNotFound, reachable, whole_length
from spoonfeeder.features.profiles import keys
from spoonfeeder.runtime import Runtime
from spoonfeeder.storage.protocol import StorageMissing, StorageTooLarge
from spoonfeeder.work import Work, open_work

COMFYUI_FOLDERS = ("output", "temp", "input")


@dataclass(frozen=True, slots=True)
class Wanted:
    """None leaves the place open; of several files with one name the newest is meant."""

    filename: str
    subfolder: str | None
    type: str | None
    profile_id: UUID | None


async def find(runtime: Runtime, actor: User, wanted: Wanted) -> Media:
    """The file, its copy here made good from ComfyUI where it is gone or cut off. Raises MediaNotFound, ComfyError."""
    async with open_work(runtime, actor) as work:
        media = await _newest(work, wanted)
    with suppress(StorageMissing):
        await whole_length(runtime, media)
        return media
    async with open_work(runtime, actor) as work:
        client = await _client(work, media)
    await _fetch_again(runtime, client, media)
    return media


async def _newest(work: Work, wanted: Wanted) -> Media:
    statement = reachable(work).where(Media.filename == wanted.filename)
    if wanted.subfolder is not None:
        statement = statement.where(Media.source["subfolder"].astext == wanted.subfolder)
    if wanted.type is not None:
        statement = statement.where(Media.source["type"].astext == wanted.type)
    if wanted.profile_id is not None:
        of_profile = select(Generation.id).where(Generation.profile_id == wanted.profile_id)
        statement = statement.where(Media.generation_id.in_(of_profile))
    media = await work.session.scalar(statement.order_by(Media.created_at.desc(), Media.position).limit(1))
    if media is None:
        raise MediaNotFound
    return media


async def _client(work: Work, media: Media) -> ComfyClient:
    """The ComfyUI that made the file, as its profile reaches it now."""
    if media.source is None or media.source["type"] not in COMFYUI_FOLDERS:
        raise StorageMissing
    statement = select(Profile).join(Generation, Generation.profile_id == Profile.id)
    profile = await work.session.scalar(visible(statement, work.actor).where(Generation.id == media.generation_id))
    if profile is None or profile.url is None:
        raise StorageMissing
    return work.runtime.backends.get(profile.url, keys.unseal(work.runtime.cipher, profile)).client


async def _fetch_again(runtime: Runtime, client: ComfyClient, media: Media) -> None:
    """Puts the file back in its place; another file that has taken its name there by now is not it."""
    source = media.source or {}
    name, subfolder, folder = source["filename"], source["subfolder"], source["type"]
    file = OutputFile(media.node_id or "", "", name, subfolder, folder, media_kind(name))
    try:
        async with client.stream_output(file) as chunks:
            stored = await runtime.storage.put(chunks, name=str(media.id), limit_bytes=max(media.bytes, 1))
    except StorageTooLarge:
        raise StorageMissing from None
    if stored.sha256 != media.sha256:
        await runtime.storage.delete(stored.key)
        raise StorageMissing
