"""Tags of generations."""

from spoonfeeder.core.door.routes import JsonRoute
from spoonfeeder.core.routing import Router
from spoonfeeder.core.schema import Ok
from spoonfeeder.features.auth.depends import ReadWork, WriteWork
from spoonfeeder.features.generations import tagging
from spoonfeeder.features.generations.tag_schemas import TagCount, Tagged, TagsInput

router = Router(prefix="/api/comfyui", tags=["generations"], route_class=JsonRoute)


@router.get("/tags")
async def list_tags(work: ReadWork) -> Ok[list[TagCount]]:
    """The most used first, at most 500."""
    return Ok(data=[TagCount(tag=row.tag, count=row.count) for row in await tagging.count_tags(work)])


@router.post("/generations/tags")
async def change_tags(work: WriteWork, data: TagsInput) -> Ok[list[Tagged]]:
    """Of all of these generations, or of none where one does not exist; what is in both lists is there afterwards."""
    return Ok(data=await tagging.change_tags(work, data))
