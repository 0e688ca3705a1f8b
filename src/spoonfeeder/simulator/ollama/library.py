"""The models that a simulated Ollama has, and which of them are in memory."""

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

GIGABYTE = 1_000_000_000
FOR_EVER_SECONDS = 10.0 * 365 * 24 * 3600


class NoSuchModel(Exception):
    """The model is not here; the text is its name as it was asked for."""


@dataclass(frozen=True)
class Model:
    name: str
    family: str
    parameter_size: str
    quantization: str
    size: int
    context_length: int
    capabilities: tuple[str, ...]

    @property
    def digest(self) -> str:
        return sha256(self.name.encode()).hexdigest()

    def details(self) -> dict[str, Any]:
        return {
            "parent_model": "",
            "format": "gguf",
            "family": self.family,
            "families": [self.family],
            "parameter_size": self.parameter_size,
            "quantization_level": self.quantization,
        }


AT_FIRST = (
    Model("llama3.2:latest", "llama", "3.2B", "Q4_K_M", 2 * GIGABYTE, 131_072, ("completion", "tools")),
    Model("llava:7b", "llama", "7.2B", "Q4_0", 4 * GIGABYTE, 32_768, ("completion", "vision")),
    Model("all-minilm:latest", "bert", "23M", "F16", 46_000_000, 512, ("embedding",)),
)


def full_name(name: str) -> str:
    return name if ":" in name.rpartition("/")[2] else f"{name}:latest"


@dataclass
class Library:
    """`loaded` tells by name until when, on the clock of the day."""

    models: dict[str, Model] = field(default_factory=lambda: {model.name: model for model in AT_FIRST})
    loaded: dict[str, float] = field(default_factory=dict)

    def get(self, name: str) -> Model:
        """Raises NoSuchModel."""
        model = self.models.get(full_name(name))
        if model is None:
            raise NoSuchModel(name)
        return model

    def add(self, name: str) -> Model:
        model = Model(full_name(name), "llama", "1B", "Q4_K_M", GIGABYTE, 8_192, ("completion",))
        return self.models.setdefault(model.name, model)

    def remove(self, name: str) -> None:
        """Raises NoSuchModel."""
        model = self.get(name)
        del self.models[model.name]
        self.loaded.pop(model.name, None)

    def is_loaded(self, model: Model) -> bool:
        return self.loaded.get(model.name, 0.0) > time.time()

    def keep(self, model: Model, seconds: float) -> None:
        """In memory for so long from now; 0 takes it out, less than 0 is for ever."""
        if seconds == 0:
            self.loaded.pop(model.name, None)
        else:
            self.loaded[model.name] = time.time() + (seconds if seconds > 0 else FOR_EVER_SECONDS)

    def tags(self) -> list[dict[str, Any]]:
        moment = "2026-01-02T03:04:05.678901234Z"
        return [
            {**_named(model), "modified_at": moment, "capabilities": list(model.capabilities)}
            for model in self.models.values()
        ]

    def running(self) -> list[dict[str, Any]]:
        return [
            {
                **_named(model),
                "expires_at": datetime.fromtimestamp(self.loaded[model.name], UTC).isoformat(),
                "size_vram": model.size,
                "context_length": min(model.context_length, 4_096),
            }
            for model in self.models.values()
            if self.is_loaded(model)
        ]

    def shown(self, name: str) -> dict[str, Any]:
        """Raises NoSuchModel."""
        model = self.get(name)
        return {
            "license": "Made up",
            "modelfile": f"FROM {model.name}",
            "parameters": 'stop "<|eot|>"',
            "template": "{{ .Prompt }}",
            "details": model.details(),
            "model_info": {
                "general.architecture": model.family,
                "general.parameter_count": 1_000_000,
                f"{model.family}.context_length": model.context_length,
            },
            "capabilities": list(model.capabilities),
            "modified_at": "2026-01-02T03:04:05.678901234Z",
        }


def _named(model: Model) -> dict[str, Any]:
    return {
        "name": model.name,
        "model": model.name,
        "size": model.size,
        "digest": model.digest,
        "details": model.details(),
    }
