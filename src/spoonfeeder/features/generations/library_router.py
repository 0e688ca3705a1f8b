"""`GET /api/comfyui/generations`: the library, searched."""

from typing import Annotated, Any

from fastapi import Depends, Query

from spoonfeeder.core.door.routes import JsonRoute
from spoonfeeder.core.json_response import Json
from spoonfeeder.core.pagination import PageNumber, PageSize
from spoonfeeder.core.routing import Router
from spoonfeeder.core.schema import Pagination
from spoonfeeder.features.auth.depends import ReadWork
from spoonfeeder.features.generations import queries, search
from spoonfeeder.features.generations.facets import Facets, facets
from spoonfeeder.features.generations.filters import Filters, filters_reader, wanted
from spoonfeeder.features.generations.schemas import GenerationPage
from spoonfeeder.features.generations.sorting import Order, Sort, Sorting

router = Router(prefix="/api", tags=["generations"], route_class=JsonRoute)
SearchDep = Annotated[Filters, Depends(filters_reader("page", "limit", "cursor", "sort", "order", "facets"))]


class FoundPagination(Pagination):
    """`total_is_capped`: there are at least `total`, they were not counted further; `next_cursor` leads to all."""

    total_is_capped: bool


class FoundPage(GenerationPage):
    pagination: FoundPagination
    facets: Facets | None


@router.get("/comfyui/generations", response_model=FoundPage)
async def find_generations(
    work: ReadWork,
    filters: SearchDep,
    page: PageNumber = 1,
    limit: PageSize = 20,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
    sort: Sort = Sort.CREATED_AT,
    order: Order | None = None,
    with_facets: Annotated[bool, Query(alias="facets")] = False,
) -> Json:
    """Of all sessions, newest first unless asked otherwise; several filters are all to be met."""
    sorting = Sorting.of(sort, order)
    after = sorting.read(cursor) if cursor else None
    part = search.Part(limit, 0 if after else (page - 1) * limit, after)
    asked = wanted(work, filters)
    async with search.prepared(work):
        found = await search.find(work, asked, sorting, part)
        counted = await facets(work, asked.where & sorting.have_it) if with_facets else None
        rows = await search.show(work, found.ids)
    data = await queries.with_live(work, rows)
    numbers = Pagination.of(page=page, limit=limit, total=found.total).model_dump()
    numbers["total_is_capped"] = found.is_capped
    answer: dict[str, Any] = {"success": True, "data": data, "pagination": numbers, "next_cursor": found.more}
    return Json(answer | {"facets": counted})
