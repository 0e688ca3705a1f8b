"""Prices by the list that comes with genai-prices; what is unknown is never nothing."""

import socket
from datetime import UTC, datetime
from decimal import Decimal
from typing import NoReturn

import pytest

from spoonfeeder.core.vocabulary import Provider
from spoonfeeder.features.usage.prices import cost_of, price_list
from spoonfeeder.providers.base import Usage

AT = datetime(2026, 11, 1, tzinfo=UTC)
SOME = Usage(1_000_000, 100_000)
OPENAI, CLAUDE, GEMINI, OLLAMA = Provider.OPENAI, Provider.CLAUDE, Provider.GEMINI, Provider.OLLAMA

PRICED = [
    (OPENAI, None, "gpt-4o", "3.5"),
    (OPENAI, None, "gpt-4o-2024-08-06", "3.5"),
    (OPENAI, None, "gpt-4o-2024-05-13", "6.5"),
    (OPENAI, "https://api.openai.com/v1", "gpt-4o", "3.5"),
    (OPENAI, "https://openrouter.ai/api/v1", "openai/gpt-4o", "3.5"),
    (OPENAI, "https://example.openai.azure.com/openai/v1", "gpt-4o", "3.5"),
    (CLAUDE, None, "claude-opus-4-1-20250805", "22.5"),
    (CLAUDE, "https://api.anthropic.com", "claude-opus-4-1", "22.5"),
    (GEMINI, None, "gemini-2.5-flash", "0.55"),
    (GEMINI, None, "models/gemini-2.5-flash", "0.55"),
]
UNKNOWN = [
    (OPENAI, None, "a-model-that-nobody-sells"),
    (OPENAI, None, ""),
    (OPENAI, None, "gpt-4o" * 1_000),
    (OPENAI, "http://127.0.0.1:8000/v1", "gpt-4o"),
    (OPENAI, "https://models.example.com/v1", "gpt-4o"),
    (CLAUDE, "https://proxy.example.com", "claude-opus-4-1"),
    (CLAUDE, None, "gpt-4o"),
    (OLLAMA, None, "llama3"),
    (OLLAMA, "https://api.openai.com", "gpt-4o"),
    (Provider.COMFYUI, None, "gpt-4o"),
]
UNCOUNTED = [
    Usage(),
    Usage(input_tokens=10),
    Usage(output_tokens=10),
    Usage(-1, 10),
    Usage(10, 10, cached_tokens=11),
]


@pytest.mark.parametrize(("provider", "url", "model", "dollars"), PRICED)
def test_what_is_listed_has_its_price(provider: Provider, url: str | None, model: str, dollars: str) -> None:
    assert cost_of(provider, url, model, SOME, AT) == Decimal(dollars)


@pytest.mark.parametrize(("provider", "url", "model"), UNKNOWN)
def test_what_is_not_listed_has_none(provider: Provider, url: str | None, model: str) -> None:
    assert cost_of(provider, url, model, SOME, AT) is None


@pytest.mark.parametrize("usage", UNCOUNTED)
def test_what_nobody_counted_has_none(usage: Usage) -> None:
    assert cost_of(OPENAI, None, "gpt-4o", usage, AT) is None


def test_cached_tokens_are_cheaper_and_reasoning_is_part_of_the_output() -> None:
    assert cost_of(OPENAI, None, "gpt-4o", Usage(1_000_000, 0, cached_tokens=1_000_000), AT) == Decimal("1.25")
    assert cost_of(OPENAI, None, "gpt-4o", Usage(0, 100_000, reasoning_tokens=90_000), AT) == Decimal(1)


def test_small_sums_are_exact() -> None:
    assert cost_of(OPENAI, None, "gpt-4o-mini", Usage(1, 1), AT) == Decimal("0.00000075")
    assert cost_of(OPENAI, None, "gpt-4o", Usage(0, 0), AT) == 0


def test_a_model_without_any_price_in_the_list_is_unknown() -> None:
    bare = [
        (seller, model)
        for seller in price_list().providers
        for model in seller.models
        if model.get_prices(AT).input_mtok is None and model.get_prices(AT).output_mtok is None
    ]
    assert bare
    for seller, model in bare:
        if seller.id == "openai":
            assert cost_of(OPENAI, None, model.id, SOME, AT) is None


def test_nothing_is_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> NoReturn:
        raise AssertionError("the price list was asked for over the network")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)

    assert not price_list().from_auto_update
    assert cost_of(OPENAI, None, "gpt-4o", SOME, AT) is not None
    assert cost_of(OPENAI, "https://openrouter.ai/api/v1", "unheard/of", SOME, AT) is None
