"""What a try brought: the text, the kept files, and the figures that a result shows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from math import isfinite
from typing import Any

from spoonfeeder.core.vocabulary import FinishReason
from spoonfeeder.features.calls.sources import Source
from spoonfeeder.features.calls.speech import Speech
from spoonfeeder.features.tasks.keeping import Output
from spoonfeeder.features.usage.rows import plausible
from spoonfeeder.providers.base import Usage
from spoonfeeder.providers.errors import Broken
from spoonfeeder.providers.media import Craft, Made


@dataclass(frozen=True, slots=True)
class Produced:
    """`more` is what the provider told beside; `details` of all of it are those of the result."""

    source: Source
    model: str
    text: str | None
    outputs: Sequence[Output]
    usage: Usage
    finish: FinishReason
    duration_ms: int
    cost_usd: Decimal | None
    more: Mapping[str, Any] = field(default_factory=dict)

    @property
    def content(self) -> str:
        return self.text or (self.outputs[0].shown["url"] if self.outputs else "")

    @property
    def details(self) -> dict[str, Any]:
        usage = plausible(self.usage)
        both = (usage.input_tokens, usage.output_tokens)
        known = [each for each in both if each is not None]
        return {
            **self.more,
            "model": self.model,
            "provider": self.source.provider,
            "profile_id": None if self.source.profile_id is None else str(self.source.profile_id),
            "tokens": usage.total_tokens or (sum(known) if known else None),
            "input_tokens": usage.input_tokens,
            "output_tokens": usage.output_tokens,
            "duration_ms": self.duration_ms,
            "finish_reason": self.finish,
            "cost_usd": None if self.cost_usd is None else float(self.cost_usd),
        }


def plain_text(made: Made) -> str | None:
    """As JSON and PostgreSQL can hold it."""
    return None if made.text is None else _plain(made.text)


def _plain(text: str) -> str:
    speech = Speech()
    return speech.hear(text) + speech.end()


def require_whole(craft: Craft, made: Made) -> None:
    """Raises Broken for an answer without what was asked for."""
    is_text = craft in {Craft.TRANSCRIPTION, Craft.BACKGROUND_TEXT}
    if not is_text and not made.files:
        raise Broken("The provider answered, but sent no file.")
    if is_text and made.text is None:
        raise Broken("The provider answered, but sent no text.")


def measures_of(craft: Craft, made: Made, outputs: Sequence[Output], heard_seconds: float | None) -> dict[str, Any]:
    """What the provider told of it, and where it did not, what we can measure and a price may depend on."""
    found = dict(made.details)
    if outputs:
        found["count"] = len(outputs)
    if craft is Craft.SPEECH:
        seconds = [each.shown["duration_seconds"] for each in outputs if each.shown["duration_seconds"]]
        found.setdefault("seconds", sum(seconds) if seconds else None)
    if craft is Craft.TRANSCRIPTION:
        found.setdefault("input_seconds", heard_seconds)
    told = ((name, _plain(value) if isinstance(value, str) else value) for name, value in found.items())
    return {name: value for name, value in told if isinstance(value, str | int) or _is_finite(value)}


def _is_finite(value: Any) -> bool:
    return isinstance(value, float) and isfinite(value)
