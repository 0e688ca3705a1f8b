"""The names of options that are known without Google's SDK are those that it, and our makers, take."""

from typing import Any

import pytest
from google.genai import types

from spoonfeeder.core.errors import Invalid
from spoonfeeder.core.vocabulary import Provider
from spoonfeeder.providers.base import Connection
from spoonfeeder.providers.gemini_options import TAKEN, first_refused
from spoonfeeder.providers.gemini_request import OF_MEDIA, checked
from spoonfeeder.providers.gemini_video import Wishes
from spoonfeeder.providers.makers import maker_class
from spoonfeeder.providers.media import Craft, InputFile, MediaRequest
from tests.fixtures import gemini_media_replies as media
from tests.fixtures.scripted import scripted

OWN = {
    Craft.IMAGE: set(types.ImageConfig.model_fields),
    Craft.SPEECH: {"voice", "language_code"},
    Craft.TRANSCRIPTION: {"language", *types.AudioTranscriptionConfig.model_fields},
}


def _takes(name: str) -> bool:
    try:
        checked(types.GenerateContentConfig, {name: None}, OF_MEDIA)
    except Invalid:
        return False
    return True


def test_names_are_those_of_the_sdk() -> None:
    common = {name for name in (*types.GenerateContentConfig.model_fields, "max_tokens", "stop") if _takes(name)}
    assert {craft: common | own for craft, own in OWN.items()} | {Craft.VIDEO: set(Wishes.__struct_fields__)} == TAKEN


@pytest.mark.parametrize("craft", OWN)
async def test_makers_refuse_the_same(craft: Craft, http: Any) -> None:
    async with scripted(media.pictures(b"one")) as server:
        maker = maker_class(Provider.GEMINI, craft)(Connection(Provider.GEMINI, server.url, "k"), http)
        for name in ("colour", "response_modalities", "responseModalities", "candidateCount", "size", "tools"):
            assert first_refused(craft, {"seed": 1, name: 1, "tea": 2}) == name
            request = MediaRequest("m", "x", (InputFile("audio/mpeg", b"a"),), {name: 1})
            with pytest.raises(Invalid, match=name):
                await maker.make(request)
    assert not server.asked
    assert first_refused(craft, {"topP": 0.5, "maxOutputTokens": 9, "seed": 1}) is None
