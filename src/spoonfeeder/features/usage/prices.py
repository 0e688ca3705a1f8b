"""What a call costs, by the price list that genai-prices brings along; nothing is fetched.

The price of a server of one's own is unknown, not zero. The list takes 6 MB and is loaded before the first call.
"""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from typing import TYPE_CHECKING

from spoonfeeder.core.vocabulary import Provider
from spoonfeeder.providers.base import Usage

if TYPE_CHECKING:
    from genai_prices import Usage as PricedUsage
    from genai_prices import types
    from genai_prices.data_snapshot import DataSnapshot

VENDORS = {Provider.OPENAI: "openai", Provider.CLAUDE: "anthropic", Provider.GEMINI: "google"}
SMALLEST = Decimal("0.000000001")
LONGEST_MODEL = 255


@cache
def price_list() -> "DataSnapshot":
    from genai_prices.data_snapshot import get_snapshot

    return get_snapshot()


async def load_prices(provider: Provider) -> None:
    """To be awaited before a call: to load them takes a few hundredths of a second that no stream should wait for."""
    if provider in VENDORS and not price_list.cache_info().currsize:
        await asyncio.to_thread(price_list)


@dataclass(frozen=True, slots=True)
class Sold:
    """What the list has of a model, at the one who sells it."""

    seller: "types.Provider"
    model: "types.ModelInfo"

    def prices(self, at: datetime) -> "types.ModelPrice":
        return self.model.get_prices(at)

    def cost(self, counted: "PricedUsage", at: datetime) -> Decimal | None:
        """US dollars; None where the counts contradict each other, or one that is priced is missing."""
        try:
            price: Decimal = self.model.calc_price(counted, self.seller, genai_request_timestamp=at).total_price
        except (LookupError, ValueError):
            return None
        return price.quantize(SMALLEST, ROUND_HALF_UP)


def seller_of(provider: Provider, url: str | None) -> "types.Provider | None":
    """None for a server of one's own."""
    vendor = VENDORS.get(provider)
    if vendor is None:
        return None
    try:
        return price_list().find_provider(None, None, url) if url else price_list().find_provider(None, vendor, None)
    except LookupError:
        return None


def sold(provider: Provider, url: str | None, model: str) -> Sold | None:
    """None for what the list does not have."""
    seller = seller_of(provider, url)
    if seller is None or len(model) > LONGEST_MODEL:
        return None
    found = seller.find_model(model.removeprefix("models/"), all_providers=price_list().providers)
    return None if found is None else Sold(seller, found)


def cost_of(provider: Provider, url: str | None, model: str, usage: Usage, at: datetime) -> Decimal | None:
    """US dollars; None where the price or the number of tokens is not known."""
    if usage.input_tokens is None or usage.output_tokens is None:
        return None
    found = sold(provider, url, model)
    if found is None or not prices_all(found.prices(at), usage):
        return None
    from genai_prices import Usage as PricedUsage

    try:
        counted = PricedUsage(
            input_tokens=usage.input_tokens, output_tokens=usage.output_tokens, cache_read_tokens=usage.cached_tokens
        )
    except ValueError:
        return None
    return found.cost(counted, at)


def prices_all(prices: "types.ModelPrice", usage: Usage) -> bool:
    """A price that the list does not have counts as nothing there."""
    input_known = prices.input_mtok is not None or not usage.input_tokens
    return input_known and (prices.output_mtok is not None or not usage.output_tokens)
