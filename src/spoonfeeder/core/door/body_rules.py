"""How large a body may be and what it must be, by address (docs/api.md, "Caps")."""

import re
from dataclasses import dataclass
from enum import Enum, auto
from re import Pattern

KIB = 1024
MIB = 1024 * KIB
LEAST_LIMIT_BYTES = 256 * KIB


class BodyKind(Enum):
    JSON = auto()  # read, checked and parsed by the door
    STREAM = auto()  # counted while the route reads it
    PACKETS = auto()  # Socket.IO's polling transport


@dataclass(frozen=True)
class BodyRule:
    addresses: Pattern[str]
    limit_bytes: int
    kind: BodyKind = BodyKind.JSON
    max_values: int = 20_000
    only_forms: bool = False


RULES = (
    BodyRule(re.compile(r"/api/comfyui/uploads/?"), 64 * MIB, BodyKind.STREAM),
    BodyRule(re.compile(r"/api/comfyui/workflows/upload/?"), 64 * MIB, BodyKind.STREAM),
    BodyRule(re.compile(r"/api/comfyui/workflows/?"), 64 * MIB, BodyKind.STREAM, only_forms=True),
    BodyRule(re.compile(r"/api/comfyui/workflows/[^/]+/thumbnail/?"), 16 * MIB, BodyKind.STREAM),
    BodyRule(re.compile(r"/socket\.io(/.*)?"), 256 * KIB, BodyKind.PACKETS),
    BodyRule(re.compile(r"/api/comfyui/(workflows|prompt)(/.*)?"), 8 * MIB, max_values=500_000),
    BodyRule(re.compile(r"/api/comfyui/sessions/[^/]+/(generate|sweep)/?"), 8 * MIB, max_values=500_000),
    BodyRule(re.compile(r"/(api/(chat|tasks|conversations)|v1)(/.*)?"), 32 * MIB),
    BodyRule(re.compile(r".*", re.DOTALL), LEAST_LIMIT_BYTES),
)


def rule_for(path: str, media_type: bytes = b"") -> BodyRule:
    is_form = media_type == b"multipart/form-data"
    return next(rule for rule in RULES if rule.addresses.fullmatch(path) and (is_form or not rule.only_forms))
