"""What a task asks its present target: the files it gives, the craft, the request, and the call that is opened."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select

from spoonfeeder.core.errors import invalid_field
from spoonfeeder.core.vocabulary import MessageRole, Modality, Purpose
from spoonfeeder.db.media import Media
from spoonfeeder.db.task import Task
from spoonfeeder.features.auth.access import visible
from spoonfeeder.features.calls.opening import Call, begin
from spoonfeeder.features.calls.pictures import MOST_BYTES_TOGETHER
from spoonfeeder.features.calls.remote import resume
from spoonfeeder.features.calls.sources import Source, find_source, request_to
from spoonfeeder.features.profiles.service import ProfileNotFound
from spoonfeeder.features.tasks.comfyui import OWN_OPTIONS
from spoonfeeder.features.tasks.targets import BACKGROUND, Target, craft_of, targets_of
from spoonfeeder.providers.base import ChatMessage, ChatRequest, Picture
from spoonfeeder.providers.makers import is_remote, maker_class, remote_maker_class
from spoonfeeder.providers.media import Craft, InputFile, MediaRequest
from spoonfeeder.providers.openai_options import first_refused
from spoonfeeder.storage.protocol import Storage
from spoonfeeder.work import Work

INSTRUCTIONS = "instructions"


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of whom; `craft` None is an answer in a conversation."""

    source: Source
    craft: Craft | None
    request: ChatRequest | MediaRequest

    @property
    def is_remote(self) -> bool:
        return self.craft is not None and is_remote(self.source.provider, self.craft)


def present_target(row: Task) -> Target:
    return targets_of(row)[row.target]


async def find_inputs(work: Work, row: Task) -> list[Media]:
    """Raises Invalid for one that is gone."""
    ids = [UUID(each) for each in row.inputs]
    if not ids:
        return []
    found = {
        each.id: each
        for each in await work.session.scalars(visible(select(Media), work.actor).where(Media.id.in_(ids)))
    }
    if not found.keys() >= set(ids):
        raise invalid_field("inputs", "A file that this task was given is deleted.", code="unknown_id")
    files = [found[each] for each in ids]
    if sum(each.bytes for each in files) > MOST_BYTES_TOGETHER:
        most = MOST_BYTES_TOGETHER // 2**20
        raise invalid_field("inputs", f"All files together may have at most {most} MiB; give fewer or smaller ones.")
    return files


async def read_inputs(storage: Storage, files: Sequence[Media]) -> tuple[InputFile, ...]:
    """Raises StorageMissing."""
    return tuple([InputFile(each.media_type, await _bytes_of(storage, each.storage_key)) for each in files])


async def _bytes_of(storage: Storage, key: str) -> bytes:
    return b"".join([chunk async for chunk in storage.open_range(key)])


async def find_question(work: Work, row: Task, inputs: tuple[InputFile, ...]) -> Question:
    """After the provider's adapter was loaded. Raises what `find_source` raises, Invalid."""
    target = present_target(row)
    if row.place is not None and row.place != target.place:
        raise ProfileNotFound("The profile of this task is deleted; choose another one.")
    source = await find_source(work, profile_id=target.profile_id, provider=target.provider)
    kind, given = Modality(row.type), row.options or {}
    options = _options_of(kind, given)
    craft = craft_of(kind, [each.media_type for each in inputs], target.provider, given, source.url)
    if craft is not None and craft is not Craft.BACKGROUND_TEXT:
        model = target.model or _usual_model(target, craft)
        return Question(source, craft, MediaRequest(model, row.prompt, inputs, options))
    pictures = (Picture(each.media_type, each.data) for each in inputs)
    parts = (*((row.prompt,) if row.prompt else ()), *pictures)
    chat = request_to(source, target.model, [ChatMessage(MessageRole.USER, parts)], options)
    if craft is None or (BACKGROUND not in given and first_refused(craft, chat.options, source.url)):
        return Question(source, None, chat)
    background = {INSTRUCTIONS: source.system_prompt, **chat.options} if source.system_prompt else chat.options
    return Question(source, craft, MediaRequest(chat.model, row.prompt, inputs, background))


def _options_of(kind: Modality, given: Mapping[str, Any]) -> dict[str, Any]:
    """Without what only means something to a ComfyUI, or to us."""
    ours = OWN_OPTIONS | ({BACKGROUND} if kind is Modality.TEXT else set())
    return {name: value for name, value in given.items() if name not in ours}


def _usual_model(target: Target, craft: Craft) -> str:
    find = remote_maker_class if is_remote(target.provider, craft) else maker_class
    return find(target.provider, craft).DEFAULT_MODEL


async def open_call(work: Work, row: Task, question: Question) -> Call[Any]:
    """A new one. Raises what `begin` raises."""
    return await begin(work, question.source, question.request, Purpose.TASK, task_id=row.id)


async def open_again(work: Work, row: Task, question: Question) -> Call[Any]:
    """The one that another process began, whose handle the row has. Raises KeyUnreadable, Invalid."""
    if row.call_id is None or not isinstance(question.request, MediaRequest) or not question.is_remote:
        raise invalid_field("profile_id", "The profile was changed while its provider was at work on this.")
    return await resume(work, question.source, question.request, Purpose.TASK, row.call_id)
