"""How one simulated Ollama is set up."""

from dataclasses import dataclass

KEEP_ALIVE_SECONDS = 300.0


@dataclass(frozen=True)
class Options:
    """`port` 0 takes a free one. An answer has `chunks` words unless `num_predict` says fewer, and
    `chunks_per_second` of them come each second; 0 is at once.

    `load_seconds` is what it takes to read a model into memory, `pull_steps` how often a download of `pull_seconds`
    tells its progress.
    """

    host: str = "127.0.0.1"
    port: int = 0
    version: str = "0.11.4"
    chunks: int = 12
    chunks_per_second: float = 0.0
    load_seconds: float = 0.0
    pull_steps: int = 4
    pull_seconds: float = 0.0
