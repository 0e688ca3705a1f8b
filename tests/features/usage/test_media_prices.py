"""What is made costs what the vendor asks for it; what is unknown is never nothing."""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from spoonfeeder.core.vocabulary import Provider
from spoonfeeder.features.usage.media_prices import cost_of_made
from spoonfeeder.providers.base import Usage

AT = datetime(2026, 11, 1, tzinfo=UTC)
OPENAI, GEMINI = Provider.OPENAI, Provider.GEMINI
NONE = Usage()
DRAWN = Usage(1_000, 1_000, 2_000)
Details = Mapping[str, Any]

PRICED: list[tuple[Provider, str, Usage, Details, str]] = [
    (OPENAI, "gpt-image-2", DRAWN, {"count": 1, "input_image_tokens": 900, "output_image_tokens": 1_000}, "0.0377"),
    (OPENAI, "gpt-image-2", DRAWN, {"count": 1}, "0.035"),
    (OPENAI, "gpt-image-1.5", DRAWN, {"count": 1}, "0.037"),
    (OPENAI, "gpt-image-1.5", DRAWN, {"count": 1, "output_image_tokens": 900, "output_text_tokens": 100}, "0.0348"),
    (OPENAI, "tts-1", NONE, {"count": 1, "characters": 2_000}, "0.03"),
    (OPENAI, "whisper-1", NONE, {"input_seconds": 90}, "0.009"),
    (OPENAI, "gpt-transcribe", Usage(10, 20), {"input_seconds": 60.0}, "0.0045"),
    (OPENAI, "gpt-4o-transcribe", Usage(100, 10), {"input_audio_tokens": 90, "input_text_tokens": 10}, "0.000665"),
    (OPENAI, "gpt-4o", Usage(1_000_000, 100_000), {}, "3.5"),
    (OPENAI, "sora-2", NONE, {"count": 1, "seconds": 8.0, "size": "720x1280"}, "0.8"),
    (OPENAI, "sora-2-2025-12-08", NONE, {"seconds": 4}, "0.4"),
    (OPENAI, "sora-2-pro", NONE, {"count": 1, "seconds": 8, "size": "1792x1024"}, "4"),
    (GEMINI, "gemini-3.1-flash-image", Usage(1_000, 1_000), {"count": 1, "output_image_tokens": 900}, "0.0548"),
    (GEMINI, "gemini-3.1-flash-image", Usage(1_000, 1_000), {"count": 1}, "0.0605"),
    (GEMINI, "gemini-omni-1.1-flash", Usage(1_000, 10_000), {"count": 1, "output_video_tokens": 9_000}, "0.168"),
    (GEMINI, "gemini-omni-1.1-flash", Usage(1_000, 10_000), {"count": 1, "seconds": 8}, "0.1765"),
    (GEMINI, "gemini-2.5-flash-preview-tts", Usage(1_000, 10_000), {"count": 1}, "0.1005"),
]
UNKNOWN: list[tuple[Provider, str | None, str, Usage, Details]] = [
    (OPENAI, "http://127.0.0.1:8000/v1", "gpt-image-2", DRAWN, {"count": 1}),
    (OPENAI, "http://127.0.0.1:8000/v1", "sora-2", NONE, {"seconds": 8}),
    (OPENAI, "https://openrouter.ai/api/v1", "sora-2", NONE, {"seconds": 8}),
    (GEMINI, None, "veo-3.1-generate-preview", NONE, {"seconds": 8}),
    (Provider.OLLAMA, None, "sora-2", NONE, {"seconds": 8}),
    (Provider.COMFYUI, None, "", NONE, {}),
    (OPENAI, None, "a-model-that-nobody-sells", DRAWN, {"seconds": 8}),
    (OPENAI, None, "sora-2" * 1_000, NONE, {"seconds": 8}),
    (OPENAI, None, "sora-2", NONE, {}),
    (OPENAI, None, "sora-2", NONE, {"seconds": 8, "size": "1792x1024"}),
    (OPENAI, None, "sora-2-pro", NONE, {"seconds": 8, "size": "huge"}),
    (OPENAI, None, "sora-2", NONE, {"seconds": "8"}),
    (OPENAI, None, "sora-2", NONE, {"seconds": float("nan")}),
    (OPENAI, None, "sora-2", NONE, {"seconds": -8}),
    (OPENAI, None, "gpt-4o-mini-tts", NONE, {"characters": 2_000, "seconds": 90.5}),
    (OPENAI, None, "tts-1", NONE, {"characters": True}),
    (OPENAI, None, "whisper-1", Usage(10, 10), {}),
    (OPENAI, None, "gpt-image-2", NONE, {"count": 1}),
    (OPENAI, None, "gpt-image-2", DRAWN, {"count": 1, "input_image_tokens": 1_001}),
    (GEMINI, None, "sora-2", NONE, {"seconds": 8}),
]


@pytest.mark.parametrize(("provider", "model", "usage", "details", "dollars"), PRICED)
def test_what_is_made_has_its_price(
    provider: Provider, model: str, usage: Usage, details: Details, dollars: str
) -> None:
    assert cost_of_made(provider, None, model, usage, details, AT) == Decimal(dollars)


@pytest.mark.parametrize(("provider", "url", "model", "usage", "details"), UNKNOWN)
def test_what_cannot_be_reckoned_has_none(
    provider: Provider, url: str | None, model: str, usage: Usage, details: Details
) -> None:
    assert cost_of_made(provider, url, model, usage, details, AT) is None


def test_vendor_by_its_address() -> None:
    found = cost_of_made(OPENAI, "https://api.openai.com/v1", "sora-2", NONE, {"seconds": 8}, AT)
    assert found == Decimal("0.8")
