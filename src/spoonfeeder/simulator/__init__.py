"""A ComfyUI that speaks the real protocol over real sockets and draws its pictures from seed and words.

The demo backend of `up`, the fake of the tests and the stub of the chaos run; it plays shared/comfyui/PROTOCOL.md.
"""

from spoonfeeder.simulator.faults import Faults, HttpFault
from spoonfeeder.simulator.options import Options
from spoonfeeder.simulator.run_log import Run
from spoonfeeder.simulator.server import Simulator, main, serve

__all__ = ["Faults", "HttpFault", "Options", "Run", "Simulator", "main", "serve"]
