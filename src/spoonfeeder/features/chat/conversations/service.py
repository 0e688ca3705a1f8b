"""Conversations: made, listed, changed, hidden and brought back."""

from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update

from spoonfeeder.core.errors import NotFound, invalid_field
from spoonfeeder.core.vocabulary import MessageStatus, Provider
from spoonfeeder.db.chat import Conversation, Message
from spoonfeeder.db.locks import lock_rows
from spoonfeeder.db.profile import Profile
from spoonfeeder.durable.line import in_state
from spoonfeeder.features.audit.record import Action, record
from spoonfeeder.features.auth.access import visible, visible_rows
from spoonfeeder.features.auth.undo import hide, show_again
from spoonfeeder.features.chat.conversations import tree
from spoonfeeder.features.chat.conversations.schemas import ConversationInput, ConversationOut, ConversationPatch
from spoonfeeder.features.profiles.options import require_harmless
from spoonfeeder.features.projects import queries as projects
from spoonfeeder.features.projects.service import chosen
from spoonfeeder.work import Work

UNTITLED = "New conversation"
PREVIEW_LETTERS = 200


class ConversationNotFound(NotFound):
    """This conversation does not exist."""

    code = "CONVERSATION_NOT_FOUND"


COLUMNS = Conversation.__table__.c
_HEADS = Message.__table__.c
SHOWN = select(
    *(column for column in COLUMNS if column.key not in {"workspace_id", "deleted_at", "project_id"}),
    projects.shown_project(COLUMNS.project_id),
    func.left(_HEADS.content, PREVIEW_LETTERS).label("preview"),
    (_HEADS.status == MessageStatus.STREAMING).label("is_streaming"),
).select_from(Conversation.__table__.outerjoin(Message.__table__, _HEADS.id == COLUMNS.head_id))


def shown(row: Any) -> dict[str, Any]:
    """What an answer shows of a row of SHOWN."""
    return dict(row._mapping) | {
        "model": row.model or None,
        "options": row.options or {},
        "preview": row.preview or "",
        "is_streaming": bool(row.is_streaming),
    }


async def list_conversations(work: Work, *, project_id: UUID | None, limit: int) -> list[dict[str, Any]]:
    """The most recently active first."""
    statement = visible_rows(SHOWN, COLUMNS, work.actor).limit(limit)
    if project_id is not None:
        statement = statement.where(projects.is_in(COLUMNS.project_id, project_id))
    ordered = statement.order_by(COLUMNS.updated_at.desc(), COLUMNS.id.desc())
    return [shown(row) for row in await work.session.execute(ordered)]


async def show(work: Work, conversation_id: UUID) -> ConversationOut:
    """Raises ConversationNotFound."""
    statement = visible_rows(SHOWN, COLUMNS, work.actor).where(COLUMNS.id == conversation_id)
    row = (await work.session.execute(statement)).one_or_none()
    if row is None:
        raise ConversationNotFound
    return ConversationOut.model_validate(shown(row))


async def get(work: Work, conversation_id: UUID, *, for_update: bool = False) -> Conversation:
    """Raises ConversationNotFound."""
    statement = visible(select(Conversation), work.actor).where(Conversation.id == conversation_id)
    row = await work.session.scalar(statement.with_for_update(key_share=True) if for_update else statement)
    if row is None:
        raise ConversationNotFound
    return row


async def create(work: Work, data: ConversationInput) -> UUID:
    require_harmless(data.options or {})
    profile = await _profile(work, data.profile_id, data.provider)
    conversation = Conversation(
        workspace_id=work.workspace_id,
        title=data.title or UNTITLED,
        provider=profile.provider if profile else data.provider or Provider.OLLAMA,
        profile_id=profile.id if profile else None,
        model=data.model or "",
        project_id=await chosen(work, data.project_id),
        system_prompt=data.system_prompt or None,
        options=data.options or None,
    )
    work.session.add(conversation)
    await work.session.flush()
    work.tell_change("conversation", conversation.id, "created")
    return conversation.id


async def _profile(work: Work, profile_id: UUID | None, provider: Provider | None) -> Profile | None:
    """The given one; without one and without a provider the oldest that is no ComfyUI's. Raises Invalid."""
    mine = visible(select(Profile), work.actor)
    if profile_id is None:
        if provider is Provider.COMFYUI:
            raise invalid_field("provider", "ComfyUI takes no messages; choose another provider.")
        if provider is not None:
            return None
        others = mine.where(Profile.provider != Provider.COMFYUI)
        return await work.session.scalar(others.order_by(Profile.created_at, Profile.id).limit(1))
    profile = await work.session.scalar(mine.where(Profile.id == profile_id))
    if profile is None:
        raise invalid_field("profile_id", "This profile does not exist.", code="unknown_id")
    if profile.provider == Provider.COMFYUI:
        raise invalid_field("profile_id", "ComfyUI takes no messages; choose another profile.")
    if provider is not None and provider != profile.provider:
        raise invalid_field("provider", f"This profile is of {profile.provider}, not of {provider}.")
    return profile


async def update_conversation(work: Work, conversation_id: UUID, data: ConversationPatch) -> None:
    conversation = await get(work, conversation_id, for_update=True)
    given = data.model_dump(exclude_unset=True)
    require_harmless(given.get("options") or {})
    await _change_source(work, conversation, given)
    if "head_id" in given:
        messages = await tree.read(work, conversation_id)
        if given["head_id"] not in messages.nodes:
            raise invalid_field("head_id", "This message does not exist.", code="unknown_id")
        conversation.head_id = messages.newest_below(given["head_id"])
    if "project_id" in given:
        conversation.project_id = await chosen(work, given["project_id"], conversation.project_id)
    if "model" in given:
        conversation.model = given["model"] or ""
    for name in ("title", "system_prompt", "options"):
        if name in given:
            setattr(conversation, name, given[name] or None)
    await work.session.flush()
    work.tell_change("conversation", conversation_id, "updated")


async def _change_source(work: Work, conversation: Conversation, given: dict[str, Any]) -> None:
    """Another profile brings its provider along; another provider leaves a profile that is not of it."""
    if given.get("profile_id") is not None:
        profile = await _profile(work, given["profile_id"], given.get("provider"))
        if profile is not None:
            conversation.profile_id, conversation.provider = profile.id, profile.provider
        return
    if "provider" in given and given["provider"] != conversation.provider:
        await _profile(work, None, given["provider"])
        conversation.provider, conversation.profile_id = given["provider"], None
    if "profile_id" in given:
        conversation.profile_id = None


async def delete(work: Work, conversation_id: UUID) -> None:
    """What is being answered in it is stopped, at its writer's next save; can be restored for 7 days."""
    conversation = await get(work, conversation_id, for_update=True)
    streaming = (Message.conversation_id == conversation_id, in_state(Message, MessageStatus.STREAMING))
    locked = await lock_rows(work.session, Message, Message.workspace_id == work.workspace_id, *streaming)
    await work.session.execute(update(Message).where(locked).values(stop_requested_at=func.now()))
    await hide(work, Conversation, conversation.id)
    work.tell_change("conversation", conversation_id, "deleted")
    await record(work, Action.CONVERSATION_DELETED, "conversation", conversation_id)


async def restore(work: Work, conversation_id: UUID) -> None:
    """Raises NothingToRestore."""
    await show_again(work, Conversation, conversation_id)
    work.tell_change("conversation", conversation_id, "restored")
    await record(work, Action.CONVERSATION_RESTORED, "conversation", conversation_id)
