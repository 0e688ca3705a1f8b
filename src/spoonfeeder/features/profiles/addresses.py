"""The `url` of a profile: its normal form and its default."""

from urllib.parse import urlsplit

from spoonfeeder.core.errors import invalid_field
from spoonfeeder.core.settings import Settings
from spoonfeeder.core.targets import TargetPolicy, TargetUnknown
from spoonfeeder.core.vocabulary import Provider
from spoonfeeder.providers import ollama_http

COMFYUI_URL = "http://127.0.0.1:8188"


def default_url(settings: Settings, provider: Provider) -> str | None:
    """Where a provider on one's own machines is by default; None for the others, whose SDK knows."""
    match provider:
        case Provider.COMFYUI:
            return settings.comfyui_url or COMFYUI_URL
        case Provider.OLLAMA:
            return settings.ollama_url or ollama_http.OWN_URL
        case _:
            return None


async def checked_url(targets: TargetPolicy, url: str | None, field: str = "url") -> str | None:
    """The address without a trailing slash, None for an empty one; raises TargetNotAllowed or Invalid.

    A name that has no address now is accepted: a profile may be saved while its machine is off.
    """
    plain = (url or "").strip()
    if not plain:
        return None
    try:
        await targets.resolve(plain)
    except TargetUnknown:
        pass
    parts = urlsplit(plain)
    if parts.scheme not in {"http", "https"}:
        raise invalid_field(field, "The URL must begin with http:// or https://.")
    if "?" in plain or "#" in plain:
        raise invalid_field(field, "The URL of a server has no ? or # part.")
    return plain.rstrip("/")
