"""How one simulator is set up."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from spoonfeeder.simulator.version import VERSIONS, Version


@dataclass(frozen=True)
class Options:
    """`port` 0 takes a free one; without `data_directory` the files live in a folder that is removed at the end.

    `step_seconds` is the pace of a sampler step, `load_seconds` that of reading a model file. `models` adds names to
    the demo models, by folder. `probes` adds the Probe… nodes, `control` the HTTP routes that steer faults (never on a
    server that others reach). `run_log` gets one JSON line per start, beginning of sampling and end of a prompt.
    """

    version: str = "0.33.0"
    host: str = "127.0.0.1"
    port: int = 0
    data_directory: Path | None = None
    step_seconds: float = 0.0
    load_seconds: float = 0.0
    preview_method: str = "latent2rgb"
    probes: bool = True
    control: bool = False
    run_log: Path | None = None
    models: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def profile(self) -> Version:
        return VERSIONS[self.version]
