"""A workspace with one row of everything and somebody of every kind, as often as a test wants new ones."""

import hashlib
import json
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import text

from spoonfeeder.core.actor import LOCAL_OWNER_ID
from spoonfeeder.db import (
    Generation,
    Media,
    Profile,
    ProfileModel,
    ProviderSetting,
    Session,
    Workflow,
    WorkflowVersion,
    Workspace,
)
from spoonfeeder.db.access import ApiKey, Invitation, LoginSession
from spoonfeeder.db.account import User, WorkspaceMember
from spoonfeeder.db.backend import ComfyBackend
from spoonfeeder.db.chat import Conversation, Message
from spoonfeeder.db.library import Batch, Preset, Project, Prompt
from spoonfeeder.db.notification import Notification
from spoonfeeder.db.profile import ProfileKey
from spoonfeeder.db.task import Result, Schedule, Task
from spoonfeeder.db.usage import Budget
from spoonfeeder.features.generations.archive.links import digest_of
from spoonfeeder.features.settings import secret
from spoonfeeder.realtime.live import Preview
from spoonfeeder.storage.protocol import Stored
from tests.fixtures.server_mode import ServerMode
from tests.fixtures.workflows import workflow

GRAPH = workflow("model_free_trivial")
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c4944415408d763f8cfc0000003010100c9"
    "fe92ef0000000049454e44ae426082"
)
BY_HEADER = " by header"
ROLES = {"viewer": "viewer", "member": "member", "admin": "admin", "owner": "owner"}
OTHERS = {"stranger": "member", "server admin": "admin"}
KEYS = {
    "read key": ("owner", "read"),
    "write key": ("owner", "write"),
    "admin key": ("owner", "admin"),
    "server admin's write key": ("server admin", "write"),
    "server admin's admin key": ("server admin", "admin"),
}
DELETABLE = {
    "profile_id": "profiles",
    "workflow_id": "comfyui_workflows",
    "session_id": "comfyui_sessions",
    "generation_id": "comfyui_generations",
    "batch_id": "comfyui_generations",  # it goes with its generations
    "conversation_id": "conversations",
    "task_id": "tasks",
    "project_id": "projects",
    "prompt_id": "prompts",
    "preset_id": "presets",
}


def sha256(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


@dataclass(frozen=True)
class Crew:
    """One user of each role, one of another workspace, a server admin of none; and API keys. By what they are called.

    `tokens` is what each sends; nobody is the anonymous caller.
    """

    users: dict[str, UUID]
    tokens: dict[str, str]

    def headers(self, caller: str) -> dict[str, str]:
        token = self.tokens.get(caller.removesuffix(BY_HEADER))
        return {"Authorization": f"Bearer {token}"} if token else {}

    def user_of(self, caller: str) -> UUID:
        return self.users[KEYS[caller][0] if caller in KEYS else caller.removesuffix(BY_HEADER)]


@dataclass(frozen=True)
class Place:
    """`ids` has a value for every path parameter there is; `url` is a ComfyUI's."""

    ids: dict[str, Any]
    url: str

    @property
    def workspace_id(self) -> UUID:
        return UUID(str(self.ids["workspace_id"]))

    def with_value(self, name: str, value: str) -> "Place":
        return Place(self.ids | {name: value}, self.url)

    def missing(self) -> "Place":
        """The same names, and nothing in the database has these values."""
        unknown: dict[str, Any] = {name: str(uuid4()) for name in self.ids}
        unknown |= {"position": 0, "number": 1, "filename": f"{uuid4()}.png", "provider": "gemini"}
        return Place(unknown | {"digest": digest_of([])}, self.url)


class Populator:
    def __init__(self, server: ServerMode, stored: Stored, password_hash: str) -> None:
        self._server, self._stored, self._password_hash = server, stored, password_hash

    @classmethod
    async def on(cls, server: ServerMode) -> "Populator":
        async def chunks() -> Any:
            yield PNG

        stored = await server.runtime.storage.put(chunks(), name="picture", limit_bytes=10_000)
        return cls(server, stored, await server.password_hash())

    async def crew(self) -> Crew:
        users = {name: uuid4() for name in (*ROLES, *OTHERS)}
        logins = {name: uuid4() for name in users}
        keys = {name: f"sf_{secrets.token_urlsafe(32)}" for name in KEYS}
        elsewhere = Workspace(id=uuid4(), name="Elsewhere")
        tomorrow = datetime.now(UTC) + timedelta(days=1)
        async with self._server.runtime.sessions() as session:
            session.add(elsewhere)
            session.add_all(self._user(user_id, OTHERS.get(name, "member")) for name, user_id in users.items())
            await session.flush()
            session.add(WorkspaceMember(workspace_id=elsewhere.id, user_id=users["stranger"], role="owner"))
            session.add_all(
                LoginSession(id=logins[name], user_id=user_id, expires_at=tomorrow) for name, user_id in users.items()
            )
            session.add_all(
                ApiKey(
                    user_id=users[KEYS[name][0]],
                    name=name,
                    token_sha256=sha256(key),
                    last_four=key[-4:],
                    scopes=[KEYS[name][1]],
                )
                for name, key in keys.items()
            )
            await session.commit()
        issue = self._server.runtime.tokens.issue
        return Crew(users, {name: issue(user_id, logins[name], 0)[0] for name, user_id in users.items()} | keys)

    def _user(self, user_id: UUID, role: str) -> User:
        email = f"{user_id}@example.com"
        return User(id=user_id, email=email, name="Somebody", role=role, password_hash=self._password_hash)

    async def place(self, crew: Crew, me: UUID | None = None, *, deleted: str | None = None) -> Place:
        """A new workspace with the crew as its members; `me` owns what belongs to one user.

        `deleted` names what of it is hidden: `workflow_id` …
        """
        names = ("workspace_id", "profile_id", "workflow_id", "session_id", "generation_id", "media_id")
        more = (
            "user_id",
            "key_id",
            "invitation_id",
            "login_id",
            "budget_id",
            "pool_key_id",
            "chat_profile_id",
            "backend_id",
        )
        said = ("conversation_id", "message_id", "task_id", "result_id", "schedule_id", "notification_id")
        kept = ("project_id", "prompt_id", "preset_id", "batch_id")
        ids: dict[str, Any] = {name: uuid4() for name in (*names, *more, *said, *kept)}
        ids["token"] = secrets.token_urlsafe(32)
        async with self._server.runtime.sessions() as session:
            session.add(Workspace(id=ids["workspace_id"], name="A workspace"))
            session.add(self._user(ids["user_id"], "member"))
            await session.flush()
            members = [(crew.users[name], role) for name, role in ROLES.items()] + [(ids["user_id"], "member")]
            session.add_all(
                WorkspaceMember(workspace_id=ids["workspace_id"], user_id=user_id, role=role)
                for user_id, role in members
            )
            for rows in (self._account_rows(ids, me or ids["user_id"]), *self._rows(ids)):
                session.add_all(rows)
                await session.flush()
            if deleted is not None:
                column = "batch_id" if deleted == "batch_id" else "id"
                hide = f"UPDATE {DELETABLE[deleted]} SET deleted_at = now() WHERE {column} = :id"
                await session.execute(text(hide), {"id": ids[deleted]})
            await session.commit()
        await self._server.runtime.live.set_preview(ids["generation_id"], Preview(PNG, "image/png", 1))
        named = {"model_id": f"model-{ids['profile_id']}", "filename": f"{ids['media_id']}.png", "position": 0}
        named["number"] = 1
        named["digest"] = digest_of([])
        named |= {"provider": "openai", "model": f"{ids['chat_profile_id']}/gpt", "name": "llama3.2"}
        return Place(ids | named, self._server.simulator.url)

    def _account_rows(self, ids: dict[str, Any], me: UUID) -> list[Any]:
        tomorrow = datetime.now(UTC) + timedelta(days=1)
        hashed = {"token_sha256": sha256(secrets.token_urlsafe()), "last_four": "abcd"}
        return [
            ApiKey(id=ids["key_id"], user_id=me, name="A key", scopes=["read"], **hashed),
            LoginSession(id=ids["login_id"], user_id=me, expires_at=tomorrow),
            Invitation(
                id=ids["invitation_id"],
                workspace_id=ids["workspace_id"],
                role="viewer",
                token_sha256=sha256(ids["token"]),
                created_by=LOCAL_OWNER_ID,
                expires_at=tomorrow,
            ),
        ]

    def _setting(self, workspace_id: UUID) -> ProviderSetting:
        url = self._server.simulator.url
        setting = ProviderSetting(id=uuid4(), workspace_id=workspace_id, provider="openai", endpoint_url=url)
        secret.seal(self._server.runtime.cipher, setting, "sk-0123456789abcdef0123")
        return setting

    def _rows(self, ids: dict[str, Any]) -> Iterable[list[Any]]:
        """What belongs to the workspace, parents first."""
        mine = {"workspace_id": ids["workspace_id"]}
        of_profile = {"profile_id": ids["profile_id"]} | mine
        graph, url = json.dumps(GRAPH), self._server.simulator.url
        chat = {"id": ids["chat_profile_id"], "name": "Chat", "type": "text", "provider": "openai"}
        yield [
            Profile(id=ids["profile_id"], name="Profile", type="image", provider="comfyui", url=url, **mine),
            Profile(**chat, url=url, **mine),
            Project(id=ids["project_id"], name="Project", **mine),
        ]
        yield [
            ProfileModel(model_id="gpt", profile_id=ids["chat_profile_id"], **mine),
            ProfileModel(model_id=f"model-{ids['profile_id']}", **of_profile),
            ProfileKey(id=ids["pool_key_id"], name="Key", api_key="unreadable", **of_profile),
            ComfyBackend(id=ids["backend_id"], name="Another", url=f"{url}/another", **of_profile),
            self._setting(ids["workspace_id"]),
            Budget(id=ids["budget_id"], monthly_usd=10, **of_profile),
            Workflow(id=ids["workflow_id"], name="Workflow", workflow_json=graph, **of_profile),
            Session(id=ids["session_id"], title="Session", project_id=ids["project_id"], **of_profile),
        ]
        yield [WorkflowVersion(workflow_id=ids["workflow_id"], number=1, workflow_json=graph, **mine)]
        yield [
            Prompt(id=ids["prompt_id"], name="Prompt", prompt_text="a pier", **mine),
            Preset(id=ids["preset_id"], name="Preset", **mine),
        ]
        talk = {"conversation_id": ids["conversation_id"]} | mine
        yield [
            Conversation(
                id=ids["conversation_id"],
                title="Talk",
                provider="ollama",
                model="llama3.2",
                head_id=ids["message_id"],
                message_count=2,
                **mine,
            )
        ]
        question = uuid4()
        yield [Message(id=question, role="user", content="Hello?", **talk)]
        yield [Message(id=ids["message_id"], parent_id=question, role="assistant", content="Yes.", **talk)]
        asked = {"name": "Task", "type": "text", "provider": "openai", "model": "gpt", "prompt": "Hello?"} | mine
        ended = {"status": "complete", "progress": 100, "completed_at": datetime.now(UTC)}
        answered = uuid4()
        yield [Task(id=ids["task_id"], **asked), Task(id=answered, **ended, **asked)]
        yield [Result(id=ids["result_id"], task_id=answered, type="text", content="Yes.", **mine)]
        poem = {"type": "text", "provider": "ollama", "model": "llama3.2", "prompt": "A poem"}
        yield [
            Schedule(id=ids["schedule_id"], name="Daily", kind="task", request=poem, cron="@daily", **mine),
            Notification(id=ids["notification_id"], type="error", code="TASK_FAILED", message="It failed.", **mine),
        ]
        run = {"session_id": ids["session_id"], "workflow_id": ids["workflow_id"], "backend_url": url, **of_profile}
        ended["status"] = "completed"
        done = uuid4()
        yield [
            Generation(id=ids["generation_id"], workflow_json_snapshot=graph, **run),
            Generation(id=done, workflow_json_snapshot=graph, **ended, **run),
            Generation(workflow_json_snapshot=graph, batch_id=ids["batch_id"], **run),
            Batch(id=ids["batch_id"], session_id=ids["session_id"], kind="sweep", total=1, **mine),
        ]
        picture = {
            "kind": "output",
            "media_type": self._stored.media_type,
            "bytes": self._stored.bytes,
            "sha256": self._stored.sha256,
            "storage_key": self._stored.key,
            "thumbnail_key": self._stored.key,
        } | mine
        name = f"{ids['media_id']}.png"
        source = {"filename": name, "subfolder": "", "type": "output"}
        yield [
            Media(id=ids["media_id"], generation_id=ids["generation_id"], filename=name, source=source, **picture),
            Media(id=uuid4(), generation_id=done, filename="done.png", **picture),
        ]
