"""Trying what is set for a provider, and keeping how it went."""

from sqlalchemy import func, update

from spoonfeeder.core.actor import User
from spoonfeeder.core.vocabulary import ConnectionStatus, Provider
from spoonfeeder.db.profile import ProviderSetting
from spoonfeeder.features.profiles import connection
from spoonfeeder.features.profiles.schemas import ConnectionReport
from spoonfeeder.features.settings import secret, service
from spoonfeeder.providers import errors
from spoonfeeder.providers.base import Connection
from spoonfeeder.runtime import Runtime
from spoonfeeder.work import open_work

NOBODY_THERE = {
    error.code
    for error in (
        errors.Unreachable,
        errors.Timeout,
        errors.ConnectTimeout,
        errors.FirstByteTimeout,
        errors.IdleTimeout,
    )
}


async def test(runtime: Runtime, actor: User, provider: Provider) -> ConnectionReport:
    """Nothing is kept where the setting is changed meanwhile. Raises SettingNotFound, KeyUnreadable."""
    async with open_work(runtime, actor) as work:
        setting = await service.get(work, provider)
        tried = Connection(provider, setting.endpoint_url, secret.unseal(runtime.cipher, setting))
    report = await connection.report(runtime, tried)
    same = (
        ProviderSetting.id == setting.id,
        ProviderSetting.api_key == setting.api_key,
        ProviderSetting.endpoint_url.is_not_distinct_from(setting.endpoint_url),
    )
    said = None if report.ok else report.message
    outcome = {"last_tested": func.now(), "status": _status(report), "error_message": said}
    async with open_work(runtime, actor) as work:
        kept = update(ProviderSetting).where(*same).values(outcome).returning(ProviderSetting.id)
        if await work.session.scalar(kept) is not None:
            work.tell_change("settings", setting.id, "updated")
    return report


def _status(report: ConnectionReport) -> ConnectionStatus:
    if report.ok:
        return ConnectionStatus.CONNECTED
    return ConnectionStatus.DISCONNECTED if report.code in NOBODY_THERE else ConnectionStatus.ERROR
