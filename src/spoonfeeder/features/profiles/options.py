"""What may not stand among options: another target, a secret in the clear (RELIABILITY A17), what the call decides."""

import re
from typing import Any

from pydantic.alias_generators import to_snake

from spoonfeeder.core.errors import invalid_field
from spoonfeeder.core.vocabulary import Provider
from spoonfeeder.providers.reserved import RESERVED_OPTIONS

_TARGET = re.compile(
    r"(?:base|api|server|proxy|endpoint)?ur[li]|api(?:base|host)|(?:azure|api)?endpoint|host|hostname|server|proxy|proxies"
)
_SECRET = re.compile(r"(?:x|xgoog)?apikey|authorization|(?:access|auth|bearer)token|password|secret")


def require_harmless(options: Any) -> None:
    """Raises Invalid that names the option; looks at every depth, since SDKs nest such names."""
    waiting: list[tuple[str, Any]] = [("options", options)]
    while waiting:
        path, value = waiting.pop()
        if isinstance(value, list):
            waiting.extend((f"{path}.{position}", item) for position, item in enumerate(value))
        elif isinstance(value, dict):
            for name, item in value.items():
                _require_harmless_name(f"{path}.{name}", name)
                waiting.append((f"{path}.{name}", item))


def require_free(provider: Provider, options: Any) -> None:
    """Raises Invalid for the name of something that each call decides itself; a ComfyUI's options are in no call."""
    for name in options or {}:
        if provider is not Provider.COMFYUI and to_snake(name).lower() in RESERVED_OPTIONS:
            raise invalid_field(f"options.{name}", f'"{name}" is no option: each request decides it.')


def _require_harmless_name(path: str, name: str) -> None:
    plain = "".join(letter for letter in name.lower() if letter.isalnum())
    if _TARGET.fullmatch(plain):
        raise invalid_field(path, f'Options cannot choose the server ("{name}"); use the field "url".')
    if _SECRET.fullmatch(plain):
        raise invalid_field(path, f'Options are not kept secret ("{name}"); use the field "api_key".')
