"""Bodies and answers of provider settings."""

from typing import ClassVar
from uuid import UUID

from spoonfeeder.core.schema import Answer, Input, Record, Timestamp
from spoonfeeder.core.vocabulary import ConnectionStatus, Provider
from spoonfeeder.features.profiles.schemas import ApiKey, ModelId, Url


class SettingInput(Input):
    """Absent fields stay. `api_key`: `""` or the shown mask leaves it, null removes it."""

    read_only: ClassVar[frozenset[str]] = frozenset(
        [
            "id",
            "provider",
            "has_api_key",
            "last_tested",
            "status",
            "error_message",
            "created_at",
            "updated_at",
        ]
    )

    api_key: ApiKey | None = None
    endpoint_url: Url | None = None
    default_model: ModelId | None = None


class SettingOut(Record):
    """`api_key` is masked. `endpoint_url` null is the provider's own address; `status` is that of the last test."""

    id: UUID
    provider: Provider
    has_api_key: bool
    api_key: str | None
    endpoint_url: str | None
    default_model: str | None
    last_tested: Timestamp | None
    status: ConnectionStatus
    error_message: str | None
    created_at: Timestamp
    updated_at: Timestamp


class SettingList(Answer):
    """`environment` names the providers that the server's own settings give a key, or an address."""

    success: bool = True
    data: list[SettingOut]
    environment: list[Provider]
