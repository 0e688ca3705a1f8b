"""The columns of a generation's row, as they stand in the graph that is run."""

from dataclasses import asdict, dataclass, field
from typing import Any

MAX_INT = 2**31 - 1
MAX_SEED = 2**64 - 1


@dataclass(frozen=True, slots=True)
class Summary:
    prompt_text: str | None = None
    negative_prompt: str | None = None
    width: int | None = None
    height: int | None = None
    steps: int | None = None
    cfg_scale: float | None = None
    seed: int | None = None
    sampler_name: str | None = None
    scheduler: str | None = None
    batch_size: int = 1
    checkpoint_name: str | None = None
    loras_used: list[dict[str, Any]] = field(default_factory=list)

    def columns(self) -> dict[str, Any]:
        return asdict(self)


def summarize(
    values: dict[str, Any], loras: list[dict[str, Any]], prompt_text: str | None, negative_prompt: str | None
) -> Summary:
    """`values` by standard name; what a column cannot hold (a graph may say anything) is left out or cut."""
    cfg = values.get("cfg_scale")
    return Summary(
        prompt_text=prompt_text,
        negative_prompt=negative_prompt,
        width=_whole(values.get("width"), MAX_INT),
        height=_whole(values.get("height"), MAX_INT),
        steps=_whole(values.get("steps"), MAX_INT),
        cfg_scale=float(cfg) if isinstance(cfg, int | float) and abs(cfg) <= MAX_SEED else None,
        seed=_whole(values.get("seed"), MAX_SEED),
        sampler_name=_text(values.get("sampler_name"), 50),
        scheduler=_text(values.get("scheduler"), 50),
        batch_size=_whole(values.get("batch_size"), MAX_INT) or 1,
        checkpoint_name=_text(values.get("checkpoint_name"), 255),
        loras_used=loras,
    )


def _whole(value: Any, maximum: int) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= maximum:
        return None
    return int(value)


def _text(value: Any, length: int) -> str | None:
    return value[:length] if isinstance(value, str) else None
