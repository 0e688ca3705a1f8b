"""What a call costs, by the price list that genai-prices brings along; nothing is fetched.

The price of a server of one's own is unknown, not zero.
"""

from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from genai_prices import Usage as PricedUsage
from genai_prices.data_snapshot import get_snapshot

from spoonfeeder.core.vocabulary import Provider
from spoonfeeder.providers.base import Usage

VENDORS = {Provider.OPENAI: "openai", Provider.CLAUDE: "anthropic", Provider.GEMINI: "google"}
SMALLEST = Decimal("0.000000001")
LONGEST_MODEL = 255
PRICES = get_snapshot()
"""Read when the process starts: it takes a few hundredths of a second that no stream should wait for."""


def cost_of(provider: Provider, url: str | None, model: str, usage: Usage, at: datetime) -> Decimal | None:
    """US dollars; None where the price or the number of tokens is not known."""
    vendor = VENDORS.get(provider)
    if vendor is None or usage.input_tokens is None or usage.output_tokens is None or len(model) > LONGEST_MODEL:
        return None
    try:
        seller = PRICES.find_provider(None, None, url) if url else PRICES.find_provider(None, vendor, None)
        found = seller.find_model(model.removeprefix("models/"), all_providers=PRICES.providers)
        if found is None or not _prices_all(found.get_prices(at), usage):
            return None
        counted = PricedUsage(
            input_tokens=usage.input_tokens, output_tokens=usage.output_tokens, cache_read_tokens=usage.cached_tokens
        )
        price: Decimal = found.calc_price(counted, seller, genai_request_timestamp=at).total_price
    except (LookupError, ValueError):
        return None
    return price.quantize(SMALLEST, ROUND_HALF_UP)


def _prices_all(prices: Any, usage: Usage) -> bool:
    """A price that the list does not have counts as nothing there."""
    input_known = prices.input_mtok is not None or not usage.input_tokens
    return input_known and (prices.output_mtok is not None or not usage.output_tokens)
