"""The table of known inputs: node class -> field -> name, kind, limits (spec/comfyui-sessions.md 7.1).

An input that means the same on every node stands once in COMMON; what depends on the class stands in BY_CLASS.
A new field or class is one line here.
"""

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from spoonfeeder.comfy.options import COMMON_SIZES
from spoonfeeder.comfy.seeds import SAFE_SEED

Type = Literal["string", "number", "seed", "select"]
Kind = Literal[
    "integer",
    "float",
    "seed",
    "boolean",
    "choice",
    "model",
    "text",
    "multiline",
    "prompt",
    "image",
    "audio",
    "video",
    "file",
]


@dataclass(frozen=True, slots=True)
class Field:
    """How one input is shown; `name` is the standard parameter that sets it.

    `type` is one of the four documented words; `kind` says more. A prompt has its own box in the form.
    """

    label: str
    type: Type
    kind: Kind
    group: str
    name: str | None = None
    minimum: float | None = None
    maximum: float | None = None
    step: float | None = None
    sizes: tuple[int, ...] = ()


def _whole(label: str, group: str, name: str | None, low: int, high: int, step: int = 1) -> Field:
    return Field(label, "number", "integer", group, name, low, high, step)


def _real(label: str, group: str, name: str | None, low: float, high: float, step: float) -> Field:
    return Field(label, "number", "float", group, name, low, high, step)


def _choice(label: str, group: str, name: str | None = None, kind: Kind = "choice") -> Field:
    return Field(label, "select", kind, group, name)


SEED = Field("Seed", "seed", "seed", "sampling", "seed", 0, SAFE_SEED, 1)
PROMPT = Field("Prompt", "string", "prompt", "prompt")
WIDTH = Field("Width", "select", "integer", "size", "width", 16, 16384, 8, COMMON_SIZES)
HEIGHT = replace(WIDTH, label="Height", name="height")
BATCH_SIZE = _whole("Batch size", "size", "batch_size", 1, 4096)
SIZE = {
    "width": WIDTH,
    "height": HEIGHT,
    "length": _whole("Frames", "size", "length", 1, 16384),
    "batch_size": BATCH_SIZE,
}
RESIZE = {name: replace(SIZE[name], group="resize") for name in ("width", "height")}
FPS = {"fps": _real("Frames per second", "output", "fps", 0.01, 1000.0, 0.01)}

COMMON: dict[str, Field] = {
    "seed": SEED,
    "noise_seed": SEED,
    "steps": _whole("Steps", "sampling", "steps", 1, 150),
    "cfg": _real("CFG scale", "sampling", "cfg_scale", 0.0, 30.0, 0.1),
    "guidance": _real("Guidance", "sampling", "guidance", 0.0, 100.0, 0.1),
    "sampler_name": _choice("Sampler", "sampling", "sampler_name"),
    "scheduler": _choice("Scheduler", "sampling", "scheduler"),
    "denoise": _real("Denoise", "sampling", "denoise", 0.0, 1.0, 0.01),
    "start_at_step": _whole("Start at step", "sampling", None, 0, 10000),
    "end_at_step": _whole("End at step", "sampling", None, 0, 10000),
    "ckpt_name": _choice("Checkpoint", "model", "checkpoint_name", "model"),
    "unet_name": _choice("Diffusion model", "model", "checkpoint_name", "model"),
    "vae_name": _choice("VAE", "model", "vae", "model"),
    "clip_name": _choice("Text encoder", "model", None, "model"),
    "clip_name1": _choice("Text encoder 1", "model", None, "model"),
    "clip_name2": _choice("Text encoder 2", "model", None, "model"),
    "clip_name3": _choice("Text encoder 3", "model", None, "model"),
    "clip_name4": _choice("Text encoder 4", "model", None, "model"),
    "control_net_name": _choice("ControlNet", "model", None, "model"),
    "lora_name": _choice("LoRA", "lora", None, "model"),
    "strength_model": _real("Model strength", "lora", None, -10.0, 10.0, 0.01),
    "strength_clip": _real("CLIP strength", "lora", None, -10.0, 10.0, 0.01),
}

BY_CLASS: dict[str, dict[str, Field]] = {
    "RepeatLatentBatch": {"amount": BATCH_SIZE},
    "CLIPTextEncodeSDXL": {
        name: replace(SIZE[size], label=f"{label} {size}", group="conditioning")
        for size in ("width", "height")
        for name, label in ((size, "Original"), (f"target_{size}", "Target"))
    },
    "ModelSamplingFlux": {name: replace(SIZE[name], group="conditioning") for name in ("width", "height")},
    "LatentUpscale": RESIZE,
    "ImageScale": RESIZE,
    "ControlNetApply": {"strength": _real("ControlNet strength", "conditioning", None, 0.0, 10.0, 0.01)},
    "ControlNetApplyAdvanced": {"strength": _real("ControlNet strength", "conditioning", None, 0.0, 10.0, 0.01)},
    "CreateVideo": FPS,
    "SaveAnimatedWEBP": FPS,
    "SaveAnimatedPNG": FPS,
    "SaveWEBM": FPS,
    "DualCFGGuider": {"cfg_conds": COMMON["cfg"]},
    "LTXVDualCFGGuider": {"video_cfg": COMMON["cfg"]},
    "LoadImage": {"image": Field("Image", "string", "image", "input", "input_image")},
    "LoadImageMask": {"image": Field("Mask image", "string", "image", "input")},
    "LoadAudio": {"audio": Field("Audio", "string", "audio", "input")},
    "LoadVideo": {"file": Field("Video", "string", "video", "input")},
    "VHS_LoadVideo": {"video": Field("Video", "string", "video", "input")},
    "VHS_LoadAudioUpload": {"audio": Field("Audio", "string", "audio", "input")},
    "LoadImageOutput": {"image": Field("Image", "string", "image", "input", "input_image")},
    "LoadLatent": {"latent": Field("Latent", "string", "file", "input")},
    "Load3D": {"model_file": Field("3D model", "string", "file", "input")},
}
# Text inputs that a prompt fills, the telling one first; other encoders: those of TEXTS that they have.
ENCODERS: dict[str, tuple[str, ...]] = {
    "CLIPTextEncodeFlux": ("t5xxl", "clip_l"),
    "CLIPTextEncodeHiDream": ("t5xxl", "clip_l", "clip_g", "llama"),
    "CLIPTextEncodeHunyuanDiT": ("bert", "mt5xl"),
    "CLIPTextEncodeKandinsky5": ("qwen25_7b", "clip_l"),
    "CLIPTextEncodeLumina2": ("user_prompt",),
    "TextEncodeAceStepAudio": ("tags",),
    "TextEncodeAceStepAudio1.5": ("tags",),
}
TEXTS = ("text", "prompt", "text_g", "text_l", "clip_g", "clip_l", "t5xxl", "user_prompt", "positive_prompt")
# These have a batch_size that is not the number of pictures.
NOT_MEANT = frozenset({("RebatchLatents", "batch_size"), ("TrainLoraNode", "batch_size")})


@lru_cache(maxsize=4096)
def field_of(class_type: str, name: str) -> Field | None:
    """The table's line for this input."""
    if name in (own := BY_CLASS.get(class_type, {})):
        return own[name]
    if name in SIZE and class_type.startswith(("Empty", "StableCascade_Empty")):
        return SIZE[name]
    if is_encoder(class_type) and name in texts_of(class_type):
        return PROMPT
    return COMMON.get(name)


@lru_cache(maxsize=4096)
def standard_name(class_type: str, name: str) -> str | None:
    """The standard parameter that this input stands for, on classes the table does not know too."""
    if (class_type, name) in NOT_MEANT:
        return None
    field = field_of(class_type, name) or SIZE.get(name)
    return field.name if field else None


def is_encoder(class_type: str) -> bool:
    return class_type in ENCODERS or "TextEncode" in class_type


def texts_of(class_type: str) -> tuple[str, ...]:
    return ENCODERS.get(class_type, TEXTS)
