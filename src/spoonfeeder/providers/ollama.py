"""Ollama, so far only whether it is there (https://github.com/ollama/ollama/blob/main/docs/api.md)."""

import httpx2

from spoonfeeder.core.http import BrokenReply, read_json
from spoonfeeder.providers.base import Answered
from spoonfeeder.providers.errors import Broken, Timeout, Unauthorized, Unreachable

MAX_REPLY_BYTES = 64 * 1024


async def test(http: httpx2.AsyncClient, url: str, api_key: str | None) -> Answered:
    """Raises Unreachable, Timeout, Unauthorized or Broken."""
    headers = {"Authorization": f"Bearer {api_key}"} if api_key else {}
    try:
        async with http.stream("GET", f"{url}/api/version", headers=headers) as response:
            if response.status_code in {401, 403}:
                raise Unauthorized("Ollama, or a proxy in front of it, refuses this API key.")
            if response.status_code != 200:
                raise Broken(f"Something answers at {url} with status {response.status_code}; it is not Ollama.")
            reply = await read_json(response, MAX_REPLY_BYTES)
    except httpx2.TimeoutException:
        raise Timeout(f"Ollama at {url} took too long to answer.") from None
    except httpx2.TransportError:
        raise Unreachable(f"Ollama does not answer at {url}; is it running?") from None
    except BrokenReply:
        raise Broken(f"Something answers at {url}, but it is not Ollama.") from None
    version = reply.get("version") if isinstance(reply, dict) else None
    if not isinstance(version, str):
        raise Broken(f"Something answers at {url}, but it is not Ollama.")
    return Answered(message=f"Ollama {version[:50]} answers.", version=version[:50])
