"""GET /api/chat/sources: where one can chat, and which is meant by a provider's name alone."""

from spoonfeeder.core.settings import Settings
from spoonfeeder.core.vocabulary import Provider
from tests.features.chat.asked import KEY, profile
from tests.fixtures import openai_replies as openai
from tests.fixtures.application import Application
from tests.fixtures.scripted import scripted


async def test_sources_are_listed_with_their_models_and_nobody_is_asked(api: Application) -> None:
    async with scripted(openai.stream()) as server:
        first = await profile(api, server, name="First")
        await profile(api, server, name="Second")
        await api.json("POST", f"/profiles/{first}/models", 201, json={"model_id": "gpt", "name": "GPT"})
        painter = {"model_id": "painter", "output_modalities": ["image"]}
        await api.json("POST", f"/profiles/{first}/models", 201, json=painter)
        whisper = {"model_id": "whisper", "input_modalities": ["audio"], "output_modalities": ["text"]}
        await api.json("POST", f"/profiles/{first}/models", 201, json=whisper)
        await api.profile()  # of ComfyUI
        sources = await api.json("GET", "/chat/sources")
        assert server.asked == []

    assert [(source["kind"], source["provider"], source["name"], source["is_default"]) for source in sources] == [
        ("environment", "ollama", "ollama (environment)", True),
        ("profile", "openai", "First", True),
        ("profile", "openai", "Second", False),
    ]
    assert sources[1]["profile_id"] == first
    assert sources[1]["default_model"] == "gpt"
    text = {"input_modalities": ["text"], "output_modalities": ["text"]}
    assert sources[1]["models"] == [{"model_id": "gpt", "name": "GPT", **text}]
    assert {"text", "vision"} <= set(sources[1]["capabilities"])
    assert KEY not in str(sources)
    assert KEY[-4:] not in str(sources)


async def test_settings_come_first_and_the_one_shown_first_is_the_one_that_is_asked(api: Application) -> None:
    async with scripted(openai.stream()) as of_profile, scripted(openai.stream()) as of_settings:
        await profile(api, of_profile)
        setting = {"api_key": KEY, "endpoint_url": f"{of_settings.url}/v1", "default_model": "kept"}
        await api.json("PUT", "/settings/openai", json=setting)
        sources = [source for source in await api.json("GET", "/chat/sources") if source["provider"] == "openai"]
        await api.json("POST", "/chat", json={"provider": "openai", "messages": [{"role": "user", "content": "Hi"}]})

        assert of_profile.asked == []
        assert of_settings.asked[0].json["model"] == "kept"

    assert [(source["kind"], source["is_default"], source["default_model"]) for source in sources] == [
        ("settings", True, "kept"),
        ("profile", False, None),
    ]
    assert KEY not in str(sources)


def test_keys_of_the_environment_are_those_of_the_operator() -> None:
    settings = Settings(_env_file=None, openai_api_key=KEY)

    assert settings.provider_key(Provider.OPENAI) == KEY
    assert settings.provider_key(Provider.CLAUDE) is None
