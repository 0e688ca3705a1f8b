"""ComfyUI as a provider: whether it is there, and what it calls its models. Running graphs is `comfy/`'s affair."""

import httpx2

from spoonfeeder.comfy.client import ComfyClient
from spoonfeeder.providers.base import Answered


async def test(http: httpx2.AsyncClient, url: str, api_key: str | None) -> Answered:
    """Raises comfy.errors.ComfyError."""
    headers = {"Authorization": f"Bearer {api_key}"} if api_key else None
    client = ComfyClient(url, http, headers=headers)
    system = await client.system(fresh=True)
    queue = await client.queue()
    busy = f"{len(queue.running)} running, {len(queue.pending)} waiting"
    return Answered(
        message=f"ComfyUI {system.version or '(unknown version)'} answers: {busy}.",
        version=system.version or None,
        queue_running=len(queue.running),
        queue_pending=len(queue.pending),
        devices=tuple(device.name for device in system.devices),
    )
