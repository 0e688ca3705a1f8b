"""What each node class does here, by kind."""

from spoonfeeder.simulator.nodes import conditioning, latents, loaders, masks, media, pictures, probes, sampling, saving
from spoonfeeder.simulator.nodes.passing import pass_through
from spoonfeeder.simulator.nodes.registry import FUNCTIONS, UNCACHED, Result

__all__ = [
    "FUNCTIONS",
    "UNCACHED",
    "Result",
    "conditioning",
    "latents",
    "loaders",
    "masks",
    "media",
    "pass_through",
    "pictures",
    "probes",
    "sampling",
    "saving",
]
