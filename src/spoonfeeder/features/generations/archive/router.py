"""Generations as one ZIP, at the addresses of what they are in."""

from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Query
from pydantic import BaseModel, Field
from sqlalchemy import ColumnElement, true
from starlette.requests import Request
from starlette.responses import StreamingResponse

from spoonfeeder.core.door.routes import JsonRoute
from spoonfeeder.core.errors import invalid_field
from spoonfeeder.core.routing import Router
from spoonfeeder.core.schema import Input, Ok
from spoonfeeder.core.signed_urls import PARTS
from spoonfeeder.db.generation_search import SEARCHED
from spoonfeeder.features.auth.depends import MediaWork, ReadWork
from spoonfeeder.features.generations.archive.answer import Archive
from spoonfeeder.features.generations.archive.contents import EVERYTHING, Part
from spoonfeeder.features.generations.archive.links import READER, link_to, reader_of, require_digest
from spoonfeeder.features.generations.archive.making import Options, archive_of
from spoonfeeder.features.generations.archive.reading import among
from spoonfeeder.features.generations.archive.selection import select_generations
from spoonfeeder.features.generations.batches import queries as batches
from spoonfeeder.features.generations.filters import Filters, condition, filters_reader
from spoonfeeder.features.projects import queries as projects
from spoonfeeder.features.sessions import service as sessions
from spoonfeeder.work import Work

MOST_IDS = 1_000
OPTIONS = ("ids", "include", "export_id")
ZIP: Any = {
    "response_class": StreamingResponse,
    "responses": {200: {"content": {"application/zip": {"schema": {"type": "string", "format": "binary"}}}}},
}

router = Router(prefix="/api/comfyui", tags=["generations"], route_class=JsonRoute)


class ArchiveLink(BaseModel):
    """`url` is good for 60 to 75 minutes where people must sign in; `total_bytes` is that of the files."""

    url: str
    total_generations: int
    total_files: int
    total_bytes: int


class ArchiveInput(Input):
    """More ids than an address holds."""

    ids: Annotated[list[Annotated[UUID, Field(strict=False)]], Field(min_length=1, max_length=MOST_IDS)]
    include: Annotated[list[Part], Field(min_length=1, max_length=2)] = ["pictures", "workflows"]  # noqa: RUF012
    export_id: Annotated[UUID | None, Field(strict=False)] = None


@dataclass(frozen=True, kw_only=True)
class Wanted:
    filters: Annotated[Filters, Depends(filters_reader(*OPTIONS))]
    ids: Annotated[list[str] | None, Query(max_length=MOST_IDS, description="repeated, or with commas")] = None
    include: Annotated[list[Part] | None, Query(max_length=2)] = None
    export_id: UUID | None = None

    def where(self, work: Work) -> ColumnElement[bool]:
        """Raises Invalid."""
        return condition(work, self.filters) & (true() if self.ids is None else among(SEARCHED.c.id, _ids(self.ids)))

    def options(self) -> Options:
        return Options(frozenset(self.include) if self.include else EVERYTHING, self.export_id)


@dataclass(frozen=True, kw_only=True)
class Linked(Wanted):
    filters: Annotated[Filters, Depends(filters_reader(*OPTIONS, READER, *PARTS))]
    reader: UUID | None = None


WantedDep = Annotated[Wanted, Depends()]
LinkedDep = Annotated[Linked, Depends()]


@router.get("/generations/archive", **ZIP)
async def get_archive(work: ReadWork, wanted: WantedDep) -> Archive:
    """Of all generations that the filters of the list leave."""
    return await archive_of(work, wanted.where(work), "generations", wanted.options())


@router.get("/generations/archive/link")
async def get_archive_link(work: ReadWork, request: Request, wanted: WantedDep) -> Ok[ArchiveLink]:
    """An address of the same archive for a browser to open, and how much it is."""
    selection = await select_generations(work, wanted.where(work))
    return Ok(
        data=ArchiveLink(
            url=link_to(work, request),
            total_generations=len(selection.ids),
            total_files=selection.total_files,
            total_bytes=selection.total_bytes,
        )
    )


@router.get("/generations/archive/{digest}", **ZIP)
async def open_archive_link(work: MediaWork, request: Request, digest: str, wanted: LinkedDep) -> Archive:
    """What `/link` gave out."""
    require_digest(request, digest)
    reader = reader_of(work.user, wanted.reader)
    return await archive_of(work, wanted.where(work), "generations", wanted.options(), reader)


@router.post("/generations/archive", **ZIP)
async def make_archive(work: ReadWork, data: ArchiveInput) -> Archive:
    """Of these generations."""
    options = Options(frozenset(data.include), data.export_id)
    return await archive_of(work, among(SEARCHED.c.id, data.ids), "generations", options)


@router.get("/sessions/{session_id}/archive", **ZIP)
async def get_session_archive(work: ReadWork, session_id: UUID, wanted: WantedDep) -> Archive:
    """Of the session's; the filters narrow them down, as they do with batches and projects."""
    session = await sessions.show(work, session_id)
    return await archive_of(work, wanted.where(work), session.title, wanted.options())


@router.get("/batches/{batch_id}/archive", **ZIP)
async def get_batch_archive(work: ReadWork, batch_id: UUID, wanted: WantedDep) -> Archive:
    await batches.get(work, batch_id)
    return await archive_of(work, wanted.where(work), f"batch {batch_id}", wanted.options())


@router.get("/projects/{project_id}/archive", **ZIP)
async def get_project_archive(work: ReadWork, project_id: UUID, wanted: WantedDep) -> Archive:
    """Of all sessions in it."""
    project = await projects.show(work, project_id)
    return await archive_of(work, wanted.where(work), project.name, wanted.options())


def _ids(texts: list[str]) -> list[UUID]:
    """Raises Invalid."""
    given = [text for each in texts for text in each.split(",")]
    if len(given) > MOST_IDS:
        raise invalid_field("ids", f"Name at most {MOST_IDS:,} generations.")
    try:
        return [UUID(text) for text in given]
    except ValueError:
        raise invalid_field("ids", "ids must be the ids of generations.", code="uuid_parsing") from None
