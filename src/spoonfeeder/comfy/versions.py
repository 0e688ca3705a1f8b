"""What a given ComfyUI can do, from its version, its feature flags and a probe of its jobs routes (PROTOCOL.md 9)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Version = tuple[int, int, int]

OLDEST: Version = (0, 0, 0)
PROMPT_ID_FROM: Version = (0, 3, 45)
INTERRUPT_BY_ID_FROM: Version = (0, 3, 57)
PREVIEW_METHOD_FROM: Version = (0, 4, 1)
CANCEL_JOBS_FROM: Version = (0, 25, 1)


@dataclass(frozen=True, slots=True)
class Capabilities:
    """`version` is as ComfyUI writes it; an unknown version counts as the oldest, which is the careful side."""

    version: str
    takes_prompt_id: bool
    interrupts_by_id: bool
    lists_jobs: bool
    cancels_jobs: bool
    previews_with_metadata: bool
    previews_per_prompt: bool


@dataclass(frozen=True, slots=True)
class Device:
    """Memory in bytes, 0 where not told."""

    name: str
    kind: str
    vram_total: int
    vram_free: int


@dataclass(frozen=True, slots=True)
class SystemInfo:
    capabilities: Capabilities
    ram_total: int
    ram_free: int
    devices: tuple[Device, ...]
    python_version: str | None = None
    pytorch_version: str | None = None

    @property
    def version(self) -> str:
        return self.capabilities.version


def parse_version(text: str) -> Version:
    """(0, 3, 64) for `0.3.64`, `v0.3.64-12-gabc`…; OLDEST for what has no such shape."""
    found = re.match(r"v?(\d{1,6})\.(\d{1,6})(?:\.(\d{1,6}))?", text.strip())
    return (int(found[1]), int(found[2]), int(found[3] or 0)) if found else OLDEST


def capabilities_of(version_text: str, features: Mapping[str, Any] | None, *, has_jobs: bool) -> Capabilities:
    """`features` is None where /features is missing, `has_jobs` the result of asking /api/jobs."""
    version = parse_version(version_text)
    return Capabilities(
        version=version_text[:50],
        takes_prompt_id=version >= PROMPT_ID_FROM or features is not None,
        interrupts_by_id=version >= INTERRUPT_BY_ID_FROM or has_jobs,
        lists_jobs=has_jobs,
        cancels_jobs=has_jobs and version >= CANCEL_JOBS_FROM,
        previews_with_metadata=bool(features and features.get("supports_preview_metadata")),
        previews_per_prompt=version >= PREVIEW_METHOD_FROM or has_jobs,
    )


def system_info(stats: Any, features: Any, *, has_jobs: bool) -> SystemInfo:
    """Reads the replies of /system_stats and /features, whatever they hold."""
    system = _dict(_dict(stats).get("system"))
    devices = _dict(stats).get("devices")
    version = system.get("comfyui_version")
    return SystemInfo(
        capabilities=capabilities_of(
            version if isinstance(version, str) else "",
            features if isinstance(features, dict) else None,
            has_jobs=has_jobs,
        ),
        ram_total=_bytes(system, "ram_total"),
        ram_free=_bytes(system, "ram_free"),
        devices=tuple(_device(_dict(told)) for told in (devices[:64] if isinstance(devices, list) else ())),
        python_version=_first_word(system, "python_version"),
        pytorch_version=_first_word(system, "pytorch_version"),
    )


def _device(told: Mapping[str, Any]) -> Device:
    return Device(
        name=str(told.get("name", ""))[:200],
        kind=str(told.get("type", ""))[:50],
        vram_total=_bytes(told, "vram_total"),
        vram_free=_bytes(told, "vram_free"),
    )


def _first_word(told: Mapping[str, Any], key: str) -> str | None:
    """`3.11.7` of `3.11.7 (main, …) [GCC 12.2.0]`."""
    value = told.get(key)
    words = value.split(maxsplit=1) if isinstance(value, str) else []
    return words[0][:50] if words else None


def _dict(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _bytes(told: Mapping[str, Any], key: str) -> int:
    value = told.get(key)
    return value if isinstance(value, int) and value >= 0 else 0
