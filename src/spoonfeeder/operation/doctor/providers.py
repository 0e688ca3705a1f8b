"""Whom we ask for work: each profile and each ComfyUI machine, as a call of ours would reach it."""

import asyncio
from dataclasses import dataclass

from sqlalchemy import select

from spoonfeeder.core.crypto import KeyUnreadable
from spoonfeeder.core.vocabulary import Provider
from spoonfeeder.db.backend import ComfyBackend
from spoonfeeder.db.profile import Profile
from spoonfeeder.features.backends import keys as backend_keys
from spoonfeeder.features.profiles import connection, keys
from spoonfeeder.operation.doctor.findings import Finding, ok, warning
from spoonfeeder.providers.base import Connection
from spoonfeeder.runtime import Runtime
from spoonfeeder.work import open_system_work

CHECK = "providers"
ASK_SECONDS = 6.0
AT_ONCE = 10
MOST_ASKED = 50
ADVICE = {
    "TARGET_NOT_ALLOWED": "Correct its address, or list it if it is in your own network, and start again.",
    "PROVIDER_UNAUTHORIZED": "Enter its key again.",
}
START_IT = "Start it or correct its address; what waits for it goes on by itself."


@dataclass(frozen=True)
class _Asked:
    name: str
    connection: Connection | None


async def check_providers(runtime: Runtime) -> list[Finding]:
    asked = await _all(runtime)
    if not asked:
        return [ok(CHECK, "no profile yet")]
    turns = asyncio.Semaphore(AT_ONCE)

    async def ask(one: _Asked) -> Finding:
        async with turns:
            return await _ask(runtime, one)

    found = list(await asyncio.gather(*(ask(one) for one in asked[:MOST_ASKED])))
    left = len(asked) - len(found)
    return [*found, ok(CHECK, f"{left} more were not asked")] if left else found


async def _all(runtime: Runtime) -> list[_Asked]:
    async with open_system_work(runtime, "doctor") as work:
        profiles = (await work.session.scalars(select(Profile).where(Profile.deleted_at.is_(None)))).unique().all()
        machines = (await work.session.scalars(select(ComfyBackend).where(ComfyBackend.enabled))).all()
        by_id = {profile.id: profile for profile in profiles}
        return [
            *(_of_profile(runtime, row) for row in profiles if row.provider != Provider.COMFYUI),
            *(_of_machine(runtime, row, by_id[row.profile_id]) for row in machines if row.profile_id in by_id),
        ]


def _of_profile(runtime: Runtime, row: Profile) -> _Asked:
    try:
        key = keys.unseal(runtime.cipher, row)
    except KeyUnreadable:
        return _Asked(row.name, None)
    return _Asked(row.name, Connection(Provider(row.provider), row.url, key, ASK_SECONDS))


def _of_machine(runtime: Runtime, row: ComfyBackend, profile: Profile) -> _Asked:
    name = profile.name if row.is_own else f"{profile.name} / {row.name}"
    try:
        key = backend_keys.unseal(runtime.cipher, row, profile)
    except KeyUnreadable:
        return _Asked(name, None)
    return _Asked(name, Connection(Provider.COMFYUI, row.url, key, ASK_SECONDS))


async def _ask(runtime: Runtime, one: _Asked) -> Finding:
    if one.connection is None:
        return warning(CHECK, f"{one.name}: its key cannot be opened.", "Enter it again.")
    try:
        async with asyncio.timeout(ASK_SECONDS):
            report = await connection.report(runtime, one.connection)
    except TimeoutError:
        return warning(CHECK, f"{one.name} did not answer within {ASK_SECONDS:.0f} seconds.", START_IT)
    except Exception as error:  # noqa: BLE001 - a provider's answer must not end the examination
        return warning(CHECK, f"{one.name}: {type(error).__name__}.", START_IT)
    if report.ok:
        return ok(CHECK, f"{one.name}: {report.message}")
    return warning(CHECK, f"{one.name}: {report.message}", ADVICE.get(report.code or "", START_IT))
