"""Masks: pictures of one channel."""

from PIL import Image, ImageOps

from spoonfeeder.simulator.node_run import NodeRun
from spoonfeeder.simulator.nodes.pictures import each
from spoonfeeder.simulator.nodes.registry import Inputs, Result, node
from spoonfeeder.simulator.values import Pictures


@node("LoadImageMask")
def load(run: NodeRun, inputs: Inputs) -> Result:
    path = run.folders.annotated(inputs["image"], confined=run.around.options.profile.confines_loaded_files)
    channel = {"alpha": "A", "red": "R", "green": "G", "blue": "B"}[inputs["channel"]]
    with Image.open(path) as file:
        mask = file.convert("RGBA").getchannel(channel)
    return Result((Pictures((ImageOps.invert(mask) if channel == "A" else mask,), run.digest),))


@node("SolidMask")
def solid(run: NodeRun, inputs: Inputs) -> Result:
    light = round(inputs["value"] * 255)
    return Result((Pictures((Image.new("L", (inputs["width"], inputs["height"]), light),), run.digest),))


@node("InvertMask")
def invert(run: NodeRun, inputs: Inputs) -> Result:
    return each(run, inputs["mask"], ImageOps.invert)


@node("MaskToImage")
def to_image(run: NodeRun, inputs: Inputs) -> Result:
    return each(run, inputs["mask"], lambda frame: frame.convert("RGB"))


@node("ImageToMask")
def from_image(run: NodeRun, inputs: Inputs) -> Result:
    channel = {"alpha": "A", "red": "R", "green": "G", "blue": "B"}[inputs["channel"]]
    return each(run, inputs["image"], lambda frame: frame.convert("RGBA").getchannel(channel))


@node("GrowMask", "FeatherMask", "ThresholdMask")
def same(run: NodeRun, inputs: Inputs) -> Result:
    return Result((Pictures(inputs["mask"].frames, run.digest),))
