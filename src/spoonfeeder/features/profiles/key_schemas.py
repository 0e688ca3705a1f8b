"""Bodies and answers of a profile's pool of keys."""

from typing import ClassVar
from uuid import UUID

from spoonfeeder.core.schema import Given, Input, Name, Record, Timestamp
from spoonfeeder.features.profiles.schemas import ApiKey

_READ_ONLY = frozenset(
    [
        "id",
        "profile_id",
        "is_own",
        "request_count",
        "error_count",
        "last_used_at",
        "last_error_code",
        "rests_until",
        "disabled_at",
        "created_at",
    ]
)


class KeyInput(Input):
    read_only: ClassVar[frozenset[str]] = _READ_ONLY

    name: Name
    api_key: ApiKey
    enabled: bool = True


class KeyPatch(Input):
    """Absent fields stay. `api_key`: `""` or the shown mask leaves it. `enabled: true` also ends the key's rest."""

    read_only: ClassVar[frozenset[str]] = _READ_ONLY

    name: Given[Name] = None
    api_key: Given[ApiKey] = None
    enabled: Given[bool] = None


class KeyOut(Record):
    """`api_key` is masked. `is_own`: the profile's own key, which is changed and removed there.

    A key rests until `rests_until` where the provider wanted a pause, and is disabled where it was refused.
    """

    id: UUID
    profile_id: UUID
    name: str
    api_key: str | None
    is_own: bool
    enabled: bool
    request_count: int
    error_count: int
    last_used_at: Timestamp | None
    last_error_code: str | None
    rests_until: Timestamp | None
    disabled_at: Timestamp | None
    created_at: Timestamp
