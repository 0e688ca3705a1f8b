"""Loaders of model files: nothing is read, but it takes its time, and a file named corrupt… cannot be read."""

from spoonfeeder.simulator.failures import SafetensorError
from spoonfeeder.simulator.node_run import NodeRun
from spoonfeeder.simulator.nodes.passing import pass_through
from spoonfeeder.simulator.nodes.registry import Inputs, Result, node


@node(
    "CheckpointLoaderSimple",
    "CheckpointLoader",
    "unCLIPCheckpointLoader",
    "UNETLoader",
    "VAELoader",
    "CLIPLoader",
    "DualCLIPLoader",
    "TripleCLIPLoader",
    "QuadrupleCLIPLoader",
    "ControlNetLoader",
    "UpscaleModelLoader",
    "LoraLoader",
    "LoraLoaderModelOnly",
)
def load(run: NodeRun, inputs: Inputs) -> Result:
    if any(isinstance(value, str) and value.startswith("corrupt") for value in inputs.values()):
        raise SafetensorError("Error while deserializing header: header too large")
    run.pause(run.around.options.load_seconds)
    return pass_through(run, inputs)
