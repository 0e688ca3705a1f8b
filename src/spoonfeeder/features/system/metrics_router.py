"""`/metrics`, for Prometheus; not in the OpenAPI document, since no client of the API needs it."""

from fastapi import Request, Response

from spoonfeeder.core.routing import Router
from spoonfeeder.features.auth.depends import METERED
from spoonfeeder.features.system.metrics import Metering

router = Router(include_in_schema=False)


@router.get("/metrics", dependencies=[METERED])
async def get_metrics(request: Request) -> Response:
    metering: Metering = request.app.state.metering
    text, media_type = await metering.page(request.headers.get("accept", ""))
    return Response(text, headers={"Content-Type": media_type, "Cache-Control": "no-store"})
