"""Trying connections and asking providers what they have; no database session is open meanwhile."""

import asyncio
import time
from uuid import UUID

from spoonfeeder.comfy.errors import ComfyError
from spoonfeeder.core.actor import User
from spoonfeeder.core.vocabulary import Modality, Provider
from spoonfeeder.db.profile import Profile
from spoonfeeder.features.profiles import catalog, comfyui, keys, pool_rows, service
from spoonfeeder.features.profiles.addresses import checked_url, default_url
from spoonfeeder.features.profiles.schemas import ConnectionInput, ConnectionReport, ModelInput, ModelOut, ModelSync
from spoonfeeder.providers import comfyui as comfyui_provider
from spoonfeeder.providers.base import FIRST_BYTE_SECONDS, Adapter, Answered, Connection, ModelInfo
from spoonfeeder.providers.errors import ProviderError, Timeout
from spoonfeeder.runtime import Runtime
from spoonfeeder.work import Work, open_work

MOST_MODELS = 1_000
MOST_LETTERS = 255
TEST_SECONDS = 20.0


async def of_profile(runtime: Runtime, actor: User, profile_id: UUID) -> Connection:
    """Raises ProfileNotFound, KeyUnreadable."""
    async with open_work(runtime, actor) as work:
        return await connection_of(work, await service.get(work, profile_id))


async def connection_of(work: Work, profile: Profile) -> Connection:
    """For asking what costs nothing: with the profile's own key, else with one of its pool that works.

    Raises KeyUnreadable.
    """
    key = keys.unseal(work.runtime.cipher, profile)
    if key is None:
        usable = [row for row in await pool_rows.rows_of(work, profile) if row.disabled_at is None]
        key = next(pool_rows.plain_keys(work, profile, usable), None)
    patience = profile.first_byte_timeout_seconds or FIRST_BYTE_SECONDS
    return Connection(Provider(profile.provider), profile.url, key, patience)


async def try_out(runtime: Runtime, data: ConnectionInput) -> ConnectionReport:
    """Raises TargetNotAllowed or Invalid for an address or key that could not be saved either."""
    url = await checked_url(runtime.targets, data.url) or default_url(runtime.settings, data.provider)
    return await report(runtime, Connection(data.provider, url, keys.plain_key(data.api_key)), is_saved=False)


async def report(runtime: Runtime, connection: Connection, *, is_saved: bool = True) -> ConnectionReport:
    """Every outcome of the connection itself is an answer, not an error."""
    started = time.monotonic()
    try:
        async with asyncio.timeout(TEST_SECONDS):
            answered = await _test(runtime, connection, is_saved=is_saved)
    except TimeoutError:
        return _failed(Timeout(), started)
    except (ComfyError, ProviderError) as error:
        return _failed(error, started)
    return ConnectionReport(
        ok=True,
        message=answered.message,
        latency_ms=_milliseconds_since(started),
        version=answered.version,
        models=answered.models,
        queue_running=answered.queue_running,
        queue_pending=answered.queue_pending,
        devices=list(answered.devices),
    )


async def _test(runtime: Runtime, connection: Connection, *, is_saved: bool) -> Answered:
    if connection.provider is Provider.COMFYUI:
        return await comfyui_provider.test(runtime.http, connection.url or "", connection.api_key)
    return await (await _adapter(runtime, connection, is_saved=is_saved)).test()


async def _adapter(runtime: Runtime, connection: Connection, *, is_saved: bool = True) -> Adapter:
    await runtime.adapters.load(connection.provider)
    return (runtime.adapters.get if is_saved else runtime.adapters.once)(connection)


def _failed(error: ComfyError | ProviderError, started: float) -> ConnectionReport:
    latency = _milliseconds_since(started)
    return ConnectionReport(ok=False, code=error.code, message=error.message, latency_ms=latency)


def _milliseconds_since(started: float) -> int:
    return round((time.monotonic() - started) * 1000)


async def sync_models(runtime: Runtime, actor: User, profile_id: UUID) -> ModelSync:
    """Lists what the provider has and the profile does not list yet; names what is listed and no more there.

    Raises ProfileNotFound, KeyUnreadable, ProviderError, ComfyError.
    """
    found = await _models_at(runtime, await of_profile(runtime, actor, profile_id))
    async with open_work(runtime, actor) as work:
        added = await catalog.add_missing(work, profile_id, found[:MOST_MODELS])
        models = await catalog.list_models(work, profile_id, MOST_MODELS)
        there = {model.model_id for model in found}
        gone = [model.model_id for model in models if model.model_id not in there]
        return ModelSync(added=added, gone=gone, models=[ModelOut.model_validate(model) for model in models])


async def _models_at(runtime: Runtime, connection: Connection) -> list[ModelInput]:
    if connection.provider is Provider.COMFYUI:
        return await comfyui.read_models(runtime, connection.url or "", connection.api_key)
    offered = await (await _adapter(runtime, connection)).models()
    return [_listed(model) for model in offered if 0 < len(model.id) <= MOST_LETTERS and model.id.isprintable()]


def _listed(model: ModelInfo) -> ModelInput:
    """Without a name that a database cannot hold."""
    name = (model.name or "").strip()[:MOST_LETTERS]
    return ModelInput(
        model_id=model.id,
        name=name if name and name.isprintable() and name != model.id else None,
        input_modalities=list(model.input_modalities) or [Modality.TEXT],
        output_modalities=list(model.output_modalities),
    )
