"""Pictures: loading, making, scaling, mixing."""

from collections.abc import Callable, Iterable

from PIL import Image, ImageChops, ImageColor, ImageFilter, ImageOps, ImageSequence

from spoonfeeder.simulator.node_run import NodeRun
from spoonfeeder.simulator.nodes.registry import Inputs, Result, node
from spoonfeeder.simulator.values import Pictures, digest_of

SIDE_LIMIT = 16_384
_FILTERS = {
    "nearest-exact": Image.Resampling.NEAREST,
    "bilinear": Image.Resampling.BILINEAR,
    "area": Image.Resampling.BOX,
    "bicubic": Image.Resampling.BICUBIC,
    "lanczos": Image.Resampling.LANCZOS,
}


def each(run: NodeRun, pictures: Pictures, change: Callable[[Image.Image], Image.Image]) -> Result:
    return Result((Pictures(tuple(change(frame) for frame in pictures.frames), run.digest),))


def resize(frame: Image.Image, width: int, height: int, method: str = "lanczos") -> Image.Image:
    size = (max(1, min(width, SIDE_LIMIT)), max(1, min(height, SIDE_LIMIT)))
    return frame.resize(size, _FILTERS.get(method, Image.Resampling.LANCZOS))


@node("LoadImage", "LoadImageOutput")
def load(run: NodeRun, inputs: Inputs) -> Result:
    kind = "output" if run.class_type == "LoadImageOutput" else "input"
    path = run.folders.annotated(inputs["image"], kind, confined=run.around.options.profile.confines_loaded_files)
    with Image.open(path) as file:
        frames = [ImageOps.exif_transpose(frame.copy()) for frame in ImageSequence.Iterator(file)]
    masks = [ImageChops.invert(frame.convert("RGBA").getchannel("A")) for frame in frames]
    return Result(
        (
            Pictures(tuple(frame.convert("RGB") for frame in frames), run.digest),
            Pictures(tuple(masks), digest_of(run.digest, "mask")),
        )
    )


@node("EmptyImage")
def empty(run: NodeRun, inputs: Inputs) -> Result:
    color = f"#{inputs['color']:06x}"
    frame = Image.new("RGB", (inputs["width"], inputs["height"]), ImageColor.getrgb(color))
    return Result((Pictures((frame,) * inputs["batch_size"], run.digest),))


@node("ImageScale")
def scale(run: NodeRun, inputs: Inputs) -> Result:
    first = inputs["image"].frames[0]
    width = inputs["width"] or round(first.width * inputs["height"] / first.height) or first.width
    height = inputs["height"] or round(first.height * width / first.width)

    def change(frame: Image.Image) -> Image.Image:
        if inputs["crop"] == "center":
            return ImageOps.fit(
                frame, (width, height), _FILTERS.get(inputs["upscale_method"], Image.Resampling.BICUBIC)
            )
        return resize(frame, width, height, inputs["upscale_method"])

    return each(run, inputs["image"], change)


@node("ImageScaleBy")
def scale_by(run: NodeRun, inputs: Inputs) -> Result:
    factor, method = inputs["scale_by"], inputs["upscale_method"]
    return each(
        run,
        inputs["image"],
        lambda frame: resize(frame, round(frame.width * factor), round(frame.height * factor), method),
    )


@node("ImageUpscaleWithModel")
def upscale_with_model(run: NodeRun, inputs: Inputs) -> Result:
    """Four times as large, in tiles that are told as steps."""
    frames = []
    count = len(inputs["image"].frames)
    for index, frame in enumerate(inputs["image"].frames, start=1):
        run.pause(run.around.options.step_seconds)
        frames.append(resize(frame, frame.width * 4, frame.height * 4))
        run.step(index, count)
    return Result((Pictures(tuple(frames), run.digest),))


@node("ImageInvert")
def invert(run: NodeRun, inputs: Inputs) -> Result:
    return each(run, inputs["image"], lambda frame: ImageOps.invert(frame.convert("RGB")))


@node("ImageBlend")
def blend(run: NodeRun, inputs: Inputs) -> Result:
    mix: dict[str, Callable[[Image.Image, Image.Image], Image.Image]] = {
        "multiply": ImageChops.multiply,
        "screen": ImageChops.screen,
        "overlay": ImageChops.overlay,
        "soft_light": ImageChops.soft_light,
        "difference": ImageChops.difference,
    }
    over = inputs["image2"].frames

    def change(pair: tuple[int, Image.Image]) -> Image.Image:
        index, frame = pair
        other = over[index % len(over)].convert(frame.mode).resize(frame.size)
        mixed = mix.get(inputs["blend_mode"], _top)(frame, other)
        return Image.blend(frame, mixed, inputs["blend_factor"])

    return Result((Pictures(tuple(map(change, enumerate(inputs["image1"].frames))), run.digest),))


@node("ImageBlur")
def blur(run: NodeRun, inputs: Inputs) -> Result:
    return each(run, inputs["image"], lambda frame: frame.filter(ImageFilter.GaussianBlur(float(inputs["sigma"]))))


@node("Canny")
def edges(run: NodeRun, inputs: Inputs) -> Result:
    return each(run, inputs["image"], lambda frame: frame.convert("L").filter(ImageFilter.FIND_EDGES).convert("RGB"))


@node("RepeatImageBatch")
def repeat(run: NodeRun, inputs: Inputs) -> Result:
    return Result((Pictures(inputs["image"].frames * inputs["amount"], run.digest),))


@node("ImageBatch")
def batch(run: NodeRun, inputs: Inputs) -> Result:
    first = inputs["image1"].frames[0]
    others: Iterable[Image.Image] = (frame.resize(first.size) for frame in inputs["image2"].frames)
    return Result((Pictures((*inputs["image1"].frames, *others), run.digest),))


@node("ImageFromBatch")
def from_batch(run: NodeRun, inputs: Inputs) -> Result:
    frames = inputs["image"].frames
    start = min(inputs["batch_index"], len(frames) - 1)
    return Result((Pictures(frames[start : start + inputs["length"]], run.digest),))


@node("ImageCrop")
def crop(run: NodeRun, inputs: Inputs) -> Result:
    left, top = inputs["x"], inputs["y"]
    box = (left, top, left + inputs["width"], top + inputs["height"])
    return each(run, inputs["image"], lambda frame: frame.crop(box))


@node("ImagePadForOutpaint")
def pad(run: NodeRun, inputs: Inputs) -> Result:
    edges_wanted = (inputs["left"], inputs["top"], inputs["right"], inputs["bottom"])
    padded = [ImageOps.expand(frame, edges_wanted, "#808080") for frame in inputs["image"].frames]
    masks = [ImageOps.expand(Image.new("L", frame.size, 0), edges_wanted, 255) for frame in inputs["image"].frames]
    return Result((Pictures(tuple(padded), run.digest), Pictures(tuple(masks), digest_of(run.digest, "mask"))))


def _top(_: Image.Image, over: Image.Image) -> Image.Image:
    return over
