"""An Ollama that speaks the real protocol over real sockets; what it says follows from the words and the seed.

The fake of the tests and the stub of the benchmark.
"""

from spoonfeeder.simulator.ollama.faults import Fault
from spoonfeeder.simulator.ollama.options import Options
from spoonfeeder.simulator.ollama.server import SimulatedOllama, main

__all__ = ["Fault", "Options", "SimulatedOllama", "main"]
