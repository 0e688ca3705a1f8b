"""Vectors in OpenAI's form: numbers, or the base64 of 32-bit floats that its SDK asks for by itself."""

import base64
import struct

from spoonfeeder.features.openai_api.schemas import EmbeddingList, EmbeddingOut, EmbeddingUsage
from spoonfeeder.providers.base import Embeddings


def embedding_list(found: Embeddings, model: str, *, as_base64: bool) -> EmbeddingList:
    """`model` is what the client called it."""
    data = [
        EmbeddingOut(index=index, embedding=_packed(vector) if as_base64 else vector)
        for index, vector in enumerate(found.vectors)
    ]
    tokens = found.usage.input_tokens
    usage = EmbeddingUsage(prompt_tokens=tokens, total_tokens=tokens)
    return EmbeddingList(data=data, model=model, usage=usage)


def _packed(vector: list[float]) -> str:
    return base64.b64encode(struct.pack(f"<{len(vector)}f", *vector)).decode("ascii")
