"""Trying connections and asking providers what they have; no database session is open meanwhile."""

import time
from dataclasses import dataclass, field
from uuid import UUID

from spoonfeeder.comfy.errors import ComfyError
from spoonfeeder.core.actor import User
from spoonfeeder.core.errors import AppError
from spoonfeeder.core.vocabulary import Provider
from spoonfeeder.features.profiles import catalog, comfyui, keys, service
from spoonfeeder.features.profiles.addresses import checked_url, default_url
from spoonfeeder.features.profiles.schemas import ConnectionInput, ConnectionReport, ModelOut, ModelSync
from spoonfeeder.providers import comfyui as comfyui_provider
from spoonfeeder.providers import ollama
from spoonfeeder.providers.errors import ProviderError
from spoonfeeder.runtime import Runtime
from spoonfeeder.work import open_work

TESTS = {Provider.COMFYUI: comfyui_provider.test, Provider.OLLAMA: ollama.test}
MOST_MODELS = 1_000


class ProviderNotSupported(AppError):
    """This server has no adapter for this provider yet."""

    status = 422
    code = "PROVIDER_NOT_SUPPORTED"


@dataclass(frozen=True, slots=True)
class Connection:
    provider: Provider
    url: str
    api_key: str | None = field(repr=False)


async def of_profile(runtime: Runtime, actor: User, profile_id: UUID) -> Connection:
    """Raises ProfileNotFound, KeyUnreadable."""
    async with open_work(runtime, actor) as work:
        profile = await service.get(work, profile_id)
        return Connection(Provider(profile.provider), profile.url or "", keys.unseal(runtime.cipher, profile))


async def try_out(runtime: Runtime, data: ConnectionInput) -> ConnectionReport:
    """Raises TargetNotAllowed or Invalid for an address or key that could not be saved either."""
    url = await checked_url(runtime.targets, data.url) or default_url(runtime.settings, data.provider)
    return await report(runtime, Connection(data.provider, url or "", keys.plain_key(data.api_key)))


async def report(runtime: Runtime, connection: Connection) -> ConnectionReport:
    """Every outcome of the connection itself is an answer, not an error."""
    test = TESTS.get(connection.provider)
    if test is None:
        known = " and ".join(TESTS)
        raise ProviderNotSupported(f"A {connection.provider} connection cannot be tested yet; {known} can.")
    started = time.monotonic()
    try:
        answered = await test(runtime.http, connection.url, connection.api_key)
    except (ComfyError, ProviderError) as error:
        latency = _milliseconds_since(started)
        return ConnectionReport(ok=False, code=error.code, message=error.message, latency_ms=latency)
    return ConnectionReport(
        ok=True,
        message=answered.message,
        latency_ms=_milliseconds_since(started),
        version=answered.version,
        queue_running=answered.queue_running,
        queue_pending=answered.queue_pending,
        devices=list(answered.devices),
    )


async def ask_ollama(runtime: Runtime) -> str:
    """A word from the Ollama of OLLAMA_URL, or of its usual port. Raises ProviderError."""
    answered = await ollama.test(runtime.http, default_url(runtime.settings, Provider.OLLAMA) or "", None)
    return answered.message


def _milliseconds_since(started: float) -> int:
    return round((time.monotonic() - started) * 1000)


async def sync_models(runtime: Runtime, actor: User, profile_id: UUID) -> ModelSync:
    """Lists the checkpoints and diffusion models that a ComfyUI has. Raises ProviderNotSupported, ComfyError."""
    connection = await of_profile(runtime, actor, profile_id)
    if connection.provider is not Provider.COMFYUI:
        raise ProviderNotSupported(f"The models of {connection.provider} cannot be read yet; add them by hand.")
    found = await comfyui.read_models(runtime, connection.url, connection.api_key)
    async with open_work(runtime, actor) as work:
        added = await catalog.add_missing(work, profile_id, found)
        models = await catalog.list_models(work, profile_id, MOST_MODELS)
        return ModelSync(added=added, models=[ModelOut.model_validate(model) for model in models])
