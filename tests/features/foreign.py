"""A second workspace with one row of everything: nobody of the first may ever see it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy.ext.asyncio import AsyncSession

from spoonfeeder.core.settings import Settings
from spoonfeeder.db import (
    ApiKey,
    Conversation,
    Generation,
    LoginSession,
    Media,
    Message,
    Notification,
    Profile,
    ProfileKey,
    ProfileModel,
    ProviderSetting,
    Result,
    Schedule,
    Session,
    Task,
    User,
    Workflow,
    WorkflowVersion,
    Workspace,
)
from spoonfeeder.db.backend import ComfyBackend
from spoonfeeder.db.library import Batch, Preset, Project, Prompt
from spoonfeeder.db.session import open_engine, open_sessions


@dataclass(frozen=True)
class Foreign:
    workspace_id: UUID
    profile_id: UUID
    workflow_id: UUID
    session_id: UUID
    generation_id: UUID
    media_id: UUID
    login_id: UUID
    key_id: UUID
    filename: str = "foreign_00001_.png"
    pool_key_id: UUID = field(default_factory=uuid4)
    backend_id: UUID = field(default_factory=uuid4)
    conversation_id: UUID = field(default_factory=uuid4)
    message_id: UUID = field(default_factory=uuid4)
    task_id: UUID = field(default_factory=uuid4)
    result_id: UUID = field(default_factory=uuid4)
    schedule_id: UUID = field(default_factory=uuid4)
    notification_id: UUID = field(default_factory=uuid4)
    project_id: UUID = field(default_factory=uuid4)
    prompt_id: UUID = field(default_factory=uuid4)
    preset_id: UUID = field(default_factory=uuid4)
    batch_id: UUID = field(default_factory=uuid4)


@asynccontextmanager
async def database(settings: Settings) -> AsyncIterator[AsyncSession]:
    """A session beside the application; committed at the end."""
    engine = open_engine(settings.postgres_url() or "", pool_size=1)
    async with open_sessions(engine).begin() as session:
        yield session
    await engine.dispose()


async def insert_foreign(settings: Settings) -> Foreign:
    ids = Foreign(uuid4(), uuid4(), uuid4(), uuid4(), uuid4(), uuid4(), uuid4(), uuid4())
    mine = {"workspace_id": ids.workspace_id}
    url = "http://127.0.0.1:9"
    async with database(settings) as session:
        session.add(Workspace(id=ids.workspace_id, name="Other"))
        await session.flush()
        session.add(Profile(id=ids.profile_id, name="Theirs", type="image", provider="comfyui", url=url, **mine))
        await session.flush()
        session.add(ProfileModel(profile_id=ids.profile_id, model_id="theirs", **mine))
        session.add(ProfileKey(id=ids.pool_key_id, profile_id=ids.profile_id, name="Theirs", api_key="x", **mine))
        machine = {"profile_id": ids.profile_id, "url": "http://127.0.0.1:10"}
        session.add(ComfyBackend(id=ids.backend_id, name="Theirs", **machine, **mine))
        talk = {"title": "Theirs", "provider": "ollama", "model": "theirs", "head_id": ids.message_id}
        session.add(Conversation(id=ids.conversation_id, **talk, **mine))
        await session.flush()
        said = {"conversation_id": ids.conversation_id, "role": "assistant", "content": "Theirs"}
        session.add(Message(id=ids.message_id, **said, **mine))
        session.add(ProviderSetting(provider="gemini", api_key="x", default_model="theirs", **mine))
        session.add(Workflow(id=ids.workflow_id, profile_id=ids.profile_id, name="Theirs", workflow_json="{}", **mine))
        session.add(Session(id=ids.session_id, profile_id=ids.profile_id, title="Theirs", **mine))
        await session.flush()
        session.add(WorkflowVersion(workflow_id=ids.workflow_id, number=1, workflow_json="{}", **mine))
        await session.flush()
        session.add(Batch(id=ids.batch_id, session_id=ids.session_id, kind="sweep", total=1, **mine))
        made = {"session_id": ids.session_id, "batch_id": ids.batch_id, "backend_url": url}
        session.add(Generation(id=ids.generation_id, **made, **mine))
        await session.flush()
        session.add(
            Media(
                id=ids.media_id,
                kind="output",
                generation_id=ids.generation_id,
                filename=ids.filename,
                source={"filename": ids.filename, "subfolder": "", "type": "output"},
                media_type="image/png",
                bytes=3,
                sha256="0" * 64,
                storage_key="ab/abc.png",
                thumbnail_key="ab/abc-thumbnail.webp",
                **mine,
            )
        )
        await _add_task(session, ids)
        await _add_somebody(session, ids)
    return ids


async def _add_task(session: AsyncSession, ids: Foreign) -> None:
    mine = {"workspace_id": ids.workspace_id, "type": "text"}
    done = {"status": "complete", "progress": 100, "completed_at": datetime.now(UTC)}
    session.add(Task(id=ids.task_id, name="Theirs", provider="ollama", prompt="Theirs", **done, **mine))
    await session.flush()
    session.add(Result(id=ids.result_id, task_id=ids.task_id, content="Theirs", **mine))
    theirs = {"workspace_id": ids.workspace_id}
    session.add(Schedule(id=ids.schedule_id, name="Theirs", kind="task", request={}, cron="@daily", **theirs))
    session.add(Notification(id=ids.notification_id, type="info", code="TOLD", message="Theirs", **theirs))
    session.add(Project(id=ids.project_id, name="Theirs", **theirs))
    session.add(Prompt(id=ids.prompt_id, name="Theirs", prompt_text="Theirs", **theirs))
    session.add(Preset(id=ids.preset_id, name="Theirs", **theirs))


async def _add_somebody(session: AsyncSession, ids: Foreign) -> None:
    """Who is signed in and has an API key."""
    user_id = uuid4()
    session.add(User(id=user_id, email=f"{user_id}@example.com", name="Somebody"))
    await session.flush()
    expires_at = datetime.now(UTC) + timedelta(days=1)
    session.add(LoginSession(id=ids.login_id, user_id=user_id, expires_at=expires_at))
    session.add(
        ApiKey(
            id=ids.key_id, user_id=user_id, name="Theirs", token_sha256=uuid4().hex, last_four="xxxx", scopes=["read"]
        )
    )
