"""Where cipher text is kept: the one list that a rotation of the keys goes through (R34).

A new column of secrets stands here from its first day, and is bound as its entry says.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, ColumnElement, Table, true

from spoonfeeder.core.crypto import CANARY_BINDING, binding, origin_of
from spoonfeeder.db import canary
from spoonfeeder.db.backend import ComfyBackend
from spoonfeeder.db.profile import Profile, ProfileKey, ProviderSetting
from spoonfeeder.db.system import SystemValue


@dataclass(frozen=True, slots=True)
class SealedColumn:
    """A column, of those rows where `only` holds; `binding_of` a row is what its cipher text is bound to.

    It raises ValueError for a row whose address has no origin.
    """

    column: Column[Any]
    binding_of: Callable[[Any], str]
    only: ColumnElement[bool]

    @property
    def table(self) -> Table:
        return self.column.table

    @property
    def row_id(self) -> Column[Any]:
        return next(iter(self.table.primary_key))


def _of_workspace(table: Any, column: str, address: str) -> SealedColumn:
    def binding_of(row: Any) -> str:
        return binding(table.name, column, row.id, row.workspace_id, origin_of(getattr(row, address)))

    return SealedColumn(table.c[column], binding_of, true())


VALUES: Any = SystemValue.__table__
PROFILE_KEY = _of_workspace(Profile.__table__, "api_key", "url")
POOL_KEY = _of_workspace(ProfileKey.__table__, "api_key", "url")
SETTING_KEY = _of_workspace(ProviderSetting.__table__, "api_key", "endpoint_url")
BACKEND_KEY = _of_workspace(ComfyBackend.__table__, "api_key", "url")
SECRETS = (PROFILE_KEY, POOL_KEY, SETTING_KEY, BACKEND_KEY)
CANARY = SealedColumn(VALUES.c.value, lambda _: CANARY_BINDING, VALUES.c.key == canary.KEY)
"""Written anew after all secrets: while an older key made it, a rotation has not come to its end."""
