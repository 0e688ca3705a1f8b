"""Answers that are not made by FastAPI, since they come later or may be streams."""

from collections.abc import Mapping

from starlette.responses import Response

from spoonfeeder.core.schema import Answer


def ok(data: Answer, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    body = f'{{"success":true,"data":{data.model_dump_json()}}}'
    return Response(body, status, media_type="application/json", headers=dict(headers or {}))
