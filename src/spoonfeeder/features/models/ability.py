"""What can be asked of a model."""

from collections.abc import Sequence

from spoonfeeder.core.vocabulary import Modality, Provider
from spoonfeeder.providers.base import Capability
from spoonfeeder.providers.ollama_library import LocalModel

_MADE = {
    Modality.TEXT: Capability.TEXT,
    Modality.IMAGE: Capability.IMAGE,
    Modality.AUDIO: Capability.AUDIO,
    Modality.VIDEO: Capability.VIDEO,
}


def abilities(
    provider: Provider, model_id: str, takes: Sequence[Modality], gives: Sequence[Modality], known: LocalModel | None
) -> list[Capability]:
    """By its modalities; what an Ollama itself says of a model counts more than its name."""
    if _embeds(model_id, known):
        found = [Capability.EMBEDDINGS]
    else:
        found = [_MADE[modality] for modality in gives]
        if Modality.TEXT in gives and Modality.IMAGE in takes:
            found.append(Capability.VISION)
    return [*found, *([Capability.MODEL_MANAGEMENT] if provider is Provider.OLLAMA else [])]


def _embeds(model_id: str, known: LocalModel | None) -> bool:
    """It makes vectors, and no text."""
    if known is not None and known.capabilities:
        return "embedding" in known.capabilities and "completion" not in known.capabilities
    return "embed" in model_id.lower()
