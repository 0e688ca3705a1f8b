"""What pictures, speech, transcripts and videos cost: by genai-prices, and by length where its list has no such price.

Prices per second are those of the vendors' own pages (openai.com/api/pricing, ai.google.dev/gemini-api/docs/pricing),
as they stood on 2026-10-07; the one of spoken text is OpenAI's own estimate.
"""

import math
import re
from collections.abc import Mapping
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from genai_prices import Usage as PricedUsage
from genai_prices import types

from spoonfeeder.core.vocabulary import Provider
from spoonfeeder.features.usage.prices import SMALLEST, prices_all, seller_of, sold
from spoonfeeder.providers.base import Usage

_SHARES = tuple(f"{side}_{kind}_tokens" for side in ("input", "output") for kind in ("text", "image", "audio", "video"))
_PER_SECOND: tuple[tuple[str, re.Pattern[str], Mapping[str, str]], ...] = (
    ("openai", re.compile(r"sora-2(-20\d\d.*)?"), {"720p": "0.10"}),
    ("openai", re.compile(r"sora-2-pro(-20\d\d.*)?"), {"720p": "0.30", "1024p": "0.50"}),
    ("openai", re.compile(r"gpt-4o-mini-tts(-20\d\d.*)?"), {"": "0.00025"}),
    ("google", re.compile(r"veo-3\.1-generate-.*"), {"720p": "0.40", "1080p": "0.40", "4k": "0.60"}),
    ("google", re.compile(r"veo-3\.1-fast-generate-.*"), {"720p": "0.10", "1080p": "0.12", "4k": "0.30"}),
    ("google", re.compile(r"veo-3\.1-lite-generate-.*"), {"720p": "0.05", "1080p": "0.08"}),
)
"""Seller, model, and US dollars by resolution; "" where there is none."""
_SIZE = re.compile(r"(\d{2,5})x(\d{2,5})")
_LINES = {2160: "4k"}


def cost_of_made(
    provider: Provider, url: str | None, model: str, usage: Usage, details: Mapping[str, Any], at: datetime
) -> Decimal | None:
    """US dollars; `details` are those of what was made. None where the price, or what it goes by, is not known."""
    found = sold(provider, url, model)
    counted = _counted(found.prices(at), usage, details) if found else None
    cost = found.cost(counted, at) if found and counted else None
    return cost if cost is not None else _by_length(provider, url, model, details)


def _counted(prices: types.ModelPrice, usage: Usage, details: Mapping[str, Any]) -> PricedUsage | None:
    """In the unit in which the model is sold."""
    priced = {name for name, price in vars(prices).items() if price is not None}
    try:
        if "audio_hours" in priced:
            seconds = _number(details, "input_seconds")
            return None if seconds is None else PricedUsage(audio_seconds=seconds)
        if "input_mchars" in priced:
            letters = _number(details, "characters")
            return None if letters is None else PricedUsage(input_characters=int(letters))
        return _tokens(prices, usage, details)
    except ValueError:
        return None


def _tokens(prices: types.ModelPrice, usage: Usage, details: Mapping[str, Any]) -> PricedUsage | None:
    """Where nothing is said of their kind, those that a maker of pictures or videos gives are such."""
    if usage.input_tokens is None or usage.output_tokens is None or not prices_all(prices, usage):
        return None
    shares = {name: int(count) for name in _SHARES if (count := _number(details, name)) is not None}
    if "count" in details and not any(name.startswith("output_") for name in shares):
        kinds = [kind for kind in ("image", "video") if vars(prices).get(f"output_{kind}_mtok") is not None]
        shares |= {f"output_{kind}_tokens": usage.output_tokens for kind in kinds[:1]}
    return PricedUsage(
        input_tokens=usage.input_tokens,
        output_tokens=usage.output_tokens,
        cache_read_tokens=usage.cached_tokens,
        **shares,
    )


def _by_length(provider: Provider, url: str | None, model: str, details: Mapping[str, Any]) -> Decimal | None:
    seller, seconds = seller_of(provider, url), _number(details, "seconds")
    if seller is None or seconds is None:
        return None
    name = model.removeprefix("models/")
    rates = next((rates for sold_by, named, rates in _PER_SECOND if sold_by == seller.id and named.fullmatch(name)), {})
    rate = rates.get("") or rates.get(_resolution(details))
    if rate is None:
        return None
    cost = Decimal(rate) * Decimal(str(seconds)) * int(_number(details, "count") or 1)
    return cost.quantize(SMALLEST, ROUND_HALF_UP)


def _resolution(details: Mapping[str, Any]) -> str:
    """As it is sold; both vendors make 720p where nothing else is asked for."""
    told = details.get("resolution") or details.get("size") or "720p"
    size = _SIZE.fullmatch(str(told))
    if size is None:
        return str(told).lower()
    lines = min(int(size[1]), int(size[2]))
    return _LINES.get(lines, f"{lines}p")


def _number(details: Mapping[str, Any], name: str) -> float | None:
    """None for what is no number that something can be reckoned by."""
    value = details.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value) or value < 0:
        return None
    return min(float(value), 1e12)
