"""Whom a request goes to, with whose key, and which model is meant where none is named."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid4

import pytest
import pytest_asyncio
from pydantic import SecretStr
from sqlalchemy import text

from spoonfeeder.core.actor import User
from spoonfeeder.core.errors import Invalid
from spoonfeeder.core.vocabulary import MessageRole, Provider, Purpose
from spoonfeeder.db.account import Workspace
from spoonfeeder.db.profile import ProfileModel, ProviderSetting
from spoonfeeder.db.sealed import SETTING_KEY
from spoonfeeder.features.calls.call import begin
from spoonfeeder.features.calls.sources import Source, SourceKind, SourceRequired, find_source, request_to
from spoonfeeder.features.profiles.service import ProfileNotFound
from spoonfeeder.providers.base import ChatMessage, ChatRequest
from spoonfeeder.providers.errors import NotSupported
from spoonfeeder.work import open_work
from tests.features.calls.conftest import HELLO, OWN_KEY, Caller, Clock
from tests.serving import NOBODY_URL

pytestmark = pytest.mark.asyncio(loop_scope="module")
URL = "http://127.0.0.1:9/v1"


@pytest_asyncio.fixture(loop_scope="module")
async def mine(caller: Caller) -> AsyncIterator[Caller]:
    """In a workspace where nothing is set up."""
    workspace_id = uuid4()
    async with caller.runtime.sessions.begin() as session:
        session.add(Workspace(id=workspace_id, name="Own"))
    settings = caller.runtime.settings
    settings.openai_api_key = None
    yield Caller(caller.runtime, caller.clock, User(workspace_id))
    settings.openai_api_key = None


async def find(caller: Caller, profile_id: UUID | None = None, provider: Provider | None = Provider.OPENAI) -> Source:
    async with open_work(caller.runtime, caller.actor) as work:
        return await find_source(work, profile_id=profile_id, provider=provider)


async def add_models(caller: Caller, **models: list[str]) -> None:
    place: dict[str, Any] = {"workspace_id": caller.actor.workspace_id, "profile_id": caller.profile_id}
    async with caller.runtime.sessions.begin() as session:
        session.add_all(ProfileModel(model_id=name, output_modalities=gives, **place) for name, gives in models.items())


async def test_settings_then_the_oldest_profile_then_the_environment(mine: Caller, clock: Clock) -> None:
    with pytest.raises(SourceRequired):
        await find(mine)

    mine.runtime.settings.openai_api_key = SecretStr("sk-environment")
    found = await find(mine)
    assert (found.kind, found.api_key, found.url, found.profile_id) == (
        SourceKind.ENVIRONMENT,
        "sk-environment",
        None,
        None,
    )

    await mine.profile(URL, name="Oldest")
    await Caller(mine.runtime, clock, mine.actor).profile(URL, name="Newer")
    found = await find(mine)
    assert (found.kind, found.api_key, found.url, found.name) == (SourceKind.PROFILE, OWN_KEY, URL, "Oldest")

    setting = ProviderSetting(id=uuid4(), workspace_id=mine.actor.workspace_id, provider="openai", endpoint_url=None)
    setting.api_key = mine.runtime.cipher.encrypt("sk-settings", SETTING_KEY.binding_of(setting))
    setting.default_model = "gpt-4o"
    async with mine.runtime.sessions.begin() as session:
        session.add(setting)
    found = await find(mine)
    assert (found.kind, found.api_key, found.url, found.default_model) == (
        SourceKind.SETTINGS,
        "sk-settings",
        None,
        "gpt-4o",
    )
    assert (await find(mine, mine.profile_id)).kind is SourceKind.PROFILE


async def test_ollama_needs_no_key(mine: Caller) -> None:
    found = await find(mine, provider=Provider.OLLAMA)

    assert (found.kind, found.url, found.api_key) == (SourceKind.ENVIRONMENT, NOBODY_URL, None)


async def test_what_cannot_be_meant(mine: Caller, caller: Caller, clock: Clock) -> None:
    await mine.profile(URL)
    with pytest.raises(Invalid):
        await find(mine, mine.profile_id, Provider.CLAUDE)
    with pytest.raises(Invalid):
        await find(mine, None, None)
    with pytest.raises(ProfileNotFound):
        await find(mine, uuid4())
    with pytest.raises(ProfileNotFound):
        await find(caller, mine.profile_id)

    comfyui = Caller(mine.runtime, clock, mine.actor)
    await comfyui.profile(URL, provider="comfyui")
    for profile_id in (comfyui.profile_id, None):
        with pytest.raises(NotSupported) as refused:
            await find(mine, profile_id, Provider.COMFYUI)
        assert refused.value.status == 422

    async with mine.runtime.sessions.begin() as session:
        await session.execute(text("UPDATE profiles SET deleted_at = now() WHERE id = :id"), {"id": mine.profile_id})
    with pytest.raises(ProfileNotFound):
        await find(mine, mine.profile_id)
    with pytest.raises(SourceRequired):
        await find(mine)


async def test_the_only_text_model_is_the_default(mine: Caller) -> None:
    await mine.profile(URL)
    source = await find(mine)
    with pytest.raises(Invalid) as missing:
        request_to(source, None, HELLO, None)
    assert missing.value.details == [{"loc": "model", "type": "invalid", "message": missing.value.message}]

    await add_models(mine, only=["text"], painter=["image"])
    async with mine.runtime.sessions.begin() as session:
        whisper = {"model_id": "whisper", "input_modalities": ["audio"], "output_modalities": ["text"]}
        session.add(ProfileModel(workspace_id=mine.actor.workspace_id, profile_id=mine.profile_id, **whisper))
    assert request_to(await find(mine), None, HELLO, None).model == "only"
    assert request_to(await find(mine), "other", HELLO, None).model == "other"

    await add_models(mine, second=["image", "text"])
    assert (await find(mine)).default_model is None


async def test_prompt_options_and_patience_of_the_profile(mine: Caller) -> None:
    given = {"prompt_template": "Be brief.", "options": {"temperature": 0.1, "top_p": 1}}
    await mine.profile(URL, **given, first_byte_timeout_seconds=7)
    source = await find(mine)

    asked = request_to(source, "m", HELLO, {"temperature": 0.9})
    assert [(message.role, message.text) for message in asked.messages] == [
        (MessageRole.SYSTEM, "Be brief."),
        (MessageRole.USER, "Hello"),
    ]
    assert asked.options == {"temperature": 0.9, "top_p": 1}
    own = (ChatMessage(MessageRole.SYSTEM, ("Be long.",)), *HELLO)
    assert request_to(source, "m", own, None).messages == own
    async with open_work(mine.runtime, mine.actor) as work:
        call = await begin(work, source, asked, Purpose.CHAT)
    assert (call.connection.first_byte_seconds, call.connection.api_key) == (7, OWN_KEY)


@pytest.mark.parametrize("options", [{"base_url": URL}, {"x": {"apiKey": "k"}}, {"http": [{"proxy": URL}]}])
async def test_options_of_a_request_choose_no_server(mine: Caller, options: dict[str, Any]) -> None:
    await mine.profile(URL)
    source = await find(mine)

    async with open_work(mine.runtime, mine.actor) as work:
        with pytest.raises(Invalid):
            await begin(work, source, ChatRequest("m", HELLO, options), Purpose.CHAT)
    rows = await mine.rows("SELECT id FROM usage_calls WHERE workspace_id = :id", id=mine.actor.workspace_id)
    assert rows == []
