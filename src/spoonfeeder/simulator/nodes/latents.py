"""Latents: empty ones, encoded pictures, resizing, and decoding into the picture that the words and seed give."""

from dataclasses import replace

from PIL import Image

from spoonfeeder.simulator import drawing
from spoonfeeder.simulator.failures import OutOfMemoryError
from spoonfeeder.simulator.node_run import NodeRun
from spoonfeeder.simulator.nodes.passing import pass_through
from spoonfeeder.simulator.nodes.registry import Inputs, Result, node
from spoonfeeder.simulator.values import Latent, Pictures, Sound

MEMORY_LIMIT_PIXELS = 128_000_000
_NOISE_OF_UNSAMPLED = "an empty latent"


@node(
    "EmptyLatentImage",
    "EmptySD3LatentImage",
    "EmptyFlux2LatentImage",
    "EmptyQwenImageLayeredLatentImage",
    "EmptyHunyuanImageLatent",
    "EmptyHunyuanLatentVideo",
    "EmptyHunyuanVideo15Latent",
    "EmptyMochiLatentVideo",
    "EmptyCosmosLatentVideo",
    "EmptyLTXVLatentVideo",
)
def empty(run: NodeRun, inputs: Inputs) -> Result:
    length = inputs.get("length", 1)
    return Result((Latent(inputs["width"], inputs["height"], inputs["batch_size"], run.digest, length=length),))


@node("EmptyLatentAudio", "EmptyAceStepLatentAudio")
def empty_sound(run: NodeRun, inputs: Inputs) -> Result:
    return Result((Latent(64, 64, inputs["batch_size"], run.digest, seconds=float(inputs["seconds"])),))


@node("VAEEncode", "VAEEncodeTiled", "VAEEncodeForInpaint")
def encode(run: NodeRun, inputs: Inputs) -> Result:
    pixels: Pictures = inputs["pixels"]
    first = pixels.frames[0]
    latent = Latent(first.width, first.height, len(pixels.frames), run.digest, origin=pixels, mask=inputs.get("mask"))
    return Result((latent,))


@node("SetLatentNoiseMask")
def set_mask(run: NodeRun, inputs: Inputs) -> Result:
    return Result((replace(inputs["samples"], mask=inputs["mask"], digest=run.digest),))


@node("LatentUpscale")
def upscale(run: NodeRun, inputs: Inputs) -> Result:
    latent: Latent = inputs["samples"]
    width, height = inputs["width"], inputs["height"]
    width = width or round(latent.width * height / latent.height) or latent.width
    return Result((latent.resized(width, height or round(latent.height * width / latent.width), run.digest),))


@node("LatentUpscaleBy")
def upscale_by(run: NodeRun, inputs: Inputs) -> Result:
    latent: Latent = inputs["samples"]
    factor = inputs["scale_by"]
    return Result((latent.resized(round(latent.width * factor), round(latent.height * factor), run.digest),))


@node("RepeatLatentBatch")
def repeat(run: NodeRun, inputs: Inputs) -> Result:
    latent: Latent = inputs["samples"]
    return Result((replace(latent, batch_size=latent.batch_size * inputs["amount"], digest=run.digest),))


@node("VAEDecode", "VAEDecodeTiled")
def decode(run: NodeRun, inputs: Inputs) -> Result:
    latent: Latent = inputs["samples"]
    count = latent.batch_size * latent.length
    if latent.width * latent.height * count > MEMORY_LIMIT_PIXELS:
        raise OutOfMemoryError(f"Allocation of {count} pictures of {latent.width} x {latent.height} on device failed")
    frames = []
    for index in range(count):
        run.check()
        frames.append(picture_of(latent, index))
    return Result((Pictures(tuple(frames), run.digest),))


@node("VAEDecodeAudio")
def decode_sound(run: NodeRun, inputs: Inputs) -> Result:
    latent: Latent = inputs["samples"]
    return Result((Sound(latent.seconds or 1.0, 44100, 2, run.digest, silent=False),))


@node("InpaintModelConditioning")
def inpaint_conditioning(run: NodeRun, inputs: Inputs) -> Result:
    positive, negative, _ = pass_through(run, inputs).outputs
    (latent,) = encode(run, inputs).outputs
    return Result((positive, negative, latent))


def picture_of(latent: Latent, index: int) -> Image.Image:
    """The picture of that place in the batch; frames of one video differ a little, pictures of a batch entirely."""
    seed = f"{latent.digest}/{index // latent.length}"
    painted = drawing.paint(latent.width, latent.height, latent.text or _NOISE_OF_UNSAMPLED, seed)
    if latent.length > 1:
        painted = drawing.pan(painted, index % latent.length / latent.length)
    if latent.origin is None:
        return painted
    origin = latent.origin.frames[index % len(latent.origin.frames)]
    mask = latent.mask.frames[index % len(latent.mask.frames)] if latent.mask else None
    return drawing.rework(origin, painted, latent.strength, mask)
