"""What may not stand among a profile's options: another target, or a secret in the clear (RELIABILITY A17)."""

import re
from typing import Any

from spoonfeeder.core.errors import invalid_field

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


def _require_harmless_name(path: str, name: str) -> None:
    plain = "".join(letter for letter in name.lower() if letter.isalnum())
    if _TARGET.fullmatch(plain):
        raise invalid_field(path, f'Options cannot choose the server ("{name}"); use the field "url".')
    if _SECRET.fullmatch(plain):
        raise invalid_field(path, f'Options are not kept secret ("{name}"); use the field "api_key".')
