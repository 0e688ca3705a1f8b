"""What pictures, speech, transcripts and videos cost, by genai-prices; what its list does not have is unknown.

Of Sora alone, which is sold by the second, the prices are our own: those that OpenAI published when it began to sell it
in October 2025, taken from third parties that quote its page, and compared with no bill.
"""

import math
import re
from collections.abc import Mapping
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any

from spoonfeeder.core.vocabulary import Provider
from spoonfeeder.features.usage.prices import SMALLEST, VENDORS, prices_all, seller_of, sold
from spoonfeeder.providers.base import Usage

if TYPE_CHECKING:
    from genai_prices import Usage as PricedUsage
    from genai_prices import types

_SHARES = tuple(f"{side}_{kind}_tokens" for side in ("input", "output") for kind in ("text", "image", "audio", "video"))
_PER_SECOND: tuple[tuple[re.Pattern[str], Mapping[int, str]], ...] = (
    (re.compile(r"sora-2(-20\d\d.*)?"), {720: "0.10"}),
    (re.compile(r"sora-2-pro(-20\d\d.*)?"), {720: "0.30", 1024: "0.50"}),
)
"""Model, and US dollars by the shorter side."""
_SIZE = re.compile(r"(\d{2,5})x(\d{2,5})")
_USUAL_SIDE = 720


def cost_of_made(
    provider: Provider, url: str | None, model: str, usage: Usage, details: Mapping[str, Any], at: datetime
) -> Decimal | None:
    """US dollars; `details` are those of what was made. None where the price, or what it goes by, is not known."""
    found = sold(provider, url, model)
    counted = _counted(found.prices(at), usage, details) if found else None
    cost = found.cost(counted, at) if found and counted else None
    return cost if cost is not None else _by_length(provider, url, model, details)


def _counted(prices: "types.ModelPrice", usage: Usage, details: Mapping[str, Any]) -> "PricedUsage | None":
    """In the unit in which the model is sold."""
    from genai_prices import Usage as PricedUsage

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


def _tokens(prices: "types.ModelPrice", usage: Usage, details: Mapping[str, Any]) -> "PricedUsage | None":
    """Where nothing is said of their kind, those that a maker of pictures or videos gives are such."""
    if usage.input_tokens is None or usage.output_tokens is None or not prices_all(prices, usage):
        return None
    shares = {name: int(count) for name in _SHARES if (count := _number(details, name)) is not None}
    if "count" in details and not any(name.startswith("output_") for name in shares):
        kinds = [kind for kind in ("image", "video") if vars(prices).get(f"output_{kind}_mtok") is not None]
        shares |= {f"output_{kind}_tokens": usage.output_tokens for kind in kinds[:1]}
    from genai_prices import Usage as PricedUsage

    return PricedUsage(
        input_tokens=usage.input_tokens,
        output_tokens=usage.output_tokens,
        cache_read_tokens=usage.cached_tokens,
        **shares,
    )


def _by_length(provider: Provider, url: str | None, model: str, details: Mapping[str, Any]) -> Decimal | None:
    seller, seconds = seller_of(provider, url), _number(details, "seconds")
    if seller is None or seller.id != VENDORS[Provider.OPENAI] or seconds is None:
        return None
    rates = next((rates for named, rates in _PER_SECOND if named.fullmatch(model)), {})
    rate = rates.get(_shorter_side(details))
    if rate is None:
        return None
    cost = Decimal(rate) * Decimal(str(seconds)) * int(_number(details, "count") or 1)
    return cost.quantize(SMALLEST, ROUND_HALF_UP)


def _shorter_side(details: Mapping[str, Any]) -> int:
    """In pixels; 0 where it cannot be read."""
    if "size" not in details:
        return _USUAL_SIDE
    size = _SIZE.fullmatch(str(details["size"]))
    return min(int(size[1]), int(size[2])) if size else 0


def _number(details: Mapping[str, Any], name: str) -> float | None:
    """None for what is no number that something can be reckoned by."""
    value = details.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value) or value < 0:
        return None
    return min(float(value), 1e12)
