"""Provider settings: one row for each provider of a workspace, shown, kept and dropped."""

from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from spoonfeeder.core.crypto import origin_of
from spoonfeeder.core.errors import AppError, NotFound, invalid_field
from spoonfeeder.core.settings import Settings
from spoonfeeder.core.vocabulary import ConnectionStatus, Provider
from spoonfeeder.db.profile import ProviderSetting
from spoonfeeder.features.audit.record import Action, record
from spoonfeeder.features.auth.access import visible
from spoonfeeder.features.profiles.addresses import checked_url, default_url
from spoonfeeder.features.profiles.keys import ApiKeyRequired, plain_key
from spoonfeeder.features.settings import secret
from spoonfeeder.features.settings.schemas import SettingInput, SettingOut
from spoonfeeder.runtime import Runtime
from spoonfeeder.work import Work


class SettingNotFound(NotFound):
    """Nothing is set for this provider."""

    code = "SETTING_NOT_FOUND"


class ProfileOnly(AppError):
    """A ComfyUI is connected by a profile; create one with provider "comfyui"."""

    status = 422
    code = "PROVIDER_NOT_SUPPORTED"


async def list_settings(work: Work, limit: int) -> list[SettingOut]:
    mine = visible(select(ProviderSetting), work.actor).order_by(ProviderSetting.provider).limit(limit)
    return [shown(work.runtime, row) for row in await work.session.scalars(mine)]


def from_environment(settings: Settings) -> list[Provider]:
    """What calls may fall back on where the workspace has neither settings nor a profile for a provider."""
    has_address = settings.ollama_url is not None
    keyed = [provider for provider in Provider if settings.provider_key(provider) is not None]
    return [*keyed, *([Provider.OLLAMA] if has_address else [])]


async def find(work: Work, provider: Provider, *, for_update: bool = False) -> ProviderSetting | None:
    statement = visible(select(ProviderSetting), work.actor).where(ProviderSetting.provider == provider)
    found: ProviderSetting | None = await work.session.scalar(
        statement.with_for_update(key_share=True) if for_update else statement
    )
    return found


async def get(work: Work, provider: Provider, *, for_update: bool = False) -> ProviderSetting:
    """Raises SettingNotFound."""
    setting = await find(work, provider, for_update=for_update)
    if setting is None:
        raise SettingNotFound
    return setting


def shown(runtime: Runtime, setting: ProviderSetting) -> SettingOut:
    """As answers show it: the key masked."""
    mask = secret.masked(runtime.cipher, setting, setting.endpoint_url)
    made = {"api_key": mask, "has_api_key": mask is not None}
    return SettingOut(**{name: getattr(setting, name) for name in SettingOut.model_fields if name not in made}, **made)


async def put(work: Work, provider: Provider, data: SettingInput) -> SettingOut:
    """Makes what is not there yet. Raises ProfileOnly, TargetNotAllowed, Invalid, ApiKeyRequired."""
    if provider is Provider.COMFYUI:
        raise ProfileOnly
    given = data.model_dump(exclude_unset=True, exclude={"api_key"})
    if "endpoint_url" in given:
        given["endpoint_url"] = await checked_url(work.runtime.targets, given["endpoint_url"], "endpoint_url")
    is_new = await _make(work, provider)
    setting = await get(work, provider, for_update=True)
    address = setting.endpoint_url
    for name, value in given.items():
        setattr(setting, name, value)
    if setting.endpoint_url is None:
        setting.endpoint_url = default_url(work.runtime.settings, provider)
    if _change_key(work, setting, data, address) or setting.endpoint_url != address:
        setting.status, setting.last_tested, setting.error_message = ConnectionStatus.UNKNOWN, None, None
    await work.session.flush()
    work.tell_change("settings", setting.id, "created" if is_new else "updated")
    origin = origin_of(setting.endpoint_url)
    await record(work, Action.SETTING_CHANGED, "settings", setting.id, provider=provider, origin=origin)
    return shown(work.runtime, setting)


async def _make(work: Work, provider: Provider) -> bool:
    """Whether there was none, of two that begin at once only by one."""
    empty = ProviderSetting(id=uuid4(), workspace_id=work.workspace_id, provider=provider)
    secret.seal(work.runtime.cipher, empty, None)
    columns = ("id", "workspace_id", "provider", "api_key")
    row = {name: getattr(empty, name) for name in columns}
    made = insert(ProviderSetting).values(row).on_conflict_do_nothing().returning(ProviderSetting.id)
    return await work.session.scalar(made) is not None


def _change_key(work: Work, setting: ProviderSetting, data: SettingInput, address: str | None) -> bool:
    """Whether it is another key now; `address` is where the present one belongs. Raises ApiKeyRequired, Invalid."""
    cipher, asks_to_remove = work.runtime.cipher, "api_key" in data.model_fields_set and data.api_key is None
    mask = secret.masked(cipher, setting, address)
    key = None if data.api_key and data.api_key.get_secret_value() == mask else plain_key(data.api_key)
    if key is None and mask is not None and not asks_to_remove:
        if origin_of(setting.endpoint_url) != origin_of(address):
            raise ApiKeyRequired
        return False
    if key is None and setting.endpoint_url is None:
        raise invalid_field("api_key", f"Enter the API key; {setting.provider} takes no requests without one.")
    secret.seal(cipher, setting, key)
    return key is not None or mask is not None


async def delete(work: Work, provider: Provider) -> None:
    """Raises SettingNotFound."""
    setting = await get(work, provider, for_update=True)
    await work.session.delete(setting)
    work.tell_change("settings", setting.id, "deleted")
    await record(work, Action.SETTING_DELETED, "settings", setting.id, provider=provider)
