"""Who makes what: the crafts of each provider, imported at their first use as the adapters are."""

from collections.abc import Mapping
from importlib import import_module

from spoonfeeder.core.vocabulary import Provider
from spoonfeeder.providers.errors import NotSupported
from spoonfeeder.providers.media import Craft, Maker, RemoteMaker

PACKAGE = "spoonfeeder.providers"
MAKERS: Mapping[tuple[Provider, Craft], tuple[str, str]] = {
    (Provider.OPENAI, Craft.IMAGE): ("openai_images", "OpenAIImages"),
    (Provider.OPENAI, Craft.SPEECH): ("openai_speech", "OpenAISpeech"),
    (Provider.OPENAI, Craft.TRANSCRIPTION): ("openai_transcription", "OpenAITranscription"),
    (Provider.GEMINI, Craft.IMAGE): ("gemini_images", "GeminiImages"),
    (Provider.GEMINI, Craft.SPEECH): ("gemini_speech", "GeminiSpeech"),
    (Provider.GEMINI, Craft.TRANSCRIPTION): ("gemini_transcription", "GeminiTranscription"),
}
"""Module and class; each answers in one call."""
REMOTE_MAKERS: Mapping[tuple[Provider, Craft], tuple[str, str]] = {
    (Provider.OPENAI, Craft.VIDEO): ("openai_video", "OpenAIVideo"),
    (Provider.OPENAI, Craft.BACKGROUND_TEXT): ("openai_background", "OpenAIBackground"),
    (Provider.GEMINI, Craft.VIDEO): ("gemini_video", "GeminiVideo"),
}
"""The same for jobs at the provider."""


def crafts_of(provider: Provider) -> frozenset[Craft]:
    return frozenset(craft for maker, craft in (*MAKERS, *REMOTE_MAKERS) if maker is provider)


def is_remote(provider: Provider, craft: Craft) -> bool:
    return (provider, craft) in REMOTE_MAKERS


def maker_class(provider: Provider, craft: Craft) -> type[Maker]:
    """Raises NotSupported."""
    return _imported(MAKERS, provider, craft)  # type: ignore[return-value]


def remote_maker_class(provider: Provider, craft: Craft) -> type[RemoteMaker]:
    """Raises NotSupported."""
    return _imported(REMOTE_MAKERS, provider, craft)  # type: ignore[return-value]


def _imported(table: Mapping[tuple[Provider, Craft], tuple[str, str]], provider: Provider, craft: Craft) -> object:
    place = table.get((provider, craft))
    if place is None:
        raise NotSupported(f"{provider} does not offer {craft.replace('_', ' ')}.")
    module, name = place
    return getattr(import_module(f"{PACKAGE}.{module}"), name)
