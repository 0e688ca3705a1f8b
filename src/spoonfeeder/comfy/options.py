"""What a form can offer: live from `/object_info`, or the documented lists while ComfyUI is away."""

from collections.abc import Sequence
from typing import Any

from spoonfeeder.comfy.objects import ObjectInfo, choices_of

COMMON_SIZES = (512, 768, 1024, 1280, 1536, 2048)
DIMENSIONS: dict[str, Any] = {
    "common": list(COMMON_SIZES),
    "sdxl_optimal": [
        {"width": 1024, "height": 1024, "label": "1:1 Square"},
        {"width": 1152, "height": 896, "label": "9:7 Landscape"},
        {"width": 896, "height": 1152, "label": "7:9 Portrait"},
        {"width": 1216, "height": 832, "label": "3:2 Landscape"},
        {"width": 832, "height": 1216, "label": "2:3 Portrait"},
    ],
}
# spec/comfyui-sessions.md 7.3
SAMPLERS = [
    "euler",
    "euler_ancestral",
    "heun",
    "heunpp2",
    "dpm_2",
    "dpm_2_ancestral",
    "lms",
    "dpm_fast",
    "dpm_adaptive",
    "dpmpp_2s_ancestral",
    "dpmpp_sde",
    "dpmpp_sde_gpu",
    "dpmpp_2m",
    "dpmpp_2m_sde",
    "dpmpp_2m_sde_gpu",
    "dpmpp_3m_sde",
    "dpmpp_3m_sde_gpu",
    "ddpm",
    "lcm",
    "ddim",
    "uni_pc",
    "uni_pc_bh2",
]
SCHEDULERS = ["normal", "karras", "exponential", "sgm_uniform", "simple", "ddim_uniform", "beta"]
BUILTIN: dict[str, list[str]] = {
    "samplers": SAMPLERS,
    "schedulers": SCHEDULERS,
    "checkpoints": [
        "sd_xl_base_1.0.safetensors",
        "sd_xl_refiner_1.0.safetensors",
        "v1-5-pruned-emaonly.safetensors",
    ],
    "loras": ["detail_tweaker_xl.safetensors", "add_brightness.safetensors"],
    "vaes": [],
    "unets": [],
    "clips": [],
    "controlnets": [],
    "upscale_models": [],
}
SOURCES: dict[str, tuple[tuple[str, str], ...]] = {
    "samplers": (
        ("KSampler", "sampler_name"),
        ("KSamplerSelect", "sampler_name"),
        ("KSamplerAdvanced", "sampler_name"),
    ),
    "schedulers": (("KSampler", "scheduler"), ("BasicScheduler", "scheduler"), ("KSamplerAdvanced", "scheduler")),
    "checkpoints": (("CheckpointLoaderSimple", "ckpt_name"), ("CheckpointLoader", "ckpt_name")),
    "loras": (("LoraLoader", "lora_name"), ("LoraLoaderModelOnly", "lora_name")),
    "vaes": (("VAELoader", "vae_name"),),
    "unets": (("UNETLoader", "unet_name"),),
    "clips": (("CLIPLoader", "clip_name"), ("DualCLIPLoader", "clip_name1")),
    "controlnets": (("ControlNetLoader", "control_net_name"),),
    "upscale_models": (("UpscaleModelLoader", "model_name"),),
}


def options(*told: ObjectInfo) -> dict[str, Any]:
    """The lists of `GET /comfyui/options`: what any of these has, in their order.

    A ComfyUI without models of a kind gives an empty list; where none told anything they are the documented ones.
    """
    lists = {name: _union(told, name) if told else list(BUILTIN[name]) for name in SOURCES}
    for name in ("samplers", "schedulers"):
        lists[name] = lists[name] or list(BUILTIN[name])
    return {**lists, "dimensions": DIMENSIONS}


def _union(told: Sequence[ObjectInfo], name: str) -> list[str]:
    return list(dict.fromkeys(choice for object_info in told for choice in live(object_info, name)))


def live(object_info: ObjectInfo | None, name: str) -> list[str]:
    """One of the lists as ComfyUI tells it, texts only."""
    for class_type, field in SOURCES[name]:
        if choices := choices_of(object_info, class_type, field):
            return [choice for choice in choices if isinstance(choice, str)]
    return []
