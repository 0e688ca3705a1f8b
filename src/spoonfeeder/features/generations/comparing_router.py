"""Telling two generations apart; before the routes of one generation, whose id this word would be."""

from typing import Annotated

from fastapi import Query

from spoonfeeder.core.json_response import Json, ok
from spoonfeeder.core.routing import Router
from spoonfeeder.core.schema import Ok
from spoonfeeder.features.auth.depends import ReadActor, RuntimeDep
from spoonfeeder.features.generations.comparing import compare, two_ids
from spoonfeeder.features.generations.comparing_schemas import Comparison

router = Router(prefix="/api/comfyui/generations", tags=["generations"])


@router.get("/compare", response_model=Ok[Comparison])
async def compare_generations(
    runtime: RuntimeDep, actor: ReadActor, ids: Annotated[list[str], Query(max_length=10)]
) -> Json:
    """`ids` are two, with a comma between them or given twice; changes are from `a` to `b`."""
    return ok(await compare(runtime, actor, *two_ids(ids)))
