"""`/api/prompts`."""

from functools import partial
from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from spoonfeeder.core.door.routes import JsonRoute
from spoonfeeder.core.pagination import PageNumber, PageSize, Place
from spoonfeeder.core.routing import Router
from spoonfeeder.core.schema import Done, Ok, Page, Pagination
from spoonfeeder.features.auth.depends import ReadWork, WriteWork
from spoonfeeder.features.auth.once import OnceDep, once_only
from spoonfeeder.features.prompts import queries, service
from spoonfeeder.features.prompts.schemas import (
    CategoryCount,
    PromptOrder,
    PromptOut,
    Rendered,
    RenderInput,
    SavedPromptInput,
    SavedPromptPatch,
)
from spoonfeeder.work import Work

router = Router(prefix="/api/prompts", tags=["prompts"], route_class=JsonRoute)


async def _answer(work: Work, prompt_id: UUID) -> Ok[PromptOut]:
    return Ok(data=queries.shown(await queries.get(work, prompt_id)))


@router.get("")
async def list_prompts(
    work: ReadWork,
    page: PageNumber = 1,
    limit: PageSize = 50,
    q: Annotated[str | None, Query(max_length=500)] = None,
    category: Annotated[str | None, Query(max_length=100)] = None,
    sort: PromptOrder = "name",
) -> Page[PromptOut]:
    """`q` is part of the name or of a text; `sort` puts the most used, or the newest changed, first."""
    rows, total = await queries.page(work, Place(page, limit, None), sort, queries.wanted(q, category))
    data = [queries.shown(row) for row in rows]
    return Page(data=data, pagination=Pagination.of(page=page, limit=limit, total=total))


@router.get("/categories")
async def list_prompt_categories(work: ReadWork) -> Ok[list[CategoryCount]]:
    """By name, each with the number of its prompts; at most 500."""
    return Ok(data=[CategoryCount.model_validate(row) for row in await queries.categories(work)])


@router.post("", status_code=201)
async def create_prompt(work: WriteWork, once: OnceDep, response: Response, data: SavedPromptInput) -> Ok[PromptOut]:
    prompt_id, headers = await once_only(work, once, "prompt", partial(service.create, work, data))
    response.headers.update(headers)
    return await _answer(work, prompt_id)


@router.get("/{prompt_id}")
async def get_prompt(work: ReadWork, prompt_id: UUID) -> Ok[PromptOut]:
    return await _answer(work, prompt_id)


@router.put("/{prompt_id}", name="put_prompt")
@router.patch("/{prompt_id}")
async def update_prompt(work: WriteWork, prompt_id: UUID, data: SavedPromptPatch) -> Ok[PromptOut]:
    await service.change(work, prompt_id, data)
    return await _answer(work, prompt_id)


@router.delete("/{prompt_id}")
async def delete_prompt(work: WriteWork, prompt_id: UUID) -> Done:
    """Can be restored for 7 days."""
    await service.remove(work, prompt_id)
    return Done(message="The prompt was deleted; it can be restored for 7 days.")


@router.post("/{prompt_id}/restore")
async def restore_prompt(work: WriteWork, prompt_id: UUID) -> Ok[PromptOut]:
    await service.restore(work, prompt_id)
    return await _answer(work, prompt_id)


@router.post("/{prompt_id}/render")
async def render_prompt(work: WriteWork, prompt_id: UUID, data: RenderInput) -> Ok[Rendered]:
    """Its texts with a value for each variable; counts as one use."""
    rendered = await service.render(work, prompt_id, data.variables)
    await service.count_use(work, prompt_id)
    return Ok(data=rendered)
