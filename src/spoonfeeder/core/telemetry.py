"""What a process tells those who watch over it: numbers and spans."""

from dataclasses import dataclass, field

from spoonfeeder.core.metrics import Metrics
from spoonfeeder.core.settings import Settings
from spoonfeeder.core.tracing import Tracing, open_tracing


@dataclass(frozen=True, slots=True)
class Telemetry:
    """Without anything it counts, and traces nothing."""

    metrics: Metrics = field(default_factory=Metrics)
    tracing: Tracing = field(default_factory=Tracing)


def open_telemetry(settings: Settings, process: str) -> Telemetry:
    """Of a process that serves (`api`, `worker`). Raises SettingsError."""
    return Telemetry(tracing=open_tracing(settings, process))
