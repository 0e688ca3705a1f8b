"""The whole of the predecessor's database, table after table; what is here already stays as it is.

Each portion is a transaction of its own, so an import that was ended goes on where it was when it is called again.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import Table, select
from sqlalchemy.dialects.postgresql import insert

from spoonfeeder.core.actor import User
from spoonfeeder.db import migrate
from spoonfeeder.db.chat import Conversation, Message
from spoonfeeder.db.comfyui import Generation, Session, Workflow
from spoonfeeder.db.media import Media
from spoonfeeder.db.profile import Profile, ProfileModel, ProviderSetting
from spoonfeeder.db.statistics import take_statistics
from spoonfeeder.db.task import Result, Task
from spoonfeeder.features.generations.ending import recount
from spoonfeeder.features.workflows import versions
from spoonfeeder.operation.legacy import rows
from spoonfeeder.operation.legacy.files import Files
from spoonfeeder.operation.legacy.keys import NOT_READ, Keys
from spoonfeeder.operation.legacy.rows import Unfit
from spoonfeeder.operation.legacy.source import LegacyDatabase, Row
from spoonfeeder.operation.legacy.workflows import workflow
from spoonfeeder.operation.legacy.writing import (
    LACKS_FILES,
    Refused,
    complete,
    count_uses,
    insert_new,
    make_default,
    portions,
    set_head,
)
from spoonfeeder.operation.progress import Progress
from spoonfeeder.runtime import Runtime
from spoonfeeder.work import Work, open_work

MOST_REMARKS = 1_000


@dataclass(slots=True)
class Account:
    """Of one table: how many rows came, were here before, and were left out; and the first things to say of them.

    `completed` were here without their files, which came now.
    """

    table: str
    came: int = 0
    known: int = 0
    remarks: list[str] = field(default_factory=list)
    left_out: int = 0
    completed: int = 0

    def leave_out(self, row_id: UUID, reason: str) -> None:
        self.left_out += 1
        self.say(f"{row_id} is left out: {reason}")

    def say(self, remark: str) -> None:
        if len(self.remarks) < MOST_REMARKS:
            self.remarks.append(remark)


class LegacyImport:
    """Into the workspace of `actor`."""

    def __init__(
        self, runtime: Runtime, actor: User, legacy: LegacyDatabase, keys: Keys, files: Files, progress: Progress
    ) -> None:
        self._runtime = runtime
        self._actor = actor
        self._legacy = legacy
        self._keys = keys
        self._files = files
        self._progress = progress
        self._here: dict[str, set[UUID]] = {}
        self._profile_urls: dict[UUID, str] = {}
        self._session_profiles: dict[UUID, UUID | None] = {}
        self._threads: dict[UUID, Row] = {}
        self._last_messages: dict[UUID, UUID] = {}
        self._media: dict[UUID, list[Row]] = {}
        self._late: list[Row] = []
        self._defaults: list[UUID] = []

    async def run(self) -> list[Account]:
        """Raises OperationRefused, StorageFull, StorageUnavailable."""
        accounts = [
            await self._table(ProviderSetting, self._setting),
            await self._table(Profile, self._profile),
            await self._table(ProfileModel, self._profile_model),
            await self._table(Task, self._task),
            await self._table(Result, self._result),
            await self._table(Conversation, self._conversation),
            await self._table(Message, self._message),
            await self._table(Workflow, self._workflow, then=self._keep_versions),
            await self._table(Session, self._session),
            await self._table(Generation, self._generation, before=self._bring_files, then=self._add_media),
        ]
        await self._finish()
        return accounts

    async def _table(
        self,
        model: Any,
        translate: Callable[[Row, Account], Awaitable[Row]],
        before: Callable[[list[Row]], Awaitable[None]] | None = None,
        then: Callable[[Work, list[UUID], Account], Awaitable[None]] | None = None,
    ) -> Account:
        table: Table = model.__table__
        account = Account(table.name)
        total = await self._legacy.count(table.name)
        async for portion in self._legacy.rows(table.name):
            fitting = await self._fitting(portion, translate, account)
            if before is not None:
                await before(fitting)
            async with open_work(self._runtime, self._actor) as work:
                added = await self._add(work, table, fitting, account)
                if then is not None:
                    await then(work, added, account)
            self._progress.go_on(f"{table.name}: {account.came + account.known:,} of {total:,}")
        return account

    async def _fitting(
        self, portion: list[Row], translate: Callable[[Row, Account], Awaitable[Row]], account: Account
    ) -> list[Row]:
        fitting = []
        for row in portion:
            try:
                fitting.append(await translate(row, account))
            except Unfit as error:
                account.leave_out(row["id"], str(error))
        return fitting

    async def _add(self, work: Work, table: Table, ready: list[Row], account: Account) -> list[UUID]:
        """The ids of those that were not here."""
        if not ready:
            return []
        owned = [row | {"workspace_id": work.workspace_id} for row in ready]
        try:
            added, refused = await insert_new(work, table, owned), 0
        except Refused:
            added, refused = await self._one_by_one(work, table, owned, account)
        ids = [row["id"] for row in ready]
        mine = select(table.c.id).where(table.c.id.in_(ids), table.c.workspace_id == work.workspace_id)
        self._here.setdefault(table.name, set()).update((await work.session.scalars(mine)).all())
        account.came += len(added)
        account.known += len(ready) - len(added) - refused
        return added

    async def _one_by_one(self, work: Work, table: Table, owned: list[Row], account: Account) -> tuple[list[UUID], int]:
        """One that our table cannot hold must not keep the others out."""
        added, refused = list[UUID](), 0
        for row in owned:
            try:
                added += await insert_new(work, table, [row])
            except Refused as error:
                refused += 1
                account.leave_out(row["id"], str(error))
        return added, refused

    def _known(self, model: Any, row_id: UUID | None) -> UUID | None:
        return row_id if row_id in self._here.get(model.__tablename__, ()) else None

    def _needed(self, model: Any, row_id: UUID, what: str) -> None:
        if self._known(model, row_id) is None:
            raise Unfit(f"its {what} is not here")

    async def _setting(self, row: Row, account: Account) -> Row:
        sealed = self._keys.of_setting(row)
        if sealed is None:
            raise Unfit(NOT_READ)
        return rows.setting(row) | {"api_key": sealed}

    async def _profile(self, row: Row, account: Account) -> Row:
        sealed = self._keys.of_profile(row) if row["api_key"] else None
        if row["api_key"] and sealed is None:
            account.say(f"{row['id']} ({row['name']}): {NOT_READ}")
        ready = rows.profile(row) | {"api_key": sealed}
        if row["url"]:
            self._profile_urls[row["id"]] = row["url"]
        return ready

    async def _profile_model(self, row: Row, account: Account) -> Row:
        self._needed(Profile, row["profile_id"], "profile")
        return rows.profile_model(row)

    async def _result(self, row: Row, account: Account) -> Row:
        self._needed(Task, row["task_id"], "task")
        return rows.result(row)

    async def _workflow(self, row: Row, account: Account) -> Row:
        ready = await workflow(row)
        if row["is_default"]:
            self._defaults.append(row["id"])
        return ready | {"profile_id": self._known(Profile, ready["profile_id"])}

    async def _keep_versions(self, work: Work, added: list[UUID], account: Account) -> None:
        for workflow_id in added:
            await versions.keep(work, workflow_id, 1)

    async def _session(self, row: Row, account: Account) -> Row:
        ready = rows.session(row)
        ready["profile_id"] = self._session_profiles[row["id"]] = self._known(Profile, ready["profile_id"])
        return ready | {"current_workflow_id": self._known(Workflow, ready["current_workflow_id"])}

    async def _task(self, row: Row, account: Account) -> Row:
        return rows.task(row)

    async def _conversation(self, row: Row, account: Account) -> Row:
        ready = self._threads[row["id"]] = rows.conversation(row)
        return ready

    async def _message(self, row: Row, account: Account) -> Row:
        """They were a line; each is the answer to the one before it."""
        thread_id = row["conversation_id"]
        self._needed(Conversation, thread_id, "conversation")
        ready = rows.message(row, self._threads[thread_id], self._last_messages.get(thread_id))
        self._last_messages[thread_id] = row["id"]
        return ready

    async def _generation(self, row: Row, account: Account) -> Row:
        ready = rows.generation(row)
        session_id = self._known(Session, ready["session_id"])
        more = {"session_id": session_id, "workflow_id": self._known(Workflow, ready["workflow_id"])}
        more["profile_id"] = self._session_profiles.get(session_id) if session_id else None
        return ready | more | {"outputs": [], "warnings": [], "listed": rows.files_of(row)}

    async def _bring_files(self, ready: list[Row]) -> None:
        """Of those that are not here yet, or came without any when no folder was named."""
        self._media = {}
        seen = select(Generation.id, LACKS_FILES.label("lacks_files")).where(
            Generation.id.in_([row["id"] for row in ready])
        )
        async with open_work(self._runtime, self._actor) as work:
            here = {row.id: row.lacks_files for row in await work.session.execute(seen)}
        for row in ready:
            listed, url = row.pop("listed"), self._profile_urls.get(row["profile_id"])
            if here.get(row["id"], True):
                self._media[row["id"]] = await self._files.bring(row, listed, url)
        self._late = [row for row in ready if row["id"] in here and row["outputs"]]

    async def _add_media(self, work: Work, added: list[UUID], account: Account) -> None:
        late = [row["id"] for row in self._late if await complete(work, row)]
        account.completed += len(late)
        media = [each for row_id in (*added, *late) for each in self._media.get(row_id, ())]
        if media:
            await work.session.execute(insert(Media).values(media).on_conflict_do_nothing())

    async def _finish(self) -> None:
        """What hangs on other rows: heads, counts, defaults. What somebody has chosen here since then stays."""
        for threads in portions(self._last_messages.items()):
            async with open_work(self._runtime, self._actor) as work:
                for thread_id, last_id in threads:
                    await set_head(work, thread_id, last_id)
        for session_ids in portions(self._here.get(Session.__tablename__, ())):
            async with open_work(self._runtime, self._actor) as work:
                await recount(work, Session.id.in_(session_ids))
        for workflow_ids in portions(self._here.get(Workflow.__tablename__, ())):
            async with open_work(self._runtime, self._actor) as work:
                await count_uses(work, workflow_ids)
        async with open_work(self._runtime, self._actor) as work:
            for workflow_id in self._defaults:
                await make_default(work, workflow_id)
        url, _ = self._runtime.settings.require_servers()
        await asyncio.to_thread(migrate.run_on, url, take_statistics)
