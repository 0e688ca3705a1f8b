"""Rows for the tests of the tables."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from spoonfeeder.db import (
    DEFAULT_WORKSPACE_ID,
    LOCAL_OWNER_ID,
    ApiCall,
    ApiKey,
    AuditEntry,
    Batch,
    Budget,
    ComfyBackend,
    Conversation,
    FileRemoval,
    Generation,
    IdempotencyKey,
    Invitation,
    LineTurn,
    LoginSession,
    Media,
    Message,
    Misfit,
    Notification,
    Preset,
    Profile,
    ProfileKey,
    ProfileModel,
    Project,
    Prompt,
    ProviderSetting,
    RefreshToken,
    Result,
    Schedule,
    Session,
    SystemValue,
    Task,
    UsageCall,
    Workflow,
    WorkflowVersion,
)

OURS: dict[str, Any] = {"workspace_id": DEFAULT_WORKSPACE_ID}
SHA256 = "0" * 64


def profile(**values: Any) -> Profile:
    told = {"name": "Local", "type": "image", "provider": "comfyui", "url": "http://127.0.0.1:8188"}
    return Profile(**(OURS | told | values))


def workflow(**values: Any) -> Workflow:
    return Workflow(**(OURS | {"name": "txt2img", "workflow_json": "{}"} | values))


def generation(**values: Any) -> Generation:
    return Generation(**(OURS | values))


def task(**values: Any) -> Task:
    told = {"name": "A poem", "type": "text", "provider": "ollama", "prompt": "Write"}
    return Task(**(OURS | told | values))


def media(**values: Any) -> Media:
    file = {"filename": "ComfyUI_00001_.png", "media_type": "image/png", "bytes": 1, "sha256": SHA256}
    return Media(**(OURS | {"kind": "output", "storage_key": "ab/abc.png"} | file | values))


def start(row: Generation | Task) -> None:
    row.status, row.lease_until = "running", datetime.now(UTC)


async def seed_every_table(session: AsyncSession) -> None:
    """One row in each."""
    await seed_workspace(session, DEFAULT_WORKSPACE_ID)
    session.add_all(
        [
            SystemValue(key="canary", value="x"),
            FileRemoval(key="aa/gone.png"),
            LineTurn(line="tasks", share=LOCAL_OWNER_ID),
        ]
    )
    await seed_access(session)
    await session.commit()


async def seed_workspace(session: AsyncSession, workspace_id: UUID) -> None:
    """One row in each table of workspaces."""
    theirs: dict[str, Any] = {"workspace_id": workspace_id}
    server, poem = profile(**theirs), task(**theirs)
    chat = Conversation(**theirs, title="Hello", provider="ollama", model="llama3")
    setting = ProviderSetting(**theirs, provider="openai", api_key="v2.default.x.y")
    key = IdempotencyKey(**theirs, route="POST /api/tasks", key="k", body_sha256=SHA256)
    session.add_all([server, poem, chat, setting, key])
    await session.flush()
    template = workflow(**theirs, profile_id=server.id)
    album = Session(**theirs, profile_id=server.id, title="Cats")
    session.add_all(
        [
            Budget(**theirs, profile_id=server.id, monthly_usd=Decimal(20)),
            ProfileKey(**theirs, profile_id=server.id, name="second", api_key="v2.default.x.y"),
            UsageCall(**theirs, profile_id=server.id, provider="openai", model="gpt-5-mini", purpose="chat"),
            ProfileModel(**theirs, profile_id=server.id, model_id="sdxl.safetensors"),
            Result(**theirs, task_id=poem.id, type="text", content="Roses", details={"tokens": 3}),
            Message(**theirs, conversation_id=chat.id, role="user", content="Hi"),
            template,
            album,
            Schedule(**theirs, name="Every morning", kind="task", request={"prompt": "A rose"}, cron="0 7 * * *"),
            Notification(**theirs, type="error", code="TASK_FAILED", message="A task failed."),
            Project(**theirs, name="Spring"),
            Prompt(**theirs, name="Portrait", prompt_text="{subject} in soft light"),
            Preset(**theirs, name="Draft", parameters={"steps": 8}),
            Batch(**theirs, session_id=album.id, kind="sweep", total=4),
        ]
    )
    await session.flush()
    own = await session.scalar(select(ComfyBackend.id).where(ComfyBackend.profile_id == server.id))
    assert own is not None
    session.add(Misfit(**theirs, backend_id=own, needs_sha256=SHA256))
    session.add(WorkflowVersion(**theirs, workflow_id=template.id, number=1, workflow_json="{}"))
    made_by = {"profile_id": server.id, "workflow_id": template.id, "session_id": album.id}
    picture = generation(**theirs, **made_by, seed=2**64 - 1)
    session.add(picture)
    await session.flush()
    session.add(media(**theirs, generation_id=picture.id))


async def seed_access(session: AsyncSession) -> None:
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    login = LoginSession(user_id=LOCAL_OWNER_ID, expires_at=tomorrow)
    session.add(login)
    await session.flush()
    session.add_all(
        [
            RefreshToken(token_sha256=SHA256, login_session_id=login.id),
            ApiKey(user_id=LOCAL_OWNER_ID, name="cron", token_sha256=SHA256, last_four="wxyz", scopes=["read"]),
            Invitation(**OURS, role="member", token_sha256=SHA256, expires_at=tomorrow),
            AuditEntry(action="login"),
            ApiCall(method="GET", route="/api/active", status=200, duration_ms=1.5),
        ]
    )
