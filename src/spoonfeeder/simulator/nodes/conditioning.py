"""Text encoders: a conditioning carries the words, because they choose the picture's palette."""

from spoonfeeder.simulator.node_run import NodeRun
from spoonfeeder.simulator.nodes.registry import Inputs, Result, node
from spoonfeeder.simulator.values import Token


@node(
    "CLIPTextEncode",
    "CLIPTextEncodeFlux",
    "CLIPTextEncodeSDXL",
    "CLIPTextEncodeSDXLRefiner",
    "CLIPTextEncodeSD3",
    "CLIPTextEncodeHunyuanDiT",
    "CLIPTextEncodeLumina2",
    "TextEncodeQwenImageEdit",
)
def encode_text(run: NodeRun, inputs: Inputs) -> Result:
    texts = [value for value in inputs.values() if isinstance(value, str)]
    distinct = list(dict.fromkeys(text for text in texts if text))
    return Result((Token("CONDITIONING", run.digest, " ".join(distinct)),))
