import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import text

from spoonfeeder.core.actor import DEFAULT_WORKSPACE_ID, LOCAL_OWNER, User
from spoonfeeder.db.account import User as Account
from spoonfeeder.db.account import WorkspaceMember
from spoonfeeder.durable.errands import do_errands
from spoonfeeder.features.schedules import service
from spoonfeeder.features.schedules.firing import find_due
from spoonfeeder.features.schedules.schemas import ScheduleInput
from spoonfeeder.runtime import Runtime
from spoonfeeder.work import open_work

POEM = {"type": "text", "provider": "ollama", "model": "llama3.2", "prompt": "A poem"}
FAR_HOUR = (datetime.now(UTC).hour + 12) % 24
CRON = {"kind": "task", "request": POEM, "cron": f"0 {FAR_HOUR} * * *"}
"""Not due while the tests run, but for those whose next run a test sets."""


@dataclass(frozen=True)
class Processes:
    first: Runtime
    second: Runtime

    async def schedule(self, ago: str, actor: User = LOCAL_OWNER, **fields: Any) -> UUID:
        """One whose next run came `ago`."""
        data = ScheduleInput.model_validate({"name": "Poems", **CRON, **fields})
        async with open_work(self.first, actor) as work:
            schedule_id = await service.create(work, data)
        return await self.make_due(schedule_id, ago)

    async def make_due(self, schedule_id: UUID, ago: str) -> UUID:
        moment = f"date_trunc('minute', now()) - interval '{ago}'"
        await self.sql(f"UPDATE schedules SET next_run_at = {moment} WHERE id = :id", id=schedule_id)
        return schedule_id

    async def fire(self) -> None:
        """Both look at the same time."""
        await asyncio.gather(do_errands(self.first, find_due), do_errands(self.second, find_due))

    async def read(self, schedule_id: UUID) -> dict[str, Any]:
        rows = await self.sql("SELECT *, next_run_at > now() AS is_ahead FROM schedules WHERE id = :id", id=schedule_id)
        return rows[0]

    async def tasks(self, schedule_id: UUID) -> list[dict[str, Any]]:
        return await self.sql("SELECT * FROM tasks WHERE schedule_id = :id ORDER BY created_at", id=schedule_id)

    async def told(self, schedule_id: UUID) -> list[tuple[str, UUID | None]]:
        rows = await self.sql("SELECT code, user_id FROM notifications WHERE subject_id = :id", id=schedule_id)
        return [(row["code"], row["user_id"]) for row in rows]

    async def member(self, role: str = "member", **fields: Any) -> User:
        user_id = uuid4()
        async with self.first.sessions() as session:
            session.add(Account(id=user_id, email=f"{user_id}@example.com", name="Somebody", **fields))
            await session.flush()
            session.add(WorkspaceMember(workspace_id=DEFAULT_WORKSPACE_ID, user_id=user_id, role=role))
            await session.commit()
        return User(DEFAULT_WORKSPACE_ID, user_id)

    async def sql(self, statement: str, **values: Any) -> list[dict[str, Any]]:
        async with self.first.engine.begin() as connection:
            result = await connection.execute(text(statement), values)
            return [dict(row) for row in result.mappings()] if result.returns_rows else []
