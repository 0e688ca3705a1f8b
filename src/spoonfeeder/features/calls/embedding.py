"""A call for embeddings, with the same care as one for an answer."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from spoonfeeder.core.actor import User
from spoonfeeder.features.calls.ledger import Ledger
from spoonfeeder.features.calls.opening import Call
from spoonfeeder.features.calls.speech import plain_name
from spoonfeeder.features.calls.tries import Tries
from spoonfeeder.providers.base import Adapter, Embeddings
from spoonfeeder.providers.errors import ProviderError, Timeout
from spoonfeeder.runtime import Runtime


async def embed(runtime: Runtime, actor: User, call: Call, texts: Sequence[str]) -> Embeddings:
    """Model and options are those of the call's request. Raises ProviderError, Invalid."""
    tries = Tries(runtime, actor, call)
    async with Ledger(runtime, actor, call, tries) as ledger:
        while True:
            adapter = await tries.begin()
            try:
                found = await _once(adapter, tries, call, texts)
            except ProviderError as error:
                await tries.failed(error)
                continue
            tries.succeeded()
            # No provider counts what an embedding gives back, since it costs nothing.
            ledger.usage = replace(found.usage, output_tokens=found.usage.output_tokens or 0)
            ledger.model = plain_name(found.model, call.request.model)
            return replace(found, model=ledger.model)


async def _once(adapter: Adapter, tries: Tries, call: Call, texts: Sequence[str]) -> Embeddings:
    try:
        async with asyncio.timeout(tries.seconds_left):
            return await adapter.embed(call.request.model, texts, call.request.options)
    except TimeoutError:
        raise Timeout from None
