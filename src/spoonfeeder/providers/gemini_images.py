"""Pictures by Gemini: new ones, or the inputs edited; a model may send several, and words with them."""

from collections.abc import Mapping
from typing import Any, ClassVar

import httpx2
from google.genai import types

from spoonfeeder.providers.base import Connection
from spoonfeeder.providers.gemini_generation import (
    Generation,
    end_of,
    files_in,
    nothing_made,
    shares_in,
    usage_in,
)
from spoonfeeder.providers.gemini_request import OF_MEDIA, apart, checked
from spoonfeeder.providers.media import Made, MediaRequest, of_bytes


class GeminiImages:
    DEFAULT_MODEL: ClassVar[str] = "gemini-3.1-flash-image"

    def __init__(self, connection: Connection, http: httpx2.AsyncClient) -> None:
        self._generation = Generation(connection, http)

    async def make(self, request: MediaRequest) -> Made:
        config = _config(request.options)
        answer = await self._generation.ask(request.model, request.inputs, request.prompt, config)
        files = tuple(of_bytes(*file) for file in await files_in(answer))
        if not files:
            raise nothing_made(answer, "picture")
        wished = (config.image_config or types.ImageConfig()).model_dump(exclude_none=True)
        return Made(
            model=answer.model_version or request.model,
            text=answer.text or None,
            files=files,
            usage=usage_in(answer),
            finish=end_of(answer),
            details={"count": len(files), **wished, **shares_in(answer)},
        )


def _config(options: Mapping[str, Any]) -> types.GenerateContentConfig:
    """`aspect_ratio`, `image_size` and their like may stand alone, without `image_config` around them."""
    inner, others = apart(types.ImageConfig, options)
    config = checked(types.GenerateContentConfig, others, OF_MEDIA)
    if inner:
        wished = checked(types.ImageConfig, inner).model_dump(exclude_none=True)
        config.image_config = (config.image_config or types.ImageConfig()).model_copy(update=wished)
    config.response_modalities = ["TEXT", "IMAGE"]
    return config
